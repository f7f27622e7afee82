"""What do payroll and the ledger get of a period? Rows that follow from its settled lines alone, and add up to them.

For a period that is not closed there are rows only as a draft, of what the latest run proposes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from keepwell.books.chain import Decision, decisions, last_head
from keepwell.books.lines import KEY, Proposal, rows_hash, totals_of
from keepwell.books.store import read_rows, reading
from keepwell.core.errors import BrokenError, RefusedError
from keepwell.core.periods import Period
from keepwell.engine import DuckDBEngine, Model, load_models
from keepwell.pay.nodes import settled_lines_table

Row = dict[str, Any]


@dataclass(frozen=True)
class Settled:
    """The lines of one period, closed or as a draft; `head` names the last decision in the books when they were read."""

    period: Period
    state: Literal["closed", "draft"]
    run_id: str
    lines: pa.Table
    head: str


def settled_lines(books: Path, period: Period, draft: Proposal | None = None) -> Settled:
    """The lines of a closed period, held against the hash under which it was closed; or those of the `draft`.

    Raises `RefusedError` (`period-not-closed`) without a draft, `BrokenError` (`books-changed`).
    """
    with reading(books) as connection:
        head = last_head(connection)
        closing = _closing(decisions(connection, "closed"), period)
        lines = read_rows(connection, settled_lines_table()) if closing else None
    of_period = pc.field("period") == pc.scalar(period.first_month)
    if closing is None or lines is None:
        if draft is None:
            raise RefusedError("period-not-closed", f"{period} is not closed, and only what is closed is paid",
                               hint=f"keepwell close {period}, or --draft to see what it would be")  # fmt: skip
        return Settled(period, "draft", draft.run_id, draft.lines.filter(of_period), head)
    together = lines.filter(pc.field("period").isin(pa.array(closing.content["months"], pa.int64())))
    if rows_hash(together, KEY, leave_out=("status",)) != closing.content["lines_hash"]:
        raise BrokenError("books-changed", f"the settled lines of {period} are not those that were closed",
                          hint="keepwell audit says what was changed")  # fmt: skip
    return Settled(period, "closed", closing.content["run_id"], lines.filter(of_period), head)


def payroll(settled: Settled, codes: Mapping[str, str]) -> list[Row]:
    """One row per person, currency and pay item, with its amount and the company's code for it.

    `codes` are by item, by `plan.item`, which goes first. Raises `BrokenError` (`export-totals`) where rows would not add up.
    """
    sums = settled.lines.append_column("item", pa.array(map(_item, settled.lines.to_pylist()), pa.string()))
    grouped = sums.group_by(["person_id", "currency", "plan", "item"]).aggregate([("payable", "sum")])
    rows = [
        {"state": settled.state, "period": settled.period.name, "person_id": row["person_id"], "plan": row["plan"],
         "item": row["item"], "code": codes.get(f"{row['plan']}.{row['item']}", codes.get(row["item"], "")),
         "currency": row["currency"], "amount": row["payable_sum"]}
        for row in grouped.to_pylist() if row["payable_sum"]
    ]  # fmt: skip
    rows.sort(key=lambda row: (row["person_id"], row["currency"], row["plan"], row["item"]))
    told: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        key = row["person_id"], row["currency"]
        told[key] = told.get(key, Decimal(0)) + row["amount"]
    owed = {(person, currency): amount for person, by_currency in totals_of(settled.lines).items()
            for currency, amount in by_currency.items() if amount}  # fmt: skip
    if {key: amount for key, amount in told.items() if amount} != owed:
        raise BrokenError("export-totals", f"the rows for {settled.period} do not add up to its lines")
    return rows


def ledger(settled: Settled, accounts: Mapping[str, str]) -> list[Row]:
    """The journal of the period: one row per account that an entry moves, debit or credit. Each entry adds to zero.

    `accounts` are the company's own for ours. Raises `BrokenError` (`export-unbalanced`).
    """
    with DuckDBEngine() as engine:
        engine.add_arrow("pay_lines", settled.lines)
        engine.build(_journal())
        posted = engine.fetch("journal").to_pylist()
    posted.sort(
        key=lambda row: (row["person_id"], row["currency"], row["movement"] == "paid", row["entry_id"], row["account"])
    )
    unbalanced = {entry for (entry, _), amount in summed(posted, "entry_id", "currency").items() if amount}
    if unbalanced:
        raise BrokenError("export-unbalanced", f"entries do not add to zero: {', '.join(sorted(unbalanced)[:5])}")
    return [
        {"state": settled.state, "period": settled.period.name, "entry": row["entry_id"],
         "account": accounts.get(row["account"], row["account"]), "name": row["account"],
         "debit": max(row["amount"], Decimal(0)), "credit": max(-row["amount"], Decimal(0)), "currency": row["currency"],
         "person_id": row["person_id"], "movement": row["movement"], "plan": row["plan"], "part": row["part"],
         "customer_id": row["customer_id"], "contract_id": row["contract_id"],
         "belongs_to": _named(settled.period, row["belongs_to"])}
        for row in posted
    ]  # fmt: skip


def postings(rows: Iterable[Row]) -> list[Row]:
    """The ledger's rows summed by account and currency."""
    debit, credit = (summed(rows, "account", "name", "currency", of=column) for column in ("debit", "credit"))
    return [{"account": key[0], "name": key[1], "currency": key[2], "debit": debit[key], "credit": credit[key]}
            for key in sorted(debit)]  # fmt: skip


def summed(rows: Iterable[Row], *by: str, of: str = "amount") -> dict[tuple[Any, ...], Decimal]:
    """Sums of a column by others."""
    found: dict[tuple[Any, ...], Decimal] = {}
    for row in rows:
        key = tuple(row[name] for name in by)
        found[key] = found.get(key, Decimal(0)) + row[of]
    return found


def _item(row: Row) -> str:
    """For what a line is paid: the part, or what it is where it belongs to none."""
    return row["part"] or ("recovery" if row["movement"] in ("recovered", "put_off") else row["movement"])


def _named(period: Period, month: int) -> str:
    return Period(month, period.kind, period.year_starts).name


def _closing(closings: Iterable[Decision], period: Period) -> Decision | None:
    return next((one for one in closings if period.first_month in one.content["months"]), None)


@cache
def _journal() -> Model:
    return next(model for model in load_models("keepwell.pay") if model.name == "journal")
