"""Who will buy again, and how often, where all customers leave with the same probability after each repeat purchase?

It is what BG/NBD (`bg_nbd`) becomes where its likelihood rises as long as b grows: purchases come at a rate λ of the customer's
own (Gamma: shape r, rate α), and the probability p to leave is one number for all. `odds` is p / (1 − p). With x repeat
purchases, the last at tₓ, known up to T,

    ln L = ln Γ(r+x)/Γ(r) + r ln α − (r+x) ln(α+T) − x ln(1 + odds) + ln(1 + eᵘ),
    u = ln odds + (r+x) ln((α+T)/(α+tₓ)),  the last term where x > 0.

Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), equation 3, with the Gamma mixture over λ alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import digamma, expit, gammaln

from keepwell.value.fit import Ints, Reals
from keepwell.value.histories import Histories
from keepwell.value.maximise import LogLikelihood
from keepwell.value.order_model import OrderModel
from keepwell.value.sums import dot


class ConstantDropout(OrderModel):
    """BG/NBD with one probability to leave for all: parameters r, alpha (in units of time), odds."""

    title: ClassVar[str] = "BG/NBD with one chance to leave for all"
    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "odds")
    rates: ClassVar[tuple[str, ...]] = ("alpha",)
    edges: ClassVar[Mapping[str, tuple[str, str]]] = {
        "r": ("hardly anybody comes back", "all customers buy at the same rate"),
        "alpha": ("customers buy without pause", "all customers buy at the same rate"),
        "odds": ("nobody seems ever to leave", "everybody leaves at once"),
    }

    def _likelihood(self, grouped: Histories, scale: float) -> LogLikelihood:
        return _Likelihood(
            grouped.frequency.astype(np.float64),
            grouped.recency.numbers / scale,
            grouped.age.numbers / scale,
            grouped.weights,
        )

    def _starts(self, rate: float) -> list[list[float]]:
        return [[shape, shape / max(rate, 1e-3), odds] for shape, odds in ((0.6, 0.2), (2.0, 0.1))]

    def _alive(self, parameters: Reals, histories: Histories) -> Reals:
        r, alpha, odds = parameters
        x = histories.frequency
        waited = np.log(alpha + histories.age.numbers) - np.log(alpha + histories.recency.numbers)
        alive: Reals = np.where(x > 0, expit(-np.log(odds) - (r + x) * waited), 1.0)
        return alive

    def _if_alive(self, parameters: Reals, frequency: Reals, age: Reals, t: Reals) -> Reals:
        """(1 / p) · [1 − ((α+T) / (α+T+p·t))^(r+x)]: the mean over λ of what comes before leaving."""
        r, alpha, odds = parameters
        leaves = odds / (1 + odds)
        purchases: Reals = -np.expm1(-(r + frequency) * np.log1p(leaves * t / (alpha + age))) / leaves
        return purchases

    def simulate(self, parameters: Reals, frequency: Reals, age: Reals, horizon: float, draw: np.random.Generator
                 ) -> tuple[Ints, Reals]:  # fmt: skip
        """Purchases come until the horizon, or until the customer leaves after one of them."""
        r, alpha, odds = parameters.T
        rate = draw.standard_gamma(r + frequency) / (alpha + age)
        would, most = (
            draw.poisson(np.minimum(rate * horizon, 1e9)),
            draw.geometric(np.maximum(odds / (1 + odds), 1e-12)),
        )
        until = np.where(most < would, horizon * most / (would + 1.0), horizon)
        return np.minimum(would, most), until

    def _of_new(self, parameters: Reals, t: Reals) -> Reals:
        return self._if_alive(parameters, np.zeros(1), np.zeros(1), t)


@dataclass(frozen=True)
class _Likelihood:
    """The log-likelihood at (ln r, ln α, ln odds), with its gradient; times in units of the data's own size."""

    x: Reals
    recency: Reals
    age: Reals
    weights: Reals

    def __call__(self, at: Reals) -> tuple[float, Reals, None]:
        r, alpha, odds = (float(value) for value in np.exp(at))
        n, end, last = r + self.x, alpha + self.age, alpha + self.recency
        waited = np.log(end) - np.log(last)
        u = np.where(self.x > 0, np.log(odds) + n * waited, -np.inf)
        left = expit(u)
        value = (
            gammaln(n)
            - gammaln(r)
            + r * np.log(alpha)
            - n * np.log(end)
            - self.x * np.log1p(odds)
            + np.logaddexp(0.0, u)
        )
        by_r = digamma(n) - digamma(r) + np.log(alpha) - np.log(end) + left * waited
        by_alpha = r / alpha - n / end + left * n * (1 / end - 1 / last)
        by_odds = left / odds - self.x / (1 + odds)
        slopes = [dot(self.weights, by_r) * r, dot(self.weights, by_alpha) * alpha, dot(self.weights, by_odds) * odds]
        return dot(self.weights, value), np.array(slopes), None
