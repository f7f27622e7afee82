"""The whole calculation: rows of the record and plan files in, what everybody is paid out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from .credit import credited
from .facts import Record
from .holds import Amounts, Line, movements
from .people import members
from .plans import Plan
from .pools import pooled
from .units import World
from .windows import Company, Evaluation, evaluations, horizon


@dataclass(frozen=True)
class Paid:
    """What everybody is paid, as known on the record's day."""

    company: Company
    evaluations: list[Evaluation]
    movements: dict[Line, Amounts]


def pay(record: Record, plans: Iterable[Plan], *, year_starts: int = 1, closes: int = 3,
        given: Mapping[tuple[str, str], tuple[int, Fraction]] | None = None, world: World | None = None) -> Paid:  # fmt: skip
    """Everything from the beginning, as it follows from the rows. `world`: all records of the run, where there are more."""
    world = world or World([(record, record.facts)])
    versions = list(plans)
    under = members(record, versions, horizon(record, versions))
    counted = list(credited(record, versions, world, under))
    company = Company(record, versions, under, counted, year_starts, closes, dict(given or {}), world)
    found = [*evaluations(company), *pooled(company)]
    return Paid(company, found, movements(company, found))
