"""What do several measures, or several people, make of a part's pay: a blend, a cell of a matrix, a place?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .plans import away_from_zero, is_percent, number

Words = dict[str, Any]


def blended(words: Words, attained: Sequence[Fraction | None]) -> Fraction | None:
    """Attainments averaged by weight, one that is too low counting zero; None where one of them is not known."""
    least = number(words.get("each_at_least", "0%"))
    total = Fraction(0)
    for weight, one in zip(words["blend"].values(), attained, strict=True):
        if one is None:
            return None
        total += number(weight) * (one if one >= least else 0)
    return total


def cell(levels: Words, own: Fraction, other: Fraction | None) -> Fraction:
    """The cell of the highest level reached in both; nothing below the lowest of either."""
    rows = [row for key, row in levels.items() if number(key) <= own]
    if not rows:
        return Fraction(0)
    if other is None:
        return number(next(iter(rows[-1].values())))
    reached = [value for key, value in rows[-1].items() if number(key) <= other]
    return number(reached[-1]) if reached else Fraction(0)


def has_shares(levels: Words) -> bool:
    """Are the outer levels of a matrix percentages?"""
    return all(is_percent(key) for key in levels)


@dataclass(frozen=True)
class Rival:
    """Somebody in a contest under a part (by plan, version and name), what they reached, and what its places give."""

    person: str
    part: tuple[str, str, str]
    reached: Fraction
    rank: Words
    grain: Fraction


def places(rivals: Sequence[Rival]) -> dict[tuple[str, tuple[str, str, str]], Fraction]:
    """What each one's place gives, the highest first: who is level shares what their places take, by the first one's part."""
    found = {}
    ahead = 0
    for value in sorted({one.reached for one in rivals}, reverse=True):
        same = sorted((one for one in rivals if one.reached == value), key=lambda one: (one.person, one.part))
        amounts = list(same[0].rank.values())[ahead : ahead + len(same)]
        pot = sum((number(text) for text in amounts), Fraction(0))
        money = not any(is_percent(text) for text in same[0].rank.values())
        ahead += len(same)
        for place, one in enumerate(same):
            upto, before = (pot * count / len(same) for count in (place + 1, place))
            if money:
                found[one.person, one.part] = away_from_zero(upto, same[0].grain) - away_from_zero(
                    before, same[0].grain
                )
            else:
                found[one.person, one.part] = pot / len(same)
    return found
