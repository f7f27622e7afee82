"""How large is the company to try, when does its story end, and how is it drawn?

Days are whole numbers since 1970-01-01, moments whole seconds since then (UTC), as NumPy counts them. `NEVER` is a day
that lies beyond every other, so that "not (yet)" needs no special case: the earlier of two days is their minimum.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zlib import crc32

import numpy as np
import numpy.typing as npt

from keepwell.core.errors import UsageError
from keepwell.core.periods import first_day, month_index

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NEVER = 10**6
NOBODY = -1
A_DAY = 86_400


@dataclass(frozen=True)
class Settings:
    """What was asked for: how many customers, months and which seed; `today` is the last day of the story."""

    customers: int
    months: int
    seed: int
    today: date

    def __post_init__(self) -> None:
        if self.customers < 1:
            raise UsageError("demo-customers", f"{self.customers} customers make no company", hint="--customers 500")
        if not 1 <= self.months <= 120:
            raise UsageError("demo-months", f"{self.months} months are too few or too many", hint="from 1 to 120")

    @property
    def from_on(self) -> date:
        """The first day of the story: of the month that lies `months` back, today's counted."""
        return first_day(month_index(self.today) - self.months + 1)

    @property
    def start(self) -> int:
        """The first day of the story, as a number."""
        return day_number(self.from_on)

    @property
    def end(self) -> int:
        """The last day of the story, as a number."""
        return day_number(self.today)

    def dice(self, area: str) -> np.random.Generator:
        """A generator of an area's own, so that a change in one area leaves the others as they were."""
        return np.random.default_rng([self.seed, crc32(area.encode())])


def day_number(day: date) -> int:
    """The day as whole days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


def month_of(days: Ints) -> Ints:
    """Which month is each day in, counted from January 1970?"""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def month_start(months: Ints) -> Ints:
    """The first day of each month."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def quarter_of(days: Ints) -> Ints:
    """Which quarter is each day in, counted from 1970?"""
    return month_of(days) // 3


def quarter_start(quarters: Ints) -> Ints:
    """The first day of each quarter."""
    return month_start(quarters * 3)


def add_months(days: Ints, months: Ints | int) -> Ints:
    """The same day of the month some months later; where there is none, that month's last day."""
    month = month_of(days)
    later = month + months
    length = month_start(later + 1) - month_start(later)
    day_in = days - month_start(month)
    return np.asarray(month_start(later) + np.minimum(day_in, length - 1))


def to_weekday(days: Ints) -> Ints:
    """Saturday and Sunday become the Friday before: nobody signs on a weekend."""
    weekday = (days + 3) % 7  # 1970-01-01 was a Thursday
    return days - np.maximum(weekday - 4, 0)


def office_hour(days: Ints, dice: np.random.Generator) -> Ints:
    """A moment of the working day (07:00–16:00 UTC) on each day; `NEVER` stays beyond everything."""
    return days * A_DAY + 7 * 3600 + dice.integers(0, 9 * 3600, len(days))


def sigmoid(x: Reals) -> Reals:
    """The logistic function: from log-odds to a probability."""
    return 1.0 / (1.0 + np.exp(-x))


def places_within(counts: Ints) -> Ints:
    """0, 1, 2 … within each group, for groups of the given sizes laid one behind the other."""
    total = int(counts.sum())
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    return np.arange(total, dtype=np.int64) - starts


def spread(counts: Ints) -> Ints:
    """The group's number for each member: [2, 1] gives 0, 0, 1."""
    return np.repeat(np.arange(len(counts), dtype=np.int64), counts)
