"""How far did somebody reach the objectives that end in a window?"""

from __future__ import annotations

from fractions import Fraction

from .days import ONE, month_of
from .facts import Record
from .plans import round_to

GOALS = "objectives"


def score_of(record: Record, person: str, first: int, after: int) -> Fraction | None:
    """The weighted mean of the scores; None until all are scored, or where no weights can be told."""
    mine = [row for row in record.all("objectives") if row["person_id"] == person and row.get("to_on") is not None
            and first <= month_of(row["to_on"] - ONE) < after]  # fmt: skip
    weights = [row.get("weight") for row in mine]
    if all(weight is None for weight in weights):
        weights = [1] * len(mine)
    if not mine or any(weight is None for weight in weights) or any(row.get("score") is None for row in mine):
        return None
    total = sum((Fraction(weight) for weight in weights), Fraction(0))
    if not total:
        return None
    reached = sum(
        (Fraction(weight) * Fraction(row["score"]) for weight, row in zip(weights, mine, strict=True)), Fraction(0)
    )
    return round_to(reached / total, Fraction(1, 10**4))
