"""Who held a customer in a plan's period, for long enough, and are they spared its losses?"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from .days import ONE, block, first_day, month_of
from .facts import Fact, Record, Row, rate_on
from .plans import Plan

MEASURES = frozenset({"annual_value_due", "renewed_annual_value", "saved", "invoiced_amount", "paid_amount"})
ORDINARY = ("deal_shares", "owner")


@dataclass(frozen=True)
class Period:
    """The plan's period of a fact, as far as the plan's version reaches into it, and the day that decides."""

    first: date
    from_on: date
    to_on: date
    held_on: date


def is_by_book(plan: Plan, fact: Fact, who: str) -> bool:
    """Does the book say who stands behind a fact in this way?"""
    return "book" in plan.words and fact.measure in MEASURES and who not in ORDINARY


def period_of(plan: Plan, day: date, year_starts: int) -> Period | None:
    """None: the plan's version is not in force on this day."""
    if day < plan.from_on or (plan.to_on is not None and day >= plan.to_on):
        return None
    month = block(month_of(day), plan.months, year_starts)
    from_on, to_on = max(first_day(month), plan.from_on), first_day(month + plan.months)
    to_on = to_on if plan.to_on is None else min(to_on, plan.to_on)
    back = {"first day": (to_on - from_on).days, "last day": 1, "last day but one": 2}[plan.words["book"]["held_on"]]
    return Period(first_day(month), from_on, to_on, max(from_on, to_on - timedelta(days=back)))


def holders(record: Record, plan: Plan, fact: Fact, role: str, period: Period) -> list[tuple[str, Fraction, Fraction]]:
    """Who held the fact's customer in the role, each with the share that is theirs; as far as it counts for them."""
    book = plan.words["book"]
    excepted = _exceptions(plan, fact, role)
    for one in excepted:
        if "person" in one:
            everybody = {row["person_id"] for row in record.all("people")}
            return [
                (person, Fraction(0), Fraction(1)) for person in everybody if one["person"] in (person, _bare(person))
            ]
    if any("spares" in one for one in excepted) and _is_loss(record, fact):
        return []
    there = [row for row in _covering(record, fact.customer_id, period.held_on) if row["role"] == role]
    found, reached = [], Fraction(0)
    for row in sorted(there, key=lambda row: (row["person_id"], row["from_on"])):
        low, reached = reached, reached + (1 if row.get("share") is None else Fraction(row["share"]))
        since = _since(record, row)
        is_held = since <= _before(period.held_on, book.get("held_at_least", "0 days"))
        if is_held and not (_is_spared(record, plan, row, since, period) and _is_loss(record, fact)):
            found.append((row["person_id"], low, Fraction(1) if abs(reached - 1) < Fraction(1, 10**6) else reached))
    return found


def _bare(name: str) -> str:
    return name.split(":", 1)[1]


def _exceptions(plan: Plan, fact: Fact, role: str) -> list[dict[str, Any]]:
    """What was approved for this customer on the fact's day, in the roles in which the plan's own people cover customers."""
    roles = {who for row in plan.credit.values() for who, _ in row.shares} - set(ORDINARY)
    own = plan.words["applies_to"].get("role", [])
    mine = roles & set([own] if isinstance(own, str) else own)
    if role not in (mine or roles) or not fact.customer_id:
        return []
    found = [one for one in plan.words["book"].get("exceptions", [])
             if one["customer"] in (fact.customer_id, _bare(fact.customer_id))
             and date.fromisoformat(one["from"]) <= fact.on_day < date.fromisoformat(one["to"])]  # fmt: skip
    return [{**one, "person": ""} if one.get("person") == "nobody" else one for one in found]


def _covering(record: Record, customer: str, day: date) -> list[Row]:
    return [row for row in record.all("coverage") if customer and row["customer_id"] == customer and row["from_on"] <= day
            and (row.get("to_on") is None or day < row["to_on"])]  # fmt: skip


def _since(record: Record, row: Row) -> date:
    """From which day on the person has covered the customer in the role without a break."""
    since = row["from_on"]
    while True:
        day = since - ONE
        before = [one["from_on"] for one in _covering(record, row["customer_id"], day)
                  if (one["person_id"], one["role"]) == (row["person_id"], row["role"])]  # fmt: skip
        if not before:
            return since
        since = min(before)


def _before(day: date, said: str) -> date:
    """`1 month` or `30 days` before."""
    number, unit = said.split()
    if unit.startswith("day"):
        return day - timedelta(days=int(number))
    month = month_of(day) - int(number)
    return first_day(month).replace(day=min(day.day, monthrange(month // 12, month % 12 + 1)[1]))


def _is_spared(record: Record, plan: Plan, row: Row, since: date, period: Period) -> bool:
    """Did they take over somebody who was a customer, and whom nobody covered for so long?"""
    grace = plan.words["book"].get("grace")
    if grace is None:
        return False
    said = str(grace.get("for", "period")).split()
    periods = int(said[0]) if len(said) == 2 else 1
    if since < first_day(month_of(period.first) - (periods - 1) * plan.months):
        return False
    alone = timedelta(days=int(grace["unmanaged_for"].split()[0]))
    began = min((one["starts_on"] for one in record.all("contracts") if one["customer_id"] == row["customer_id"]),
                default=date.max)  # fmt: skip
    covered = any(one["from_on"] < since and (one.get("to_on") is None or one["to_on"] > since - alone)
                  for one in record.all("coverage") if one["customer_id"] == row["customer_id"])  # fmt: skip
    return began <= since - alone and not covered


def _is_loss(record: Record, fact: Fact) -> bool:
    """Is it of a contract that was due and was not renewed, or for less? Then what was renewed of it is, too."""
    known = record.facts
    old = fact.contract_id
    if fact.measure in ("renewed_annual_value", "saved"):
        old = record.one("contracts", "contract_id", fact.contract_id).get("renews_id") or ""
    elif fact.measure != "annual_value_due":
        return False
    due = next((one for one in known if one.measure == "annual_value_due" and one.contract_id == old and old), None)
    if due is None:
        return False
    renewals = {row["contract_id"] for row in record.all("contracts") if row.get("renews_id") == old}
    renewed = sum((_in_currency_of(record, due, one) for one in known
                   if one.measure == "renewed_annual_value" and one.contract_id in renewals), Fraction(0))  # fmt: skip
    return renewed < due.amount


def _in_currency_of(record: Record, due: Fact, renewed: Fact) -> Fraction:
    """A renewal in another currency, at the rates of its day; without rates nothing."""
    if due.currency == renewed.currency:
        return renewed.amount
    rate, own = (rate_on(record, one.currency, renewed.on_day) for one in (renewed, due))
    return Fraction(0) if rate is None or own is None else renewed.amount * rate / own
