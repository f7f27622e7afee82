"""How long does it take, when some have not come to the end yet, or never will? Curves and medians from counts.

Rows are (unit, duration, outcome, count): outcome 1 it happened, 0 not yet (censored), 2 it cannot any more (a
competing end). All units are done at once; a row stands for any number of cases.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from keepwell.measure.intervals import Z95, Reals

Ints = npt.NDArray[np.int64]

# Running sums over many units carry the rounding of the units before: a tie with one half must not hang on it.
_SLACK = 1e-9
# 1 − 2 · ½ⁿ, what the whole range of n cases holds of the median, is 95% from six on
_FEWEST = 6
# e to this power is as good as infinite, and can still be told
_WIDEST = 100.0


@dataclass(frozen=True)
class Medians:
    """Per unit: when half have come to the end, the interval of that, and how many cases it rests on. nan: not yet."""

    value: Reals
    low: Reals
    high: Reals
    n: Ints


@dataclass(frozen=True)
class Curve:
    """Steps of all units behind one another: unit, duration, what share has come to the end by then, its variance."""

    unit: Ints
    duration: Ints
    reached: Reals
    variance: Reals


def cumulative_incidence(unit: Ints, duration: Ints, outcome: Ints, count: Ints) -> Curve:
    """What share of each unit's cases has come to the end by each duration (Aalen–Johansen)?

    Without competing ends this is one minus Kaplan–Meier's survival, with Greenwood's variance. With them the
    variance is Aalen's, by the delta method. Source: Marubini & Valsecchi (1995), chapter 10.

    >>> steps = cumulative_incidence(*(np.array(x) for x in ([0, 0, 0], [2, 3, 5], [1, 0, 1], [1, 1, 1])))
    >>> [round(float(x), 4) for x in steps.reached]
    [0.3333, 0.3333, 1.0]
    """
    steps = _steps(unit, duration, outcome, count)
    here, ended, other = steps.at_risk.astype(float), steps.ended.astype(float), steps.other.astype(float)
    start = steps.start
    all_ends = ended + other
    gone = np.where(here > 0, all_ends / np.maximum(here, 1), 0)
    survived = np.exp(_running(np.log(np.where(gone < 1, 1 - gone, 1)), start))
    survived = np.where(_any_before(gone >= 1, start), 0.0, survived)
    before = np.ones_like(survived)
    before[1:] = survived[:-1]
    before[steps.first] = 1.0
    hazard = np.where(here > 0, ended / np.maximum(here, 1), 0)
    if not other.any():
        left = here - ended
        spread = np.where(left > 0, ended / np.maximum(here * left, 1), 0)
        return Curve(steps.unit, steps.duration, 1 - survived, survived**2 * _running(spread, start))
    reached = _running(before * hazard, start)
    return Curve(steps.unit, steps.duration, reached, _variance(reached, before, here, ended, all_ends, start))


def medians(unit: Ints, duration: Ints, outcome: Ints, count: Ints, units: int) -> Medians:
    """By when have half of each unit's cases come to the end, with a 95% interval?

    The first duration by which the curve reaches one half; the interval's ends are where its upper and lower bounds
    (log-log) do. Below six cases there is no interval: even from the least to the greatest of five would hold the
    median less than 95 times of 100. Source: Brookmeyer & Crowley (1982), Biometrics 38.

    >>> found = medians(*(np.array(x) for x in ([0, 0, 0, 0], [1, 4, 6, 9], [1, 1, 1, 0], [1, 1, 1, 2])), units=1)
    >>> float(found.value[0]), float(found.low[0]), int(found.n[0])
    (6.0, nan, 5)
    """
    curve = cumulative_incidence(unit, duration, outcome, count)
    lower, upper = _bounds(curve)
    n = np.zeros(units, dtype=np.int64)
    np.add.at(n, unit, count)
    value, low, high = (_first(curve, bound >= 0.5 - _SLACK, units) for bound in (curve.reached, upper, lower))
    few = n < _FEWEST
    return Medians(value, np.where(few, np.nan, low), np.where(few, np.nan, high), n)


@dataclass(frozen=True)
class _Steps:
    """Distinct (unit, duration) in order; `first`: where units begin; `start`: that place for every step."""

    unit: Ints
    duration: Ints
    at_risk: Ints
    ended: Ints
    other: Ints
    first: Ints
    start: Ints


def _steps(unit: Ints, duration: Ints, outcome: Ints, count: Ints) -> _Steps:
    order = _sorted_by(unit, duration)
    unit, duration, outcome, count = unit[order], duration[order], outcome[order], count[order]
    new = np.ones(len(unit), dtype=bool)
    new[1:] = (unit[1:] != unit[:-1]) | (duration[1:] != duration[:-1])
    places = np.flatnonzero(new)
    if not len(places):
        none = np.zeros(0, dtype=np.int64)
        return _Steps(none, none, none, none, none, none, none)
    total = np.add.reduceat(count, places)
    ended = np.add.reduceat(np.where(outcome == 1, count, 0), places)
    other = np.add.reduceat(np.where(outcome == 2, count, 0), places)
    unit, duration = unit[places], duration[places]
    first = np.flatnonzero(np.append(True, unit[1:] != unit[:-1]))
    lengths = np.diff(np.append(first, len(unit)))
    start = np.repeat(first, lengths)
    passed = np.cumsum(total) - total
    in_unit = np.repeat(np.add.reduceat(total, first), lengths)
    return _Steps(unit, duration, in_unit - (passed - passed[start]), ended, other, first, start)


def _sorted_by(unit: Ints, duration: Ints) -> Ints:
    """The order by unit and duration; free where the rows stand in the order of durations already."""
    from scipy.sparse import coo_array

    if len(unit) == 0:
        return np.zeros(0, dtype=np.int64)
    by_time = np.argsort(duration, kind="stable") if np.any(duration[1:] < duration[:-1]) else np.arange(len(unit))
    # turning coordinates into rows is a counting sort, and keeps the order within a row
    rows = unit[by_time]
    shape = (int(rows.max()) + 1, len(rows))
    return coo_array((by_time, (rows, np.arange(len(rows)))), shape=shape).tocsr().data


def _running(values: Reals, start: Ints) -> Reals:
    """Sums from each unit's first step on."""
    total = np.cumsum(values)
    return total - (total[start] - values[start])


