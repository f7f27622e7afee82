"""What do we know, and since when? The record: canonical tables to which collects add rows, never changing one.

    record = Record(project / ".keepwell" / "record")
    with record.begin() as commit:                # one writer at a time; leaving without `finish` changes nothing
        commit.put("customers", rows, source="crm")
        commit.finish({"files": [...]})           # one row in `collects`: all tables change in one step
    con.sql(record.relation_sql("customers"))     # the rows as known now; `as_of=` for an earlier moment

A row counts when its collect is listed in `collects`; that row is written last, so a reader sees all tables of a
collect or none, wherever its writer is killed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from keepwell.core.errors import BrokenError, RefusedError
from keepwell.core.tables import Column, Table
from keepwell.record.forgotten import Forgotten, read_forgotten
from keepwell.record.known import Visible, current_sql, whole_sql
from keepwell.record.layout import facts, parts, personal
from keepwell.record.lock import WriteLock
from keepwell.record.storage import StoredTable, breaking, quoted
from keepwell.record.tables import TABLES

if TYPE_CHECKING:
    from keepwell.record.commit import Commit

_COLLECTS = Table(
    "collects",
    (
        Column("collect_id", "text"),
        Column("known_at", "timestamp"),
        Column("finished_at", "timestamp"),
        Column("changed", "boolean"),
        Column("counts", "text"),
        Column("info", "text"),
    ),
).arrow


@dataclass(frozen=True)
class Counts:
    """How the rows that a collect brought compare with what was known: numbers of rows."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.gone + other.gone,
        )

    def moved(self, rows: int) -> Counts:
        """The same with so many rows counted as changed, not unchanged."""
        return Counts(self.new, self.changed + rows, self.unchanged - rows, self.gone)

    @property
    def written(self) -> int:
        """Rows that were written."""
        return self.new + self.changed + self.gone


@dataclass(frozen=True)
class Collect:
    """One finished collect: its name, when its facts were learned (UTC), and what it brought.

    `counts`: by table, then source. `changed`: false where no fact changed (names and texts are not facts). `info`: what the caller of
    `finish` told; `info["files"]` lists the files it read, each with source, file and hash.
    """

    collect_id: str
    known_at: datetime
    finished_at: datetime
    changed: bool
    counts: dict[str, dict[str, Counts]] = field(default_factory=dict)
    info: dict[str, Any] = field(default_factory=dict)


