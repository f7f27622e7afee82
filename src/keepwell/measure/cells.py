"""What was observed in each unit over each window? From cells to sums by company, department, team, person, …"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.measure.columns import NUMBER_PLACES, Coded, Ints, text_codes, unscaled, whole_numbers
from keepwell.measure.estimates import BY_SUMS, Estimates, Sums
from keepwell.measure.intervals import Z95, Interval, ratio
from keepwell.measure.measure import Measure
from keepwell.measure.survival import medians
from keepwell.measure.windows import Window

_COLUMN = {"department": "department", "team": "team_id", "person": "person_id", "segment": "segment",
           "region": "region", "stage": "stage", "customer": "customer_id"}  # fmt: skip
# whose weight of evidence a unit is compared with: people within their team, teams within their department
_PARENT = {"person": "team_id", "team": "department"}


@dataclass(frozen=True)
class Found:
    """Estimates for units × windows, as one row each: which unit (code into `names`), which window, and its group.

    `group` is the team (of a person) or department (of a team) with most of what was observed; −1 none.
    """

    unit: Ints
    window: Ints
    group: Ints
    names: tuple[str, ...]
    estimates: Estimates


@dataclass(frozen=True)
class Cells:
    """The rows of one measure, of `measure_cells` or `measure_customers`."""

    table: pa.Table

    @cached_property
    def month(self) -> Ints:
        """The month of each row."""
        return whole_numbers(self.table["month"])

    @cached_property
    def counted(self) -> tuple[Ints, Ints, Ints, Ints]:
        """n, a, b, c of each row; a, b, c in millionths."""
        return (whole_numbers(self.table["n"]), *(unscaled(self.table[name]) for name in ("a", "b", "c")))  # type: ignore[return-value]

    @cached_property
    def timed(self) -> tuple[Ints, Ints]:
        """Duration and outcome of each row."""
        return whole_numbers(self.table["duration"]), whole_numbers(self.table["outcome"])

    def units(self, by: str) -> Coded:
        """The unit of each row, where it counts for this kind of unit; '' where it does not."""
        if by == "company":
            return Coded(np.zeros(self.table.num_rows, dtype=np.int64), ("company",))
        return text_codes(self.table[_COLUMN[by]])

    def parents(self, by: str) -> Coded | None:
        """The group of each row's unit, where units of this kind have groups."""
        return text_codes(self.table[_PARENT[by]]) if by in _PARENT else None


def select(table: pa.Table, measure: str, by: str) -> Cells:
    """The rows of a measure that count for this kind of unit."""
    chosen = pc.equal(table["measure"], measure)
    if "counts_in" in table.column_names:
        ways = ["all", by if by in ("person", "team", "department") else "whole"]
        chosen = pc.and_(chosen, pc.is_in(table["counts_in"], pa.array(ways)))
    if by != "company":
        chosen = pc.and_(chosen, pc.not_equal(table[_COLUMN[by]], ""))
    return Cells(table.filter(chosen))


def estimate_cells(cells: Cells, measure: Measure, by: str, windows: Sequence[Window]) -> Found:
    """The estimates of a measure that adds up, for each unit and window in which anything was observed."""
    units = cells.units(by)
    n, a, b, c = (_over(units, cells.month, values, windows) for values in cells.counted)
    unit, window = np.nonzero(n.T > 0)[::-1] if n.size else (np.zeros(0, dtype=np.int64),) * 2
    groups = _groups(cells, by, units, windows)[unit, window] if by in _PARENT else np.full(len(unit), -1)
    if measure.family == "median":
        estimates = _medians(cells, measure, units, windows, (unit, window), n[unit, window])
    else:
        whole = 10.0**NUMBER_PLACES
        sums = Sums(n[unit, window], a[unit, window] / whole, b[unit, window] / whole, c[unit, window] / whole)
        estimates = BY_SUMS[measure.family](sums)
    return Found(unit, window, groups, units.names, estimates)


def _over(units: Coded, month: Ints, values: Ints, windows: Sequence[Window]) -> Ints:
    """Sums by unit and window: by month first, then as differences of running sums. Whole numbers: exact."""
    many = len(units.names)
    if not len(month):
        return np.zeros((many, len(windows)), dtype=np.int64)
    first, last = int(month.min()), int(month.max())
    width = last - first + 2
    grid = np.zeros(many * width, dtype=np.int64)
    np.add.at(grid, units.codes * width + (month - first + 1), values)
    running = np.cumsum(grid.reshape(many, width), axis=1)
    low = np.clip([window.first - first for window in windows], 0, width - 1)
    high = np.clip([window.last - first + 1 for window in windows], 0, width - 1)
    return running[:, high] - running[:, np.minimum(low, high)]


def _groups(cells: Cells, by: str, units: Coded, windows: Sequence[Window]) -> Ints:
    """The group of each unit and window in which most was observed; the first by name among equals."""
    parents = cells.parents(by)
    out = np.full((len(units.names), len(windows)), -1, dtype=np.int64)
    if parents is None or not len(units.codes):
        return out
    width = len(parents.names)
    pairs, place = np.unique(units.codes * width + parents.codes, return_inverse=True)
    n = _over(Coded(place, tuple("" for _ in pairs)), cells.month, cells.counted[0], windows)
    named = np.array([name != "" for name in parents.names])
    for column in range(len(windows)):
        # written from least to most, and from last to first name, so that the best is what stays
        order = np.lexsort((-(pairs % width), n[:, column]))
        order = order[(n[order, column] > 0) & named[pairs[order] % width]]
        out[pairs[order] // width, column] = pairs[order] % width
    return out


def _medians(cells: Cells, measure: Measure, units: Coded, windows: Sequence[Window], rows: tuple[Ints, Ints],
             n: Ints) -> Estimates:  # fmt: skip
    """The medians of the (unit, window) rows; the standard error is that of a normal interval as wide as theirs."""
    duration, outcome = cells.timed
    order = np.argsort(duration, kind="stable")
    sorted_rows = [column[order] for column in (units.codes, duration, outcome, cells.counted[0])]
    month = cells.month[order]
    grid = np.full((3, len(units.names), len(windows)), np.nan)
    for column, window in enumerate(windows):
        inside = (month >= window.first) & (month <= window.last)
        found = medians(*(part[inside] for part in sorted_rows), units=len(units.names))
        grid[:, :, column] = found.value, found.low, found.high
    value, low, high = grid[:, rows[0], rows[1]] / measure.scale
    se = (high - low) / (2 * Z95)
    weight = np.where(se > 0, ratio(1.0, se**2), np.nan)
    return Estimates(Interval(value, se, low, high), n, weight, np.full(len(value), np.nan))
