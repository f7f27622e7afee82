"""What does the report say of what to do next? What is owed, and who stands badly in their first 90 days; most at stake first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from keepwell.show.ask import Row
from keepwell.show.names import Names
from keepwell.show.onboarding import onboarding, onboarding_words
from keepwell.show.promised import BEHIND, WITHIN, owed_words, promises_owed
from keepwell.show.worth import Tables

NEEDED = {"customers_now", "customer_values", "customer_stakes", "promise_ledger", "first_days"}
MOST = 6


@dataclass(frozen=True)
class NextSteps:
    """The first customers of two lists, each with what there is to do in words; and how many there are in all."""

    owed: tuple[tuple[Row, list[str]], ...]
    owed_in_all: int
    early: tuple[tuple[Row, list[str]], ...]
    early_in_all: int


def next_steps(tables: Tables, today: date, names: Names) -> NextSteps | None:
    """What there is to do on the run's day; None: no customer is valued, or nothing is to be done."""
    if not tables.keys() >= NEEDED:
        return None
    owed = [row for row in promises_owed(tables, today, WITHIN, BEHIND) if row["owed"]]
    early = onboarding(tables, today)
    if not owed and not early:
        return None
    return NextSteps(
        tuple((row, owed_words(row["owed"], names)) for row in owed[:MOST]), len(owed),
        tuple((row, onboarding_words(row, today)) for row in early[:MOST]), len(early),
    )  # fmt: skip
