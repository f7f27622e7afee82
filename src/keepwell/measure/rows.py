"""What does a measure say, for each unit of a kind and each period? The one door for pay, screens and commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from keepwell.core.errors import UsageError
from keepwell.core.tables import Column, Table
from keepwell.engine import Step
from keepwell.measure.catalogue import CATALOGUE, find_measure
from keepwell.measure.cells import CellTable, Found, estimate_cells
from keepwell.measure.columns import Coded, Ints, integer_column, number_column, text_column
from keepwell.measure.credibility import believe, pooled_variances
from keepwell.measure.intervals import Reals, ratio
from keepwell.measure.measure import PERIOD_KINDS, UNIT_KINDS, Measure
from keepwell.measure.spans import SpanTable, estimate_spans, span_months
from keepwell.measure.windows import Window, windows_of

MEASURES = Table(
    "measures",
    (
        Column("measure", "text", "the measure", key=True, required=True),
        Column("unit_kind", "text", "company, department, team, person, segment, region, stage or customer", key=True,
               required=True),
        Column("unit", "text", "which one; company for the company", key=True, required=True),
        Column("period_kind", "text", "all, year, quarter or month", key=True, required=True),
        Column("period", "text", "its name, as 2026-Q3; all for all", key=True, required=True),
        Column("value", "number", "the observed value, in the measure's unit"),
        Column("n", "integer", "what it rests on: answers, cases, promises, customers", required=True),
        Column("low", "number", "lower end of the 95% interval"),
        Column("high", "number", "upper end of the 95% interval"),
        Column("se", "number", "its standard error"),
        Column("credible", "number", "what is believed of the unit: its own value and the collective's, by Z"),
        Column("z", "number", "how much its own value counts; 0 where differences are no more than chance"),
        Column("collective", "number", "the value of its team, department or all, which makes up the rest"),
    ),
    says="a measure's value for one unit and period, with its interval and what is credible of it",
    gives="how the customer experience is, by every unit and period, and how sure that is",
)  # fmt: skip

INPUTS = ("measure_cells", "measure_customers", "measure_spans")


@dataclass(frozen=True)
class Observations:
    """What the measures of a run are made of, for many questions: each column is read once."""

    cells: CellTable
    customers: CellTable
    spans: SpanTable

    def kept(self, by: str) -> CellTable:
        """Where units of this kind are counted."""
        return self.customers if by == "customer" else self.cells


def read_observations(tables: Mapping[str, pa.Table]) -> Observations:
    """The run's `measure_cells`, `measure_spans` and, for questions by customer, `measure_customers`."""
    customers = tables["measure_customers"] if "measure_customers" in tables else _no_rows(tables["measure_cells"])
    return Observations(CellTable(tables["measure_cells"]), CellTable(customers), SpanTable(tables["measure_spans"]))


def _no_rows(cells: pa.Table) -> pa.Table:
    return cells.schema.empty_table()


def measure_rows(tables: Mapping[str, pa.Table], name: str, by: str, per: str, *, year_starts: int,
                 today: date) -> pa.Table:  # fmt: skip
    """The rows of one measure (see `MEASURES`), by one kind of unit, per one kind of period; periods from first to last.

    `tables` are the run's `measure_cells`, `measure_customers` and `measure_spans`. Raises `UsageError`
    (`measure-unknown`, `unit-kind-unknown`, `period-kind-unknown`, `measure-by-customer`).
    """
    measure = find_measure(name)
    if by == "customer" and per == "month" and not measure.in_spans:
        raise UsageError("measure-by-customer", f"{name} by customer is kept per quarter, not per month",
                         hint="--per quarter, or another unit")  # fmt: skip
    seen = read_observations(tables)
    return measure_windows(seen, measure, by, windows_of(per, *_months(seen, measure, by, today), year_starts), today)


@dataclass(frozen=True)
class Measured:
    """Rows of `MEASURES`, and of each row what its Z is made of: `weight` / (`weight` + `k`). nan: it has none."""

    rows: pa.Table
    weight: Reals
    k: Reals


def measure_windows(seen: Observations, measure: Measure, by: str, windows: Sequence[Window],
                    today: date) -> pa.Table:  # fmt: skip
    """The same over any stretches of months, such as the last two quarters. Ordered by the table's key."""
    return measured_windows(seen, measure, by, windows, today).rows


