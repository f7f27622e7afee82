"""What the tests of the record share: rows in few words, and reading them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from keepwell.record import STAMPS, TABLES, Record

Rows = Sequence[Mapping[str, Any]]
DAY = [datetime(2026, 1, day) for day in range(1, 29)]


def rows(table: str, given: Rows) -> pa.Table:
    """Rows of a canonical table, typed; columns that none of them has are left out."""
    named = {name for row in given for name in row} | set(TABLES[table].key)
    schema = pa.schema([field for field in TABLES[table].plus(STAMPS).arrow if field.name in named])
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in given], schema=schema)


def read(record: Record, table: str, as_of: datetime | None = None, columns: str = "*") -> list[tuple[Any, ...]]:
    """What the record says of a table as known then: rows in their order."""
    with duckdb.connect(":memory:") as con:
        sql = f"SELECT {columns} FROM ({record.relation_sql(table, as_of)}) ORDER BY ALL"
        return con.sql(sql).fetchall()
