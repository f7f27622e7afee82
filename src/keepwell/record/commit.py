"""How does a collect write many tables in one step?

Rows are staged as Parquet, compared with what is known of their source, and appended table by table; only the last
act, one row in `collects`, makes them count. A process killed before it leaves rows that nobody reads.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from keepwell.core.errors import RefusedError, UsageError
from keepwell.core.tables import Table
from keepwell.record.changes import Comparison, compare_sql, gone_sql, staged_sql
from keepwell.record.known import current_sql, parquet
from keepwell.record.layout import Part, canonical, facts, personal
from keepwell.record.lock import WriteLock
from keepwell.record.storage import breaking, names, quoted
from keepwell.record.store import Collect, Counts, utc
from keepwell.record.tables import STAMPS

if TYPE_CHECKING:
    from keepwell.record.store import Record

Rows = pa.Table | pa.RecordBatchReader | Path | Sequence[Path]
_BATCH = 65_536


class Commit:
    """A collect being written. Use it as a context manager; without `finish` the record stays as it was."""

    def __init__(
        self, record: Record, known_at: datetime, collect_id: str, lock: WriteLock, *, dry_run: bool = False
    ) -> None:
        self.record = record
        self.known_at = known_at
        self.collect_id = collect_id
        self._lock = lock
        self._dry_run = dry_run
        self._visible = record.visible()
        self._counts: dict[str, dict[str, Counts]] = {}
        self._written: dict[tuple[Part, str], list[str]] = {}
        self._staging = record.folder / "staging"
        self._files = 0
        self._changed = False
        shutil.rmtree(self._staging, ignore_errors=True)  # a killed writer's
        self._con = self._connect()
        self._forgotten = record.forgotten()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abandon()

    def put(
        self, table: str, rows: Rows, source: str, *, complete: bool = False, allow_gone: float | None = None
    ) -> Counts:
        """Which of these rows are new or changed? Compare them with what is known of `source`, and write those.

        `rows`: any of the table's canonical columns (its key always), with `source_file`, `source_row`, `gone` where
        known; Arrow, or the path(s) of Parquet files. `complete`: the rows are all that the source has, so missing
        keys are marked gone; above the share `allow_gone` that is refused (`RefusedError`, `record-too-many-gone`).
        Where a row came from is not compared. Call it once per table and source.
        """
        files = self._stage(rows)
        counts = self._take(table, files, source, all_rows=False)
        if complete:
            counts += self._mark_gone(facts(table), files, source, allow_gone)
        self._note(table, source, counts)
        return counts

    def append(self, table: str, rows: Rows, source: str) -> Counts:
        """Write all these rows, which the caller has found to be new, changed or gone. As `put` otherwise."""
        counts = self._take(table, self._stage(rows), source, all_rows=True)
        self._note(table, source, counts)
        return counts

    def finish(self, info: dict[str, Any] | None = None) -> Collect:
        """Make the collect visible, in one atomic step. `info["files"]`: each {source, file, hash, …} that was read.

        Raises `UsageError` (`record-duplicate-key`) where one source brought a key twice, `BrokenError` where the
        disk fails: the record is then as it was.
        """
        if self._dry_run:
            raise UsageError("record-dry-run", "a dry run cannot be finished")
        self._check_keys_once()
        collect = Collect(
            collect_id=self.collect_id,
            known_at=self.known_at,
            finished_at=utc(datetime.now(UTC)),
            changed=self._changed,
            counts=self._counts,
            info=info or {},
        )
        self.record.list_collect(collect)
        self.abandon()
        return collect

    def abandon(self) -> None:
        """Let go of the record; what was appended and not finished is never read."""
        self._con.close()
        shutil.rmtree(self._staging, ignore_errors=True)
        self._lock.release()

    # -- steps --------------------------------------------------------------------------------------------------

    def _connect(self) -> duckdb.DuckDBPyConnection:
        with breaking("the record's staging folder was not made"):
            self._staging.mkdir(parents=True, exist_ok=True)
            con = duckdb.connect(":memory:")
            con.execute(f"SET memory_limit = {quoted(self.record.memory)}")
            con.execute(f"SET temp_directory = {quoted(str(self._staging / 'spill'))}")
            con.execute("SET preserve_insertion_order = false")
            if self.record.threads is not None:
                con.execute(f"SET threads = {self.record.threads}")
        return con

    def _new_file(self) -> Path:
        self._files += 1
        return self._staging / f"{self._files:06}.parquet"

    def _stage(self, rows: Rows) -> list[str]:
        """The rows as Parquet files; a stream is written down, batch by batch, for it is read more than once."""
        if isinstance(rows, Path):
            return [str(rows)]
        if not isinstance(rows, pa.Table | pa.RecordBatchReader):
            return [str(path) for path in rows]
        target = self._new_file()
        batches: Iterable[pa.RecordBatch] = rows.to_batches(_BATCH) if isinstance(rows, pa.Table) else rows
        with breaking("the rows were not staged"), pq.ParquetWriter(target, rows.schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
        return [str(target)]

    def _take(self, table: str, files: list[str], source: str, *, all_rows: bool) -> Counts:
        first = self._compare(facts(table), files, source, all_rows)
        self._write(facts(table), first.changes, source)
        self._changed = self._changed or first.counts.written > 0
        erasable = personal(table)
        if erasable is None:
            return first.counts
        second = self._compare(erasable, files, source, all_rows)
        self._write(erasable, second.changes, source)
        only_texts = self._only_in(erasable, second, first) if first.counts.unchanged else 0
        return first.counts.moved(only_texts)

    def _only_in(self, part: Part, second: Comparison, first: Comparison) -> int:
        """How many rows changed in their names or texts only?"""
        read, other = parquet([second.changes]), parquet([first.changes])
        return self._one(f"SELECT count(*) FROM {read} ANTI JOIN {other} USING ({names(part.table.key)})")

    def _staged(self, part: Part, files: list[str]) -> str:
        with breaking(f"the new rows of {part.folder} were not read"):
            present = self._con.sql(f"SELECT * FROM {parquet(files)} LIMIT 0").columns if files else []
        if files:
            _check_columns(canonical(part.canonical), present)
        return staged_sql(part, files, present, self._forgotten.spared_sql(part, part.canonical))

    def _compare(self, part: Part, files: list[str], source: str, all_rows: bool) -> Comparison:
        target = self._new_file()
        staged = self._staged(part, files)
        known = current_sql(part, self.record.folder, self._visible)
        with breaking(f"the new rows of {part.folder} were not compared"):
            total = self._count_keyed(part, staged, source)
            self._rows(compare_sql(part, staged, known, source, target, all_rows=all_rows))
            by_change = f"SELECT change, count(*) FROM {parquet([str(target)])} GROUP BY change"
            found = dict(self._rows(by_change))
        new, changed, gone = (int(found.get(word, 0)) for word in ("new", "changed", "gone"))
        return Comparison(Counts(new, changed, total - new - changed - gone, gone), str(target))

    def _mark_gone(self, part: Part, files: list[str], source: str, allow_gone: float | None) -> Counts:
        known = current_sql(part, self.record.folder, self._visible)
        target = self._new_file()
        with breaking(f"the missing rows of {part.folder} were not found"):
            here = self._one(f"SELECT count(*) FROM ({known}) AS n WHERE NOT gone AND source = {quoted(source)}")
            self._rows(gone_sql(part, self._staged(part, files), known, source, target))
            gone = self._one(f"SELECT count(*) FROM {parquet([str(target)])}")
        if allow_gone is not None and gone > allow_gone * here:
            raise RefusedError(
                "record-too-many-gone",
                f"{gone} of {here} {part.canonical} of {source} would be gone: more than {allow_gone:.0%}",
                hint="is the export whole? If it is, allow it with --allow-gone",
            )
        self._write(part, str(target), source)
        self._changed = self._changed or gone > 0
        return Counts(gone=gone)

    def _write(self, part: Part, changes: str, source: str) -> None:
        """Append the changed rows, then which rows they replace."""
        known_at = f"TIMESTAMP {quoted(self.known_at.isoformat(sep=' '))}"
        stamps = f"{quoted(source)} AS source, {known_at} AS known_at, {quoted(self.collect_id)} AS collect_id"
        read = parquet([changes])
        rows = f"SELECT {names(part.table.names)}, {stamps}, source_file, source_row, gone FROM {read}"
        self._append(part.stored(self.record.folder), rows, f"SELECT count(*) FROM {read}")
        where = "WHERE old_known_at IS NOT NULL"
        old = (
            f"SELECT {names(part.table.key)}, {quoted(source)} AS source, old_known_at, "
            f"{known_at} AS known_at, {quoted(self.collect_id)} AS collect_id FROM {read} {where}"
        )
        self._append(part.superseded(self.record.folder), old, f"SELECT count(*) FROM {read} {where}")
        self._written.setdefault((part, source), []).append(changes)

    def _append(self, stored: Any, rows: str, count: str) -> None:
        with breaking(f"{stored.folder.name} was not written"):
            if not self._dry_run and self._one(count):
                stored.append(self._con.sql(rows).to_arrow_reader(_BATCH))

    def _count_keyed(self, part: Part, staged: str, source: str) -> int:
        """How many rows are staged? All must have their whole key."""
        no_key = " OR ".join(f'"{name}" IS NULL' for name in part.table.key)
        total, without = self._rows(f"SELECT count(*), count(*) FILTER ({no_key}) FROM ({staged}) AS s")[0]
        if without:
            raise UsageError("record-empty-key", f"{without} rows of {part.canonical} of {source} have an empty key")
        return int(total)

    def _check_keys_once(self) -> None:
        """No source may bring a key twice in one collect: which of the two rows would count?"""
        for (part, source), files in self._written.items():
            if part.folder != part.canonical:
                continue  # its keys are among those of the facts
            key = names(part.table.key)
            twice = self._rows(
                f"SELECT {key} FROM {parquet(files)} GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 3"
            )
            if twice:
                shown = "; ".join(", ".join(str(value) for value in row) for row in twice)
                raise UsageError(
                    "record-duplicate-key", f"{source} brought more than one row of {part.table.name} for: {shown}"
                )

    def _note(self, table: str, source: str, counts: Counts) -> None:
        by_source = self._counts.setdefault(table, {})
        by_source[source] = by_source.get(source, Counts()) + counts

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a statement: a result left unfinished would block the connection."""
        return self._con.execute(sql).fetchall()

    def _one(self, sql: str) -> int:
        return int(self._rows(sql)[0][0])


def _check_columns(whole: Table, present: Sequence[str]) -> None:
    known = {*whole.names, *(column.name for column in STAMPS)}
    unknown = sorted(set(present) - known)
    missing = [c.name for c in whole.columns if c.key and c.required and c.name not in present]
    if unknown or missing:
        what = f"has no column {', '.join(unknown)}" if unknown else f"needs its key {', '.join(missing)}"
        raise UsageError("record-columns", f"{whole.name} {what}", hint="the columns are: " + ", ".join(whole.names))
