"""Where does each record of a delimited text begin and end, quotes and quoted line ends considered?

`cut_records` says it for a whole chunk at once, and knows when it cannot: where quotes do not stand as they should.
`read_slowly` then reads record by record, and gives up a record whose quote is never closed, one line at a time.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LONGEST_RECORD = 8 << 20
_MOST_LINES = 2_000
_QUOTE, _NEWLINE, _RETURN = 34, 10, 13
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cut:
    """Where the records of a chunk lie: start and end (its line end left out) of each, its cells, its first line."""

    starts: _Ints
    ends: _Ints
    cells: _Ints
    lines: _Ints


@dataclass(frozen=True)
class Slow:
    """Records read one by one: their cells, first lines, and how many lines were used up behind each.

    `rejected`: line and text of those that could not be read; `used`: the lines used up in all.
    """

    records: list[list[str]]
    lines: list[int]
    behind: list[int]
    rejected: list[tuple[int, str]]
    used: int


def cut_records(text: bytes, separator: int, *, quotes: bool) -> Cut | None:
    """Where do the records of a chunk lie? None where its quotes do not stand as they should.

    What stands behind the last line end outside quotes is no record yet.
    """
    data = np.frombuffer(text, np.uint8)
    line_ends = np.flatnonzero(data == _NEWLINE)
    ends, separators = line_ends, np.flatnonzero(data == separator)
    if quotes and b'"' in text:
        quoted = np.flatnonzero(data == _QUOTE)
        ends = ends[np.searchsorted(quoted, ends) % 2 == 0]
        if not len(ends):
            return Cut(ends, ends, ends, ends)
        if not _quotes_stand_right(data[: ends[-1] + 1], quoted[quoted < ends[-1]], separator):
            return None
        separators = separators[np.searchsorted(quoted, separators) % 2 == 0]
    starts = np.concatenate([np.zeros(1, np.int64), ends[:-1] + 1]) if len(ends) else ends
    cells = np.diff(np.searchsorted(separators, ends), prepend=0) + 1
    lines = np.searchsorted(line_ends, starts)
    returns = (ends > starts) & (data[ends - 1] == _RETURN) if len(ends) else ends
    return Cut(starts, ends - returns, cells, lines) if len(ends) else Cut(ends, ends, ends, ends)


def _quotes_stand_right(data: npt.NDArray[np.uint8], quoted: _Ints, separator: int) -> bool:
    """Does each quote open behind a separator or line end, and close before one (or stand doubled)?"""
    opening, closing = quoted[0::2], quoted[1::2]
    before = data[opening - 1]
    opens = (opening == 0) | (before == separator) | (before == _NEWLINE) | (before == _QUOTE)
    behind = data[closing + 1]
    closes = (behind == separator) | (behind == _NEWLINE) | (behind == _RETURN) | (behind == _QUOTE)
    return len(opening) == len(closing) and bool(opens.all()) and bool(closes.all())


def read_slowly(lines: Sequence[str], separator: str, *, ended: bool) -> Slow:
    """Records from lines, one by one. A record that does not end within the lines is left unless `ended`."""
    csv.field_size_limit(LONGEST_RECORD * 4)
    records: list[list[str]] = []
    places: list[int] = []
    behind: list[int] = []
    rejected: list[tuple[int, str]] = []
    start = 0
    while start < len(lines):
        feed = _Feed(lines, start)
        for record in csv.reader(feed, delimiter=separator):
            if feed.broke_off:
                break
            records.append(record or [""])
            places.append(start + 1)
            start = feed.begin = feed.place
            behind.append(start)
        if not feed.broke_off:
            break
        if feed.place >= len(lines) and not ended and feed.place - start < _MOST_LINES:
            break
        rejected.append((start + 1, lines[start].rstrip("\r\n")))
        start += 1
    return Slow(records, places, behind, rejected, start)


class _Feed:
    """Hands lines to the csv module, and knows whether it ran out of them in the middle of a record."""

    def __init__(self, lines: Sequence[str], start: int) -> None:
        self._lines = lines
        self.place = start
        self.begin = start
        self.broke_off = False

    def __iter__(self) -> Iterator[str]:
        while self.place < len(self._lines) and self.place - self.begin < _MOST_LINES:
            line = self._lines[self.place]
            self.place += 1
            yield line.replace("\r", "") if line.endswith("\r\n") else line.replace("\r", " ")
        self.broke_off = self.place > self.begin
