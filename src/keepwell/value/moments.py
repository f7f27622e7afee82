"""On which days are customers valued? On the run's day, and at the starts of the quarters before it.

A value is of what had happened before its day (on the run's day: by its end). One moment a year or more before the run's
day is always there: models are fitted to what had happened by then, and judged by what came since.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

import pyarrow as pa

from keepwell.core.periods import add_months, month_index, period_of
from keepwell.core.tables import Column, Table
from keepwell.engine import Step

QUARTERS_BACK = 4

MOMENTS = Table(
    "value_moments",
    (
        Column("at_on", "date", "the day", key=True, required=True),
        Column("before_on", "date", "what happened before this day counts", required=True),
        Column("is_today", "boolean", "the run's day", required=True),
        Column("judges", "boolean", "models are fitted here and judged by what came since", required=True),
    ),
    says="a day on which every customer is valued",
)


def moments(today: date, year_starts: int, first_on: date | None, since_on: date | None = None) -> list[date]:
    """The days from the earliest to `today`; none where nothing had been bought before them.

    With `since_on`, that day and the starts of all quarters after it are among them.

    >>> [day.isoformat() for day in moments(date(2026, 8, 7), 1, date(2026, 2, 1))]
    ['2026-04-01', '2026-07-01', '2026-08-07']
    """
    if first_on is None or first_on > today:
        return []
    days = {*_starts(today, year_starts, QUARTERS_BACK), today}
    if since_on is not None:
        back = (month_index(today) - month_index(since_on)) // 3 + 1
        days |= {day for day in _starts(today, year_starts, back) if day > since_on} | {since_on}
    return sorted(day for day in days if first_on < day < today or day == today)


def judging(today: date, year_starts: int, days: Collection[date]) -> date | None:
    """The last quarter's start a year or more back, if it is among the days."""
    a_year_ago = add_months(today, -12)
    return max(
        (day for day in _starts(today, year_starts, QUARTERS_BACK) if day <= a_year_ago and day in days), default=None
    )


def _starts(today: date, year_starts: int, back: int) -> list[date]:
    quarter = period_of(month_index(today), "quarter", year_starts)
    return [quarter.shift(-by).from_on for by in range(back + 1)]


def _of_run(inputs: Mapping[str, pa.Table]) -> pa.Table:
    told, asked = inputs["run_settings"].to_pylist()[0], inputs["value_settings"].to_pylist()[0]
    today, first_on = told["today"], inputs["value_began"]["first_on"][0].as_py()
    days = moments(today, told["year_starts"], first_on, asked["since_on"])
    judge = judging(today, told["year_starts"], days)
    rows = [{"at_on": day, "before_on": day + timedelta(1) if day == today else day, "is_today": day == today,
             "judges": day == judge} for day in days]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=MOMENTS.arrow)


STEP = Step("value_moments", ("run_settings", "value_settings", "value_began"), MOMENTS, _of_run, kept=True)
