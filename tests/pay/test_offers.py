"""Kickers weigh facts, spiffs have days of their own: amounts computed by hand, through the whole pipeline."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from keepwell.core.errors import ConfigurationError
from keepwell.core.periods import period_of
from keepwell.pay.explain import explain
from keepwell.pay.parse import read_plan
from pay_company import Company, Paid, plan
from pay_words import OFFERS, offering_company

Q2, Q3 = 24315, 24318


@cache
def found() -> Paid:
    return offering_company().pay(OFFERS)


def test_a_part_pays_more_by_what_its_facts_weigh_and_attainment_stays() -> None:
    """600 weighs 990, 300 weighs 330, 300 stays: 1,620 of 1,200, so that the target of 1,000 pays 1,350."""
    (row,) = [row for row in found().rows("part_totals") if row["part"] == "sold" and row["period"] == Q2]
    assert (row["counted"], row["attainment"], row["pay"]) == (1200, 1, 1350)


def test_what_is_held_of_each_fact_goes_by_its_weight() -> None:
    """1,350 × 990, 330 and 300 of 1,620."""
    held = {line["fact_id"]: line["amount"] for line in found().lines(part="sold", movement="held")}
    assert held == {"x:d0": 825, "x:d1": 275, "x:d2": 250}
    traced = {row["fact_id"]: row["pay"] for row in found().rows("pay_trace") if row["part"] == "sold"}
    assert traced == held


def test_a_fact_paid_by_itself_is_multiplied_by_itself() -> None:
    paid = {line["fact_id"]: line["amount"] for line in found().lines(part="each")}
    assert paid == {"x:d0": 6, "x:d1": 4, "x:d2": 4}  # 3.00 × 133.33% is 3.9999


def test_an_offer_counts_its_days_and_pays_the_difference_period_by_period() -> None:
    """2 by the end of June are below 3 and pay nothing; 4 in all pay 1,000 in July."""
    assert [(line["period"], line["amount"]) for line in found().lines(part="june")] == [(Q3, 1000)]
    paid = [(line["period"], line["amount"]) for line in found().lines(part="team_june")]
    assert paid == [(Q2, Decimal("0.20")), (Q3, Decimal("4.20"))]


def test_a_kicker_is_explained() -> None:
    tables = {name: found().engine.fetch(name) for name in ("pay_lines", "pay_trace", "amount_facts", "fact_kickers")}
    (line,) = found().lines(part="sold", movement="held", fact_id="x:d0")
    steps = explain(tables, [read_plan(OFFERS)], line["line_id"], lambda month: period_of(month, "quarter")).steps
    figures = {title: value for step in steps for title, value in step.figures}
    assert figures["Weighs × 165%"] == "€990.00"
    assert figures["× 135% for kickers: 1,200 weighs 1,620"] == "€1,350.00"
    assert figures["This fact's part of what weighs"] == "61.1111%"


SOLD = "sold: {measure: signed_annual_value, pays: {rate: 2%}"
JUNE = "spiff: {from: 2026-06-01, to: 2026-07-01}"


@pytest.mark.parametrize(("part", "code", "says"), [
    (SOLD + ", times: {for: {product: Care}}}", "plan-word-missing", "does not say its kicker"),
    (SOLD + ", times: {kicker: 120%}}", "plan-word-missing", "does not say its for"),
    (SOLD + ", times: {for: {product: Care}, kicker: 1.2}}", "plan-percent", "must be a percentage"),
    (SOLD + ", times: {for: {product: Care}, kicker: -5%}}", "plan-kicker", "0% or more"),
    (SOLD + ", times: {for: {first_deal: false}, kicker: 120%}}", "plan-kicker", "is true, or not said"),
    (SOLD + ", times: {for: {}, kicker: 120%}}", "plan-kicker", "for which facts"),
    (SOLD + ", times: {for: {prodct: Care}, kicker: 120%}}", "plan-unknown-word", "has no word prodct"),
    ("it: {measure: nrr, pays: {amount: {0%: 5}}, times: {for: {kind: new}, kicker: 120%}}", "plan-kicker", "has none"),
    (SOLD + f", {JUNE}}}", "plan-spiff", "beside the target"),
    (SOLD + f", on_top: true, over: year to date, {JUNE}}}", "plan-spiff", "a window of its own"),
    (SOLD + f", on_top: true, against: quota, {JUNE}}}", "plan-spiff", "against nothing"),
    (SOLD + ", on_top: true, spiff: {from: 2026-06-01}}", "plan-word-missing", "does not say to"),
    (SOLD + ", on_top: true, spiff: {from: 2026-06-01, to: 2026-05-01}}", "plan-spiff", "ends before it begins"),
    (SOLD + ", on_top: true, spiff: {from: soon, to: 2026-05-01}}", "plan-day", "must be a day"),
])  # fmt: skip
def test_wrong_words_are_named(part: str, code: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_plan(plan(part))
    (one,) = error.value.problems
    assert (one.code, says in one.message, bool(one.line)) == (code, True, True), one


def test_an_offer_that_was_over_before_the_plan_or_the_person_came_is_none() -> None:
    small = Company(today=date(2026, 6, 30)).person(from_on=date(2026, 5, 1)).person("x:2").fact(0, date(2026, 4, 5))
    offer = "it: {on_top: true, measure: signed_annual_value, pays: {amount: 50}, spiff: {from: 2026-04-01, to: 2026-04-11}}"
    paid = small.pay(plan(offer, effective="{from: 2026-02-01, to: 2027-01-01}"))
    assert {line["person_id"]: line["amount"] for line in paid.lines()} == {"x:2": 50}
    assert small.pay(plan(offer, effective="{from: 2026-04-15, to: 2027-01-01}")).lines() == []


def test_what_an_offer_asks_of_a_quota_is_of_its_days() -> None:
    """A tenth of April's and May's quota is due in the offer's ten days of 91."""
    small = Company(today=date(2026, 6, 30)).person().quota(9100, date(2026, 4, 1), date(2026, 7, 1))
    small.fact(1000, date(2026, 4, 10)).fact(5000, date(2026, 4, 11))
    offer = """it: {on_top: true, measure: signed_annual_value, pays: {rate: 10%}, spiff: {from: 2026-04-01, to: 2026-04-11},
  only_if: {measure: signed_annual_value, against: quota, at_least: BOUND}}"""
    assert small.pay(plan(offer.replace("BOUND", "100%"))).total() == 100
    assert small.pay(plan(offer.replace("BOUND", "100.01%"))).total() == 0


