"""Lines of a run, written down directly: what the books are given to settle."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from keepwell.books import Proposal, close_at_once, proposal, settled_tables
from keepwell.books.capitalising import Cost
from keepwell.core.periods import parse_period
from keepwell.pay.nodes import settled_lines_table

TODAY = date(2027, 1, 10)
AT = datetime(2027, 1, 10, 9)
LINES = settled_lines_table()
EMPTY = {"text": "", "integer": 0, "money": Decimal(0)}


def line(line_id: str, payable: Any = 100, period: str = "2026-Q1", **more: Any) -> dict[str, Any]:
    month = parse_period(period).first_month
    row = {column.name: EMPTY.get(column.type) for column in LINES.columns}
    amount = Decimal(str(payable)).quantize(Decimal("0.0001"))
    return {**row, "scenario": "actual", "person_id": "x:1", "period": month, "belongs_to": month, "line_id": line_id,
            "line_key": line_id, "status": "open", "currency": "EUR", "amount": amount, "earned": amount,
            "payable": amount, "movement": "earned", "reason": "new", "part": "sale", "plan": "p", "version": "2026-01-01",
            **more}  # fmt: skip


def table(*rows: Mapping[str, Any]) -> pa.Table:
    return pa.Table.from_pylist([dict(row) for row in rows], schema=LINES.arrow)


def proposed(
    *rows: Mapping[str, Any], period: str = "2026-Q1", run_id: str = "run1", books: Path | None = None
) -> Proposal:
    """What a run with these open lines proposes; with `books`, a run that knows all that they say."""
    told = settled_tables(books) if books else {}
    lines = pa.concat_tables([table(*rows), *([told.pop("settled_lines")] if told else [])])
    told.pop("settled_periods", None)
    return proposal(parse_period(period), run_id, TODAY, lines, told)


def closed_books(folder: Path) -> Path:
    """Books with one closed quarter of two lines, and a contract that cost 2,400 and is written down over two years."""
    books = folder / "books.sqlite"
    starts = date(2026, 2, 1)
    cost = Cost("p", "x:c", "x:c", "EUR", ((starts, Decimal(2400)),), starts, date(2028, 2, 1))
    close_at_once(books, proposed(line("a1"), line("b2", 50, person_id="x:2")), "Ann", AT, costs=[cost])
    return books


def tamper(books: Path, *statements: str) -> None:
    """Change the file as somebody would who can write to it: without the triggers."""
    with closing(sqlite3.connect(books, isolation_level=None)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in names:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
