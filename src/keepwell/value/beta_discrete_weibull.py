"""How long do customers under contract stay, if the chance to leave of each also changes from renewal to renewal?

The shifted-beta-geometric model has one more parameter, `shape`: above 1 everybody's own chance to leave grows with
time, below 1 it falls, at 1 it is constant and the two models are the same.
Source: Fader, Hardie, Liu, Davin & Steenburgh (2018), "How to Project Customer Retention" Revisited: The Role of
Duration Dependence, Journal of Interactive Marketing 43, 1–16.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import betaln, digamma

from keepwell.value.fit import Reals
from keepwell.value.renewals import RenewalModel


@dataclass(frozen=True)
class BetaDiscreteWeibull(RenewalModel):
    """The chance to leave changes with time for each customer: S(t) = B(alpha, beta + t^shape) / B(alpha, beta).

    >>> seen = {"renewals": [*range(7), 7], "left": [1] * 7 + [0], "customers": [131, 126, 90, 60, 42, 34, 26, 491]}
    >>> [round(float(x), 2) for x in BetaDiscreteWeibull().fit(seen).survival([1, 5])]
    [0.87, 0.55]
    """

    title: ClassVar[str] = "beta-discrete-Weibull"
    names: ClassVar[tuple[str, ...]] = ("alpha", "beta", "shape")
    starts: ClassVar[tuple[tuple[float, ...], ...]] = ((1.0, 1.0, 1.0), (0.5, 4.0, 1.0), (1.0, 2.0, 2.0))
    edges: ClassVar[Mapping[str, tuple[str, str]]] = {
        "alpha": ("some leave and the others never will", "all customers have one and the same chance to leave"),
        "beta": ("all leave at once", "all customers have one and the same chance to leave"),
        "shape": ("all who leave do so at once", "all who stay once leave together"),
    }

    @staticmethod
    def log_survival(parameters: Reals, t: Reals) -> Reals:
        """The logarithm of S(t). Source: equation 6."""
        alpha, beta, shape = parameters
        return np.asarray(betaln(alpha, beta + t**shape) - betaln(alpha, beta))

    @staticmethod
    def slopes(parameters: Reals, t: Reals) -> Reals:
        """The derivatives of ln S(t) by alpha, beta and shape."""
        alpha, beta, shape = parameters
        passed = t**shape
        both = digamma(alpha + beta) - digamma(alpha + beta + passed)
        own = digamma(beta + passed) - digamma(alpha + beta + passed)
        by_time = own * passed * np.log(np.where(t > 0, t, 1.0))
        return np.array([both, both + digamma(beta + passed) - digamma(beta), by_time])
