"""Whose results count for a person: those of their team, of everybody below them, of the company?"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

from .facts import Fact, Record, Row
from .people import Members
from .plans import Plan
from .ramps import Ramps, ramped


@dataclass
class World:
    """Everything that one run knows: the records of all companies in it, each with its facts; and the ramps of their plans."""

    known: list[tuple[Record, list[Fact]]] = field(default_factory=list)
    ramps: list[Ramps] = field(default_factory=list)
    answers: list[Row] = field(default_factory=list)

    @cached_property
    def facts(self) -> list[Fact]:
        """The facts of all."""
        return [fact for _, found in self.known for fact in found]

    @cached_property
    def quotas(self) -> list[tuple[Record, Row]]:
        """The quotas of all people, each with the record that has it."""
        return [(record, quota) for record, _ in self.known for quota in record.all("quotas") if quota["person_id"]]

    @cached_property
    def _homes(self) -> dict[tuple[str, str], Record]:
        return {(fact.measure, fact.fact_id): record for record, found in self.known for fact in found}

    def home(self, fact: Fact) -> Record:
        """The record that a fact is of."""
        return self._homes[fact.measure, fact.fact_id]


@dataclass
class Units:
    """Who belongs to whom on which day."""

    record: Record
    under: Members
    _seen: dict[tuple[str, str, str, str, date], bool] = field(default_factory=dict)

    def belongs(self, plan: Plan, person: str, unit: str, who: str, day: date) -> bool:
        """Does `who` count for the person on this day? The person always does, on their days under the plan."""
        if not self.under.is_in(plan, person, day):
            return False
        if who == person:
            return True
        key = (f"{plan.name} {plan.version}", person, unit, who, day)
        if key not in self._seen:
            is_one = self._is_in_team if unit == "team" else self._is_below
            self._seen[key] = day < left_on(self.record, who) and is_one(plan, person, who, day)
        return self._seen[key]

    def team(self, plan: Plan, person: str, day: date) -> str:
        """The person's team on a day under the plan; '' none."""
        return self.under.of(plan, person)[day].get("team_id") or ""

    def _positions(self, who: str, day: date) -> Iterator[Row]:
        for row in self.record.all("positions"):
            if row["person_id"] == who and row["from_on"] <= day and (row.get("to_on") is None or day < row["to_on"]):
                yield row

    def _is_in_team(self, plan: Plan, person: str, who: str, day: date) -> bool:
        team = self.team(plan, person, day)
        return bool(team) and any(row.get("team_id") == team for row in self._positions(who, day))

    def _is_below(self, _plan: Plan, person: str, who: str, day: date) -> bool:
        """Somebody whose chain of managers leads to the person."""
        reached, waiting = {who}, [who]
        while waiting:
            for row in self._positions(waiting.pop(), day):
                above = row.get("manager_id")
                if above == person:
                    return True
                if above and above not in reached:
                    reached.add(above)
                    waiting.append(above)
        return False


def left_on(record: Record, who: str) -> date:
    """The first day on which somebody is no longer in the company."""
    return record.one("people", "person_id", who).get("left_on") or date.max


def recorded_quota(world: World, units: Units, plan: Plan, measure: str, person: str, days: Iterable[date], unit: str, *,
                   pooled: bool = False) -> Fraction | None:  # fmt: skip
    """What a part `of` a unit is set against in these days: the first of the quotas that the words name."""
    there = sorted(days)
    rows = [row for row in units.record.all("quotas") if _fits(row, plan, measure)]
    people = [row for row in rows if row["person_id"]]
    found = None
    if unit == "own" or (unit in ("roll_up", "company") and not pooled):
        found = _sum(world.ramps, ((row, there) for row in rows if row["person_id"] == person))
    if found is None and unit in ("team", "roll_up"):
        found = _sum(world.ramps, ((row, [day for day in there if units.team(plan, person, day) == row["team_id"]])
                     for row in rows if row.get("team_id")))  # fmt: skip
    if found is None and unit in ("team", "roll_up"):
        found = _sum(world.ramps, ((row, [day for day in there if units.belongs(plan, person, unit, row["person_id"], day)])
                     for row in people))  # fmt: skip
    if found is None and unit == "company":
        found = _sum(world.ramps, ((row, there[: bisect_left(there, left_on(home, row["person_id"]))])
                     for home, row in world.quotas if _fits(row, plan, measure)))  # fmt: skip
    return found


def _fits(quota: Row, plan: Plan, measure: str) -> bool:
    return quota["measure"] == measure and (quota.get("currency") or plan.currency) == plan.currency


def _sum(ramps: list[Ramps], rows: Iterable[tuple[Row, list[date]]]) -> Fraction | None:
    """Each quota by the share of its days that count, as its person's ramp says; None where none reaches into them."""
    total, some = Fraction(0), False
    for quota, days in rows:
        inside = days[bisect_left(days, quota["from_on"]) : bisect_left(days, quota["to_on"])]
        some = some or bool(inside)
        count = ramped(ramps, quota["person_id"], inside)
        total += Fraction(quota["target"]) * count / (quota["to_on"] - quota["from_on"]).days
    return total if some else None
