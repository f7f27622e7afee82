"""What is a measure's value, and how sure is it, given the sums of what was observed? One function per family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from keepwell.measure.columns import Ints
from keepwell.measure.intervals import (
    Interval,
    Reals,
    effective_n,
    mean_interval,
    nonresponse_bounds,
    nps_interval,
    wilson,
)
from keepwell.measure.intervals import ratio as divided


@dataclass(frozen=True)
class Sums:
    """Per unit and window: rows observed, and the measure's sums a, b, c in their own unit."""

    n: Ints
    a: Reals
    b: Reals
    c: Reals


@dataclass(frozen=True)
class Estimates:
    """Per unit and window: the value, its interval, rows observed, and what credibility needs.

    `weight` is the (effective) number of answers, `squares_within` the sum of squared distances of the answers from
    the unit's own value; nan where the family has none.
    """

    interval: Interval
    n: Ints
    weight: Reals
    squares_within: Reals


def _nps(sums: Sums) -> Estimates:
    promoters, detractors = sums.a, sums.b
    found = nps_interval(promoters, sums.n - promoters - detractors, detractors)
    squares = 1e4 * (promoters + detractors - divided((promoters - detractors) ** 2, sums.n))
    return Estimates(found, sums.n, sums.n.astype(np.float64), squares)


def _nps_bounds(sums: Sums) -> Estimates:
    answered = sums.c
    score, rate = 100 * divided(sums.a - sums.b, answered), divided(answered, sums.n)
    score = np.where(answered == 0, 0.0, score)
    low, high = nonresponse_bounds(score, rate)
    nothing = np.full(low.shape, np.nan)
    return Estimates(Interval(score * rate, nothing, low, high), sums.n, nothing, nothing)


def _share(sums: Sums) -> Estimates:
    many = effective_n(sums.b, sums.c)
    share = divided(sums.a, sums.b)
    found = wilson(np.nan_to_num(share * many), np.nan_to_num(many))
    return Estimates(found, sums.n, many, many * share * (1 - share))


def _mean(sums: Sums) -> Estimates:
    found = mean_interval(sums.a, sums.b, sums.n)
    bounded = Interval(found.value, found.se, np.maximum(found.low, 0), found.high)
    squares = np.maximum(sums.b - divided(sums.a**2, sums.n), 0)
    return Estimates(bounded, sums.n, sums.n.astype(np.float64), squares)


def _times(sums: Sums) -> Estimates:
    """A share against the share expected: the interval is the share's, in the same proportion."""
    found = wilson(sums.a, sums.n)
    expected = divided(sums.b, sums.n)
    nothing = np.full(found.value.shape, np.nan)
    scaled = (divided(x, expected) for x in (found.value, found.se, found.low, found.high))
    return Estimates(Interval(*scaled), sums.n, nothing, nothing)


BY_SUMS: dict[str, Callable[[Sums], Estimates]] = {
    "nps": _nps,
    "nps_bounds": _nps_bounds,
    "share": _share,
    "mean": _mean,
    "times": _times,
}
