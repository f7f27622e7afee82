"""How are CSV, tab-separated and oddly separated files read: fast, in bounded memory, and with every line accounted for?

A chunk of bytes is cut into records with NumPy (line ends outside quotes), the cells of each record are counted, and
only whole, even records go to the fast parser. Where quotes do not stand as they should, that chunk alone is read
record by record. So the line of each row is known exactly, quoted line ends included, and no row is dropped.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as arrow_csv

from keepwell.collect.cutting import LONGEST_RECORD, Cut, Slow, cut_records, read_slowly
from keepwell.collect.rows import Batch, FileProblem, Rejected, batch_of, text_array, unique_names
from keepwell.collect.source import Format
from keepwell.core.errors import Problem

CHUNK = 4 << 20
_SEPARATORS = (",", ";", "\t", "|")
_UNIT = "\x1f"


class DelimitedReader:
    """A delimited text file, open. `name` is the file as problems and quarantine show it."""

    def __init__(self, stream: BinaryIO, name: str, form: Format) -> None:
        self._name = name
        self._form = form
        self._stream = stream
        self._decode = _Decoder(name, form.encoding)
        self._ended = False
        self._old_line_ends: bool | None = None
        self._line = 1
        self._row = 0
        self._rest = self._more()
        if not self._rest.strip():
            raise FileProblem(Problem("file-empty", "the file is empty", name, expected="a header and rows"))
        self._separator = _UNIT if self._is_odd else (form.separator or self._find_separator())
        self.header = unique_names(form.header) if form.header else self._read_header()

    @property
    def _is_odd(self) -> bool:
        """Rows or cells end with something other than one character: such files know no quotes."""
        said = self._form.separator
        return self._form.row_ends_with is not None or (said is not None and len(said) > 1)

    # -- bytes --------------------------------------------------------------------------------------------------

    def _more(self) -> bytes:
        """The next chunk as UTF-8 with plain line ends; empty at the end."""
        try:
            raw = self._stream.read(CHUNK)
        except (OSError, EOFError, ValueError, RuntimeError) as error:
            raise damaged(self._name, error) from error
        except Exception as error:  # zlib.error and zipfile.BadZipFile have no common root
            raise damaged(self._name, error) from error
        self._ended = not raw
        text = self._decode(raw, self._ended)
        if self._old_line_ends is None and text:
            self._old_line_ends = b"\r" in text and b"\n" not in text
        return text.replace(b"\r", b"\n") if self._old_line_ends else text

    def _fill(self) -> None:
        """Append the next chunk to what is left; close the last record at the end of the file."""
        more = self._more()
        self._rest += more
        if self._ended and self._rest and not self._rest.endswith(b"\n"):
            self._rest += b"\n"

    # -- header -------------------------------------------------------------------------------------------------

    def _head(self, count: int) -> Slow:
        """The first records of the file, read one by one."""
        while not self._ended and self._rest.count(b"\n") <= 4 * count + 40 and len(self._rest) < LONGEST_RECORD:
            self._fill()
        text = self._rest if self._separator != _UNIT else self._prepared(self._rest)
        lines = text.decode("utf-8", "replace").split("\n")[: 4 * count + 40]
        return read_slowly([line + "\n" for line in lines], self._separator, ended=True)

    def _find_separator(self) -> str:
        """The separator that cuts the first records most evenly into most cells."""
        best, best_score = ",", (0, 0)
        for candidate in _SEPARATORS:
            self._separator = candidate
            widths = [len(record) for record in self._head(5).records[:10] if record != [""]]
            if widths and widths[0] > 1:
                score = (sum(width == widths[0] for width in widths), widths[0])
                best, best_score = (candidate, score) if score > best_score else (best, best_score)
        return best

    def _read_header(self) -> tuple[str, ...]:
        """The header's names; the rows that belong to the header are used up."""
        count = self._form.header_rows
        if self._form.row_ends_with is not None:
            return self._read_odd_header(count)
        found = self._head(count + 20)
        filled = [place for place, record in enumerate(found.records) if any(cell.strip() for cell in record)]
        if not filled:
            raise FileProblem(Problem("file-header", "no header was found", self._name, 1))
        last = filled[0] + count - 1
        names = found.records[filled[0]]
        self._use_lines(found.behind[min(last, len(found.behind) - 1)])
        return unique_names(names)

    def _read_odd_header(self, count: int) -> tuple[str, ...]:
        records = self._odd_records()
        names: list[str] = []
        for number in range(count):
            record = next(records, None)
            if record is None:
                raise FileProblem(Problem("file-header", "no header was found", self._name, 1))
            names = self._odd_cells(record[1]) if number == 0 else names
        self._odd_left = records
        return unique_names(names)

    def _use_lines(self, count: int) -> None:
        place = 0
        for _ in range(count):
            found = self._rest.find(b"\n", place)
            if found < 0:
                self._rest, self._line = b"", self._line + 1
                return
            place = found + 1
        self._rest, self._line = self._rest[place:], self._line + count

    # -- rows ---------------------------------------------------------------------------------------------------

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """The rows in batches of one chunk each."""
        if self._form.row_ends_with is not None:
            yield from self._odd_batches(columns)
            return
        if not self._rest.endswith(b"\n"):
            self._fill()
        while self._rest or not self._ended:
            text = self._prepared(self._rest)
            cut = cut_records(text, ord(self._separator), quotes=not self._is_odd)
            if cut is None or self._is_stuck(len(text), cut):
                yield self._batch_slowly(columns)
            elif len(cut.ends):
                batch = self._batch(text, cut, columns)
                yield batch if batch is not None else self._batch_slowly(columns)
            if self._ended and not self._rest:
                break
            self._fill()

    def _is_stuck(self, size: int, cut: Cut) -> bool:
        """Is what is left behind the last whole record too long to be one, or is the file at its end?"""
        left = size - (int(cut.ends[-1]) + 1 if len(cut.ends) else 0)
        return left > LONGEST_RECORD or (self._ended and left > 0)

    def _prepared(self, text: bytes) -> bytes:
        """The chunk up to its last line end, with odd separators turned into one character."""
        said = self._form.separator
        if said == "spaces":
            trimmed = re.sub(rb"(?m)^[ \t]+|[ \t]+(?=\r?$)", b"", text)
            return re.sub(rb"[ \t]+", _UNIT.encode(), trimmed)
        return text.replace(said.encode(), _UNIT.encode()) if self._is_odd and said else text

    def _batch(self, text: bytes, cut: Cut, columns: Sequence[str]) -> Batch | None:
        """The whole records of a chunk by the fast parser; None where it reads them differently."""
        width = len(self.header)
        lengths = cut.ends - cut.starts
        blank = lengths <= cut.cells - 1
        even = (cut.cells == width) & ~blank
        odd = ~even & ~blank
        texts = {int(place): text[cut.starts[place] : cut.ends[place]] for place in np.flatnonzero(odd)}
        for place in [place for place, found in texts.items() if not found.strip()]:
            del texts[place]
            odd[place], blank[place] = False, True
        numbers = self._row + np.cumsum(~blank)
        kept = np.flatnonzero(even)
        rows = _parse(_slices(text, cut, even), self.header, columns, self._separator, quotes=not self._is_odd)
        if rows is None or rows.num_rows != len(kept):
            return None
        lines = self._line + cut.lines
        rejected = tuple(
            self._ragged(int(numbers[place]), int(lines[place]), int(cut.cells[place]), found)
            for place, found in texts.items()
        )
        batch = batch_of(columns, [rows.column(name).combine_chunks() for name in columns], numbers[kept], lines[kept])
        used = int(cut.ends[-1]) + 1
        self._row = int(numbers[-1])
        newlines = text.count(b"\n", 0, used)
        self._line += newlines
        self._rest = text[used:] if not self._is_odd else self._rest_after(newlines)
        return Batch(batch, int(blank.sum()), rejected)

    def _rest_after(self, newlines: int) -> bytes:
        """What is left of the chunk as it stands in the file, behind so many line ends."""
        return self._rest.split(b"\n", newlines)[newlines]

    def _ragged(self, row: int, line: int, cells: int, text: bytes) -> Rejected:
        width = len(self.header)
        few = "few" if cells < width else "many"
        shown = text.decode("utf-8", "replace").replace(_UNIT, self._form.separator or _UNIT).rstrip("\r")
        return Rejected(row, line, f"row-too-{few}-cells", f"the row has {cells} cells, the header {width}", shown)

    def _batch_slowly(self, columns: Sequence[str]) -> Batch:
        """What is left of the chunk, record by record: right for any use of quotes, and slow."""
        lines = self._rest.decode("utf-8", "replace").split("\n")
        left = lines.pop()
        found = read_slowly([line + "\n" for line in lines], self._separator, ended=self._ended)
        batch = self._even(found, columns, self._line)
        self._rest = "\n".join([*lines[found.used :], left]).encode()
        self._line += found.used
        return batch

    def _even(self, found: Slow, columns: Sequence[str], first_line: int) -> Batch:
        """Records as a batch, those of the wrong width told apart."""
        width, blank = len(self.header), 0
        records, numbers, places, rejected = [], [], [], []
        unread = dict(found.rejected)
        order = sorted([*((line, record) for line, record in zip(found.lines, found.records, strict=True)),
                        *((line, None) for line in unread)], key=lambda pair: pair[0])  # fmt: skip
        for line, record in order:
            at = first_line + line - 1
            if record is None:
                self._row += 1
                rejected.append(
                    Rejected(self._row, at, "row-quote-open", "a quote is opened and never closed", unread[line])
                )
            elif not any(cell.strip() for cell in record):
                blank += 1
            elif len(record) != width:
                self._row += 1
                rejected.append(self._ragged(self._row, at, len(record), self._separator.join(record).encode()))
            else:
                self._row += 1
                records.append(record)
                numbers.append(self._row)
                places.append(at)
        chosen = [self.header.index(name) for name in columns]
        cells = [text_array([record[place] for record in records]) for place in chosen]
        return Batch(batch_of(columns, cells, numbers, places), blank, tuple(rejected))

    # -- rows that end with a mark of their own -----------------------------------------------------------------

    _odd_left: Iterator[tuple[int, str]] | None = None

    def _odd_records(self) -> Iterator[tuple[int, str]]:
        """Each record's first line and text, where rows end with a stated mark."""
        mark = (self._form.row_ends_with or "\n").encode()
        while True:
            *whole, self._rest = self._rest.split(mark)
            for record in whole:
                stripped = record.lstrip(b"\r\n")
                line = self._line + record[: len(record) - len(stripped)].count(b"\n")
                self._line += record.count(b"\n") + mark.count(b"\n")
                yield line, stripped.decode("utf-8", "replace")
            if self._ended:
                break
            self._fill()
        if self._rest.strip():
            yield self._line, self._rest.decode("utf-8", "replace").strip("\r\n")
            self._rest = b""

    def _odd_cells(self, record: str) -> list[str]:
        return record.split(self._form.separator or ",")

    def _odd_batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        lines, records = [], []
        for line, record in self._odd_left or self._odd_records():
            lines.append(line)
            records.append(self._odd_cells(record))
            if len(records) == 20_000:
                yield self._even(Slow(records, lines, [], [], 0), columns, 1)
                lines, records = [], []
        yield self._even(Slow(records, lines, [], [], 0), columns, 1)


