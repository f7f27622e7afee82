"""What became of the customers of a day, and on how many days was somebody named for them? From states over time.

Retention compares the state on a window's first day with that on the day after its last (or the run's day, where the
window is not over). Over all time it looks back one year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.core.periods import add_months, first_day
from keepwell.measure.cells import Found
from keepwell.measure.columns import Coded, Ints, text_codes, unscaled, whole_numbers
from keepwell.measure.estimates import Estimates
from keepwell.measure.intervals import Interval, Reals, ratio_interval, wilson
from keepwell.measure.measure import Measure
from keepwell.measure.windows import Window

_COLUMN = {"department": "department", "team": "team_id", "person": "person_id", "segment": "segment",
           "region": "region", "stage": "stage", "customer": "customer_id"}  # fmt: skip
_EPOCH = date(1970, 1, 1).toordinal()
_PLACES = 10_000


@dataclass(frozen=True)
class Spans:
    """Rows of `measure_spans` of one measure and part: whose, from which day to which (days since 1970), how much."""

    table: pa.Table

    @cached_property
    def customer(self) -> Ints:
        """The customer's number."""
        return whole_numbers(self.table["customer_no"])

    @cached_property
    def days(self) -> tuple[Ints, Ints]:
        """The first day, and the first day after."""
        return whole_numbers(self.table["from_on"]), whole_numbers(self.table["to_on"])

    @cached_property
    def value(self) -> Ints:
        """Yearly value, in ten-thousandths."""
        return unscaled(self.table["value"])

    def units(self, by: str) -> Coded:
        """The unit of each row."""
        if by == "company":
            return Coded(np.zeros(self.table.num_rows, dtype=np.int64), ("company",))
        return text_codes(self.table[_COLUMN[by]])

    def on(self, day: int) -> Ints:
        """The rows that hold on this day."""
        from_on, to_on = self.days
        return np.flatnonzero((from_on <= day) & (day < to_on))


def select_spans(table: pa.Table, measure: str, part: str, by: str) -> Spans:
    """The rows of a part that have a unit of this kind."""
    chosen = pc.and_(pc.equal(table["measure"], measure), pc.equal(table["part"], part))
    if by != "company":
        chosen = pc.and_(chosen, pc.not_equal(table[_COLUMN[by]], ""))
    return Spans(table.filter(chosen))


def span_months(table: pa.Table, measure: Measure, today: date) -> tuple[int, int]:
    """The months in which there is anything to see, the last five years at most; none: the last before the first."""
    rows = table.filter(pc.equal(table["measure"], _table_measure(measure)))
    last = today.year * 12 + today.month - 1
    if not rows.num_rows:
        return last, last - 1
    first = pc.min(rows["from_on"]).as_py()
    return max(first.year * 12 + first.month - 1, last - 59), last


def estimate_spans(table: pa.Table, measure: Measure, by: str, windows: Sequence[Window], today: date) -> Found:
    """The estimates of a measure of states, for each unit and window in which there was a customer to look at."""
    observe = _owned if measure.family == "ownership" else _retained
    parts = [observe(table, measure, by, _days(window, today)) for window in windows]
    names = parts[0][1] if parts else ()
    per_window = [observed for observed, _ in parts]
    window = np.repeat(np.arange(len(parts)), [len(one.unit) for one in per_window])
    joined = _Observed(*(np.concatenate([getattr(one, name) for one in per_window] or [np.zeros(0)])
                         for name in ("unit", "n", "top", "bottom", "yy", "xy", "xx")))  # fmt: skip
    unit = joined.unit.astype(np.int64)
    return Found(unit, window, np.full(len(unit), -1), names, _estimates(measure, joined))


@dataclass(frozen=True)
class _Observed:
    """Per unit: customers, Σy, Σx, Σy², Σxy, Σx²; money in its own unit."""

    unit: Ints
    n: Ints
    top: Reals
    bottom: Reals
    yy: Reals
    xy: Reals
    xx: Reals


def _days(window: Window, today: date) -> tuple[int, int]:
    """The window's first day and the day after its last, or today; over all time, from a year ago."""
    end = min(first_day(window.last + 1), today)
    start = add_months(today, -12) if window.kind == "all" else first_day(window.first)
    return start.toordinal() - _EPOCH, end.toordinal() - _EPOCH


