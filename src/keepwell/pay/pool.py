"""Who is in a pool, and how is its one amount shared among them?

A pool is a part that pays one amount for a team, or for the company. What the unit reached is what counts for the member
who was longest in it, of those who were nowhere else (of equals the first by id); its target is the sum of its members' targets. Shape, conditions and
limits work once, on the unit; the amount is rounded once, and shared so that the shares add up to the cent.

| shared       | a member's share                                                                               |
|--------------|------------------------------------------------------------------------------------------------|
| equal        | by days under the plan in the window so far                                                    |
| target_pay   | by the part's target, as prorated                                                              |
| coverage     | by what they were credited for themselves                                                      |
| shapley      | of each fact, equal parts to all members who were credited for it                              |

The last is the Shapley value of the game in which a fact is worth what its people were credited for together, and nothing
without one of them (see `keepwell.credit.shapley`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from keepwell.core.money import share_out
from keepwell.credit.shapley import shared_by_all
from keepwell.pay.seen import Evaluations, Moment, Row, base_of, seen_of, steps_text, target_of

ZERO = Fraction(0)
Pay = Callable[[str, Evaluations], Iterable[Row]]


@dataclass(frozen=True)
class Member:
    """Somebody in a unit at an evaluation: `days` of all their `of` days in the window belong to this unit.

    They were in it on `there` of them; the others are of teams that have no result of their own.
    """

    person: str
    days: int
    of: int
    there: int
    target: Fraction | None

    @property
    def part(self) -> Fraction:
        """How much of what they bring to the window belongs to this unit."""
        return Fraction(self.days, self.of)


@dataclass(frozen=True)
class Unit:
    """A team (or the company) as one payee: what it reached, and its members at each evaluation."""

    name: str
    evaluations: Evaluations = field(default_factory=lambda: defaultdict(dict))
    members: dict[Moment, list[Member]] = field(default_factory=dict)


@dataclass(frozen=True)
class Pool:
    """One pool part: how it is `shared`, who is in which team for how long, their own `facts`, and everybody's rows."""

    shared: str
    stints: Sequence[Row]
    facts: Sequence[Row]
    people: Mapping[str, Evaluations]

    def paid(self, pay: Pay) -> list[Row]:
        """What each member is paid. `pay` is what a part pays for evaluations, whoever they are of."""
        own = self._own_facts()
        found: dict[tuple[str, Moment], list[Row]] = defaultdict(list)
        for unit in self.units():
            for row in pay(unit.name, unit.evaluations):
                moment: Moment = (row["period"], row["window_month"])
                for one in self._shares(unit, moment, row, own.get(moment, {})):
                    found[one["person_id"], moment].append(one)
        for person, evaluations in self.people.items():  # whose target is not known is in no unit
            for when, rows in evaluations.items():
                if _lacks_target(rows[""]):
                    found[person, when].append(_head(rows[""], when) | {"missing": "target", "steps": "[]"})
        return [_together(found[key]) for key in sorted(found)]

    def units(self) -> list[Unit]:
        """Every unit, with what it reached and its members at each evaluation."""
        by_moment: dict[Moment, list[Row]] = defaultdict(list)
        for row in self.stints:
            moment = (row["period"], row["window_month"])
            rows = self.people[row["person_id"]].get(moment) if row["person_id"] in self.people else None
            if rows is not None and not _lacks_target(rows[""]):
                by_moment[moment].append(row)
        units: dict[str, Unit] = {}
        for moment, stints in sorted(by_moment.items()):
            for name, members in sorted(self._members(moment, stints).items()):
                unit = units.setdefault(name, Unit(name))
                unit.members[moment] = members
                unit.evaluations[moment] = self._reached(moment, members)
        return list(units.values())

    def _members(self, moment: Moment, stints: Iterable[Row]) -> dict[str, list[Member]]:
        """Who is in which unit. Of two teams, each has its days; a team that nobody was in all the time has no result."""
        days: dict[str, dict[str, int]] = defaultdict(dict)
        last: dict[str, str] = {}
        for row in sorted(stints, key=lambda one: (one["person_id"], one["last_on"])):
            name = row["team_id"] or (f"person {row['person_id']}" if row["unit"] == "team" else "company")
            days[row["person_id"]][name] = row["days"]
            last[row["person_id"]] = name
        homes = {name for there in days.values() if len(there) == 1 for name in there}
        units: dict[str, list[Member]] = defaultdict(list)
        for person, there in sorted(days.items()):
            target, end, total = target_of(self.people[person][moment][""]), last[person], sum(there.values())
            kept = {name: many for name, many in there.items() if name in homes and name != end} if end in homes else {}
            kept[end] = total - sum(kept.values())
            for name, many in kept.items():
                part = None if target is None else target * Fraction(many, total)
                units[name].append(Member(person, many, total, there[name], part))
        return units

    def _reached(self, moment: Moment, members: Sequence[Member]) -> dict[str, Row]:
        """What the unit reached: what counts for who was in it longest, of those who were nowhere else, for the target of all."""
        longest = min(members, key=lambda one: (one.there != one.of, -one.there, one.person))
        rows = self.people[longest.person][moment]
        target = sum((one.target or ZERO for one in members), ZERO)
        whole = {"target_n": target, "target_d": 1} if longest.target is not None else {}
        return rows | {"": rows[""] | whole}

    def _own_facts(self) -> dict[Moment, dict[str, dict[str, Fraction]]]:
        """At each evaluation, by fact: what each person was credited for themselves."""
        found: dict[Moment, dict[str, dict[str, Fraction]]] = defaultdict(lambda: defaultdict(dict))
        for row in self.facts:
            moment = (row["period"], row["window_month"])
            found[moment][row["fact_id"]][row["person_id"]] = Fraction(row["counted"])
        return found

    def _shares(self, unit: Unit, moment: Moment, row: Row, own: Mapping[str, Mapping[str, Fraction]]) -> Iterable[Row]:
        members, whole = unit.members[moment], unit.evaluations[moment][""]
        if row["missing"]:
            yield from (row | {"person_id": one.person} for one in members)
            return
        how, weights = _weights(self.shared, members, own)
        seen, base = seen_of(whole), base_of(whole)
        value = seen.value if seen.value is not None else row["attainment"]
        reached = {"measure": whole["measure"], "of": whole["unit"], "value": value, "target": target_of(whole),
                   "stands_for": whole["stands_for"], "all": row["pay"]}  # fmt: skip
        reached |= {"n": whole["n"] or 0} if whole["scored"] else {"counted": whole["counted"]}
        reached |= {"base": base} if base is not None else {}
        pays = share_out(row["pay"], weights, whole["rounding_to"])
        before = share_out(row["uncapped"], weights, whole["rounding_to"])
        for member, weight, pay, uncapped in zip(members, weights, pays, before, strict=True):
            told = {"step": "pool", "shared": how, "members": len(members), "mine": weight,
                    "total": sum(weights, ZERO), "pay": pay}  # fmt: skip
            mine = self.people[member.person][moment][""]
            yield row | {"person_id": member.person, "pay": pay, "uncapped": uncapped, "weighed": mine["weighed"],
                         "attainment": _nine(value) if base is not None else row["attainment"],
                         "steps": steps_text([*json.loads(row["steps"]), reached | told])}  # fmt: skip


