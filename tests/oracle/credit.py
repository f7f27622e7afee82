"""Whose is a fact, and how much of it? Shares of an amount are differences of cumulative amounts, away from zero."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from .books import holders, is_by_book, period_of
from .conditions import looked_at
from .days import local_day
from .facts import Fact, Record, Row, rate_on, rescues
from .offers import factor_of, is_on, kickers, weighed
from .people import Members
from .plans import AMOUNTS, CreditRow, Plan, away_from_zero, named, number, round_to
from .units import Units, World

WHOEVER = CreditRow("deal_shares", (("deal_shares", Fraction(1)),), overlay=False)
CENT, SMALLEST = Fraction(1, 100), Fraction(1, 10000)
NINTH = Fraction(1, 10**9)


Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Credited:
    """A fact, or a stretch of it, as it counts for a person in a part of a plan; None: no rate is known."""

    plan: Plan
    part: str
    use: str
    person: str
    fact: Fact
    row: str
    who: str
    low: Fraction
    counted: Fraction | None
    beside: bool = False
    decides: date | None = None
    factor: Fraction = Fraction(1)

    @property
    def weight(self) -> Fraction:
        """What it weighs in the part's pay: what it counted, with kickers."""
        return weighed(self.counted or Fraction(0), self.factor)

    @property
    def key(self) -> Key:
        """Whose, in which part."""
        return (self.plan.name, self.plan.version, self.part, self.person)

    @property
    def order(self) -> tuple[Any, ...]:
        """Cents are given in the order of days, then of ids."""
        return (self.fact.on_day, self.fact.fact_id, self.fact.measure, self.row, self.who, self.low)


def behind(record: Record, fact: Fact, who: str) -> list[tuple[str, Fraction, Fraction]]:
    """The people behind a fact in one way, each with the stretch of it that is theirs."""
    if who == "owner":
        return [(fact.owner_id, Fraction(0), Fraction(1))] if fact.owner_id else []
    if who == "deal_shares":
        return _deal_shares(record, fact)
    covering = [row for row in record.all("coverage") if fact.customer_id and row["customer_id"] == fact.customer_id
                and row["role"] == who and row["from_on"] <= fact.on_day
                and (row.get("to_on") is None or fact.on_day < row["to_on"])]  # fmt: skip
    covering.sort(key=lambda row: (row["person_id"], row["from_on"]))
    return _stretches([(row["person_id"], _share(row)) for row in covering])


def _share(row: Row) -> Fraction:
    return Fraction(1) if row.get("share") is None else Fraction(row["share"])


def _deal_shares(record: Record, fact: Fact) -> list[tuple[str, Fraction, Fraction]]:
    rows = [row for row in record.all("deal_shares") if fact.deal_id and row["deal_id"] == fact.deal_id]
    rows.sort(key=lambda row: (row["person_id"], row["role"]))
    own = [row for row in rows if not row.get("overlay")]
    overlays = _stretches([(row["person_id"], _share(row)) for row in rows if row.get("overlay")], exact=True)
    # beside the fact: behind its end
    beside = [(person, low + 1, high + 1) for person, low, high in overlays]
    if not own:
        return [*behind(record, fact, "owner"), *beside]
    return [*_stretches([(row["person_id"], _share(row)) for row in own]), *beside]


def _stretches(shares: list[tuple[str, Fraction]], *, exact: bool = False) -> list[tuple[str, Fraction, Fraction]]:
    found, reached = [], Fraction(0)
    for person, share in shares:
        low, reached = reached, reached + share
        # a third and a third and a third, each of nine decimals, are the whole
        whole = not exact and abs(reached - 1) < Fraction(1, 10**6)
        found.append((person, low, Fraction(1) if whole else reached))
    return found


def saves_of(record: Record, plan: Plan) -> dict[str, str]:
    """By contract under notice, and by the one that renews it: saved, gone, or not_content, by the plan's words."""
    said = plan.words.get("saved")
    found: dict[str, tuple[date, str]] = {}
    for contract in record.all("contracts") if said else ():
        standing = _standing(record, said, contract)
        if standing is None:
            continue
        renewals = [
            row["contract_id"] for row in record.all("contracts") if row.get("renews_id") == contract["contract_id"]
        ]
        for name in (contract["contract_id"], *renewals):
            if name not in found or found[name][0] < contract["notice_on"]:
                found[name] = (contract["notice_on"], standing)
    return {name: standing for name, (_, standing) in found.items()}


