"""How likely are purchase histories whose buyers may leave at any moment (Pareto/NBD)?

With x repeat purchases, the last at t, known to T:

    L = Γ(r+x)/Γ(r) · αʳ βˢ · [(α+T)^−(r+x) (β+T)^−s + s · I],   I = ∫ₜᵀ (α+y)^−(r+x) (β+y)^−(s+1) dy.

The literature writes I as a difference of two hypergeometric functions, which loses digits and has no simple derivatives.
Here it is integrated by twenty Gauss–Legendre points in the logarithm of time, cut off where less than e⁻⁴⁵ is left, which
is exact to eight digits (tests hold it to adaptive quadrature), and its derivatives are means over the same points.

Source: Fader & Hardie (2005), A Note on Deriving the Pareto/NBD Model, equations 5 to 17.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from keepwell.value.fit import Reals
from keepwell.value.histories import Histories
from keepwell.value.sums import Histogram, dot, rising

_BLOCK = 1 << 12  # rows at once: what is computed of them stays in the processor's cache
_Z, _W = np.polynomial.legendre.leggauss(20)
_PLACES, _WEIGHTS = (_Z + 1) / 2, _W / 2
_NOTHING_LEFT = 45.0


@dataclass(frozen=True)
class _Left:
    """ln I of each row, and at each of its points: ln(α+y), ln(β+y), 1/(α+y), 1/(β+y), and its share of I."""

    log_integral: Reals
    points: tuple[Reals, Reals, Reals, Reals]
    shares: Reals


def _integrate(r: float, alpha: float, s: float, beta: float, x: Reals, last: Reals, end: Reals) -> _Left:
    n = r + x
    from_a, from_b = alpha + last, beta + last
    # in z = ln(1 + (y − t) / near) the integrand falls like e^(−(r+x+s) z) at first
    near = (n + s + 1) / (n / from_a + (s + 1) / from_b)
    span = np.minimum(np.log1p((end - last) / near), _NOTHING_LEFT / (n + s))
    grown = np.exp(span[:, None] * _PLACES)
    onward = near[:, None] * (grown - 1)
    at_a, at_b = from_a[:, None] + onward, from_b[:, None] + onward
    log_a, log_b = np.log(at_a), np.log(at_b)
    first_a, first_b = np.log(from_a), np.log(from_b)
    falls = n[:, None] * (log_a - first_a[:, None]) + (s + 1) * (log_b - first_b[:, None])
    parts = np.exp(-falls) * grown * _WEIGHTS
    whole = parts.sum(axis=1)
    shares = parts / whole[:, None]
    with np.errstate(divide="ignore"):  # nobody can have left between t and T where they are one
        log_integral = np.log(whole * near * span) - n * first_a - (s + 1) * first_b
    return _Left(log_integral, (log_a, log_b, 1 / at_a, 1 / at_b), shares)


def probability_alive(parameters: Reals, histories: Histories) -> Reals:
    """The chance of each row's customer to be still with us."""
    r, alpha, s, beta = (float(value) for value in parameters)
    alive = np.empty(len(histories))
    for start in range(0, len(histories), _BLOCK):
        rows = histories.rows(slice(start, start + _BLOCK))
        x, end = rows.frequency.astype(np.float64), rows.age.numbers
        left = np.log(s) + _integrate(r, alpha, s, beta, x, rows.recency.numbers, end).log_integral
        alive[start : start + len(rows)] = expit(-(r + x) * np.log(alpha + end) - s * np.log(beta + end) - left)
    return alive


