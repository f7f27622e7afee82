"""What became of each fact's share of a part's pay? Held, released, lapsed, advanced, taken back, earned for good.

Everything is a state at the end of a settlement period, as now known; what moves in a period is the difference of two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from .alone import each_pays
from .credit import Credited, Key
from .days import block, local_day, month_of
from .facts import Record, Row
from .plans import Plan, away_from_zero, named, number, schedule, share_on
from .windows import Company, Evaluation

ACCOUNTS = ("earned", "held", "advanced", "payable", "recoverable", "draw")
Amounts = dict[str, Fraction]
NOTHING: Amounts = dict.fromkeys(ACCOUNTS, Fraction(0))
Line = tuple[str, str, str, str, str, int]
Moved = tuple[Line, Amounts, int]
Pays = dict[tuple[str, str, int], Fraction]
Shares = dict[int, tuple[int, Fraction]]


@dataclass(frozen=True)
class Fate:
    """What happened to a fact's contract, as a part's hold and take-back see it: days, and shares by then.

    `closed_on`: the hold is decided; `left_on`: what is taken back is; `safe_on`: the rest is earned for good.
    """

    hold: Fraction
    released: Fraction
    certain: bool
    closed_on: date | None
    takes_back: bool
    taken: Fraction
    left_on: date | None
    safe_on: date | None


def movements(company: Company, found: list[Evaluation]) -> list[Moved]:
    """What moves in each settlement period: by person, plan, version, part, fact ('' a whole window) and period.

    Each with the plan's period to whose pay it belongs; None: to that of none.
    """
    return [*_of_windows(company, found), *_of_facts(company)]


def period_pays(company: Company, moved: Iterable[Moved]) -> Pays:
    """What each plan period pays a person before it is lifted: not what `also_pays` gives."""
    pays: Pays = {}
    also = {(plan.name, part) for plan in company.plans for part in plan.also_pays}
    for (person, plan, _, part, _, _), amounts, period in moved:
        if (plan, part) not in also:
            pays[person, plan, period] = pays.get((person, plan, period), Fraction(0)) + amounts["payable"]
    return pays


def _of_windows(company: Company, found: list[Evaluation]) -> Iterator[Moved]:
    windows: dict[tuple[Any, ...], list[Evaluation]] = {}
    for one in found:
        if one.pay is not None:
            windows.setdefault((one.plan, one.part, one.person, one.window), []).append(one)
    for looks in windows.values():
        looks.sort(key=lambda one: one.period)
        plan, part, person = looks[0].plan, looks[0].part, looks[0].person
        words = plan.parts[part]
        if "holds" not in words and "takes_back" not in words:
            yield from _whole(looks, {one.period: one.pay or Fraction(0) for one in looks})
            continue
        # where nothing was counted there is no fact that could be waited for
        yield from _whole(looks, {one.period: Fraction(0) if one.weighed else one.pay or Fraction(0) for one in looks})
        last_of: dict[int, Evaluation] = {}
        for one in looks:
            last_of[one.settles] = one
        facts = sorted((one for one in company.credits_of(plan, part, person)
                        if one.use == "counted" and one.counted is not None
                        and looks[0].window == company.window(plan, plan.span(part), month_of(one.fact.on_day))[0]),
                       key=lambda one: one.order)  # fmt: skip
        reached = Fraction(0)
        for one in facts:
            before, reached = reached, reached + one.weight
            shares = {settles: (look.period, _share(look, before, reached)) for settles, look in last_of.items()
                      if month_of(one.fact.on_day) < look.period + plan.months}  # fmt: skip
            yield from _of_fact(company, one, shares)


def _whole(looks: list[Evaluation], pays: dict[int, Fraction]) -> Iterator[Moved]:
    before = Fraction(0)
    for one in looks:
        moved, before = pays[one.period] - before, pays[one.period]
        line = (one.person, one.plan.name, one.plan.version, one.part, "", one.settles)
        yield line, NOTHING | {"earned": moved, "payable": moved}, one.period


def _share(look: Evaluation, before: Fraction, reached: Fraction) -> Fraction:
    """A fact's share, cut from the cumulative amount away from zero."""
    pay, grain = look.pay or Fraction(0), look.plan.grain
    if not look.weighed:
        return Fraction(0)
    return away_from_zero(pay * reached / look.weighed, grain) - away_from_zero(pay * before / look.weighed, grain)


