"""What does each part of a plan pay for its window so far? Counted, against what, for which target, in which shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from .answers import LEVELS, Answers, Known, deciding, months_back
from .compared import blended, cell, has_shares
from .conditions import Look, blend_of, holds, limited, listed, observed, times
from .credit import Credited, Key
from .days import ONE, block, days_in, first_day, month_of
from .facts import Record, Row
from .goals import GOALS, score_of
from .offers import is_on, kickers, spiff
from .people import Members, fte, yearly_target
from .plans import AMOUNTS, Plan
from .shapes import Shape, exact_pay
from .units import Units, World, recorded_quota


@dataclass(frozen=True)
class Evaluation:
    """A part's window as it stood at the end of one of its periods; `pay` None: something is missing."""

    plan: Plan
    part: str
    person: str
    window: int
    period: int
    settles: int
    counted: Fraction
    target: Fraction | None
    base: Fraction | None
    pay: Fraction | None
    missing: str
    weighed: Fraction = Fraction(0)


@dataclass(frozen=True)
class Company:
    """All that pay is computed from."""

    record: Record
    plans: list[Plan]
    under: Members
    credits: list[Credited]
    year_starts: int = 1
    closes: int = 3
    given: dict[tuple[str, str], tuple[int, Fraction]] = field(default_factory=dict)
    world: World = field(default_factory=World)
    # what everybody's places give: by plan, version, part, person, window and period
    places: dict[tuple[str, str, str, str, int, int], Fraction] = field(default_factory=dict)
    answers: Answers = field(default_factory=Answers)

    @cached_property
    def units(self) -> Units:
        """Who belongs to whom."""
        return Units(self.record, self.under)

    @cached_property
    def _by_key(self) -> dict[Key, list[Credited]]:
        found: dict[Key, list[Credited]] = {}
        for one in self.credits:
            found.setdefault(one.key, []).append(one)
        return found

    def credits_of(self, plan: Plan, part: str, person: str) -> list[Credited]:
        """What a part credits a person for."""
        return self._by_key.get((plan.name, plan.version, part, person), [])

    def settles(self, month: int) -> int:
        """The settlement period of a month."""
        return block(month, self.closes, self.year_starts)

    def periods(self, plan: Plan) -> list[int]:
        """The plan's periods that have begun."""
        last = self.record.today if plan.to_on is None else min(self.record.today, plan.to_on - ONE)
        first = block(month_of(plan.from_on), plan.months, self.year_starts)
        return [month for month in range(first, month_of(last) + 1, plan.months) if first_day(month) <= last]

    def window(self, plan: Plan, span: int | str, period: int) -> tuple[int, int]:
        """The first month of a period's window, and the first month after it."""
        if span == "plan":
            first = block(month_of(plan.from_on), plan.months, self.year_starts)
            if plan.to_on is None:
                return first, block(month_of(max(self.record.today, plan.from_on)), 12, self.year_starts) + 12
            return first, block(month_of(plan.to_on - ONE), plan.months, self.year_starts) + plan.months
        if str(span).startswith("spiff"):
            return self._spiff(plan, str(span).removeprefix("spiff "))
        length = plan.months if span == "each" else int(span)
        first = block(period, length, self.year_starts)
        return first, first + length

    def _spiff(self, plan: Plan, part: str) -> tuple[int, int]:
        """The plan's periods that the days of an offer touch."""
        starts, ends = spiff(plan.parts[part]) or (plan.from_on, plan.from_on)
        last = min(ends, plan.to_on or ends) - ONE
        first = block(month_of(max(starts, plan.from_on)), plan.months, self.year_starts)
        if last < max(starts, plan.from_on):
            return first, first
        return first, block(month_of(last), plan.months, self.year_starts) + plan.months


def _period_target(company: Company, plan: Plan, person: str, first: int, after: int) -> dict[int, Fraction | None]:
    """The plan's whole target of each period: each day under the plan has its share of it."""
    days: dict[int, list[Row]] = {}
    for day, position in company.under.of(plan, person).items():
        if first <= month_of(day) < after:
            days.setdefault(block(month_of(day), plan.months, company.year_starts), []).append(position)
    found: dict[int, Fraction | None] = {}
    for period, positions in days.items():
        each = {id(position): position for position in positions}
        counts = Counter(id(position) for position in positions)
        shares = [None if (yearly := yearly_target(plan, position)) is None else yearly * fte(position) * counts[name]
                  for name, position in each.items()]  # fmt: skip
        whole = sum_or_none(shares)
        found[period] = None if whole is None else whole * plan.months / 12 / days_in(period, plan.months)
    return found


