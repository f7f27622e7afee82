"""What happened to one customer, from signature to leaving, and what did it cost whom?

The customer shown is chosen by a rule: of those whose leaving took back commission, the one whose way has most of what
the others have too (a late go-live, a promise not kept, a hand-off), and of these the one with most taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pyarrow as pa

from keepwell.show import format as written
from keepwell.show.ask import Row, ask
from keepwell.show.names import Names

Tone = Literal["plain", "trouble", "money"]
TAKEN_BACK = "taken back"


@dataclass(frozen=True)
class Moment:
    """Something that happened on a day; `amount` and `line_id` where it moved somebody's pay."""

    on: date
    what: str
    more: str = ""
    tone: Tone = "plain"
    amount: Decimal | None = None
    line_id: str = ""


@dataclass(frozen=True)
class CustomerLine:
    """One customer's way, oldest moment first; `taken_back` in the currency of the lines."""

    customer_id: str
    taken_back: Decimal
    moments: tuple[Moment, ...]


def choose_customer(tables: Mapping[str, pa.Table]) -> str | None:
    """The customer whom the rule finds; None where no leaving took anything back."""
    if not {"pay_lines", "contracts"} <= tables.keys():
        return None
    taken = ask(
        "SELECT customer_id, -sum(amount) AS amount FROM pay_lines WHERE reason = 'taken back' AND customer_id <> '' "
        "GROUP BY customer_id HAVING sum(amount) < 0",
        pay_lines=tables["pay_lines"],
    )  # fmt: skip
    if not taken:
        return None
    met = [_late_live(tables), _broken(tables), _handed_over(tables)]
    best = max(
        taken, key=lambda row: (sum(row["customer_id"] in those for those in met), row["amount"], row["customer_id"])
    )
    return str(best["customer_id"])


def customer_line(customer_id: str, tables: Mapping[str, pa.Table], names: Names, currency: str) -> CustomerLine:
    """The customer's moments, from the tables that are there."""
    found: list[Moment] = []
    for table, tell in _TELLERS.items():
        if table in tables:
            found += tell(_of(customer_id, tables[table]), names, currency)
    taken = sum((-m.amount for m in found if m.amount is not None and m.amount < 0), Decimal(0))
    order = {"plain": 0, "trouble": 1, "money": 2}
    return CustomerLine(
        customer_id, taken, tuple(sorted(found, key=lambda m: (m.on, order[m.tone], m.line_id, m.what)))
    )


def _of(customer_id: str, table: pa.Table) -> list[Row]:
    return ask("SELECT * FROM rows WHERE customer_id = $1", customer_id, rows=table)


def _late_live(tables: Mapping[str, pa.Table]) -> set[Any]:
    if "milestones" not in tables:
        return set()
    return _customers(
        "SELECT DISTINCT customer_id FROM rows WHERE kind = 'went_live' AND CAST(reached_at AS DATE) > due_on",
        tables["milestones"],
    )


def _broken(tables: Mapping[str, pa.Table]) -> set[Any]:
    if "promises" not in tables:
        return set()
    return _customers("SELECT DISTINCT customer_id FROM rows WHERE status IN ('late', 'broken')", tables["promises"])


def _handed_over(tables: Mapping[str, pa.Table]) -> set[Any]:
    return _customers("SELECT DISTINCT customer_id FROM rows", tables["handoffs"]) if "handoffs" in tables else set()


def _customers(sql: str, table: pa.Table) -> set[Any]:
    return {row["customer_id"] for row in ask(sql, rows=table)}


def _deals(rows: Iterable[Row], names: Names, currency: str) -> list[Moment]:
    return [
        Moment(row["closed_on"], f"{names.person(row['owner_id']) or 'Somebody'} signs "
               f"{written.money(row['annual_value'] or row['amount'], row['currency'] or currency, cents=False)} a year",
               f"{written.share(row['discount'], 0)} discount" if row.get("discount") else "")
        for row in rows if row["outcome"] == "won" and row["closed_on"]
    ]  # fmt: skip


