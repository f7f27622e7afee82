"""What would the plan before have paid to the same people for the same days?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from .contests import everything
from .credit import credited
from .days import LENGTHS, block
from .holds import movements, period_pays
from .lifts import Befores, lifts
from .people import Members, members
from .plans import Plan
from .ramps import Ramps, months_later
from .units import World
from .windows import Company, horizon


def ends_on(first: Plan, said: dict[str, str]) -> date:
    """The first day on which a transition no longer holds."""
    count, kind = said["for"].split()
    return months_later(first.from_on, int(count) * LENGTHS[kind.removesuffix("s")])


def befores(company: Company) -> Befores:
    """By plan with a transition, person and the plan's period: what the plan before would have paid."""
    found: Befores = {}
    for name in sorted({plan.name for plan in company.plans if "transition" in plan.words}):
        versions = sorted((plan for plan in company.plans if plan.name == name), key=lambda plan: plan.from_on)
        new = next(plan for plan in versions if "transition" in plan.words)
        for (person, _, period), pay in _would_pay(company, versions, new).items():
            key = (person, name, block(period, new.months, company.year_starts))
            found[key] = found.get(key, Fraction(0)) + pay
    return found


def _would_pay(company: Company, versions: list[Plan], new: Plan) -> dict[tuple[str, str, int], Fraction]:
    old = _in_its_place(company, new)
    record = company.record
    everybody = members(record, [old], horizon(record, [old]))
    under = Members()
    for (name, version, person), days in everybody.days.items():
        same = {
            day: row for day, row in days.items() if any(company.under.is_in(plan, person, day) for plan in versions)
        }
        if same:
            under.days[name, version, person] = same
    world = World(company.world.known, [Ramps(record, [old], under)])
    then = Company(record, [old], under, list(credited(record, [old], world, under)), company.year_starts, company.closes,
                   company.given, world, answers=company.answers)  # fmt: skip
    pays = period_pays(then, movements(then, everything(then)))
    for lift in lifts(then, dict(pays), {}):
        key = (lift.person, old.name, lift.period)
        if {"earned", "payable"} <= lift.amounts.keys():
            pays[key] = pays.get(key, Fraction(0)) + lift.amounts["payable"]
    return pays


def _in_its_place(company: Company, new: Plan) -> Plan:
    """The plan before, in its version of the new one's first day, for the new one's people and days."""
    said = new.words["transition"]
    versions = sorted((plan for plan in company.plans if plan.name == said["not_below"]), key=lambda plan: plan.from_on)
    old = next((plan for plan in reversed(versions) if plan.from_on <= new.from_on), versions[0])
    kept = {word: value for word, value in old.words.items() if word != "transition"}
    days = {"from": new.from_on.isoformat(), "to": ends_on(new, said).isoformat()}
    return replace(old, words={**kept, "applies_to": new.words["applies_to"], "effective": days})
