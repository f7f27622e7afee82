"""Where do rows wait that broke a rule, and what is wrong with each?

One file of JSON lines per source in `.keepwell/quarantine/`: a person can read it, and each collect tries its rows again.
A row leaves when it passes, when a better row of its key arrives, or when its file is read anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from keepwell.core.errors import BrokenError

# What can only be mended in the file: such a row alone, tried again, would pass for another.
NOT_RETRIED = frozenset({"key-duplicate", "row-too-few-cells", "row-too-many-cells", "row-quote-open", "row-not-json"})


@dataclass(frozen=True)
class QuarantinedRow:
    """A row that waits: where it stands, the rule that it broke, and its cells.

    `table` is the record's table that it was to become, '' where the row could not be split into cells (then `text`
    holds it as it stands). `nearest`: the word that was probably meant. `since`: the collect's moment when it came here (UTC).
    """

    source: str
    reading: str
    table: str
    file: str
    row: int
    line: int
    code: str
    column: str | None
    value: str | None
    message: str
    cells: dict[str, str | None]
    text: str | None = None
    nearest: str | None = None
    since: str = ""

    @property
    def place(self) -> tuple[str, str, int]:
        """What makes it the same waiting row: table, file and row."""
        return (self.table, self.file, self.row)

    @property
    def where(self) -> str:
        """`exports/a.csv:12`."""
        return f"{self.file}:{self.line}"


def quarantine_file(folder: Path, source: str) -> Path:
    """Where the rows of a source wait."""
    return folder / f"{source}.jsonl"


def read_quarantine(folder: Path, source: str | None = None) -> Iterator[QuarantinedRow]:
    """The rows that wait, of one source or of all, in the order of files and rows."""
    paths = [quarantine_file(folder, source)] if source is not None else sorted(folder.glob("*.jsonl"))
    for path in paths:
        if path.is_file():
            with path.open(encoding="utf-8") as lines:
                for line in lines:
                    yield QuarantinedRow(**json.loads(line))


def write_rows(path: Path, rows: Iterable[QuarantinedRow]) -> int:
    """Write rows that wait into a file of their own, to be put in place by `put_in_place`; returns how many."""
    count = 0
    with _breaking(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8") as out:
            for row in rows:
                out.write(json.dumps(vars(row), ensure_ascii=False) + "\n")
                count += 1
            out.flush()
            os.fsync(out.fileno())
    return count


def put_in_place(written: Path, folder: Path, source: str) -> None:
    """Let a written file take the place of a source's waiting rows, in one step. No rows, no file."""
    path = quarantine_file(folder, source)
    with _breaking(path):
        folder.mkdir(parents=True, exist_ok=True)
        if written.stat().st_size:
            written.replace(path)
        else:
            written.unlink()
            path.unlink(missing_ok=True)


@contextmanager
def _breaking(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BrokenError("quarantine-not-written", f"{path.name} was not written: {error}",
                          hint="make room and collect again: no row is lost") from error  # fmt: skip


def count_reasons(rows: Iterable[QuarantinedRow]) -> dict[tuple[str, str, str], int]:
    """How many rows wait for each reason: by source, table and code."""
    counts: dict[tuple[str, str, str], int] = {}
    for row in rows:
        reason = (row.source, row.table, row.code)
        counts[reason] = counts.get(reason, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