def _promises(rows: Iterable[Row], names: Names, currency: str) -> list[Moment]:  # noqa: ARG001 - one shape for all
    made: dict[tuple[date, str], int] = {}
    found = []
    for row in rows:
        made[row["made_on"], row["person_id"] or ""] = made.get((row["made_on"], row["person_id"] or ""), 0) + 1
        if row["status"] == "broken" and row["due_on"]:
            found.append(
                Moment(row["due_on"], f"A promise of a {written.clean(row['kind'])} is not kept", tone="trouble")
            )
    for (on, person), number in made.items():
        who = names.person(person) or "Somebody"
        found.append(Moment(on, f"{who} makes {written.count(number, 'promise')}"))
    return found


def _milestones(rows: Iterable[Row], names: Names, currency: str) -> list[Moment]:  # noqa: ARG001
    found = []
    for row in rows:
        if row["kind"] not in {"went_live", "first_value", "installed"} or not row["reached_at"]:
            continue
        reached, due = row["reached_at"].date(), row["due_on"]
        late = (reached - due).days if due else 0
        more = f"{written.days(late)} late: promised for {written.day(due)}" if late > 0 else "in time" if due else ""
        found.append(Moment(reached, written.words(row["kind"]), more, "trouble" if late > 0 else "plain"))
    return found


def _handoffs(rows: Iterable[Row], names: Names, currency: str) -> list[Moment]:  # noqa: ARG001
    found = []
    for row in rows:
        giver, taker = names.person(row.get("from_person_id")), names.person(row.get("to_person_id"))
        if giver and taker:
            found.append(Moment(row["at"].date(), f"{giver} hands over to {taker}"))
    if len(found) <= 3:
        return found
    found.sort(key=lambda moment: moment.on)
    more = f"until {written.day(found[-1].on)}"
    return [*found[:2], Moment(found[2].on, f"Handed over {len(found) - 2} times more", more, "trouble")]


def _tickets(rows: Iterable[Row], names: Names, currency: str) -> list[Moment]:  # noqa: ARG001
    by_month: dict[tuple[int, int], list[Row]] = {}
    for row in rows:
        by_month.setdefault((row["opened_at"].year, row["opened_at"].month), []).append(row)
    found = []
    for cases in by_month.values():
        missed = sum(row["met_service_level"] is False for row in cases)
        more = f"{missed} not solved in the time agreed" if missed else ""
        first = min(row["opened_at"] for row in cases).date()
        found.append(
            Moment(first, f"{written.count(len(cases), 'case')} opened", more, "trouble" if missed else "plain")
        )
    return found


def _surveys(rows: Iterable[Row], names: Names, currency: str) -> list[Moment]:  # noqa: ARG001
    return [
        Moment(row["answered_at"].date(), f"Answers {written.plain(row['score'])} of {written.plain(row['scale_max'] or 10)}",
               "would recommend us?", "trouble" if row["score"] <= 6 else "plain")
        for row in rows if row["kind"] == "nps" and row["answered_at"] and row["score"] is not None
    ]  # fmt: skip


def _contracts(rows: Iterable[Row], names: Names, currency: str) -> list[Moment]:  # noqa: ARG001
    found = []
    for row in rows:
        if row["notice_on"]:
            found.append(Moment(row["notice_on"], "Gives notice", tone="trouble"))
        if row["ended_on"]:
            why = written.words(row["end_reason"]).lower() if row["end_reason"] else ""
            found.append(Moment(row["ended_on"], "Leaves", why, "trouble"))
    return found


def _pay_lines(rows: Iterable[Row], names: Names, currency: str) -> list[Moment]:
    found = []
    for row in rows:
        took = row["reason"] == TAKEN_BACK
        verb = "gives back" if took else "gets"
        amount = written.money(abs(row["amount"]), row.get("currency") or currency)
        found.append(
            Moment(row["on_day"], f"{names.person(row['person_id'])} {verb} {amount}", row.get("sentence") or "",
                   "money", row["amount"], row["line_id"])
        )  # fmt: skip
    return found


_TELLERS = {
    "deals": _deals, "promises": _promises, "milestones": _milestones, "handoffs": _handoffs, "tickets": _tickets,
    "surveys": _surveys, "contracts": _contracts, "pay_lines": _pay_lines,
}  # fmt: skip
