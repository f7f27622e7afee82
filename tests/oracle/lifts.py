"""What is a period's pay lifted to, and what becomes of a draw? Period after period, as one would by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .days import block, days_in, first_day, month_of
from .people import fte, yearly_target
from .plans import Plan, Words, is_percent, number
from .windows import Company


@dataclass(frozen=True)
class Lift:
    """What a period is paid on top, and what falls due of a draw: line by line, with the account `draw`."""

    person: str
    plan: Plan
    kind: str
    settles: int
    amounts: dict[str, Fraction]


@dataclass(frozen=True)
class Floor:
    """One plan period of one person: by kind, to what its pay is lifted."""

    plan: Plan
    place: int
    amounts: dict[str, Fraction]


def lifts(company: Company, pays: dict[tuple[str, str, int], Fraction]) -> Iterator[Lift]:
    """Every lift. `pays`: what each plan period pays a person, by person, plan and period."""
    names = {plan.name for plan in company.plans if "guarantee" in plan.words or "draw" in plan.words}
    for name in sorted(names):
        versions = [plan for plan in company.plans if plan.name == name]
        people = {person for plan in versions for person in company.under.people(plan)}
        for person in sorted(people):
            floors = dict(_floors(company, versions, person))
            if floors:
                paid = {period: pay for (who, of, period), pay in pays.items() if (who, of) == (person, name)}
                yield from _periods(company, person, versions, floors, paid)


def _floors(company: Company, versions: Iterable[Plan], person: str) -> Iterator[tuple[int, Floor]]:
    by_period: dict[int, list[tuple[Plan, list[date]]]] = {}
    for plan in sorted(versions, key=lambda plan: plan.from_on):
        spans: dict[int, list[date]] = {}
        for day in company.under.of(plan, person):
            spans.setdefault(block(month_of(day), plan.months, company.year_starts), []).append(day)
        for period, days in spans.items():
            if first_day(period) <= company.record.today:
                by_period.setdefault(period, []).append((plan, days))
    for period in sorted(by_period):
        place = (period - min(by_period)) // by_period[period][0][0].months + 1
        amounts: dict[str, Fraction] = {}
        for plan, days in by_period[period]:
            for kind in ("guarantee", "draw"):
                amount = _amount(company, plan, person, plan.words.get(kind), place, period, days)
                if amount is not None:
                    amounts[kind] = amounts.get(kind, Fraction(0)) + amount
        yield period, Floor(max(by_period[period], key=lambda one: one[0].from_on)[0], place, amounts)


def _amount(company: Company, plan: Plan, person: str, words: Words | None, place: int, period: int,
            days: list[date]) -> Fraction | None:  # fmt: skip
    if words is None or ("for" in words and place > int(words["for"].split()[0])):
        return None
    whole = days_in(period, plan.months)
    if not is_percent(words["amount"]):
        return plan.rounded(number(words["amount"]) * len(days) / whole)
    target = Fraction(0)
    for day in days:
        position = company.under.of(plan, person)[day]
        yearly = yearly_target(plan, position)
        if yearly is None:
            return None
        target += yearly * plan.months / 12 * fte(position) / whole
    return plan.rounded(number(words["amount"]) * target)


def _periods(company: Company, person: str, versions: list[Plan], floors: dict[int, Floor],
             paid: dict[int, Fraction]) -> Iterator[Lift]:  # fmt: skip
    owed = Fraction(0)
    months = versions[0].months
    last = max(day for plan in versions for day in company.under.of(plan, person))
    first, plan = min(floors), floors[min(floors)].plan
    for period in range(first, month_of(company.record.today) + 1, months):
        floor = floors.get(period)
        plan = floor.plan if floor else plan
        place = (period - first) // months + 1
        settles = company.settles(period + months - 1)
        pay = paid.get(period, Fraction(0))
        up_to = pay
        words = plan.words.get("draw", {})
        free = words.get("recoverable") == "false"
        amounts = floor.amounts if floor else {}
        for kind in ("guarantee", "draw"):
            more = max(amounts.get(kind, up_to) - up_to, Fraction(0))
            up_to += more
            if not more:
                continue
            if kind == "guarantee" or free:
                yield Lift(person, plan, kind, settles, {"earned": more, "payable": more})
            else:
                owed += more
                yield Lift(person, plan, kind, settles, {"payable": more, "draw": more})
        due = min(owed, _recovers(plan, place, pay, amounts))
        if first_day(period) > last:
            due = owed
        if due and not free:
            owed -= due
            yield Lift(person, plan, "draw", settles, {"recoverable": due, "draw": -due})


def _recovers(plan: Plan, place: int, pay: Fraction, amounts: dict[str, Fraction]) -> Fraction:
    said = plan.words.get("draw", {}).get("recovers", {})
    if place < int(said.get("from", "period 1").split()[1]):
        return Fraction(0)
    above = max(pay - max(amounts.values(), default=Fraction(0)), Fraction(0))
    return number(said.get("share", "100%")) * above // plan.grain * plan.grain