class _Decoder:
    """Turns a file's bytes into UTF-8 without a byte-order mark; says the line of what is not text."""

    def __init__(self, name: str, encoding: str | None) -> None:
        self._name = name
        self._encoding = encoding
        self._decoder: codecs.IncrementalDecoder | None = None
        self._lines = 1

    def __call__(self, raw: bytes, ended: bool) -> bytes:
        if self._decoder is None:
            self._decoder = codecs.getincrementaldecoder(self._encoding or _encoding_of(raw))()
        try:
            text = self._decoder.decode(raw, ended)
        except UnicodeDecodeError as error:
            line = self._lines + error.object[: error.start].count(b"\n")
            found = error.object[error.start : error.start + 1].hex().upper()
            stated = self._encoding or "UTF-8"
            raise FileProblem(
                Problem(
                    "file-encoding",
                    f"not {stated} text",
                    self._name,
                    line,
                    f"the byte {found}",
                    f"{stated}; if it was written otherwise, say so: encoding: latin-1",
                )
            ) from None
        self._lines += raw.count(b"\n")
        return text.lstrip("\ufeff").encode() if text[:1] == "\ufeff" else text.encode()


def _encoding_of(raw: bytes) -> str:
    marks = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    return next((name for mark, name in marks.items() if raw.startswith(mark)), "utf-8")


