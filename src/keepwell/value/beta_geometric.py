"""How likely are purchase histories whose buyers may leave after a purchase (BG/NBD and its modification)?

While with us, a customer buys at a rate λ (Gamma: shape r, rate α); at each of `chances` occasions they leave with
probability p (Beta: a, b). BG/NBD counts the repeat purchases as occasions, the modified model the first one too, and
nothing else differs: with k occasions of x repeat purchases,

    ln L = ln Γ(r+x)/Γ(r) + r ln α − (r+x) ln(α+T) + ln B(a,b+k)/B(a,b) + ln(1 + eᵘ),
    u = ln a − ln(b+k−1) + (r+x) ln((α+T)/(α+tₓ)),  the last term where k > 0.

eᵘ is the odds of having left. Gamma functions depend on x alone and are summed over its histogram; logarithms of times
depend on the day alone and are looked up; each row costs one exponential.

Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), equation 6; Batislam, Denizel & Filiztekin (2007),
International Journal of Research in Marketing 24(3), equation 5.
"""

from __future__ import annotations

import numpy as np

from keepwell.value.fit import Ints, Reals
from keepwell.value.histories import Histories
from keepwell.value.sums import Histogram, dot, rising

_BLOCK = 1 << 14


class BetaGeometricLikelihood:
    """The log-likelihood of grouped histories at (ln r, ln α, ln a, ln b), with gradient and Hessian.

    `first`: 1 where the first purchase is an occasion to leave, 0 where it is not. `scale`: units of time that are 1
    here, so that parameters are of the data's own size.
    """

    def __init__(self, histories: Histories, first: int, scale: float = 1.0) -> None:
        weights, x = histories.weights, histories.frequency
        self._ages = histories.age.levels / scale
        self._recencies = histories.recency.levels / scale
        self._repeats = Histogram.of(x.astype(np.float64), weights)
        self._occasions = Histogram.of((x + first).astype(np.float64), weights)
        self._customers = float(weights.sum())
        self._by_age = np.bincount(histories.age.codes, weights=weights, minlength=len(self._ages))
        self._bought_by_age = np.bincount(histories.age.codes, weights=weights * x, minlength=len(self._ages))
        could_leave = np.flatnonzero(x + first > 0)
        self._x: Ints = x[could_leave].astype(np.int64)
        self._k = self._x + first
        self._age: Ints = histories.age.codes[could_leave]
        self._recency: Ints = histories.recency.codes[could_leave]
        self._weights = weights[could_leave]

    def __call__(self, at: Reals) -> tuple[float, Reals, Reals]:
        """Value, gradient and Hessian."""
        r, alpha, a, b = (float(value) for value in np.exp(at))
        value, gradient, hessian = self._left(r, alpha, a, b)
        value += self._stayed(r, alpha, a, b, gradient, hessian)
        scale = np.array([r, alpha, a, b])
        by_log = gradient * scale
        return value, by_log, hessian * np.outer(scale, scale) + np.diag(by_log)

    def _stayed(self, r: float, alpha: float, a: float, b: float, gradient: Reals, hessian: Reals) -> float:
        """All but the last term: its value; derivatives are added to `gradient` and `hessian`."""
        purchases, purchases_1, purchases_2 = rising(self._repeats, r)
        stays, stays_1, stays_2 = rising(self._occasions, b)
        both, both_1, both_2 = rising(self._occasions, a + b)
        end = alpha + self._ages
        exponent = r * self._by_age + self._bought_by_age
        logs, n = np.log(end), self._customers
        gradient += [
            purchases_1 + n * np.log(alpha) - self._by_age @ logs,
            n * r / alpha - exponent @ (1 / end),
            -both_1,
            stays_1 - both_1,
        ]
        hessian[0, 0] += purchases_2
        hessian[0, 1] += n / alpha - self._by_age @ (1 / end)
        hessian[1, 0] = hessian[0, 1]
        hessian[1, 1] += -n * r / alpha**2 + exponent @ (1 / end**2)
        hessian[2:, 2:] -= both_2
        hessian[3, 3] += stays_2
        return float(purchases + n * r * np.log(alpha) - exponent @ logs + stays - both)

    def _left(self, r: float, alpha: float, a: float, b: float) -> tuple[float, Reals, Reals]:
        """The last term: the weight of having left."""
        value, gradient, hessian = 0.0, np.zeros(4), np.zeros((4, 4))
        end, last = alpha + self._ages, alpha + self._recencies
        log_end, log_last, by_end, by_last = np.log(end), np.log(last), 1 / end, 1 / last
        most = int(self._k.max(initial=0)) + 1
        stay = b + np.arange(-1, most)  # b + k − 1 at place k
        stay[0] = 1.0  # no occasion, and no row looks here
        log_stay, by_stay = np.log(a) - np.log(stay), -1 / stay
        for start in range(0, len(self._x), _BLOCK):
            rows = slice(start, start + _BLOCK)
            age, recency, k = self._age[rows], self._recency[rows], self._k[rows]
            n = r + self._x[rows]
            waited = log_end[age] - log_last[recency]
            at_end, at_last = by_end[age], by_last[recency]
            odds = log_stay[k] + n * waited
            small = np.exp(-np.abs(odds))
            value += dot(self._weights[rows], np.maximum(odds, 0) + np.log1p(small))
            left = np.where(odds > 0, 1.0, small) / (1 + small)
            once = self._weights[rows] * left
            twice = once * (1 - left)
            slopes = np.empty((4, len(n)))
            slopes[0], slopes[1], slopes[2], slopes[3] = waited, n * (at_end - at_last), 1 / a, by_stay[k]
            gradient += np.einsum("ij,j->i", slopes, once)
            hessian += np.einsum("ij,kj->ik", slopes * twice, slopes)
            cross = dot(once, at_end - at_last)
            hessian[0, 1] += cross
            hessian[1, 0] += cross
            hessian[1, 1] += dot(once, n * (at_last**2 - at_end**2))
            hessian[2, 2] -= float(once.sum()) / a**2
            hessian[3, 3] += dot(once, slopes[3] ** 2)
        return value, gradient, hessian
