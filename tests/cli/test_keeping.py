"""`promises`, `onboarding`, `handoffs` on a made company: in order of what is at stake, an owner's own, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

COMMANDS = ("promises", "onboarding", "handoffs")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_most_at_stake_first_and_an_owner_sees_their_own(command, answer, keepwell):
    status, told = answer(command)
    assert status == 0
    listed = told["data"]["customers"]
    stakes = [Decimal(row["at_stake"] or -1) for row in listed]
    assert stakes == sorted(stakes, reverse=True)
    assert sum(Decimal(row["value"] or 0) for row in listed) == Decimal(told["data"]["whole"]["value"])
    owner = next((row["owner_id"] for row in listed if row["owner_id"]), None)
    if owner:
        own = answer(command, "--owner", owner)[1]["data"]["customers"]
        assert own == [row for row in listed if row["owner_id"] == owner]
    assert keepwell(command, "--most", "1")[0] == 0


@pytest.mark.parametrize("words", [["--most", "-1"], ["--owner", "nobody-there"]])
@pytest.mark.parametrize("command", COMMANDS)
def test_what_cannot_be_meant_is_refused(command, words, keepwell):
    assert keepwell(command, *words)[0] == 2


def test_promises_by_unit_add_up_to_the_measure(answer):
    _, told = answer("promises")
    for unit in ("department", "stage", "kind"):
        _, by = answer("promises", "--by", unit)
        judged = sum(row[name] for row in by["data"]["units"] for name in ("kept", "late", "broken"))
        assert judged == told["data"]["figure"]["n"]
    assert answer("promises", "--by", "stages")[1]["error"]["hint"] == "did you mean stage?"


def test_all_who_are_in_their_first_days_are_there(answer):
    rows = answer("onboarding")[1]["data"]["customers"]
    assert rows
    assert all(0 <= row["day"] < 90 and row["ended_well"] <= row["stood_so"] for row in rows)
