"""How are models run on one machine? As they are, by an in-memory DuckDB that spills to a folder of its own.

Nothing of the connection outlives it: what is kept lies in Parquet files, so any number of readers never meet a lock.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from keepwell.core.errors import BrokenError, MissingError, nearest
from keepwell.core.quoting import literal, quoted
from keepwell.core.tables import SQL_TYPES, Table
from keepwell.engine.model import Model
from keepwell.engine.quotient import duckdb_macros

DISK_FULL = re.compile(
    r"no space left|disk quota|max_temp_directory_size|failed to offload|could not write", re.IGNORECASE
)


class DuckDBEngine:
    """An engine of one machine. `memory` is a hard limit (`2GB`); beyond it `spill` is written to.

    Without `spill` a temporary folder is used, and removed by `close`. Without `threads`, every core.
    """

    name = "duckdb"
    version = duckdb.__version__

    def __init__(self, memory: str = "2GB", spill: Path | None = None, threads: int | None = None) -> None:
        self._own_spill = tempfile.TemporaryDirectory(prefix="keepwell-") if spill is None else None
        folder = Path(self._own_spill.name) if self._own_spill else spill
        self._tables: dict[str, Table | None] = {}
        self._views: set[str] = set()
        self._is_empty: dict[str, bool] = {}
        self._con = duckdb.connect(":memory:", config={"python_enable_replacements": "false"})
        for setting in _settings(memory, str(folder), threads):
            self._con.execute(f"SET {setting}")
        self._con.execute(duckdb_macros())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    @property
    def tables(self) -> frozenset[str]:
        """The names of the tables that a model may read now."""
        return frozenset(self._tables)

    def add_arrow(self, name: str, rows: pa.Table | Iterable[pa.Table], table: Table | None = None) -> None:
        """Copy these rows (or pieces of them, at least one) in, as the table `name`; `table` says their key, where known."""
        self.drop(name)
        copy = f"CREATE TEMP TABLE {quoted(name)} AS"
        for piece in [rows] if isinstance(rows, pa.Table) else rows:
            with _clear_errors(name):
                self._con.register("_incoming", piece)
                try:
                    self._con.execute(f"{copy} SELECT * FROM _incoming")
                finally:
                    self._con.unregister("_incoming")
            copy = f"INSERT INTO {quoted(name)}"
        self._tables[name] = table

    def add_parquet(self, name: str, files: Sequence[str | Path], table: Table) -> None:
        """Let `name` be the rows of these files, read when they are needed; columns a file lacks are null."""
        self.drop(name)
        with _clear_errors(name):
            source = _read_parquet(files)
            there = (
                {row[0] for row in self._con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()} if files else ()
            )
            columns = ", ".join(
                f"CAST({quoted(column.name) if column.name in there else 'NULL'} AS {SQL_TYPES[column.type]})"
                f" AS {quoted(column.name)}"
                for column in table.columns
            )
            rows = f"SELECT {columns} FROM {source}" if files else f"SELECT {columns} WHERE false"
            self._con.execute(f"CREATE TEMP VIEW {quoted(name)} AS {rows}")
        self._views.add(name)
        self._tables[name] = table

    def add_view(self, table: Table, sql: str) -> None:
        """Let the table be the rows of this SELECT, computed whenever they are read."""
        self.drop(table.name)
        self.execute(f"CREATE TEMP VIEW {quoted(table.name)} AS {sql}")
        self._views.add(table.name)
        self._tables[table.name] = table

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a statement that is none of a model's. Which rows come of it?"""
        with _clear_errors("the run"):
            rows: list[tuple[Any, ...]] = self._con.execute(sql).fetchall()
        return rows

    def columns(self, name: str) -> list[str]:
        """Which columns has a table?"""
        return [row[0] for row in self.execute(f"DESCRIBE {quoted(name)}")]

    def build(self, model: Model) -> None:
        """Compute the model's rows and hold them under its name."""
        self.drop(model.name)
        with _clear_errors(model.name, model.file):
            self._con.execute(f"CREATE TEMP TABLE {quoted(model.name)} AS\n{model.sql}")
        self._tables[model.name] = model.gives

    def write(self, table: Table, sql: str, file: Path) -> None:
        """Write the rows of the SELECT into one Parquet file, ordered by the table's full key.

        What was written is the same, byte for byte, whatever the number of threads and the limit of memory.
        """
        options = "FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v1, USE_TMP_FILE false"
        # A sort that is fed by the branches of a UNION ALL directly never spills; fed by the rows of a CTE, it does.
        rows = f"WITH _rows AS MATERIALIZED (\n{sql}\n) SELECT {_maybe_null(table)} FROM _rows{_ordered(table)}"
        with _clear_errors(table.name, str(file)):
            self._con.execute(f"COPY ({rows}) TO {literal(str(file))} ({options})")

    def fetch(self, name: str) -> pa.Table:
        """The rows of a table, ordered by its key where one is declared and by all columns where none is."""
        if name not in self._tables:
            near = nearest(name, self._tables)
            raise MissingError("table-missing", f"no table {name}", hint=f"did you mean {near}?" if near else None)
        table = self._tables[name]
        order = _ordered(table) if table is not None else " ORDER BY ALL"
        with _clear_errors(name):
            rows: pa.Table = self._con.sql(f"SELECT * FROM {quoted(name)}{order}").to_arrow_table()
        return rows

    def is_empty(self, name: str) -> bool:
        """Is it known that the table has no rows?"""
        if name not in self._is_empty:
            self._is_empty[name] = not self.execute(f"SELECT 1 FROM {quoted(name)} LIMIT 1")
        return self._is_empty[name]

    def drop(self, name: str) -> None:
        """Forget the table."""
        self._is_empty.pop(name, None)
        self._con.execute(f"DROP {'VIEW' if name in self._views else 'TABLE'} IF EXISTS {quoted(name)}")
        self._views.discard(name)
        self._tables.pop(name, None)

    def close(self) -> None:
        """Let go of memory and of what was spilled."""
        self._con.close()
        if self._own_spill is not None:
            self._own_spill.cleanup()


