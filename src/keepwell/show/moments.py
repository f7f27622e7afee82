"""In which words does a customer's line tell the rows of each table?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from keepwell.pay import say
from keepwell.show import format as written
from keepwell.show.ask import Row
from keepwell.show.names import Names
from keepwell.show.summary import Parts

Tone = Literal["plain", "trouble", "money"]
TAKEN_BACK = "taken_back"


@dataclass(frozen=True)
class Moment:
    """Something that happened on a day; `amount` and `line_id` where it moved somebody's pay."""

    on: date
    what: str
    more: str = ""
    tone: Tone = "plain"
    amount: Decimal | None = None
    line_id: str = ""
    taken_back: bool = False


def is_new(row: Row) -> bool:
    """Is this deal a first sale that was won?"""
    return row["outcome"] == "won" and row["closed_on"] is not None and (row["kind"] or "new") == "new"


@dataclass(frozen=True)
class Speaker:
    """Tells the moments of each table's rows in words."""

    names: Names
    parts: Parts
    currency: str

    def deals(self, rows: list[Row]) -> list[Moment]:
        """Who signed what, at which discount."""
        found = []
        for row in rows:
            if is_new(row):
                value = written.money(
                    row["annual_value"] or row["amount"], row["currency"] or self.currency, cents=False
                )
                who = self.names.person(row["owner_id"]) or "Somebody"
                discount = f"at {written.share(row['discount'], 0)} discount" if row["discount"] else ""
                found.append(Moment(row["closed_on"], f"{who} signs {value} a year", discount))
        return found

    def promise_ledger(self, rows: list[Row]) -> list[Moment]:
        """Who promised how much, and what was kept late or not at all."""
        made: dict[str, list[date]] = {}
        late: list[Row] = []
        for row in rows:
            if row["ref_table"] != "promises":
                continue
            if row["made_on"]:
                made.setdefault(row["person_id"], []).append(row["made_on"])
            if row["status"] in {"late", "broken"} and row["due_on"]:
                late.append(row)
        found = [
            Moment(
                max(days), f"{self.names.person(person) or 'Somebody'} has made {written.count(len(days), 'promise')}"
            )
            for person, days in made.items()
        ]
        return found + _late_promises(late)

    def coverage(self, rows: list[Row]) -> list[Moment]:
        """Who took over, and as what."""
        begun = sorted((row for row in rows if row["from_on"]), key=lambda row: (row["from_on"], row["role"]))
        return [
            Moment(row["from_on"], f"{self.names.person(row['person_id'])} takes over as {_role(row['role'])}")
            for row in begun if row["role"] not in _SELLING
        ]  # fmt: skip

    def milestones(self, rows: list[Row]) -> list[Moment]:
        """When the customer went live and had first value, and how late."""
        found = []
        for row in rows:
            if row["kind"] not in {"went_live", "first_value"} or not row["reached_at"]:
                continue
            reached, due = row["reached_at"].date(), row["due_on"]
            late = (reached - due).days if due else 0
            more = (
                f"{written.days(late)} late: promised for {written.day(due)}" if late > 0 else "in time" if due else ""
            )
            found.append(Moment(reached, written.words(row["kind"]), more, "trouble" if late > 0 else "plain"))
        return found

    def tickets(self, rows: list[Row]) -> list[Moment]:
        """How many cases, and how many were not solved in time."""
        if not rows:
            return []
        opened = sorted(row["opened_at"].date() for row in rows)
        missed = sum(row["met_service_level"] is False for row in rows)
        more = [f"until {written.day(opened[-1])}"] if len(rows) > 1 else []
        more += [f"{missed} not solved in the time agreed"] if missed else []
        said = f"Opens {'the first of ' if len(rows) > 1 else ''}{written.count(len(rows), 'case')}"
        return [Moment(opened[0], said, ", ".join(more), "trouble" if missed else "plain")]

    def handoffs(self, rows: list[Row]) -> list[Moment]:
        """How often cases changed hands."""
        between = [row for row in rows if row["of"] == "person"]
        if len(between) < 2:
            return []
        returns = sum(bool(row["is_return"]) for row in between)
        more = f"{returns} times back to whom they came from" if returns else ""
        cases = len({row["ticket_id"] for row in between})
        said = f"{written.count(cases, 'case')} handed from one to the next {len(between)} times"
        return [Moment(max(row["at"].date() for row in between), said, more, "trouble" if returns else "plain")]

    def surveys(self, rows: list[Row]) -> list[Moment]:
        """What the customer answered."""
        return [
            Moment(row["answered_at"].date(), f"Would recommend us: {written.plain(row['score'])} of "
                   f"{written.plain(row['scale_max'] or 10)}", tone="trouble" if row["score"] <= 6 else "plain")
            for row in rows if row["kind"] == "nps" and row["answered_at"] and row["score"] is not None
        ]  # fmt: skip

    def touches(self, rows: list[Row]) -> list[Moment]:
        """Who tried to keep the customer."""
        return [
            Moment(row["at"].date(), f"{self.names.person(row['person_id']) or 'Somebody'} tries to keep the customer")
            for row in rows if row["kind"] == "save_attempt"
        ]  # fmt: skip

    def contracts(self, rows: list[Row]) -> list[Moment]:
        """Notice, and the end."""
        found = []
        for row in rows:
            if row["notice_on"]:
                found.append(Moment(row["notice_on"], "Gives notice", tone="trouble"))
            if row["ended_on"]:
                why = written.words(row["end_reason"]).lower() if row["end_reason"] else ""
                found.append(Moment(row["ended_on"], "Leaves", why, "trouble"))
        return found

    def pay_lines(self, rows: list[Row]) -> list[Moment]:
        """Who was paid in advance, who lost what was held, and who must give back."""
        found = []
        for row in rows:
            verb = _MOVES.get(row["movement"])
            day = row["on_day"] or row["fact_on"]
            if verb is None or day is None or not row["amount"] or row["scenario"] != "actual":
                continue
            words = self.parts.get((row["plan"], row["part"]))
            said = f"{self.names.person(row['person_id'])} {verb}"
            title = words.title if words else say.title(row["part"])
            taken = row["movement"] == TAKEN_BACK
            found.append(
                Moment(
                    day,
                    said,
                    f"for {title[:1].lower()}{title[1:]}",
                    "money",
                    row["amount"],
                    row["line_id"],
                    taken_back=taken,
                )
            )
        return found


