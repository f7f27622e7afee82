"""Newton's method on log-parameters, held to likelihoods whose maximum is known by hand, or is known not to be."""

from __future__ import annotations

import numpy as np
import pytest

from keepwell.core.errors import RefusedError, UsageError
from keepwell.value.fit import Fit, Reals
from keepwell.value.maximise import maximise

_WAITS = np.array([0.5, 1.5, 4.0, 2.0])


def _exponential(at: Reals) -> tuple[float, Reals, Reals | None]:
    """Waits with rate exp(at): highest at 1 / mean, with information n in the logarithm."""
    n, total = len(_WAITS), float(_WAITS.sum() * np.exp(at[0]))
    return n * float(at[0]) - total, np.array([n - total]), np.array([[-total]])


def _gamma(at: Reals) -> tuple[float, Reals, Reals | None]:
    """A gamma distribution of 200 draws: shape, rate; no Hessian given."""
    from scipy.special import digamma, gammaln

    seen = np.random.default_rng(7).gamma(2.0, 1 / 3.0, 200)
    shape, rate = np.exp(at)
    value = float(200 * (shape * at[1] - gammaln(shape)) + (shape - 1) * np.log(seen).sum() - rate * seen.sum())
    by_shape = 200 * (at[1] - digamma(shape)) + np.log(seen).sum()
    by_rate = 200 * shape / rate - seen.sum()
    return value, np.array([shape * by_shape, rate * by_rate]), None


def test_the_rate_of_waits_is_one_over_their_mean() -> None:
    fit = maximise(_exponential, [[1.0]], ["rate"], customers=4)
    assert fit["rate"] == pytest.approx(0.5, rel=1e-9)
    assert fit.standard_errors[0] == pytest.approx(0.5 / 4**0.5, rel=1e-6)
    assert fit.log_likelihood == pytest.approx(4 * np.log(0.5) - 4)


def test_without_a_hessian_the_maximum_is_the_same_from_any_start() -> None:
    near, far = (maximise(_gamma, [start], ["shape", "rate"], 200) for start in ([1.0, 1.0], [40.0, 0.002]))
    assert near.values == pytest.approx(far.values, rel=1e-6)
    gradient = _gamma(np.log(np.array(near.values)))[1]
    assert np.abs(gradient).max() < 1e-3
    assert near.log_standard_errors == pytest.approx(far.log_standard_errors, rel=1e-3)


def test_the_best_end_of_several_starts_counts() -> None:
    def two_tops(at: Reals) -> tuple[float, Reals, Reals | None]:
        left, right = np.exp(-((at[0] + 2) ** 2)), 3 * np.exp(-((at[0] - 2) ** 2))
        slope = -2 * (at[0] + 2) * left - 2 * (at[0] - 2) * right
        bend = (4 * (at[0] + 2) ** 2 - 2) * left + (4 * (at[0] - 2) ** 2 - 2) * right
        return float(left + right), np.array([slope]), np.array([[bend]])

    low = maximise(two_tops, [[0.1]], ["x"], 1)
    best = maximise(two_tops, [[0.1], [6.0]], ["x"], 1)
    assert (low["x"], best["x"]) == (pytest.approx(np.exp(-2), rel=1e-3), pytest.approx(np.exp(2), rel=1e-3))


@pytest.mark.parametrize(("sign", "way"), [(1, "grows without limit"), (-1, "runs to 0")])
def test_a_likelihood_that_rises_for_ever_is_refused(sign: int, way: str) -> None:
    def rising(at: Reals) -> tuple[float, Reals, Reals | None]:
        tail = 50 * np.exp(-sign * at[0])  # the likelihood of customers who do not differ, as their shape grows
        return -float(tail) * 1e6, np.array([sign * tail * 1e6]), np.array([[-tail * 1e6]])

    with pytest.raises(RefusedError, match=way) as refused:
        maximise(rising, [[1.0]], ["shape"], 10, {"shape": ("all leave", "all are alike")})
    assert refused.value.code == "value-no-maximum"
    assert ("all are alike" if sign > 0 else "all leave") in str(refused.value)


def test_what_is_not_determined_is_refused() -> None:
    def slight(at: Reals) -> tuple[float, Reals, Reals | None]:
        return -0.001 * float(at[0] ** 2), np.array([-0.002 * at[0]]), np.array([[-0.002]])

    def none(at: Reals) -> tuple[float, Reals, Reals | None]:
        return 0.0, 0 * at, np.zeros((1, 1))

    with pytest.raises(RefusedError, match="factor of a hundred"):
        maximise(slight, [[3.0]], ["shape"], 10)
    with pytest.raises(RefusedError, match="does not depend on shape"):
        maximise(none, [[3.0]], ["shape"], 10)


def test_a_likelihood_that_is_no_number_is_refused() -> None:
    def broken(at: Reals) -> tuple[float, Reals, Reals | None]:
        return float("nan"), at * np.nan, np.array([[np.nan]])

    with pytest.raises(RefusedError, match="cannot be computed"):
        maximise(broken, [[1.0], [2.0]], ["shape"], 10)


def test_rounding_at_the_true_top_is_no_failure() -> None:
    noise = np.random.default_rng(1)

    def rounded(at: Reals) -> tuple[float, Reals, Reals | None]:
        off = at[0] - 0.5
        return -1e7 - 40 * float(off**2) + 1e-7 * noise.random(), np.array([-80 * off + 1e-4]), np.array([[-80.0]])

    assert maximise(rounded, [[5.0]], ["rate"], 10)["rate"] == pytest.approx(np.exp(0.5), rel=1e-3)


def test_summary_and_draws_are_about_the_maximum() -> None:
    fit = Fit(("r", "alpha"), (0.25, 4.0), ((0.01, 0.005), (0.005, 0.04)), -9.0, 100)
    rows = fit.summary().to_pylist()
    assert [row["parameter"] for row in rows] == ["r", "alpha"]
    assert rows[1]["standard_error"] == pytest.approx(0.8)
    assert rows[1]["high"] == pytest.approx(4 * np.exp(1.6448536 * 0.2))
    drawn = np.log(fit.draws(4000, seed=3))
    assert drawn.mean(axis=0) == pytest.approx(np.log([0.25, 4.0]), abs=1e-9)
    assert np.cov(drawn.T).ravel() == pytest.approx([0.01, 0.005, 0.005, 0.04], rel=0.1, abs=0.001)
    assert (fit.draws(7, seed=3) == fit.draws(7, seed=3)).all()
    assert fit.scaled([1, 7]).standard_errors[1] == pytest.approx(5.6)
    with pytest.raises(UsageError, match="no parameter beta"):
        fit["beta"]