class ParetoLikelihood:
    """The log-likelihood of grouped histories at (ln r, ln α, ln s, ln β), with gradient and Hessian.

    `scale`: units of time that are 1 here, so that parameters are of the data's own size.
    """

    def __init__(self, histories: Histories, scale: float = 1.0) -> None:
        self._x = histories.frequency.astype(np.float64)
        self._weights = histories.weights
        self._end, self._last = histories.age.numbers / scale, histories.recency.numbers / scale
        self._repeats = Histogram.of(self._x, self._weights)
        self._customers = float(self._weights.sum())

    def __call__(self, at: Reals) -> tuple[float, Reals, Reals]:
        """Value, gradient and Hessian."""
        r, alpha, s, beta = (float(value) for value in np.exp(at))
        n = self._customers
        purchases, purchases_1, purchases_2 = rising(self._repeats, r)
        value = purchases + n * (r * np.log(alpha) + s * np.log(beta))
        gradient = np.array([purchases_1 + n * np.log(alpha), n * r / alpha, n * np.log(beta), n * s / beta])
        hessian = np.diag([purchases_2, -n * r / alpha**2, 0.0, -n * s / beta**2])
        hessian[0, 1] = hessian[1, 0] = n / alpha
        hessian[2, 3] = hessian[3, 2] = n / beta
        for start in range(0, len(self._x), _BLOCK):
            more = self._block(r, alpha, s, beta, slice(start, start + _BLOCK))
            value += more[0]
            gradient += more[1]
            hessian += more[2]
        scale = np.exp(at)
        by_log = gradient * scale
        return float(value), by_log, hessian * np.outer(scale, scale) + np.diag(by_log)

    def _block(self, r: float, alpha: float, s: float, beta: float, rows: slice) -> tuple[float, Reals, Reals]:
        """The last factor of some rows: the weights of being there and of having left."""
        x, end, weights = self._x[rows], self._end[rows], self._weights[rows]
        n, end_a, end_b = r + x, alpha + end, beta + end
        left = _integrate(r, alpha, s, beta, x, self._last[rows], end)
        log_a, log_b = np.log(end_a), np.log(end_b)
        there, gone = -n * log_a - s * log_b, np.log(s) + left.log_integral
        odds = gone - there
        value = dot(weights, there + np.maximum(odds, 0) + np.log1p(np.exp(-np.abs(odds))))
        chance = expit(odds)
        if_there = np.array([-log_a, -n / end_a, -log_b, -s / end_b])
        if_gone, gone_bends = _by_parameters(left, n, s)
        if_gone[2] += 1 / s
        gone_bends[2, 2] -= 1 / s**2
        weigh_there, weigh_gone, between = weights * (1 - chance), weights * chance, if_gone - if_there
        gradient = np.einsum("ij,j->i", if_there, weigh_there) + np.einsum("ij,j->i", if_gone, weigh_gone)
        hessian: Reals = np.einsum("ij,kj->ik", between * (weigh_gone * (1 - chance)), between)
        hessian += np.einsum("ikj,j->ik", gone_bends, weigh_gone)
        across_a, across_b = dot(weigh_there, 1 / end_a), dot(weigh_there, 1 / end_b)
        hessian[[0, 1], [1, 0]] -= across_a
        hessian[[2, 3], [3, 2]] -= across_b
        hessian[1, 1] += dot(weigh_there, n / end_a**2)
        hessian[3, 3] += s * dot(weigh_there, 1 / end_b**2)
        return value, gradient, hessian


def _by_parameters(left: _Left, n: Reals, s: float) -> tuple[Reals, Reals]:
    """Gradient and Hessian of ln I by (r, α, s, β), each row's in the last axis.

    With h = −(ln(α+y), (r+x)/(α+y), ln(β+y), (s+1)/(β+y)): the mean of h over the points; its covariance and the mean of
    its own derivatives.
    """
    log_a, log_b, by_a, by_b = left.points
    slopes = (-log_a, -n[:, None] * by_a, -log_b, -(s + 1) * by_b)
    gradient = np.array([np.einsum("ij,ij->i", slope, left.shares) for slope in slopes])
    hessian = np.empty((4, 4, len(n)))
    for row in range(4):
        weighed = slopes[row] * left.shares
        for column in range(row, 4):
            both = np.einsum("ij,ij->i", weighed, slopes[column])
            hessian[row, column] = hessian[column, row] = both - gradient[row] * gradient[column]
    # −(r+x)/(α+y) and −(s+1)/(β+y) are known already: their derivatives follow from their means
    inverse_a, inverse_b = gradient[1] / n, gradient[3] / (s + 1)
    hessian[0, 1] += inverse_a
    hessian[1, 0] += inverse_a
    hessian[2, 3] += inverse_b
    hessian[3, 2] += inverse_b
    hessian[1, 1] += (hessian[1, 1] + gradient[1] ** 2) / n
    hessian[3, 3] += (hessian[3, 3] + gradient[3] ** 2) / (s + 1)
    return gradient, hessian
