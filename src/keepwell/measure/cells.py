"""What was observed in each unit over each window? From cells to sums by company, department, team, person, …"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from keepwell.measure.columns import NUMBER_PLACES, Coded, Ints, text_codes, unscaled, whole_numbers
from keepwell.measure.estimates import BY_SUMS, Estimates, Sums
from keepwell.measure.intervals import Z95, Interval, ratio
from keepwell.measure.measure import Measure
from keepwell.measure.survival import medians
from keepwell.measure.windows import Window, layers_of

UNIT_COLUMNS = {
    "department": "department",
    "team": "team_id",
    "person": "person_id",
    "segment": "segment",
    "region": "region",
    "stage": "stage",
    "customer": "customer_id",
}
# with whom a unit is compared: people within their team, teams within their department
_PARENT = {"person": "team_id", "team": "department"}
_OWN_CREDIT = ("person", "team", "department")


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
class CellTable:
    """All rows of `measure_cells` or `measure_customers`; each column is turned into numbers once."""

    table: pa.Table

    @cached_property
    def texts(self) -> dict[str, Coded]:
        """The text columns."""
        return {
            field.name: text_codes(self.table[field.name]) for field in self.table.schema if field.type == pa.string()
        }

    @cached_property
    def numbers(self) -> dict[str, Ints]:
        """The other columns; a, b and c in millionths."""
        whole = {name: whole_numbers(self.table[name]) for name in ("month", "duration", "outcome", "n")}
        return {**whole, **{name: unscaled(self.table[name]) for name in ("a", "b", "c")}}

    @cached_property
    def _by_measure(self) -> dict[str, Ints]:
        measures = self.texts["measure"]
        order = np.lexsort((self.numbers["duration"], measures.codes))
        ends = np.searchsorted(measures.codes[order], np.arange(len(measures.names) + 1))
        return {name: order[ends[code] : ends[code + 1]] for code, name in enumerate(measures.names)}

    def months(self, measure: str) -> tuple[int, int]:
        """The first and the last month of a measure; none: the last before the first."""
        month = self.numbers["month"][self._by_measure.get(measure, np.zeros(0, dtype=np.int64))]
        return (int(month.min()), int(month.max())) if len(month) else (0, -1)

    def select(self, measure: str, by: str) -> Cells:
        """The rows of a measure that count for this kind of unit."""
        rows = self._by_measure.get(measure, np.zeros(0, dtype=np.int64))
        if "counts_in" in self.texts:
            ways = self.texts["counts_in"]
            wanted = ("people", by) if by in _OWN_CREDIT else ("whole",)
            counting = np.array([name in wanted for name in ways.names], dtype=bool)
            rows = rows[counting[ways.codes[rows]]]
        if by != "company":
            units = self.texts[UNIT_COLUMNS[by]]
            named = np.array([name != "" for name in units.names], dtype=bool)
            rows = rows[named[units.codes[rows]]]
        return Cells(self, rows)


@dataclass(frozen=True)
class Cells:
    """Some rows of a table of cells."""

    of: CellTable
    rows: Ints

    def number(self, name: str) -> Ints:
        """A column of numbers."""
        return self.of.numbers[name][self.rows]

    def units(self, by: str) -> Coded:
        """The unit of each row."""
        if by == "company":
            return Coded(np.zeros(len(self.rows), dtype=np.int64), ("company",))
        return self.of.texts[UNIT_COLUMNS[by]].only(self.rows)

    def parents(self, by: str) -> Coded | None:
        """The group of each row's unit, where units of this kind have groups."""
        return self.of.texts[_PARENT[by]].only(self.rows) if by in _PARENT else None


