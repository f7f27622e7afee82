"""What does a shape pay at each point? Every shape is straight pieces: from `low` on, `(a + b × k) / c`, and a fee.

`k` is attainment or an amount; a, b, c are whole numbers, so that pay is one exact fraction and is rounded once.

| shape            | piece from boundary i on                                                        |
|------------------|---------------------------------------------------------------------------------|
| curve            | the line to the next point; flat outside; a jump starts a new line              |
| steps            | what the slices below give, and this slice at its own rate; fees add up         |
| level            | the whole amount at this level's rate, and this level's fee                     |
| rate, per_unit   | one piece                                                                       |
| amount           | this level's value                                                              |

Where the first boundary is zero, `steps` and `level` go on below it at their first rate, so that a refund takes back
what the same amount had paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm

from keepwell.pay.plan import Point, Shape


@dataclass(frozen=True)
class Piece:
    """From `low` (open: just above it; None: from below everything) up to the next piece's `low`."""

    low: Fraction | None
    low_open: bool
    base: Fraction
    slope: Fraction
    fee: Fraction = Fraction(0)

    @property
    def whole(self) -> tuple[int, int, int]:
        """a, b, c in lowest terms: `base + slope × k = (a + b × k) / c`."""
        c = lcm(self.base.denominator, self.slope.denominator)
        a, b = int(self.base * c), int(self.slope * c)
        shared = gcd(a, b, c)
        return a // shared, b // shared, c // shared

    def at(self, k: Fraction) -> Fraction:
        """What this piece gives at `k`, its fee apart."""
        return self.base + self.slope * k


def pieces_of(shape: Shape) -> tuple[Piece, ...]:
    """The pieces of a shape, ascending; the first begins below everything.

    >>> from keepwell.pay.plan import Value
    >>> rate = Value(Fraction(1, 50), percent=True)
    >>> pieces_of(Shape("rate", (Point(Fraction(0), rate),), percent_keys=False))[0].whole
    (0, 1, 50)
    """
    if shape.kind == "curve":
        return _curve(shape.points)
    if shape.kind in ("rate", "per_unit"):
        return (Piece(None, False, Fraction(0), shape.points[0].value.number),)  # noqa: FBT003
    if shape.kind in ("matrix", "rank"):
        return (Piece(None, False, Fraction(0), Fraction(0)),)  # noqa: FBT003 - two measures, or others, decide
    return _levels(shape)


def _curve(points: tuple[Point, ...]) -> tuple[Piece, ...]:
    first, last = points[0], points[-1]
    flat = (first.below or first.value).number
    pieces = [Piece(None, False, flat, Fraction(0))]  # noqa: FBT003
    for left, right in pairwise(points):
        slope = ((right.below or right.value).number - left.value.number) / (right.key - left.key)
        pieces.append(Piece(left.key, False, left.value.number - slope * left.key, slope))  # noqa: FBT003
    pieces.append(Piece(last.key, False, last.value.number, Fraction(0)))  # noqa: FBT003
    return tuple(pieces)


def _levels(shape: Shape) -> tuple[Piece, ...]:
    first = shape.points[0]
    below = first.value.number if first.key == 0 and shape.kind != "amount" else Fraction(0)
    pieces = [Piece(None, False, Fraction(0), below)]  # noqa: FBT003
    reached, fees = Fraction(0), Fraction(0)
    for place, point in enumerate(shape.points):
        if place:
            before = shape.points[place - 1]
            reached += before.value.number * (point.key - before.key)
        fees += point.value.fee
        is_open = shape.ties_lower and place > 0
        rate = point.value.number
        if shape.kind == "steps":
            pieces.append(Piece(point.key, is_open, reached - rate * point.key, rate, fees))
        elif shape.kind == "level":
            pieces.append(Piece(point.key, is_open, Fraction(0), rate, point.value.fee))
        else:
            pieces.append(Piece(point.key, is_open, rate, Fraction(0)))
    return tuple(pieces)


def pay_at(shape: Shape, k: Fraction) -> tuple[Fraction, Fraction]:
    """What the shape gives at `k`, and the fee: for pictures and explanations; pay itself is computed by the models."""
    found = pieces_of(shape)[0]
    for piece in pieces_of(shape)[1:]:
        if piece.low is not None and (k > piece.low or (k == piece.low and not piece.low_open)):
            found = piece
    return found.at(k), found.fee
