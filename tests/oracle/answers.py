"""What do customers' answers say of a person, a team or the company, plainly as observed?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from .plans import round_to

Known = tuple[int, Fraction]
LEVELS = ("own", "team", "company")
FEWEST = 5
DECIMALS = {"nps": Fraction(1, 100), "csat": Fraction(1, 10000)}
MONTHS = {"quarter": 3, "quarters": 3, "month": 1, "months": 1, "year": 12, "years": 12}


@dataclass(frozen=True)
class Answers:
    """Rows of how many answers there were in a month of the customers of a person, in a team: `n`, good `a` and bad `b`."""

    own: Sequence[dict[str, Any]] = field(default_factory=list)
    of_all: Sequence[dict[str, Any]] = field(default_factory=list)

    def of(self, level: str, unit: str, measure: str, first: int, after: int) -> Known | None:
        """How many answers of these months, and what they say; None: nobody of whom it could be asked."""
        if not unit:
            return None
        rows = self.of_all if level == "company" else self.own
        name = {"own": "person_id", "team": "team_id"}.get(level)
        mine = [row for row in rows if row["measure"] == measure and first <= row["month"] < after
                and (name is None or row[name] == unit)]  # fmt: skip
        n = sum(row["n"] for row in mine)
        if not n:
            return None
        good, bad = (Fraction(sum(row[letter] for row in mine)) for letter in ("a", "b"))
        said = good / n if measure == "csat" else 100 * (good - bad) / n
        return n, round_to(said, DECIMALS[measure])


def deciding(
    known: dict[str, Known | None], unit: str, otherwise: Iterable[str], at_least: int
) -> tuple[str, Fraction]:
    """The first of its own unit and the fallbacks that has enough answers, with its value; or what is paid instead."""
    for choice in (unit, *otherwise):
        if choice not in LEVELS:
            return choice, Fraction(0)
        said = known[choice]
        if said is not None and said[0] >= max(at_least, FEWEST):
            return choice, round_to(said[1], Fraction(1, 10**4))
    return "nothing", Fraction(0)


def months_back(said: str) -> int:
    """`2 quarters`."""
    number, unit = said.split()
    return int(number) * MONTHS[unit]
