"""How sure is a value? 95% intervals of shares, of NPS, of means, and of the difference of two shares.

All functions take numbers or arrays alike and give arrays; nothing observed gives nan, not a guess.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

Reals = npt.NDArray[np.float64]
Numbers = npt.ArrayLike

Z95 = 1.959963984540054


@dataclass(frozen=True)
class Interval:
    """A value with its standard error and the two ends of its 95% interval, one of each per unit."""

    value: Reals
    se: Reals
    low: Reals
    high: Reals


def ratio(top: Numbers, bottom: Numbers) -> Reals:
    """Top / bottom, nan where bottom is 0."""
    above, below = np.asarray(top, dtype=np.float64), np.asarray(bottom, dtype=np.float64)
    above, below = np.broadcast_arrays(above, below)
    out = np.full(above.shape, np.nan)
    np.divide(above, below, out=out, where=below != 0)
    return out


def nps_interval(promoters: Numbers, passives: Numbers, detractors: Numbers) -> Interval:
    """What is the NPS of these answers, in points −100..100, and how sure is it?

    Adjusted Wald: .75 promoters, 1.5 passives and .75 detractors are added for the interval, not for the value.
    Source: B. Rocks (2016), Interval estimation for the Net Promoter Score, The American Statistician 70.

    >>> found = nps_interval(19, 9, 8)
    >>> [round(float(x), 2) for x in (found.value, found.low, found.high)]
    [30.56, 2.88, 53.53]
    """
    p, s, d = (np.asarray(x, dtype=np.float64) for x in (promoters, passives, detractors))
    n = p + s + d
    share_p, share_d = (p + 0.75) / (n + 3), (d + 0.75) / (n + 3)
    centre = share_p - share_d
    se = np.sqrt((share_p + share_d - centre**2) / (n + 3))
    none = n == 0
    low = np.where(none, np.nan, np.clip(100 * (centre - Z95 * se), -100, 100))
    high = np.where(none, np.nan, np.clip(100 * (centre + Z95 * se), -100, 100))
    return Interval(100 * ratio(p - d, n), np.where(none, np.nan, 100 * se), low, high)


def wilson(successes: Numbers, n: Numbers, z: float = Z95) -> Interval:
    """What share is it, 0..1, and how sure? Wilson's score interval; n may be an effective number of answers.

    Source: R. G. Newcombe (1998), Two-sided confidence intervals for the single proportion, Statistics in Medicine 17.

    >>> found = wilson(81, 263)
    >>> round(float(found.low), 4), round(float(found.high), 4)
    (0.2553, 0.3662)
    """
    x, many = np.broadcast_arrays(np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64))
    p = ratio(x, many)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = (x + z * z / 2) / (many + z * z)
        half = z / (many + z * z) * np.sqrt(many * p * (1 - p) + z * z / 4)
        se = np.sqrt(p * (1 - p) / many)
        low, high = np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
    # the ends are exact where nobody or everybody was counted; the sums above miss that by an ulp
    low = np.where(p == 0, 0.0, low)
    high = np.where(p == 1, 1.0, high)
    none = np.isnan(p)
    return Interval(p, np.where(none, np.nan, se), np.where(none, np.nan, low), np.where(none, np.nan, high))


def effective_n(weight: Numbers, weight_squared: Numbers) -> Reals:
    """As how many equally weighted answers do weighted ones count (Kish)? (Σw)² / Σw².

    >>> float(effective_n(4, 4)), round(float(effective_n(5, 17)), 4)
    (4.0, 1.4706)
    """
    return ratio(np.asarray(weight, dtype=np.float64) ** 2, weight_squared)


def newcombe_difference(x1: Numbers, n1: Numbers, x2: Numbers, n2: Numbers, z: float = Z95) -> Interval:
    """By how much do two independent shares differ (first − second), and how sure is that?

    Newcombe's hybrid score interval (his method 10), of `z` standard errors.
    Source: R. G. Newcombe (1998), Interval estimation for the difference between independent proportions, ibid.

    >>> found = newcombe_difference(56, 70, 48, 80)
    >>> round(float(found.low), 4), round(float(found.high), 4)
    (0.0524, 0.3339)
    """
    one, two = wilson(x1, n1, z), wilson(x2, n2, z)
    gap = one.value - two.value
    low = gap - np.sqrt((one.value - one.low) ** 2 + (two.high - two.value) ** 2)
    high = gap + np.sqrt((one.high - one.value) ** 2 + (two.value - two.low) ** 2)
    return Interval(gap, np.sqrt(one.se**2 + two.se**2), low, high)


def mean_interval(total: Numbers, squares: Numbers, n: Numbers) -> Interval:
    """What is the mean of n values with this sum and sum of squares, and how sure? Student's interval; none below two.

    >>> found = mean_interval(10, 54, 2)
    >>> round(float(found.low), 2), round(float(found.high), 2)
    (-12.97, 22.97)
    """
    s, q, many = (np.asarray(x, dtype=np.float64) for x in (total, squares, n))
    mean = ratio(s, many)
    spread = ratio(np.maximum(q - ratio(s * s, many), 0), many - 1)
    se = np.sqrt(ratio(np.where(many > 1, spread, np.nan), many))
    half = _student(many) * se
    return Interval(mean, se, mean - half, mean + half)


def _student(n: Reals) -> Reals:
    """How many standard errors of n values make a 95% interval: more than 1.96, the fewer there are."""
    return np.asarray(stdtrit(np.maximum(n - 1, 1), 0.975), dtype=np.float64)


def ratio_interval(top: Reals, bottom: Reals, squares: tuple[Reals, Reals, Reals], n: Numbers) -> Interval:
    """What is Σy / Σx over n customers, and how sure? `squares` are Σy², Σxy and Σx² over the same customers.

    By linearisation: the variance of the residuals y − R·x between customers, over (Σx)²; none below two customers.
    """
    many = np.asarray(n, dtype=np.float64)
    r = ratio(top, bottom)
    yy, xy, xx = squares
    residuals = np.maximum(yy - 2 * r * xy + r * r * xx, 0)
    se = np.sqrt(ratio(residuals * ratio(many, np.where(many > 1, many - 1, np.nan)), bottom * bottom))
    half = _student(many) * se
    return Interval(r, se, r - half, r + half)


def nonresponse_bounds(nps: Numbers, rate: Numbers) -> tuple[Reals, Reals]:
    """Between what would the NPS be if who did not answer were all detractors, or all promoters? In points.

    >>> low, high = nonresponse_bounds(60, 0.3)
    >>> round(float(low), 6), round(float(high), 6)
    (-52.0, 88.0)
    """
    score, share = np.asarray(nps, dtype=np.float64), np.asarray(rate, dtype=np.float64)
    return share * score - (1 - share) * 100, share * score + (1 - share) * 100
