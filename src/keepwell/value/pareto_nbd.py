"""Who will buy again, and how often, where a customer may leave at any moment (Pareto/NBD)?

Purchases come at a rate λ of the customer's own (Gamma: shape r, rate alpha); the customer leaves at a rate μ of their own
(Gamma: shape s, rate beta), whenever that is.

Source: Schmittlein, Morrison & Colombo (1987), Management Science 33(1), 1–24; Fader & Hardie (2005), A Note on Deriving
the Pareto/NBD Model and Related Expressions, brucehardie.com.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from keepwell.value.fit import Ints, Reals
from keepwell.value.histories import Histories
from keepwell.value.maximise import LogLikelihood
from keepwell.value.order_model import OrderModel, starts_about
from keepwell.value.pareto_likelihood import ParetoLikelihood, probability_alive


class ParetoNbd(OrderModel):
    """The Pareto/NBD model: parameters r, alpha, s, beta (alpha and beta in units of time)."""

    title: ClassVar[str] = "Pareto/NBD"
    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")
    rates: ClassVar[tuple[str, ...]] = ("alpha", "beta")
    edges: ClassVar[Mapping[str, tuple[str, str]]] = {
        "r": ("hardly anybody comes back", "all customers buy at the same rate"),
        "alpha": ("customers buy without pause", "all customers buy at the same rate"),
        "s": ("nobody seems ever to leave", "all customers leave at the same rate"),
        "beta": ("many leave at once", "nobody seems ever to leave, or all at the same rate"),
    }

    def _likelihood(self, grouped: Histories, scale: float) -> LogLikelihood:
        return ParetoLikelihood(grouped, scale)

    def _starts(self, rate: float) -> list[list[float]]:
        return starts_about(rate, [(0.6, 0.5), (2.0, 4.0)])

    def _alive(self, parameters: Reals, histories: Histories) -> Reals:
        distinct, place = histories.alike()
        alive: Reals = probability_alive(parameters, distinct)[place]
        return alive

    def _if_alive(self, parameters: Reals, frequency: Reals, age: Reals, t: Reals) -> Reals:
        """(r+x)/(α+T) purchases per unit of time in which one is there: ∫₀ᵗ ((β+T)/(β+T+u))ˢ du of them.

        Source: Fader & Hardie (2005), equation 41, written so that s = 1 is no exception.
        """
        r, alpha, s, beta = parameters
        lasting = np.log1p(t / (beta + age))
        there = lasting if abs(s - 1) < 1e-9 else -np.expm1((1 - s) * lasting) / (s - 1)
        purchases: Reals = (r + frequency) / (alpha + age) * (beta + age) * there
        return purchases

    def simulate(self, parameters: Reals, frequency: Reals, age: Reals, horizon: float, draw: np.random.Generator
                 ) -> tuple[Ints, Reals]:  # fmt: skip
        """Purchases come until the horizon, or until the customer leaves."""
        r, alpha, s, beta = parameters.T
        rate = draw.standard_gamma(r + frequency) / (alpha + age)
        leaves = np.maximum(draw.standard_gamma(s) / (beta + age), 1e-300)
        until = np.minimum(draw.standard_exponential(len(s)) / leaves, horizon)
        return draw.poisson(np.minimum(rate * until, 1e9)), until

    def _of_new(self, parameters: Reals, t: Reals) -> Reals:
        return self._if_alive(parameters, np.zeros(1), np.zeros(1), t)

    def _nearest_singularity(self, parameters: Reals) -> float:
        return float(min(parameters[1], parameters[3]))