def _of_facts(company: Company) -> Iterator[Moved]:
    alone: dict[Key, list[Credited]] = {}
    for one in company.credits:
        also = one.part in one.plan.also_pays
        if one.counted is not None and (also or (one.use == "counted" and one.plan.span(one.part) == "each")):
            alone.setdefault(one.key, []).append(one)
    for found in alone.values():
        found.sort(key=lambda one: one.order)
        plan, part = found[0].plan, found[0].part
        words = plan.also_pays.get(part) or plan.parts[part]
        for one, pay in zip(found, each_pays(company, found, words), strict=True):
            yield from _alone(company, one, words, pay)


def _alone(company: Company, one: Credited, words: Row, pay: Fraction) -> Iterator[Moved]:
    period = block(month_of(one.fact.on_day), one.plan.months, company.year_starts)
    settles = company.settles(period + one.plan.months - 1)
    if one.part not in one.plan.also_pays and ("holds" in words or "takes_back" in words):
        yield from _of_fact(company, one, {settles: (period, pay)})
    else:
        line = (one.person, one.plan.name, one.plan.version, one.part, one.fact.fact_id, settles)
        yield line, NOTHING | {"earned": pay, "payable": pay}, period


def _of_fact(company: Company, one: Credited, shares: Shares) -> Iterator[Moved]:
    """What moves of one fact's share, which changes from look to look. `shares`: by settlement period, with the look's period."""
    if not shares:
        return
    fate = on_leaving(company.record, one, fate_of(company.world.home(one.fact), one))
    days = [day for day in (fate.closed_on, fate.left_on, fate.safe_on) if day is not None]
    first = min(shares)
    points = sorted({*shares, *(company.settles(month_of(day)) for day in days)})
    before, free_before = NOTHING, Fraction(0)
    for point in (point for point in points if point >= first):
        look, share = shares[max(settles for settles in shares if settles <= point)]
        now = _state(
            one.plan, fate, share, lambda day, end=point: day is not None and company.settles(month_of(day)) <= end
        )
        free = share - one.plan.rounded(share * fate.hold)
        line = (one.person, one.plan.name, one.plan.version, one.part, one.fact.fact_id, point)
        moved = {account: now[account] - before[account] for account in ACCOUNTS}
        # what is let go belongs to the period of its day, everything else to that of the look
        let_go = moved["payable"] - (free - free_before)
        released = month_of(fate.closed_on) if fate.closed_on is not None else look
        yield line, moved | {"payable": free - free_before}, look
        yield (line, NOTHING | {"payable": let_go},
               max(look, block(released, one.plan.months, company.year_starts)))  # fmt: skip
        before, free_before = now, free


def _state(plan: Plan, fate: Fate, share: Fraction, is_over: Any) -> Amounts:
    """All accounts of one share, once the days that `is_over` says have come."""
    on_hold = plan.rounded(share * fate.hold)
    let_go = plan.rounded(on_hold * fate.released)
    closed, safe = is_over(fate.closed_on), is_over(fate.safe_on)
    given = share - on_hold + (let_go if closed else 0)
    back = plan.rounded((share - on_hold + let_go) * fate.taken) if is_over(fate.left_on) else Fraction(0)
    held = Fraction(0) if closed else on_hold
    if fate.takes_back:
        earned = given - back if safe else Fraction(0)
        advanced = given - back - earned
    else:
        # what is sure to be released is earned at once, and only not yet payable
        earned, advanced = given + (held if fate.certain else 0), Fraction(0)
    return {"earned": earned, "held": held, "advanced": advanced, "payable": given, "recoverable": back,
            "draw": Fraction(0)}  # fmt: skip


