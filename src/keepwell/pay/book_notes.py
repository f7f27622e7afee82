"""What of a person's book of customers does not count as usual in a period? Exceptions, grace, and what came too late."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa

from keepwell.core.periods import Period
from keepwell.pay import say
from keepwell.pay.chosen import rows_where
from keepwell.pay.plan_tables import ACTUAL

Row = dict[str, Any]
_COUNTED = {"annual_value_due": "due", "renewed_annual_value": "renewed", "saved": "saved", "invoiced_amount": "invoiced",
            "paid_amount": "paid"}  # fmt: skip


def book_notes(credit: pa.Table, person_id: str, period: Period, customer: Callable[[str], str] = str) -> list[str]:
    """A sentence for each customer, in the order of their names. `credit` is the run's `book_credit`."""
    rows = [
        row for row in rows_where(credit, person_id=person_id, scenario=ACTUAL)
        if period.from_on <= row["on_day"] < period.to_on and row["why"]
    ]  # fmt: skip
    groups: dict[tuple[str, str, str, str], list[Row]] = {}
    for row in sorted(
        rows, key=lambda one: (customer(one["customer_id"]), one["on_day"], one["measure"], one["fact_id"])
    ):
        groups.setdefault((row["customer_id"], row["why"], row["because"], row["approved_by"]), []).append(row)
    return [_sentence(customer(key[0]), same) for key, same in groups.items()]


def _sentence(name: str, rows: list[Row]) -> str:
    row = rows[0]
    if row["why"] == "exception":
        does = "counts for you" if row["counts"] else "does not count for you"
        if row["held_since"] is not None and any(one["counts"] for one in rows) != all(one["counts"] for one in rows):
            does = "counts for you, without its losses"
        return f"{name} {does}, by exception: {row['because']} (approved by {row['approved_by']}). {_amounts(rows)}"
    if row["why"] == "grace":
        return (f"{name}: losses are left out, because nobody had the customer before you took over on "
                f"{say.day(row['held_since'])}. {_amounts(rows)}")  # fmt: skip
    return (
        f"{name} does not count for you yet: held on {say.day(row['held_on'])} only since {say.day(row['held_since'])}."
    )


def _amounts(rows: list[Row]) -> str:
    """What that concerns: `€100.00 due, €70.00 renewed.`"""
    sums: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        key = (row["measure"], row["currency"])
        sums[key] = sums.get(key, Decimal(0)) + row["amount"]
    told = [
        f"{say.amount_of(amount, currency)} {_COUNTED[measure]}" for (measure, currency), amount in sorted(sums.items())
    ]
    return f"{', '.join(told)}."