def _settings(memory: str, spill: str, threads: int | None) -> list[str]:
    # The order of rows without ORDER BY is nobody's business, and keeping it costs memory.
    settings = [
        f"memory_limit = {literal(memory)}",
        f"temp_directory = {literal(spill)}",
        "preserve_insertion_order = false",
        "default_null_order = 'nulls_last'",
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "TimeZone = 'UTC'",
        "enable_progress_bar = false",
    ]
    return [*settings, f"threads = {threads}"] if threads is not None else settings


def _read_parquet(files: Sequence[str | Path]) -> str:
    listed = ", ".join(literal(str(file)) for file in files)
    return f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"


def _maybe_null(table: Table) -> str:
    """The columns, each hidden from DuckDB's statistics.

    From them it would write a column as required where it happens to know that no null is in it, from rows and files
    that the result does not even hold: the same rows would not be the same bytes.
    """
    names = [quoted(name) for name in table.names]
    return ", ".join(f"CASE WHEN {name} IS NOT NULL THEN {name} END AS {name}" for name in names)


def _ordered(table: Table) -> str:
    return " ORDER BY " + ", ".join(f"{quoted(name)} ASC NULLS FIRST" for name in table.key) if table.key else ""


@contextmanager
def _clear_errors(name: str, where: str | None = None) -> Iterator[None]:
    """Say which table failed, and whether it was the machine or the SQL."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise BrokenError("engine-interrupted", f"{name}: stopped before it was done", where=where) from error
    except (duckdb.Error, MemoryError) as error:
        text = str(error)
        if DISK_FULL.search(text):
            hint = "free some space, or name another folder to spill to; nothing that was there before is changed"
            raise BrokenError("disk-full", f"{name}: the disk is full", hint=hint, where=where) from error
        if isinstance(error, (duckdb.OutOfMemoryException, MemoryError)):
            hint = "give the engine more memory (memory: in keepwell.yaml)"
            raise BrokenError("memory-full", f"{name}: memory does not suffice", hint=hint, where=where) from error
        raise BrokenError("model-failed", f"{name}: {text}", where=where) from error
