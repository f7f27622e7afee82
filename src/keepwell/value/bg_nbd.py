"""Who will buy again, and how often, where a customer may leave after each repeat purchase (BG/NBD)?

Purchases come at a rate λ of the customer's own (Gamma: shape r, rate α); after each repeat purchase the customer leaves
with a probability p of their own (Beta: a, b). Who never came back cannot have left.

Source: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2), 275–284.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from scipy.special import expit, hyp2f1

from keepwell.value.beta_geometric import BetaGeometricLikelihood
from keepwell.value.fit import Ints, Reals
from keepwell.value.histories import Histories
from keepwell.value.maximise import LogLikelihood
from keepwell.value.order_model import OrderModel, starts_about


class BetaGeo(OrderModel):
    """The BG/NBD model: parameters r, alpha (in units of time), a, b."""

    title: ClassVar[str] = "BG/NBD"
    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    rates: ClassVar[tuple[str, ...]] = ("alpha",)
    edges: ClassVar[Mapping[str, tuple[str, str]]] = {
        "r": ("hardly anybody comes back", "all customers buy at the same rate"),
        "alpha": ("customers buy without pause", "all customers buy at the same rate"),
        "a": ("nobody seems ever to leave", "all customers leave with the same probability"),
        "b": ("everybody leaves at once", "nobody seems ever to leave, or all with the same probability"),
    }
    first: ClassVar[int] = 0  # whether the first purchase is an occasion to leave

    def _likelihood(self, grouped: Histories, scale: float) -> LogLikelihood:
        return BetaGeometricLikelihood(grouped, self.first, scale)

    def _starts(self, rate: float) -> list[list[float]]:
        return starts_about(rate, [(0.6, 2.0), (2.0, 12.0)])

    def _alive(self, parameters: Reals, histories: Histories) -> Reals:
        r, alpha, a, b = parameters
        x = histories.frequency
        occasions = x + self.first
        end, last = np.log(alpha + histories.age.levels), np.log(alpha + histories.recency.levels)
        stay = np.log(np.maximum(b + np.arange(int(occasions.max(initial=0)) + 1) - 1, 1e-300)) - np.log(a)
        odds = stay[occasions] - (r + x) * (end[histories.age.codes] - last[histories.recency.codes])
        alive: Reals = np.where(occasions > 0, expit(odds), 1.0)
        return alive

    def _if_alive(self, parameters: Reals, frequency: Reals, age: Reals, t: Reals) -> Reals:
        """(c / (a−1)) · [1 − ₂F₁(r+x, a−1; c; −t/(α+T))], c = a+b+k−1: the papers' form after Pfaff's transformation.

        In it the first parameter of ₂F₁ is r+x less than c, small whatever x is, and the argument lies in 0..1. Where a is so
        large that its two factors are no numbers any more, the papers' form before Euler's transformation takes its place.
        """
        r, alpha, a, b = parameters
        a = a if abs(a - 1) > 1e-6 else 1 + 1e-6  # at 1 the formula is 0 / 0, and smooth about it
        c = a + b + frequency + self.first - 1
        ahead = t / (alpha + age)
        part, shape = ahead / (1 + ahead), r + frequency
        with np.errstate(over="ignore", invalid="ignore"):
            stays = np.exp((1 - a) * np.log1p(ahead)) * hyp2f1(c - shape, a - 1, c, part)
        if not np.isfinite(stays).all():
            plain = np.exp(-shape * np.log1p(ahead)) * hyp2f1(shape, c - a + 1, c, part)
            stays = np.where(np.isfinite(stays), stays, plain)
        purchases: Reals = c / (a - 1) * (1 - stays)
        return purchases

    def simulate(self, parameters: Reals, frequency: Reals, age: Reals, horizon: float, draw: np.random.Generator
                 ) -> tuple[Ints, Reals]:  # fmt: skip
        """Purchases come until the horizon, or until the customer leaves after one of them."""
        r, alpha, a, b = parameters.T
        rate = draw.standard_gamma(r + frequency) / (alpha + age)
        leaves = np.maximum(draw.beta(a, b + frequency + self.first), 1e-12)
        would, most = draw.poisson(np.minimum(rate * horizon, 1e9)), draw.geometric(leaves)
        counts = np.minimum(would, most)
        # the last of so many among all that would have come by chance over the horizon
        until = np.where(most < would, horizon * most / (would + 1.0), horizon)
        return counts, until

    def _of_new(self, parameters: Reals, t: Reals) -> Reals:
        stays = parameters[3] / (parameters[2] + parameters[3]) if self.first else 1.0
        of_new: Reals = stays * self._if_alive(parameters, np.zeros(1), np.zeros(1), t)
        return of_new
