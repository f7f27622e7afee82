"""Tables of smooth functions, held to the functions themselves."""

from __future__ import annotations

import numpy as np
import pytest

from keepwell.value.smooth import chebyshev, reading, table


def _gone(count: np.ndarray, age: np.ndarray, t: np.ndarray) -> np.ndarray:
    return (count + 0.3) / 2 * (1 - ((4 + age) / (4 + age + t)) ** 0.7)


@pytest.mark.parametrize(("counts", "ages", "times"), [(3, 5, 4), (40, 300, 60)])
def test_a_table_is_the_function(counts: int, ages: int, times: int) -> None:
    at, old, t = np.arange(counts, dtype=float), np.arange(ages) / 7, np.arange(1.0, times + 1)
    weights = 0.9**t
    found = table(_gone, at, old, t, weights, 4.0)
    whole = _gone(at[:, None, None], old[None, :, None], t) @ weights
    assert found.shape == (counts, ages)
    assert found == pytest.approx(whole, rel=1e-9)


def test_the_polynomial_goes_through_its_points() -> None:
    points = chebyshev(1.0, 3.0)
    assert reading(points, points) == pytest.approx(np.eye(len(points)))
    assert reading(points, np.array([1.7])) @ points**5 == pytest.approx([1.7**5])