def kicked(part: str, *kinds: str | None) -> Paid:
    """Deals of these kinds, each with a customer and a contract of its own: 100, -100, 100 …"""
    small = Company(today=date(2026, 3, 31)).person()
    for number, kind in enumerate(kinds):
        small.add(
            "deals",
            deal_id=f"x:d{number}",
            customer_id=f"x:a_{number}",
            kind=kind,
            outcome="won",
            closed_on=date(2026, 1, 5),
        )
        small.fact(
            100 * (-1) ** number, deal_id=f"x:d{number}", contract_id=f"x:k{number}", customer_id=f"x:a_{number}"
        )
    return small.pay(plan(f"it: {{measure: signed_annual_value, {part}}}"))


def test_a_deal_without_a_kind_is_new_and_a_customer_is_named_whole() -> None:
    assert kicked("pays: {rate: 10%}, times: {for: {kind: new}, kicker: 200%}", None).total() == 20
    assert kicked("pays: {rate: 10%}, times: {for: {customer: a_0}, kicker: 200%}", None).total() == 20
    assert kicked("pays: {rate: 10%}, times: {for: {customer: __0}, kicker: 200%}", None).total() == 10


HELD = "pays: {rate: 10%}, holds: {until: went_live}, at_least: 25"


@pytest.mark.parametrize(("kinds", "fits", "held"), [
    (("new",), "new", []),  # nothing weighs anything: the least is of no fact
    (("new", "new"), "renewal", []),
    (("new", "renewal"), "renewal", [25]),  # 100 in sum weigh 100, though nothing was counted
    (("new", "renewal"), "new", [25]),
])  # fmt: skip
def test_what_is_paid_is_divided_by_what_weighs_or_not_at_all(
    kinds: tuple[str, ...], fits: str, held: list[int]
) -> None:
    found = kicked(f"{HELD}, times: {{for: {{kind: {fits}}}, kicker: 0%}}", *kinds)
    assert (found.total("held"), found.total("payable")) == (sum(held), 25 - sum(held))
