"""What does each part of a plan pay for its window so far? Counted, against what, for which target, in which shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from .conditions import Look, holds, limit, limited, listed, observed, times
from .credit import Credited, Key
from .days import ONE, block, days_in, first_day, month_of
from .facts import Record, Row
from .goals import GOALS, score_of
from .people import Members, fte, yearly_target
from .plans import AMOUNTS, Plan, round_to
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
        length = plan.months if span == "each" else int(span)
        first = block(period, length, self.year_starts)
        return first, first + length


def _period_target(company: Company, plan: Plan, person: str, first: int, after: int) -> dict[int, Fraction | None]:
    """The plan's whole target of each period: each day under the plan has its share of it."""
    found: dict[int, Fraction | None] = {}
    for day, position in company.under.of(plan, person).items():
        if first <= month_of(day) < after:
            period = block(month_of(day), plan.months, company.year_starts)
            yearly = yearly_target(plan, position)
            whole = None if yearly is None else yearly * plan.months / 12 * fte(position) / days_in(period, plan.months)
            so_far = found.get(period, Fraction(0))
            found[period] = None if whole is None or so_far is None else so_far + whole
    return found


def sum_or_none(values: Any) -> Fraction | None:
    """The sum; nothing where one of them is nothing."""
    total = Fraction(0)
    for value in values:
        if value is None:
            return None
        total += value
    return total


def quota_of(company: Company, plan: Plan, words: Row, person: str, first: int, after: int, *,
             pooled: bool = False) -> Fraction | None:  # fmt: skip
    """What `of` whom is asked in these months: each recorded quota by the share of its days that count."""
    days = [day for day in company.under.of(plan, person) if first <= month_of(day) < after]
    return recorded_quota(company.world, company.units, plan, words["measure"], person, days, words.get("of", "own"),
                          pooled=pooled)  # fmt: skip


def standing(company: Company, plan: Plan, part: str, person: str, period: int) -> tuple[str, Fraction]:
    """What a scored part is decided by: its own value, or the first fallback that applies; `own` with the value."""
    words = plan.parts[part]
    if words["measure"] == GOALS:
        score = score_of(company.record, person, period, period + plan.months)
        return ("unscored", Fraction(0)) if score is None else ("own", score)
    said = words["evidence"]
    known = company.given.get((person, words["measure"]))
    if known is not None and known[0] >= int(said.get("at_least", "1").split()[0]) and known[0] > 0:
        return "own", round_to(known[1], Fraction(1, 10**4))
    otherwise = said.get("otherwise", [])
    # team and company have no answers here: what is given is given for the person
    others = [
        word for word in ([otherwise] if isinstance(otherwise, str) else otherwise) if word not in ("team", "company")
    ]
    return (others[0] if others else "nothing"), Fraction(0)


def missing_weight(company: Company, plan: Plan, person: str, period: int) -> tuple[Fraction, set[str]]:
    """The weight that is spread over the other parts, and the parts that it is taken from."""
    gone = {part for part, words in plan.parts.items()
            if words["measure"] not in AMOUNTS and standing(company, plan, part, person, period)[0] == "reweight"}  # fmt: skip
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
        if is_evaluated(company, plan, person, first, period, aims):
            yield _evaluate(company, plan, part, person, first, period, aims)


def moments(company: Company, plan: Plan, part: str) -> Iterator[tuple[int, int, int]]:
    """Each evaluation of a part: its window's first month, the period at whose end it is, the month up to which it aims."""
    for period in company.periods(plan):
        first, end = company.window(plan, plan.span(part), period)
        to_date = plan.parts[part].get("against") == "quota_to_date"
        yield first, period, period + plan.months if to_date else end


def is_evaluated(company: Company, plan: Plan, person: str, first: int, period: int, aims: int) -> bool:
    """Has the person come under the plan by then, in this window?"""
    days = [day for day in company.under.of(plan, person) if first <= month_of(day) < aims]
    return bool(days) and month_of(min(days)) < period + plan.months


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
        exact = exact_of(company, plan, part, person, period, counted, base, target)
        pay = exact * left_of(company, plan, part, person, first, period)
    settles = company.settles(period + plan.months - 1)
    return Evaluation(plan, part, person, first, period, settles, counted, target, base, pay, missing)


def reached(company: Company, plan: Plan, part: str, person: str, first: int, period: int,
            aims: int) -> tuple[Fraction, Fraction | None]:  # fmt: skip
    """What was counted so far, and what it is set against; None where that is missing, or nothing."""
    words, after = plan.parts[part], period + plan.months
    inside = [one for one in company.credits_of(plan, part, person)
              if first <= month_of(one.fact.on_day) < after and one.counted is not None]  # fmt: skip
    so_far = {use: [one.counted or Fraction(0) for one in inside if one.use == use] for use in ("counted", "base")}
    against = words.get("against", "nothing")
    base: Fraction | None = None
    if against in ("quota", "quota_to_date"):
        base = quota_of(company, plan, words, person, first, aims, pooled="pool" in words)
    elif against != "nothing" and so_far["base"]:
        base = sum(so_far["base"], Fraction(0))
    return sum(so_far["counted"], Fraction(0)), base


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


def exact_of(company: Company, plan: Plan, part: str, person: str, period: int, counted: Fraction, base: Fraction | None,
             target: Fraction | None) -> Fraction:  # fmt: skip
    """What the part's shape gives, before conditions."""
    words = plan.parts[part]
    shape = Shape(words["pays"])
    if words["measure"] in AMOUNTS:
        return exact_pay(shape, counted, base, target)
    stands, value = standing(company, plan, part, person, period)
    if stands == "reweight" and missing_weight(company, plan, person, period)[0] >= 1:
        after = words["evidence"]["otherwise"]
        later = [word for word in after[after.index("reweight") + 1 :] if word in ("target", "nothing")]
        stands = later[0] if later else "nothing"
    if stands == "target":
        return target or Fraction(0)
    if stands != "own":
        return Fraction(0)
    return shape.gives(value) * (1 if target is None else target)


def left_of(company: Company, plan: Plan, part: str, person: str, first: int, period: int) -> Fraction:
    """The share that all conditions and multipliers of a part leave, as its window stands at a period's end."""
    share = Fraction(1)
    for word, says in (("only_if", holds), ("times", times)):
        for place, words in enumerate(listed(plan.parts[part], word)):
            share *= says(words, _seen(company, plan, part, f"{part}?{word}{place}", words, person, first, period))
    return share


def _seen(company: Company, plan: Plan, part: str, name: str, words: Row, person: str, first: int,
          period: int) -> Fraction | None:  # fmt: skip
    if words["measure"] not in AMOUNTS:
        return observed(company.given.get((person, words["measure"])), words)
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
        pooled = "pool" in plan.parts[part]
        whole = quota_of(company, plan, words, person, first, ends, pooled=pooled)
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


def each_pay(company: Company, one: Credited, words: Row) -> Fraction:
    """The pay of one fact by itself."""
    exact = exact_pay(Shape(words.get("pays", words)), one.counted or Fraction(0), None, None)
    if one.part in one.plan.also_pays:
        return one.plan.rounded(exact)
    period = block(month_of(one.fact.on_day), one.plan.months, company.year_starts)
    # one percentage of four decimals
    left = round_to(left_of(company, one.plan, one.part, one.person, period, period), Fraction(1, 10**6))
    return one.plan.rounded(limit(words, "fact").cut(exact * left, None))


def horizon(record: Record, plans: list[Plan]) -> date:
    """A day behind every window's end."""
    return max([record.today, *(plan.to_on for plan in plans if plan.to_on)]) + ONE * 800