def sum_or_none(values: Any) -> Fraction | None:
    """The sum; nothing where one of them is nothing."""
    total = Fraction(0)
    for value in values:
        if value is None:
            return None
        total += value
    return total


def quota_of(
    company: Company, plan: Plan, words: Row, person: str, first: int, after: int, part: str
) -> Fraction | None:
    """What `of` whom is asked in these months of a part: each recorded quota by the share of its days that count."""
    own = plan.parts[part]
    days = [day for day in company.under.of(plan, person) if first <= month_of(day) < after and is_on(own, day)]
    return recorded_quota(company.world, company.units, plan, words["measure"], person, days, words.get("of", "own"),
                          pooled="pool" in own)  # fmt: skip


def standing(company: Company, plan: Plan, part: str, person: str, period: int) -> tuple[str, Fraction]:
    """What a scored part is decided by: its own value, or the first fallback that applies; `own` with the value."""
    words = plan.parts[part]
    if words["measure"] == GOALS:
        score = score_of(company.record, person, period, period + plan.months)
        return ("unscored", Fraction(0)) if score is None else ("own", score)
    said = words["evidence"]
    after = period + plan.months
    first = after - months_back(said["looking_back"]) if "looking_back" in said else period
    otherwise = said.get("otherwise", [])
    known = answers_of(company, plan, words, person, period, first, after)
    fallbacks = [otherwise] if isinstance(otherwise, str) else otherwise
    return deciding(known, words.get("of", "own"), fallbacks, int(said.get("at_least", "1").split()[0]))


def answers_of(company: Company, plan: Plan, words: Row, person: str, window: int, first: int,
               after: int) -> dict[str, Known | None]:  # fmt: skip
    """What is known of the person, of the team they are in on their last day in the window, and of the company."""
    days = [day for day in company.under.of(plan, person) if window <= month_of(day) < after]
    team = company.units.team(plan, person, max(days)) if days else ""
    known = {level: company.answers.of(level, name, words["measure"], first, after)
             for level, name in (("own", person), ("team", team), ("company", "company"))}  # fmt: skip
    given = company.given.get((person, words["measure"]))
    return known | {words.get("of", "own"): given} if given is not None else known


def missing_weight(company: Company, plan: Plan, person: str, period: int) -> tuple[Fraction, set[str]]:
    """The weight that is spread over the other parts, and the parts that it is taken from."""
    gone = {part for part, words in plan.parts.items()
            if "evidence" in words and standing(company, plan, part, person, period)[0] == "reweight"}  # fmt: skip
    return sum((plan.weight(part) or Fraction(0) for part in gone if not plan.on_top(part)), Fraction(0)), gone


def evaluations(company: Company) -> Iterator[Evaluation]:
    """Every part of everybody, at the end of each period that has begun."""
    yield from within_limits(company, list(_unlimited(company)))


def _unlimited(company: Company) -> Iterator[Evaluation]:
    for plan in company.plans:
        for person in company.under.people(plan):
            for part in plan.parts:
                if plan.span(part) != "each" and "pool" not in plan.parts[part]:
                    yield from _part(company, plan, part, person)


def _part(company: Company, plan: Plan, part: str, person: str) -> Iterator[Evaluation]:
    for first, period, aims in moments(company, plan, part):
        if is_evaluated(company, plan, part, person, first, period, aims):
            yield _evaluate(company, plan, part, person, first, period, aims)


def moments(company: Company, plan: Plan, part: str) -> Iterator[tuple[int, int, int]]:
    """Each evaluation of a part: its window's first month, the period at whose end it is, the month up to which it aims."""
    for period in company.periods(plan):
        first, end = company.window(plan, plan.span(part), period)
        to_date = plan.parts[part].get("against") == "quota_to_date"
        if first <= period < end:
            yield first, period, period + plan.months if to_date else end


def is_evaluated(company: Company, plan: Plan, part: str, person: str, first: int, period: int, aims: int) -> bool:
    """Has the person come under the plan by then, in this window?"""
    days = [day for day in company.under.of(plan, person) if first <= month_of(day) < aims]
    starts, ends = spiff(plan.parts[part]) or (date.min, date.max)
    return bool(days) and month_of(min(days)) < period + plan.months and min(days) < ends and max(days) >= starts


