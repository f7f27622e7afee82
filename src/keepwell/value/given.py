"""Which columns has a table that was given: an Arrow table or batch, a data frame of any library, columns by name?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from keepwell.core.errors import UsageError


def column_names(given: Any, what: str, code: str) -> list[Any]:
    """The names of its columns, in their order; `given[name]` is a column. `what` it is, as a word for many.

    Raises `UsageError` (`code`) where it is no table.

    >>> column_names({"renewals": [0], "left": [True]}, "histories", "value-renewals")
    ['renewals', 'left']
    """
    if isinstance(given, (pa.Table, pa.RecordBatch)):
        return list(given.schema.names)
    if isinstance(given, Mapping):
        return list(given)
    if hasattr(given, "columns"):
        return list(given.columns)
    found = type(given).__name__
    raise UsageError(code, f"{what} are a data frame, an Arrow table or columns by name; found {found}")
