"""`keepwell value` and `keepwell equity`: the list, one customer, what changed since a day, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from keepwell.cli.opened import open_latest
from keepwell.project.config import read_project


def test_the_list_says_the_dearest_first_and_the_whole(keepwell, answer):
    status, out, _ = keepwell("value", "--most", "5")
    assert status == 0
    assert "more: --most 0 shows all" in out
    _, told = answer("value")
    amounts = [Decimal(row["value"]) for row in told["data"]["customers"]]
    assert amounts == sorted(amounts, reverse=True)
    assert sum(amounts) == Decimal(told["data"]["whole"]["value"])


def test_one_customers_value_can_be_recomputed(keepwell, answer):
    _, told = answer("value")
    customer = told["data"]["customers"][0]
    status, one = answer("value", customer["customer_id"])
    assert status == 0
    [part] = one["data"]["parts"]
    product = Decimal(part["units"]) * Decimal(part["unit_value"]) * Decimal(part["margin"])
    assert round(product, 2) == Decimal(part["value"]) == Decimal(customer["value"])
    out = keepwell("value", customer["customer_id"])[1]
    assert part["units"] in out
    assert "Under contract since" in out


def test_of_a_customer_who_left_it_is_said_why_there_is_no_value_and_what_there_was(acme, keepwell, answer):
    tables = open_latest(read_project(acme)).tables
    histories, changes = (tables[name].to_pylist() for name in ("contract_histories", "equity_changes"))
    gone = {row["customer_id"] for row in histories if row["left_on"] and row["at_on"] == histories[-1]["at_on"]}
    left = next(row["customer_id"] for row in changes if row["cause"] == "lost" and row["customer_id"] in gone)
    status, told = answer("value", left)
    assert (status, told["ok"], told["error"]["code"], told["data"]["value"]) == (1, False, "value-none", None)
    assert told["data"]["because"].startswith("No value: left on ")
    assert told["data"]["because"] in told["error"]["message"]
    assert told["data"]["changes"]
    status, out, _ = keepwell("value", left)
    assert status == 1
    assert told["data"]["because"] in out
    assert "Lost" in out


def test_the_bridge_adds_up_by_every_kind_of_unit(answer):
    for by in ("company", "segment", "owner", "stage", "cohort"):
        _, told = answer("equity", "--by", by)
        for row in told["data"]["units"]:
            causes = [Decimal(row[name]) for name in ("won", "kept", "grown", "shrunk", "lost", "re_estimated")]
            assert Decimal(row["start"]) + sum(causes) == Decimal(row["end"])


def test_any_earlier_day_may_be_asked_for(keepwell, answer):
    status, told = answer("equity", "--since", "2026-05-10")
    assert status == 0
    assert told["data"]["from_on"] == "2026-05-10"
    [row] = told["data"]["units"]
    _, kept = answer("equity")
    assert row["end"] == kept["data"]["units"][0]["end"]
    assert "10 May 2026" in keepwell("equity", "--since", "2026-05-10")[1]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["equity", "--by", "segmnt"], "usage"),
        (["equity", "--since", "spring"], "usage"),
        (["equity", "--since", "2030-01-01"], "value-since"),
        (["equity", "--since", "1990-01-01"], "value-since"),
        (["value", "nobody-there"], "id-unknown"),
    ],
)
def test_what_cannot_be_meant_is_said(answer, words, code):
    status, told = answer(*words)
    assert status == 2
    assert told["error"]["code"] == code


def test_what_was_foretold_is_shown_beside_what_came(keepwell, answer):
    status, told = answer("value", "--calibration")
    assert status == 0
    assert {"foretold", "low", "high", "came"} <= told["data"][0].keys()
    assert "were foretold for" in keepwell("value", "--calibration")[1]


def test_a_change_since_the_run_day_itself_is_refused(answer):
    today = answer("equity")[1]["data"]["to_on"]
    for command in ("equity", "accounts", "credit"):
        assert answer(command, "--since", today)[1]["error"]["code"] == "value-since"


def test_customers_of_one_owner_or_of_nobody_are_asked_for(answer):
    owners = {row["unit"]: row for row in answer("equity", "--by", "owner")[1]["data"]["units"]}
    owner = next(unit for unit in owners if unit)
    status, told = answer("equity", "--owner", owner)
    assert status == 0
    assert told["data"]["units"] == [owners[owner]]
    _, listed = answer("value", "--owner", owner)
    assert {row["owner_id"] for row in listed["data"]["customers"]} == {owner}
    assert listed["data"]["whole"]["value"] == owners[owner]["end"]
    assert answer("equity", "--owner", "nobody")[1]["data"]["units"] == [
        row for unit, row in owners.items() if not unit
    ]
    _, mine = answer("value", "--owner", "nobody")
    assert {row["owner_id"] for row in mine["data"]["customers"]} <= {""}
    for words in (["equity", "--owner", owner, "--by", "segment"], ["value", "--calibration", "--owner", owner]):
        assert answer(*words)[1]["error"]["code"] == "usage"
