"""Who has asked to be forgotten? Hashes of their ids, so that collecting again does not bring them back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from keepwell.core.tables import Column, Table
from keepwell.record.layout import SUBJECTS, Part, subject_columns
from keepwell.record.storage import StoredTable, breaking, quoted

_FORGOTTEN = Table(
    "forgotten",
    (
        Column("kind", "text"),
        Column("namespace", "text"),
        Column("key_hash", "text"),
        Column("forgotten_at", "timestamp"),
    ),
).arrow

_BETWEEN_CELLS = re.compile(r"[,;\t|\"]")


@dataclass(frozen=True)
class Forgotten:
    """The forgotten customers and people, by the hashes of their ids."""

    hashes: frozenset[tuple[str, str]]
    namespaces: frozenset[str] = frozenset()

    def holds(self, kind: str, full_id: str) -> bool:
        """Is this customer or person forgotten? `kind`: `customers` or `people`."""
        return (kind, key_hash(full_id)) in self.hashes

    def with_ids(self, kind: str, ids: Iterable[str]) -> Forgotten:
        """These, and those as well: who would be forgotten."""
        more = {(kind, key_hash(one)): one.partition(":")[0] for one in ids}
        return Forgotten(self.hashes | more.keys(), self.namespaces | set(more.values()))

    def named_in(self, texts: Iterable[str | None]) -> bool:
        """Is one of these cells, or a cell in one of these lines, the id of anybody forgotten?

        With its namespace or without: rows as their source has them, which nobody could map.
        """
        known = {one for _, one in self.hashes}
        if not known:
            return False
        pieces = {piece.strip() for text in texts if text for piece in (text, *_BETWEEN_CELLS.split(text))}
        tried = (piece if space is None else f"{space}:{piece}" for piece in pieces for space in self._spaces)
        return any(key_hash(full_id) in known for full_id in tried)

    @property
    def _spaces(self) -> tuple[str | None, ...]:
        return (None, *sorted(self.namespaces))

    def named_sql(self, table: str, present: Iterable[str] | None = None) -> str | None:
        """An SQL condition over canonical columns: does the row name anybody forgotten? None where it cannot.

        `present`: the columns that the rows have, where they are not all of the table's.
        """
        here = None if present is None else set(present)
        tests = []
        for kind in SUBJECTS:
            hashes = sorted(one for of, one in self.hashes if of == kind)
            columns = [name for name in subject_columns(table, kind) if here is None or name in here]
            if hashes and columns:
                listed = ", ".join(map(quoted, hashes))
                tests += [f"coalesce(sha256(CAST(\"{name}\" AS VARCHAR)), '') IN ({listed})" for name in columns]
        return f"({' OR '.join(tests)})" if tests else None

    def spared_sql(self, part: Part, table: str) -> str | None:
        """A condition that leaves out rows which name anybody forgotten; None where there is nothing to leave out."""
        if not any(column.personal for column in part.table.columns):
            return None
        named = self.named_sql(table)
        return None if named is None else f"NOT {named}"


def key_hash(full_id: str) -> str:
    """The hash of an id with its namespace."""
    return sha256(full_id.encode()).hexdigest()


def stored_forgotten(record: Path) -> StoredTable:
    """The table of the forgotten."""
    return StoredTable(record / "forgotten", _FORGOTTEN)


def read_forgotten(record: Path) -> Forgotten:
    """Everybody who is forgotten now."""
    with breaking("the list of the forgotten was not read"):
        rows = [
            row
            for file in stored_forgotten(record).files()
            for row in pq.read_table(file.path, partitioning=None).to_pylist()
        ]
    pairs = frozenset((row["kind"], row["key_hash"]) for row in rows)
    return Forgotten(pairs, frozenset(row["namespace"] for row in rows))


def remember_forgotten(record: Path, kind: str, ids: Iterable[str], moment: datetime) -> None:
    """Put ids on the list of the forgotten, those that are not on it yet."""
    known = read_forgotten(record)
    rows = [
        {"kind": kind, "namespace": one.partition(":")[0], "key_hash": key_hash(one), "forgotten_at": moment}
        for one in sorted(ids)
        if not known.holds(kind, one)
    ]
    if rows:
        stored_forgotten(record).append(pa.Table.from_pylist(rows, schema=_FORGOTTEN))
