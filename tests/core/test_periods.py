"""Months, quarters and years of a company's calendar, named and read back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.core.errors import UsageError
from keepwell.core.periods import Period, add_months, first_day, month_index, parse_period, period_of

months = st.integers(min_value=1900 * 12, max_value=2200 * 12)
kinds = st.sampled_from(["month", "quarter", "year"])


@given(months, kinds, st.integers(1, 12))
def test_a_period_holds_its_month_and_its_name_reads_back(month, kind, year_starts):
    period = period_of(month, kind, year_starts)
    assert period.first_month <= month <= period.last_month
    assert parse_period(period.name, year_starts) == period


@given(months, kinds, st.integers(1, 12))
def test_periods_follow_each_other_without_gap(month, kind, year_starts):
    period = period_of(month, kind, year_starts)
    assert period.to_on == period.shift(1).from_on


def test_a_fiscal_year_is_named_for_the_year_in_which_it_ends():
    assert parse_period("2026", 4).from_on == date(2025, 4, 1)
    assert parse_period("2026-Q4", 4).from_on == date(2026, 1, 1)
    assert parse_period("2026-Q3").from_on == date(2026, 7, 1)


@pytest.mark.parametrize("text", ["2026-Q5", "2026-13", "26", "yesterday", "2026-1", ""])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(UsageError) as error:
        parse_period(text)
    assert error.value.code == "period-unknown"


def test_a_month_later_than_the_31st_is_the_months_last_day():
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert first_day(month_index(date(2026, 7, 9))) == date(2026, 7, 1)
    assert Period(24312, "year").name == "2026"
