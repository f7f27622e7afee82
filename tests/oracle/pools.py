"""One amount for a team or the company: what did it reach, who is in it, and what is each member's share?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .days import month_of
from .offers import is_on
from .plans import Plan, away_from_zero
from .windows import (
    Company,
    Evaluation,
    exact_of,
    is_evaluated,
    left_of,
    limited_line,
    missing_of,
    moments,
    reached,
    target_of,
)

Moment = tuple[int, int, int]
NOTHING = Fraction(0)


@dataclass(frozen=True)
class Member:
    """Somebody in a unit: what share of all they bring to the window is in it, and on how many days they really were."""

    person: str
    share: Fraction
    days: Fraction
    there: int
    target: Fraction | None


def pooled(company: Company) -> Iterator[Evaluation]:
    """Every pool of every plan, member by member."""
    for plan in company.plans:
        for part, words in plan.parts.items():
            if "pool" in words:
                yield from _part(company, plan, part)


def _part(company: Company, plan: Plan, part: str) -> Iterator[Evaluation]:
    units: dict[str, dict[Moment, list[Member]]] = {}
    for moment in moments(company, plan, part):
        people = [one for one in company.under.people(plan) if is_evaluated(company, plan, part, one, *moment)]
        targets = {one: target_of(company, plan, part, one, moment[0], moment[2]) for one in people}
        unknown = [one for one in people if plan.weight(part) and targets[one] is None]
        yield from (_told(company, plan, part, one, moment, "target") for one in unknown)
        for name, members in _members(company, plan, part, moment, set(people) - set(unknown), targets).items():
            units.setdefault(name, {})[moment] = members
    paid: dict[tuple[str, Moment], list[Evaluation]] = {}
    for name, there in units.items():
        of_unit = [_reached(company, plan, part, name, moment, members) for moment, members in there.items()]
        for one, moment in (
            (one, moment) for one in limited_line(company, of_unit) for moment in there if moment[1] == one.period
        ):
            for member, share in zip(there[moment], _shares(company, one, there[moment]), strict=True):
                mine = _told(company, plan, part, member.person, moment, one.missing, share)
                paid.setdefault((member.person, moment), []).append(mine)
    for (person, moment), several in paid.items():
        missing = next((one.missing for one in several if one.missing), "")
        yield _told(company, plan, part, person, moment, missing, sum((one.pay or NOTHING for one in several), NOTHING))


def _told(company: Company, plan: Plan, part: str, person: str, moment: Moment, missing: str,
          pay: Fraction | None = None) -> Evaluation:  # fmt: skip
    first, period, _ = moment
    settles = company.settles(period + plan.months - 1)
    return Evaluation(
        plan, part, person, first, period, settles, NOTHING, None, None, None if missing else pay, missing
    )


def _members(company: Company, plan: Plan, part: str, moment: Moment, people: set[str],
             targets: dict[str, Fraction | None]) -> dict[str, list[Member]]:  # fmt: skip
    """Who is in which unit. A team in which nobody was on all of their days has no result of its own."""
    first, period, _ = moment
    were: dict[str, Counter[str]] = {}
    last: dict[str, str] = {}
    for person in sorted(people):
        days = sorted(day for day in company.under.of(plan, person)
                      if first <= month_of(day) < period + plan.months and is_on(plan.parts[part], day))  # fmt: skip
        names = [_unit(company, plan, part, person, day) for day in days]
        were[person], last[person] = Counter(names), names[-1]
    has_result = {name for names in were.values() if len(names) == 1 for name in names}
    found: dict[str, list[Member]] = {}
    for person, names in were.items():
        shared = {last[person]: names.total()}
        if last[person] in has_result:
            kept = {name: days for name, days in names.items() if name in has_result and name != last[person]}
            shared = {**kept, last[person]: names.total() - sum(kept.values())}
        for name, days in shared.items():
            share, target = Fraction(days, names.total()), targets[person]
            found.setdefault(name, []).append(
                Member(person, share, Fraction(days), names[name], None if target is None else target * share))  # fmt: skip
    return found


def _unit(company: Company, plan: Plan, part: str, person: str, day: date) -> str:
    if plan.parts[part]["of"] == "company":
        return "company"
    return company.units.team(plan, person, day) or f"alone {person}"


def _reached(company: Company, plan: Plan, part: str, name: str, moment: Moment, members: list[Member]) -> Evaluation:
    """What the part comes to once, for the unit: by what counts for the member who was in it longest."""
    first, period, aims = moment
    only_here = [one for one in members if one.there == one.days and one.share == 1]
    longest = min(only_here or members, key=lambda one: (-one.there, one.person))
    target = None if plan.weight(part) is None else sum((one.target or NOTHING for one in members), NOTHING)
    counted, base = reached(company, plan, part, longest.person, first, period, aims)
    missing, pay = missing_of(plan, part, target, base), None
    if not missing:
        exact = exact_of(company, plan, part, longest.person, counted, base, target, (first, period))
        pay = exact * left_of(company, plan, part, longest.person, first, period)
    settles = company.settles(period + plan.months - 1)
    return Evaluation(plan, part, name, first, period, settles, counted, target, base, pay, missing)


def _shares(company: Company, one: Evaluation, members: list[Member]) -> list[Fraction]:
    """The amount in shares that add up to it, cut from the cumulative one in the order of ids."""
    if one.pay is None:
        return [NOTHING] * len(members)
    weights = _weights(company, one, members)
    if not any(weights):
        weights = [member.days for member in members]
    found, so_far, given = [], NOTHING, NOTHING
    for weight in weights:
        so_far += weight
        upto = away_from_zero(one.pay * so_far / sum(weights), one.plan.grain)
        found.append(upto - given)
        given = upto
    return found


def _weights(company: Company, one: Evaluation, members: list[Member]) -> list[Fraction]:
    how = one.plan.parts[one.part]["pool"]["shared"]
    if how == "equal":
        return [member.days for member in members]
    if how == "target_pay":
        return [member.target or NOTHING for member in members]
    by_fact = _own_facts(company, one, members)
    found = dict.fromkeys((member.person for member in members), NOTHING)
    for people in by_fact.values():
        for person, counted in people.items():
            found[person] += counted if how == "coverage" else sum(people.values(), NOTHING) / len(people)
    return [max(found[member.person], NOTHING) for member in members]


def _own_facts(company: Company, one: Evaluation, members: list[Member]) -> dict[str, dict[str, Fraction]]:
    """Of each fact, what each member was credited for themselves, as much of it as belongs to this unit."""
    found: dict[str, dict[str, Fraction]] = {}
    for member in members:
        for credit in company.credits_of(one.plan, f"{one.part}?pool", member.person):
            overlay = credit.row in one.plan.credit and one.plan.credit[credit.row].overlay
            inside = one.window <= month_of(credit.fact.on_day) < one.period + one.plan.months
            if (
                inside
                and credit.use == "seen counted"
                and credit.counted is not None
                and not credit.beside
                and not overlay
            ):
                people = found.setdefault(credit.fact.fact_id, {})
                people[member.person] = people.get(member.person, NOTHING) + credit.counted * member.share
    return found
