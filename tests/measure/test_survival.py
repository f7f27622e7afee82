"""Times with open ends, held to Freireich's published data and to brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.measure.survival import Medians, cumulative_incidence, medians

# weeks in remission of 21 patients under 6-MP; + censored. Freireich et al. (1963), Blood 21
_WEEKS = "6,6,6,6+,7,9+,10,10+,11+,13,16,17+,19+,20+,22,23,25+,32+,32+,34+,35+"


def _median(durations: list[int], outcomes: list[int], counts: list[int] | None = None) -> Medians:
    count = np.array(counts or [1] * len(durations))
    return medians(np.zeros(len(durations), dtype=np.int64), np.array(durations), np.array(outcomes), count, units=1)


def test_freireichs_6_mp() -> None:
    duration = np.array([int(week.rstrip("+")) for week in _WEEKS.split(",")])
    outcome = np.array([0 if week.endswith("+") else 1 for week in _WEEKS.split(",")])
    unit, one = np.zeros(21, dtype=np.int64), np.ones(21, dtype=np.int64)
    curve = cumulative_incidence(unit, duration, outcome, one)
    at = {int(week): (1 - reached, variance**0.5)
          for week, reached, variance in zip(curve.duration, curve.reached, curve.variance, strict=True)}  # fmt: skip
    assert (round(at[10][0], 4), round(at[10][1], 4)) == (0.7529, 0.0963)
    assert (round(at[23][0], 4), round(at[23][1], 4)) == (0.4482, 0.1346)
    found = medians(unit, duration, outcome, one, units=1)
    assert (found.value[0], found.low[0]) == (23, 13)
    assert np.isnan(found.high[0])


def test_without_censoring_it_is_the_plain_median() -> None:
    assert _median([5, 1, 9], [1, 1, 1]).value[0] == 5


def test_what_is_not_half_over_has_no_median() -> None:
    assert np.isnan(_median([5, 6, 7, 8], [1, 0, 0, 0]).value[0])


def test_fewer_than_six_cases_have_no_interval() -> None:
    five, six = _median([1, 2, 3, 4, 5], [1] * 5), _median([1, 2, 3, 4, 5, 6], [1] * 6)
    assert np.isnan([five.low[0], five.high[0]]).all()
    assert (five.value[0], six.value[0]) == (3, 3)
    assert (six.low[0], six.high[0]) == (1, 6)


def test_who_left_before_does_not_count_as_still_on_the_way() -> None:
    # of four, one left before any value came: half of all have it only with the second of the other three
    assert _median([1, 2, 3, 4], [2, 1, 1, 1]).value[0] == 3
    assert _median([1, 2, 3, 4], [0, 1, 1, 1]).value[0] == 3
    assert np.isnan(_median([1, 1, 1, 4], [2, 2, 2, 1]).value[0])
    assert _median([1, 1, 1, 4], [0, 0, 0, 1]).value[0] == 4


@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 2), st.integers(1, 3)), min_size=1,
                  max_size=40)
)  # fmt: skip
def test_all_units_at_once_are_each_unit_alone(rows: list[tuple[int, int, int, int]]) -> None:
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    together = medians(*columns, units=4)
    for unit in range(4):
        own = columns[0] == unit
        if not own.any():
            assert np.isnan(together.value[unit])
            continue
        alone = medians(np.zeros(own.sum(), dtype=np.int64), *(column[own] for column in columns[1:]), units=1)
        for name in ("value", "low", "high", "n"):
            assert getattr(alone, name)[0] == pytest.approx(getattr(together, name)[unit], nan_ok=True)
        assert alone.value[0] == pytest.approx(_by_hand([row[1:] for row in rows if row[0] == unit]), nan_ok=True)


def _by_hand(rows: list[tuple[int, int, int]]) -> float:
    """Aalen–Johansen, one duration after the other, in whole fractions."""
    from fractions import Fraction

    survived, reached = Fraction(1), Fraction(0)
    for duration in sorted({row[0] for row in rows}):
        at_risk = sum(row[2] for row in rows if row[0] >= duration)
        ended, other = (sum(row[2] for row in rows if row[0] == duration and row[1] == kind) for kind in (1, 2))
        reached += survived * Fraction(ended, at_risk)
        survived *= 1 - Fraction(ended + other, at_risk)
        if reached >= Fraction(1, 2):
            return duration
    return float("nan")
