"""Days under a plan, leave, moves between positions and plans, splits and overlays: amounts worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pay_company import Company, plan

Q1 = (date(2026, 1, 1), date(2026, 4, 1))
SOLD = "sold: {measure: signed_annual_value, weight: 100%, against: quota, pays: {curve: {0%: 0%, 100%: 100%, 200%: 200%}}}"
LATER = date(2026, 4, 10)


def quarter(small: Company, sold: int = 100_000, person: str = "x:1") -> Company:
    return small.quota(100_000, *Q1, person=person).fact(sold, date(2026, 1, 10), owner_id=person)


def test_leave_takes_from_the_target_and_not_from_the_quota() -> None:
    small = Company(today=LATER).person(to_on=date(2026, 2, 1))
    small.person(from_on=date(2026, 2, 1), to_on=date(2026, 3, 1), fte=Decimal(0))
    small.person(from_on=date(2026, 3, 1), to_on=date(2026, 4, 1), fte=Decimal("0.5"))
    found = quarter(small).pay(plan(SOLD, target_pay=9000))
    # 31 days whole, 28 on leave, 31 by half: 46.5 of 90 days of 9,000
    assert found.total() == Decimal("4650.00")
    (total,) = found.rows("part_totals")
    assert (total["days"], total["base"], total["attainment"]) == (90, 100_000, 1)


def test_a_whole_quarter_on_leave_pays_nothing_and_is_not_missing() -> None:
    small = quarter(Company(today=LATER).person(to_on=date(2026, 4, 1), fte=Decimal(0)))
    found = small.pay(plan(SOLD, target_pay=9000))
    assert found.total() == 0
    assert [(row["pay"], row["missing"]) for row in found.rows("part_totals")] == [(0, "")]


def test_a_target_that_changes_is_taken_by_days() -> None:
    small = Company(today=LATER).person(to_on=date(2026, 2, 15), target_pay=Decimal(36000), currency="EUR")
    small.person(from_on=date(2026, 2, 15), to_on=date(2026, 4, 1), target_pay=Decimal(48000), currency="EUR")
    # 45 of 90 days of 9,000, and 45 of 12,000
    assert quarter(small).pay(plan(SOLD)).total() == 10_500


def test_who_moves_to_another_plan_has_each_for_its_days() -> None:
    small = (
        Company(today=LATER)
        .person(to_on=date(2026, 2, 15))
        .person(from_on=date(2026, 2, 15), to_on=Q1[1], role="keeper")
    )
    small.quota(100_000, *Q1).fact(60_000, date(2026, 2, 14)).fact(30_000, date(2026, 2, 15))
    old, new = plan(SOLD, target_pay=9000), plan(SOLD, plan="q", applies_to="{role: keeper}", target_pay=18000)
    found = small.pay(old, new)
    # half the quota and half the target in each: 60 of 50 pays 120% of 4,500; 30 of 50 pays 60% of 9,000
    assert found.total(plan="p") == 5400
    assert found.total(plan="q") == 5400


def test_who_left_has_the_days_until_then() -> None:
    small = Company(today=LATER).person(to_on=None)
    small.rows["people"][0]["left_on"] = date(2026, 2, 15)
    found = (
        small.quota(100_000, *Q1)
        .fact(50_000, date(2026, 2, 1))
        .fact(50_000, date(2026, 3, 1))
        .pay(plan(SOLD, target_pay=9000))
    )
    assert found.total() == 4500


def test_splits_add_up_to_the_deal_and_overlays_stand_beside_it() -> None:
    small = Company(today=LATER)
    for number in (1, 2, 3, 4):
        small.person(f"x:{number}", to_on=Q1[1], team_id="x:team")
    small.add("deals", deal_id="x:d", owner_id="x:1", outcome="won")
    for person, share, overlay in (("x:1", "0.333333333", False), ("x:2", "0.333333333", False),
                                   ("x:3", "0.333333334", False), ("x:4", "0.5", True)):  # fmt: skip
        small.add("deal_shares", deal_id="x:d", person_id=person, role="own", share=Decimal(share), overlay=overlay)
    small.fact(100, date(2026, 1, 10), deal_id="x:d")
    parts = """
own: {measure: signed_annual_value, pays: {rate: 100%}}
team: {measure: signed_annual_value, of: team, pays: {rate: 1%}}
"""
    found = small.pay(plan(parts))
    own = {row["person_id"][2:]: row["amount"] for row in found.lines(part="own")}
    assert own == {"1": Decimal("33.34"), "2": Decimal("33.33"), "3": Decimal("33.33"), "4": Decimal("50.00")}
    # the team has signed 100, and not 150: an overlay is somebody's second credit for the same money
    assert {row["amount"] for row in found.lines(part="team")} == {Decimal("1.00")}
