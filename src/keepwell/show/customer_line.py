"""What happened to one customer, from signature to leaving, and what did it cost whom?

The customer shown is chosen by a rule: of those whose leaving took back commission, the one whose way has most of what
the others have too (a late go-live, a promise not kept, a hand-off), and of these the one with most taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from keepwell.show.ask import ask
from keepwell.show.moments import TELLERS, Moment, Speaker, is_new
from keepwell.show.names import Names
from keepwell.show.summary import Parts


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
        "SELECT customer_id, -sum(amount) AS amount FROM pay_lines WHERE movement = 'taken_back' AND customer_id <> '' "
        "AND scenario = 'actual' GROUP BY customer_id HAVING sum(amount) < 0",
        pay_lines=tables["pay_lines"],
    )  # fmt: skip
    met = [_customers(sql, tables.get(table)) for table, sql in _TROUBLES]
    return max(
        (str(row["customer_id"]) for row in sorted(taken, key=lambda row: (-row["amount"], row["customer_id"]))),
        key=lambda customer: sum(customer in those for those in met),
        default=None,
    )


_TROUBLES = (
    (
        "milestones",
        "SELECT DISTINCT customer_id FROM rows WHERE kind = 'went_live' AND CAST(reached_at AS DATE) > due_on",
    ),
    ("promise_ledger", "SELECT DISTINCT customer_id FROM rows WHERE ref_table = 'promises' AND status = 'broken'"),
    ("handoffs", "SELECT DISTINCT customer_id FROM rows WHERE is_return"),
)


def _customers(sql: str, table: pa.Table | None) -> set[Any]:
    return set() if table is None else {row["customer_id"] for row in ask(sql, rows=table)}


def customer_line(
    customer_id: str, tables: Mapping[str, pa.Table], names: Names, parts: Parts, currency: str
) -> CustomerLine:
    """The customer's moments from the tables that are there; from the deal on that was signed last."""
    rows = {
        table: ask("SELECT * FROM rows WHERE customer_id = $1", customer_id, rows=tables[table])
        for table in TELLERS if table in tables
    }  # fmt: skip
    speaker = Speaker(names, parts, currency)
    found = [
        moment
        for table, of_customer in rows.items()
        for moment in sorted(TELLERS[table](speaker, of_customer), key=_same_day)
    ]
    begins = max((row["opened_on"] or row["closed_on"] for row in rows.get("deals", ()) if is_new(row)), default=None)
    shown = [moment for moment in found if begins is None or moment.on >= begins]
    taken = sum((-moment.amount for moment in shown if moment.taken_back and moment.amount), Decimal(0))
    shown.sort(key=lambda moment: moment.on)  # what falls on one day stays in the order of the tellers
    return CustomerLine(customer_id, taken, tuple(shown))


def _same_day(moment: Moment) -> tuple[date, str, str]:
    return moment.on, moment.what, moment.line_id
