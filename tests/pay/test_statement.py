"""A statement says why each line is there, and adds up; each line is explained from source row to cent."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache

import pyarrow as pa
import pytest

from keepwell.core.errors import MissingError
from keepwell.core.periods import parse_period, period_of
from keepwell.pay.explain import Explanation, explain
from keepwell.pay.parse import read_plan
from keepwell.pay.statement import Statement, evidence_words, statement
from pay_company import Company, plan

CURVE = "{curve: {50%: 0%, 100%: 100%, 150%: 200%}}"
PLAN = read_plan(plan(
    f"""
new_business:
  weight: 80%
  says: You are paid for the yearly value you sign.
  measure: signed_annual_value
  against: quota
  pays: {CURVE}
  takes_back: {{says: Part of it is taken back., when: customer left, share: {{90 days: 100%, 180 days: 60%, later: 0%}}}}
go_live:
  weight: 20%
  rewards: customer_outcome
  measure: signed_annual_value
  against: quota
  pays: {CURVE}
  holds: {{until: went_live, releases: {{90 days: 100%, 180 days: 50%, later: 0%}}}}
orders: {{measure: order_amount, pays: {{steps: {{0: 1%, 1000: 2%}}}}}}
""",
    target_pay=10000,
), file="plans/seller.yaml")  # fmt: skip
NAMES = {"Aster": "Aster Robotics", "Birch": "Birch Logistics"}


@cache
def tables() -> dict[str, pa.Table]:
    small = Company(today=date(2026, 9, 30)).person().quota(300_000, to_on=date(2026, 4, 1))
    small.quota(300_000, date(2026, 4, 1), date(2026, 7, 1)).quota(300_000, date(2026, 7, 1), date(2026, 10, 1))
    for name, day, amount in (("Aster", date(2026, 1, 20), 210_000), ("Birch", date(2026, 2, 15), 150_000)):
        small.fact(amount, day, fact_id=f"crm:{name}", contract_id=name, customer_id=name, source="crm",
                   source_file="exports/deals.csv", source_row=7)  # fmt: skip
        left = date(2026, 6, 1) if name == "Birch" else None
        small.add("contracts", contract_id=name, customer_id=name, starts_on=day, ended_on=left)
    small.add(
        "milestones", customer_id="Aster", contract_id="Aster", kind="went_live", reached_at=datetime(2026, 3, 31, 9)
    )
    small.fact(1500, date(2026, 5, 5), measure="order_amount", customer_id="Aster")
    found = small.pay(PLAN)
    return {name: found.engine.fetch(name) for name in ("pay_lines", "part_totals", "pay_trace", "amount_facts")}


def told(period: str) -> Statement:
    return statement(tables(), [PLAN], "x:1", parse_period(period), customer=NAMES.__getitem__)


def why(period: str, **where: str) -> Explanation:
    (line,) = [
        line for line in told(period).lines if all(getattr(line, name) == value for name, value in where.items())
    ]
    return explain(tables(), [PLAN], line.line_id[:8], lambda month: period_of(month, "quarter"), NAMES.__getitem__)


def test_a_statement_adds_up() -> None:
    first = told("2026-Q1")
    assert first.payable == sum(part.amount for part in first.parts) - first.held + first.released - first.taken_back
    assert {part.part: part.amount for part in first.parts} == {"new_business": 11200, "go_live": 2800, "orders": 0}
    assert (first.held, first.released, first.payable) == (2800, Decimal("1633.34"), Decimal("12833.34"))


def test_each_line_has_its_reason_in_a_sentence() -> None:
    sentences = [line.sentence for line in told("2026-Q1").lines]
    assert "Aster Robotics went live on day 70, so all of the hold is released: €1,633.34." in sentences
    assert ("Aster Robotics signed: €210,000 a year counts for you. €360,000 of €300,000 is 120% and pays 140% of target."
            in sentences)  # fmt: skip


def test_what_a_window_came_to_is_told_once() -> None:
    sentences = [line.sentence for line in told("2026-Q1").lines]
    assert sum("pays 140% of target" in sentence for sentence in sentences) == 1
    assert "Birch Logistics signed: €150,000 a year counts for you." in sentences


@pytest.mark.parametrize(("z", "expected"), [
    ("0", ("Teams differ by no more than chance would make them, so the value of all teams compared counts, 20, and not "
           "your team's 17.72.")),
    ("0.25", "Your team's 17.72 counts 25%, the 20 of all teams compared 75%."),
])  # fmt: skip
def test_how_much_of_the_own_result_counts_is_said(z: str, expected: str) -> None:
    (part,) = read_plan(plan("""
mood:
  weight: 100%
  rewards: customer_outcome
  measure: nps
  of: team
  evidence: {at_least: 5 answers, otherwise: [company, target]}
  pays: {curve: {0: 0%, 50: 100%}}
"""), file="plans/x.yaml").parts  # fmt: skip
    total = {"missing": None, "stands_for": "team", "n": 40, "z": Decimal(z), "collective": Decimal(20),
             "observed": Decimal("17.72")}  # fmt: skip
    assert evidence_words(part, total) == expected


def test_what_waits_says_until_when() -> None:
    (hold,) = told("2026-Q1").holds
    assert (hold.customer_id, hold.amount, hold.until) == ("Birch", Decimal("1166.66"), date(2026, 5, 16))
    assert hold.sentence == "waits until the customer is live; 50% of it is lost after 16 May 2026"


def test_what_is_taken_back_says_why_and_how_it_is_recovered() -> None:
    second = told("2026-Q2")
    (line,) = [line for line in second.lines if line.movement == "taken back"]
    assert (line.amount, line.belongs_to) == (Decimal("-2800.00"), "2026-Q2")
    assert (
        line.sentence == "Birch Logistics left 106 days after signing: 60% of what its contract earned is taken back."
    )
    assert (second.payable, second.taken_back) == (0, 20)
    assert second.notes[-1] == "€2,780.00 is still to be recovered from later payouts."


def test_a_line_is_explained_from_source_row_to_cent() -> None:
    steps = {step.title: step for step in why("2026-Q1", customer_id="Birch", part="new_business").steps}
    assert steps["The fact"].source == "crm: exports/deals.csv, row 7 (crm:Birch)"
    assert ("Attainment", "120%") in steps["What was reached"].figures
    assert ("At 120%", "140%") in steps["What the plan says"].figures
    assert steps["What the plan says"].source == "plans/seller.yaml:8"
    assert steps["This fact's share"].figures == (
        ("This fact's part of what counted", "41.6667%"),
        ("Its share of the pay", "€4,666.66"),
    )


def test_slices_of_rates_are_shown() -> None:
    (step,) = [step for step in why("2026-Q2", part="orders").steps if step.title == "What the plan says"]
    assert step.figures == (("1,000 from 0 at 1%", "€10.00"), ("500 from 1,000 at 2%", "€10.00"))


def test_a_release_shows_its_days_and_schedule() -> None:
    (step,) = [step for step in why("2026-Q1", movement="released").steps if step.title == "What became of it"]
    assert step.says == "Within 90 days 100%, until day 180 50%, later 0% is released."
    assert ("Days between", "70") in step.figures


def test_who_is_not_paid_and_lines_that_are_not_there_are_said() -> None:
    with pytest.raises(MissingError, match="no pay of x:9 in 2026-Q1"):
        statement(tables(), [PLAN], "x:9", parse_period("2026-Q1"))
    with pytest.raises(MissingError, match="no line ffff"):
        explain(tables(), [PLAN], "ffffffffffffffffff", lambda month: period_of(month, "quarter"))