def estimate_cells(cells: Cells, measure: Measure, by: str, windows: Sequence[Window]) -> Found:
    """The estimates of a measure that adds up, for each unit and window in which anything was observed."""
    units = cells.units(by)
    inside = _place(cells.number("month"), windows)
    n = _over(units, inside, cells.number("n"))
    unit, window = np.nonzero(n)
    group = _groups(cells, by, units, inside)[unit, window] if by in _PARENT else np.full(len(unit), -1)
    if measure.family == "median":
        estimates = _medians(cells, measure, units, inside, (unit, window), n[unit, window])
    else:
        a, b, c = (_over(units, inside, cells.number(name))[unit, window] / 10.0**NUMBER_PLACES
                   for name in ("a", "b", "c"))  # fmt: skip
        estimates = BY_SUMS[measure.family](Sums(n[unit, window], a, b, c))
    return Found(unit, window, group, units.names, estimates)


@dataclass(frozen=True)
class _Layer:
    """Windows of which none overlap: their `places`, which `rows` are in one of them, and in which (`window`)."""

    places: Ints
    rows: Ints
    window: Ints


def _place(month: Ints, windows: Sequence[Window]) -> list[_Layer]:
    layers = []
    for places in layers_of(windows):
        first = np.array([windows[place].first for place in places])
        last = np.array([windows[place].last for place in places])
        which = np.searchsorted(first, month, side="right") - 1
        rows = np.flatnonzero((which >= 0) & (month <= last[np.maximum(which, 0)]))
        layers.append(_Layer(np.array(places), rows, which[rows]))
    return layers


def _over(units: Coded, layers: Sequence[_Layer], values: Ints) -> Ints:
    """Sums by unit and window. Whole numbers: exact."""
    many = len(units.names)
    out = np.zeros((many, sum(len(layer.places) for layer in layers)), dtype=np.int64)
    for layer in layers:
        width = len(layer.places)
        sums = np.zeros(many * width, dtype=np.int64)
        np.add.at(sums, units.codes[layer.rows] * width + layer.window, values[layer.rows])
        out[:, layer.places] = sums.reshape(many, width)
    return out


def _groups(cells: Cells, by: str, units: Coded, layers: Sequence[_Layer]) -> Ints:
    """The group of each unit and window in which most was observed; the first by name among equals."""
    parents = cells.parents(by)
    out = np.full((len(units.names), sum(len(layer.places) for layer in layers)), -1, dtype=np.int64)
    if parents is None or not len(units.codes):
        return out
    width = len(parents.names)
    pairs, place = np.unique(units.codes * width + parents.codes, return_inverse=True)
    n = _over(Coded(place, ("",) * len(pairs)), layers, cells.number("n"))
    named = np.array([name != "" for name in parents.names], dtype=bool)
    pair, window = np.nonzero(np.where(named[pairs % width][:, None], n, 0))
    # written from least to most, and from last to first name, so that the best is what stays
    order = np.lexsort((-(pairs[pair] % width), n[pair, window]))
    pair, window = pair[order], window[order]
    out[pairs[pair] // width, window] = pairs[pair] % width
    return out


def _medians(cells: Cells, measure: Measure, units: Coded, layers: Sequence[_Layer], at: tuple[Ints, Ints],
             n: Ints) -> Estimates:  # fmt: skip
    """The medians `at` these units and windows; the standard error is that of a normal interval as wide as theirs."""
    many = len(units.names)
    grid: npt.NDArray[np.float64] = np.full((3, many, sum(len(layer.places) for layer in layers)), np.nan)
    duration, outcome, count = (cells.number(name) for name in ("duration", "outcome", "n"))
    for layer in layers:
        width, rows = len(layer.places), layer.rows
        both = units.codes[rows] * width + layer.window
        found = medians(both, duration[rows], outcome[rows], count[rows], many * width)
        for part, values in enumerate((found.value, found.low, found.high)):
            grid[part][:, layer.places] = values.reshape(many, width)
    value, low, high = grid[:, at[0], at[1]] / measure.scale
    se = (high - low) / (2 * Z95)
    weight = np.where(se > 0, ratio(1.0, np.square(se)), np.nan)
    return Estimates(Interval(value, se, low, high), n, weight, np.full(len(value), np.nan))
