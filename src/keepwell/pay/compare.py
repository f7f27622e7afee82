"""What do several measures, or several people, make of a part's pay: a blend, a cell of a matrix, a place?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

from keepwell.core.money import share_out

Row = dict[str, Any]
Key = tuple[Any, ...]


def blended(blends: Sequence[Row], attained: Mapping[str, Fraction | None]) -> tuple[Fraction | None, list[Row]]:
    """The average of attainments by weight, and what each counts; None where one of them is unknown.

    `attained` are the attainments by the name of their reading.
    """
    steps: list[Row] = []
    total: Fraction | None = Fraction(0)
    for one in blends:
        value = attained.get(one["reading"])
        counts = value if value is not None and value >= one["each_at_least"] else Fraction(0)
        total = None if value is None or total is None else total + one["weight"] * counts
        steps.append({"reading": one["reading"], "weight": one["weight"], "least": one["each_at_least"],
                      "counts": counts})  # fmt: skip
    return total, steps


def cell_at(cells: Sequence[Row], outer: Fraction, inner: Fraction | None) -> Row | None:
    """The cell of the highest level reached in both; the lowest of the other measure where that is unknown.

    None below the lowest level of either.
    """
    rows = [cell for cell in cells if cell["outer_key"] <= outer]
    if not rows:
        return None
    row = [cell for cell in cells if cell["outer_key"] == max(one["outer_key"] for one in rows)]
    if inner is None:
        return min(row, key=lambda cell: cell["inner_key"])
    reached = [cell for cell in row if cell["inner_key"] <= inner]
    return max(reached, key=lambda cell: cell["inner_key"], default=None)


@dataclass(frozen=True)
class Entrant:
    """Somebody in a contest at an evaluation: `reached` is what places go by; None takes no place."""

    part: Key
    person: str
    moment: tuple[int, int]
    contest: Key
    reached: Fraction | None
    step: Decimal


@dataclass(frozen=True)
class Place:
    """A place in a contest: shared by how many, of how many, and what each of them is given."""

    place: int
    shared_by: int
    of: int
    value: Fraction


def places(entrants: Iterable[Entrant], values: Mapping[Key, Mapping[int, Fraction]],
           money: Mapping[Key, bool]) -> dict[tuple[Key, str, tuple[int, int]], Place]:  # fmt: skip
    """Each entrant's place: the highest first. Who is level shares the places' values; money to the cent.

    `values` are what the places pay, and whether that is `money`, by part.
    """
    contests: dict[Key, list[Entrant]] = defaultdict(list)
    for one in entrants:
        if one.reached is not None:
            contests[one.contest, one.moment].append(one)
    found: dict[tuple[Key, str, tuple[int, int]], Place] = {}
    for rivals in contests.values():
        ahead = 0
        rivals.sort(key=lambda one: (-(one.reached or 0), one.person, one.part))
        for _, level in groupby(rivals, key=lambda one: one.reached):
            same = list(level)
            for one, value in zip(same, _shared(same, ahead, values, money), strict=True):
                found[one.part, one.person, one.moment] = Place(ahead + 1, len(same), len(rivals), value)
            ahead += len(same)
    return found


def _shared(same: Sequence[Entrant], ahead: int, values: Mapping[Key, Mapping[int, Fraction]],
            money: Mapping[Key, bool]) -> list[Fraction]:  # fmt: skip
    """What each of those on a level is given: the average of their places, in money to the cent."""
    first = same[0]
    pot = sum((values[first.part].get(ahead + 1 + number, Fraction(0)) for number in range(len(same))), Fraction(0))
    if not money[first.part]:
        return [pot / len(same)] * len(same)
    exact = Decimal(round(pot * 10**6)).scaleb(-6)
    return [Fraction(share) for share in share_out(exact, [Decimal(1)] * len(same), first.step)]
