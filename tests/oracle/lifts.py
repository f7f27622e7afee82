"""What is a period's pay lifted to, and what becomes of a draw? Period after period, as one would by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .days import LENGTHS, ONE, block, days_in, first_day, month_of
from .people import fte, yearly_target
from .plans import Plan, Words, is_percent, number
from .ramps import Ramps
from .windows import Company

Pays = dict[tuple[str, str, int], Fraction]
Befores = dict[tuple[str, str, int], Fraction]


@dataclass(frozen=True)
class Lift:
    """What a period is paid on top, and what falls due of a draw: line by line, with the account `draw`."""

    person: str
    plan: Plan
    kind: str
    settles: int
    period: int
    amounts: dict[str, Fraction]


@dataclass(frozen=True)
class Floor:
    """One plan period of one person: by kind, to what its pay is lifted."""

    plan: Plan
    place: int
    amounts: dict[str, Fraction]


def lifts(company: Company, pays: Pays, befores: Befores) -> Iterator[Lift]:
    """Every lift. `pays`: what each plan period pays a person, by person, plan and period; `befores`: would have paid before."""
    names = {plan.name for plan in company.plans if "guarantee" in {*plan.words, *plan.words.get("ramp", ())}
             or "draw" in plan.words or "transition" in plan.words}  # fmt: skip
    for name in sorted(names):
        versions = [plan for plan in company.plans if plan.name == name]
        people = {person for plan in versions for person in company.under.people(plan)}
        for person in sorted(people):
            floors = dict(_floors(company, versions, person))
            if floors:
                paid = {period: pay for (who, of, period), pay in pays.items() if (who, of) == (person, name)}
                old = {period: pay for (who, of, period), pay in befores.items() if (who, of) == (person, name)}
                yield from _periods(company, person, versions, floors, paid, old)


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
                if kind == "guarantee" and "guarantee" in plan.words.get("ramp", {}):
                    amount = _ramped(company, plan, person, period, days)
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
    target = _target(company, plan, person, period, [(day, Fraction(1)) for day in days])
    return None if target is None else plan.rounded(number(words["amount"]) * target)


def _ramped(company: Company, plan: Plan, person: str, period: int, days: list[date]) -> Fraction | None:
    """What is guaranteed by the months in the role: of the target of each day the share that holds then."""
    ramps = Ramps(company.record, [plan], company.under)
    shares = [(day, ramps.share(plan, "guarantee", person, day)) for day in days]
    counting = [(day, share) for day, share in shares if share]
    target = _target(company, plan, person, period, counting) if counting else None
    return None if target is None else plan.rounded(target)


def _target(
    company: Company, plan: Plan, person: str, period: int, days: list[tuple[date, Fraction]]
) -> Fraction | None:
    target = Fraction(0)
    for day, share in days:
        position = company.under.of(plan, person)[day]
        yearly = yearly_target(plan, position)
        if yearly is None:
            return None
        target += share * yearly * plan.months / 12 * fte(position) / days_in(period, plan.months)
    return target


def _periods(company: Company, person: str, versions: list[Plan], floors: dict[int, Floor],
             paid: dict[int, Fraction], befores: dict[int, Fraction]) -> Iterator[Lift]:  # fmt: skip
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
        amounts = dict(floor.amounts) if floor else {}
        if floor and period in befores and first_day(period) < _transition_ends(plan, versions):
            amounts["transition"] = befores[period]
        # a draw that is never recovered is a guarantee by another name
        for kind in ("guarantee", "draw", "transition") if free else ("guarantee", "transition", "draw"):
            more = max(amounts.get(kind, up_to) - up_to, Fraction(0))
            up_to += more
            if not more:
                continue
            if kind != "draw" or free:
                yield Lift(person, plan, kind, settles, period, {"earned": more, "payable": more})
            else:
                owed += more
                yield Lift(person, plan, kind, settles, period, {"payable": more, "draw": more})
        due = min(owed, _recovers(plan, place, pay, amounts))
        if first_day(period) > last:
            due = owed
        if due and not free:
            owed -= due
            yield Lift(person, plan, "draw", settles, period, {"recoverable": due, "draw": -due})
        if owed and _is_forgiven(company, plan, person, period, last):
            yield Lift(person, plan, "draw", settles, period, {"earned": owed, "draw": -owed})
            owed = Fraction(0)


def _transition_ends(plan: Plan, versions: list[Plan]) -> date:
    said = plan.words.get("transition")
    if said is None:
        return date.min
    first = min((one for one in versions if "transition" in one.words), key=lambda one: one.from_on)
    count, kind = said["for"].split()
    # whole months, from the first of the month in which it begins
    return first_day(month_of(first.from_on) + int(count) * LENGTHS[kind.removesuffix("s")])


def _is_forgiven(company: Company, plan: Plan, person: str, period: int, last: date) -> bool:
    """Is what is owed written off: has the person left the company, and is this the last period under the plan?"""
    left = company.record.one("people", "person_id", person).get("left_on")
    return (plan.words.get("on_leaving", {}).get("draw") == "forgiven" and left is not None and left == last + ONE
            and left <= company.record.today and period == block(month_of(last), plan.months, company.year_starts))  # fmt: skip


def _recovers(plan: Plan, place: int, pay: Fraction, amounts: dict[str, Fraction]) -> Fraction:
    said = plan.words.get("draw", {}).get("recovers", {})
    if place < int(said.get("from", "period 1").split()[1]):
        return Fraction(0)
    above = max(pay - max(amounts.values(), default=Fraction(0)), Fraction(0))
    return number(said.get("share", "100%")) * above // plan.grain * plan.grain
