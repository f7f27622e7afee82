"""BG/NBD with one chance to leave for all: held to BG/NBD where b is large, to finite differences and to simulated customers."""

from __future__ import annotations

import numpy as np
import pytest

from buyers import buyers
from keepwell.core.errors import RefusedError
from keepwell.value.bg_nbd import BetaGeo
from keepwell.value.constant_dropout import ConstantDropout
from keepwell.value.histories import histories_of

ROWS = {"frequency": [0, 0, 1, 2, 7, 7, 30], "recency": [0, 0, 3.5, 20, 38, 5, 39], "T": [39, 12, 12, 39, 39, 39, 39.0]}
ONE = ConstantDropout.known(r=0.6, alpha=5.0, odds=0.25)
ALIKE = BetaGeo.known(r=0.6, alpha=5.0, a=2e5, b=8e5)  # a chance of 1/5 for all, to within a thousandth


def test_it_is_the_limit_of_bg_nbd() -> None:
    assert ONE.log_likelihood(ROWS) == pytest.approx(ALIKE.log_likelihood(ROWS), rel=1e-4)
    assert ONE.probability_alive(ROWS) == pytest.approx(ALIKE.probability_alive(ROWS), rel=1e-3)
    for months in (24, None):
        assert ONE.discounted_purchases(ROWS, months) == pytest.approx(
            ALIKE.discounted_purchases(ROWS, months), rel=1e-3
        )
    assert ONE.expected_purchases(26.0) == pytest.approx(ALIKE.expected_purchases(26.0), rel=1e-3)


@pytest.mark.parametrize("a", [100.0, 150.0, 300.0, 2000.0])
def test_expected_purchases_of_bg_nbd_are_numbers_however_alike_customers_leave(a: float) -> None:
    near = BetaGeo.known(r=0.6, alpha=5.0, a=a, b=4 * a)
    ahead = near.expected_purchases(5218.0, ROWS)
    assert np.isfinite(ahead).all()
    assert ahead == pytest.approx(ONE.expected_purchases(5218.0, ROWS), rel=0.1 if a < 300 else 0.03)


def test_the_gradient_is_that_of_finite_differences() -> None:
    likelihood = ONE._likelihood(histories_of(ROWS).grouped(), 3.0)
    at = np.log([0.4, 2.0, 0.3])
    for place, step in enumerate(np.eye(3) * 1e-5):
        more, less = likelihood(at + step)[0], likelihood(at - step)[0]
        assert (more - less) / 2e-5 == pytest.approx(likelihood(at)[1][place], rel=1e-6)


def test_the_parameters_of_simulated_customers_are_found_and_intervals_hold_what_came() -> None:
    seen = buyers("bg", 3000, {"r": 0.6, "alpha": 5.0, "a": 2e5, "b": 8e5}, seed=3)
    model = ConstantDropout().fit(seen.table())
    for name, true in (("r", 0.6), ("alpha", 5.0), ("odds", 0.25)):
        place = model.result.names.index(name)
        assert abs(np.log(model.result[name] / true)) < 3 * model.result.log_standard_errors[place]
    assert model.expected_purchases(26.0, seen.table()).sum() == pytest.approx(seen.later.sum(), rel=0.1)
    low, high = model.purchases_interval(26.0, seen.table())
    assert 0.88 <= ((low <= seen.later) & (seen.later <= high)).mean() <= 0.97


def test_where_nobody_seems_to_leave_it_has_no_maximum_either() -> None:
    with pytest.raises(RefusedError, match="nobody seems ever to leave"):
        ConstantDropout().fit(
            {"frequency": [3, 5, 4, 9], "recency": [29.5, 29.9, 29.8, 29.9], "T": [30.0, 30.0, 30.0, 30.0]}
        )
