"""What does a measure say, for each unit of a kind and each period? The one door for pay, screens and commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from keepwell.core.errors import UsageError
from keepwell.core.tables import Column, Table
from keepwell.engine import Step
from keepwell.measure.catalogue import CATALOGUE, find_measure
from keepwell.measure.cells import Found, estimate_cells, select
from keepwell.measure.columns import integer_column, number_column, text_column, whole_numbers
from keepwell.measure.credibility import buhlmann_straub, pooled_variance
from keepwell.measure.intervals import Reals
from keepwell.measure.measure import PERIOD_KINDS, UNIT_KINDS, Measure
from keepwell.measure.spans import estimate_spans, span_months
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
    windows = windows_of(per, *_months(tables, measure, by, today), year_starts)
    return measure_windows(tables, measure, by, windows, today=today)


def measure_windows(tables: Mapping[str, pa.Table], measure: Measure, by: str, windows: Sequence[Window], *,
                    today: date) -> pa.Table:  # fmt: skip
    """The same over any stretches of months, such as the last two quarters. Ordered by the table's key."""
    if by not in UNIT_KINDS:
        raise UsageError("unit-kind-unknown", f"no kind of unit {by}", hint=" or ".join(UNIT_KINDS))
    if not windows:
        return MEASURES.arrow.empty_table()
    if measure.in_spans:
        found = estimate_spans(tables["measure_spans"], measure, by, windows, today)
    else:
        table = tables["measure_customers" if by == "customer" else "measure_cells"]
        found = estimate_cells(select(table, measure.name, by), measure, by, windows)
    return _table(measure, by, windows, found)


def standard_rows(inputs: Mapping[str, pa.Table]) -> pa.Table:
    """Every measure by every unit per every period; by customer over all time alone. What a run keeps."""
    settings = inputs["run_settings"].to_pylist()[0]
    parts = [
        measure_rows(inputs, name, by, per, year_starts=settings["year_starts"], today=settings["today"])
        for name in sorted(CATALOGUE)
        for by in UNIT_KINDS
        for per in (("all",) if by == "customer" else PERIOD_KINDS)
    ]
    return pa.concat_tables(parts).combine_chunks()


STEP = Step("measures", (*INPUTS, "run_settings"), MEASURES, standard_rows, kept=True)


def _months(tables: Mapping[str, pa.Table], measure: Measure, by: str, today: date) -> tuple[int, int]:
    if measure.in_spans:
        return span_months(tables["measure_spans"], measure, today)
    table = tables["measure_customers" if by == "customer" else "measure_cells"]
    month = whole_numbers(select(table, measure.name, "company").table["month"])
    # by customer a month stands for its quarter
    last = int(month.max(initial=-1))
    return int(month.min(initial=last + 1)), last


def _table(measure: Measure, by: str, windows: Sequence[Window], found: Found) -> pa.Table:
    order = np.lexsort((found.window, found.unit))
    estimates, interval = found.estimates, found.estimates.interval
    z, collective, credible = _credible(measure, by, found)
    kinds = pa.array([windows[0].kind]), pa.array([measure.name]), pa.array([by])
    rows = len(order)
    repeated = {name: pa.repeat(one[0], rows).cast(pa.string())
                for name, one in zip(("period_kind", "measure", "unit_kind"), kinds, strict=True)}  # fmt: skip
    numbers = {"value": interval.value, "low": interval.low, "high": interval.high, "se": interval.se,
               "credible": credible, "collective": collective}  # fmt: skip
    columns: dict[str, pa.Array] = {
        **repeated,
        "unit": text_column(found.unit[order], found.names),
        "period": text_column(found.window[order], tuple(window.name for window in windows)),
        "n": integer_column(estimates.n[order]),
        "z": number_column(z[order], 6),
        **{name: number_column(values[order], measure.decimals) for name, values in numbers.items()},
    }
    return pa.table([columns[name] for name in MEASURES.names], schema=MEASURES.arrow)


def _credible(measure: Measure, by: str, found: Found) -> tuple[Reals, Reals, Reals]:
    """Z, the collective and the credible value of each row: units of one window are weighed against each other."""
    rows = len(found.unit)
    z, collective, credible = (np.full(rows, np.nan) for _ in range(3))
    if not measure.credible:
        return z, collective, credible
    if by == "company":
        return z, collective, found.estimates.interval.value
    estimates = found.estimates
    for window in np.unique(found.window):
        here = np.flatnonzero(found.window == window)
        value, weight = estimates.interval.value[here], estimates.weight[here]
        known = np.isfinite(weight)
        # of medians each unit's own variance is known: a weight of one over it, and a variance of one
        within = 1.0 if measure.family == "median" else pooled_variance(estimates.squares_within[here][known],
                                                                         weight[known])  # fmt: skip
        believed = buhlmann_straub(value, weight, within, found.group[here] if by in ("person", "team") else None)
        z[here], collective[here], credible[here] = believed.z, believed.collective, believed.credible
    return z, collective, credible
