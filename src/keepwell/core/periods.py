"""Which days make a month, a quarter, a year of the company's calendar, and what is it called?

A period is a half-open interval of days. Months are counted as integers (year × 12 + month − 1), so that trailing
windows are integer ranges on every engine. A fiscal year is named for the calendar year in which it ends.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

from keepwell.core.errors import UsageError

PeriodKind = Literal["month", "quarter", "year"]
MONTHS_IN: dict[PeriodKind, int] = {"month": 1, "quarter": 3, "year": 12}

_NAME = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?", re.IGNORECASE)


def month_index(day: date) -> int:
    """Which month is this day in, counted from year 0?

    >>> month_index(date(2026, 1, 31))
    24312
    """
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """The first day of a month given by its index."""
    return date(month // 12, month % 12 + 1, 1)


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later; where there is none, the month's last day (the declared rule).

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    index = month_index(day) + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@dataclass(frozen=True, order=True)
class Period:
    """A month, quarter or year: `first_month` is its first month's index, `kind` says how long it is."""

    first_month: int
    kind: PeriodKind
    year_starts: int = 1

    @property
    def from_on(self) -> date:
        """Its first day."""
        return first_day(self.first_month)

    @property
    def to_on(self) -> date:
        """The first day after it."""
        return first_day(self.first_month + MONTHS_IN[self.kind])

    @property
    def last_month(self) -> int:
        """The index of its last month."""
        return self.first_month + MONTHS_IN[self.kind] - 1

    @property
    def name(self) -> str:
        """`2026-07`, `2026-Q3` or `2026`.

        >>> Period(24312, "quarter").name
        '2026-Q1'
        """
        if self.kind == "month":
            return f"{self.first_month // 12:04d}-{self.first_month % 12 + 1:02d}"
        year, months_in = fiscal_year(self.first_month, self.year_starts)
        return f"{year:04d}" if self.kind == "year" else f"{year:04d}-Q{months_in // 3 + 1}"

    def shift(self, by: int) -> Period:
        """The period `by` periods later (earlier where negative)."""
        return Period(self.first_month + by * MONTHS_IN[self.kind], self.kind, self.year_starts)

    def __str__(self) -> str:
        return self.name


def fiscal_year(month: int, year_starts: int = 1) -> tuple[int, int]:
    """The name of the fiscal year a month is in, and how many months of that year came before it."""
    months_in = (month - (year_starts - 1)) % 12
    start = month - months_in
    return (start + 11) // 12, months_in


def period_of(month: int, kind: PeriodKind, year_starts: int = 1) -> Period:
    """The period of `kind` that the month is in."""
    months_in = fiscal_year(month, year_starts)[1]
    return Period(month - months_in % MONTHS_IN[kind], kind, year_starts)


def parse_period(text: str, year_starts: int = 1) -> Period:
    """Read `2026-07`, `2026-Q3` or `2026`. Raises `UsageError` (`period-unknown`).

    >>> parse_period("2026-Q3").from_on
    datetime.date(2026, 7, 1)
    """
    match = _NAME.fullmatch(text.strip())
    if match is None:
        raise UsageError("period-unknown", f"{text} is no period", hint="write 2026-07, 2026-Q3 or 2026")
    year = int(match["year"])
    if match["month"]:
        return Period(year * 12 + int(match["month"]) - 1, "month", year_starts)
    start = year * 12 + year_starts - 1 - (12 if year_starts > 1 else 0)
    if match["quarter"]:
        return Period(start + (int(match["quarter"]) - 1) * 3, "quarter", year_starts)
    return Period(start, "year", year_starts)