def _standing(record: Record, said: dict[str, Any], contract: Row) -> str | None:
    within, still_after = (int(said[word].split()[0]) for word in ("rescue_logged_within", "still_customer_after"))
    tried = rescues(record, contract, within)
    if not tried:
        return None
    notice, rescued_on = contract["notice_on"], tried[0][2]
    deadline = notice + timedelta(days=still_after)
    renewal = record.one("contracts", "renews_id", contract["contract_id"])
    left = renewal.get("ended_on") or contract.get("ended_on")
    if left is not None and left <= deadline:
        return "gone"
    for kind in said.get("and", {}):
        if not _content(record, contract["customer_id"], kind, rescued_on, deadline):
            return "not_content"
    return "saved"


def _content(record: Record, customer: str, kind: str, first: date, last: date) -> bool:
    """What they answered last within the days; with no answer, only while there is still time."""
    answers = [row for row in record.all("surveys") if row["customer_id"] == customer and row["kind"] == kind
               and row.get("score") is not None and first <= local_day(row["answered_at"], record.zone) <= last
               and local_day(row["answered_at"], record.zone) <= record.today]  # fmt: skip
    if not answers:
        return record.today <= last
    latest = max(answers, key=lambda row: (local_day(row["answered_at"], record.zone), row["invitation_id"]))
    low, high = (Fraction(latest[name] if latest.get(name) is not None else default)
                 for name, default in (("scale_min", 0), ("scale_max", 10)))  # fmt: skip
    return Fraction(latest["score"]) - low >= Fraction(3, 4) * (high - low)


def worth(record: Record, plan: Plan, fact: Fact) -> Fraction | None:
    """A fact in the plan's currency, as money is kept: to four decimals."""
    if fact.currency == plan.currency:
        return fact.amount
    if fact.currency in plan.words.get("rates", {}):
        return round_to(fact.amount * number(plan.words["rates"][fact.currency]), SMALLEST)
    rate, own = rate_on(record, fact.currency, fact.on_day), rate_on(record, plan.currency, fact.on_day)
    return None if rate is None or own is None else round_to(fact.amount * rate / own, SMALLEST)


def cut(amount: Fraction, low: Fraction, high: Fraction) -> Fraction:
    """The stretch of an amount from low to high, in cents where the amount is in cents."""
    if (low, high) == (0, 1):
        return amount
    grain = CENT if amount == round_to(amount, CENT) else SMALLEST
    return away_from_zero(amount * high, grain) - away_from_zero(amount * low, grain)


def fitting(plan: Plan, words: dict[str, Any], standing: str | None) -> list[CreditRow]:
    """The rows by which a part credits a fact: the last that fits, and every overlay."""
    names = named(words.get("credit", []))
    rows = [plan.credit[name] for name in names] or [WHOEVER]
    if words.get("of") == "company":
        rows = [replace(row, overlay=False) for row in rows]
    has_saves = "saved" in plan.words
    own = [row for row in rows if not row.overlay]
    fits = [row for row in own if row.name != "saved" or not has_saves or standing == "saved"]
    if has_saves and own and any(row.name == "saved" for row in own):
        after = [row.name for row in own].index("saved") == len(own) - 1
        if after and standing in ("gone", "not_content"):
            fits = []
    return [*fits[-1:], *(row for row in rows if row.overlay)]


def credited(record: Record, plans: list[Plan], world: World, under: Members) -> Iterator[Credited]:
    """Every fact of every part, for everybody whom it is credited to on its day."""
    found = next(facts for known, facts in world.known if known is record)
    units = Units(record, under)
    for plan in plans:
        standings = saves_of(record, plan)
        for part, words in plan.parts.items():
            if words["measure"] in AMOUNTS:
                yield from _of_unit(record, plan, part, words, world, under, standings, units)
        for name, words in looked_at(plan):
            for one in _of_unit(record, plan, name, words, world, under, standings, units):
                yield replace(one, use=f"seen {one.use}")
        for role, words in plan.also_pays.items():
            yield from _also(record, plan, role, words, found, under, standings)


def _of_unit(record: Record, plan: Plan, part: str, words: dict[str, Any], world: World, under: Members,
             standings: dict[str, str], units: Units) -> Iterator[Credited]:  # fmt: skip
    """What a part counts for each person: their own facts, or those of their team, of those below, of the company."""
    for one in _of_whom(record, plan, part, words, world, under, standings, units):
        if is_on(words, one.fact.on_day):
            kicked = one.use == "counted" and any(True for _ in kickers(words))
            yield replace(one, factor=factor_of(world.home(one.fact), words, one.fact)) if kicked else one


