"""Which rows did we know at a moment? Files and SQL that read a stored table as known then.

Whole files are left out by the collects that wrote them, so that reading the present is a plain scan, with an
anti-join only where rows were superseded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from keepwell.core.tables import SQL_TYPES, Table
from keepwell.record.layout import Part, canonical, superseded_table
from keepwell.record.storage import StoredTable, names, quoted
from keepwell.record.tables import STAMPS

Read = Callable[[Table, Sequence[str]], str]
STAMP_NAMES = tuple(column.name for column in STAMPS)


@dataclass(frozen=True)
class Visible:
    """The collects that count at a moment, in order."""

    collect_ids: tuple[str, ...]

    @property
    def last(self) -> str:
        """The last of them; '' where there is none. Ids sort as their moments do."""
        return self.collect_ids[-1] if self.collect_ids else ""


@dataclass(frozen=True)
class Scan:
    """The files of a table to read: `whole` ones, and those of which only rows up to the collect `limit` count."""

    table: Table
    whole: tuple[str, ...]
    partly: tuple[str, ...]
    limit: str

    @property
    def empty(self) -> bool:
        """True where there is no row to read."""
        return not self.whole and not self.partly

    def sql(self, columns: Sequence[str], read: Read) -> str:
        """A SELECT of the rows; `read` turns a list of files into what stands behind FROM."""
        selects = []
        if self.whole:
            selects.append(f"SELECT {names(columns)} FROM {read(self.table, self.whole)}")
        if self.partly:
            where = f"collect_id <= {quoted(self.limit)}"
            selects.append(f"SELECT {names(columns)} FROM {read(self.table, self.partly)} WHERE {where}")
        return " UNION ALL ".join(selects)


def scan(table: Table, stored: StoredTable, visible: Visible) -> Scan:
    """Which files of a stored table hold rows of visible collects?"""
    listed = set(visible.collect_ids)
    whole, partly = [], []
    for file in stored.files():
        if file.one_collect:
            if file.first_collect in listed:
                whole.append(file.path)
        elif file.last_collect is not None and file.last_collect <= visible.last:
            whole.append(file.path)  # joined from several by compaction, which first drops unlisted rows
        elif file.first_collect is None or file.first_collect <= visible.last:
            partly.append(file.path)
    return Scan(table, tuple(whole), tuple(partly), visible.last)


def read_parquet(table: Table, files: Sequence[str]) -> str:
    """What stands behind FROM on DuckDB. A column that a table got later is null in files written before."""
    there = {name for file in files for name in pq.read_schema(file).names}
    columns = ", ".join(
        f'CAST({names([c.name]) if c.name in there else "NULL"} AS {SQL_TYPES[c.type]}) AS "{c.name}"'
        for c in table.columns
    )
    return f"(SELECT {columns} FROM {parquet(files, by_name=True)})"


def parquet(files: Sequence[str], *, by_name: bool = False) -> str:
    """Parquet files as DuckDB reads them."""
    options = "union_by_name = true, " if by_name else ""
    return f"read_parquet([{', '.join(quoted(file) for file in files)}], {options}hive_partitioning = false)"


def current_sql(part: Part, record: Path, visible: Visible, read: Read = read_parquet) -> str:
    """A SELECT of the rows of a part that no later row supersedes, gone ones too, with their stamps."""
    rows = scan(part.table.plus(STAMPS), part.stored(record), visible)
    columns = (*part.table.names, *STAMP_NAMES)
    if rows.empty:
        return empty_sql(part.table)
    replaced = scan(superseded_table(part.table), part.superseded(record), visible)
    if replaced.empty:
        return rows.sql(columns, read)
    key = part.table.key
    old = replaced.sql((*key, "source", "old_known_at"), read)
    same = " AND ".join(f'old."{column}" = r."{column}"' for column in (*key, "source"))
    return (
        f"SELECT {names(columns, 'r')} FROM ({rows.sql(columns, read)}) AS r "
        f"WHERE NOT EXISTS (SELECT 1 FROM ({old}) AS old WHERE {same} AND old.old_known_at = r.known_at)"
    )


def whole_sql(facts: Part, personal: Part | None, record: Path, visible: Visible) -> str:
    """The same of a whole canonical table: facts with the names and texts that belong to them."""
    base = current_sql(facts, record, visible)
    if personal is None:
        return base
    second = current_sql(personal, record, visible)
    columns = ", ".join(names([c.name], "p" if c.personal else "f") for c in canonical(facts.canonical).columns)
    same = " AND ".join(f'p."{column}" = f."{column}"' for column in (*facts.table.key, "source"))
    stamps = names(STAMP_NAMES, "f")
    return f"SELECT {columns}, {stamps} FROM ({base}) AS f LEFT JOIN ({second}) AS p ON {same}"


def empty_sql(table: Table) -> str:
    """A SELECT of no rows that has the table's columns and stamps with their types."""
    columns = ", ".join(f'CAST(NULL AS {SQL_TYPES[c.type]}) AS "{c.name}"' for c in (*table.columns, *STAMPS))
    return f"SELECT {columns} WHERE 1 = 0"
