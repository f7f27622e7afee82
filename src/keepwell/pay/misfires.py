"""What in a plan is known to misfire? Cliffs, caps, pay by chance, and advances that nobody has accepted, with the money.

How much of a score is chance follows from the number of answers: in the latest run, where there is one, else the least
that the plan asks for. With the usual spread of answers (three in ten are neither promoters nor detractors) 30 answers
have a 95% interval of ±28 points at NPS +30, and somebody whose customers are exactly average is 5 points above the
average 36% of the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import erf, sqrt
from statistics import median
from typing import Any

from keepwell.core.errors import Problem
from keepwell.measure.catalogue import CATALOGUE
from keepwell.measure.intervals import Z95
from keepwell.pay import say
from keepwell.pay.measures import PAYABLE
from keepwell.pay.picture import Picture, flat_from, jumps, picture_of, target_of
from keepwell.pay.pieces import pieces_of
from keepwell.pay.plan import Part, Plan
from keepwell.pay.plan_tables import ACTUAL
from keepwell.pay.said import inside, title_of

_NEUTRAL = 0.3
_STEEP = Fraction(1, 10)
_NEAR_CAP = Fraction(5, 4)
_MUCH = Fraction(1, 2)


@dataclass(frozen=True)
class Seen:
    """What a scored part rested on in a run: its typical number of answers, its standard error, and Z."""

    n: int
    se: float | None
    z: float | None


def seen_in(evidence: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Seen]:
    """By plan and part, the medians over people and windows. `evidence` are rows of a run's `pay_evidence`."""
    rows: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in evidence:
        if row["scenario"] == ACTUAL and row["n"]:
            rows.setdefault((row["plan"], row["part"]), []).append(row)
    return {key: _seen(found) for key, found in rows.items()}


def _seen(rows: list[Mapping[str, Any]]) -> Seen:
    widths = [
        float(row["high"] - row["low"]) / 2 / Z95 for row in rows if row["high"] is not None and row["low"] is not None
    ]
    weights = [float(row["z"]) for row in rows if row["z"] is not None]
    return Seen(int(median(row["n"] for row in rows)), median(widths) if widths else None,
                median(weights) if weights else None)  # fmt: skip


def misfires(plan: Plan, seen: Mapping[tuple[str, str], Seen] | None = None) -> list[Problem]:
    """Every warning, and what is refused unless the part says `despite: reason`."""
    found: list[Problem] = []
    for part in plan.parts:
        picture = picture_of(plan, part)
        if part.shape.kind not in ("matrix", "rank"):
            found += _cliffs(plan, part, picture)
            found += _caps(plan, part, picture)
            found += _chance(plan, part, picture, (seen or {}).get((plan.name, part.name)))
        if part.take_back is not None and not plan.acceptance:
            found.append(_warning(plan, part, "plan-unaccepted", "what is paid may be taken back, and nobody needs to accept "
                                  "it: in many countries such pay can only be kept open by agreement",
                                  "acceptance: required"))  # fmt: skip
    return found


def _warning(plan: Plan, part: Part, code: str, message: str, expected: str, *, refused: bool = False) -> Problem:
    return Problem(code, f"part {part.name}: {message}", plan.file, part.line, expected=expected,
                   severity="error" if refused else "warning")  # fmt: skip


def _cliffs(plan: Plan, part: Part, picture: Picture) -> Iterator[Problem]:
    """The largest jump, where it is a tenth of the target (or of the most that the picture pays)."""
    steps = [(abs(after - before), x, before, after) for x, before, after in jumps(picture)]
    if not steps:
        return
    size, x, before, after = max(steps)
    whole = _whole(plan, part, picture)
    if size < whole * _STEEP:
        return
    falls = "less" if after < before else "more"
    yield _warning(plan, part, "plan-cliff", f"a cliff at {picture.x_text(x)}: one step pays {picture.y_text(size)} {falls} "
                   f"({picture.y_text(before)} just under it, {picture.y_text(after)} from it on), so that it pays to "
                   "move what is near it", "a slope: points of a curve")  # fmt: skip


def _whole(plan: Plan, part: Part, picture: Picture) -> Fraction:
    """What counts as all of it: the part's target, else the most that the picture pays."""
    if part.weight is not None:
        return target_of(plan, part) or Fraction(1)
    return picture.span[3] or Fraction(1)


def _caps(plan: Plan, part: Part, picture: Picture) -> Iterator[Problem]:
    """A quota beyond which more pays nothing although many reach it, or a commission that stops."""
    flat = flat_from(picture)
    if picture.x_kind == "attainment" and part.against == "quota" and flat is not None and 1 <= flat < _NEAR_CAP:
        yield _warning(plan, part, "plan-cap", f"from {picture.x_text(flat)} of quota on, more pays nothing more "
                       f"({picture.y_text(picture.span[3])} is the most): what is signed beyond it waits for the next "
                       "period", "room above the target, or excess: carried")  # fmt: skip
    limit, last = part.at_most, pieces_of(part.shape)[-1]
    stops = part.weight is None and picture.x_kind == "amount" and part.over != "each" and last.slope > 0
    if stops and limit is not None and not limit.percent and not part.carried:
        x = (limit.number - last.base - last.fee) / last.slope
        yield _warning(plan, part, "plan-cap", f"from {picture.x_text(x)} on, more pays nothing more "
                       f"({picture.y_text(limit.number)} is the most)", "a lower rate above it, or excess: carried")  # fmt: skip


