"""How do sources come into the record? Read, map, fold, check, keep what is wrong in quarantine, commit the rest at once.

    report = collect(project)              # every source
    report = collect(project, ["crm"])     # one

All sources of a collect are staged first and their references checked together; then one commit makes them known at one
moment, or nothing has happened. What was already seen is not read again; what waits in quarantine is tried again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from keepwell.collect.catalogue import unlisted_words
from keepwell.collect.check import Checks
from keepwell.collect.expressions import literal
from keepwell.collect.fold import Target, fold, make_verdicts, same_key
from keepwell.collect.loading import Loaded, load_source
from keepwell.collect.map import map_rows
from keepwell.collect.outcome import collect_waiting, good_rows, waiting_rows, write_down
from keepwell.collect.plan import PlannedReading, plan_source
from keepwell.collect.quarantine import (
    QuarantinedRow,
    count_reasons,
    put_in_place,
    quarantine_file,
    read_quarantine,
    write_rows,
)
from keepwell.collect.report import CollectReport, FileReport, QuarantineReport, TableReport
from keepwell.collect.source import Source, read_sources
from keepwell.collect.stage import Stage, half
from keepwell.collect.until_next import end_rows, ended_count
from keepwell.core.errors import BrokenError, Problem, raise_problems
from keepwell.core.progress import Progress
from keepwell.project.config import Project
from keepwell.record.commit import Commit
from keepwell.record.store import Collect, Counts, Record

MOST_GONE = 0.10


def collect(project: Project, names: Sequence[str] = (), *, known_at: datetime | None = None, dry_run: bool = False,
            allow_gone: bool = False, progress: Progress | None = None) -> CollectReport:  # fmt: skip
    """Bring sources into the record: all of them, or those named.

    `known_at` (UTC; default now) is for replaying a history; it must lie behind the last collect's. `allow_gone`: a
    complete file may take away more than a tenth of the known keys. Raises `ConfigurationError` with every problem of
    source files and files, `RefusedError` (`record-too-many-gone`, `record-time-goes-back`), `BrokenError` (disk); the
    record is then as it was.
    """
    work = _Work(project, dry_run, allow_gone, progress or _silent)
    sources = read_sources(project.root, names)
    try:
        return work.run(sources, known_at)
    except (duckdb.Error, pa.ArrowException, OSError, MemoryError) as error:
        raise _broken(project, error) from error


def _broken(project: Project, error: BaseException) -> BrokenError:
    """The machine failed: the disk is full, or the memory that keepwell.yaml allows is too little."""
    said = str(error).strip().splitlines() or [type(error).__name__]
    little = isinstance(error, duckdb.OutOfMemoryException | MemoryError)
    return BrokenError(
        "collect-memory" if little else "collect-broke-off", f"the collect broke off: {said[0]}",
        hint=f"memory: {project.memory} is too little for it: allow more in keepwell.yaml" if little
        else f"the record is as it was before; is there room in {project.spill}? Then collect again",
    )  # fmt: skip


def _silent(words: str, done: int, total: int) -> None:
    """Show nothing."""


@dataclass
class _Work:
    """One collect on its way."""

    project: Project
    dry_run: bool
    allow_gone: bool
    progress: Progress
    warnings: list[Problem] = field(default_factory=list)
    loaded: list[Loaded] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    complete: set[int] = field(default_factory=set)

    def run(self, sources: Sequence[Source], known_at: datetime | None) -> CollectReport:
        memory = half(self.project.memory)  # the stage has the one half, the record's comparisons the other
        record = Record(self.project.record, memory=memory)
        plans = self._plan(sources, record.collects())
        with Stage(self.project.spill, memory) as stage:
            self._load(stage, plans)
            if not any(one.has_rows or one.files for one in self.loaded):
                return self._report(stage, plans, None, {}, {})
            self._map(stage)
            with record.begin(known_at, dry_run=self.dry_run) as commit:
                for target in self.targets:
                    end_rows(stage, record, target, target.number in self.complete)
                Checks(stage, record, self.targets, frozenset(self.complete)).run()
                return self._commit(stage, plans, record, commit)

    # -- reading ------------------------------------------------------------------------------------------------

    def _plan(self, sources: Sequence[Source], collects: Sequence[Collect]) -> dict[str, list[PlannedReading]]:
        last = {
            (str(file.get("source")), str(file.get("file")), str(file.get("reading"))): str(file.get("hash"))
            for one in collects
            for file in one.info.get("files", [])
        }
        problems: list[Problem] = []
        plans = {source.name: plan_source(source, self.project, last, problems) for source in sources}
        raise_problems(problems)
        self.warnings.extend(problems)
        return plans

    def _load(self, stage: Stage, plans: dict[str, list[PlannedReading]]) -> None:
        problems: list[Problem] = []
        for source, planned in plans.items():
            waiting = list(read_quarantine(self.project.quarantine, source))
            self.loaded.extend(load_source(stage, self.project, source, planned, waiting, problems, self.progress))
        if not any(problem.severity == "error" for problem in problems):
            problems += [found for one in self.loaded for found in unlisted_words(stage, self.project.root, one)]
        raise_problems(problems)
        self.warnings.extend(problems)

    def _map(self, stage: Stage) -> None:
        """Map what was loaded, and fold it into one table per source and table of the record."""
        make_verdicts(stage)
        by_target: dict[tuple[str, str], list[tuple[Loaded, int]]] = {}
        for loaded in self.loaded:
            for number, table_map in enumerate(loaded.reading.becomes):
                by_target.setdefault((loaded.source, table_map.table.name), []).append((loaded, number))
        for done, ((source, table), parts) in enumerate(by_target.items()):
            self.progress(f"mapping {source} to {table}", done, len(by_target))
            target = Target(len(self.targets), source, parts[0][0].reading.becomes[parts[0][1]].table)
            mapped = []
            for place, (loaded, number) in enumerate(parts):
                table_map = loaded.reading.becomes[number]
                name = f"mapped_{target.number}_{place}"
                mapped.append(
                    map_rows(stage, loaded.raw, loaded.reading, table_map, source, self.project.time_zone, name)
                )
            target.loaded = [loaded for loaded, _ in parts]
            fold(stage, target, mapped)
            self.targets.append(target)
            if all(loaded.is_whole and loaded.reading.becomes[n].each is None for loaded, n in parts):
                self.complete.add(target.number)

    # -- writing ------------------------------------------------------------------------------------------------

    def _commit(
        self, stage: Stage, plans: dict[str, list[PlannedReading]], record: Record, commit: Commit
    ) -> CollectReport:
        waiting = {target.number: collect_waiting(stage, target) for target in self.targets}
        now = commit.known_at.isoformat()
        after = {} if self.dry_run else self._write_quarantine(stage, now)
        if not self.dry_run:
            stage.drop_raw()
        counts = {target.number: self._put(stage, target, record, commit) for target in self.targets}
        files = [
            {"source": one.source, "file": file.found.name, "reading": file.reading, "hash": file.hash,
             "rows": count.rows}
            for one in self.loaded for file, count in one.files
        ]  # fmt: skip
        changed = any(one.written for one in counts.values())
        done = None
        if not self.dry_run:
            if changed or files:
                done = commit.finish({"files": files})
            for source, written in after.items():
                put_in_place(written, self.project.quarantine, source)
        return self._report(stage, plans, done, waiting, counts)

    def _put(self, stage: Stage, target: Target, record: Record, commit: Commit) -> Counts:
        self.progress(f"writing {target.table.name} of {target.source}", target.number, len(self.targets))
        complete = target.number in self.complete
        spared = self._spare(stage, target, record) if complete else None
        kept = 0 if spared is None else stage.count(f"SELECT count(*) FROM {spared}")
        allowed = None if self.allow_gone else MOST_GONE
        target.ended = ended_count(stage, target)
        rows = write_down(stage, good_rows(stage, target, self.project.currency, spared))
        stage.drop_mapped(
            target.number
        )  # the record compares in memory of its own: what is on disk need not be held too
        counts = commit.put(target.table.name, rows, target.source, complete=complete, allow_gone=allowed)
        rows.unlink()
        return replace(counts, unchanged=counts.unchanged - kept, changed=counts.changed - target.ended)

    @staticmethod
    def _spare(stage: Stage, target: Target, record: Record) -> str:
        """Stage what is known of keys whose rows wait: a complete file has them, so they are not gone."""
        columns = ", ".join(f'k."{name}"' for name in (*target.table.names, "source_file", "source_row"))
        known = f"SELECT * FROM ({record.relation_sql(target.table.name)}) AS k WHERE NOT gone AND source = {literal(target.source)}"
        waits = (
            f"SELECT n.* FROM {target.name} AS n JOIN verdicts AS v ON v.target = {target.number} AND v.id = n.__id "
            f"ANTI JOIN {target.good} AS g ON {same_key(target.table, 'g', 'n')}"
        )
        name = f"spared_{target.number}"
        stage.bring(name, known, f"SELECT {columns} FROM __brought AS k SEMI JOIN ({waits}) AS n "
                                 f"ON {same_key(target.table, 'n', 'k')}")  # fmt: skip
        return name

    def _write_quarantine(self, stage: Stage, now: str) -> dict[str, Path]:
        """Write the rows that wait from now on; gives the files that take their place once the commit is done.

        Until then the rows that were tried again wait beside the new ones: whenever this process is killed, none is lost.
        """
        forgotten = Record(self.project.record).forgotten()  # rows that name them do not wait: they hold names
        after = {}
        for source in dict.fromkeys(loaded.source for loaded in self.loaded):
            until = any(one.retried for one in self.loaded if one.source == source)
            for with_retried in (True, False) if until else (False,):
                waiting = self._waiting(stage, source, now, with_retried=with_retried)
                path = stage.folder / f"{source}.jsonl"
                write_rows(path, (row for row in waiting if not forgotten.named_in((*row.cells.values(), row.text))))
                if with_retried or not until:
                    put_in_place(path, self.project.quarantine, source)
                else:
                    after[source] = path
        return after

    def _waiting(self, stage: Stage, source: str, now: str, *, with_retried: bool) -> Iterator[QuarantinedRow]:
        loaded = [one for one in self.loaded if one.source == source]
        since = {row.place: row.since for one in loaded for row in one.retried}
        for one in loaded:
            yield from one.staying
            yield from one.rejected(now)
            if with_retried:
                yield from one.retried
        for target in self.targets:
            if target.source == source:
                raws = [(part.reading.name, part.raw) for part in target.loaded]
                yield from waiting_rows(stage, target, raws, since, now)

    # -- reporting ----------------------------------------------------------------------------------------------

    def _report(self, stage: Stage, plans: dict[str, list[PlannedReading]], done: Collect | None,
                waiting: dict[int, int], counts: dict[int, Counts]) -> CollectReport:  # fmt: skip
        files = tuple(
            FileReport(one.source, count.name, count.rows, count.blank, len(count.rejected))
            for one in self.loaded for _, count in [*one.files, *one.queries]
        )  # fmt: skip
        skipped = tuple(
            file.found.name
            for planned in plans.values()
            for one in planned
            for file in one.files
            if file not in one.read
        )
        return CollectReport(
            collect_id=None if done is None else done.collect_id,
            known_at=None if done is None else done.known_at,
            tables=tuple(self._count(target, waiting[target.number], counts[target.number]) for target in self.targets)
            if counts else (),
            files=files,
            skipped=skipped,
            quarantine=tuple(found for source in plans if (found := self._quarantine(stage, source, counts)).rows),
            warnings=tuple(self.warnings),
            dry_run=self.dry_run,
        )  # fmt: skip

    def _quarantine(self, stage: Stage, source: str, counts: dict[int, Counts]) -> QuarantineReport:
        """What waits now; after a dry run, what would wait."""
        would = self.dry_run and bool(counts)
        rows = (
            self._waiting(stage, source, "", with_retried=False)
            if would
            else read_quarantine(self.project.quarantine, source)
        )
        reasons = count_reasons(rows)
        return QuarantineReport(source, quarantine_file(self.project.quarantine, source), sum(reasons.values()),
                                {(table, code): n for (_, table, code), n in reasons.items()})  # fmt: skip

    @staticmethod
    def _count(target: Target, waiting: int, counts: Counts) -> TableReport:
        good = counts.new + counts.changed + counts.unchanged
        return TableReport(
            target.source, target.table.name, read=target.read, retried=target.retried,
            left_out=target.read + target.retried - target.mapped,
            folded=target.mapped - target.duplicates - waiting - good, duplicates=target.duplicates, quarantined=waiting,
            new=counts.new, changed=counts.changed, unchanged=counts.unchanged, ended=target.ended, gone=counts.gone,
        )  # fmt: skip
