"""Whatever is learned when, and whenever periods are closed: all settlements come to what is earned as now known."""

from __future__ import annotations

import random
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pay_company import Company, Paid, plan

FIRST = 24312  # January 2026
PARTS = """
capped:
  measure: signed_annual_value
  over: year to date
  at_most: 5000
  pays: {steps: {0: 10%, 20000: 15%}}
  takes_back: {when: customer left, share: {60 days: 100%, 120 days: 50%, later: 0%}}
held:
  measure: signed_annual_value
  over: each
  pays: {rate: 3%}
  holds: {until: went_live, releases: {60 days: 100%, later: 50%}}
plain: {measure: order_amount, pays: {rate: 2%}}
"""
PLANS = (
    {"draw": "{amount: 900, for: 4 periods, recovers: {from: period 2, share: 60%, at_most: 40% of each payout}}"},
    {"draw": "{amount: 700}", "guarantee": "{amount: 500, for: 2 periods}"},
    {"guarantee": "{amount: 800.01, for: 3 periods}", "on_leaving": "{holds: lost, advances: earned}"},
    {"draw": "{amount: 1000, recoverable: false}"},
)


def company(dice: random.Random, *, leaves: bool) -> Company:
    """Somebody's half year: deals of which some go live and some are lost, orders and refunds; perhaps they leave."""
    small = Company(today=date(2026, 9, 30), closes="month")
    small.add("people", person_id="x:1", left_on=date(2026, 5, 12) if leaves else None)
    small.add("positions", person_id="x:1", from_on=date(2026, 1, 1), role="seller")
    for number in range(8):
        day = date.fromordinal(date(2026, 1, 5).toordinal() + dice.randrange(150))
        if dice.random() < 0.3:
            small.fact(Decimal(dice.randrange(-200_000, 900_000)) / 100, day, measure="order_amount")
            continue
        small.fact(Decimal(dice.randrange(100_000, 2_000_000)) / 100, day, contract_id=f"x:c{number}",
                   customer_id=f"x:{number}")  # fmt: skip
        gone = date.fromordinal(day.toordinal() + dice.randrange(200)) if dice.random() < 0.4 else None
        small.add("contracts", contract_id=f"x:c{number}", customer_id=f"x:{number}", starts_on=day, ended_on=gone,
                  known_at=datetime(2026, 1, 1))  # fmt: skip
        if dice.random() < 0.6:
            live = datetime.fromordinal(day.toordinal() + dice.randrange(100))
            small.add(
                "milestones", customer_id=f"x:{number}", contract_id=f"x:c{number}", kind="went_live", reached_at=live
            )
    return small


def sums(found: Paid) -> dict[str, Decimal]:
    """What each account has come to: what is owed is set against what is paid."""
    told = {name: found.total(name) for name in ("earned", "held", "advanced", "draw")}
    return told | {"payable less recoverable": found.total("payable") - found.total("recoverable")}


def entries(found: Paid) -> set[Decimal]:
    each: dict[Any, Decimal] = {}
    for row in found.rows("journal"):
        key = (row["person_id"], row["period"], row["entry_id"], row["currency"])
        each[key] = each.get(key, Decimal(0)) + row["amount"]
    return set(each.values())


def settled(found: Paid) -> dict[str, dict[str, Any]]:
    return {row["line_id"]: row for row in found.lines(status="settled")}


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10**6), which=st.integers(0, len(PLANS) - 1), leaves=st.booleans())
def test_settlements_come_to_what_is_earned_in_any_order_and_over_any_closes(
    seed: int, which: int, leaves: bool
) -> None:
    dice = random.Random(seed)  # noqa: S311
    words = plan(PARTS, period="month", **PLANS[which])
    whole = company(dice, leaves=leaves)
    facts = list(whole.rows["amount_facts"])
    dice.shuffle(facts)
    growing = Company(rows=dict(whole.rows), today=whole.today, closes="month")
    before: dict[str, dict[str, Any]] = {}
    for known, month in zip(sorted(dice.sample(range(len(facts)), 2)), sorted(dice.sample(range(8), 2)), strict=True):
        growing.rows["amount_facts"] = facts[:known]
        found = growing.pay(words)
        assert {name: row["payable"] for name, row in settled(found).items()} == before
        growing.settle(found, FIRST + month)
        again = growing.pay(words)
        assert [
            line for line in again.lines(status="open") if line["belongs_to"] <= FIRST + month and line["payable"]
        ] == []
        before = {name: row["payable"] for name, row in settled(again).items()}
    growing.rows["amount_facts"] = facts
    final, at_once = growing.pay(words), whole.pay(words)
    assert sums(final) == sums(at_once)
    assert entries(final) <= {Decimal(0)}
    assert entries(at_once) <= {Decimal(0)}
    payouts: dict[int, Decimal] = {}
    for line in final.lines():
        payouts[line["period"]] = payouts.get(line["period"], Decimal(0)) + line["payable"]
    assert all(amount >= 0 for amount in payouts.values())


def test_a_plan_amended_in_arrears_says_so_and_the_version_that_is_gone_is_taken_back() -> None:
    first = plan("it: {measure: order_amount, over: each, pays: {rate: 10%}}", period="month")
    small = Company(today=date(2026, 4, 28), closes="month").person(to_on=None)
    small.fact(1000, date(2026, 1, 10), measure="order_amount").fact(2000, date(2026, 2, 10), measure="order_amount")
    small.settle(small.pay(first), FIRST + 2)
    from keepwell.pay.parse import parse_plans
    from keepwell.project.yaml import parse_yaml

    changed = first + "amendments: [{from: 2026-02-01, says: Better, changes: {parts: {it: {pays: {rate: 12%}}}}}]\n"
    versions, _ = parse_plans([parse_yaml(changed, "p.yaml")], "EUR")
    found = small.pay(*versions)
    late = found.lines(status="open")
    assert sorted((line["version"], line["amount"], line["reason"]) for line in late) == [
        ("2026-01-01", -200, "plan amended"), ("2026-02-01", 240, "plan amended")]  # fmt: skip
    assert found.total(status="open") == 40
    other = plan("it: {measure: order_amount, over: each, pays: {rate: 10%}}", period="month", plan="other")
    assert (
        small.pay(other).total() == 300
    )  # the plan by which was paid is no more: all of it is taken back and paid anew
    assert set(entries(small.pay(other))) <= {Decimal(0)}
