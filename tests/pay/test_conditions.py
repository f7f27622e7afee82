"""Conditions, multipliers and limits through the plan language and the whole pipeline: amounts computed by hand."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from keepwell.core.errors import ConfigurationError, Problem
from keepwell.pay.checks import table_problems
from keepwell.pay.parse import read_plan
from pay_company import Company, Paid, plan
from pay_words import SALE, WORDY, wordy_company


@cache
def found() -> Paid:
    return wordy_company().pay(WORDY)


@pytest.mark.parametrize(("part", "amount"), [
    ("holds", 140),
    ("fails", 70),  # 80% is not more than 80%
    ("unknown", 140),
    ("unknown_fails", 0),
    ("too_few", 35),
    ("both", 0),  # orders of 900
    ("times", "149.33"),  # 80% lies two thirds of the way from 80% to 120%: 140 × 106.67%
    ("twice", 70),  # 140 × 106.67% × 95%, at most 70
    ("own", 140),
    ("rest", 140),
])  # fmt: skip
def test_conditions_and_multipliers(part: str, amount: Any) -> None:
    assert found().total(part=part, period=24312) == Decimal(str(amount))


def test_facts_paid_one_by_one_are_multiplied_and_limited() -> None:
    """10% × 106.67% of 300 is 32.00; the quarter stops at 70, the year at 100, each fact at 40."""
    lines = sorted(found().lines(part="each"), key=lambda line: line["fact_id"])
    assert [line["amount"] for line in lines] == [32, 32, 6, 30]


def test_a_line_tells_the_steps_of_its_pay() -> None:
    (line,) = found().lines(part="twice", period=24312)
    steps = json.loads(line["steps"])
    assert [(step["step"], step["pay"]) for step in steps] == [
        ("shape", "140"), ("times", "149.333333333"), ("times", "141.866666667"), ("at_most", "70")]  # fmt: skip
    assert steps[1] == {"step": "times", "measure": "csat", "of": "own", "factor": "1.066666667", "value": "0.8", "n": 40,
                        "pay": "149.333333333"}  # fmt: skip
    assert (steps[2]["counted"], steps[2]["factor"]) == ("900", "0.95")
    assert found().lines(part="rest", period=24312)[0]["steps"] == ""


def test_what_is_only_looked_at_pays_nothing_and_is_traced() -> None:
    traced = [row for row in found().rows("pay_trace") if row["part"] == "own: only_if 1"]
    assert [(row["counted"], row["pay"]) for row in traced] == [(1200, None)]
    assert {row["part"] for row in found().rows("part_totals")} & {row["part"] for row in traced} == set()


def test_what_a_quarters_limit_cuts_is_carried_to_the_next() -> None:
    small = Company(today=date(2026, 12, 31)).person()
    for quarter, amount in enumerate((7000, 3000, 1000)):
        small.fact(amount, date(2026, 1 + 3 * quarter, 10))
    carried = "carried: {measure: signed_annual_value, pays: {rate: 10%}, at_most: 500, excess: carried}"
    year = (
        "year: {measure: signed_annual_value, over: year to date, pays: {rate: 10%}, at_most: {period: 500, year: 850}}"
    )
    paid = small.pay(plan(f"{carried}\n{year}"))
    assert [line["amount"] for line in paid.lines(part="carried")] == [500, 500, 100]
    assert [line["amount"] for line in paid.lines(part="year")] == [500, 300, 50]


def problem(more: str, start: str = "sold: {measure: signed_annual_value, pays: {rate: 2%}") -> Problem:
    with pytest.raises(ConfigurationError) as error:
        read_plan(plan(f"{start}, {more}}}"))
    (one,) = error.value.problems
    assert one.line
    return one


@pytest.mark.parametrize(("more", "code", "says"), [
    ("only_if: {measure: csat}", "plan-gate", "needs one bound"),
    ("only_if: {measure: csat, at_least: 70%, at_most: 90%}", "plan-gate", "needs one bound"),
    ("only_if: {at_least: 70%}", "plan-word-missing", "does not say its measure"),
    ("only_if: {measure: cast, at_least: 70%}", "plan-unknown-measure", "no such measure"),
    ("only_if: {measure: csat, at_least: much}", "plan-value", "must be a number"),
    ("only_if: {measure: nps, at_least: 40%}", "plan-keys", "nps is not a share"),
    ("only_if: {measure: order_amount, at_least: 40%}", "plan-keys", "percentages of what"),
    ("only_if: {measure: order_amount, against: quota, at_least: 40}", "plan-keys", "the bound is a percentage"),
    ("only_if: {measure: csat, at_least: 70%, otherwise: 100%}", "plan-gate", "what is still paid"),
    ("only_if: {measure: csat, against: quota, at_least: 70%}", "plan-score-words", "against is for amounts"),
    ("only_if: {measure: order_amount, answers: 3, at_least: 7}", "plan-score-words", "answers are of a score"),
    ("times: {measure: csat}", "plan-word-missing", "does not say its curve"),
    ("times: {measure: csat, curve: {60%: 1, 80%: 2}}", "plan-times", "multiplied by percentages"),
    ("times: {measure: csat, curve: {60%: -10%, 80%: 20%}}", "plan-times", "less than 0%"),
    ("at_most: {fact: 500}", "plan-limit", "needs each to be paid by itself"),
    ("at_most: {year: 200%}", "plan-limit", "has no weight"),
    ("at_most: {year: plenty}", "plan-limit", "an amount or a share of the target"),
    ("at_most: 5, at_least: 6", "plan-limit", "at_least is above at_most"),
    ("excess: carried", "plan-excess", "what is carried"),
    ("at_most: {year: 5}, excess: carried", "plan-excess", "what is carried"),
    ("over: each, at_most: {period: 5}, excess: carried", "plan-excess", "one by one is lost"),
    ("over: each, at_least: {period: 5}", "plan-limit", "which of the facts"),
    ("at_most: 5, excess: carried, holds: {until: went_live}", "plan-excess", "is of no fact"),
])  # fmt: skip
def test_wrong_words_are_named(more: str, code: str, says: str) -> None:
    one = problem(more)
    assert (one.code, says in one.message) == (code, True), one


def test_a_share_of_a_periods_target_needs_windows_of_a_period() -> None:
    start = f"sold: {{weight: 100%, {SALE}"
    assert "has no target" in problem("over: year to date, at_most: {period: 200%}", start).message


def test_a_table_that_a_condition_needs_is_asked_for() -> None:
    words = plan(
        "it: {measure: order_amount, pays: {rate: 1%}, only_if: {measure: signed_amount, against: quota, at_least: 50%}}"
    )
    found = table_problems([read_plan(words)], {"positions": 1, "orders": 1})
    assert [problem.message for problem in found] == [
        "part it looks at signed amount, and the record has no deals",
        "part it is set against a quota, and the record has no quotas",
    ]
