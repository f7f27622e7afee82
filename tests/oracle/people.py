"""Who is under which plan on which day, in which position? Day by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from .days import ONE
from .facts import Record, Row
from .plans import Plan, named


@dataclass
class Members:
    """For each plan version and person: the position they have on each of their days under it."""

    days: dict[tuple[str, str, str], dict[date, Row]] = field(default_factory=dict)

    def of(self, plan: Plan, person: str) -> dict[date, Row]:
        """The days of one person under one version."""
        return self.days.get((plan.name, plan.version, person), {})

    def people(self, plan: Plan) -> list[str]:
        """Everybody who is ever under it."""
        return sorted({person for name, version, person in self.days if (name, version) == (plan.name, plan.version)})

    def is_in(self, plan: Plan, person: str, day: date) -> bool:
        """Is the person under this version on this day?"""
        return day in self.of(plan, person)


def members(record: Record, plans: Iterable[Plan], until: date) -> Members:
    """Days that are claimed twice belong to nobody: they are an error of the data."""
    claims: dict[tuple[str, date], list[tuple[Plan, Row]]] = {}
    for plan in plans:
        for position in record.all("positions"):
            if _claims(record, plan, position):
                for day in _days(record, plan, position, until):
                    claims.setdefault((position["person_id"], day), []).append((plan, position))
    found = Members()
    for (person, day), claimed in sorted(claims.items(), key=lambda item: item[0]):
        if len(claimed) == 1:
            plan, position = claimed[0]
            found.days.setdefault((plan.name, plan.version, person), {})[day] = position
    return found


def _days(record: Record, plan: Plan, position: Row, until: date) -> Iterable[date]:
    person = record.one("people", "person_id", position["person_id"])
    ends = [day for day in (position.get("to_on"), plan.to_on, person.get("left_on"), until) if day is not None]
    day = max(position["from_on"], plan.from_on)
    while day < min(ends):
        yield day
        day += ONE


def _claims(record: Record, plan: Plan, position: Row) -> bool:
    person = record.one("people", "person_id", position["person_id"])
    team = record.one("teams", "team_id", position.get("team_id"))
    if not person or person.get("is_system"):
        return False
    facts = {
        "role": {position["role"]}, "segment": {position.get("segment")}, "region": {position.get("region")},
        "team": {team.get("team_id"), team.get("name"), _bare(team.get("team_id"))},
        "department": {team.get("department")}, "person": {position["person_id"], _bare(position["person_id"])},
    }  # fmt: skip
    return all(set(named(values)) & (facts[word] - {None}) for word, values in plan.words["applies_to"].items())


def _bare(name: str | None) -> str | None:
    """An id without its namespace."""
    return name.split(":", 1)[1] if name and ":" in name else name


def fte(position: Row) -> Fraction:
    """1 is full time; nothing said is full time; leave is 0."""
    return Fraction(1) if position.get("fte") is None else Fraction(position["fte"])


def yearly_target(plan: Plan, position: Row) -> Fraction | None:
    """Variable pay at target per full year: the plan's per period, or else the position's per year."""
    if plan.target_pay is not None:
        return plan.target_pay * 12 / plan.months
    same = (position.get("currency") or plan.currency) == plan.currency
    return Fraction(position["target_pay"]) if same and position.get("target_pay") is not None else None
