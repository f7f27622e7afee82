"""Days, months and periods, in a few lines of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LENGTHS = {"month": 1, "quarter": 3, "year": 12}
ONE = timedelta(days=1)


def month_of(day: date) -> int:
    """Months since the year 0."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """The first day of a month."""
    return date(month // 12, month % 12 + 1, 1)


def block(month: int, length: int, year_starts: int) -> int:
    """The first month of the block of `length` months of the fiscal year that a month is in."""
    since = (month - (year_starts - 1)) % 12
    return month - since % length


def days_in(first_month: int, length: int) -> int:
    """How many days these months have."""
    return (first_day(first_month + length) - first_day(first_month)).days


def local_day(moment: datetime, zone: str) -> date:
    """The company's day of a moment that is stored in UTC."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
