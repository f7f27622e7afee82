"""Where are decisions kept, so that what was settled never changes? One SQLite file, written in whole transactions.

Triggers refuse every change of a closed period, whoever asks. Amounts are text, so that no cent passes through a float.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from keepwell.core.errors import BrokenError
from keepwell.core.tables import Table
from keepwell.pay.nodes import SETTLED_PERIODS, settled_lines_table
from keepwell.project.config import Project

_TABLES = (SETTLED_PERIODS, settled_lines_table())
_KEPT = {"settled_periods": "period", "settled_lines": "scenario, person_id, period, line_id"}


def books_of(project: Project) -> Path:
    """The file of the company's books."""
    return project.root / project.books if project.books else project.state / "books.sqlite"


def settled_tables(books: Path) -> dict[str, pa.Table]:
    """`settled_periods` and `settled_lines` as pay reads them; empty where nothing was ever closed."""
    if not books.exists():
        return {table.name: table.arrow.empty_table() for table in _TABLES}
    with opened(books) as connection:
        return {table.name: _read(connection, table) for table in _TABLES}


@contextmanager
def opened(books: Path) -> Iterator[sqlite3.Connection]:
    """The books in one transaction: all that is written within, or nothing. Raises `BrokenError` (`books-broken`)."""
    books.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(books, isolation_level=None, timeout=30)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        for statement in _schema():
            connection.execute(statement)
        yield connection
        connection.execute("COMMIT")
    except sqlite3.DatabaseError as error:
        raise BrokenError("books-broken", f"the books could not be written: {error}", where=str(books)) from error
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.close()


def add_rows(connection: sqlite3.Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Write rows of a table of the books."""
    names = ", ".join(table.names)
    marks = ", ".join("?" for _ in table.names)
    values = [[_stored(row[name]) for name in table.names] for row in rows]
    connection.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", values)  # noqa: S608 - own names


def _schema() -> Iterator[str]:
    for table in _TABLES:
        columns = ", ".join(f"{column.name} {'INTEGER' if column.type == 'integer' else 'TEXT'}"
                            for column in table.columns)  # fmt: skip
        yield f"CREATE TABLE IF NOT EXISTS {table.name} ({columns}, PRIMARY KEY ({_KEPT[table.name]})) STRICT"
        for change in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER IF NOT EXISTS {table.name}_no_{change.lower()} BEFORE {change} ON {table.name} "
                "BEGIN SELECT RAISE(ABORT, 'a closed period does not change'); END"
            )


def _read(connection: sqlite3.Connection, table: Table) -> pa.Table:
    names = ", ".join(table.names)
    rows = connection.execute(f"SELECT {names} FROM {table.name} ORDER BY {_KEPT[table.name]}").fetchall()  # noqa: S608
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(table.names)
    arrays = [
        pa.array([_value(cell, column.type) for cell in cells], table.arrow.field(column.name).type)
        for column, cells in zip(table.columns, columns, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=table.arrow)


def _stored(value: Any) -> str | int | None:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date | datetime) else value


def _value(cell: Any, kind: str) -> Any:
    if cell is None:
        return None
    if kind in ("money", "share", "number", "exact"):
        return Decimal(cell)
    if kind == "timestamp":
        return datetime.fromisoformat(cell)
    return date.fromisoformat(cell) if kind == "date" else cell
