"""How much does a customer spend at a purchase, given what they spent so far (gamma-gamma)?

A customer's purchases are Gamma (shape p, rate ν); ν differs between customers (Gamma: shape q, rate gamma, an amount of
money). How often somebody buys is taken to say nothing about how much: `correlation` says how far that holds.

Nothing here depends on the currency: amounts are measured by their own mean before anything is fitted, so that the same
purchases in another currency give the same p and q, and gamma and every expected amount by the rate of exchange.

Source: Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value, note 025 of brucehardie.com, equations 1a, 5.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from keepwell.core.errors import RefusedError, UsageError
from keepwell.value.fit import Fit, Ints, Reals
from keepwell.value.histories import Histories, histories_of
from keepwell.value.maximise import maximise
from keepwell.value.summary import Summary
from keepwell.value.sums import dot

_SAMPLE = 20_000
_NAMES = ("p", "q", "gamma")
# of amounts whose mean is 1: p · gamma / (q − 1) = 1
_STARTS = [[1.0, 3.0, 2.0], [6.0, 4.0, 0.5], [3.0, 12.0, 11.0 / 3]]
_EDGES = {
    "p": ("a customer's purchases differ without bound", "each customer always spends the same"),
    "q": ("customers differ without bound", "all customers spend alike"),
    "gamma": ("customers differ without bound", "all customers spend alike"),
}


class GammaGamma:
    """The gamma-gamma model of spend: parameters p, q, and gamma in the currency of the amounts."""

    title = "gamma-gamma"
    names = _NAMES

    def __init__(self, fitted: Fit | None = None) -> None:
        self.fitted = fitted
        self.correlation = float("nan")

    @classmethod
    def known(cls, p: float, q: float, gamma: float) -> GammaGamma:
        """The model with these parameters, as they were published or found before, without standard errors."""
        return cls(Fit.known(_NAMES, {"p": p, "q": q, "gamma": gamma}, cls.title))

    @property
    def result(self) -> Fit:
        """What the fit says. Raises `UsageError` (`value-not-fitted`) before there is one."""
        if self.fitted is None:
            raise UsageError("value-not-fitted", "gamma-gamma has no parameters yet", hint="call fit(histories) first")
        return self.fitted

    def fit(self, histories: Any) -> GammaGamma:
        """Which parameters make the amounts of those who came back likeliest? The model itself is given back.

        Histories need `frequency` and `monetary` (or `monetary_value`). `correlation` then says how much frequency and amount go together, −1..1.
        Raises `RefusedError` (`value-no-maximum`) where no parameters do, as when everybody always spends the same.
        """
        seen = _came_back(histories)
        amounts, counts, weights = _monetary(seen), seen.frequency, seen.weights
        scale = dot(weights, amounts) / float(weights.sum())
        starts = _STARTS
        step = -(-len(seen) // _SAMPLE)
        if step > 1:
            few = slice(step // 2, None, step)
            try:
                likelihood = GammaGammaLikelihood(counts[few], amounts[few] / scale, weights[few])
                starts = [list(maximise(likelihood, _STARTS, _NAMES, seen.count, _EDGES).values)]
            except RefusedError:
                starts = _STARTS
        likelihood = GammaGammaLikelihood(counts, amounts / scale, weights)
        found = maximise(likelihood, starts, _NAMES, seen.count, _EDGES)
        self.fitted = found.scaled([1.0, 1.0, scale], -float(weights.sum()) * float(np.log(scale)))
        self.correlation = _correlation(counts, amounts, weights)
        return self

    def summary(self) -> Summary:
        """What are the parameters? One row each: value, standard error, 90% interval."""
        return self.result.summary()

    def log_likelihood(self, histories: Any) -> float:
        """How likely are these mean amounts under the parameters? The sum of logarithms over those who came back."""
        seen = _came_back(histories)
        likelihood = GammaGammaLikelihood(seen.frequency, _monetary(seen), seen.weights)
        return likelihood(np.log(np.array(self.result.values)))[0]

    def expected_spend(self, histories: Any) -> Reals:
        """How much will each customer spend at a purchase, on average over what their rate may be?

        Between the mean of all and that of the customer, nearer to the latter the oftener they bought; of one who never
        came back it is the mean of all. Raises `RefusedError` (`value-no-mean`) where that is infinite (q is 1 or less).
        """
        seen = histories_of(histories)
        p, q, gamma = self.result.values
        spent = seen.frequency * _monetary(seen)
        shape = p * seen.frequency + q - 1
        if len(shape) and shape.min() <= 0:
            raise RefusedError("value-no-mean", f"amounts differ so much between customers (q is {q:.3g}) that the mean of a "
                               "customer of whom little is known is infinite", hint="give the mean amount itself")  # fmt: skip
        expected: Reals = p * (gamma + spent) / shape
        return expected

    def scales(self, histories: Any) -> tuple[Reals, float]:
        """In what unit is each customer's spend distributed alike (gamma + what they spent), and the mean of all amounts?"""
        seen = histories_of(histories)
        amounts, weights = _monetary(seen), seen.weights * (seen.frequency > 0)
        total = float(weights.sum())
        return self.result["gamma"] + seen.frequency * amounts, dot(weights, amounts) / total if total > 0 else 0.0