def _evaluate(company: Company, plan: Plan, part: str, person: str, first: int, period: int, aims: int) -> Evaluation:
    target = target_of(company, plan, part, person, first, aims)
    counted, base = reached(company, plan, part, person, first, period, aims)
    missing = missing_of(plan, part, target, base)
    if (
        not missing
        and plan.parts[part]["measure"] == GOALS
        and standing(company, plan, part, person, period)[0] == "unscored"
    ):
        missing = "objectives"
    pay = None
    if not missing:
        exact = exact_of(company, plan, part, person, counted, base, target, (first, period))
        pay = exact * left_of(company, plan, part, person, first, period)
    settles = company.settles(period + plan.months - 1)
    weighed = weighs_of(company, plan, part, person, first, period)
    return Evaluation(plan, part, person, first, period, settles, counted, target, base, pay, missing, weighed)


def reached(company: Company, plan: Plan, part: str, person: str, first: int, period: int,
            aims: int) -> tuple[Fraction, Fraction | None]:  # fmt: skip
    """What was counted so far, and what it is set against; None where that is missing, or nothing."""
    words, after = plan.parts[part], period + plan.months
    if "blend" in words:
        seen = [
            _seen(company, plan, part, f"{part}?{name}", blend_of(words, name), person, first, period)
            for name in words["blend"]
        ]
        key = blended(words, seen)
        return (Fraction(0), None) if key is None else (key, Fraction(1))
    inside = [one for one in company.credits_of(plan, part, person)
              if first <= month_of(one.fact.on_day) < after and one.counted is not None]  # fmt: skip
    so_far = {use: [one.counted or Fraction(0) for one in inside if one.use == use] for use in ("counted", "base")}
    against = words.get("against", "nothing")
    base: Fraction | None = None
    if against in ("quota", "quota_to_date"):
        base = quota_of(company, plan, words, person, first, aims, part)
    elif against != "nothing" and so_far["base"]:
        base = sum(so_far["base"], Fraction(0))
    return sum(so_far["counted"], Fraction(0)), base


def weighs_of(company: Company, plan: Plan, part: str, person: str, first: int, period: int) -> Fraction:
    """What the facts of a window weigh so far in the part's pay: what was counted, with kickers."""
    return sum((one.weight for one in company.credits_of(plan, part, person) if one.use == "counted"
                and first <= month_of(one.fact.on_day) < period + plan.months and one.counted is not None), Fraction(0))  # fmt: skip


def missing_of(plan: Plan, part: str, target: Fraction | None, base: Fraction | None) -> str:
    """What is missing, so that nothing can be paid yet."""
    against = plan.parts[part].get("against", "nothing")
    if plan.weight(part) and target is None:
        return "target"
    if against != "nothing" and (base is None or base <= 0):
        return "quota" if against.startswith("quota") else "measure"
    return ""


def target_of(company: Company, plan: Plan, part: str, person: str, first: int, aims: int) -> Fraction | None:
    """The part's share of the target; a weight that is missing is spread over the others in proportion."""
    weight = plan.weight(part)
    if weight is None:
        return None
    # what is asked of people in a period that is still to come nobody knows yet
    begun = set(company.periods(plan))
    found = []
    for period, share in _period_target(company, plan, person, first, aims).items():
        gone, _ = missing_weight(company, plan, person, period) if period in begun else (Fraction(0), set())
        alone = plan.on_top(part) or gone >= 1
        found.append(None if share is None else share * weight / (1 if alone else 1 - gone))
    return sum_or_none(found)


def exact_of(company: Company, plan: Plan, part: str, person: str, counted: Fraction, base: Fraction | None,
             target: Fraction | None, window: tuple[int, int]) -> Fraction:  # fmt: skip
    """What the part's shape gives, before conditions. `window`: its first month, and the period at whose end it stands."""
    words = plan.parts[part]
    whole = Fraction(1) if target is None else target
    if words["measure"] in AMOUNTS or words["measure"] == "blend":
        if not {"matrix", "rank"} & words["pays"].keys():
            return exact_pay(Shape(words["pays"]), counted, base, target)
        own = counted if base is None else counted / base
        if "matrix" in words["pays"] and not has_shares(words["pays"]["matrix"]["levels"]):
            own = counted
        return whole * _compared(company, plan, part, person, own, window)
    stands, value = standing(company, plan, part, person, window[1])
    if stands == "reweight" and missing_weight(company, plan, person, window[1])[0] >= 1:
        after = words["evidence"]["otherwise"]
        later = [word for word in after[after.index("reweight") + 1 :] if word in ("target", "nothing")]
        stands = later[0] if later else "nothing"
    if stands == "target":
        return target or Fraction(0)
    if stands not in LEVELS:
        return Fraction(0)
    if {"matrix", "rank"} & words["pays"].keys():
        return whole * _compared(company, plan, part, person, value, window)
    return whole * Shape(words["pays"]).gives(value)


