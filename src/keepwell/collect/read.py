"""Which files does a reading mean, and how is each opened?

Files are found by pattern below the project's folder, never outside it; a zip or gz is opened member by member. What a
file is follows from the end of its name.
"""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from keepwell.collect.delimited import DelimitedReader, damaged
from keepwell.collect.rows import FileProblem, RowReader
from keepwell.collect.source import Format, Reading
from keepwell.collect.typed import ExcelReader, JsonLinesReader, ParquetReader
from keepwell.core.errors import Problem, nearest

_TEXT = (".csv", ".tsv", ".txt", ".tab", ".dat")
_JSON = (".jsonl", ".ndjson")
_EXCEL = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
KNOWN = (*_TEXT, *_JSON, *_EXCEL, ".parquet")
_SPOOL = 32 << 20


@dataclass(frozen=True)
class FoundFile:
    """One file to read: where it lies, what it is called in problems, and which member of a zip it is."""

    path: Path
    name: str
    member: str | None = None


def find_files(reading: Reading, root: Path) -> list[FoundFile]:
    """The files that a reading means, in the order of their names. Raises `FileProblem` (`file-missing`, …)."""
    top = root.resolve()
    paths: dict[Path, None] = {}
    for pattern in reading.reads:
        found = sorted(path for path in root.glob(pattern) if path.is_file())
        outside = [path for path in found if not path.resolve().is_relative_to(top)]
        if outside:
            raise FileProblem(Problem("file-outside", f"{pattern} leaves the project's folder", reading.file, reading.line,
                                      expected="files below the project's folder"))  # fmt: skip
        if not found and "*" not in pattern:
            raise FileProblem(_missing(pattern, reading, root))
        paths.update(dict.fromkeys(found))
    if not paths:
        raise FileProblem(_missing(reading.reads[0] if reading.reads else "", reading, root))
    return [file for path in paths for file in _members(path, path.relative_to(root).as_posix())]


def _missing(pattern: str, reading: Reading, root: Path) -> Problem:
    folder = (root / pattern).parent
    there = [path.name for path in folder.iterdir()] if folder.is_dir() and "*" not in str(folder) else []
    near = nearest(Path(pattern).name, there)
    return Problem("file-missing", "no such file", reading.file, reading.line, pattern, "a file, or a pattern with *",
                   None if near is None else str(Path(pattern).parent / near))  # fmt: skip


def _members(path: Path, name: str) -> list[FoundFile]:
    if path.suffix.lower() != ".zip":
        return [FoundFile(path, name)]
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [info.filename for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError) as error:
        raise damaged(name, error) from error
    known = sorted(m for m in inside if m.lower().endswith((*KNOWN, ".gz")) and not m.startswith("__MACOSX/"))
    if not known:
        raise FileProblem(Problem("file-kind", "the archive holds no file that can be read", name,
                                  found=", ".join(inside[:5]) or "nothing", expected=", ".join(KNOWN)))  # fmt: skip
    return [FoundFile(path, f"{name}/{member}", member) for member in known]


def file_hash(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    digest = sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def open_file(file: FoundFile, form: Format) -> Iterator[RowReader]:
    """A file's rows. Raises `FileProblem` (`file-…`)."""
    with ExitStack() as stack:
        try:
            stream, base = _open_stream(file, stack)
        except (OSError, zipfile.BadZipFile, RuntimeError, KeyError) as error:
            raise damaged(file.name, error) from error
        yield _reader(stream, base.lower(), file.name, form)


def _open_stream(file: FoundFile, stack: ExitStack) -> tuple[BinaryIO, str]:
    stream: BinaryIO = stack.enter_context(file.path.open("rb"))
    base = file.path.name
    if file.member is not None:
        archive = stack.enter_context(zipfile.ZipFile(stream))
        stream, base = cast("BinaryIO", stack.enter_context(archive.open(file.member))), file.member
    if base.lower().endswith(".gz"):
        stream, base = cast("BinaryIO", stack.enter_context(gzip.GzipFile(fileobj=stream))), base[:-3]
    return stream, base


def _reader(stream: BinaryIO, base: str, name: str, form: Format) -> RowReader:
    if base.endswith(_JSON):
        return JsonLinesReader(stream, name)
    if base.endswith(_EXCEL):
        return ExcelReader(_whole(stream, name), name, form)
    if base.endswith(".parquet"):
        return ParquetReader(_whole(stream, name), name)
    if base.endswith(_TEXT) or form.separator is not None or form.header is not None:
        return DelimitedReader(stream, name, form)
    raise FileProblem(Problem("file-kind", "no kind of file that can be read", name, expected=", ".join(KNOWN)))


def _whole(stream: BinaryIO, name: str) -> BinaryIO:
    """A stream in which one can go back: a packed file is unpacked, on disk where it is large."""
    if not isinstance(stream, gzip.GzipFile | zipfile.ZipExtFile):
        return stream
    spool = SpooledTemporaryFile(_SPOOL)  # noqa: SIM115  (closed with its reader)
    try:
        while chunk := stream.read(1 << 20):
            spool.write(chunk)
    except Exception as error:  # zlib.error and zipfile.BadZipFile have no common root
        raise damaged(name, error) from error
    spool.seek(0)
    return cast("BinaryIO", spool)
