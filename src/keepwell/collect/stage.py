"""Where do rows wait between their files and the record? In an engine of their own, which spills to disk.

That connection has no access to anything outside itself, and its settings are locked: what users wrote (column names,
words, formulas) is literals and quoted names there, and could do nothing even if it were not. Rows come in and go out as
streams of Arrow batches.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from keepwell.collect.expressions import literal
from keepwell.collect.rows import Batch, FileProblem, Rejected, int_array, text_array
from keepwell.core.errors import BrokenError, Problem
from keepwell.engine.quotient import duckdb_macros
from keepwell.record.lock import AT_WORK, WriteLock

_BATCH = 65_536
_ALL_WRONG = 100


@dataclass
class FileCount:
    """What one file held: rows that were read, blank ones, and those that could not be split into cells."""

    name: str
    rows: int = 0
    blank: int = 0
    rejected: list[Rejected] = field(default_factory=list)


@dataclass(frozen=True)
class RawTable:
    """A reading's rows as text: `places` says which staged column holds which column of the source."""

    name: str
    places: dict[str, str]


class Stage:
    """The waiting room. Use it as a context manager: what it spilled to disk is removed at the end, whatever happens."""

    def __init__(self, spill: Path, memory: str, threads: int | None = None) -> None:
        self._spill = spill
        self._memory = memory
        self._threads = threads
        self._next_id = 0
        self.files: list[FileCount] = []
        self.raws: list[RawTable] = []

    def __enter__(self) -> Self:
        try:
            self._spill.mkdir(parents=True, exist_ok=True)
            self.folder = Path(tempfile.mkdtemp(prefix="collect-", dir=self._spill))
        except OSError as error:
            raise BrokenError("collect-no-room", f"cannot write to {self._spill}: {error}") from error
        self._at_work = WriteLock(self.folder / AT_WORK)
        self._at_work.acquire(0)
        self.con = self._connect()
        self.con.execute(_macros())
        self.con.execute("SET enable_external_access = false")
        self.con.execute("SET lock_configuration = true")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        self.con.close()
        self._at_work.release()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _connect(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect(":memory:")
        con.execute(f"SET memory_limit = {literal(self._memory)}")
        con.execute(f"SET temp_directory = {literal(str(self.folder / 'spill'))}")
        con.execute("SET preserve_insertion_order = false")
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET python_enable_replacements = false")
        if self._threads is not None:
            con.execute(f"SET threads = {self._threads}")
        return con

    def bring(self, name: str, sql: str, select: str = "SELECT * FROM __brought") -> None:
        """Make the table `name` of what a query says that reads the record's files; `select` may narrow `__brought`.

        The query runs on a connection of its own and comes over as a stream: this one never sees a file.
        """
        con = self._connect()
        try:
            self.con.register("__brought", con.sql(sql).to_arrow_reader(_BATCH))
            self.con.execute(f"CREATE TABLE {name} AS {select}")
            self.con.unregister("__brought")
        finally:
            con.close()

    # -- raw rows -----------------------------------------------------------------------------------------------

    def make_raw(self, name: str, columns: Sequence[str]) -> RawTable:
        """An empty table for the rows of a reading."""
        places = {column: f"__c{place}" for place, column in enumerate(columns)}
        cells = "".join(f", {place} VARCHAR" for place in places.values())
        self.con.execute(
            f"CREATE TABLE {name} (__id BIGINT, __file INTEGER, __entry VARCHAR, __row BIGINT, __line BIGINT{cells})"
        )
        self.raws.append(RawTable(name, places))
        return self.raws[-1]

    def load(self, raw: RawTable, file: str, batches: Iterable[Batch], columns: Sequence[str],
             nothing: Sequence[str]) -> FileCount:  # fmt: skip
        """Put a file's rows into the table; cells are trimmed, and words that mean nothing become nothing.

        `columns`: for each column of the batches, the source's column that it is.
        """
        count = FileCount(file)
        self.files.append(count)
        place = len(self.files) - 1
        chosen = "".join(f", {self._clean(f'c{n}', nothing)}" for n, _ in enumerate(columns))
        into = "".join(f", {raw.places[column]}" for column in columns)
        for batch in _counted(batches, count):
            if count.rows == len(count.rejected) >= _ALL_WRONG:
                raise FileProblem(Problem("file-ragged", f"none of {count.rows} rows fits the header: {count.rejected[0].message}", file,
                                          count.rejected[0].line, expected="the right separator: …, header: …"))  # fmt: skip
            if batch.num_rows:
                renamed = batch.rename_columns([*(f"c{n}" for n, _ in enumerate(columns)), "r", "l"])
                self._insert(raw.name, into, chosen, place, renamed)
        return count

    def _insert(self, table: str, into: str, chosen: str, place: int, batch: pa.RecordBatch,
                entry: str = "NULL") -> None:  # fmt: skip
        """A batch's rows: numbered through the whole collect in the order of their files."""
        ids = int_array(range(self._next_id + 1, self._next_id + 1 + batch.num_rows))
        self._next_id += batch.num_rows
        self.con.register("__batch", pa.Table.from_batches([batch.append_column("i", ids)]))
        self.con.execute(
            f"INSERT INTO {table} (__id, __file, __entry, __row, __line{into}) "
            f"SELECT i, {place}, {entry}, r, l{chosen} FROM __batch"
        )
        self.con.unregister("__batch")

    @staticmethod
    def _clean(cell: str, nothing: Sequence[str]) -> str:
        words = ", ".join(literal(word) for word in ("", *(word.strip() for word in nothing)))
        return f"CASE WHEN trim({cell}) NOT IN ({words}) THEN trim({cell}) END"

    def retry(
        self, raw: RawTable, file: str, table: str, rows: Sequence[tuple[int, int, dict[str, str | None]]]
    ) -> None:
        """Put rows of quarantine back, for one table of the record only: (row, line, cells by column)."""
        self.files.append(FileCount(file))
        columns = list(raw.places)
        arrays = [text_array([cells.get(column) for _, _, cells in rows]) for column in columns]
        numbers = [int_array([row for row, _, _ in rows]), int_array([line for _, line, _ in rows])]
        names = [*(f"c{n}" for n, _ in enumerate(columns)), "r", "l"]
        batch = pa.RecordBatch.from_arrays([*arrays, *numbers], names=names)
        chosen = "".join(f", c{n}" for n, _ in enumerate(columns))
        into = "".join(f", {raw.places[column]}" for column in columns)
        self._insert(raw.name, into, chosen, len(self.files) - 1, batch, literal(table))

    def drop_raw(self) -> None:
        """Let go of the text of all rows, once they are mapped and those that wait are written."""
        for raw in self.raws:
            self.con.execute(f"DROP TABLE IF EXISTS {raw.name}")

    def drop_mapped(self, number: int) -> None:
        """Let go of the rows of a target, and of what they were made from, once they are written down."""
        ends = (f"mapped_{number}_", f"part_{number}_", f"drop_part_{number}_", f"again_part_{number}_")
        alone = {f"{stem}_{number}" for stem in ("all", "target", "members", "endless", "lasting", "spared")}
        found = self.con.execute("SELECT table_name, table_type FROM information_schema.tables").fetchall()
        for name, kind in sorted(found):
            if name in alone or name.startswith(ends):
                self.con.execute(f'DROP {"VIEW" if kind == "VIEW" else "TABLE"} "{name}"')

    # -- asking -------------------------------------------------------------------------------------------------

    def count(self, sql: str) -> int:
        """The one number that a query gives."""
        rows = self.con.execute(sql).fetchall()  # all of them: a result left unfinished would block the connection
        return int(rows[0][0]) if rows and rows[0][0] is not None else 0


def half(memory: str) -> str:
    """Half of a stated amount of memory.

    >>> half("2GB"), half("500 MB")
    ('1024MB', '250MB')
    """
    match = re.fullmatch(r"\s*([\d.]+)\s*([KMGT])i?B?\s*", memory, re.IGNORECASE)
    if match is None:
        return memory
    megabytes = float(match[1]) * {"K": 1 / 1024, "M": 1, "G": 1024, "T": 1024**2}[match[2].upper()]
    return f"{max(int(megabytes / 2), 60)}MB"


def _macros() -> str:
    """What formulas need. Their numbers never have more than twelve places, and `TRY` knows no `error(…)`."""
    return duckdb_macros().replace("error('quotient: more than 12 decimal places')", "NULL")


def _counted(batches: Iterable[Batch], count: FileCount) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        count.rows += batch.rows.num_rows + len(batch.rejected)
        count.blank += batch.blank
        count.rejected.extend(batch.rejected)
        yield batch.rows
