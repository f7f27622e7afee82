"""What a fact counts and for whom: plan rates, satisfied customers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from keepwell.core.errors import ConfigurationError, Problem
from keepwell.pay.parse import read_plan
from pay_company import Company, plan

SOLD = "sold: {measure: signed_annual_value, pays: {rate: 10%}}"
GOOD = "sold: {measure: signed_annual_value, pays: {rate: 2%}}"
SAVES = "kept: {measure: renewed_annual_value, credit: [rest, saved], pays: {rate: 10%}}"


def problems(text: str) -> list[Problem]:
    with pytest.raises(ConfigurationError) as error:
        read_plan(text, file="plans/p.yaml")
    return list(error.value.problems)


def two_currencies() -> Company:
    small = Company().person(to_on=date(2026, 4, 1))
    small.add("exchange_rates", currency="USD", on=date(2026, 1, 1), rate=Decimal("0.8"))
    return small.fact(1000, currency="USD").fact(1000, currency="GBP", fact_id="x:pound").fact(100)


def test_a_plan_rate_holds_whatever_the_day() -> None:
    found = two_currencies().pay(plan(SOLD, rates="{USD: 0.92}"))
    assert found.total() == Decimal("102.00")
    assert {row["currency"]: row["rate"] for row in found.rows("pay_trace")} == {
        "EUR": None, "GBP": None, "USD": Decimal("0.920000000"),
    }  # fmt: skip
    (unpaid,) = found.rows("pay_unpaid")
    assert (unpaid["kind"], unpaid["fact_id"]) == ("rate", "x:pound")


def test_without_one_the_day_decides() -> None:
    assert two_currencies().pay(plan(SOLD)).total() == 90
    assert two_currencies().pay(plan(SOLD, rates="{GBP: 1.15}")).total() == 205


@pytest.mark.parametrize(("score", "satisfied_from", "pays"), [
    (7, "", 0), (8, "", 500), (8, ", satisfied_from: 85%", 0), (9, ", satisfied_from: 90%", 500), (5, ", satisfied_from: 50%", 500),
])  # fmt: skip
def test_from_which_answer_on_a_saved_customer_is_satisfied(score: int, satisfied_from: str, pays: int) -> None:
    assert save(Company(), score, satisfied_from) == pays


def test_the_companys_point_holds_where_the_plan_says_none() -> None:
    assert save(Company(satisfied_from=Decimal("0.9")), 8, "") == 0
    assert save(Company(satisfied_from=Decimal("0.9")), 8, ", satisfied_from: 80%") == 500


def save(small: Company, score: int, satisfied_from: str) -> Decimal:
    """What a save pays with this answer."""
    small.person(to_on=date(2026, 7, 1))
    old = {
        "customer_id": "x:c",
        "starts_on": date(2025, 4, 1),
        "ends_on": date(2026, 4, 1),
        "notice_on": date(2026, 1, 5),
    }
    small.add("contracts", contract_id="x:old", **old)
    small.add("contracts", contract_id="x:new", customer_id="x:c", starts_on=date(2026, 4, 1), renews_id="x:old")
    small.add("touches", touch_id="x:t", customer_id="x:c", kind="save_attempt", at=datetime(2026, 1, 8))
    small.add("surveys", invitation_id="x:i", customer_id="x:c", kind="csat", answered_at=datetime(2026, 2, 8),
              score=Decimal(score), scale_min=Decimal(0), scale_max=Decimal(10))  # fmt: skip
    small.fact(5000, date(2026, 3, 31), "x:new", "renewed_annual_value", contract_id="x:new", customer_id="x:c")
    saved = "{after: notice, rescue_logged_within: 14 days, still_customer_after: 90 days, and: {csat: satisfied}%s}"
    words = plan(SAVES, credit="{rest: {nobody: 100%}, saved: {owner: 100%}}", saved=saved % satisfied_from)
    return small.pay(words).total()


@pytest.mark.parametrize(("words", "code", "found"), [
    ({"rates": "{usd: 0.92}"}, "plan-currency", None),
    ({"rates": "{EUR: 1}"}, "plan-rates", None),
    ({"rates": "{USD: 0}"}, "plan-rates", "0"),
    ({"rates": "{USD: cheap}"}, "plan-amount", "cheap"),
    ({"saved": "{rescue_logged_within: 1 day, still_customer_after: 90 days, satisfied_from: 80%}"}, "plan-satisfied", "80%"),
    ({"saved": "{rescue_logged_within: 1 day, still_customer_after: 90 days, and: {csat: satisfied}, satisfied_from: 120%}"},
     "plan-satisfied", "120%"),
])  # fmt: skip
def test_wrong_rates_and_saves_are_said(words: dict[str, str], code: str, found: str | None) -> None:
    told = problems(plan(GOOD, **words))
    assert code in [problem.code for problem in told], [str(problem) for problem in told]
    assert all(problem.line == 6 for problem in told)
    if found:
        assert found in [problem.found for problem in told]