def damaged(name: str, error: BaseException) -> FileProblem:
    """The problem of a file that breaks off or is not what its name says."""
    said = str(error).strip().splitlines()
    return FileProblem(Problem("file-damaged", f"the file cannot be read: {said[0] if said else type(error).__name__}",
                               name, expected="a whole file: export or copy it again"))  # fmt: skip


def _slices(text: bytes, cut: Cut, even: npt.NDArray[np.bool_]) -> bytes:
    """The even records' bytes; the chunk as it stands where all are even."""
    if even.all():
        return text[: int(cut.ends[-1])]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], even, [False]])))
    return b"\n".join(text[cut.starts[a] : cut.ends[b - 1]] for a, b in zip(edges[0::2], edges[1::2], strict=True))


def _parse(
    text: bytes, header: Sequence[str], columns: Sequence[str], separator: str, *, quotes: bool
) -> pa.Table | None:
    """The records of a chunk by Arrow's parser, wanted columns only; None where it refuses them."""
    if not text:
        return pa.schema([(name, pa.string()) for name in columns]).empty_table()
    try:
        return arrow_csv.read_csv(
            cast("BinaryIO", pa.BufferReader(text)),
            arrow_csv.ReadOptions(column_names=list(header), block_size=len(text) + 1, use_threads=False),
            arrow_csv.ParseOptions(delimiter=separator, quote_char='"' if quotes else False, newlines_in_values=quotes,
                                   ignore_empty_lines=False),
            arrow_csv.ConvertOptions(column_types={name: pa.string() for name in columns}, strings_can_be_null=False,
                                     include_columns=list(columns)),
        )  # fmt: skip
    except pa.ArrowInvalid:
        return None
