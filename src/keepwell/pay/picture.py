"""What does a part pay, from nothing reached to far beyond the target? The geometry that pictures and warnings share.

A picture is straight lines (`Line`), each from just after its beginning to just before its end, so that a jump is where
one line ends elsewhere than the next begins. Limits are in it. `y` is money, or a share where no amount is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Literal

from keepwell.pay import say
from keepwell.pay.measures import PAYABLE, unit_of
from keepwell.pay.pieces import Piece, pieces_of
from keepwell.pay.plan import Limit, Part, Plan, Shape
from keepwell.pay.said import inside, title_of

XKind = Literal["attainment", "score", "amount"]
YKind = Literal["money", "of target", "of base"]
ZERO, ONE = Fraction(0), Fraction(1)
_QUARTERS = (ZERO, Fraction(1, 2), ONE, Fraction(3, 2))


@dataclass(frozen=True)
class Line:
    """A straight line of a picture, from (x1, y1) to (x2, y2)."""

    x1: Fraction
    y1: Fraction
    x2: Fraction
    y2: Fraction


@dataclass(frozen=True)
class Mark:
    """What is paid at one point, in words: `just under 90%`, `€2,160.00`, `90%` (of the part's target)."""

    x: Fraction
    y: Fraction
    says: str
    pays: str
    share: str


@dataclass(frozen=True)
class Picture:
    """What a part pays by what is reached: lines, the points worth naming, and what the axes mean."""

    part: str
    x_kind: XKind
    y_kind: YKind
    x_says: str
    y_says: str
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]
    boundaries: tuple[Fraction, ...]
    currency: str
    unit: str = ""
    ties_lower: bool = False

    @property
    def span(self) -> tuple[Fraction, Fraction, Fraction, Fraction]:
        """The least and greatest x, the least (never above nought) and greatest y."""
        ys = [y for line in self.lines for y in (line.y1, line.y2)]
        return self.lines[0].x1, self.lines[-1].x2, min(ZERO, *ys), max(ys)

    def at(self, x: Fraction) -> Fraction:
        """What is paid at x; on a boundary, what the line that begins there says."""
        found = self.lines[0]
        for line in self.lines:
            if line.x1 <= x:
                found = line
        return _on(found, x)

    def x_text(self, x: Fraction) -> str:
        """A place on the x axis in words."""
        if self.x_kind == "attainment" or self.unit == "share":
            return say.share(x, 1)
        if self.x_kind == "amount":
            return say.amount_of(Decimal(round(x * 100)) / 100, self.currency)
        return say.number(x, 2)

    def y_text(self, y: Fraction) -> str:
        """An amount or share on the y axis in words."""
        return say.money(y, self.currency).removesuffix(".00") if self.y_kind == "money" else say.share(y, 1)


def target_of(plan: Plan, part: Part, target: Decimal | None = None) -> Fraction | None:
    """The part's pay at target, per person and full period; None where there is no weight or no target pay is known."""
    whole = target if target is not None else plan.target_pay
    return None if part.weight is None or whole is None else Fraction(whole) * part.weight


def picture_of(plan: Plan, part: Part, target: Decimal | None = None) -> Picture:
    """The picture of a part; `target` is a person's target pay where the plan says none."""
    whole = target_of(plan, part, target)
    x_kind, y_kind = _x_kind(part), _y_kind(part, whole)
    factor = whole if whole is not None and y_kind == "money" else ONE
    low, high = _range(part, x_kind)
    lines = _limited(_lines(part.shape, low, high, factor, fees=y_kind == "money"), _limits(part, factor, y_kind))
    unit = unit_of(part.measure) if PAYABLE[part.measure].kind != "amount" else ""
    picture = Picture(part.name, x_kind, y_kind, x_says(part), y_says(part, y_kind), tuple(lines), (),
                      _boundaries(part.shape, low, high), plan.currency, unit, part.shape.ties_lower)  # fmt: skip
    return Picture(**{**vars(picture), "marks": tuple(_marks(picture, whole))})


def x_says(part: Part) -> str:
    """What is on the x axis?"""
    what = inside(title_of(part.measure))
    if _x_kind(part) == "score":
        unit = unit_of(part.measure)
        return f"{what}, in {unit}" if unit in ("days", "hours") else what
    if _x_kind(part) == "amount":
        return what
    base = "quota" if part.against == "quota" else say.measure(part.against)
    return f"{what}, as a share of {base}"


def y_says(part: Part, kind: YKind) -> str:
    """What is on the y axis?"""
    if kind == "money":
        return "pay"
    if kind == "of target":
        return "share of the target pay of this part"
    return f"share of {'quota' if _x_kind(part) == 'attainment' else say.measure(part.measure)}"


def _x_kind(part: Part) -> XKind:
    if PAYABLE[part.measure].kind == "blend":
        return "attainment"
    if PAYABLE[part.measure].kind != "amount":
        return "score"
    compared = part.against != "nothing"
    by_rate = part.shape.kind == "rate" and bool(part.weight)
    return "attainment" if compared and (part.shape.percent_keys or by_rate) else "amount"


def _y_kind(part: Part, target: Fraction | None) -> YKind:
    if part.weight is not None:
        return "money" if target is not None else "of target"
    attained = _x_kind(part) == "attainment"
    if (part.shape.kind == "curve" and part.shape.percent_values) or (
        attained and part.shape.kind not in ("curve", "amount")
    ):
        return "of base"
    return "money"