def _compared(company: Company, plan: Plan, part: str, person: str, own: Fraction, window: tuple[int, int]) -> Fraction:
    """What a matrix or a rank gives."""
    words = plan.parts[part]
    if "rank" in words["pays"]:
        return company.places.get((plan.name, plan.version, part, person, *window), Fraction(0))
    by = words["pays"]["matrix"]["by"]
    return cell(words["pays"]["matrix"]["levels"], own, _seen(company, plan, part, f"{part}?by", by, person, *window))


def left_of(company: Company, plan: Plan, part: str, person: str, first: int, period: int) -> Fraction:
    """The share that all conditions and multipliers of a part leave, as its window stands at a period's end."""
    return kicked_of(company, plan, part, person, first, period) * conditions_leave(
        company, plan, part, person, first, period
    )


def kicked_of(company: Company, plan: Plan, part: str, person: str, first: int, period: int) -> Fraction:
    """What the window's facts weigh ÷ what they counted."""
    if not any(True for _ in kickers(plan.parts[part])):
        return Fraction(1)
    counted, _ = reached(company, plan, part, person, first, period, period)
    return weighs_of(company, plan, part, person, first, period) / counted if counted else Fraction(1)


def conditions_leave(company: Company, plan: Plan, part: str, person: str, first: int, period: int) -> Fraction:
    """The same without kickers."""
    share = Fraction(1)
    for word, says in (("only_if", holds), ("times", times)):
        for place, words in enumerate(listed(plan.parts[part], word)):
            if "kicker" in words:
                continue
            share *= says(words, _seen(company, plan, part, f"{part}?{word}{place}", words, person, first, period))
    return share


def _seen(company: Company, plan: Plan, part: str, name: str, words: Row, person: str, first: int,
          period: int) -> Fraction | None:  # fmt: skip
    if words["measure"] not in AMOUNTS:
        known = answers_of(company, plan, words, person, first, first, period + plan.months)
        return observed(known[words.get("of", "own")], words)
    after = period + plan.months
    inside = [one for one in company.credits_of(plan, name, person)
              if first <= month_of(one.fact.on_day) < after and one.counted is not None]  # fmt: skip
    counted, base = (sum((one.counted or Fraction(0) for one in inside if one.use == use), Fraction(0))
                     for use in ("seen counted", "seen base"))  # fmt: skip
    against = words.get("against", "nothing")
    if against == "nothing":
        return counted
    whole: Fraction | None = base
    if against.startswith("quota"):
        ends = after if against == "quota_to_date" else company.window(plan, plan.span(part), period)[1]
        whole = quota_of(company, plan, words, person, first, ends, part)
    return None if whole is None or whole <= 0 else counted / whole


def within_limits(company: Company, found: list[Evaluation]) -> list[Evaluation]:
    """The same within the part's limits, and rounded."""
    lines: dict[Key, list[Evaluation]] = {}
    for one in found:
        lines.setdefault((one.plan.name, one.plan.version, one.part, one.person), []).append(one)
    return [one for line in lines.values() for one in limited_line(company, line)]


def limited_line(company: Company, line: list[Evaluation]) -> list[Evaluation]:
    """The evaluations of one part of one person (or unit) within its limits, and rounded."""
    line = sorted(line, key=lambda one: one.period)
    plan, part = line[0].plan, line[0].part
    known = [one for one in line if one.pay is not None]
    years = [block(one.period, 12, company.year_starts) for one in known]
    goes_on = _goes_on(company, plan, line[-1].period)
    looks = [Look(one.window, year, years[place + 1 : place + 2] != [year] and year != goes_on, one.pay or Fraction(0), one.target)
             for place, (one, year) in enumerate(zip(known, years, strict=True))]  # fmt: skip
    pays = [plan.rounded(pay) for pay in limited(plan.parts[part], looks)]
    return [one for one in line if one.pay is None] + [
        replace(one, pay=pay) for one, pay in zip(known, pays, strict=True)
    ]


def _goes_on(company: Company, plan: Plan, last: int) -> int | None:
    """The fiscal year of the last period looked at, where that still runs and more of the year is to come."""
    after, year = first_day(last + plan.months), block(last, 12, company.year_starts)
    more = last + plan.months < year + 12 and (plan.to_on is None or after < plan.to_on)
    return year if more and company.record.today < after else None


def horizon(record: Record, plans: list[Plan]) -> date:
    """A day behind every window's end."""
    return max([record.today, *(plan.to_on for plan in plans if plan.to_on)]) + ONE * 800
