"""Customers are valued on the run's day, at the quarters' starts before it, and on any day that is asked for."""

from __future__ import annotations

from datetime import date

from keepwell.value.moments import judging, moments
from record_rows import Rows


def test_a_year_of_quarters_and_the_day_itself() -> None:
    days = moments(date(2026, 10, 1), 1, date(2020, 1, 1))
    assert days == [date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)]
    assert judging(date(2026, 10, 1), 1, days) == date(2025, 10, 1)
    assert judging(date(2026, 8, 7), 2, moments(date(2026, 8, 7), 2, date(2020, 1, 1))) == date(2025, 8, 1)


def test_a_day_asked_for_brings_the_quarters_after_it_and_leaves_the_judge() -> None:
    days = moments(date(2026, 10, 1), 1, date(2020, 1, 1), date(2025, 5, 10))
    assert days[:3] == [date(2025, 5, 10), date(2025, 7, 1), date(2025, 10, 1)]
    assert judging(date(2026, 10, 1), 1, days) == date(2025, 10, 1)


def test_before_anything_was_bought_there_is_no_moment() -> None:
    assert moments(date(2026, 10, 1), 1, None) == []
    assert moments(date(2026, 10, 1), 1, date(2026, 8, 1)) == [date(2026, 10, 1)]
    assert Rows().table("value_moments") == []


def test_facts_of_the_runs_day_count_and_those_of_an_earlier_moments_day_do_not() -> None:
    rows = Rows(today=date(2026, 7, 1)).add("customers", customer_id="c:1")
    rows.add("contracts", contract_id="k:1", customer_id="c:1", starts_on=date(2026, 3, 1), annual_value=1)
    found = [(row["at_on"], row["before_on"], row["is_today"]) for row in rows.table("value_moments")]
    assert found == [(date(2026, 4, 1), date(2026, 4, 1), False), (date(2026, 7, 1), date(2026, 7, 2), True)]
