"""How is a database asked, so that it can only be read? SQLite in read-only mode, PostgreSQL in a read-only transaction.

Rows come in batches by a cursor, never all at once. The address may be kept out of the source file:
`database: {environment: NAME}`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from keepwell.collect.rows import Batch, FileProblem, RowReader, batch_of, columns_of, unique_names
from keepwell.collect.source import Query
from keepwell.core.errors import Problem

_BATCH = 8_192
_TIMEOUT_SECONDS = 3_600
_READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}


def open_query(query: Query, root: Path, file: str, environment: Mapping[str, str] = os.environ) -> RowReader:
    """The rows of a query. Raises `FileProblem` (`database-…`) at the line of the source file that names it."""
    address = _address(query, file, environment)
    if address.startswith("sqlite:///"):
        return _SqliteReader(query, root / address.removeprefix("sqlite:///"), file)
    if address.startswith(("postgresql://", "postgres://")):
        return _PostgresReader(query, address, file)
    raise _problem(query, file, "database-unknown", "no kind of database that is known",
                   expected="sqlite:///file.db or postgresql://…")  # fmt: skip


def _address(query: Query, file: str, environment: Mapping[str, str]) -> str:
    if query.environment is None:
        return query.address or ""
    if query.environment not in environment:
        raise _problem(query, file, "database-environment", f"the environment has no {query.environment}",
                       expected="the database's address in it")  # fmt: skip
    return environment[query.environment]


def _problem(query: Query, file: str, code: str, message: str, expected: str | None = None) -> FileProblem:
    return FileProblem(Problem(code, message, file, query.line, expected=expected))


def _failed(query: Query, file: str, error: Exception) -> FileProblem:
    """The database's own words, without its address (which may hold a password)."""
    said = str(error).strip().splitlines() or [type(error).__name__]
    return _problem(query, file, "database-refused", f"the database says: {said[0]}")


class _SqliteReader:
    """The rows of an SQLite query, over a connection that can only read."""

    def __init__(self, query: Query, path: Path, file: str) -> None:
        self._query, self._file = query, file
        if not path.is_file():
            raise _problem(query, file, "file-missing", f"there is no file {path.name}")
        try:
            self._con = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)
            self._con.set_authorizer(_only_reading)
            self._cursor = self._con.execute(query.query)
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise _failed(query, file, error) from error
        if self._cursor.description is None:
            raise _problem(query, file, "database-refused", "the query gives no rows", expected="SELECT …")
        self.header = unique_names([column[0] for column in self._cursor.description])

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """The rows, some thousands at a time."""
        try:
            yield from _batches(self._cursor, self.header, columns)
        except sqlite3.Error as error:
            raise _failed(self._query, self._file, error) from error
        finally:
            self._con.close()


def _only_reading(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY


class _PostgresReader:
    """The rows of a PostgreSQL query, by a cursor on the server, in a transaction that can only read."""

    def __init__(self, query: Query, address: str, file: str) -> None:
        self._query, self._file = query, file
        try:
            import psycopg
        except ImportError:
            raise _problem(query, file, "database-driver", "PostgreSQL needs its driver",
                           expected="pip install 'keepwell[postgres]'") from None  # fmt: skip
        self._error = psycopg.Error
        try:
            self._con = psycopg.connect(address, connect_timeout=20)
            self._con.read_only = True
            self._con.execute(f"SET LOCAL statement_timeout = {_TIMEOUT_SECONDS * 1000}")
            self._con.execute("SET LOCAL TIME ZONE 'UTC'")
            self._cursor = self._con.cursor(name="keepwell")
            self._cursor.itersize = _BATCH
            self._cursor.execute(query.query.encode())
        except psycopg.Error as error:
            raise _failed(query, file, error) from error
        if self._cursor.description is None:
            raise _problem(query, file, "database-refused", "the query gives no rows", expected="SELECT …")
        self.header = unique_names([column.name for column in self._cursor.description])

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """The rows, some thousands at a time."""
        try:
            yield from _batches(self._cursor, self.header, columns)
        except self._error as error:
            raise _failed(self._query, self._file, error) from error
        finally:
            self._con.close()


def _batches(cursor: Any, header: Sequence[str], columns: Sequence[str]) -> Iterator[Batch]:
    places = [header.index(name) for name in columns]
    row = 0
    while records := cursor.fetchmany(_BATCH):
        numbers = list(range(row + 1, row + 1 + len(records)))
        row += len(records)
        yield Batch(batch_of(columns, columns_of(records, places), numbers, numbers))
