"""Pareto/NBD, held to adaptive integration, finite differences, the notes' formulas and simulated customers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import gammaln, hyp2f1, hyperu

from buyers import buyers
from keepwell.core.errors import RefusedError
from keepwell.value.fit import Fit
from keepwell.value.histories import histories_of
from keepwell.value.pareto_likelihood import ParetoLikelihood, _integrate
from keepwell.value.pareto_nbd import ParetoNbd
from recovered import hold, off_by

CDNOW = {"r": 0.5533, "alpha": 10.5777, "s": 0.6062, "beta": 11.6687}
ROWS = {"frequency": [0, 0, 1, 2, 7, 7, 30], "recency": [0, 0, 3.5, 20, 38, 5, 39], "T": [39, 12, 12, 39, 39, 39, 39.0]}
TRUTH = {"r": 0.9, "alpha": 6.0, "s": 0.8, "beta": 12.0}


@pytest.mark.parametrize(
    ("r", "alpha", "s", "beta", "x", "last", "end"),
    [(0.55, 10.6, 0.61, 11.7, 0, 0, 39), (0.55, 1.5, 3.0, 200.0, 2, 0.5, 700), (2.0, 90.0, 0.1, 2.0, 40, 10, 60),
     (0.3, 4.0, 1.0, 4.0, 500, 14, 700), (1.0, 50.0, 30.0, 900.0, 5, 100, 100.5)],
)  # fmt: skip
def test_the_integral_has_eight_digits(
    r: float, alpha: float, s: float, beta: float, x: int, last: float, end: float
) -> None:
    def part(z: float) -> float:
        y = (alpha + last) * np.expm1(z)
        falls = (r + x) * np.log1p(y / (alpha + last)) + (s + 1) * np.log1p(y / (beta + last))
        return float(np.exp(z - falls))

    whole = np.log1p((end - last) / (alpha + last))
    cuts = [whole * 10.0**-k for k in (3, 2, 1)]
    by_hand = sum(quad(part, a, b, epsabs=0, epsrel=1e-12)[0] for a, b in zip([0, *cuts], [*cuts, whole], strict=True))
    log_by_hand = np.log(by_hand * (alpha + last)) - (r + x) * np.log(alpha + last) - (s + 1) * np.log(beta + last)
    found = _integrate(r, alpha, s, beta, np.array([float(x)]), np.array([float(last)]), np.array([float(end)]))
    assert found.log_integral[0] == pytest.approx(log_by_hand, abs=1e-8)


def test_the_likelihood_is_that_of_the_note_by_hypergeometric_functions() -> None:
    r, alpha, s, beta = CDNOW.values()
    x, last, end = (np.array(column, dtype=float) for column in ROWS.values())
    whole = r + s + x  # alpha < beta: Fader & Hardie (2005), equation 17

    def power(t: np.ndarray) -> np.ndarray:
        return hyp2f1(whole, r + x, whole + 1, (beta - alpha) / (beta + t)) / (beta + t) ** whole

    factor = np.exp(gammaln(r + x) - gammaln(r)) * alpha**r * beta**s
    both = 1 / ((alpha + end) ** (r + x) * (beta + end) ** s) + s / whole * (power(last) - power(end))
    model = ParetoNbd.known(**CDNOW)
    assert model.log_likelihood(ROWS) == pytest.approx(np.log(factor * both).sum(), rel=1e-9)
    by_hand = 1 / ((alpha + end) ** (r + x) * (beta + end) ** s) / both
    assert model.probability_alive(ROWS) == pytest.approx(by_hand, rel=1e-7)


def test_gradient_and_hessian_are_those_of_finite_differences() -> None:
    likelihood = ParetoLikelihood(histories_of(ROWS).grouped(), scale=3.0)
    at = np.log([0.4, 2.0, 0.7, 3.0])
    _, gradient, hessian = likelihood(at)
    for place, step in enumerate(np.eye(4) * 1e-5):
        more, less = likelihood(at + step), likelihood(at - step)
        assert (more[0] - less[0]) / 2e-5 == pytest.approx(gradient[place], rel=1e-6, abs=1e-6)
        assert (more[1] - less[1]) / 2e-5 == pytest.approx(hessian[place], rel=1e-6, abs=1e-6)


def test_expected_purchases_are_the_notes_formula() -> None:
    r, alpha, s, beta = CDNOW.values()
    x, _, end = (np.array(column, dtype=float) for column in ROWS.values())
    model, t = ParetoNbd.known(**CDNOW), 26.0
    ahead = (r + x) * (beta + end) / ((alpha + end) * (s - 1)) * (1 - ((beta + end) / (beta + end + t)) ** (s - 1))
    assert model.expected_purchases(t, ROWS) == pytest.approx(ahead * model.probability_alive(ROWS), rel=1e-9)
    new = r * beta / (alpha * (s - 1)) * (1 - (beta / (beta + t)) ** (s - 1))
    assert model.expected_purchases(t) == pytest.approx(new, rel=1e-12)


def test_purchases_as_they_come_for_ever_are_the_published_closed_form() -> None:
    """DERT of Fader, Hardie & Lee (2005), RFM and CLV, by the confluent hypergeometric function of the second kind."""
    r, alpha, s, beta = CDNOW.values()
    model = ParetoNbd.known(**CDNOW)
    for discount in (0.02, 0.15, 1.0):
        delta = np.log1p(discount) / (365.25 / 7)
        found = model.discounted_purchases(ROWS, None, discount, paid="as they come")
        for row, (x, last, end) in enumerate(zip(*ROWS.values(), strict=True)):
            likelihood = np.exp(model.log_likelihood({"frequency": [x], "recency": [last], "T": [end]}))
            log_whole = gammaln(r + x + 1) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
            whole = np.exp(log_whole - (r + x + 1) * np.log(alpha + end)) * delta ** (s - 1)
            assert found[row] == pytest.approx(whole * hyperu(s, s, delta * (beta + end)) / likelihood, rel=1e-6)


def test_where_s_is_one_the_formula_has_a_limit() -> None:
    near = [
        ParetoNbd.known(r=0.5, alpha=9.0, s=s, beta=9.0).expected_purchases(30.0, ROWS) for s in (0.9999, 1.0, 1.0001)
    ]
    assert near[1] == pytest.approx((near[0] + near[2]) / 2, rel=1e-6)


def _fits(truth: dict[str, float], customers: int, times: int) -> list[Fit]:
    return [ParetoNbd().fit(buyers("pareto", customers, truth, seed=seed).table()).result for seed in range(times)]


def test_parameters_of_simulated_customers_are_found() -> None:
    assert (np.abs(off_by(_fits(TRUTH, 2000, 4), list(TRUTH.values()))) < 2).mean() > 0.8


@pytest.mark.slow
@pytest.mark.parametrize(("truth", "customers"), [(TRUTH, 4000), (CDNOW, 4000)])
def test_parameters_lie_within_two_standard_errors_95_times_of_100(truth: dict[str, float], customers: int) -> None:
    hold(_fits(truth, customers, 60), list(truth.values()))


def test_the_model_says_who_is_alive_and_what_will_come() -> None:
    seen = buyers("pareto", 6000, TRUTH, seed=3)
    model = ParetoNbd.known(**TRUTH)
    assert model.probability_alive(seen.table()).mean() == pytest.approx(seen.alive.mean(), abs=0.02)
    assert model.expected_purchases(26.0, seen.table()).sum() == pytest.approx(seen.later.sum(), rel=0.04)


def test_customers_who_all_stay_are_refused() -> None:
    stays = buyers("pareto", 500, {"r": 0.9, "alpha": 6.0}, seed=1).table()
    with pytest.raises(RefusedError, match="nobody seems ever to leave"):
        ParetoNbd().fit(stays)
