"""Kickers weigh facts, spiffs have days of their own: amounts computed by hand, through the whole pipeline."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import pytest

from keepwell.core.errors import ConfigurationError
from keepwell.core.periods import period_of
from keepwell.pay.explain import explain
from keepwell.pay.parse import read_plan
from pay_company import Paid, plan
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
