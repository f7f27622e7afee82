"""What are all customers together worth, and each segment, owner, stage and cohort of them; how sure is that?

Values add up; uncertainty does not. What becomes of one customer says nothing of another, so there variances add. The
parameters are the same for all who are valued by them: there the errors themselves add, and do not wear off with numbers.
The sums are SQL (`equity_units`, `equity_spreads`), so that it does not matter how many customers there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

from keepwell.core.tables import Column, Table
from keepwell.engine import Step
from keepwell.value.fit import Z90
from keepwell.value.parts import DIRECTIONS

UNIT_KINDS = {"segment": "segment", "owner": "owner_id", "stage": "stage", "cohort": "cohort"}
EQUITY = Table(
    "equity",
    (
        Column("at_on", "date", "the moment", key=True, required=True),
        Column("unit_kind", "text", "company, segment, owner, stage or cohort", key=True, required=True),
        Column("unit", "text", "which one; company for the company, '' none", key=True, required=True),
        Column("customers", "integer", "customers who are valued", required=True),
        Column("value", "money", "the sum of their values, in the company's currency", required=True),
        Column("low", "money", "lower end of the 90% interval", required=True),
        Column("high", "money", "upper end", required=True),
    ),
    says="what the customers of a unit are worth together at a moment",
    gives="what the company's customers are worth together, and how sure that is",
)


def _of_run(inputs: Mapping[str, pa.Table]) -> pa.Table:
    variances: dict[tuple[Any, ...], float] = {}
    for row in inputs["equity_spreads"].to_pylist():
        moved = sum(float(row[f"moved_{nth}"]) ** 2 for nth in range(1, DIRECTIONS + 1))
        variances[_unit(row)] = variances.get(_unit(row), 0.0) + float(row["squares"]) + moved
    rows = [_row(row, Z90 * variances.get(_unit(row), 0.0) ** 0.5) for row in inputs["equity_units"].to_pylist()]
    return pa.Table.from_pylist(rows, schema=EQUITY.arrow)


def _unit(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["at_on"], row["unit_kind"], row["unit"]


def _row(row: Mapping[str, Any], reach: float) -> dict[str, Any]:
    """The unit with its interval, which ends at 0 where the sum is above it."""
    value, far = row["value"], Decimal(f"{reach:.2f}")
    low = max(value - far, Decimal(0)) if value >= 0 else value - far
    return {**row, "low": low, "high": value + far}


STEP = Step("equity", ("equity_units", "equity_spreads"), EQUITY, _of_run, kept=True)