def _range(part: Part, kind: XKind) -> tuple[Fraction, Fraction]:
    """From where to where it is drawn: a little beyond what the shape names."""
    keys = [point.key for point in part.shape.points]
    last, first = keys[-1], keys[0]
    if kind == "attainment":
        return min(ZERO, first), max(Fraction(3, 2), Fraction(ceil(last * Fraction(7, 6) * 4), 4))
    if kind == "amount":
        return min(ZERO, first), last * Fraction(5, 4) if last > 0 else Fraction(10_000)
    beyond = (last - first) / 4 or Fraction(1)
    low, high = first - beyond, last + beyond
    unit = unit_of(part.measure)
    if unit == "points":
        return max(low, Fraction(-100)), min(high, Fraction(100))
    most = ONE if unit == "share" else high
    return ZERO if 0 <= low < first / 2 or low < 0 <= first else low, max(min(high, most), last)


def _lines(shape: Shape, low: Fraction, high: Fraction, factor: Fraction, *, fees: bool) -> Iterable[Line]:
    pieces = pieces_of(shape)
    for place, piece in enumerate(pieces):
        after = pieces[place + 1].low if place + 1 < len(pieces) else None
        begin = low if piece.low is None else max(piece.low, low)
        end = high if after is None else min(after, high)
        if begin < end:
            yield Line(begin, _paid(piece, begin, factor, fees=fees), end, _paid(piece, end, factor, fees=fees))


def _paid(piece: Piece, x: Fraction, factor: Fraction, *, fees: bool) -> Fraction:
    return piece.at(x) * factor + (piece.fee if fees else ZERO)


def _limits(part: Part, factor: Fraction, kind: YKind) -> tuple[Fraction | None, Fraction | None]:
    """The least and most that is paid, where that can be drawn on this axis."""

    def one(limit: Limit | None) -> Fraction | None:
        if limit is None or kind == "of base" or (kind == "of target" and not limit.percent):
            return None
        return limit.number * factor if limit.percent else limit.number

    return one(part.at_least), one(part.at_most)


def _limited(lines: Iterable[Line], limits: tuple[Fraction | None, Fraction | None]) -> Iterable[Line]:
    """The lines cut at the limits: where a line crosses one, it goes on level."""
    least, most = limits
    for line in lines:
        cuts = {line.x1, line.x2}
        for limit in (least, most):
            if limit is not None and (line.y1 - limit) * (line.y2 - limit) < 0:
                cuts.add(line.x1 + (limit - line.y1) * (line.x2 - line.x1) / (line.y2 - line.y1))
        for x1, x2 in pairwise(sorted(cuts)):
            ys = (_on(line, x1), _on(line, x2))
            yield Line(x1, _within(ys[0], least, most), x2, _within(ys[1], least, most))


def _within(y: Fraction, least: Fraction | None, most: Fraction | None) -> Fraction:
    capped = y if most is None else min(y, most)
    return capped if least is None else max(capped, least)


def _on(line: Line, x: Fraction) -> Fraction:
    return line.y1 if line.x1 == line.x2 else line.y1 + (line.y2 - line.y1) * (x - line.x1) / (line.x2 - line.x1)


def _boundaries(shape: Shape, low: Fraction, high: Fraction) -> tuple[Fraction, ...]:
    if shape.kind in ("rate", "per_unit"):
        return ()
    return tuple(point.key for point in shape.points if low <= point.key <= high)


def _marks(picture: Picture, target: Fraction | None) -> Iterable[Mark]:
    """What is paid at each boundary, and at 0, 50, 100 and 150% of quota; of a score, where pay is so much of target."""
    low, high, _, _ = picture.span
    places = set(picture.boundaries)
    if picture.x_kind == "attainment":
        places |= set(_QUARTERS)
    elif picture.x_kind == "score" and target is not None and picture.y_kind == "money":
        places |= set(_reaching(picture, [target * quarter for quarter in _QUARTERS]))
    elif len(places) < 2:
        places |= {low + (high - low) * step / 4 for step in range(5)}
    for x in sorted(place for place in places if low <= place <= high):
        jump = jump_at(picture, x)
        before, after = ("up to ", "just above ") if picture.ties_lower else ("just under ", "")
        if jump is not None:
            yield _mark(picture, x, jump[0], before + picture.x_text(x), target)
        yield _mark(picture, x, picture.at(x), (after if jump is not None else "") + picture.x_text(x), target)


def _reaching(picture: Picture, amounts: Iterable[Fraction]) -> Iterable[Fraction]:
    """Where on a slope is each of these amounts reached?"""
    for y in amounts:
        for line in picture.lines:
            if min(line.y1, line.y2) < y < max(line.y1, line.y2):
                yield line.x1 + (y - line.y1) * (line.x2 - line.x1) / (line.y2 - line.y1)


def _mark(picture: Picture, x: Fraction, y: Fraction, says: str, target: Fraction | None) -> Mark:
    pays = say.money(y, picture.currency) if picture.y_kind == "money" else say.share(y, 2)
    share = say.share(y / target, 1) if picture.y_kind == "money" and target else ""
    return Mark(x, y, says, pays, share)


def jump_at(picture: Picture, x: Fraction) -> tuple[Fraction, Fraction] | None:
    """What is paid just under x and from it on, where that differs."""
    for before, after in pairwise(picture.lines):
        if after.x1 == x and before.y2 != after.y1:
            return before.y2, after.y1
    return None


def jumps(picture: Picture) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Every jump: where, what is paid just under it, and from it on."""
    return [(after.x1, before.y2, after.y1) for before, after in pairwise(picture.lines) if before.y2 != after.y1]


def flat_from(picture: Picture) -> Fraction | None:
    """From which x on does more pay nothing more? None where pay still rises at the end of the picture, or never did."""
    last = picture.lines[-1]
    if last.y1 != last.y2:
        return None
    start = len(picture.lines) - 1
    while start and picture.lines[start - 1].y1 == picture.lines[start - 1].y2 == last.y1:
        start -= 1
    return picture.lines[start].x1 if start else None
