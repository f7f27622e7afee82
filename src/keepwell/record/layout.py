"""Which stored tables does a canonical table lie in?

    <table>             its facts: every column that is not personal
    <table>_personal    names, addresses and free text: erasable, with the ids that say whose they are
    superseded/<either> which row was replaced by which collect, so that reading as known is an anti-join

Facts never change when somebody is forgotten, so every run that was made from them still verifies.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from keepwell.core.errors import UsageError, nearest
from keepwell.core.tables import Column, Table
from keepwell.record.storage import StoredTable
from keepwell.record.tables import STAMPS, TABLES

SUBJECTS = ("customers", "people")


def canonical(name: str) -> Table:
    """The canonical table of that name. Raises `UsageError` (`table-unknown`)."""
    if name not in TABLES:
        near = nearest(name, TABLES)
        raise UsageError("table-unknown", f"no table {name}", hint=f"did you mean {near}?" if near else None)
    return TABLES[name]


@dataclass(frozen=True)
class Part:
    """One stored half of a canonical table: its columns without stamps, and where they lie."""

    canonical: str
    table: Table

    @property
    def folder(self) -> str:
        """The name of its folder in the record."""
        return self.table.name

    @property
    def values(self) -> tuple[str, ...]:
        """The columns outside the key: a row whose values differ is a new version."""
        return tuple(name for name in self.table.names if name not in self.table.key)

    def stored(self, record: Path) -> StoredTable:
        """The rows, with their stamps."""
        return StoredTable(record / self.folder, self.table.plus(STAMPS).arrow)

    def superseded(self, record: Path) -> StoredTable:
        """The rows that were replaced: key, source, old_known_at, and the collect that replaced them."""
        return StoredTable(record / "superseded" / self.folder, superseded_table(self.table).arrow)


@cache
def facts(table: str) -> Part:
    """The part of a canonical table that runs read."""
    whole = canonical(table)
    columns = tuple(column for column in whole.columns if not column.personal)
    return Part(table, Table(table, columns, whole.says, whole.gives))


@cache
def personal(table: str) -> Part | None:
    """The erasable part of a canonical table; None where it has no personal column."""
    whole = canonical(table)
    if not any(column.personal for column in whole.columns):
        return None
    whose = {name for kind in SUBJECTS for name in subject_columns(table, kind)}
    kept = tuple(c for c in whole.columns if c.key or c.personal or c.name in whose)
    return Part(table, Table(f"{table}_personal", kept, whole.says))


def parts(table: str) -> tuple[Part, ...]:
    """The stored parts of a canonical table."""
    second = personal(table)
    return (facts(table),) if second is None else (facts(table), second)


def superseded_table(table: Table) -> Table:
    """What is kept of a replaced row."""
    keys = tuple(column for column in table.columns if column.key)
    return Table(
        table.name,
        (
            *keys,
            Column("source", "text"),
            Column("old_known_at", "timestamp", "when the replaced row was learned"),
            Column("known_at", "timestamp", "when its successor was learned"),
            Column("collect_id", "text", "the collect that replaced it"),
        ),
    )


def subject_columns(table: str, kind: str) -> tuple[str, ...]:
    """The columns of a table that hold ids of customers, people or teams: its own key, and references."""
    whole = canonical(table)
    if table == "identities":
        return ("id", "same_id")
    own = table == kind
    return tuple(c.name for c in whole.columns if c.references == kind or (own and c.key))
