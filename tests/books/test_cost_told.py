"""What a contract cost is told from who was paid for it to what each month is charged, and it adds up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from keepwell.books.capitalising import cost_rows, costs_from
from keepwell.books.cost_told import CostTold, cost_told
from keepwell.books.schedule import schedule
from keepwell.core.errors import UsageError
from keepwell.core.periods import parse_period
from keepwell.pay.plan_tables import ACTUAL
from keepwell.project.finance import Capitalisation
from keepwell.show.costing import costing_json, costing_lines
from pay_company import Company, plan

PARTS = """
window: {measure: signed_annual_value, rewards: sale, pays: {rate: 10%}}
held: {measure: signed_annual_value, over: each, pays: {rate: 10%}, holds: {until: went_live, releases: {90 days: 100%, later: 0%}}}
"""
POLICY = Capitalisation()


@cache
def told(contract: str = "c") -> CostTold:
    """Two deals of 300 and 200 in January; that of 300 never goes live in time, and its contract is of three years."""
    small = Company(today=date(2026, 12, 31)).person()
    for name, amount, ends in (("x:c", 300, date(2029, 1, 1)), ("x:short", 200, date(2026, 7, 1))):
        small.fact(amount, date(2026, 1, 1), contract_id=name, customer_id="x:acme", fact_id=f"x:deal of {name[2:]}")
        small.add("contracts", contract_id=name, customer_id="x:acme", starts_on=date(2026, 1, 1), ends_on=ends)
    found = small.pay(plan(PARTS))
    lines = found.engine.fetch("pay_lines")
    assert {row["scenario"] for row in lines.to_pylist()} == {ACTUAL}
    rows = cost_rows(lines, found.engine.fetch("pay_trace"), date(2027, 1, 1), POLICY)
    full = [{"ended_on": None, "renews_id": None, **row} for row in small.rows["contracts"]]
    costs = costs_from(rows, full, POLICY)
    drafted = schedule(Path("no books"), parse_period("2026-Q1"), costs, "run", draft=True)
    return cost_told(contract, rows, costs, drafted)


def test_who_was_paid_adds_up_to_the_cost_and_the_months_to_it() -> None:
    (one,) = told().plans
    assert [(row["part"], row["on_day"], row["amount"]) for row in one.paid] == [
        ("held", date(2026, 1, 1), 30), ("window", date(2026, 1, 1), 30), ("held", date(2026, 4, 2), -30)]  # fmt: skip
    assert sum(row["amount"] for row in one.paid) == one.cost.amount == 30
    assert sum(row["amortised"] for row in one.months) + sum(row["taken_back"] for row in one.months) == 60
    assert one.months[-1]["closing"] == 0


def test_it_is_told_in_words_from_the_line_to_the_month() -> None:
    text = costing_lines(told(), str, str)
    assert text[:3] == ["x:c, x:acme", "", "p: €30.00"]
    assert "  1 Jan 2026  x:1  window   €30.00  of €50.00: it counted 300 of 500" in text
    assert "  2 Apr 2026  x:1  held    −€30.00  lapsed or taken back" in text
    assert "  written down in a straight line from 1 Jan 2026 to 1 Jan 2029" in text
    assert [" ".join(line.split()) for line in text if "2026-01" in line] == [
        "draft 2026-01 0.00 60.00 0.00 1.67 0.00 58.33"
    ]
    data = costing_json(told())
    assert [row["counted"] for row in data["plans"][0]["paid"]] == [None, Decimal(300), None]


def test_what_is_expensed_says_why_and_has_no_months() -> None:
    (one,) = told("x:short").plans
    assert (one.cost.amount, one.months) == (20, [])
    assert "  expensed at once: written down within a year" in costing_lines(told("x:short"), str, str)


def test_a_contract_that_nobody_was_paid_for_is_named() -> None:
    with pytest.raises(UsageError) as refused:
        told("x:shor")
    assert "x:short" in str(refused.value.hint)
