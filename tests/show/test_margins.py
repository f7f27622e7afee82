"""Margins from costs: where none were booked, and where they are above revenue, it is said."""

from __future__ import annotations

from datetime import date

from keepwell.engine import DuckDBEngine
from keepwell.project.valuation import Valuation
from keepwell.show.margins import margin_says, margin_words
from record_rows import Rows
from value.test_customer_values import TODAY, add_terms


def found(*costs: tuple[str | None, float]) -> dict[str, object]:
    """Margins of two customers, one of segment a and one of none, each paying 1,000 a year, after these costs."""
    rows = Rows(today=TODAY, valuation=Valuation(margin_from="costs"))
    for customer, segment in (("c:1", "a"), ("c:2", "")):
        add_terms(rows, customer, date(2025, 5, 1), [1000, 1000], segment=segment)
    for number, (customer, amount) in enumerate(costs):
        rows.add(
            "costs",
            cost_id=f"e:{number}",
            on=date(2026, 5, 1),
            department="success",
            customer_id=customer,
            amount=amount,
        )
    engine = DuckDBEngine(memory="1GB", threads=1)
    rows.run("value_margins", engine=engine)
    return {"value_margins": engine.fetch("value_margins")}


def test_without_costs_value_is_revenue_and_that_is_said():
    for costs in ((), ((None, 500.0),)):
        tables = found(*costs)
        assert [row["margin"] for row in tables["value_margins"].to_pylist()] == [1, 1]
        assert margin_says("a", tables) == "no costs were booked in the last 365 days: value is revenue"
        assert margin_words(tables) == [
            "margins are to be found from costs, and none were booked for customers in the last 365 days: value is revenue"
        ]


def test_costs_above_revenue_are_said_by_segment():
    [said] = margin_words(found(("c:1", 100.0), ("c:2", 3000.0)))
    assert said.startswith(
        "costs are above revenue in customers without a segment (margin −200%): these customers are worth"
    )


def test_of_costs_below_revenue_nothing_is_to_be_said():
    tables = found(("c:1", 250.0))
    assert margin_words(tables) == []
    assert margin_says("a", tables) == "margin from the costs of the last 365 days"
