"""Which rows of a kept table are meant?"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

Row = dict[str, Any]


def rows_where(table: pa.Table, **equal: Any) -> list[Row]:
    """The rows in which each of the named columns has this value, as dictionaries."""
    chosen = pc.scalar(True)  # noqa: FBT003 - an expression, not an argument
    for name, value in equal.items():
        chosen = chosen & (pc.field(name) == pc.scalar(value))
    rows: list[Row] = table.filter(chosen).to_pylist()
    return rows
