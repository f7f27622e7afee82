"""How are sums over many customers formed: products, and ln Γ from the histogram of the numbers it depends on?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from keepwell.value.fit import Reals


@dataclass(frozen=True)
class Histogram:
    """Which whole numbers occur, and how often each."""

    at: Reals
    counts: Reals

    @classmethod
    def of(cls, numbers: Reals, weights: Reals) -> Histogram:
        """The histogram of `numbers` (whole, from 0 on), each counted `weights` times."""
        counts = np.bincount(numbers.astype(np.int64), weights=weights)
        at = np.flatnonzero(counts)
        return cls(at.astype(np.float64), counts[at].astype(np.float64))


def dot(one: Reals, other: Reals) -> float:
    """The sum of products. Not by `@`, whose threads wait for each other where processors are shared."""
    return float(np.einsum("i,i->", one, other))


def rising(histogram: Histogram, start: float) -> tuple[float, float, float]:
    """The sum of ln Γ(start + n) − ln Γ(start) over the histogram's n, and its first two derivatives by `start`."""
    n, counts = histogram.at, histogram.counts
    value = counts @ (gammaln(start + n) - gammaln(start))
    first = counts @ (digamma(start + n) - digamma(start))
    second = counts @ (polygamma(1, start + n) - polygamma(1, start))
    return float(value), float(first), float(second)
