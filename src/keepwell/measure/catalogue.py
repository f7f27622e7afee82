"""Which measures are there, which can be had from a company's tables, and what is missing for the others?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keepwell.core.errors import UsageError, nearest
from keepwell.measure import (
    ces,
    choose_again,
    csat,
    first_90_days,
    first_contact_resolution,
    grr,
    handoffs,
    logo_retention,
    nps,
    nps_bounds,
    nrr,
    ownership,
    ping_pong,
    promises_kept,
    quarter_end,
    reopen_rate,
    response_rate,
    service_level_met,
    time_to_reply,
    time_to_solve,
    time_to_value,
)
from keepwell.measure.measure import Measure

CATALOGUE: dict[str, Measure] = {
    module.MEASURE.name: module.MEASURE
    for module in (
        nps,
        nps_bounds,
        csat,
        ces,
        choose_again,
        response_rate,
        service_level_met,
        time_to_reply,
        time_to_solve,
        reopen_rate,
        first_contact_resolution,
        handoffs,
        ping_pong,
        promises_kept,
        time_to_value,
        first_90_days,
        quarter_end,
        logo_retention,
        grr,
        nrr,
        ownership,
    )
}


@dataclass(frozen=True)
class Availability:
    """Whether a measure can be had. `missing` names the empty tables (`a or b` where either would do)."""

    measure: Measure
    missing: tuple[str, ...]

    @property
    def is_available(self) -> bool:
        """True where nothing is missing."""
        return not self.missing

    @property
    def words(self) -> str:
        """What is missing and what it would give, in a sentence; empty where nothing is."""
        if not self.missing:
            return ""
        return f"With {' and '.join(self.missing)} you would know {self.measure.gives}."


def find_measure(name: str) -> Measure:
    """The measure of this name. Raises `UsageError` (`measure-unknown`) with the nearest one."""
    if name in CATALOGUE:
        return CATALOGUE[name]
    near = nearest(name, CATALOGUE)
    hint = f"did you mean {near}?" if near else "keepwell measures lists them"
    raise UsageError("measure-unknown", f"no measure {name}", hint=hint)


def available(catalogue: Iterable[Measure], table_counts: Mapping[str, int]) -> tuple[Availability, ...]:
    """Which of these measures can be had from tables with so many rows, and what is missing for the others?

    >>> [one.words for one in available([CATALOGUE["nps"]], {"customers": 10, "surveys": 0})]
    ['With surveys you would know how likely customers recommend you, with its interval.']
    """
    return tuple(Availability(measure, tuple(_missing(measure, table_counts))) for measure in catalogue)


def missing(table_counts: Mapping[str, int]) -> tuple[Availability, ...]:
    """Which measures of the catalogue cannot be had, and which table would give them?"""
    return tuple(one for one in available(CATALOGUE.values(), table_counts) if not one.is_available)


def _missing(measure: Measure, table_counts: Mapping[str, int]) -> Iterable[str]:
    for need in measure.needs:
        either = need.split("|")
        if not any(table_counts.get(table, 0) for table in either):
            yield " or ".join(either)
