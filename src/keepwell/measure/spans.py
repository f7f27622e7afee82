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
import numpy.typing as npt
import pyarrow as pa

from keepwell.core.periods import add_months, first_day, month_index
from keepwell.measure.cells import UNIT_COLUMNS, Found
from keepwell.measure.columns import Coded, Ints, text_codes, unscaled, whole_numbers
from keepwell.measure.estimates import Estimates
from keepwell.measure.intervals import Interval, Reals, ratio_interval, wilson
from keepwell.measure.measure import Measure
from keepwell.measure.windows import Window

_EPOCH = date(1970, 1, 1).toordinal()
_PLACES = 10_000


@dataclass(frozen=True)
class SpanTable:
    """All rows of `measure_spans`; each column is turned into numbers once."""

    table: pa.Table

    @cached_property
    def texts(self) -> dict[str, Coded]:
        """The text columns."""
        return {name: text_codes(self.table[name]) for name in ("measure", "part", *UNIT_COLUMNS.values())}

    @cached_property
    def numbers(self) -> dict[str, Ints]:
        """Customer, first day and first day after (days since 1970), and yearly value in ten-thousandths."""
        whole = {name: whole_numbers(self.table[name]) for name in ("customer_no", "from_on", "to_on")}
        return {**whole, "value": unscaled(self.table["value"])}

    def select(self, measure: str, part: str, by: str = "company") -> Spans:
        """The rows of a part that have a unit of this kind."""
        chosen = self._is("measure", measure) & self._is("part", part)
        if by != "company":
            chosen &= ~self._is(UNIT_COLUMNS[by], "")
        return Spans(self, np.flatnonzero(chosen))

    def observer(self, measure: str, by: str) -> _Retained | _Owned:
        """Who looks at the states of retention or ownership by one kind of unit; the same for the same question."""
        if (measure, by) not in self._observers:
            self._observers[measure, by] = _Owned(self, by) if measure == "ownership" else _Retained(self, by)
        return self._observers[measure, by]

    @cached_property
    def _observers(self) -> dict[tuple[str, str], _Retained | _Owned]:
        return {}

    def _is(self, column: str, word: str) -> npt.NDArray[np.bool_]:
        texts = self.texts[column]
        fits = np.array([name == word for name in texts.names], dtype=bool)
        return fits[texts.codes] if len(fits) else np.zeros(0, dtype=bool)


@dataclass(frozen=True)
class Spans:
    """Some rows of the table: whose, from which day to which (days since 1970), how much."""

    of: SpanTable
    rows: Ints

    @cached_property
    def customer(self) -> Ints:
        """The customer's number."""
        return self.of.numbers["customer_no"][self.rows]

    @cached_property
    def days(self) -> tuple[Ints, Ints]:
        """The first day, and the first day after."""
        return self.of.numbers["from_on"][self.rows], self.of.numbers["to_on"][self.rows]

    @cached_property
    def value(self) -> Ints:
        """Yearly value, in ten-thousandths."""
        return self.of.numbers["value"][self.rows]

    def units(self, by: str) -> Coded:
        """The unit of each row."""
        if by == "company":
            return Coded(np.zeros(len(self.rows), dtype=np.int64), ("company",))
        return self.of.texts[UNIT_COLUMNS[by]].only(self.rows)

    def on(self, day: int) -> Ints:
        """The rows that hold on this day."""
        from_on, to_on = self.days
        return np.flatnonzero((from_on <= day) & (day < to_on))


def span_months(spans: SpanTable, measure: Measure, today: date) -> tuple[int, int]:
    """The months in which there is anything to see, the last five years at most; none: the last before the first."""
    from_on, _ = spans.select(_table_measure(measure), "whole").days
    last = month_index(today)
    if not len(from_on):
        return last, last - 1
    return max(month_index(date.fromordinal(int(from_on.min()) + _EPOCH)), last - 59), last


def estimate_spans(spans: SpanTable, measure: Measure, by: str, windows: Sequence[Window], today: date) -> Found:
    """The estimates of a measure of states, for each unit and window in which there was a customer to look at."""
    observer = spans.observer(_table_measure(measure), by)
    days = [_days(window, today, measure) for window in windows]
    # a window that begins on the run's day has nothing to tell yet
    parts = [observer.over(one, measure.family) if one[0] < one[1] else _NOTHING for one in days]
    window = np.repeat(np.arange(len(parts)), [len(one.unit) for one in parts])
    whole = [np.concatenate([getattr(one, name) for one in parts]) for name in ("unit", "n")]
    real = [np.concatenate([getattr(one, name) for one in parts]) for name in ("top", "bottom", "yy", "xy", "xx")]
    joined = _Observed(whole[0], whole[1], *real)
    return Found(joined.unit, window, np.full(len(window), -1), observer.names, _estimates(measure, joined))


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


_NOTHING = _Observed(*(np.zeros(0, dtype=np.int64),) * 2, *(np.zeros(0),) * 5)


