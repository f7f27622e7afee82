"""How are files that have types of their own read: Parquet, Excel, JSON lines? As text, cell by cell.

Types are turned into one canonical text (ISO dates, plain numbers), so that every source goes the same way from here.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from keepwell.collect.delimited import damaged
from keepwell.collect.rows import Batch, Cells, FileProblem, Rejected, batch_of, columns_of, text_of, unique_names
from keepwell.collect.source import Format
from keepwell.core.errors import Problem, nearest

_BATCH = 16_384


class ParquetReader:
    """A Parquet file, open. Its rows have no lines: the row's number stands for both."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._name = name
        try:
            self._file = pq.ParquetFile(stream)
        except (pa.ArrowException, OSError) as error:
            raise damaged(name, error) from error
        self.header = unique_names(self._file.schema_arrow.names)

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """The rows, group by group."""
        names = [self._file.schema_arrow.names[self.header.index(name)] for name in columns]
        row = 0
        try:
            for batch in self._file.iter_batches(_BATCH, columns=names or self._file.schema_arrow.names[:1]):
                numbers = np.arange(row + 1, row + 1 + batch.num_rows)
                cells = [_texts(batch.column(name), self._name, name) for name in names]
                yield Batch(batch_of(columns, cells, numbers, numbers))
                row += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise damaged(self._name, error) from error


def _texts(cells: Any, name: str, column: str) -> Cells:
    """An Arrow column as text; a moment with a zone as UTC."""
    kind = cells.type
    if pa.types.is_dictionary(kind):
        return _texts(cells.dictionary_decode(), name, column)
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        utc = cells.cast(pa.timestamp("us", "UTC"), safe=False).cast(pa.timestamp("us"))
        return cast("Cells", pc.binary_join_element_wise(utc.cast(pa.string()), "Z", ""))
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        return cast("Cells", cells.cast(pa.timestamp("us"), safe=False).cast(pa.string()))
    if pa.types.is_binary(kind) or pa.types.is_floating(kind):
        return columns_of([[cell] for cell in cells.to_pylist()], [0])[0]
    if pa.types.is_nested(kind):
        raise FileProblem(Problem("file-nested-column", f"the column {column} holds lists or records", name,
                                  expected="one value per cell"))  # fmt: skip
    return cast("Cells", cells.cast(pa.string()))


class ExcelReader:
    """One sheet of an Excel file, open. The sheet is held in memory: Excel knows no other way."""

    def __init__(self, stream: BinaryIO, name: str, form: Format) -> None:
        self._name = name
        try:
            book = CalamineWorkbook.from_filelike(io.BytesIO(stream.read()))
            sheet = self._sheet(book, form.sheet)
            self._rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        except (CalamineError, OSError, ValueError) as error:
            raise damaged(name, error) from error
        self._first = 0
        if form.header is not None:
            self.header = unique_names(form.header)
            return
        while self._first < len(self._rows) and _is_blank(self._rows[self._first]):
            self._first += 1
        if self._first >= len(self._rows):
            raise FileProblem(Problem("file-empty", "the sheet is empty", name, expected="a header and rows"))
        self.header = unique_names([text or "" for text in map(text_of, self._rows[self._first])])
        self._first += form.header_rows

    def _sheet(self, book: CalamineWorkbook, wanted: str | None) -> str:
        names = book.sheet_names
        if wanted is None:
            return names[0]
        if wanted not in names:
            raise FileProblem(Problem("file-sheet", f"no sheet {wanted}", self._name, None, wanted,
                                      "one of " + ", ".join(names), nearest(wanted, names)))  # fmt: skip
        return wanted

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """The rows, some thousands at a time; a sheet's line is its row as Excel numbers it."""
        places = [self.header.index(name) for name in columns]
        filled = (
            (line, row) for line, row in enumerate(self._rows[self._first :], self._first + 1) if not _is_blank(row)
        )
        blank = sum(_is_blank(row) for row in self._rows[self._first :])
        number, width = 0, len(self.header)
        while chunk := list(islice(filled, _BATCH)):
            records = [[text_of(cell) for cell in row] + [None] * (width - len(row)) for _, row in chunk]
            rows = range(number + 1, number + 1 + len(chunk))
            number += len(chunk)
            yield Batch(batch_of(columns, columns_of(records, places), list(rows), [line for line, _ in chunk]), blank)
            blank = 0
        if blank:
            yield Batch(batch_of(columns, columns_of([], places), [], []), blank)


def _is_blank(row: Sequence[Any]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row)


class JsonLinesReader:
    """A file of one JSON object per line, open. An inner object's members are columns `outer.inner`."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._name = name
        self._stream = stream
        self._line = 0
        self._decoder = json.JSONDecoder(parse_float=str, parse_int=str)
        self._sample = list(islice(self._lines(), 1000))
        names: dict[str, None] = {}
        for _, text in self._sample:
            found = self._object(text)
            names.update(dict.fromkeys(found if isinstance(found, dict) else ()))
        self.header = tuple(names)
        if not self._sample:
            raise FileProblem(Problem("file-empty", "the file is empty", name, expected="one JSON object per line"))
        if not names:
            raise FileProblem(Problem("file-damaged", "no line is a JSON object", name, 1,
                                      expected="one JSON object per line"))  # fmt: skip

    def _lines(self) -> Iterator[tuple[int, str]]:
        try:
            for raw in self._stream:
                self._line += 1
                yield self._line, raw.decode("utf-8-sig" if self._line == 1 else "utf-8").strip()
        except UnicodeDecodeError as error:
            found = f"the byte {error.object[error.start]:02X}"
            raise FileProblem(
                Problem("file-encoding", "not UTF-8 text", self._name, self._line, found, "UTF-8")
            ) from None
        except Exception as error:  # zlib.error and zipfile.BadZipFile have no common root
            raise damaged(self._name, error) from error

    def _object(self, text: str) -> dict[str, str | None] | str:
        """The flat object on a line, or why there is none."""
        try:
            found = self._decoder.decode(text)
        except (json.JSONDecodeError, RecursionError) as error:
            return f"not JSON: {error}"
        return dict(_flat("", found)) if isinstance(found, dict) else "not a JSON object"

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """The rows, some thousands of lines at a time."""
        row = 0
        waiting = iter(self._sample)
        while chunk := (list(islice(waiting, _BATCH)) or list(islice(self._lines(), _BATCH))):
            records, numbers, lines, rejected, blank = [], [], [], [], 0
            for line, text in chunk:
                if not text:
                    blank += 1
                    continue
                row += 1
                found = self._object(text)
                if isinstance(found, str):
                    rejected.append(Rejected(row, line, "row-not-json", found, text))
                    continue
                records.append([found.get(name) for name in columns])
                numbers.append(row)
                lines.append(line)
            cells = columns_of(records, range(len(columns)))
            yield Batch(batch_of(columns, cells, numbers, lines), blank, tuple(rejected))


def _flat(prefix: str, found: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    for key, value in found.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{key}.", value)
        elif isinstance(value, list):
            yield prefix + key, json.dumps(value)
        elif isinstance(value, bool):
            yield prefix + key, "true" if value else "false"
        else:
            yield prefix + key, value
