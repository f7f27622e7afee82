"""How does a screen ask its question of a run's tables? One SQL query over Arrow tables, in memory."""

from __future__ import annotations

from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

Row = dict[str, Any]


def ask(sql: str, *values: object, **tables: pa.Table) -> list[Row]:
    """The answer's rows as dictionaries; tables are named in the query by their argument names, values by `$1`."""
    with _database().cursor() as cursor:  # its tables are its own
        for name, table in tables.items():
            cursor.register(name, table)
        answer = cursor.execute(sql, list(values))
        names = [column[0] for column in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """One empty database for all questions: making one takes longer than most questions do."""
    return duckdb.connect(":memory:")
