"""What is later money worth on the day of valuing? Time in years of 365.25 days; the discount is per year and compounds."""

from __future__ import annotations

import numpy as np

from keepwell.value.fit import Reals

_NODES = 200


def present_years(start: Reals, end: Reals, discount: float) -> Reals:
    """What one a year, coming evenly from `start` to `end` (years from now), is worth now.

    >>> np.round(present_years(np.array([0.0, 1.0]), np.array([1.0, 2.0]), 0.1), 4).tolist()
    [0.9538, 0.8671]
    >>> present_years(np.array([0.0]), np.array([2.0]), 0.0).tolist()
    [2.0]
    """
    rate = np.log1p(discount)
    later = np.maximum(end, start)
    if rate == 0:
        return np.asarray(later - start)
    return np.asarray((np.exp(-rate * start) - np.exp(-rate * later)) / rate)


def as_they_come(horizon: float, rate: float, scale: float) -> tuple[Reals, Reals]:
    """At which times u, and with which weights, does Σ weight · K(u) discount at `rate` what has added up to K(u) by u?

    That is ∫ e^(−rate·u) dK(u) up to the horizon: by parts e^(−rate·horizon) · K(horizon) + rate · ∫ e^(−rate·u) K(u) du, by
    Gauss and Legendre in ln(1 + u / scale), where `scale` is the time within which K bends at the beginning.

    >>> times, weights = as_they_come(20.0, 0.1, 5.0)
    >>> bool(abs(weights @ times - (1 - np.exp(-2)) / 0.1) < 1e-12)
    True
    """
    if rate == 0:
        return np.array([horizon]), np.ones(1)
    nodes, parts = np.polynomial.legendre.leggauss(_NODES)
    half = np.log1p(horizon / scale) / 2
    stretched = half * (nodes + 1)
    times = scale * np.expm1(stretched)
    weights = rate * np.exp(-rate * times) * half * parts * scale * np.exp(stretched)
    return np.append(times, horizon), np.append(weights, np.exp(-rate * horizon))
