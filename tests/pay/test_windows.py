"""Quota and target of a window: prorated by days under the plan, exact until pay is rounded once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from keepwell.core.money import round_money
from keepwell.core.periods import period_of
from keepwell.pay.checks import claim_problems, save_problems, table_problems, unpaid_problems
from keepwell.pay.parse import read_plan
from pay_company import Company, Paid, plan


def curve(more: str = "", against: str = "quota") -> str:
    return (f"it: {{measure: signed_annual_value, weight: 100%, against: {against}{more}, "
            "pays: {curve: {0%: 0%, 100%: 100%, 200%: 300%}}}")  # fmt: skip


def paid(found: Paid, **where: Any) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for line in found.lines(**where):
        sums[line["person_id"]] = sums.get(line["person_id"], Decimal(0)) + line["payable"]
    return sums


def test_target_and_quota_are_prorated_by_days() -> None:
    """Who joins on 15 February has 45 of 90 days of both; the pay is one exact fraction, rounded once."""
    small = Company(today=date(2026, 3, 31))
    for number, (joined, amount) in enumerate(
        [(date(2026, 1, 1), 70_000), (date(2026, 2, 15), 33_333), (date(2026, 3, 3), 10_001)]
    ):
        person = f"x:{number}"
        small.person(person, joined, None).quota(70_000, to_on=date(2026, 4, 1), person=person)
        small.fact(amount, date(2026, 3, 10), owner_id=person)
    found = paid(small.pay(plan(curve(), target_pay="9999.99")))
    for number, (days, amount) in enumerate([(90, 70_000), (45, 33_333), (29, 10_001)]):
        attainment = Fraction(amount * 90, 70_000 * days)
        assert attainment <= 1
        exact = Fraction(Decimal("9999.99")) * Fraction(days, 90) * attainment
        assert found[f"x:{number}"] == round_money(exact)


def test_part_time_scales_the_target_and_not_the_quota() -> None:
    small = Company(today=date(2026, 3, 31)).quota(1000, to_on=date(2026, 4, 1))
    small.person(to_on=date(2026, 2, 15), fte=Decimal("0.5")).person(from_on=date(2026, 2, 15), to_on=None).fact(1000)
    assert paid(small.pay(plan(curve(), target_pay=1000))) == {"x:1": 750}


def test_target_pay_from_positions_is_per_year() -> None:
    small = Company(today=date(2026, 3, 31)).quota(1000, to_on=date(2026, 4, 1)).fact(1000)
    small.person(to_on=None, target_pay=Decimal(50_000), currency="EUR")
    assert paid(small.pay(plan(curve()))) == {"x:1": 12_500}


def test_a_year_to_date_pays_the_difference_and_a_refund_takes_it_back() -> None:
    small = Company(today=date(2026, 12, 31)).person().quota(1000)
    small.fact(400, date(2026, 2, 1)).fact(800, date(2026, 5, 1)).fact(-300, date(2026, 8, 1))
    found = small.pay(plan(curve(", over: year to date"), target_pay=250))
    assert [line["payable"] for line in found.lines(movement="earned")] == [400, 1000, -500]
    assert found.lines(movement="put_off")[0]["payable"] == 500


def test_quota_to_date_takes_both_up_to_the_period() -> None:
    small = Company(today=date(2026, 12, 31)).person().fact(250, date(2026, 2, 1))
    for quarter in range(4):
        small.quota(250, date(2026, 3 * quarter + 1, 1), date(2026 + quarter // 3, (3 * quarter + 3) % 12 + 1, 1))
    part = curve(", over: year to date", "quota_to_date")
    lines = small.pay(plan(part, target_pay=25)).lines(movement="earned")
    # a quarter of the year's target at full attainment; then what is aimed at grows, and what was reached does not
    assert [(line["attainment"], line["target"], line["part_pay"]) for line in lines] == [(1, 25, 25)]


def test_a_missing_quota_is_listed_and_pays_nothing() -> None:
    small = Company(today=date(2026, 3, 31)).person("x:1").person("x:2").fact(100)
    small.quota(-5, to_on=date(2026, 4, 1), person="x:2")
    found = small.pay(plan(curve(), target_pay=100))
    assert found.lines() == []
    reasons = {row["person_id"]: row["reason"] for row in found.rows("pay_unpaid")}
    assert reasons == {"x:1": "no quota of signed_annual_value in EUR is recorded",
                       "x:2": "the quota of signed_annual_value is not above zero"}  # fmt: skip


def test_limits_hold_for_the_window() -> None:
    small = Company(today=date(2026, 3, 31))
    for person, amount in (("x:1", 5000), ("x:2", 0)):
        small.person(person).quota(1000, person=person).fact(amount, owner_id=person)
    found = small.pay(plan(curve(", over: year to date, at_most: 150%, at_least: 20"), target_pay=25))
    assert paid(found) == {"x:1": 150, "x:2": 20}


def test_months_settle_in_their_quarter() -> None:
    small = Company(today=date(2026, 3, 31)).person()
    for month in (1, 2, 3):
        small.fact(100, date(2026, month, 10))
    words = plan("it: {measure: signed_annual_value, pays: {rate: 10%}}", period="month")
    assert {(line["period"], line["plan_period"]) for line in small.pay(words).lines()} == {
        (24312, 24312), (24312, 24313), (24312, 24314)}  # fmt: skip


def test_two_plans_that_claim_one_person_are_named_and_neither_pays_then() -> None:
    small = Company().person("x:1", date(2026, 1, 1), date(2026, 9, 1), segment="small")
    for month in (1, 5, 6, 8):
        small.fact(100, date(2026, month, 10), fact_id=f"month {month}")
    first = plan("it: {measure: signed_annual_value, over: each, pays: {rate: 10%}}")
    second = (
        first.replace("plan: p", "plan: q")
        .replace("{role: seller}", "{segment: small}")
        .replace("2026-01-01", "2026-06-01")
    )
    found = small.pay(first, second)
    (problem,) = claim_problems(found.engine.fetch("pay_conflicts"))
    assert problem.message == "x:1 is claimed by p and q from 1 Jun 2026 to 1 Sep 2026"
    assert [(line["plan"], line["fact_id"]) for line in found.lines()] == [("p", "month 1"), ("p", "month 5")]


def test_what_pays_nobody_is_said_in_one_line_each() -> None:
    small = Company(today=date(2026, 3, 31)).person("x:1").person("x:2").fact(100)
    unpaid = small.pay(plan(curve(), target_pay=100)).engine.fetch("pay_unpaid")
    (problem,) = unpaid_problems(unpaid, lambda month: period_of(month, "quarter"))
    assert problem.severity == "warning"
    assert problem.message == ("p, part it: no quota of signed_annual_value in EUR is recorded, for x:1 (2026-Q1), "
                               "x:2 (2026-Q1)")  # fmt: skip


def test_a_measure_without_its_table_is_said() -> None:
    found = table_problems([read_plan(plan(curve(", over: period"), target_pay=100))], {"positions": 3, "deals": 0})
    assert [(problem.code, problem.line, problem.expected) for problem in found] == [
        ("pay-table-missing", 8, "a source that becomes deals"), ("pay-table-missing", 8, "a source that becomes quotas")]  # fmt: skip


def test_a_save_that_the_company_does_not_count_is_said() -> None:
    part = "it: {measure: saved, credit: saved, pays: {rate: 2%}}"
    words = plan(part, credit="{saved: {keeper: 100%}}",
                 saved="{after: notice, rescue_logged_within: 30 days, still_customer_after: 90 days}")  # fmt: skip
    (problem,) = save_problems([read_plan(words)], {})
    assert (problem.code, problem.severity, problem.found) == ("plan-saved", "warning", "30 days, 90 days")
    assert save_problems([read_plan(words)], {"rescue": 30}) == []


def test_the_days_of_whole_months_cancel() -> None:
    """Four months of 4,000.041666… at 75% of quota are 12,000.125, which is a tie."""
    small = Company(today=date(2026, 4, 30), closes="month").person(
        to_on=date(2026, 5, 1), target_pay=Decimal("48000.5")
    )
    small.quota(1000, to_on=date(2026, 5, 1)).fact(750)
    part = curve(", over: year to date")
    assert small.pay(plan(part, period="month")).total() == Decimal("12000.12")
    assert small.pay(plan(part, period="month", rounding="{to: 0.01, tie: half_up}")).total() == Decimal("12000.13")


def test_a_target_over_partial_months_of_all_lengths_is_exact() -> None:
    """Attained is such a part of what was due that pay is half of a month's 4,000.01, a tie."""
    small = Company(today=date(2028, 12, 31), closes="month")
    stays = [
        (date(2027, 1, 6), date(2027, 2, 10)),
        (date(2027, 4, 12), date(2027, 4, 20)),
        (date(2028, 2, 3), date(2028, 6, 1)),
    ]
    for from_on, to_on in stays:
        small.person(from_on=from_on, to_on=to_on, target_pay=Decimal("48000.12"))
    months = sum(
        (Fraction(days, length) for days, length in [(26, 31), (9, 28), (8, 30), (27, 29), (3, 1)]), Fraction(0)
    )
    small.fact(Decimal(months.denominator) / 2, stays[0][0])
    small.fact(months.numerator, stays[0][0], measure="annual_value_due")
    part = curve(", over: plan to date", against="annual_value_due")
    for tie, pays in (("half_even", "2000.00"), ("half_up", "2000.01")):
        words = {"effective": "{from: 2027-01-01, to: 2029-01-01}", "rounding": f"{{to: 0.01, tie: {tie}}}"}
        assert small.pay(plan(part, period="month", **words)).total() == Decimal(pays)