def _table_measure(measure: Measure) -> str:
    return "ownership" if measure.family == "ownership" else "retention"


def _retained(table: pa.Table, measure: Measure, by: str, days: tuple[int, int]) -> tuple[_Observed, tuple[str, ...]]:
    """y: what is left of each customer at the end; x: what there was at the start."""
    whole = select_spans(table, "retention", "whole", "company")
    people = by in ("person", "team", "department")
    spans = select_spans(table, "retention", "person", by) if people else select_spans(table, "retention", "whole", by)
    units = spans.units(by)
    rows = spans.on(days[0])
    size = int(whole.customer.max(initial=0)) + 1
    ends = np.zeros(size, dtype=np.int64)
    there = whole.on(days[1])
    ends[whole.customer[there]] = whole.value[there]
    stays = np.zeros(size, dtype=bool)
    stays[whole.customer[there]] = True
    # several people of one team behind a customer are one row of the team
    pair = np.unique(units.codes[rows] * size + spans.customer[rows], return_index=True)[1]
    rows = rows[pair]
    unit, customer, start = units.codes[rows], spans.customer[rows], spans.value[rows]
    if measure.family == "logo":
        return _summed(unit, stays[customer].astype(np.int64), np.ones(len(rows), dtype=np.int64), 1), units.names
    kept = np.minimum(ends[customer], start) if measure.family == "grr" else ends[customer]
    return _summed(unit, kept, start, _PLACES), units.names


def _owned(table: pa.Table, measure: Measure, by: str, days: tuple[int, int]) -> tuple[_Observed, tuple[str, ...]]:
    """y: days on which somebody was named for a customer; x: the customer's days."""
    if by in ("person", "team", "department"):
        return _summed(*(np.zeros(0, dtype=np.int64),) * 3, 1), ()
    whole = select_spans(table, "ownership", "whole", by)
    owned = select_spans(table, "ownership", "owned", by)
    units = whole.units(by)
    place = {name: code for code, name in enumerate(units.names)}
    theirs = owned.units(by)
    code = np.array([place[name] for name in theirs.names], dtype=np.int64)
    size = int(whole.customer.max(initial=0)) + 1
    keys, where = np.unique(units.codes * size + whole.customer, return_inverse=True)
    x, y = np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=np.int64)
    np.add.at(x, where, _overlap(whole, days))
    if len(owned.customer):
        found = np.searchsorted(keys, code[theirs.codes] * size + owned.customer)
        np.add.at(y, found, _overlap(owned, days))
    inside = x > 0
    return _summed(keys[inside] // size, y[inside], x[inside], 1), units.names


def _overlap(spans: Spans, days: tuple[int, int]) -> Ints:
    from_on, to_on = spans.days
    return np.maximum(np.minimum(to_on, days[1]) - np.maximum(from_on, days[0]), 0)


def _summed(unit: Ints, y: Ints, x: Ints, places: int) -> _Observed:
    """Sums over the customers of each unit; rows stand in the order of units and customers."""
    found, where = np.unique(unit, return_inverse=True)

    def total(values: Ints) -> Ints:
        out = np.zeros(len(found), dtype=np.int64)
        np.add.at(out, where, values)
        return out

    real_y, real_x = y / places, x / places
    squares = (np.bincount(where, one, len(found)) for one in (real_y**2, real_x * real_y, real_x**2))
    return _Observed(found, total(np.ones(len(unit), dtype=np.int64)), total(y) / places, total(x) / places, *squares)


def _estimates(measure: Measure, seen: _Observed) -> Estimates:
    nothing = np.full(len(seen.unit), np.nan)
    n = seen.n.astype(np.int64)
    if measure.family == "logo":
        return Estimates(wilson(seen.top, seen.bottom), n, nothing, nothing)
    found = ratio_interval(seen.top, seen.bottom, (seen.yy, seen.xy, seen.xx), n)
    most = np.inf if measure.family == "nrr" else 1.0
    bounded = Interval(found.value, found.se, np.maximum(found.low, 0), np.minimum(found.high, most))
    return Estimates(bounded, n, nothing, nothing)
