"""`keepwell risk`: the list for owners, one customer, whether it came as foretold, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from keepwell.show.at_risk import missed_words


def test_the_most_at_stake_first_and_the_parts_add_up(keepwell, answer):
    status, told = answer("risk")
    assert status == 0
    rows = told["data"]["customers"]
    stakes = [Decimal(row["at_stake"]) for row in rows]
    assert stakes == sorted(stakes, reverse=True)
    for row in rows:
        assert Decimal(row["low"]) <= Decimal(row["chance"]) <= Decimal(row["high"])
        assert Decimal(row["chance_soon"]) <= Decimal(row["chance"])
        assert abs(Decimal(row["at_stake"]) - Decimal(row["chance"]) * Decimal(row["value_after"])) <= Decimal("0.005")
    out = keepwell("risk", "--most", "3")[1]
    assert "more: --most 0 shows all" in out
    assert " ".join(out.split()).endswith("association, not cause unless a pilot showed it.")


def test_by_owner_is_the_same_sum(answer):
    _, told = answer("risk")
    whole = sum(Decimal(row["at_stake"]) for row in told["data"]["customers"])
    for unit in ("owner", "segment"):
        _, by = answer("risk", "--by", unit)
        assert sum(Decimal(row["at_stake"]) for row in by["data"]["units"]) == whole
        assert sum(row["customers"] for row in by["data"]["units"]) == len(told["data"]["customers"])


def test_an_owner_sees_their_own(keepwell, answer):
    _, by = answer("risk", "--by", "owner")
    owner = next(row["unit"] for row in by["data"]["units"] if row["unit"])
    status, told = answer("risk", "--owner", owner)
    assert status == 0
    assert {row["owner_id"] for row in told["data"]["customers"]} == {owner}
    assert keepwell("risk", "--owner", "Nobody Ever")[0] == 2
    _, nobodys = answer("risk", "--owner", "nobody")
    _, every = answer("risk")
    assert (nobodys["data"] or {"customers": []})["customers"] == [
        row for row in every["data"]["customers"] if not row["owner_id"]
    ]
    assert answer("risk", told["data"]["customers"][0]["customer_id"], "--by", "owner")[1]["error"]["code"] == "usage"


def test_one_customer_with_all_that_speaks_for_it(keepwell, answer):
    _, told = answer("risk")
    row = next(row for row in told["data"]["customers"] if row["under_notice"])
    out = keepwell("risk", row["customer_id"])[1]
    assert "gave notice on" in out
    assert "The chance is the share of notices that ended in leaving." in " ".join(out.split())
    assert "The model rests on this" in " ".join(out.split())
    _, one = answer("risk", row["customer_id"])
    assert one["data"]["risk"]["chance"] == row["chance"]


def test_what_was_foretold_beside_what_came(keepwell, answer):
    status, told = answer("risk", "--calibration")
    if status == 0:
        assert sum(row["customers"] for row in told["data"][1:]) == told["data"][0]["customers"]
    assert keepwell("risk", "--calibration")[1].startswith(("Foretold on", "Too short a history"))


def test_what_fell_outside_its_interval_is_said_without_being_asked():
    row = {"part": 0, "from_on": date(2025, 10, 1), "customers": 276, "foretold": 0.151, "came": 0.101, "low": 0.071,
           "high": 0.143}  # fmt: skip
    [words] = missed_words([row])
    assert words.startswith("On 1 Oct 2025 it was foretold that 15.1% of 276 customers would give notice or leave")
    assert "more than the 10.1% who did (95%: 7.1% to 14.3%)" in words
    assert "fewer than the 10.1%" in missed_words([{**row, "foretold": 0.05}])[0]
    assert missed_words([{**row, "foretold": 0.14}]) == missed_words([]) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["risk", "--by", "ownr"], "usage"),
        (["risk", "nobody-there"], "id-unknown"),
        (["risk", "--most", "-3"], "usage"),
        (["risk", "--calibration", "--owner", "Jun Gao"], "usage"),
        (["risk", "--calibration", "--by", "owner"], "usage"),
    ],
)
def test_what_cannot_be_meant_is_refused(words, code, answer):
    status, told = answer(*words)
    assert status == 2
    assert told["error"]["code"] == code