def _days(window: Window, today: date, measure: Measure) -> tuple[int, int]:
    """The window's first day and the day after its last, or today; retention over all time is that since a year ago."""
    end = min(first_day(window.last + 1), today)
    looks_back = window.kind == "all" and measure.family != "ownership"
    start = add_months(today, -12) if looks_back else first_day(window.first)
    return start.toordinal() - _EPOCH, end.toordinal() - _EPOCH


def _table_measure(measure: Measure) -> str:
    return "ownership" if measure.family == "ownership" else "retention"


@dataclass(frozen=True)
class _States:
    """Of the customers of a first day: whose unit they are, how much they had then and at the end, and if they stayed."""

    unit: Ints
    start: Ints
    end: Ints
    stayed: Ints


class _Retained:
    """What is left of each customer at the end of a window of what there was at its start, by one kind of unit."""

    def __init__(self, spans: SpanTable, by: str) -> None:
        self.whole = spans.select("retention", "whole")
        credited = by in ("person", "team", "department")
        self.spans = spans.select("retention", "person" if credited else "whole", by)
        units = self.spans.units(by)
        self.unit, self.names = units.codes, units.names
        self.size = int(self.whole.customer.max(initial=0)) + 1
        self._known: dict[tuple[int, int], _States] = {}

    def over(self, days: tuple[int, int], family: str) -> _Observed:
        """Between two days: y what is left (of customers, of value without or with growth), x what there was."""
        if days not in self._known:
            self._known[days] = self._states(days)
        states = self._known[days]
        if family == "logo":
            return _summed(states.unit, states.stayed, np.ones_like(states.stayed), 1)
        kept = np.minimum(states.end, states.start) if family == "grr" else states.end
        return _summed(states.unit, kept, states.start, _PLACES)

    def _states(self, days: tuple[int, int]) -> _States:
        there = self.whole.on(days[1])
        ends, stays = np.zeros(self.size, dtype=np.int64), np.zeros(self.size, dtype=np.int64)
        ends[self.whole.customer[there]] = self.whole.value[there]
        stays[self.whole.customer[there]] = 1
        rows = self.spans.on(days[0])
        # several people of one team behind a customer are one row of the team
        rows = rows[np.unique(self.unit[rows] * self.size + self.spans.customer[rows], return_index=True)[1]]
        customer = self.spans.customer[rows]
        return _States(self.unit[rows], self.spans.value[rows], ends[customer], stays[customer])


class _Owned:
    """The days on which somebody was named for a customer (y) of the customer's days (x). People have none of it."""

    def __init__(self, spans: SpanTable, by: str) -> None:
        known = by not in ("person", "team", "department")
        self.whole = spans.select("ownership", "whole" if known else "", by)
        self.owned = spans.select("ownership", "owned" if known else "", by)
        units = self.whole.units(by)
        self.names = units.names
        self.size = int(self.whole.customer.max(initial=0)) + 1
        keys = units.codes * self.size + self.whole.customer
        self.keys, self.place = np.unique(keys, return_inverse=True)
        owned = self.owned.units(by).codes * self.size + self.owned.customer
        self.owned_place = np.searchsorted(self.keys, owned)

    def over(self, days: tuple[int, int], family: str) -> _Observed:  # noqa: ARG002 as the other observer is asked
        """Between two days."""
        x, y = np.zeros(len(self.keys), dtype=np.int64), np.zeros(len(self.keys), dtype=np.int64)
        np.add.at(x, self.place, _overlap(self.whole, days))
        np.add.at(y, self.owned_place, _overlap(self.owned, days))
        inside = x > 0
        return _summed(self.keys[inside] // self.size, y[inside], x[inside], 1)


def _overlap(spans: Spans, days: tuple[int, int]) -> Ints:
    from_on, to_on = spans.days
    inside: Ints = np.maximum(np.minimum(to_on, days[1]) - np.maximum(from_on, days[0]), 0)
    return inside


def _summed(unit: Ints, y: Ints, x: Ints, places: int) -> _Observed:
    """Sums over the customers of each unit; rows stand in the order of units and customers."""
    found, where = np.unique(unit, return_inverse=True)

    def total(values: Ints) -> Ints:
        out = np.zeros(len(found), dtype=np.int64)
        np.add.at(out, where, values)
        return out

    real_y, real_x = y / places, x / places
    yy, xy, xx = (np.bincount(where, one, len(found)).astype(np.float64)
                  for one in (real_y**2, real_x * real_y, real_x**2))  # fmt: skip
    n = np.bincount(where, minlength=len(found)).astype(np.int64)
    return _Observed(found, n, total(y) / places, total(x) / places, yy, xy, xx)


def _estimates(measure: Measure, seen: _Observed) -> Estimates:
    nothing = np.full(len(seen.unit), np.nan)
    n = seen.n
    if measure.family == "logo":
        return Estimates(wilson(seen.top, seen.bottom), n, nothing, nothing)
    found = ratio_interval(seen.top, seen.bottom, (seen.yy, seen.xy, seen.xx), n)
    most = np.inf if measure.family == "nrr" else 1.0
    bounded = Interval(found.value, found.se, np.maximum(found.low, 0), np.minimum(found.high, most))
    return Estimates(bounded, n, nothing, nothing)