def _any_before(flags: npt.NDArray[np.bool_], start: Ints) -> npt.NDArray[np.bool_]:
    seen = np.cumsum(flags, dtype=np.int64)
    return np.asarray(seen - (seen[start] - flags[start]) > 0)


def _variance(reached: Reals, before: Reals, here: Reals, ended: Reals, all_ends: Reals, start: Ints) -> Reals:
    """Σ (F(t) − F(tj))² d/(r(r − d)) + Σ S² (r − d1) d1/r³ − 2 Σ (F(t) − F(tj)) S d1/r², as running sums."""
    left = here - all_ends
    spread = np.where(left > 0, all_ends / np.maximum(here * left, 1), 0)
    a = _running(spread, start)
    b = _running(spread * reached, start)
    c = _running(spread * reached**2, start)
    cube = np.maximum(here, 1) ** 3
    d = _running(before**2 * (here - ended) * ended / cube, start)
    cross = before * ended / np.maximum(here, 1) ** 2
    e = _running(cross, start)
    f = _running(cross * reached, start)
    return np.maximum(reached**2 * a - 2 * reached * b + c + d - 2 * (reached * e - f), 0)


def _bounds(curve: Curve) -> tuple[Reals, Reals]:
    """Lower and upper bound of the share that has come to the end, by the complementary log-log of what has not."""
    left = np.clip(1 - curve.reached, 1e-15, 1 - 1e-15)
    inside = (curve.reached > _SLACK) & (curve.reached < 1 - _SLACK)
    width = np.minimum(Z95 * np.sqrt(curve.variance) / (left * np.abs(np.log(left))), _WIDEST)
    lower = np.where(inside, 1 - left ** np.exp(-width), curve.reached)
    upper = np.where(inside, 1 - left ** np.exp(width), curve.reached)
    return lower, upper


def _first(curve: Curve, reached: npt.NDArray[np.bool_], units: int) -> Reals:
    """The first duration of each unit at which `reached` holds."""
    out = np.full(units, np.nan)
    places = np.flatnonzero(reached)[::-1]
    out[curve.unit[places]] = curve.duration[places]
    return out
