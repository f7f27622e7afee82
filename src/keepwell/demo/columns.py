"""How do codes, days and moments become the columns of a real system's export?

Everything is vectorised in Arrow; a day of `NEVER`, a moment beyond it and a negative number are empty cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from keepwell.demo.settings import A_DAY, NEVER, Bools, Ints

if TYPE_CHECKING:
    Column = pa.Array[Any] | pa.ChunkedArray[Any]
else:
    Column = object


def words(vocabulary: Sequence[str], codes: Ints) -> Column:
    """The words that the codes stand for; a negative code is an empty cell."""
    return pick(pa.array(list(vocabulary), pa.string()), codes)


def ids(prefix: str, numbers: Ints, width: int, behind: str = "") -> Column:
    """`prefix` and each number with leading zeros, as systems write ids; a negative number is an empty cell."""
    text = pc.cast(pa.array(numbers, mask=numbers < 0), pa.string())
    padded = pc.utf8_lpad(text, width, "0")
    return join([prefix, padded, behind])


def numbers(values: Ints, empty: Bools | None = None) -> Column:
    """Whole numbers, some of them empty."""
    return pa.array(values, pa.int64(), mask=empty)


def flags(values: Bools) -> Column:
    """The words true and false."""
    return pa.array(values, pa.bool_())


def pick(column: Column, rows: Ints) -> Column:
    """The column's cells at these rows; a negative row is an empty cell."""
    return column.take(cast("Any", pa.array(rows, pa.int64(), mask=rows < 0)))


def join(parts: Sequence[Column | str], with_: str = "") -> Column:
    """Texts put together, row by row; empty where one of them is."""
    strings: list[Any] = [*parts, with_]
    return cast("Column", pc.binary_join_element_wise(*strings))


def constant(text: str, count: int) -> Column:
    """The same text in every row."""
    return pa.repeat(pa.scalar(text, pa.string()), count)


def days(values: Ints) -> Column:
    """Days as ISO writes them."""
    return pa.array(values, pa.int64(), mask=values >= NEVER).cast(pa.int32()).cast(pa.date32())


def european_days(values: Ints) -> Column:
    """Days as 31.12.2026."""
    return pc.strftime(days(values), "%d.%m.%Y")


def moments(values: Ints, zone: str | None = None) -> Column:
    """Moments, `2026-12-31 14:05:00`, in UTC or as a clock on the wall of a zone shows them."""
    stamps = pa.array(values, pa.int64(), mask=values >= NEVER * A_DAY).cast(pa.timestamp("s"))
    if zone is None:
        return stamps
    there: Any = stamps.cast(pa.timestamp("s", "UTC")).cast(pa.timestamp("s", zone))
    return cast("Column", pc.local_timestamp(there))


def iso_moments(values: Ints) -> Column:
    """Moments as Salesforce's data loader writes them: 2026-12-31T14:05:00.000Z."""
    return pc.strftime(moments(values), "%Y-%m-%dT%H:%M:%S.000Z")


def european_moments(values: Ints, zone: str) -> Column:
    """Moments as 31.12.2026 14:05, on the wall clock of a zone."""
    return pc.strftime(moments(values, zone), "%d.%m.%Y %H:%M")


def epochs(values: Ints) -> Column:
    """Moments as seconds since 1970, as Stripe's interface gives them."""
    return pa.array(values, pa.int64(), mask=values >= NEVER * A_DAY)


def midnight(values: Ints) -> Ints:
    """Days as moments, at 00:00 UTC."""
    return values * A_DAY


def write_csv(path: Path, columns: Mapping[str, Column]) -> int:
    """Write the columns as CSV; gives the number of rows."""
    table = pa.table(dict(columns))
    path.parent.mkdir(parents=True, exist_ok=True)
    csv.write_csv(table, path, csv.WriteOptions(batch_size=65_536))
    return table.num_rows
