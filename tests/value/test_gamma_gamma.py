"""The gamma-gamma model of spend, held to its formula, finite differences, simulated amounts and other currencies."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import betaln

from buyers import buyers
from keepwell.core.errors import RefusedError, UsageError
from keepwell.value.gamma_gamma import GammaGamma, GammaGammaLikelihood
from recovered import hold, off_by

TIMING = {"r": 0.8, "alpha": 6.0, "a": 0.8, "b": 2.5}


def _rows(n: int = 1500, seed: int = 0) -> dict[str, np.ndarray]:
    return buyers("bg", n, TIMING, seed=seed).table()


def test_the_likelihood_is_the_notes_equation_1a() -> None:
    p, q, gamma = 6.25, 3.74, 15.44
    x, z = np.array([1, 3, 12]), np.array([20.0, 35.5, 8.0])
    seen = {"frequency": x, "recency": [5, 6, 7], "T": [9, 9, 9], "monetary": z}
    reached = gamma + x * z
    by_hand = -np.log(z) - betaln(p * x, q) + q * np.log(gamma / reached) + p * x * np.log(x * z / reached)
    assert GammaGamma.known(p, q, gamma).log_likelihood(seen) == pytest.approx(by_hand.sum(), rel=1e-12)


def test_gradient_and_hessian_are_those_of_finite_differences() -> None:
    likelihood = GammaGammaLikelihood(np.array([1, 1, 4, 9]), np.array([0.5, 2.0, 1.1, 0.7]), np.array([1.0, 2, 1, 3]))
    at = np.log([3.0, 2.5, 0.8])
    _, gradient, hessian = likelihood(at)
    for place, step in enumerate(np.eye(3) * 1e-5):
        more, less = likelihood(at + step), likelihood(at - step)
        assert (more[0] - less[0]) / 2e-5 == pytest.approx(gradient[place], rel=1e-6)
        assert (more[1] - less[1]) / 2e-5 == pytest.approx(hessian[place], rel=1e-6, abs=1e-6)


def test_parameters_of_simulated_amounts_are_found() -> None:
    off = off_by([GammaGamma().fit(_rows(2500, seed)).result for seed in range(10)], [6.0, 4.0, 15.0])
    assert (np.abs(off) < 2).mean() > 0.8
    assert np.abs(np.mean(off, axis=0)).max() < 1


@pytest.mark.slow
@pytest.mark.parametrize("truth", [(6.0, 4.0, 15.0), (6.25, 3.74, 15.44), (1.5, 2.5, 90.0)])
def test_parameters_lie_within_two_standard_errors_95_times_of_100(truth: tuple[float, float, float]) -> None:
    seen = (buyers("bg", 10_000, TIMING, spend=truth, seed=seed).table() for seed in range(100))
    hold([GammaGamma().fit(rows).result for rows in seen], truth)


@pytest.mark.parametrize("rate", [0.0001, 0.9137, 110.0, 1e9])
def test_another_currency_gives_scaled_amounts_and_the_same_ranking(rate: float) -> None:
    own = _rows()
    other = {**own, "monetary": own["monetary"] * rate}
    here, there = GammaGamma().fit(own), GammaGamma().fit(other)
    assert there.result.values == pytest.approx(np.array(here.result.values) * [1, 1, rate], rel=1e-9)
    assert there.result.log_standard_errors == pytest.approx(here.result.log_standard_errors, rel=1e-6)
    expected, scaled = here.expected_spend(own), there.expected_spend(other)
    assert scaled == pytest.approx(expected * rate, rel=1e-9)
    assert (
        np.argsort(np.round(scaled / rate, 6), kind="stable") == np.argsort(np.round(expected, 6), kind="stable")
    ).all()
    assert there.log_likelihood(other) == pytest.approx(there.result.log_likelihood, rel=1e-9)


def test_expected_spend_lies_between_the_customers_mean_and_that_of_all() -> None:
    seen = {"frequency": [0, 1, 50], "recency": [0, 5, 30], "T": [9, 9, 40], "monetary": [0, 100.0, 100.0]}
    model = GammaGamma.known(6.0, 4.0, 15.0)
    new, once, often = model.expected_spend(seen)
    assert new == pytest.approx(6 * 15 / 3)
    assert new < once < often < 100
    assert often == pytest.approx(6 * (15 + 5000) / (300 + 3))


def test_customers_who_share_a_row_count_each() -> None:
    own = _rows(300)
    twice = {**own, "customers": np.full(300, 2)}
    doubled = {name: np.tile(column, 2) for name, column in own.items()}
    assert GammaGamma().fit(twice).result.values == pytest.approx(GammaGamma().fit(doubled).result.values, rel=1e-8)


def test_frequency_and_amount_are_uncorrelated_where_they_are_drawn_apart() -> None:
    assert abs(GammaGamma().fit(_rows(3000)).correlation) < 0.1


@pytest.mark.parametrize(
    ("amounts", "says"),
    [(np.full(200, 9.0), "spend|differ|determine"), (np.tile([5.0, 500.0], 100), "spend|differ|determine")],
)
def test_amounts_without_a_likeliest_parameter_are_refused(amounts: np.ndarray, says: str) -> None:
    seen = {"frequency": np.full(200, 3), "recency": np.full(200, 5), "T": np.full(200, 9), "monetary": amounts}
    with pytest.raises(RefusedError, match=says) as refused:
        GammaGamma().fit(seen)
    assert refused.value.code == "value-no-maximum"


def test_what_cannot_be_answered_is_said() -> None:
    nobody = {"frequency": [0], "recency": [0], "T": [9], "monetary": [0]}
    with pytest.raises(RefusedError, match="nobody came back"):
        GammaGamma().fit(nobody)
    with pytest.raises(RefusedError, match="infinite"):
        GammaGamma.known(2.0, 0.9, 15.0).expected_spend(nobody)
    with pytest.raises(UsageError, match="nothing of amounts"):
        GammaGamma().fit({"frequency": [1], "recency": [3], "T": [9]})
    with pytest.raises(UsageError, match="no parameters yet"):
        GammaGamma().summary()
