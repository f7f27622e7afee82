"""What does the record hold? Its tables in figures, and the versions of one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import duckdb

from keepwell.core.errors import MissingError
from keepwell.core.identifiers import find_id
from keepwell.record.known import STAMP_NAMES, current_sql, read_parquet, scan
from keepwell.record.layout import Part, canonical, facts, personal, superseded_table
from keepwell.record.snapshot import Snapshot
from keepwell.record.storage import breaking, names, quoted
from keepwell.record.store import Collect, Record
from keepwell.record.tables import STAMPS, TABLES


@dataclass(frozen=True)
class DateRange:
    """The first and last day that a column of a table has; the column says what happened on them."""

    column: str
    first: date
    last: date


@dataclass(frozen=True)
class TableFigures:
    """One table as known: `rows` after merging sources and ids; the other numbers count rows of single sources.

    `sources`: rows by source. `gone`: rows that their source no longer has. `superseded`: earlier versions kept.
    `known_first`, `known_last`: when its oldest and newest row were learned (UTC).
    """

    table: str
    says: str
    rows: int
    sources: Mapping[str, int]
    gone: int
    superseded: int
    known_first: datetime
    known_last: datetime
    dates: DateRange | None


@dataclass(frozen=True)
class RecordFigures:
    """The record as known at a moment: its last collect, how many there were, and each table that has rows."""

    collects: int
    last: Collect | None
    tables: tuple[TableFigures, ...]
    merged_ids: int
    forgotten: int


@dataclass(frozen=True)
class Version:
    """One row as a source told it, known from `known_at` until `superseded_at` (UTC; None = still).

    `values` are the canonical columns in order, names and texts among them where they are not erased.
    """

    source: str
    known_at: datetime
    superseded_at: datetime | None
    gone: bool
    collect_id: str
    source_file: str | None
    source_row: int | None
    values: Mapping[str, Any]


def look_at_record(record: Record, as_of: datetime | None = None, only: str | None = None) -> RecordFigures:
    """What does the record hold, as known at `as_of`? Tables in the canonical order, or only one; empty ones are left out."""
    snapshot = Snapshot(record, as_of)
    tables = [
        found for name in TABLES if only in (None, name) and (found := _look_at_table(snapshot, name)) is not None
    ]
    return RecordFigures(
        collects=len(snapshot.collects),
        last=snapshot.collects[-1] if snapshot.collects else None,
        tables=tuple(tables),
        merged_ids=sum(map(len, snapshot.identities.values())),
        forgotten=len(record.forgotten().hashes),
    )


def look_at_row(record: Record, table: str, key: str, as_of: datetime | None = None) -> list[Version]:
    """How did a row come to be what it is? All its versions from all sources, oldest first.

    `key` is the first column of the table's key, with or without its namespace: of `coverage`, a customer gives all of
    that customer's rows. Raises `MissingError` (`table-empty`, `id-unknown`, `id-ambiguous`).
    """
    part = facts(table)
    visible = record.visible(as_of)
    rows = scan(part.table.plus(STAMPS), part.stored(record.folder), visible)
    if rows.empty:
        raise MissingError("table-empty", f"the record has no {table}", hint="keepwell collect")
    first = part.table.key[0]
    every = rows.sql((*part.table.names, *STAMP_NAMES), read_parquet)
    known = {str(row[0]) for row in _fetch(f'SELECT DISTINCT CAST("{first}" AS VARCHAR) FROM ({every}) AS r')}
    wanted = find_id(key, known, table)
    chosen = f'SELECT * FROM ({every}) AS r WHERE CAST("{first}" AS VARCHAR) = {quoted(wanted)}'
    found = _rows(_versions_sql(record, part, chosen, as_of))
    texts = _texts(record, table, wanted, as_of)
    return [_version(row, canonical(table).names, part, texts) for row in found]


def _look_at_table(snapshot: Snapshot, name: str) -> TableFigures | None:
    record, part = snapshot.record, facts(name)
    visible = record.visible(snapshot.as_of)
    rows = scan(part.table.plus(STAMPS), part.stored(record.folder), visible)
    merged = snapshot.sql(name)
    if rows.empty or merged is None:
        return None
    known = current_sql(part, record.folder, visible)
    by_source = _fetch(
        "SELECT source, count(*) FILTER (NOT gone), count(*) FILTER (gone), min(known_at), max(known_at) "
        f"FROM ({known}) AS k GROUP BY source ORDER BY source"
    )
    [(versions,)] = _fetch(f"SELECT count(*) FROM ({rows.sql(['known_at'], read_parquet)}) AS r")
    day = next((c.name for c in part.table.columns if c.type in ("date", "timestamp")), None)
    ranged = f', CAST(min("{day}") AS DATE), CAST(max("{day}") AS DATE)' if day else ", NULL, NULL"
    [(count, first, last)] = _fetch(f"SELECT count(*){ranged} FROM ({merged}) AS m", snapshot)
    return TableFigures(
        table=name,
        says=part.table.says,
        rows=count,
        sources={source: here for source, here, *_ in by_source},
        gone=sum(gone for _, _, gone, *_ in by_source),
        superseded=versions - sum(here + gone for _, here, gone, *_ in by_source),
        known_first=min(row[3] for row in by_source),
        known_last=max(row[4] for row in by_source),
        dates=DateRange(day, first, last) if day is not None and first is not None else None,
    )


def _versions_sql(record: Record, part: Part, chosen: str, as_of: datetime | None) -> str:
    replaced = scan(superseded_table(part.table), part.superseded(record.folder), record.visible(as_of))
    if replaced.empty:
        return f"SELECT *, CAST(NULL AS TIMESTAMP) AS superseded_at FROM ({chosen}) AS c ORDER BY known_at, source"
    key = (*part.table.key, "source")
    old = replaced.sql((*key, "old_known_at", "known_at"), read_parquet)
    same = " AND ".join(f'o."{name}" = c."{name}"' for name in key)
    return (
        f"SELECT c.*, o.known_at AS superseded_at FROM ({chosen}) AS c LEFT JOIN ({old}) AS o "
        f"ON {same} AND o.old_known_at = c.known_at ORDER BY {names(part.table.key, 'c')}, c.known_at, c.source"
    )


def _texts(record: Record, table: str, wanted: str, as_of: datetime | None) -> list[dict[str, Any]]:
    """The versions of the names and texts of the row, the newest first."""
    part = personal(table)
    if part is None:
        return []
    rows = scan(part.table.plus(STAMPS), part.stored(record.folder), record.visible(as_of))
    if rows.empty:
        return []
    every = rows.sql((*part.table.names, *STAMP_NAMES), read_parquet)
    return _rows(
        f'SELECT * FROM ({every}) AS r WHERE CAST("{part.table.key[0]}" AS VARCHAR) = {quoted(wanted)} '
        "ORDER BY known_at DESC"
    )


def _version(row: dict[str, Any], columns: Sequence[str], part: Part, texts: list[dict[str, Any]]) -> Version:
    """A row of facts with the names and texts that were known until it was superseded."""
    key = (*part.table.key, "source")
    until = row["superseded_at"]
    fitting = (
        one for one in texts
        if all(one[name] == row[name] for name in key) and (until is None or one["known_at"] < until)
    )  # fmt: skip
    whole = next(fitting, {}) | row
    return Version(
        values={name: whole.get(name) for name in columns},
        superseded_at=until,
        **{name: row[name] for name in STAMP_NAMES},
    )


def _rows(sql: str) -> list[dict[str, Any]]:
    with breaking("the record was not read"), _database().cursor() as con:
        found: list[dict[str, Any]] = con.sql(sql).to_arrow_table().to_pylist()
        return found


def _fetch(sql: str, snapshot: Snapshot | None = None) -> list[tuple[Any, ...]]:
    with breaking("the record was not read"), _database().cursor() as con:
        if snapshot is not None:
            con.register("identity_map", snapshot.identity_map)
        return con.sql(sql).fetchall()


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """One empty database for all questions: making one takes longer than most questions do."""
    return duckdb.connect(":memory:")
