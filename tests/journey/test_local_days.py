"""Days in the company's time zone: the table agrees with the zone itself at any moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepwell.journey import local_days

ZONES = ("UTC", "Europe/Paris", "Europe/London", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland",
         "America/Sao_Paulo", "Africa/Casablanca")  # fmt: skip


@cache
def _by_day(zone: str) -> dict[date, dict[str, Any]]:
    return {row["day"]: row for row in local_days(zone, date(2000, 1, 1), date(2030, 12, 31)).to_pylist()}


@settings(deadline=None)  # the first call of a zone makes its table
@given(
    zone=st.sampled_from(ZONES),
    moment=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2030, 12, 31)),
)
def test_a_moment_is_on_the_day_that_the_zone_says(zone: str, moment: datetime) -> None:
    row = _by_day(zone)[moment.date()]
    if moment < row["first_at"]:
        found = row["before_on"]
    else:
        found = row["between_on"] if moment < row["second_at"] else row["after_on"]
    assert found == moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


@pytest.mark.parametrize("zone", ZONES)
def test_each_day_starts_at_its_midnight(zone: str) -> None:
    for day, row in list(_by_day(zone).items())[::97]:
        started = row["starts_at"].replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
        before = (row["starts_at"] - timedelta(microseconds=1)).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
        assert started.date() == day
        assert before.date() < day


def test_a_day_on_which_clocks_change_may_have_two_midnights() -> None:
    row = _by_day("Europe/London")[date(2026, 3, 29)]
    assert (row["before_on"], row["between_on"], row["after_on"]) == (
        date(2026, 3, 29), date(2026, 3, 30), date(2026, 3, 30),
    )  # fmt: skip
