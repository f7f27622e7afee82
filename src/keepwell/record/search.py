"""Which files still hold a name? Bytes of plain files, what is inside compressed ones, and the texts of Parquet."""

from __future__ import annotations

import gzip
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

_CHUNK = 1 << 20
_MOST_TEXTS = 500
_SHORTEST = 3


@dataclass(frozen=True)
class Values:
    """What is searched for: a subject's `own` names and addresses, and `texts` of rows that name it.

    Shorter than three characters are left out: they are in every file.
    """

    own: frozenset[str]
    texts: frozenset[str] = frozenset()

    @cached_property
    def _wanted(self) -> list[str]:
        longest = sorted(self.texts, key=lambda text: (-len(text), text))[:_MOST_TEXTS]
        return sorted({text.strip() for text in (*self.own, *longest) if len(text.strip()) >= _SHORTEST})

    @cached_property
    def _folded(self) -> frozenset[str]:
        return frozenset(text.strip().casefold() for text in (*self.own, *self.texts) if text.strip())

    @cached_property
    def _words(self) -> re.Pattern[str] | None:
        own = sorted(text.strip() for text in self.own if len(text.strip()) >= _SHORTEST)
        return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, own)) + r")(?!\w)", re.IGNORECASE) if own else None

    @cached_property
    def bytes(self) -> re.Pattern[bytes] | None:
        """The values as files may write them: UTF-8, Latin-1, UTF-16, and escaped as JSON does."""
        forms: set[bytes] = set()
        for text in self._wanted:
            forms |= {text.encode(), text.encode("utf-16-le"), text.encode("unicode_escape")}
            forms |= {text.encode("latin-1", "ignore")} if text.encode("latin-1", "ignore") else set()
        if not forms:
            return None
        return re.compile(rb"(?<![A-Za-z])(?:" + b"|".join(map(re.escape, sorted(forms))) + rb")(?![A-Za-z])")

    @property
    def longest(self) -> int:
        """How many bytes may a value take at most?"""
        return max((4 * len(text) for text in self._wanted), default=0)

    def in_text(self, text: str) -> bool:
        """Is the text one of the values, or is one of the subject's own names a word in it?"""
        if text.strip().casefold() in self._folded:
            return True
        return self._words is not None and self._words.search(text) is not None


def holding_files(root: Path, values: Values, leave: Sequence[Path] = ()) -> Iterator[Path]:
    """The files below `root`, in order, that hold one of the values; folders in `leave` are not looked into."""
    if values.bytes is None:
        return
    for path in sorted(root.rglob("*")):
        if path.is_file() and not any(path.is_relative_to(folder) for folder in leave) and _holds(path, values):
            yield path


def _holds(path: Path, values: Values) -> bool:
    pattern = values.bytes
    if pattern is None:
        return False
    return any(pattern.search(piece) for piece in _pieces(path, values.longest))


def _pieces(path: Path, overlap: int) -> Iterator[bytes]:
    """The file's contents piece by piece, each with the end of the one before: what is packed is unpacked."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                for name in packed.namelist():
                    with packed.open(name) as member:
                        yield from _overlapping(_chunks(member), overlap)
        elif path.suffix == ".gz":
            with gzip.open(path) as unpacked:
                yield from _overlapping(_chunks(unpacked), overlap)
        elif path.suffix == ".parquet":
            yield from _parquet_texts(path)
        else:
            with path.open("rb") as plain:
                yield from _overlapping(_chunks(plain), overlap)
    except (OSError, zipfile.BadZipFile, EOFError, pa.ArrowException):
        yield path.read_bytes()  # not what its name says: its bytes as they are


def _chunks(file: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _overlapping(chunks: Iterator[bytes], overlap: int) -> Iterator[bytes]:
    first = next(chunks, b"")
    yield first
    before = first
    for chunk in chunks:
        yield before[-overlap:] + chunk if overlap else chunk
        before = chunk


def _parquet_texts(path: Path) -> Iterator[bytes]:
    file = pq.ParquetFile(path)
    texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type) or
             pa.types.is_large_string(field.type)]  # fmt: skip
    for batch in file.iter_batches(columns=texts):
        for column in batch.columns:
            yield "\n".join(value for value in column.to_pylist() if value).encode()