class GammaGammaLikelihood:
    """The log-likelihood of mean amounts of `counts` purchases at (ln p, ln q, ln gamma), with gradient and Hessian."""

    def __init__(self, counts: Ints, amounts: Reals, weights: Reals) -> None:
        self._x = counts.astype(np.float64)
        self._weights = weights
        self._spent = self._x * amounts
        by_count = np.bincount(counts, weights=weights)
        self._at = np.flatnonzero(by_count).astype(np.float64)
        self._by_count = by_count[by_count > 0]
        self._total = float(weights.sum())
        self._log_spent = dot(weights * self._x, np.log(self._spent))
        self._log_amounts = dot(weights, np.log(amounts))

    def __call__(self, at: Reals) -> tuple[float, Reals, Reals]:
        """Value, gradient and Hessian."""
        p, q, gamma = (float(value) for value in np.exp(at))
        x, n, total = self._at, self._by_count, self._total
        both, own = p * x + q, p * x
        reached = gamma + self._spent
        logs, inverse = np.log(reached), 1 / reached
        shape = p * self._x + q
        weighed, inverse_weighed = self._weights * logs, self._weights * inverse
        by_shape, by_inverse = dot(shape, inverse_weighed), float(inverse_weighed.sum())
        value = (
            n @ (gammaln(both) - gammaln(own)) - total * (gammaln(q) - q * np.log(gamma)) + p * self._log_spent
            - self._log_amounts - dot(shape, weighed)
        )  # fmt: skip
        gradient = np.array([
            (n * x) @ (digamma(both) - digamma(own)) + self._log_spent - dot(self._x, weighed),
            n @ digamma(both) - total * (digamma(q) - np.log(gamma)) - weighed.sum(),
            total * q / gamma - by_shape,
        ])  # fmt: skip
        trigamma = polygamma(1, both)
        by_p_gamma, by_q_gamma = -dot(self._x, inverse_weighed), total / gamma - by_inverse
        by_p_q = float((n * x) @ trigamma)
        hessian = np.array([
            [(n * x * x) @ (trigamma - polygamma(1, own)), by_p_q, by_p_gamma],
            [by_p_q, n @ trigamma - total * polygamma(1, q), by_q_gamma],
            [by_p_gamma, by_q_gamma, -total * q / gamma**2 + dot(shape * inverse, inverse_weighed)],
        ])  # fmt: skip
        scale = np.exp(at)
        by_log = gradient * scale
        return float(value), by_log, hessian * np.outer(scale, scale) + np.diag(by_log)


def _came_back(histories: Any) -> Histories:
    """The rows with a repeat purchase, which alone have a mean amount."""
    seen = histories_of(histories)
    came_back = np.flatnonzero(seen.frequency > 0)
    if not len(came_back):
        raise RefusedError("value-no-maximum", "no parameters fit best: nobody came back, so there is no amount to learn from",
                           hint="wait for a longer history")  # fmt: skip
    _monetary(seen)
    return seen.rows(came_back)


def _monetary(seen: Histories) -> Reals:
    if seen.monetary is None:
        raise UsageError(
            "value-histories", "these histories say nothing of amounts: there is no column monetary or monetary_value"
        )
    return seen.monetary


def _correlation(counts: Ints, amounts: Reals, weights: Reals) -> float:
    """Pearson's correlation of frequency and mean amount; 0 where one of them does not vary."""
    total = weights.sum()
    x, z = counts - dot(weights, counts.astype(np.float64)) / total, amounts - dot(weights, amounts) / total
    spread = dot(weights, x**2) * dot(weights, z**2)
    return dot(weights, x * z) / spread**0.5 if spread > 0 else 0.0