class Record:
    """The record in a folder. Any number of readers; one writer at a time; `memory` bounds its comparisons."""

    def __init__(self, folder: Path, *, memory: str = "1GB", threads: int | None = None) -> None:
        self.folder = folder
        self.memory = memory
        self.threads = threads
        self._read: dict[str, list[Collect]] = {}

    # -- reading ------------------------------------------------------------------------------------------------

    def collects(self, as_of: datetime | None = None) -> list[Collect]:
        """The finished collects known at a moment (default: all), oldest first."""
        limit = None if as_of is None else utc(as_of)
        with breaking("the list of collects was not read"):
            found = [one for file in self._collects().files() for one in self._collects_in(file.path)]
        return sorted((one for one in found if limit is None or one.known_at <= limit), key=lambda one: one.collect_id)

    def last_collect(self, as_of: datetime | None = None) -> str | None:
        """The snapshot's name: the last collect that changed anything, or None where the record is empty."""
        changing = [one.collect_id for one in self.collects(as_of) if one.changed]
        return changing[-1] if changing else None

    def seen(self, content_hash: str) -> bool:
        """Was a file read with this content (and mapping) as the last state of that file?

        A file that went from A to B and back to A is not seen: its last state was B.
        """
        last: dict[tuple[str, str], str] = {}
        for one in self.collects():
            for file in one.info.get("files", []):
                last[str(file.get("source")), str(file.get("file"))] = str(file.get("hash"))
        return content_hash in last.values()

    def forgotten(self) -> Forgotten:
        """Who is forgotten: their names and texts are neither read nor written."""
        return read_forgotten(self.folder)

    def visible(self, as_of: datetime | None = None) -> Visible:
        """The collects that count at a moment."""
        return Visible(tuple(one.collect_id for one in self.collects(as_of)))

    def relation_sql(self, table: str, as_of: datetime | None = None) -> str:
        """DuckDB SQL of a table's rows as known: canonical columns, then stamps; one row per source and key.

        Rows with `gone` true are among them. Names and texts are joined in, except erased ones.
        """
        return whole_sql(facts(table), personal(table), self.folder, self.visible(as_of))

    def current_keys(self, table: str, source: str | None = None, as_of: datetime | None = None) -> str:
        """DuckDB SQL of the keys that are there (not gone), for checks of references; of one source or all."""
        part = facts(table)
        keys = ", ".join(f'"{name}"' for name in part.table.key)
        where = "" if source is None else f" AND source = {quoted(source)}"
        rows = current_sql(part, self.folder, self.visible(as_of))
        return f"SELECT DISTINCT {keys} FROM ({rows}) AS r WHERE NOT gone{where}"

    # -- writing ------------------------------------------------------------------------------------------------

    def begin(self, known_at: datetime | None = None, *, wait_seconds: float = 600, dry_run: bool = False) -> Commit:
        """Start a collect; `known_at` (UTC, default now) must lie behind the last one's. A `dry_run` only counts.

        Raises `RefusedError` (`record-busy`, `record-time-goes-back`).
        """
        from keepwell.record.commit import Commit

        lock = WriteLock(self.folder / ".lock")
        lock.acquire(wait_seconds)
        try:
            moment = self._next_moment(known_at)
            return Commit(self, moment, self._new_id(moment), lock, dry_run=dry_run)
        except BaseException:
            lock.release()
            raise

    def compact(self, keep_hours: int = 24) -> None:
        """Make few large files of many small ones; every reading stays the same.

        What killed writers left is removed. Old files stay for `keep_hours`, for those who are reading them now.
        """
        with self.locked():
            listed = set(self.visible().collect_ids)
            for stored in self.stored_tables():
                for lost in sorted({f.first_collect or "" for f in stored.files() if f.one_collect} - listed):
                    stored.delete(f"collect_id = {quoted(lost)}")
                stored.compact()
                stored.vacuum(keep_hours)
            self._collects().compact()
            self._collects().vacuum(keep_hours)

    @contextmanager
    def locked(self, wait_seconds: float = 600) -> Iterator[None]:
        """Hold the one right to write; what killed writers staged is cleared away."""
        lock = WriteLock(self.folder / ".lock")
        lock.acquire(wait_seconds)
        try:
            shutil.rmtree(self.folder / "staging", ignore_errors=True)
            yield
        finally:
            lock.release()

    def stored_tables(self) -> list[StoredTable]:
        """Every Delta table of facts, names and superseded rows that exists."""
        found = [
            stored
            for table in TABLES
            for part in parts(table)
            for stored in (part.stored(self.folder), part.superseded(self.folder))
        ]
        return [stored for stored in found if stored.open() is not None]

    def list_collect(self, collect: Collect) -> None:
        """Write the row that makes a collect visible: the last act of a commit."""
        row = {
            "collect_id": collect.collect_id,
            "known_at": collect.known_at,
            "finished_at": collect.finished_at,
            "changed": collect.changed,
            "counts": json.dumps(
                {t: {s: vars(n) for s, n in by.items()} for t, by in collect.counts.items()}, sort_keys=True
            ),
            "info": json.dumps(collect.info, sort_keys=True, default=str),
        }
        try:
            self._collects().append(pa.Table.from_pylist([row], schema=_COLLECTS))
        except BrokenError:
            # The log may have been written before the failure: then the new state is there, and that is what we say.
            if collect.collect_id not in self.visible().collect_ids:
                raise

    def _collects(self) -> StoredTable:
        return StoredTable(self.folder / "collects", _COLLECTS)

    def _collects_in(self, path: str) -> list[Collect]:
        """The collects in one file, which is read once: files never change."""
        if path not in self._read:
            self._read[path] = [_read_collect(row) for row in pq.read_table(path, partitioning=None).to_pylist()]
        return self._read[path]

    def _next_moment(self, wanted: datetime | None) -> datetime:
        known = [one.known_at for one in self.collects()]
        last = max(known, default=None)
        if wanted is None:
            now = utc(datetime.now(UTC))
            return now if last is None or now > last else last + timedelta(microseconds=1)
        moment = utc(wanted)
        if last is not None and moment <= last:
            raise RefusedError(
                "record-time-goes-back",
                f"a collect of {moment:%Y-%m-%d %H:%M:%S} cannot follow one of {last:%Y-%m-%d %H:%M:%S} (UTC)",
                hint="what we knew then must not change: collect with a later moment, or none",
            )
        return moment

    def _new_id(self, moment: datetime) -> str:
        """A name that sorts by moment and that no killed writer has used."""
        base = f"{moment:%Y%m%dT%H%M%S%f}Z"
        used = {
            file.first_collect
            for log in sorted(self.folder.glob("*/_delta_log"))
            for file in StoredTable(log.parent, _COLLECTS).files()
        }
        attempt = 1
        while (name := base if attempt == 1 else f"{base}-{attempt}") in used:
            attempt += 1
        return name


def utc(moment: datetime) -> datetime:
    """A moment as the record keeps it: UTC without zone; one without zone is taken to be UTC."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _read_collect(row: dict[str, Any]) -> Collect:
    counts: dict[str, dict[str, dict[str, int]]] = json.loads(row["counts"])
    return Collect(
        collect_id=row["collect_id"],
        known_at=row["known_at"],
        finished_at=row["finished_at"],
        changed=row["changed"],
        counts={table: {s: Counts(**n) for s, n in by.items()} for table, by in counts.items()},
        info=json.loads(row["info"]),
    )
