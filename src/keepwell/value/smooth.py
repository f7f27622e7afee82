"""How is a smooth function of purchases and days tabulated for a million customers without computing it for each?

On an axis with many levels it is computed at few Chebyshev points of the logarithm, and the polynomial through them is
read at the levels: for functions without a singularity near the axis this is exact to ten digits.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from keepwell.value.fit import Reals

_POINTS = 28
_ALWAYS = 16  # the first levels of an axis of whole numbers, where functions bend most

# (numbers along the first axis, along the second, along the third) → the function there, by broadcasting
OfThree = Callable[[Reals, Reals, Reals], Reals]


def chebyshev(low: float, high: float) -> Reals:
    """The points at which to compute a function between `low` and `high`."""
    angles = np.pi * np.arange(_POINTS) / (_POINTS - 1)
    points: Reals = (low + high) / 2 - (high - low) / 2 * np.cos(angles)
    return points


def reading(points: Reals, at: Reals) -> Reals:
    """The matrix that takes values at Chebyshev `points` to those of the polynomial through them, `at` other places.

    Source: Berrut & Trefethen (2004), SIAM Review 46(3), equation 4.2 and 5.4 (second barycentric form).
    """
    weights = np.where(np.arange(len(points)) % 2 == 0, 1.0, -1.0)
    weights[[0, -1]] /= 2
    apart = at[:, None] - points[None, :]
    exact = apart == 0
    parts = weights / np.where(exact, 1.0, apart)
    rows: Reals = np.where(exact.any(axis=1)[:, None], exact.astype(np.float64), parts)
    rows /= rows.sum(axis=1, keepdims=True)
    return rows


def thinned(levels: Reals, shift: float, whole: bool = False) -> tuple[Reals, Reals]:
    """At which places must a function of ln(shift + level) be computed, and which matrix leads to all `levels`?

    `levels` ascend. Where `whole`, the first of them are kept, since they are few and functions bend most there.
    """
    kept = min(_ALWAYS, len(levels)) if whole else 0
    many = levels[kept:]
    if len(many) <= _POINTS:
        return levels, np.eye(len(levels))
    points = chebyshev(float(np.log(shift + many[0])), float(np.log(shift + many[-1])))
    matrix = np.zeros((len(levels), kept + _POINTS))
    matrix[:kept, :kept] = np.eye(kept)
    matrix[kept:, kept:] = reading(points, np.log(shift + many))
    return np.concatenate([levels[:kept], np.exp(points) - shift]), matrix


def weighed(times: Reals, weights: Reals, shift: float) -> tuple[Reals, Reals]:
    """At which times must a function be computed, and with which weights, for Σ weights · function(times)?"""
    if len(times) <= _POINTS:
        return times, weights
    points = chebyshev(float(np.log(shift + times[0])), float(np.log(shift + times[-1])))
    return np.exp(points) - shift, weights @ reading(points, np.log(shift + times))


def table(function: OfThree, counts: Reals, ages: Reals, times: Reals, weights: Reals, shift: float) -> Reals:
    """Σ weights · function(count, age, times), for each of `counts` (rows) and `ages` (columns), all ascending.

    `shift`: what is added to ages and times before taking logarithms: the function's own rate parameter.
    """
    few_counts, from_counts = thinned(counts, 0.0, whole=True)
    few_ages, from_ages = thinned(ages, shift)
    few_times, few_weights = weighed(times, weights, shift + float(few_ages[0]))
    values = function(few_counts[:, None, None], few_ages[None, :, None], few_times[None, None, :]) @ few_weights
    tabulated: Reals = from_counts @ values @ from_ages.T
    return tabulated
