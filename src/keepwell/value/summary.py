"""How are a fit's figures read: as lines in a terminal, as a table in a notebook, as Arrow or pandas by what comes after?"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np
import pyarrow as pa


class Summary:
    """A small table that shows itself in aligned columns. `table` is the Arrow table; any library that takes Arrow reads it.

    >>> Summary({"parameter": ["r", "alpha"], "value": [0.2426, 4.4136]})
    parameter   value
    r          0.2426
    alpha      4.4136
    """

    def __init__(self, columns: Mapping[str, Any]) -> None:
        arrays = {name: pa.array(np.asarray(column).tolist(), from_pandas=True) for name, column in columns.items()}
        self.table = pa.table(arrays)

    def to_pandas(self) -> Any:
        """A pandas DataFrame of it."""
        return self.table.to_pandas()

    def to_pylist(self) -> list[dict[str, Any]]:
        """A dictionary for each row."""
        return self.table.to_pylist()

    @property
    def column_names(self) -> list[str]:
        """The names of its columns."""
        return self.table.column_names

    def __getitem__(self, name: str) -> Any:
        """The column of this name, as Arrow."""
        return self.table[name]

    def __len__(self) -> int:
        return self.table.num_rows

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The table for any library that takes Arrow."""
        return self.table.__arrow_c_stream__(requested_schema)  # type: ignore[no-untyped-call]

    def __repr__(self) -> str:
        names, columns = self.table.column_names, [self.table[name].to_pylist() for name in self.table.column_names]
        cells = [[name, *map(_cell, column)] for name, column in zip(names, columns, strict=True)]
        widths = [max(map(len, column)) for column in cells]
        sides = [str.ljust if isinstance(column[0], str) else str.rjust for column in columns]
        lines = zip(*([side(cell, wide) for cell in column] for column, wide, side in zip(cells, widths, sides, strict=True)),
                    strict=True)  # fmt: skip
        return "\n".join("  ".join(line).rstrip() for line in lines)

    def _repr_html_(self) -> str:
        """The table in a notebook."""
        return f"<pre>{escape(repr(self))}</pre>"


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    return f"{value:.4f}" if 0.001 <= abs(value) < 1e6 or value == 0 else f"{value:.4g}"
