"""Where are decisions kept, so that what was settled never changes? One SQLite file, written in whole transactions.

It has tables that only grow: `decisions`, one row for whatever somebody decided, chained by hashes (see `chain`),
`settled_lines` and `settled_costs`, the lines and the contracts' costs of closed periods, and `settled_evidence`, the
answers on which the lines rest. Triggers refuse every change of any, whoever asks; the audit finds
what was changed behind their back. Amounts are text, so that no cent passes through a float.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from keepwell.books.capitalising import SETTLED_COSTS
from keepwell.core.errors import BrokenError, RefusedError
from keepwell.core.tables import Column, Table
from keepwell.pay.evidence_levels import SETTLED_EVIDENCE
from keepwell.pay.nodes import SETTLED_PERIODS, settled_lines_table
from keepwell.project.config import Project

DECISIONS = Table(
    "decisions",
    (
        Column("place", "integer", "its number: 1, 2, 3 …", key=True),
        Column("decided_at", "text", "when, UTC"),
        Column("decided_by", "text", "who"),
        Column("kind", "text", "calculated, approved, closed, accepted or adjusted"),
        Column("content", "text", "what, as JSON"),
        Column("before", "text", "the hash of the decision before; '' the first"),
        Column("hash", "text", "of all of this"),
    ),
    "a decision",
)
_VIEWS = {
    "acceptances": ("accepted", ("person_id", "plan", "version", "accepted_on")),
    "adjustments": ("adjusted", ("adjustment_id", "person_id", "belongs_to", "on_day", "currency", "amount", "reason")),
}
BUSY_SECONDS = 30
AT_ONCE = 10_000  # rows that are in memory as Python values


def books_of(project: Project) -> Path:
    """The file of the company's books."""
    return project.root / project.books if project.books else project.state / "books.sqlite"


@contextmanager
def writing(books: Path, *, dry_run: bool = False) -> Iterator[sqlite3.Connection]:
    """The books in one transaction: all that is written within, or nothing (so with `dry_run`). Others wait.

    Raises `RefusedError` (`books-busy`) where another writes for longer than half a minute, `BrokenError` (`books-broken`).
    """
    books.parent.mkdir(parents=True, exist_ok=True)
    with _connection(books) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        _prepare(connection)
        yield connection
        connection.execute("ROLLBACK" if dry_run else "COMMIT")


@contextmanager
def reading(books: Path) -> Iterator[sqlite3.Connection | None]:
    """The books as they are at this moment; None where nothing was ever decided."""
    if not books.exists():
        yield None
        return
    with _connection(books) as connection:
        connection.execute("BEGIN")
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        yield connection if DECISIONS.name in tables else None


@contextmanager
def _connection(books: Path) -> Iterator[sqlite3.Connection]:
    try:
        connection = sqlite3.connect(books, isolation_level=None, timeout=BUSY_SECONDS)
    except sqlite3.Error as error:
        hint = "may this file, and the folder in which it lies, be read and written?"
        raise BrokenError(
            "books-broken", f"the books could not be opened: {error}", hint=hint, where=str(books)
        ) from error
    try:
        yield connection
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise BrokenError("books-broken", f"the books could not be used: {error}", where=str(books)) from error
        raise RefusedError("books-busy", f"somebody else has been writing to the books for {BUSY_SECONDS} s",
                           hint="try again when they are done", where=str(books)) from error  # fmt: skip
    except sqlite3.DatabaseError as error:
        raise BrokenError("books-broken", f"the books could not be used: {error}", where=str(books)) from error
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.close()


def add_rows(connection: sqlite3.Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows of a table of the books."""
    names = ", ".join(table.names)
    marks = ", ".join("?" for _ in table.names)
    values = ([_stored(row[name]) for name in table.names] for row in rows)
    connection.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", values)  # noqa: S608 - own names


def read_rows(connection: sqlite3.Connection | None, table: Table) -> pa.Table:
    """A table of the books, ordered by its key; empty where nothing was ever decided."""
    if connection is None:
        return table.arrow.empty_table()
    there = {row[1] for row in connection.execute(f"PRAGMA table_info({table.name})")}
    if not there:
        return table.arrow.empty_table()
    names = ", ".join(name if name in there else "NULL" for name in table.names)
    order = ", ".join(table.key)
    cursor = connection.execute(f"SELECT {names} FROM {table.name} ORDER BY {order}")  # noqa: S608 - own names
    batches = []
    while rows := cursor.fetchmany(AT_ONCE):
        arrays = [
            pa.array([_value(cell, column.type) for cell in cells], table.arrow.field(column.name).type)
            for column, cells in zip(table.columns, zip(*rows, strict=True), strict=True)
        ]
        batches.append(pa.RecordBatch.from_arrays(arrays, schema=table.arrow))
    return pa.Table.from_batches(batches, schema=table.arrow)


def last_closed(connection: sqlite3.Connection | None) -> int | None:
    """The first month of the last period that is closed; None where none is."""
    if connection is None:
        return None
    found: int | None = connection.execute("SELECT max(period) FROM settled_periods").fetchone()[0]
    return found


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the tables where they are not there, and columns that a later version of Keepwell has added to lines."""
    for table in (DECISIONS, SETTLED_PERIODS, settled_lines_table(), SETTLED_COSTS, SETTLED_EVIDENCE):
        columns = ", ".join(map(_column, table.columns))
        key = ", ".join(table.key)
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table.name} ({columns}, PRIMARY KEY ({key})) STRICT")
        there = {row[1] for row in connection.execute(f"PRAGMA table_info({table.name})")}
        for column in table.columns:
            if column.name not in there:
                connection.execute(f"ALTER TABLE {table.name} ADD COLUMN {_column(column)}")
        for statement in _triggers(table):
            connection.execute(statement)
    for name, (kind, fields) in _VIEWS.items():
        said = ", ".join(f"json_extract(content, '$.{field}') AS {field}" for field in fields)
        connection.execute(
            f"CREATE VIEW IF NOT EXISTS {name} AS SELECT place, {said}, decided_by, decided_at "  # noqa: S608 - own names
            f"FROM decisions WHERE kind = '{kind}'"
        )


def _column(column: Column) -> str:
    return f"{column.name} {'INTEGER' if column.type == 'integer' else 'TEXT'}"


def _triggers(table: Table) -> Iterator[str]:
    """What is written stays: no row is changed, deleted, or replaced, and none is added to a closed period."""
    says = "a decision does not change" if table is DECISIONS else "a closed period does not change"
    for change in ("UPDATE", "DELETE"):
        yield _trigger(f"{table.name}_no_{change.lower()}", change, table.name, "1", says)
    same = " AND ".join(f"old.{name} = NEW.{name}" for name in table.key)
    there = f"EXISTS (SELECT 1 FROM {table.name} AS old WHERE {same})"  # noqa: S608 - own names
    yield _trigger(f"{table.name}_no_replacing", "INSERT", table.name, there, says)
    if table.name == "settled_lines":
        closed = "NEW.period <= (SELECT max(period) FROM settled_periods)"
        yield _trigger(f"{table.name}_no_adding", "INSERT", table.name, closed, says)


def _trigger(name: str, change: str, table: str, when: str, says: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {change} ON {table} "
        f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{says}'); END"
    )


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