def _weights(
    shared: str, members: Sequence[Member], own: Mapping[str, Mapping[str, Fraction]]
) -> tuple[str, list[Fraction]]:
    """By what the amount is shared, and how much of it each member has; equally where nobody has any."""
    by_days = [Fraction(one.days) for one in members]
    if shared == "equal":
        return shared, by_days
    if shared == "target_pay":
        weights = [one.target or ZERO for one in members]
    else:
        count = _credited if shared == "coverage" else shapley
        counts = count(own, {one.person: one.part for one in members})
        weights = [max(counts.get(one.person, ZERO), ZERO) for one in members]
    return (shared, weights) if any(weights) else ("equal", by_days)


def _credited(own: Mapping[str, Mapping[str, Fraction]], members: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """What each member was credited for."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    for people in own.values():
        for person, counted in people.items():
            found[person] += counted * members.get(person, 0)
    return found


def shapley(own: Mapping[str, Mapping[str, Fraction]], members: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Each member's Shapley value: of each fact, what its members were credited for, in equal parts.

    `own` is what each person was credited for by fact; `members` are those who count, each with how much of theirs does.
    """
    groups = [{person: counted * members[person] for person, counted in people.items() if person in members}
              for people in own.values()]  # fmt: skip
    return shared_by_all((group, sum(group.values(), ZERO)) for group in groups)


def _together(rows: Sequence[Row]) -> Row:
    """One row of a person who is in several units; where something is missing in one of them, nothing can be paid yet."""
    first = next((row for row in rows if row["missing"]), rows[0])
    if first["missing"] or len(rows) == 1:
        return first
    return first | {name: sum((row[name] for row in rows), Decimal(0)) for name in ("pay", "uncapped")} | {
        "steps": steps_text([step for row in rows for step in json.loads(row["steps"])])}  # fmt: skip


def _head(row: Row, moment: Moment) -> Row:
    names = ("scenario", "plan", "version", "part", "person_id")
    return {name: row[name] for name in names} | {"period": moment[0], "window_month": moment[1]}


def _lacks_target(row: Row) -> bool:
    return bool(row["weight_units"]) and row["target_n"] is None


def _nine(number: Fraction | Decimal | None) -> Decimal | None:
    return None if number is None else Decimal(round(Fraction(number) * 10**9)).scaleb(-9)
