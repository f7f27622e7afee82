"""What did we know at a moment, all sources together? One table per canonical table, as SQL that every engine reads.

With one source and no merged ids a table is a scan of its files. Otherwise ids that mean the same are replaced by the
one that stands for them, and rows of one key are merged column by column: the first source, in the project's order,
that says anything wins. Names and texts are null here, for runs hold ids only; `Snapshot.names` reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from keepwell.core.tables import SQL_TYPES, Column, Table
from keepwell.engine import Engine, Model
from keepwell.record.identity import IDENTITY_MAP, KINDS, identity_table, resolve_identities
from keepwell.record.known import STAMP_NAMES, Read, Visible, current_sql, read_parquet, scan
from keepwell.record.layout import Part, canonical, facts, personal, subject_columns
from keepwell.record.storage import breaking, names, quoted
from keepwell.record.tables import STAMPS, TABLES

if TYPE_CHECKING:
    from keepwell.record.store import Collect, Record

SNAPSHOT_TABLES: dict[str, Table] = {name: table.plus(STAMPS) for name, table in TABLES.items()}


@dataclass(frozen=True)
class Snapshot:
    """The record as known at `as_of` (UTC; None = all), its sources believed in the order of `source_order`.

    Sources that are not named follow in the order of their names.
    """

    record: Record
    as_of: datetime | None = None
    source_order: tuple[str, ...] = ()

    @cached_property
    def collects(self) -> tuple[Collect, ...]:
        """The collects that count."""
        return tuple(self.record.collects(self.as_of))

    @property
    def name(self) -> str | None:
        """The snapshot's name: its last collect that changed anything. Equal names read equal."""
        return next((one.collect_id for one in reversed(self.collects) if one.changed), None)

    @cached_property
    def filled(self) -> frozenset[str]:
        """The tables into which any of the collects wrote rows."""
        return frozenset(
            table for one in self.collects for table, by in one.counts.items() if any(n.written for n in by.values())
        )

    @cached_property
    def _visible(self) -> Visible:
        return Visible(tuple(one.collect_id for one in self.collects))

    @cached_property
    def identities(self) -> dict[str, dict[str, str]]:
        """By kind, which id stands for which."""
        part = facts("identities")
        if not self._sources("identities"):
            return {}
        statements = self._merged(part, self._known(part, read_parquet), {})
        rows = self._fetch(f"SELECT kind, id, same_id FROM ({statements}) AS s").to_pylist()
        return resolve_identities((row["kind"], row["id"], row["same_id"]) for row in rows)

    @property
    def identity_map(self) -> pa.Table:
        """The same as a table, which the SQL of this snapshot reads as `identity_map`."""
        return identity_table(self.identities)

    def plain_files(self, table: str) -> tuple[str, ...] | None:
        """The files that are the table as they lie: one source, nothing superseded, gone or merged. None: it is not so.

        Columns of names and texts are not in them.
        """
        if not self._sources(table):
            return ()
        part = facts(table)
        counts = [n for one in self.collects for n in one.counts.get(table, {}).values()]
        if any(n.gone for n in counts) or self._is_merged(part):
            return None
        if not scan(part.table, part.superseded(self.record.folder), self._visible).empty:
            return None
        rows = scan(part.table, part.stored(self.record.folder), self._visible)
        return None if rows.partly else rows.whole

    def sql(self, table: str, read: Read = read_parquet) -> str | None:
        """A SELECT of the table: canonical columns and stamps, one row per key; None where it has no rows.

        `source`, `source_file`, `source_row` and `collect_id` are those of the most believed row; `known_at` is when
        the last of the merged rows was learned. `read` says how files stand behind FROM.
        """
        if not self._sources(table):
            return None
        part = facts(table)
        rows = self._merged(part, self._known(part, read), self.identities)
        columns = ", ".join(_or_null(column, part) for column in canonical(table).columns)
        return f"SELECT {columns}, {names(STAMP_NAMES)} FROM ({rows}) AS known"

    def personal_sql(self, table: str) -> str | None:
        """DuckDB SQL of the names and texts of a table by its key, for screens; None where it has none."""
        part = personal(table)
        if part is None or not self._sources(table):
            return None
        return self._merged(part, self._known(part, read_parquet), self.identities)

    def names(self, kind: str) -> dict[str, str]:
        """What are the customers or people called? By id; who is forgotten or unnamed is not in it."""
        sql = self.personal_sql(kind)
        if sql is None:
            return {}
        key = canonical(kind).key[0]
        rows = self._fetch(f'SELECT "{key}" AS id, name FROM ({sql}) AS p WHERE name IS NOT NULL').to_pylist()
        return {row["id"]: row["name"] for row in sorted(rows, key=lambda row: str(row["id"]))}

    def fetch(self, table: str) -> pa.Table:
        """The table's rows, ordered by key: for small tables and tests."""
        sql = self.sql(table)
        if sql is None:
            return SNAPSHOT_TABLES[table].arrow.empty_table()
        return self._fetch(f"{sql} ORDER BY {names(canonical(table).key)}").cast(SNAPSHOT_TABLES[table].arrow)

    def texts(self, table: str, column: str) -> frozenset[str]:
        """The texts that stand in a column."""
        sql = self.sql(table)
        if sql is None:
            return frozenset()
        rows = self._fetch(f"SELECT DISTINCT {names([column])} AS text FROM ({sql}) AS t")
        return frozenset(text for text in rows["text"].to_pylist() if text is not None)

    # -- how the SQL is made ------------------------------------------------------------------------------------

    def _fetch(self, sql: str) -> pa.Table:
        with breaking("the record was not read"), duckdb.connect(":memory:") as con:
            con.register("identity_map", self.identity_map if "identity_map" in sql else identity_table({}))
            rows: pa.Table = con.sql(sql).to_arrow_table()
            return rows

    def _sources(self, table: str) -> list[str]:
        """The sources that ever wrote to the table, the most believed first."""
        written = {
            source for one in self.collects for source, counts in one.counts.get(table, {}).items() if counts.written
        }
        order = {source: place for place, source in enumerate(self.source_order)}
        return sorted(written, key=lambda source: (order.get(source, len(order)), source))

    def _known(self, part: Part, read: Read) -> str:
        rows = current_sql(part, self.record.folder, self._visible, read)
        return f"SELECT {names((*part.table.names, *STAMP_NAMES))} FROM ({rows}) AS c WHERE NOT gone"

    def _replaced(self, part: Part, identities: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        """The columns whose ids may stand for others, with their kind."""
        if part.canonical == "identities":
            return {}
        return {c: kind for kind in KINDS if identities.get(kind) for c in subject_columns(part.canonical, kind)}

    def _is_merged(self, part: Part) -> bool:
        return len(self._sources(part.canonical)) > 1 or bool(self._replaced(part, self.identities))

    def _merged(self, part: Part, rows: str, identities: Mapping[str, Mapping[str, str]]) -> str:
        replaced = self._replaced(part, identities)
        sources = self._sources(part.canonical)
        moved = bool(replaced.keys() & set(part.table.key))
        if replaced:
            rows = identified_sql(part, rows, replaced)
        return merged_sql(part, rows, sources, moved=moved) if moved or len(sources) > 1 else rows


def add_record(
    engine: Engine,
    record: Record,
    tables: Iterable[str] | None = None,
    as_of: datetime | None = None,
    source_order: Sequence[str] = (),
) -> Snapshot:
    """Give an engine the record as known at `as_of`: each table (default: all) under its canonical name.

    Each has the columns of `SNAPSHOT_TABLES`: canonical ones, then stamps; tables that nobody filled are empty.
    """
    snapshot = Snapshot(record, as_of, tuple(source_order))
    for table in sorted(TABLES if tables is None else tables):
        _add_table(engine, snapshot, table)
    return snapshot


def _add_table(engine: Engine, snapshot: Snapshot, table: str) -> None:
    gives = SNAPSHOT_TABLES[canonical(table).name]
    files = snapshot.plain_files(table)
    if files is not None:
        engine.add_parquet(table, files, gives)
        return
    if snapshot.identities and IDENTITY_MAP.name not in engine.tables:
        engine.add_arrow(IDENTITY_MAP.name, snapshot.identity_map, IDENTITY_MAP)
    leaves: list[str] = []

    def read(stored: Table, files: Sequence[str]) -> str:
        leaves.append(f"record_{table}_{len(leaves) + 1}")
        engine.add_parquet(leaves[-1], files, Table(leaves[-1], stored.columns))
        return leaves[-1]

    sql = snapshot.sql(table, read)
    if sql is None:
        raise AssertionError(table)  # plain_files has answered () for a table without rows
    engine.build(Model(gives, sql, file=f"the record's {table}"))


def _or_null(column: Column, part: Part) -> str:
    if column.name in part.table.by_name:
        return f'"{column.name}"'
    return f'CAST(NULL AS {SQL_TYPES[column.type]}) AS "{column.name}"'


def identified_sql(part: Part, rows: str, replaced: dict[str, str]) -> str:
    """The rows with each id replaced by the one that stands for it; an id never is its own parent.

    `moved` is 1 where the row's own key was replaced: the row of the id that stands for it is believed before it.
    """
    joins = [
        f'LEFT JOIN identity_map AS "same_{column}" '
        f'ON "same_{column}".kind = {quoted(kind)} AND "same_{column}".id = r."{column}"'
        for column, kind in replaced.items()
    ]
    values = {
        column: f'coalesce("same_{column}".same_id, r."{column}")' if column in replaced else f'r."{column}"'
        for column in (*part.table.names, *STAMP_NAMES)
    }
    for column in part.table.columns:
        if column.references == part.canonical and column.name in replaced:
            values[column.name] = f"nullif({values[column.name]}, {values[part.table.key[0]]})"
    own = " OR ".join(f'"same_{column}".id IS NOT NULL' for column in replaced if column in part.table.key)
    values["moved"] = f"CASE WHEN {own} THEN 1 ELSE 0 END" if own else "0"
    selected = ", ".join(f'{value} AS "{column}"' for column, value in values.items())
    return f"SELECT {selected} FROM ({rows}) AS r {' '.join(joins)}"


def merged_sql(part: Part, rows: str, sources: Sequence[str], *, moved: bool) -> str:
    """One row per key: of each column the first value that is there, in the order of sources.

    Within a source (two of its ids mean the same) the row that was learned last goes first. Keys of one row, which
    are most, pass untouched.
    """
    key = part.table.key
    others = (*part.values, "source", "source_file", "source_row", "collect_id", "gone")
    place = " ".join(f"WHEN {quoted(source)} THEN {number}" for number, source in enumerate(sources))
    tie = ", ".join(f'r."{name}" NULLS LAST' for name in (*part.values, "source_file", "source_row"))
    by_key = " AND ".join(f't."{name}" = r."{name}"' for name in key)
    firsts = ", ".join(f'min(CASE WHEN "{n}" IS NOT NULL THEN place END) AS "first_{n}"' for n in part.values)
    picked = ", ".join(f'max(CASE WHEN p.place = {_place(n, part)} THEN p."{n}" END) AS "{n}"' for n in others)
    columns = names((*part.table.names, *STAMP_NAMES))
    first_by_key = " AND ".join(f'f."{name}" = p."{name}"' for name in key)
    return f"""
        WITH all_rows AS ({rows}),
        twice AS (SELECT {names(key)} FROM all_rows GROUP BY {names(key)} HAVING count(*) > 1),
        placed AS (
            SELECT r.*, row_number() OVER (
                PARTITION BY {names(key, "r")}
                ORDER BY CASE r.source {place} ELSE {len(sources)} END, r.source, {"r.moved, " if moved else ""}r.known_at DESC, {tie}
            ) AS place
            FROM all_rows AS r WHERE EXISTS (SELECT 1 FROM twice AS t WHERE {by_key})
        ),
        firsts AS (SELECT {names(key)}{", " + firsts if firsts else ""} FROM placed GROUP BY {names(key)}),
        merged AS (
            SELECT {names(key, "p")}, {picked}, max(p.known_at) AS known_at
            FROM placed AS p JOIN firsts AS f ON {first_by_key}
            GROUP BY {names(key, "p")}
        )
        SELECT {columns} FROM merged
        UNION ALL
        SELECT {columns} FROM all_rows AS r WHERE NOT EXISTS (SELECT 1 FROM twice AS t WHERE {by_key})"""


def _place(column: str, part: Part) -> str:
    return f'f."first_{column}"' if column in part.values else "1"
