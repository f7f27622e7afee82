"""Who orders is valued by when they bought and what they spent; the currency changes nothing but the amounts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from record_rows import Rows

TODAY = date(2026, 7, 1)
TABLES = ("value_models", "customer_values", "equity_changes", "value_moments")


def shop(factor: int = 1, customers: int = 120) -> Rows:
    """Customers who buy at a rate of their own and leave after some purchase."""
    dice, rows, number = np.random.default_rng(1), Rows(today=TODAY), 0
    for customer in range(customers):
        rows.add("customers", customer_id=f"c:{customer}", segment="a")
        rate, leaves, usual = dice.gamma(2.0, 0.02), dice.beta(1, 4), dice.gamma(6.0, 30.0)
        day = float(dice.integers(0, 300))
        while day < 545:
            amount = max(round(dice.gamma(6.0, usual / 6)), 1) * factor
            at = datetime(2025, 1, 1) + timedelta(days=int(day))
            rows.add("orders", order_id=f"o:{number}", customer_id=f"c:{customer}", ordered_at=at, amount=amount)
            number += 1
            if dice.random() < leaves:
                break
            day += dice.exponential(1 / rate) + 1
    return rows


@pytest.fixture(scope="module")
def valued() -> dict[str, list[dict[str, Any]]]:
    """The shop's values, in euros."""
    return shop().run(*TABLES)


def values_on(tables: dict[str, list[dict[str, Any]]], day: date = TODAY) -> dict[str, dict[str, Any]]:
    """The customers' values on a day."""
    return {row["customer_id"]: row for row in tables["customer_values"] if row["at_on"] == day}


def test_everybody_who_ordered_has_a_value_with_its_interval(valued) -> None:
    values = values_on(valued)
    assert len(values) == 120
    assert all(
        row["low"] <= row["value"] <= row["high"] for row in values.values() if row["chance_alive"] > Decimal("0.6")
    )
    assert all(row["low"] >= 0 and 0 <= row["chance_alive"] <= 1 for row in values.values())
    chosen = {row["kind"]: row["model"] for row in valued["value_models"] if row["chosen"] and row["at_on"] == TODAY}
    assert chosen["orders"] in ("bg_nbd", "mbg_nbd", "pareto_nbd")
    assert chosen["spend"] == "gamma_gamma"


def test_intervals_are_those_of_the_last_moment_and_none_before(valued) -> None:
    shown = {row["at_on"]: row["low"] is not None and row["high"] is not None for row in valued["customer_values"]}
    assert [day for day, there in shown.items() if there] == [TODAY]
    assert len(shown) > 2


def test_where_only_a_mean_is_known_the_interval_holds_what_is_spent_too() -> None:
    """Two kinds of customers, who each spend always the same: gamma-gamma has no maximum, and the mean has a spread."""
    ends = {}
    for factor in (1, 9):
        rows = shop(customers=200)
        for row in rows.rows["orders"]:
            row["amount"] = Decimal(20 * (factor if int(row["customer_id"][2:]) % 2 else 1)).quantize(Decimal("0.0001"))
        tables = rows.run(*TABLES)
        [spend] = {row["model"] for row in tables["value_models"] if row["kind"] == "spend" and row["chosen"]}
        assert spend == "mean_purchase"
        there = [row for row in values_on(tables).values() if row["chance_alive"] > Decimal("0.8")]
        ends[factor] = float(np.mean([row["high"] / row["value"] for row in there]))
    assert ends[9] > 1.1 * ends[1]


def test_the_changes_add_up_to_the_cent(valued) -> None:
    before, after = values_on(valued, date(2026, 4, 1)), values_on(valued)
    for customer, row in after.items():
        told = sum(change["amount"] for change in valued["equity_changes"]
                   if change["customer_id"] == customer and change["to_on"] == TODAY)  # fmt: skip
        assert told == row["value"] - (before[customer]["value"] if customer in before else 0)


def test_another_currency_changes_nothing_but_the_amounts(valued) -> None:
    here, there = values_on(valued), values_on(shop(factor=100).run(*TABLES))
    assert [float(row["value"]) for row in there.values()] == pytest.approx(
        [float(100 * row["value"]) for row in here.values()], rel=1e-6, abs=1.0
    )
    order = [sorted(rows, key=lambda customer: (-rows[customer]["value"], customer)) for rows in (here, there)]
    top = [customer for customer in order[0] if here[customer]["value"] > 50]
    assert order[1][: len(top)] == top


def test_where_nobody_came_back_no_value_is_invented() -> None:
    rows = Rows(today=TODAY)
    for number in range(5):
        rows.add("customers", customer_id=f"c:{number}")
        rows.add(
            "orders",
            order_id=f"o:{number}",
            customer_id=f"c:{number}",
            ordered_at=datetime(2026, 3, 1 + number),
            amount=9,
        )
    tables = rows.run(*TABLES)
    assert tables["customer_values"] == tables["equity_changes"] == []
    [model] = [
        row for row in tables["value_models"] if row["kind"] == "orders" and row["chosen"] and row["at_on"] == TODAY
    ]
    assert (model["model"], "nobody came back" in model["because"]) == ("none", True)
