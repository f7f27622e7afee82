"""Which parameters make what was seen likeliest, and is there such a point at all?

Newton's method on the logarithms of the parameters, which keeps them positive and brings them to one scale, with a
line search, from several starts. Where the likelihood has no maximum inside sane bounds (it rises towards 0 or without
limit, or hardly depends on a parameter) there is no answer, and the refusal says why in plain words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from keepwell.core.errors import RefusedError
from keepwell.value.fit import Bools, Fit, Reals

# (value, gradient, hessian or None) of a log-likelihood, at the logarithms of the parameters
LogLikelihood = Callable[[Reals], tuple[float, Reals, Reals | None]]

# No parameter, in units of the data's own size, lies beyond a hundred thousand times or parts of one.
_EDGE = float(np.log(1e5))
# Not known to within a factor of a hundred is not known.
_VAGUE = float(np.log(100.0))
_LONGEST_STEP = 2.0
_MOST_PASSES = 200
_DIFFERENCE = 1e-5
# What a further Newton step would gain in log-likelihood. Sums over many rows carry rounding, hence the part of the value.
_GAIN = 1e-10
_ROUNDING = 1e-14
# Along an edge rounding can be climbed for ever: so many passes that gain less than this are enough.
_STALLED, _MOST_STALLED = 1e-6, 3
# Where rounding hides any further gain, this near to the top is there: a seventieth of a standard error.
_AS_GOOD_AS_THERE = 1e-4


@dataclass(frozen=True)
class _Point:
    at: Reals
    value: float
    gradient: Reals
    information: Reals  # the negative Hessian


def maximise(
    log_likelihood: LogLikelihood,
    starts: Sequence[Sequence[float]],
    names: Sequence[str],
    customers: int,
    edges: Mapping[str, tuple[str, str]] | None = None,
) -> Fit:
    """Which positive parameters make what was seen likeliest, and how sure are they?

    `log_likelihood` takes the logarithms of the parameters and gives value, gradient and Hessian there (without a
    Hessian, differences of the gradient take its place). `starts` are parameters to begin with, of which the best end
    counts; give them, and think of the parameters, in units of the data's own size. `customers`: how many were seen.
    `edges` says of a parameter what it means that it runs to 0, and that it grows without limit.
    Raises `RefusedError` (`value-no-maximum`) where the likelihood has no maximum within 0.00001 and 100,000, or does
    not determine a parameter to within a factor of a hundred.
    """
    climbed = [_climb(log_likelihood, np.log(np.array(start, dtype=np.float64))) for start in starts]
    ends = [end for end in climbed if end is not None]
    if not ends:
        raise _refused("the likelihood cannot be computed at any start")
    highest = max(end.value for end in ends)
    # of several ends at the same height one on the edge, or else the first, so that rounding does not choose
    tops = [end for end in ends if end.value >= highest - _AS_GOOD_AS_THERE]
    best = next((end for end in tops if _on_edge(end.at).any()), tops[0])
    _refuse_edges(best, tuple(names), edges or {})
    covariance = _covariance(best, tuple(names))
    return Fit(tuple(names), tuple(map(float, np.exp(best.at))), covariance, best.value, customers)


def _climb(log_likelihood: LogLikelihood, start: Reals) -> _Point | None:
    """The highest point reached from `start`; it lies on the edge where the likelihood rises towards it."""
    point, stalled = _point(log_likelihood, start), 0
    for _ in range(_MOST_PASSES):
        if point is None:
            return None
        step = _step(point)
        gain = float(step @ point.gradient) / 2
        if gain < max(_GAIN, _ROUNDING * abs(point.value)):
            return replace(point, at=point.at + step)  # too short to be worth looking at what is there
        higher = _leap(log_likelihood, point, step) if gain < _AS_GOOD_AS_THERE else None
        higher = higher or _search(log_likelihood, point, step)
        if higher is None:
            return point if gain < _AS_GOOD_AS_THERE or _on_edge(point.at).any() else None
        stalled = stalled + 1 if higher.value - point.value < _STALLED else 0
        point = higher
        if stalled > _MOST_STALLED and _on_edge(point.at).any():
            return point
    return point


def _point(log_likelihood: LogLikelihood, at: Reals, at_least: float = float("-inf")) -> _Point | None:
    """What is there; None where nothing can be computed, or less than `at_least`, which is seen before the curvature."""
    with np.errstate(all="ignore"):
        value, gradient, hessian = log_likelihood(at)
        if not value >= at_least:
            return None
        if hessian is None and np.isfinite(value):
            hessian = _differences(log_likelihood, at)
    if hessian is None or not (np.isfinite(value) and np.isfinite(gradient).all() and np.isfinite(hessian).all()):
        return None
    return _Point(at, float(value), gradient, -(hessian + hessian.T) / 2)


def _differences(log_likelihood: LogLikelihood, at: Reals) -> Reals:
    """The Hessian by central differences of the gradient."""
    around = [(log_likelihood(at + step)[1], log_likelihood(at - step)[1]) for step in np.eye(len(at)) * _DIFFERENCE]
    return np.array([(after - before) / (2 * _DIFFERENCE) for after, before in around])


def _leap(log_likelihood: LogLikelihood, point: _Point, step: Reals) -> _Point | None:
    """The end of an endless climb, on the edge: where a parameter is vague and hardly anything is gained any more."""
    if np.linalg.eigvalsh(point.information)[0] >= _VAGUE**-2 or _on_edge(point.at).any():
        return None
    room = (_EDGE - np.sign(step) * point.at) / np.maximum(np.abs(step), 1e-300)
    end = _point(log_likelihood, np.clip(point.at + float(room.min()) * step, -_EDGE, _EDGE))
    return end if end is not None and end.value >= point.value else None


def _step(point: _Point) -> Reals:
    """Newton's step; where the surface is not a dome, along its axes uphill, as far as their curvature says.

    A parameter that stands on the edge and would go beyond it stays where it is.
    """
    free = ~(_on_edge(point.at) & (np.sign(point.gradient) == np.sign(point.at)))
    step = np.zeros_like(point.at)
    if not free.any():
        return step
    curvatures, axes = np.linalg.eigh(point.information[np.ix_(free, free)])
    steepest = float(np.abs(curvatures).max())
    curvatures = np.maximum(np.abs(curvatures), max(1e-12 * steepest, 1e-300))
    step[free] = axes @ ((axes.T @ point.gradient[free]) / curvatures)
    longest = float(np.abs(step).max())
    return step if longest <= _LONGEST_STEP else step * (_LONGEST_STEP / longest)


def _search(log_likelihood: LogLikelihood, point: _Point, step: Reals) -> _Point | None:
    """The first point along the step, halved until it is high enough; None where there is none."""
    rise = float(step @ point.gradient)
    part = 1.0
    for _ in range(40):
        at = np.clip(point.at + part * step, -_EDGE, _EDGE)
        found = _point(log_likelihood, at, point.value + 1e-4 * part * rise)
        if found is not None:
            return found
        part /= 2
    return None


def _on_edge(at: Reals) -> Bools:
    on_edge: Bools = np.abs(at) >= _EDGE - 1e-9
    return on_edge


def _refuse_edges(best: _Point, names: tuple[str, ...], edges: Mapping[str, tuple[str, str]]) -> None:
    for name, place, on_edge in zip(names, best.at, _on_edge(best.at), strict=True):
        if on_edge:
            meaning = edges.get(name, ("", ""))[int(place > 0)]
            way = "grows without limit" if place > 0 else "runs to 0"
            raise _refused(f"the likelihood rises as long as {name} {way}" + (f": {meaning}" if meaning else ""))


def _covariance(best: _Point, names: tuple[str, ...]) -> tuple[tuple[float, ...], ...]:
    curvatures, axes = np.linalg.eigh(best.information)
    flattest = axes[:, 0]
    if curvatures[0] <= 0:
        vague = int(np.abs(flattest).argmax())
        raise _refused(f"the likelihood does not depend on {names[vague]} where it is highest")
    covariance = (axes / curvatures) @ axes.T
    errors = np.sqrt(np.diag(covariance))
    if errors.max() > _VAGUE:
        vague = int(errors.argmax())
        raise _refused(f"these customers do not determine {names[vague]}, not even to within a factor of a hundred")
    return tuple(tuple(map(float, row)) for row in (covariance + covariance.T) / 2)


def _refused(why: str) -> RefusedError:
    return RefusedError("value-no-maximum", f"no parameters fit best: {why}",
                        hint="take more customers, a longer history, or a simpler model")  # fmt: skip
