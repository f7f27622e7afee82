"""How long do customers under contract stay, if each has a chance of their own to leave that never changes?

Customers differ in their chance to leave at a renewal by a beta distribution (alpha, beta). Whoever is likely to leave
leaves early, so that retention rises with every renewal though nobody changes.
Source: Fader & Hardie (2007), How to Project Customer Retention, Journal of Interactive Marketing 21, 76–90.
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
class ShiftedBetaGeometric(RenewalModel):
    """The chance to leave is constant for each customer: S(t) = B(alpha, beta + t) / B(alpha, beta).

    >>> seen = {"renewals": [0, 1, 2, 3, 4], "left": [1, 1, 1, 1, 0], "customers": [369, 163, 86, 56, 326]}
    >>> model = ShiftedBetaGeometric().fit(seen)
    >>> [round(float(x), 2) for x in model.parameters], [round(float(x), 3) for x in model.retention([1, 2, 7])]
    ([0.76, 1.3], [0.629, 0.75, 0.905])
    """

    title: ClassVar[str] = "shifted-beta-geometric"
    names: ClassVar[tuple[str, ...]] = ("alpha", "beta")
    starts: ClassVar[tuple[tuple[float, ...], ...]] = ((1.0, 1.0), (0.5, 4.0))
    edges: ClassVar[Mapping[str, tuple[str, str]]] = {
        "alpha": ("some leave and the others never will", "all customers have one and the same chance to leave"),
        "beta": ("all leave at once", "all customers have one and the same chance to leave"),
    }

    @staticmethod
    def log_survival(parameters: Reals, t: Reals) -> Reals:
        """The logarithm of S(t). Source: equation 6."""
        alpha, beta = parameters
        return np.asarray(betaln(alpha, beta + t) - betaln(alpha, beta))

    @staticmethod
    def slopes(parameters: Reals, t: Reals) -> Reals:
        """The derivatives of ln S(t) by alpha and beta."""
        alpha, beta = parameters
        both = digamma(alpha + beta) - digamma(alpha + beta + t)
        return np.array([both, both + digamma(beta + t) - digamma(beta)])
