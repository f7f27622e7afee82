"""What are all customers together worth, and each segment, owner, stage and cohort of them; how sure is that?

Values add up; uncertainty does not. What becomes of one customer says nothing of another, so there variances add. The
parameters are the same for all who are valued by them: there the errors themselves add, and do not wear off with numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.core.tables import Column, Table
from keepwell.engine import Step
from keepwell.measure.columns import (
    Coded,
    date_column,
    exact_column,
    integer_column,
    text_codes,
    text_column,
    unscaled,
    whole_numbers,
)
from keepwell.value.fit import Z90, Ints, Reals
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
_CENT = 100


def _of_run(inputs: Mapping[str, pa.Table]) -> pa.Table:
    values, parts = inputs["customer_values"], inputs["value_parts"]
    parts = parts.filter(pc.equal(parts["at_on"], parts["under_on"]))
    made = [EQUITY.arrow.empty_table()]
    for at in sorted({int(day) for day in np.unique(whole_numbers(values["at_on"]))}):
        day = pa.scalar(at, pa.int32()).cast(pa.date32())
        made.append(_at(at, values.filter(pc.field("at_on") == day), parts.filter(pc.field("at_on") == day),
                        inputs["value_margins"]))  # fmt: skip
    return pa.concat_tables(made).combine_chunks()


def _at(at: int, values: pa.Table, parts: pa.Table, margins: pa.Table) -> pa.Table:
    """The rows of one moment."""
    customers = text_codes(values["customer_id"])
    money, sources = _in_money(parts, margins, customers)
    made = []
    for kind, column in {"company": "", **UNIT_KINDS}.items():
        units = (
            Coded(np.zeros(len(values), np.int64), ("company",)) if kind == "company" else text_codes(values[column])
        )
        made.append(_units(at, kind, units, unscaled(values["value"]), money, sources))
    return pa.concat_tables(made)


def _in_money(parts: pa.Table, margins: pa.Table, customers: Coded) -> tuple[_Money, list[Ints]]:
    """The parts' uncertainty in money, by the customer's row, and which parts have their parameters in common."""
    segments = text_codes(parts["segment"])
    margin = {row["segment"]: float(row["margin"]) for row in margins.to_pylist()}
    kept = unscaled(parts["unit_value"]) / 10_000 * np.array([margin[name] for name in segments.names])[segments.codes]
    place = {name: row for row, name in enumerate(customers.names)}
    row_of = np.empty(len(customers.names), dtype=np.int64)
    row_of[customers.codes] = np.arange(len(customers.codes))
    whose = text_codes(parts["customer_id"])
    known = np.array([place.get(name, -1) for name in whose.names], dtype=np.int64)[whose.codes]
    there = np.flatnonzero(known >= 0)
    spread = _reals(parts["spread_units"]) * kept
    moves = np.stack([_reals(parts[f"by_parameters_{nth}"]) * kept for nth in range(1, DIRECTIONS + 1)], axis=1)
    kinds, models, fitted = (text_codes(parts[name]) for name in ("kind", "model", "fitted_on"))
    source = ((kinds.codes * len(models.names) + models.codes) * len(fitted.names) + fitted.codes)[there]
    groups = [np.flatnonzero(source == code) for code in np.unique(source)]
    return _Money(row_of[known[there]], spread[there], moves[there]), groups


class _Money:
    """Of each part the customer's row, the standard deviation, and the moves by the parameters; in money."""

    def __init__(self, row: Ints, spread: Reals, moves: Reals) -> None:
        self.row, self.spread, self.moves = row, spread, moves


def _units(at: int, kind: str, units: Coded, value: Ints, money: _Money, sources: list[Ints]) -> pa.Table:
    count = len(units.names)
    unit = units.codes[money.row]
    variance = np.bincount(unit, weights=money.spread**2, minlength=count)
    for rows in sources:
        for move in money.moves[rows].T:
            variance += np.bincount(unit[rows], weights=move, minlength=count) ** 2
    whole = np.zeros(count, dtype=np.int64)
    np.add.at(whole, units.codes, value)
    far = np.rint(Z90 * np.sqrt(variance) * _CENT).astype(np.int64) * (10_000 // _CENT)
    low = np.where(whole >= 0, np.maximum(whole - far, 0), whole - far)
    columns: dict[str, Any] = {
        "at_on": date_column(np.full(count, at)), "unit_kind": text_column(np.zeros(count, np.int64), (kind,)),
        "unit": text_column(np.arange(count), units.names),
        "customers": integer_column(np.bincount(units.codes, minlength=count)),
        "value": exact_column("money", whole), "low": exact_column("money", low), "high": exact_column("money", whole + far),
    }  # fmt: skip
    return pa.table([columns[name] for name in EQUITY.names], schema=EQUITY.arrow)


def _reals(column: Any) -> Reals:
    return np.asarray(unscaled(column) / 1_000_000)


STEP = Step("equity", ("customer_values", "value_parts", "value_margins"), EQUITY, _of_run, kept=True)
