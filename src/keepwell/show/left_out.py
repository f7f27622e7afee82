"""What of orders and contracts counts for nothing in what customers are worth? Of one customer, and of all, in words."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from keepwell.show import format as written
from keepwell.show.ask import Row, ask
from keepwell.show.unrated import REASON

Tables = Mapping[str, pa.Table]
_RETURNED, _UNBOUGHT = "returned as a whole", "returned unbought"
_AHEAD = {"not begun": "begins on", "dated ahead": "is dated"}


def left_out_words(tables: Tables) -> list[str]:
    """What else counts for nothing in the values, in sentences; what lacks a rate is said first (`unrated`)."""
    rows = ask("SELECT ref_table, reason, count(*) AS n FROM rows WHERE reason <> $1 GROUP BY ALL ORDER BY ref_table, reason",
               REASON, rows=tables["value_left_out"])  # fmt: skip
    return [
        f"{_many(row)} {'counts' if row['n'] == 1 else 'count'} for nothing: {row['reason']} (table value_left_out)"
        for row in rows
    ]


def left_out_of(customer: str, tables: Tables) -> str:
    """What of a customer's orders and contracts counts for nothing, and why."""
    return written.listed([f"{_many(row)} ({_reason(row)})" for row in _of(customer, tables)])


def why_none(customer: str, tables: Tables) -> str:
    """The same where nothing of theirs counts; '' where neither an order nor a contract is known."""
    reasons = {row["reason"] for row in _of(customer, tables)}
    if _RETURNED in reasons and reasons <= {_RETURNED, _UNBOUGHT}:
        return "all that was bought was returned"
    return left_out_of(customer, tables)


def _of(customer: str, tables: Tables) -> list[Row]:
    return ask("SELECT reason, ref_table, count(*) AS n, min(on_day) AS first_on FROM rows WHERE customer_id = $1 "
               "GROUP BY reason, ref_table ORDER BY reason, ref_table", customer, rows=tables["value_left_out"])  # fmt: skip


def _many(row: Row) -> str:
    """`1 order`, `2 contracts`."""
    return written.count(row["n"], str(row["ref_table"]).removesuffix("s"))


def _reason(row: Row) -> str:
    """The reason; of what is still to come, from when on."""
    ahead = _AHEAD.get(row["reason"])
    if ahead is None:
        return str(row["reason"])
    return f"{'' if row['n'] == 1 else 'the first '}{ahead} {written.day(row['first_on'])}"