def fate_of(record: Record, one: Credited) -> Fate:
    """What the record says of a fact's contract, by the words of the part."""
    words = one.plan.parts[one.part]
    signed = one.fact.on_day
    contract = record.one("contracts", "contract_id", one.fact.contract_id or None)
    left = contract.get("ended_on")
    left = left if left is not None and left <= record.today else None
    hold, back = words.get("holds"), words.get("takes_back")
    hold_share, released, certain, closed_on = Fraction(0), Fraction(0), True, None
    if hold is not None:
        hold_share = number(hold.get("share", "100%"))
        steps = schedule(hold["releases"]) if "releases" in hold else [(None, Fraction(1))]
        certain = all(share == 1 for _, share in steps)
        closed_on, released = _hold_ends(record, one, signed, left, hold["until"], steps)
    taken, safe_on = Fraction(0), None
    if back is not None:
        steps = schedule(back["share"])
        ends = max((last for last, share in steps if last is not None and share), default=0)
        gone_within = left is not None and (left - signed).days <= ends
        if left is not None and contract.get("end_reason") not in named(back.get("not_for", [])):
            taken = share_on(steps, max((left - signed).days, 0))
        safe_on = max(left, signed) if gone_within and left else _if_past(record, signed + timedelta(days=ends + 1))
    return Fate(
        hold_share, released, certain, closed_on, back is not None, taken, left if back is not None else None, safe_on
    )


def on_leaving(record: Record, one: Credited, fate: Fate) -> Fate:
    """What becomes of it where the person leaves the company: lost what is still held, earned what was advanced."""
    said = one.plan.words.get("on_leaving", {})
    gone = record.one("people", "person_id", one.person).get("left_on")
    gone = gone if gone is not None and gone <= record.today else None
    if one.plan.parts[one.part].get("on_leaving", said.get("holds", "kept")) == "lost":
        fate = replace(fate, certain=False)
        if gone is not None and (fate.closed_on is None or gone < fate.closed_on):
            fate = replace(fate, closed_on=gone, released=Fraction(0))
    if said.get("advances") == "earned" and gone is not None and fate.takes_back:
        if fate.left_on is None or gone < fate.left_on:
            fate = replace(fate, taken=Fraction(0))
        if fate.safe_on is None or gone < fate.safe_on:
            fate = replace(fate, safe_on=gone)
    return fate


def _if_past(record: Record, day: date) -> date | None:
    return day if day <= record.today else None


def _hold_ends(record: Record, one: Credited, signed: date, left: date | None, until: str,
               steps: list[tuple[int | None, Fraction]]) -> tuple[date | None, Fraction]:  # fmt: skip
    """When a hold is decided, and which share of it is released then."""
    reached = _milestone(record, one, until)
    if reached is not None and left is not None and reached > left:
        reached = None
    paying = [last for last, share in steps if share]
    expires = None
    if None not in paying:
        expires = signed + timedelta(days=max((last for last in paying if last is not None), default=-1) + 1)
    decided = [max(day, one.fact.on_day) for day in (reached, left) if day is not None]
    day = min([*decided, *([expires] if expires is not None and expires <= record.today else [])], default=None)
    if day is None or reached is None or day < max(reached, one.fact.on_day):
        return day, Fraction(0)
    return day, share_on(steps, max((reached - signed).days, 0))


def _milestone(record: Record, one: Credited, until: str) -> date | None:
    """The contract's own milestone, or else the customer's since the fact."""
    reached = [row for row in record.all("milestones") if row["kind"] == until and row.get("reached_at") is not None
               and local_day(row["reached_at"], record.zone) <= record.today]  # fmt: skip
    # whichever customer the contract's row names
    own = [local_day(row["reached_at"], record.zone) for row in reached
           if row["contract_id"] and row["contract_id"] == one.fact.contract_id]  # fmt: skip
    if own:
        return min(own)
    days = [local_day(row["reached_at"], record.zone) for row in reached
            if not row["contract_id"] and row["customer_id"] == one.fact.customer_id]  # fmt: skip
    return min((day for day in days if day >= one.fact.on_day), default=None)
