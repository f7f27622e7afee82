"""Intervals, held to published numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.measure.intervals import (
    effective_n,
    mean_interval,
    newcombe_difference,
    nonresponse_bounds,
    nps_interval,
    ratio_interval,
    wilson,
)


@pytest.mark.parametrize(
    ("answers", "value", "low", "high"),
    [((19, 9, 8), 30.56, 2.88, 53.53), ((50, 30, 20), 30, 14.05, 44.20), ((700, 200, 100), 60, 55.71, 63.93)],
)
def test_nps_with_the_adjusted_wald_interval(
    answers: tuple[int, int, int], value: float, low: float, high: float
) -> None:
    found = nps_interval(*answers)
    assert [round(float(x), 2) for x in (found.value, found.low, found.high)] == [value, low, high]


def test_the_variance_of_one_nps_answer() -> None:
    share_p, share_d = 1 / 2, 1 / 6
    assert share_p - share_d == pytest.approx(1 / 3)
    assert share_p + share_d - (share_p - share_d) ** 2 == pytest.approx(5 / 9)
    # and in the interval of very many answers
    found = nps_interval(3_000_000, 2_000_000, 1_000_000)
    assert float(found.se) == pytest.approx(100 * np.sqrt(5 / 9 / 6_000_000), rel=1e-5)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval(successes: int, n: int, low: float, high: float) -> None:
    found = wilson(successes, n)
    assert (round(float(found.low), 4), round(float(found.high), 4)) == (low, high)


def test_newcombes_difference_of_two_shares() -> None:
    found = newcombe_difference(56, 70, 48, 80)
    assert [round(float(x), 4) for x in (found.value, found.low, found.high)] == [0.2, 0.0524, 0.3339]


def test_bounds_if_all_who_did_not_answer_were_of_one_mind() -> None:
    low, high = nonresponse_bounds(60, 0.3)
    assert (float(low), float(high)) == pytest.approx((-52, 88))


def test_nothing_observed_is_not_zero() -> None:
    for found in (nps_interval(0, 0, 0), wilson(0, 0), mean_interval(0, 0, 0)):
        assert np.isnan(found.value)
        assert np.isnan(found.low)
        assert np.isnan(found.high)
    assert np.isnan(mean_interval(5, 25, 1).low)
    assert float(mean_interval(5, 25, 1).value) == 5


@given(n=st.integers(1, 10_000), part=st.floats(0, 1))
def test_a_share_lies_in_its_interval_and_the_interval_in_0_to_1(n: int, part: float) -> None:
    found = wilson(round(n * part), n)
    assert 0 <= float(found.low) <= float(found.value) <= float(found.high) <= 1


@given(st.lists(st.floats(0.1, 10), min_size=1, max_size=20))
def test_weights_never_count_for_more_answers_than_there_are(weights: list[float]) -> None:
    many = float(effective_n(sum(weights), sum(weight**2 for weight in weights)))
    assert 1 - 1e-9 <= many <= len(weights) + 1e-9


def test_a_ratio_of_sums_is_as_sure_as_the_residuals_of_its_customers() -> None:
    x, y = np.array([10.0, 20.0, 30.0]), np.array([10.0, 10.0, 30.0])
    found = ratio_interval(y.sum(), x.sum(), ((y * y).sum(), (x * y).sum(), (x * x).sum()), 3)
    residuals = y - x * 50 / 60
    assert float(found.value) == pytest.approx(50 / 60)
    assert float(found.se) == pytest.approx(np.sqrt(3 / 2 * (residuals**2).sum()) / 60)


@given(
    st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
)
def test_a_difference_lies_in_its_interval_and_turns_with_its_sides(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    found, turned = newcombe_difference(*one, *other), newcombe_difference(*other, *one)
    assert found.low <= one[0] / one[1] - other[0] / other[1] <= found.high
    assert (float(turned.low), float(turned.high)) == pytest.approx((-float(found.high), -float(found.low)))
