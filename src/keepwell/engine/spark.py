"""How are models run on many machines? Transpiled, by a Spark session: classic Spark, Spark Connect, or Sail.

Every table between lies as Parquet in the spill folder, which all workers must see: nothing is computed twice, plans
stay short, and memory stays bounded.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

import pyarrow as pa
import pyarrow.parquet as pq

from keepwell.core.errors import BrokenError, MissingError, nearest
from keepwell.core.quoting import quoted
from keepwell.core.tables import Table
from keepwell.engine.duckdb import DuckDBEngine
from keepwell.engine.model import Model
from keepwell.engine.transpile import SPARK_TYPES, spark_sql

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Times have no zone and are UTC; overflow and bad casts are errors; a product of decimals keeps its decimal places,
# where Spark's default silently cuts them to 6.
SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
}


def start_spark(master: str | None = None, memory: str = "2g") -> SparkSession:
    """A session of this process (`local[2]`, `spark://host:7077`), or of a Connect server (`sc://host:15002`).

    Without `master`, the one that the environment names as Spark has it (SPARK_REMOTE, MASTER), or this machine.
    Raises `MissingError` (`spark-missing`) where pyspark is not installed, `BrokenError` (`spark-start`) without Java.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        hint = "pip install 'keepwell[spark]'; Spark needs Java 17 or later"
        raise MissingError("spark-missing", "pyspark is not installed", hint=hint) from error
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    master = master or os.environ.get("SPARK_REMOTE") or os.environ.get("MASTER") or "local[*]"
    if master.startswith("sc://"):
        # Not SparkSession.builder.remote: that turns the whole process to Connect, and no classic session starts in it.
        from pyspark.sql.connect.session import SparkSession as ConnectSession

        return cast("SparkSession", ConnectSession.builder.remote(master).getOrCreate())
    builder = SparkSession.builder.master(master).appName("keepwell").config("spark.driver.memory", memory)
    for setting, value in {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "8"}.items():
        builder = builder.config(setting, value)
    try:
        session: SparkSession = builder.getOrCreate()
    except PySparkException as error:
        hint = "Spark needs Java 17 or later: is JAVA_HOME right?"
        raise BrokenError("spark-start", f"Spark does not start: {error}", hint=hint) from error
    session.sparkContext.setLogLevel("OFF")
    return session


class SparkEngine:
    """An engine over a Spark session; without one, over a new one on this machine.

    `spill` is a folder that the session's workers see too: tables between lie there. `memory` is what ordering the
    kept files may take on this machine.
    """

    name = "spark"

    def __init__(self, session: SparkSession | None = None, spill: Path | None = None, memory: str = "2GB") -> None:
        self._is_own = session is None
        self._spark = session = session or start_spark()
        self._memory = memory
        self._folder = Path(tempfile.mkdtemp(prefix="keepwell-", dir=spill))
        self._tables: dict[str, Table | None] = {}
        for setting, value in SETTINGS.items():
            session.conf.set(setting, value)

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
        folder = self._fresh(name)
        folder.mkdir(parents=True)
        for nth, piece in enumerate([rows] if isinstance(rows, pa.Table) else rows):
            pq.write_table(piece, folder / f"rows-{nth}.parquet")
        with _clear_errors(name):
            self._show(name, self._spark.read.parquet(str(folder)), table)

    def add_parquet(self, name: str, files: Sequence[str | Path], table: Table) -> None:
        """Let `name` be the rows of these files, read when they are needed; columns a file lacks are null."""
        schema = ", ".join(f"`{column.name}` {SPARK_TYPES[column.type]}" for column in table.columns)
        with _clear_errors(name):
            if files:
                rows = self._spark.read.schema(schema).parquet(*map(str, files))
            else:
                rows = self._spark.createDataFrame([], schema)
            self._show(name, rows, table)

    def build(self, model: Model) -> None:
        """Compute the model's rows and hold them under its name."""
        folder = self._fresh(model.name)
        with _clear_errors(model.name, model.file):
            rows = self._spark.sql(spark_sql(model.sql, model.gives, model.file))
            rows.write.parquet(str(folder))
        self.add_parquet(model.name, _parts(folder), model.gives)

    def write(self, table: Table, sql: str, file: Path) -> None:
        """Write the rows of the SELECT into one Parquet file, ordered by the table's full key.

        DuckDB puts in order what the workers wrote, within its memory: so the bytes are those of a run on one machine,
        and of any number of workers.
        """
        folder = self._fresh(f"{table.name}.written")
        with _clear_errors(table.name, str(file)):
            self._spark.sql(spark_sql(sql, table, str(file))).write.parquet(str(folder))
        with DuckDBEngine(self._memory, self._folder) as writer:
            writer.add_parquet(table.name, _parts(folder), table)
            writer.write(table, f"SELECT * FROM {quoted(table.name)}", file)
        shutil.rmtree(folder, ignore_errors=True)

    def fetch(self, name: str) -> pa.Table:
        """The rows of a table, ordered by its key where one is declared and by all columns where none is."""
        if name not in self._tables:
            near = nearest(name, self._tables)
            raise MissingError("table-missing", f"no table {name}", hint=f"did you mean {near}?" if near else None)
        table = self._tables[name]
        with _clear_errors(name):
            rows = self._spark.table(f"`{name}`")
            found = rows.sort(*(table.key if table is not None and table.key else rows.columns)).toArrow()
        return found.cast(table.arrow) if table is not None else found

    def is_empty(self, name: str) -> bool:
        """Is it known that the table has no rows? Of what was computed here and of small tables; not of a record's files."""
        folder = self._folder / name
        return folder.is_dir() and all(pq.read_metadata(part).num_rows == 0 for part in _parts(folder))

    def drop(self, name: str) -> None:
        """Forget the table."""
        self._spark.catalog.dropTempView(name)
        self._tables.pop(name, None)
        shutil.rmtree(self._folder / name, ignore_errors=True)

    def close(self) -> None:
        """Let go of the tables, and of the session unless it was given."""
        for name in sorted(self._tables):
            self.drop(name)
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._is_own:
            self._spark.stop()

    def _show(self, name: str, rows: DataFrame, table: Table | None) -> None:
        rows.createOrReplaceTempView(name)
        self._tables[name] = table

    def _fresh(self, name: str) -> Path:
        folder = self._folder / name
        shutil.rmtree(folder, ignore_errors=True)
        return folder


def _parts(folder: Path) -> list[Path]:
    """The files that a query wrote; none where it gave no rows, which Sail does."""
    return sorted(folder.glob("*.parquet"))


@contextmanager
def _clear_errors(name: str, where: str | None = None) -> Iterator[None]:
    """Say which table failed, and whether it was the machine or the SQL."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        text = re.split(r"\nJVM stacktrace|\n\tat |\n== SQL", str(error), maxsplit=1)[0]
        if re.search("OutOfMemory|not enough memory", text, re.IGNORECASE):
            hint = "give Spark more memory (spark.driver.memory)"
            raise BrokenError("memory-full", f"{name}: memory does not suffice", hint=hint, where=where) from error
        if "No space left on device" in text:
            raise BrokenError("disk-full", f"{name}: the disk is full", where=where) from error
        raise BrokenError("model-failed", f"{name}: {text}", where=where) from error
