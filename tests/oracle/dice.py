"""How companies and plans are thrown: a few words over a random source that Hypothesis gives.

Each company is one draw of Hypothesis, which seeds the source. A company drawn choice by choice is too large for it: it
then repeats a few small ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Throws of one company."""

    def __init__(self, source: Random) -> None:
        self._source = source

    def whole(self, least: int, most: int) -> int:
        """A whole number, both ends in."""
        return self._source.randint(least, most)

    def pick(self, choices: Sequence[T]) -> T:
        """One of these."""
        return choices[self.whole(0, len(choices) - 1)]

    def one_in(self, times: int) -> bool:
        """True once in so many times."""
        return self.whole(1, times) == times

    def some(self, choices: Sequence[T], least: int = 1) -> list[T]:
        """Several of these, in their order."""
        count = self.whole(least, len(choices))
        start = self.whole(0, len(choices) - count)
        return list(choices[start : start + count])

    def day(self, first: date, last: date) -> date:
        """A day; often the first of a month or the last."""
        day = first + timedelta(days=self.whole(0, (last - first).days))
        return day.replace(day=1) if self.one_in(5) and day.replace(day=1) >= first else day

    def amount(self, most: int = 200_000, *, negative: bool = False) -> Decimal:
        """Money: round, in cents, or rarely finer."""
        kind = self.whole(1, 12)
        if kind <= 5:
            found = Decimal(self.whole(0, most // 500) * 500)
        elif kind <= 11:
            found = Decimal(self.whole(1, most * 100)) / 100
        else:
            found = Decimal(self.whole(1, most * 10000)) / 10000
        return -found if negative and self.one_in(6) else found

    def share(self) -> Decimal:
        """A part of one, in nine decimals."""
        return self.pick([Decimal(text) for text in ("0.5", "0.25", "0.333333333", "0.1", "0.6", "0.123456789")])
