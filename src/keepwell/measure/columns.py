"""How do columns pass between Arrow and NumPy, exactly and without pandas?

`pa.array` of a NumPy array imports pandas wherever it is installed, which takes seconds: columns are made from buffers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.core.tables import ARROW_TYPES, ColumnType

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
# subscripted for the type checker only: at run time Arrow's classes are not generic
Column: TypeAlias = "pa.ChunkedArray[Any]"

NUMBER_PLACES = 6


@dataclass(frozen=True)
class Coded:
    """A text column as codes into its distinct texts, which are sorted: the order of codes is that of texts."""

    codes: Ints
    names: tuple[str, ...]

    def only(self, rows: Ints) -> Coded:
        """These rows of it."""
        return Coded(self.codes[rows], self.names)


def text_codes(column: Column) -> Coded:
    """A text column as numbers."""
    if not len(column):
        return Coded(np.zeros(0, dtype=np.int64), ())
    encoded: Any = column.combine_chunks().dictionary_encode()
    names = np.array(encoded.dictionary.to_pylist(), dtype=object)
    order = np.argsort(names, kind="stable")
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    return Coded(rank[encoded.indices.to_numpy(zero_copy_only=False)], tuple(names[order].tolist()))


def whole_numbers(column: Column) -> Ints:
    """An integer or date column (days since 1970)."""
    if pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    whole: Ints = column.combine_chunks().to_numpy(zero_copy_only=False).astype(np.int64)
    return whole


def unscaled(column: Column) -> Ints:
    """A decimal column of at most 18 digits as whole numbers of its last place: exact."""
    parts = [_unscaled(chunk) for chunk in column.chunks if len(chunk)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _unscaled(chunk: pa.Array[Any]) -> Ints:
    data: Any = chunk.buffers()[1]
    # 128 bits, the low half first; 18 digits fit in it
    halves: Ints = np.frombuffer(data, dtype=np.int64, count=2 * (chunk.offset + len(chunk)))
    return halves[2 * chunk.offset :: 2].copy()


def number_column(values: Reals, decimals: int) -> pa.Array[Any]:
    """Statistics as exact numbers, rounded to so many decimals; nan is nothing."""
    there = np.isfinite(values)
    rounded = np.rint(np.where(there, values, 0.0) * 10.0**decimals).astype(np.int64)
    return exact_column("number", rounded * 10 ** (NUMBER_PLACES - decimals), there)


def exact_column(kind: ColumnType, unscaled: Ints, there: npt.NDArray[np.bool_] | None = None) -> pa.Array[Any]:
    """Whole numbers of the last place as a decimal column (money, share, number); where it is not `there`, nothing."""
    whole = np.empty((len(unscaled), 2), dtype=np.int64)
    whole[:, 0] = unscaled
    whole[:, 1] = whole[:, 0] >> 63
    valid = None if there is None else np.packbits(there, bitorder="little")
    return _from_buffers(ARROW_TYPES[kind], len(unscaled), valid, whole)


def date_column(days: Ints) -> pa.Array[Any]:
    """Days since 1970 as a column of dates."""
    return _from_buffers(pa.date32(), len(days), None, np.ascontiguousarray(days, dtype=np.int32))


def day_numbers(column: Any) -> Ints:
    """Dates as days since 1970; 0 where there is none."""
    return whole_numbers(column.fill_null(pa.scalar(0, pa.int32()).cast(pa.date32())))


def integer_column(values: Ints) -> pa.Array[Any]:
    """Whole numbers as a column."""
    return _from_buffers(pa.int64(), len(values), None, np.ascontiguousarray(values, dtype=np.int64))


def text_column(codes: Ints, names: tuple[str, ...]) -> pa.Array[Any]:
    """The texts that codes stand for."""
    taken: pa.Array[Any] = pc.take(pa.array(names, pa.string()), integer_column(codes))
    return taken


def _from_buffers(kind: pa.DataType, rows: int, valid: Any, values: Any) -> pa.Array[Any]:
    buffers = [None if valid is None else pa.py_buffer(valid), pa.py_buffer(values)]
    return pa.Array.from_buffers(kind, rows, buffers)