def _late_promises(rows: list[Row]) -> list[Moment]:
    found = []
    for status, said in (("late", "kept late"), ("broken", "not kept")):
        of_status = [row for row in rows if row["status"] == status]
        if of_status:
            kinds = written.listed(sorted({written.words(row["kind"]).lower() for row in of_status}))
            first = min(row["due_on"] for row in of_status)
            what = f"{written.count(len(of_status), 'promise is', 'promises are')} {said}"
            found.append(Moment(first, what, kinds, "trouble"))
    return found


def _role(role: str) -> str:
    return written.words(role).lower()


_SELLING = frozenset({"account_executive", "solution_engineer", "sales_development_rep", "seller"})
_MOVES = {"advanced": "is paid in advance", "lapsed": "loses what was held", "taken_back": "must give back"}
TELLERS: dict[str, Callable[[Speaker, list[Row]], list[Moment]]] = {
    "deals": Speaker.deals, "promise_ledger": Speaker.promise_ledger, "coverage": Speaker.coverage,
    "milestones": Speaker.milestones, "tickets": Speaker.tickets, "handoffs": Speaker.handoffs,
    "surveys": Speaker.surveys, "touches": Speaker.touches, "contracts": Speaker.contracts,
    "pay_lines": Speaker.pay_lines,
}  # fmt: skip