def measured_windows(seen: Observations, measure: Measure, by: str, windows: Sequence[Window],
                     today: date) -> Measured:  # fmt: skip
    """The same with what Z is made of, for who must keep it."""
    if by not in UNIT_KINDS:
        raise UsageError("unit-kind-unknown", f"no kind of unit {by}", hint=" or ".join(UNIT_KINDS))
    if not windows:
        return Measured(MEASURES.arrow.empty_table(), np.zeros(0), np.zeros(0))
    if measure.in_spans:
        found = estimate_spans(seen.spans, measure, by, windows, today)
    else:
        found = estimate_cells(seen.kept(by).select(measure.name, by), measure, by, windows)
    return _table(measure, by, windows, found)


def standard_rows(inputs: Mapping[str, pa.Table]) -> pa.Table:
    """Every measure by every unit but customers, per every period: what a run keeps. Customers are asked one by one."""
    settings = inputs["run_settings"].to_pylist()[0]
    seen, today = read_observations(inputs), settings["today"]
    parts = []
    for name in sorted(CATALOGUE):
        months = _months(seen, CATALOGUE[name], "company", today)
        windows = [window for per in PERIOD_KINDS for window in windows_of(per, *months, settings["year_starts"])]
        parts += [measure_windows(seen, CATALOGUE[name], by, windows, today) for by in UNIT_KINDS if by != "customer"]
    return pa.concat_tables(parts).combine_chunks()


STEP = Step("measures", ("measure_cells", "measure_spans", "run_settings"), MEASURES, standard_rows, kept=True)


def _months(seen: Observations, measure: Measure, by: str, today: date) -> tuple[int, int]:
    """The first and the last month in which anything was observed; none: the last before the first."""
    if measure.in_spans:
        return span_months(seen.spans, measure, today)
    return seen.kept(by).months(measure.name)


def _table(measure: Measure, by: str, windows: Sequence[Window], found: Found) -> Measured:
    kinds = Coded(*_codes([window.kind for window in windows]))
    periods = Coded(*_codes([window.name for window in windows]))
    order = np.lexsort((periods.codes[found.window], kinds.codes[found.window], found.unit))
    unit, window = found.unit[order], found.window[order]
    estimates, interval = found.estimates, found.estimates.interval
    z, collective, credible, k = _credible(measure, by, found, len(windows))
    numbers = {"value": interval.value, "low": interval.low, "high": interval.high, "se": interval.se,
               "credible": credible, "collective": collective}  # fmt: skip
    columns: dict[str, pa.Array[Any]] = {
        "measure": text_column(np.zeros(len(order), dtype=np.int64), (measure.name,)),
        "unit_kind": text_column(np.zeros(len(order), dtype=np.int64), (by,)),
        "unit": text_column(unit, found.names),
        "period_kind": text_column(kinds.codes[window], kinds.names),
        "period": text_column(periods.codes[window], periods.names),
        "n": integer_column(estimates.n[order]),
        "z": number_column(z[order], 6),
        **{name: number_column(values[order], measure.decimals) for name, values in numbers.items()},
    }
    rows = pa.table([columns[name] for name in MEASURES.names], schema=MEASURES.arrow)
    return Measured(rows, estimates.weight[order], k[order])


def _codes(words: Sequence[str]) -> tuple[Ints, tuple[str, ...]]:
    names = sorted(set(words))
    place = {name: code for code, name in enumerate(names)}
    return np.array([place[word] for word in words], dtype=np.int64), tuple(names)


def _credible(measure: Measure, by: str, found: Found, windows: int) -> tuple[Reals, Reals, Reals, Reals]:
    """Z, the collective, the credible value and K of each row: units of one window are weighed against each other."""
    nothing = np.full(len(found.unit), np.nan)
    estimates, value = found.estimates, found.estimates.interval.value
    if not measure.credible:
        return nothing, nothing, nothing, nothing
    if by == "company":
        return nothing, nothing, value, nothing
    # of medians each unit's own variance is known: its weight is one over it, and the variance of an answer is one
    within = np.ones(windows) if measure.family == "median" else pooled_variances(
        estimates.squares_within, estimates.weight, found.window, windows)  # fmt: skip
    group = found.group if by in ("person", "team") else np.zeros_like(found.group)
    believed = believe(value, estimates.weight, found.window, within, group)
    k = np.where(believed.between > 0, ratio(within, believed.between), np.inf)
    return believed.z, believed.collective, believed.credible, k[found.window]
