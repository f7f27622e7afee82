"""What have people decided beside closing: who has accepted which plan, and which amounts were adjusted by hand?

Both are decisions in the chain; runs are told them as tables, so that they are part of a run's name.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from keepwell.books.chain import Decision, decide, decisions
from keepwell.books.store import last_closed, read_rows, reading, writing
from keepwell.core.errors import RefusedError, UsageError
from keepwell.core.identifiers import content_hash
from keepwell.core.money import CENT
from keepwell.core.periods import MONTHS_IN, Period
from keepwell.pay import decided
from keepwell.pay.evidence_levels import SETTLED_EVIDENCE
from keepwell.pay.nodes import SETTLED_PERIODS, settled_lines_table

DECIDED = {table.name: table for table in decided.DECIDED}


@dataclass(frozen=True)
class Adjustment:
    """An amount that somebody decided for a person, booked in `period`; `amount` below zero is paid less."""

    adjustment_id: str
    person_id: str
    period: Period
    on_day: date
    currency: str
    amount: Decimal
    reason: str


def settled_tables(books: Path) -> dict[str, pa.Table]:
    """All that a run is told from the books: what was settled, and what was decided. Empty where nothing was."""
    with reading(books) as connection:
        settled = {
            table.name: read_rows(connection, table)
            for table in (SETTLED_PERIODS, settled_lines_table(), SETTLED_EVIDENCE)
        }
        return settled | decided_rows(connection)


def decided_rows(connection: sqlite3.Connection | None) -> dict[str, pa.Table]:
    """`acceptances` and `adjustments`. Who signed twice has signed on the day that was recorded last."""
    made: dict[str, Callable[[Decision], dict[str, Any]]] = {"acceptances": _accepted, "adjustments": _adjusted}
    found: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {name: {} for name in made}
    for one in decisions(connection, "accepted", "adjusted"):
        name = "acceptances" if one.kind == "accepted" else "adjustments"
        row = made[name](one)
        found[name][tuple(row[column] for column in DECIDED[name].key)] = row
    return {name: pa.Table.from_pylist([rows[key] for key in sorted(rows)], schema=DECIDED[name].arrow)
            for name, rows in found.items()}  # fmt: skip


def accept(books: Path, person_id: str, plan: str, version: str, accepted_on: date, by: str, at: datetime, *,
           dry_run: bool = False) -> None:  # fmt: skip
    """Write down that a person has accepted a version of a plan. `by` is who recorded it."""
    with writing(books, dry_run=dry_run) as connection:
        content = {"person_id": person_id, "plan": plan, "version": version, "accepted_on": accepted_on}
        decide(connection, "accepted", by, at, content)


def adjust(books: Path, person_id: str, amount: Decimal, currency: str, reason: str, day: date, period: Period | None,
           period_of_day: Period, by: str, at: datetime, *, dry_run: bool = False) -> Adjustment:  # fmt: skip
    """Write down an amount for a person, in `period`, or else in the first one that is not closed.

    `period_of_day` is the settlement period of the day, used where none was ever closed. Raises `RefusedError`
    (`period-closed`), `UsageError` (`adjustment-…`).
    """
    if amount == 0 or amount != amount.quantize(CENT):
        raise UsageError("adjustment-amount", f"{amount} is no amount to the cent", hint="such as 150.00 or -20.50")
    if not reason.strip():
        raise UsageError("adjustment-reason", "an adjustment needs a reason", hint='--reason "…"')
    with writing(books, dry_run=dry_run) as connection:
        last = last_closed(connection)
        first = period_of_day.first_month if last is None else last + MONTHS_IN[period_of_day.kind]
        booked = period or Period(first, period_of_day.kind, period_of_day.year_starts)
        if last is not None and booked.first_month <= last:
            raise RefusedError("period-closed", f"{booked} is closed already",
                               hint="leave --period out: the first open one is taken")  # fmt: skip
        number = len(decisions(connection, "adjusted")) + 1
        name = content_hash(str(number), person_id, currency, format(amount, "f"), reason)
        made = Adjustment(name, person_id, booked, day, currency, amount, reason.strip())
        decide(connection, "adjusted", by, at, {
            "adjustment_id": name, "person_id": person_id, "belongs_to": booked.first_month, "on_day": day,
            "currency": currency, "amount": amount, "reason": made.reason,
        })  # fmt: skip
    return made


def _accepted(one: Decision) -> dict[str, Any]:
    return {**one.content, "accepted_on": date.fromisoformat(one.content["accepted_on"])}


def _adjusted(one: Decision) -> dict[str, Any]:
    said = one.content
    return {**said, "on_day": date.fromisoformat(said["on_day"]), "amount": Decimal(said["amount"]),
            "decided_by": one.by, "known_at": one.at}  # fmt: skip
