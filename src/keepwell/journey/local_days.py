"""On which day, in the company's time zone, did something happen that is known in UTC?

A moment's day depends on the zone's offset then. Time zones differ between engines, so the table `local_days` says it
once for all: each UTC date is cut by the local midnights in it (one as a rule; none or two on some days when clocks
change), and each local day starts at a moment in UTC. Models join it on `CAST(at AS DATE)` and compare twice. Days
before 1970 and after 2060 are not in it: there a UTC date is taken as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from keepwell.core.tables import ARROW_TYPES, Column, Table
from keepwell.engine import Step

FIRST, LAST = date(1970, 1, 1), date(2060, 12, 31)
_EPOCH = date(1970, 1, 1).toordinal()
_A_DAY = 86_400_000_000
_STRIDE = 16
_DATES = ("day", "before_on", "between_on", "after_on")

LOCAL_DAYS = Table(
    "local_days",
    (
        Column("day", "date", "a day: in UTC for moments, in the company's zone for days", key=True, required=True),
        Column("starts_at", "timestamp", "the moment (UTC) at which the company's day starts", required=True),
        Column("first_at", "timestamp", "the first local midnight in the UTC day", required=True),
        Column("second_at", "timestamp", "the second, or the UTC day's end", required=True),
        Column("before_on", "date", "the company's day before `first_at`", required=True),
        Column("between_on", "date", "the company's day between the two", required=True),
        Column("after_on", "date", "the company's day from `second_at` on", required=True),
    ),
    says="a day: its start in the company's time zone, and how the zone's midnights cut the UTC day",
)


def local_days(zone: str, first: date = FIRST, last: date = LAST) -> pa.Table:
    """The table `local_days` of a time zone, from `first` to `last`.

    >>> row = local_days("Europe/Paris", date(2026, 7, 1), date(2026, 7, 1)).to_pylist()[0]
    >>> row["starts_at"].isoformat(), row["first_at"].isoformat(), row["before_on"].isoformat()
    ('2026-06-30T22:00:00', '2026-07-01T22:00:00', '2026-07-01')
    """
    days = np.arange(first.toordinal() - 2, last.toordinal() + 4) - _EPOCH
    starts = days * _A_DAY - _offsets(zone, days)
    begin = np.arange(first.toordinal(), last.toordinal() + 1) - _EPOCH
    # the first local midnight after the UTC day's very start, which itself cuts nothing off
    next_day = np.searchsorted(starts, begin * _A_DAY, side="right")
    end = (begin + 1) * _A_DAY
    cuts = np.searchsorted(starts, end, side="left") - next_day
    second_day = next_day + 1
    columns = {
        "day": begin,
        "starts_at": starts[begin - days[0]],
        "first_at": np.where(cuts > 0, starts[next_day], end),
        "second_at": np.where(cuts > 1, starts[second_day], end),
        "before_on": days[next_day - 1],
        "between_on": days[next_day - 1 + np.minimum(cuts, 1)],
        "after_on": days[next_day - 1 + np.minimum(cuts, 2)],
    }
    return pa.table([_as(name, columns[name]) for name in LOCAL_DAYS.names], schema=LOCAL_DAYS.arrow)


def _offsets(zone: str, days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many microseconds the zone is ahead of UTC at each day's first moment.

    Asking the zone is slow, so every sixteenth day is asked first, and the days between two that differ.
    """
    coarse = np.append(np.arange(0, len(days) - 1, _STRIDE), len(days) - 1)
    known = _ask(zone, days[coarse])
    offsets = np.repeat(known[:-1], np.diff(coarse))
    offsets = np.append(offsets, known[-1])
    for place in np.flatnonzero(np.diff(known)):
        between = slice(int(coarse[place]), int(coarse[place + 1]))
        offsets[between] = _ask(zone, days[between])
    return offsets


def _ask(zone: str, days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    there = ZoneInfo(zone)
    epoch = datetime(1970, 1, 1, tzinfo=there)
    ahead = ((epoch + timedelta(int(day))).utcoffset() or timedelta(0) for day in days)
    return np.fromiter((offset // timedelta(microseconds=1) for offset in ahead), dtype=np.int64, count=len(days))


def _as(name: str, values: npt.NDArray[np.int64]) -> pa.Array[Any]:
    # from buffers: pa.array of a NumPy array imports pandas wherever it is installed, which takes seconds
    raw: Any = np.ascontiguousarray(values, dtype=np.int32 if name in _DATES else np.int64)
    return pa.Array.from_buffers(ARROW_TYPES[LOCAL_DAYS.by_name[name].type], len(raw), [None, pa.py_buffer(raw)])


def _of_run(inputs: Mapping[str, pa.Table]) -> pa.Table:
    return local_days(str(inputs["run_settings"]["time_zone"][0].as_py()))


STEP = Step("local_days", ("run_settings",), LOCAL_DAYS, _of_run)
