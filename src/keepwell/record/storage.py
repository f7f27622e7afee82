"""How does a table lie on disk? As a Delta table: Parquet files and a log, each append atomic.

The log keeps one statistic only, the smallest and largest `collect_id` of each file: that is enough to leave whole
files out when reading as known, and it holds nothing personal that would outlive a vacuum.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from deltalake import DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError, TableNotFoundError

from keepwell.core.errors import BrokenError
from keepwell.engine.duckdb import DISK_FULL

_CONFIGURATION = {"delta.dataSkippingStatsColumns": "collect_id"}
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# Small row groups bound the writer's memory; larger ones gain nothing in reading.
_WRITER = WriterProperties(compression="ZSTD", max_row_group_size=122_880)


@dataclass(frozen=True)
class StoredFile:
    """A Parquet file of a table: where it lies, how many rows it has, and which collects wrote them."""

    path: str
    rows: int
    first_collect: str | None
    last_collect: str | None

    @property
    def one_collect(self) -> bool:
        """True where all rows were written by one collect (files of several come from compaction only)."""
        return self.first_collect is not None and self.first_collect == self.last_collect


class StoredTable:
    """One Delta table in a folder of its own; the folder is made by the first append."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self.folder = folder
        self.schema = schema

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StoredTable) and other.folder == self.folder

    def __hash__(self) -> int:
        return hash(self.folder)

    def open(self) -> DeltaTable | None:
        """The Delta table, or None where nothing was ever written. Raises `BrokenError` (`record-damaged`)."""
        log = self.folder / "_delta_log"
        if not log.is_dir():
            return None
        try:
            return DeltaTable(self.folder)
        except (DeltaError, OSError, ValueError) as error:
            if isinstance(error, TableNotFoundError) and not any(log.glob("0*.*")):
                return None  # killed between making the folder and the first entry of the log
            raise BrokenError("record-damaged", f"{self.folder.name} cannot be read: {error}") from error

    def files(self) -> tuple[StoredFile, ...]:
        """The files that hold the table's rows now, written by whichever collect."""
        try:
            newest = max((path.name for path in (self.folder / "_delta_log").glob("*.json")), default=None)
            if newest is None:
                return ()
            state = (self.folder / "_delta_log" / newest).stat()
        except FileNotFoundError:
            return list_files(self)  # the log was tidied up just now
        return _list_at(self, (newest, state.st_ino, state.st_mtime_ns))

    def append(self, rows: pa.RecordBatchReader | pa.Table) -> None:
        """Add rows in one atomic step. Raises `BrokenError`; then nothing was added."""
        table = self.open()
        if table is None:
            shutil.rmtree(self.folder, ignore_errors=True)  # what a writer left that was killed in its first append
        with breaking(f"{self.folder.name} was not written"):
            write_deltalake(
                self.folder if table is None else table,
                rows.cast(self.schema) if isinstance(rows, pa.Table) else rows,
                mode="append",
                schema_mode="merge" if table is not None and self._lacks_columns(table) else None,
                configuration=_CONFIGURATION if table is None else None,
                writer_properties=_WRITER,
            )

    def _lacks_columns(self, table: DeltaTable) -> bool:
        """Was the table made before one of its columns was thought of?"""
        return not set(self.schema.names) <= {field.name for field in table.schema().fields}

    def delete(self, predicate: str) -> int:
        """Remove the rows that `predicate` names; returns how many. Their bytes stay until `vacuum`."""
        table = self.open()
        if table is None:
            return 0
        with breaking(f"nothing was deleted from {self.folder.name}"):
            result: dict[str, Any] = table.delete(predicate, writer_properties=_WRITER)
        return int(result.get("num_deleted_rows") or 0)

    def compact(self) -> None:
        """Join small files into large ones; the old files stay until `vacuum`."""
        table = self.open()
        if table is not None:
            with breaking(f"{self.folder.name} was not compacted"):
                table.optimize.compact(writer_properties=_WRITER)
                table.create_checkpoint()

    def vacuum(self, keep_hours: int) -> int:
        """Delete files that no row needs and that are older than `keep_hours`; returns how many.

        Also those that the log never knew: a killed writer leaves such files behind.
        """
        table = self.open()
        if table is None:
            return 0
        with breaking(f"{self.folder.name} was not vacuumed"):
            removed = table.vacuum(keep_hours, dry_run=False, enforce_retention_duration=False, full=True)
        return len(removed)

    def drop_debris(self) -> None:
        """Remove a folder that holds files but no table: what a writer leaves that was killed in its first append."""
        if self.folder.is_dir() and self.open() is None:
            shutil.rmtree(self.folder)


def list_files(stored: StoredTable) -> tuple[StoredFile, ...]:
    """The files that a table's log names."""
    table = stored.open()
    if table is None:
        return ()
    actions = pa.table(table.get_add_actions(flatten=True))
    columns = set(actions.column_names)
    return tuple(
        StoredFile(
            path=str(stored.folder / row["path"]),
            rows=row["num_records"] or 0,
            first_collect=row["min.collect_id"] if "min.collect_id" in columns else None,
            last_collect=row["max.collect_id"] if "max.collect_id" in columns else None,
        )
        for row in sorted(actions.to_pylist(), key=lambda row: str(row["path"]))
    )


@lru_cache(maxsize=1024)
def _list_at(stored: StoredTable, _log: tuple[str, int, int]) -> tuple[StoredFile, ...]:
    """The files of a table whose log ends so: opening a table takes longer than looking at its log's last entry."""
    return list_files(stored)


@contextmanager
def breaking(what: str) -> Iterator[None]:
    """Turn failures of disk and engine into `BrokenError`, which says that the old state stands."""
    try:
        yield
    except (OSError, DeltaError, duckdb.Error, pa.ArrowException) as error:
        if DISK_FULL.search(str(error)) or _errno(error) in _FULL:
            message, code, hint = f"{what}: the disk is full", "disk-full", "make room, then collect again"
        else:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            message, code, hint = f"{what}: {reason}", "record-not-written", "mend the cause, then collect again"
        raise BrokenError(code, message, hint=f"{hint}; the record is as it was before") from error


def _errno(error: Exception) -> int | None:
    return error.errno if isinstance(error, OSError) else None


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def names(columns: Sequence[str], prefix: str = "") -> str:
    """Column names as SQL writes them: `p."a", p."b"`."""
    dot = f"{prefix}." if prefix else ""
    return ", ".join(f'{dot}"{column}"' for column in columns)
