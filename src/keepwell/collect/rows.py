"""What does a reader of any kind of file hand over? Batches of text cells, with the row and line of each.

Every cell is text, as the file has it: dates and numbers are understood later, so that a wrong one is our finding, with
file, line, column and value, never a reader's silent guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from keepwell.core.errors import Problem

Numbers: TypeAlias = npt.NDArray[np.int64] | Sequence[int]
Cells: TypeAlias = "pa.Array[Any]"
ROW = "__row"
LINE = "__line"


class FileProblem(Exception):  # noqa: N818  (it carries a Problem)
    """A file that cannot be read at all; carries the one `Problem` that says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class Rejected:
    """A row that could not be split into cells: its place, why, and its text as it stands in the file."""

    row: int
    line: int
    code: str
    message: str
    text: str


@dataclass(frozen=True)
class Batch:
    """Some rows of a file: the wanted columns as text, then `__row` and `__line`; blank rows are only counted."""

    rows: pa.RecordBatch
    blank: int = 0
    rejected: tuple[Rejected, ...] = ()


class RowReader(Protocol):
    """A file or query that is open: its columns, and its rows in batches. Errors are `FileProblem`s."""

    @property
    def header(self) -> tuple[str, ...]:
        """The names of its columns, in order, each once."""
        ...

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """The rows, with only these columns; can be called once."""
        ...


def unique_names(cells: Sequence[str]) -> tuple[str, ...]:
    """The header's names, each once: a second `name` is `name_2`; an empty one is `column_` and its place.

    >>> unique_names(["id", "name", "", "name"])
    ('id', 'name', 'column_3', 'name_2')
    """
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        base = cell.strip() or f"column_{place}"
        name, number = base, 1
        while name in names:
            number += 1
            name = f"{base}_{number}"
        names.append(name)
    return tuple(names)


def int_array(numbers: Numbers) -> Cells:
    """Numbers as an Arrow column. (`pa.array` would import pandas for it wherever that is installed: a second.)"""
    cells = np.ascontiguousarray(np.fromiter(numbers, np.int64) if isinstance(numbers, range) else numbers, np.int64)
    return pa.Array.from_buffers(pa.int64(), len(cells), [None, pa.py_buffer(cells.data)])


def text_array(texts: Sequence[str | None]) -> Cells:
    """Texts as an Arrow column, None for nothing."""
    raw = [b"" if text is None else text.encode("utf-8", "replace") for text in texts]
    ends = np.cumsum([0, *map(len, raw)], dtype=np.int64)
    there = np.packbits(np.fromiter((text is not None for text in texts), np.bool_, len(texts)), bitorder="little")
    buffers: list[pa.Buffer | None] = [
        pa.py_buffer(there.tobytes()),
        pa.py_buffer(ends.data),
        pa.py_buffer(b"".join(raw)),
    ]
    return pa.Array.from_buffers(pa.large_string(), len(texts), buffers)


def batch_of(columns: Sequence[str], cells: Sequence[Cells], rows: Numbers, lines: Numbers) -> pa.RecordBatch:
    """A record batch of text columns with the rows' numbers and lines behind them."""
    arrays = [*cells, int_array(rows), int_array(lines)]
    return pa.RecordBatch.from_arrays(arrays, names=[*columns, ROW, LINE])


def text_of(value: object) -> str | None:
    """The canonical text of a typed cell (Excel, databases): ISO dates, plain numbers, true and false.

    >>> text_of(3.0), text_of(True), text_of(date(2026, 3, 1)), text_of(Decimal("1.50"))
    ('3', 'true', '2026-03-01', '1.50')
    """
    match value:
        case None:
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case Decimal():
            return format(value, "f")
        case datetime() | date() | time():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            return bytes(value).decode("utf-8", "replace")
        case _:
            return str(value)


def columns_of(records: Sequence[Sequence[object]], places: Sequence[int]) -> list[Cells]:
    """The cells at these places of each record, as text columns."""
    return [text_array([text_of(record[place]) for record in records]) for place in places]