def _chance(plan: Plan, part: Part, picture: Picture, seen: Seen | None) -> Iterator[Problem]:
    """How much of the pay is chance: from the interval of the value that pays the target."""
    if PAYABLE[part.measure].kind != "score" or len(part.shape.points) < 2:
        return
    middle = _middle(plan, part, picture)
    n = seen.n if seen else part.evidence.at_least if part.evidence else 1
    se = seen.se if seen and seen.se is not None else standard_error(part.measure, float(middle), n)
    if se is None:
        return
    credible = part.evidence is None or part.evidence.credible
    z = seen.z if seen and seen.z is not None and credible else 1.0
    low, high = (_paid(picture, float(middle) + side * Z95 * se * z) for side in (-1, 1))
    worth = f"{_rounded(picture, min(low, high))} to {_rounded(picture, max(low, high))}"
    rests = f"{'typically ' if seen else ''}{n} {'answer or case' if n == 1 else 'answers or cases'}"
    margin = _in_unit(picture, Z95 * se)
    told = (
        f"with {rests} {inside(title_of(part.measure))} is sure to ±{margin}: somebody who is exactly at "
        f"{picture.x_text(middle)} is paid {worth} by chance alone{_beyond(part, picture, middle, se * z)}"
        f"{', before it is weighted by its evidence' if credible and not seen else ''}"
    )
    width = abs(part.shape.points[-1].key - part.shape.points[0].key)
    if part.unit == "own" and 2 * Z95 * se > width:
        why = f"; all the same, because: {part.despite}" if part.despite else ""
        yield _warning(plan, part, "plan-wide-interval", f"the interval of one person is wider than the curve: {told}{why}",
                       "more answers, of: team, or despite: a reason", refused=not part.despite)  # fmt: skip
    elif abs(high - low) > (_MUCH if seen or not credible else 1) * _whole(plan, part, picture):
        yield _warning(plan, part, "plan-few-answers", told, "more answers, a longer looking_back, or a wider curve")


def _middle(plan: Plan, part: Part, picture: Picture) -> Fraction:
    """The value that pays the target; without one, the middle of the curve."""
    keys = [point.key for point in part.shape.points]
    aim = target_of(plan, part) if picture.y_kind == "money" else Fraction(1)
    for line in picture.lines:
        if aim is not None and part.weight is not None and line.y1 != line.y2:
            share = (aim - line.y1) / (line.y2 - line.y1)
            if 0 <= share <= 1:
                return line.x1 + share * (line.x2 - line.x1)
    return (keys[0] + keys[-1]) / 2


def standard_error(measure: str, value: float, n: int) -> float | None:
    """The standard error of a score at this value with n answers; None where only the record could tell.

    >>> round(1.96 * standard_error("nps", 30, 30)), round(standard_error("csat", 0.5, 100), 2)
    (28, 0.05)
    """
    unit = CATALOGUE[measure].unit
    if unit == "points":
        return 100 * sqrt(max(1 - _NEUTRAL - (value / 100) ** 2, 0.01) / n)
    if unit == "share":
        share = min(max(value, 0.01), 0.99)
        return sqrt(share * (1 - share) / n)
    return None


def chance_beyond(distance: float, se: float) -> float:
    """How often is somebody exactly average this far above the average, by chance alone?

    >>> round(chance_beyond(5, standard_error("nps", 30, 30)), 2)
    0.36
    """
    return 0.5 * (1 - erf(distance / se / sqrt(2)))


def _beyond(part: Part, picture: Picture, middle: Fraction, se: float) -> str:
    """How often chance alone brings one to the next point of the curve that pays more."""
    better = [point.key for point in part.shape.points if picture.at(point.key) > picture.at(middle)]
    if not better or se <= 0:
        return ""
    nearest = min(better, key=lambda key: abs(key - middle))
    often = chance_beyond(abs(float(nearest - middle)), se)
    return f", and reaches {picture.x_text(nearest)} in {say.share(Fraction(often), 0)} of cases"


def _rounded(picture: Picture, y: Fraction) -> str:
    """What is paid by chance, without cents."""
    return picture.y_text(Fraction(round(y)) if picture.y_kind == "money" else y)


def _paid(picture: Picture, x: float) -> Fraction:
    left, right, _, _ = picture.span
    return picture.at(min(max(Fraction(x).limit_denominator(10**9), left), right))


def _in_unit(picture: Picture, size: float) -> str:
    exact = Fraction(size).limit_denominator(10**6)
    if picture.unit == "share":
        return f"{say.number(exact * 100, 1)} percentage points"
    return f"{say.number(exact, 1)} {picture.unit}"
