"""How likely is each customer to leave in a period, given what was known of them before it?

Discrete-time survival: in each period the chance to leave, h, follows from a baseline (how long they are here, whether a
term ends) and covariates. Two links: `log-log`, ln(−ln(1 − h)) is linear, so that a covariate multiplies the hazard
whatever the length of the period; `logit`, as a logistic regression of person-periods has it. Plain maximum likelihood
by Newton's method, streamed over the cells of the baseline; nothing is shrunk, and where a covariate tells by itself who
left, there is no maximum, and that is said.
Source: Singer & Willett (1993), It's About Time, Journal of Educational Statistics 18; Prentice & Gloeckler (1978),
Regression Analysis of Grouped Survival Data, Biometrics 34.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from keepwell.core.errors import RefusedError, UsageError
from keepwell.value.fit import Z90, Reals
from keepwell.value.person_periods import PersonPeriods, matrix_of
from keepwell.value.summary import Summary

Link = Literal["log-log", "logit"]

_MOST_PASSES = 50
# In log-likelihood, of a further Newton step; sums over many rows carry rounding, hence the part of the value.
_GAIN = 1e-8
_ROUNDING = 1e-14
_AT_ONCE = 8_192  # rows at a time: they stay in the processor's cache, and memory is bounded
_LONGEST_STEP = 5.0  # of any covariate's part in the linear predictor, in standard deviations
_RUNAWAY = 30.0  # times as unsure as at the start: no maximum lies there
_ALIKE = 1e-9


class CovariateError(RefusedError):
    """The likelihood has no single maximum because of the covariates `names`."""

    def __init__(self, code: str, message: str, names: tuple[str, ...], hint: str) -> None:
        super().__init__(code, message, hint=hint)
        self.names = names


@dataclass(frozen=True)
class Signs:
    """What is added to the linear predictor of each row in the first `periods` ahead, and its standard error."""

    value: Reals
    error: Reals
    periods: int

    def of(self, some: slice) -> Signs:
        """That of some rows."""
        return Signs(self.value[some], self.error[some], self.periods)


@dataclass(frozen=True)
class Hazard:
    """A fitted hazard: parameters of the baseline, then coefficients of covariates, with their covariance."""

    link: Link
    names: tuple[str, ...]
    baseline_names: tuple[str, ...]
    baseline: Reals  # cells × baseline parameters
    parameters: Reals
    covariance: Reals
    log_likelihood: float
    periods: int
    events: int

    @property
    def coefficients(self) -> Reals:
        """The covariates' coefficients, in the order of `names`."""
        return self.parameters[len(self.baseline_names) :]

    @property
    def standard_errors(self) -> Reals:
        """How sure is each parameter: of the baseline, then of the covariates."""
        return np.sqrt(np.diag(self.covariance))

    def summary(self) -> Summary:
        """What does each covariate do? Its coefficient, its factor on the hazard (or odds), and 90% intervals."""
        value, error = self.parameters, self.standard_errors
        return Summary({"name": [*self.baseline_names, *self.names], "coefficient": value, "standard_error": error,
                        "factor": np.exp(value), "low": np.exp(value - Z90 * error), "high": np.exp(value + Z90 * error)})  # fmt: skip

    def predictor(self, covariates: Any) -> Reals:
        """The covariates' part of the linear predictor, one for each row."""
        matrix, _ = matrix_of(covariates, self.names)
        part: Reals = matrix @ self.coefficients
        return part

    def hazards(self, covariates: Any, cell: npt.ArrayLike) -> Reals:
        """The chance to leave in a period of this cell of the baseline (one for each row), 0..1."""
        height = self.baseline @ self.parameters[: len(self.baseline_names)]
        return _chance(self.link, height[np.asarray(cell)] + self.predictor(covariates))

    def cumulative(
        self, covariates: Any, cells: npt.ArrayLike, signs: Signs | None = None
    ) -> tuple[Reals, Reals, Reals]:
        """The cumulative hazard H over the periods ahead, −ln(1 − chance to leave by their end), for each row.

        `cells`, rows × periods: in which cell of the baseline each period lies. Gives H, the part of it that falls in
        the periods of `signs`, and the standard error of ln H (delta method) for the uncertainty of the parameters.
        """
        matrix, _ = matrix_of(covariates, self.names)
        ahead = np.asarray(cells)
        out = np.empty((3, len(matrix)))
        for first in range(0, len(matrix), _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            out[:, some] = self._cumulative(matrix[some], ahead[some], signs.of(some) if signs else None)
        return out[0], out[1], out[2]

    def chances(self, covariates: Any, cells: npt.ArrayLike, signs: Signs | None = None) -> tuple[Reals, Reals, Reals]:
        """The chance to leave within the periods ahead (see `cumulative`), with its 90% interval, 0..1."""
        hazard, _, error = self.cumulative(covariates, cells, signs)
        low, high = (-np.expm1(-hazard * np.exp(z * error)) for z in (-Z90, Z90))
        return -np.expm1(-hazard), low, high

    def _cumulative(self, matrix: Reals, cells: npt.NDArray[Any], signs: Signs | None) -> Reals:
        count, periods = len(self.baseline_names), signs.periods if signs else 0
        height, part = self.baseline @ self.parameters[:count], matrix @ self.coefficients
        total, early, slope = (
            np.zeros(len(matrix)),
            np.zeros(len(matrix)),
            np.zeros((len(matrix), len(self.parameters))),
        )
        for period in range(cells.shape[1]):
            shift = signs.value if signs is not None and period < periods else 0.0
            hazard, change = _cumulated(self.link, height[cells[:, period]] + part + shift)
            total += hazard
            early += hazard * (period < periods)
            slope[:, :count] += change[:, None] * self.baseline[cells[:, period]]
            slope[:, count:] += change[:, None] * matrix
        some = np.maximum(total, 1e-300)
        slope /= some[:, None]
        variance = ((slope @ self.covariance) * slope).sum(axis=1)
        if signs is not None:
            variance += (early / some * signs.error) ** 2
        return np.array([total, early, np.sqrt(np.maximum(variance, 0.0))])


def fit_hazard(seen: PersonPeriods, link: Link = "log-log") -> Hazard:
    """Which baseline and coefficients make it likeliest that these left, and then?

    Raises `RefusedError`: `hazard-nobody-left`; `hazard-step` where nobody or everybody left in a part of the baseline;
    `hazard-alike` where a covariate follows from others; `hazard-separated` where covariates tell who left.
    """
    if link not in ("log-log", "logit"):
        raise UsageError("hazard-link", f"no link {link}", hint="log-log or logit")
    start = _start(seen, link)
    point = _climbed(seen, link, start)
    covariance = _inverse(point.information)
    _refuse_separated(seen, point, covariance, start)
    return Hazard(link, seen.names, seen.baseline_names, seen.baseline, point.at, covariance, point.value,
                  seen.periods, seen.events)  # fmt: skip


@dataclass(frozen=True)
class _Point:
    at: Reals
    value: float
    gradient: Reals
    information: Reals


def _start(seen: PersonPeriods, link: Link) -> _Point:
    """The baseline as it is without covariates, roughly."""
    periods, events = seen.by_cell
    if not events.sum():
        raise RefusedError("hazard-nobody-left", f"nobody left in {int(periods.sum())} periods: nothing tells who will")
    _refuse_steps(seen, periods, events)
    some = periods > 0
    rate = (events[some] + 0.5) / (periods[some] + 1.0)
    height = np.log(-np.log1p(-rate)) if link == "log-log" else np.log(rate / (1 - rate))
    scale = np.sqrt(periods[some])[:, None]
    level, *_ = np.linalg.lstsq(seen.baseline[some] * scale, height * scale[:, 0], rcond=None)
    at = np.concatenate([level, np.zeros(len(seen.names))])
    if seen.offset.any():
        at[: len(level)] -= float(np.mean(seen.offset)) * _in_all(seen.baseline)
    point = _point(seen, link, at)
    _refuse_alike(seen, point)
    return point


def _in_all(baseline: Reals) -> Reals:
    """What to add to the baseline's parameters to add one to every cell."""
    found, *_ = np.linalg.lstsq(baseline, np.ones(len(baseline)), rcond=None)
    return np.asarray(found)


def _climbed(seen: PersonPeriods, link: Link, point: _Point) -> _Point:
    """Newton's method; both likelihoods are concave, so that whatever rises leads to the one top, if there is one."""
    reach = np.concatenate([np.ones(len(seen.baseline_names)), seen.spread])
    for _ in range(_MOST_PASSES):
        scale = 1 / np.sqrt(np.maximum(np.diag(point.information), 1e-300))
        scaled = point.information * scale[:, None] * scale
        step = scale * np.linalg.lstsq(scaled, scale * point.gradient, rcond=1e-14)[0]
        gain = float(step @ point.gradient) / 2
        if gain < max(_GAIN, _ROUNDING * abs(point.value)):
            return replace(point, at=point.at + step)  # too short to be worth looking at what is there
        longest = float(np.abs(step * reach).max())
        step *= min(1.0, _LONGEST_STEP / longest) if longest > 0 else 1.0
        higher = _higher(seen, link, point, step)
        if higher is None:
            return point
        point = higher
    return point


def _inverse(information: Reals) -> Reals:
    try:
        inverse: Reals = np.linalg.inv(information).astype(np.float64)
    except np.linalg.LinAlgError:
        return np.full_like(information, np.inf)
    return inverse


def _higher(seen: PersonPeriods, link: Link, point: _Point, step: Reals) -> _Point | None:
    for _ in range(30):
        found = _point(seen, link, point.at + step)
        if np.isfinite(found.value) and found.value >= point.value:
            return found
        step = step / 2
    return None


def _point(seen: PersonPeriods, link: Link, at: Reals) -> _Point:
    """Log-likelihood, gradient and information: some rows at a time, and of those each cell in which they stand.

    The covariates of a row are multiplied out once, whatever the number of its cells.
    """
    count = len(seen.baseline_names)
    sums = _Sums(*(np.zeros(shape) for shape in _shapes(seen)))
    height = seen.baseline @ at[:count]
    value = 0.0
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for first in range(0, len(seen.covariates), _AT_ONCE):
            value += _add(sums, seen, link, height, at[count:], slice(first, first + _AT_ONCE))
    information = np.empty((len(at), len(at)))
    information[:count, :count] = seen.baseline.T @ (sums.cell_weight[:, None] * seen.baseline)
    information[:count, count:] = seen.baseline.T @ sums.cross
    information[count:, :count] = information[:count, count:].T
    information[count:, count:] = sums.squares
    return _Point(at, value, np.concatenate([sums.cell_rest @ seen.baseline, sums.rest]), information)


@dataclass(frozen=True)
class _Sums:
    """By cell of the baseline and by covariate: what was seen less what was expected (rest), and its weights."""

    cell_rest: Reals
    cell_weight: Reals
    cross: Reals  # cells × covariates
    rest: Reals
    squares: Reals  # covariates × covariates


def _shapes(seen: PersonPeriods) -> tuple[tuple[int, ...], ...]:
    cells, names = len(seen.baseline), len(seen.names)
    return (cells,), (cells,), (cells, names), (names,), (names, names)


def _add(sums: _Sums, seen: PersonPeriods, link: Link, height: Reals, coefficients: Reals, some: slice) -> float:
    """Add these rows to the sums; gives their log-likelihood."""
    rows = seen.covariates[some]
    part = rows @ coefficients + seen.offset[some]
    weight, rest, value = np.zeros(len(part)), np.zeros(len(part)), 0.0
    for block in seen.blocks:
        first, last = max(block.first, some.start), min(block.last, some.start + len(part))
        if first >= last:
            continue
        own, those = slice(first - some.start, last - some.start), slice(first - block.first, last - block.first)
        likelihood, slope, curve = _LINKS[link](
            height[block.cell] + part[own], block.periods[those], block.events[those]
        )
        value += likelihood
        rest[own] += slope
        weight[own] += curve
        sums.cell_rest[block.cell] += slope.sum()
        sums.cell_weight[block.cell] += curve.sum()
        sums.cross[block.cell] += curve @ rows[own]
    sums.rest[:] += rest @ rows
    sums.squares[:] += rows.T @ (rows * weight[:, None])
    return value


def _logit(at: Reals, periods: Reals, events: Reals) -> tuple[float, Reals, Reals]:
    """Binomial log-likelihood, its slope and its curvature (turned round) by the linear predictor."""
    stays = 1 / (1 + np.exp(at))
    expected = periods * (1 - stays)
    value = float(events @ at + periods @ np.log(stays))
    return value, events - expected, expected * stays


def _log_log(at: Reals, periods: Reals, events: Reals) -> tuple[float, Reals, Reals]:
    """The same where −ln(1 − h) is the exponential of the linear predictor."""
    u = np.exp(at)
    stayed = (periods - events) * u
    left = np.flatnonzero(events)
    some, e = u[left], events[left]
    value = float(e @ np.log(-np.expm1(-some)) - stayed.sum())
    q = some / np.expm1(some)
    slope, curve = -stayed, stayed.copy()
    slope[left] += e * q
    curve[left] += e * q * (some + q - 1)
    return value, slope, curve


_LINKS = {"logit": _logit, "log-log": _log_log}


def _chance(link: Link, at: Reals) -> Reals:
    return 1 / (1 + np.exp(-at)) if link == "logit" else -np.expm1(-np.exp(at))


def _cumulated(link: Link, at: Reals) -> tuple[Reals, Reals]:
    """−ln(1 − h), and its slope by the linear predictor."""
    if link == "logit":
        hazard = np.logaddexp(0.0, at)
        return hazard, -np.expm1(-hazard)
    hazard = np.exp(at)
    return hazard, hazard


def _refuse_steps(seen: PersonPeriods, periods: Reals, events: Reals) -> None:
    """A part of the baseline in which nobody could leave, nobody did, or everybody did, has no height of its own."""
    for place, name in enumerate(seen.baseline_names):
        own = seen.baseline[:, place] != 0
        many, some = int(periods[own].sum()), int(events[own].sum())
        if some in (0, many):
            found = "nobody left" if many else "nobody was there"
            found = "everybody left" if some and some == many else found
            raise RefusedError("hazard-step", f"{found} in {name} ({many} periods): the likelihood has no maximum",
                               hint="join it with the step beside it")  # fmt: skip


def _refuse_alike(seen: PersonPeriods, start: _Point) -> None:
    """Before any search: a covariate that is constant, or follows from others and the baseline."""
    own = start.information
    root = np.sqrt(np.diag(own))
    for place, name in enumerate(seen.names, start=len(seen.baseline_names)):
        column = seen.covariates[:, place - len(seen.baseline_names)]
        if (column == column[0]).all():
            raise CovariateError("hazard-alike", f"{name} is {column[0]:g} for everybody", (name,), "leave it out")
        before = own[:place, :place] / root[:place, None] / root[:place]
        with_it = own[:place, place] / root[:place] / root[place]
        explained = float(with_it @ np.linalg.lstsq(before, with_it, rcond=1e-12)[0])
        if explained > 1 - _ALIKE:
            partner = int(np.abs(with_it).argmax())
            like = [*seen.baseline_names, *seen.names][partner]
            raise CovariateError("hazard-alike", f"{name} follows from what is there before it, most from {like}",
                                 (name,), f"leave out one of {like} and {name}")  # fmt: skip


def _refuse_separated(seen: PersonPeriods, point: _Point, covariance: Reals, start: _Point) -> None:
    """Where a covariate tells who left, its coefficient runs away: it is far less sure at the end than at the start."""
    count = len(seen.baseline_names)
    if not seen.names:
        return
    first = np.sqrt(np.diag(_inverse(start.information)))[count:]
    last = np.sqrt(np.maximum(np.diag(covariance)[count:], 0.0))
    far = ~(last < _RUNAWAY * first) & (np.abs(point.at[count:]) * seen.spread > 1)
    if far.any():
        names = tuple(name for name, one in zip(seen.names, far, strict=True) if one)
        words = ", ".join(names)
        raise CovariateError("hazard-separated", f"{words} tell{'s' * (len(names) == 1)} who left: the likelihood has no "
                             "maximum", names,
                             "was it recorded when they left? otherwise leave it out or join its values")  # fmt: skip
