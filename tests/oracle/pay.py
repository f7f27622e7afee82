"""The whole calculation: rows of the record and plan files in, what everybody is paid out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from .answers import Answers
from .contests import everything
from .credit import credited
from .facts import Record
from .holds import ACCOUNTS, NOTHING, Amounts, Line, movements, period_pays
from .lifts import lifts
from .people import members
from .plans import Plan
from .ramps import Ramps
from .transition import befores
from .units import World
from .windows import Company, Evaluation, horizon


@dataclass(frozen=True)
class Paid:
    """What everybody is paid, as known on the record's day."""

    company: Company
    evaluations: list[Evaluation]
    movements: dict[Line, Amounts]


def pay(record: Record, plans: Iterable[Plan], *, year_starts: int = 1, closes: int = 3,
        given: Mapping[tuple[str, str], tuple[int, Fraction]] | None = None, world: World | None = None,
        answers: Answers | None = None) -> Paid:  # fmt: skip
    """Everything from the beginning, as it follows from the rows. `world`: all records of the run, where there are more."""
    versions = list(plans)
    under = members(record, versions, horizon(record, versions))
    world = world or World([(record, record.facts)], [Ramps(record, versions, under)])
    counted = list(credited(record, versions, world, under))
    company = Company(
        record, versions, under, counted, year_starts, closes, dict(given or {}), world, answers=answers or Answers()
    )
    found = everything(company)
    return Paid(company, found, _lines(company, found))


def _lines(company: Company, found: list[Evaluation]) -> dict[Line, Amounts]:
    """What moves in each settlement period, lifts of whole periods among it."""
    moved = movements(company, found)
    lifted = lifts(company, period_pays(company, moved), befores(company))
    lines: dict[Line, Amounts] = {}
    for line, amounts in [
        *((line, amounts) for line, amounts, _ in moved),
        *(((one.person, one.plan.name, one.plan.version, one.kind, "", one.settles), NOTHING | one.amounts) for one in lifted),
    ]:  # fmt: skip
        so_far = lines.setdefault(line, dict(NOTHING))
        for account in ACCOUNTS:
            so_far[account] += amounts[account]
    return {line: amounts for line, amounts in lines.items() if any(amounts.values())}