def _of_whom(record: Record, plan: Plan, part: str, words: dict[str, Any], world: World, under: Members,
             standings: dict[str, str], units: Units) -> Iterator[Credited]:  # fmt: skip
    unit = words.get("of", "own")
    if unit == "company":
        yield from _of_company(plan, part, words, world, under)
        return
    found = next(facts for known, facts in world.known if known is record)
    for one in _part(record, plan, part, words, found, under if unit == "own" else None, standings):
        # an overlay stands beside the fact, which is counted by its shares already
        if unit == "own":
            yield one
        elif not (one.row in plan.credit and plan.credit[one.row].overlay) and not one.beside:
            for person in under.people(plan):
                if units.belongs(plan, person, unit, one.person, one.decides or one.fact.on_day):
                    yield replace(one, person=person)


def _of_company(plan: Plan, part: str, words: dict[str, Any], world: World, under: Members) -> Iterator[Credited]:
    """Every fact, whole, whoever stands behind it."""
    with_saves = "saved" in plan.words and "saved" in named(words.get("credit", []))
    against = words.get("against", "nothing")
    for record, found in world.known:
        standings = saves_of(record, plan) if with_saves else {}
        for fact in found:
            for use, measure in (("counted", words["measure"]), ("base", against)):
                standing = standings.get(fact.contract_id) if use == "counted" else None
                if fact.measure != measure or not fitting(plan, words, standing):
                    continue
                for person in under.people(plan):
                    if under.is_in(plan, person, fact.on_day):
                        amount = worth(record, plan, fact)
                        yield Credited(plan, part, use, person, fact, "", "company", Fraction(0), amount)


def _part(record: Record, plan: Plan, part: str, words: dict[str, Any], found: list[Fact], under: Members | None,
          standings: dict[str, str]) -> Iterator[Credited]:  # fmt: skip
    against = words.get("against", "nothing")
    base = against if against in AMOUNTS else None
    for fact in found:
        if fact.measure == words["measure"]:
            for row in fitting(plan, words, standings.get(fact.contract_id)):
                yield from _shares(record, plan, part, "counted", fact, row, under)
        if fact.measure == base:
            for row in [row for row in fitting(plan, words, None) if not row.overlay]:
                yield from _shares(record, plan, part, "base", fact, row, under)


def _shares(record: Record, plan: Plan, part: str, use: str, fact: Fact, row: CreditRow,
            under: Members | None, only: str | None = None) -> Iterator[Credited]:  # fmt: skip
    start = Fraction(0)
    amount = worth(record, plan, fact)
    for who, share in row.shares:
        low, high = round_to(start, NINTH), round_to(start + share, NINTH)
        start += share
        people, day = behind(record, fact, who), fact.on_day
        if use != "also" and is_by_book(plan, fact, who):
            period = period_of(plan, fact.on_day, record.year_starts)
            people, day = (holders(record, plan, fact, who, period), period.held_on) if period else ([], day)
        for person, begins, ends in people if only in (None, who) else ():
            if under is None or under.is_in(plan, person, day):
                a, b = (round_to(low + (high - low) * place, NINTH) for place in (begins, ends))
                counted = None if amount is None else cut(amount, a, b)
                yield Credited(plan, part, use, person, fact, row.name, who, a, counted,
                               beside=who == "deal_shares" and begins >= 1, decides=day)  # fmt: skip


def _also(record: Record, plan: Plan, role: str, words: dict[str, Any], found: list[Fact], under: Members,
          standings: dict[str, str]) -> Iterator[Credited]:  # fmt: skip
    """Who covers the customer in that role is paid beside, where somebody under the plan stands behind the fact."""
    row = plan.credit[words["for"]]
    is_save = row.name == "saved" and "saved" in plan.words
    measures = {"saved"} if is_save else {part["measure"] for part in plan.parts.values()
                                          if row.name in named(part.get("credit", []))}  # fmt: skip
    for fact in found:
        if fact.measure not in measures or (is_save and standings.get(fact.contract_id) != "saved"):
            continue
        if any(True for _ in _shares(record, plan, role, "also", fact, row, under)):
            yield from _shares(record, plan, role, "also", fact, row, None, only=role)
