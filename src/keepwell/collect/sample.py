"""Are the sources in order? The first rows of each file go the whole way to the record's door, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from keepwell.collect.database import open_query
from keepwell.collect.fold import Target, fold, make_verdicts
from keepwell.collect.loading import Loaded, ProblemsFound, load_rows, used_columns
from keepwell.collect.map import map_rows
from keepwell.collect.outcome import collect_waiting, waiting_rows
from keepwell.collect.plan import PlannedReading, plan_source
from keepwell.collect.quarantine import QuarantinedRow
from keepwell.collect.read import open_file
from keepwell.collect.rows import Batch, FileProblem, RowReader
from keepwell.collect.source import Reading, Source, read_sources
from keepwell.collect.stage import FileCount, Stage
from keepwell.core.errors import ConfigurationError, MissingError, Problem
from keepwell.project.config import Project

ROWS = 1_000


def check_sources(project: Project, names: Sequence[str] = (), rows: int = ROWS) -> list[Problem]:
    """What is wrong with the source files and with the first rows of each of their files? Nothing is written.

    Wrong files and words are errors; rows that would wait in quarantine are warnings, the first of each kind with its
    place and their count. Rows are judged by themselves (types, words, keys), not beside others: what they refer to may
    stand further down.
    """
    try:
        sources = read_sources(project.root, names)
    except ConfigurationError as error:
        return list(error.problems)
    except MissingError as error:
        said = f"{error.message}: {error.hint}" if error.hint else error.message
        return [Problem(error.code, said, severity="warning")]
    problems: list[Problem] = []
    with Stage(project.spill, project.memory) as stage:
        make_verdicts(stage)
        targets: list[Target] = []
        for source in sources:
            _sample(stage, project, source, rows, targets, problems)
    return problems


def _sample(stage: Stage, project: Project, source: Source, rows: int, targets: list[Target],
            problems: list[Problem]) -> None:  # fmt: skip
    loaded = [one for planned in plan_source(source, project, {}, problems)
              if (one := _load(stage, project, source.name, planned, rows, problems)) is not None]  # fmt: skip
    by_table: dict[str, list[tuple[Loaded, int]]] = {}
    for one in loaded:
        for number, table_map in enumerate(one.reading.becomes):
            by_table.setdefault(table_map.table.name, []).append((one, number))
    for parts in by_table.values():
        target = Target(len(targets), source.name, parts[0][0].reading.becomes[parts[0][1]].table)
        targets.append(target)
        target.loaded = [one for one, _ in parts]
        mapped = [
            map_rows(stage, one.raw, one.reading, one.reading.becomes[number], source.name, project.time_zone,
                     f"mapped_{target.number}_{place}")
            for place, (one, number) in enumerate(parts)
        ]  # fmt: skip
        fold(stage, target, mapped)
        collect_waiting(stage, target)
        raws = [(one.reading.name, one.raw) for one in target.loaded]
        problems.extend(_said(waiting_rows(stage, target, raws, {}, "")))


def _load(stage: Stage, project: Project, source: str, planned: PlannedReading, rows: int,
          problems: list[Problem]) -> Loaded | None:  # fmt: skip
    reading = planned.reading
    raw = stage.make_raw(f"raw_{len(stage.raws)}", used_columns(reading))
    loaded = Loaded(source, reading, raw)
    try:
        if reading.query is not None:
            opened = open_query(reading.query, project.root, reading.file)
            loaded.queries.append((None, _load_first(stage, loaded, opened, reading, reading.name, rows)))
        for file in planned.files:
            with open_file(file.found, reading.format) as opened:
                loaded.files.append((file, _load_first(stage, loaded, opened, reading, file.found.name, rows)))
    except FileProblem as error:
        problems.append(error.problem)
        return None
    except ProblemsFound as found:
        problems.extend(found.problems)
        return None
    problems.extend(_said(loaded.rejected("")))
    return loaded


def _load_first(stage: Stage, loaded: Loaded, opened: RowReader, reading: Reading, name: str, rows: int) -> FileCount:
    return load_rows(stage, loaded.raw, _FirstRows(opened, rows), name, reading, lambda *_: None)


class _FirstRows:
    """The first rows of an open file or query."""

    def __init__(self, opened: RowReader, rows: int) -> None:
        self._opened = opened
        self._rows = rows
        self.header = opened.header

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """As many batches as hold that many rows, the last one cut."""
        left = self._rows
        batches = self._opened.batches(columns)
        while left > 0 and (batch := next(batches, None)) is not None:
            yield Batch(batch.rows.slice(0, left), batch.blank, batch.rejected[:left])
            left -= batch.rows.num_rows


def _said(rows: Iterable[QuarantinedRow]) -> Iterator[Problem]:
    """One warning for each way to be wrong: the first row's place and value, and how many of the sample are like it."""
    first: dict[tuple[str, str, str, str | None], QuarantinedRow] = {}
    counts: dict[tuple[str, str, str, str | None], int] = {}
    for row in rows:
        kind = (row.file, row.table, row.code, row.column)
        first.setdefault(kind, row)
        counts[kind] = counts.get(kind, 0) + 1
    for kind, row in first.items():
        more = f" (and {counts[kind] - 1} more of the first rows)" if counts[kind] > 1 else ""
        what = f"{row.table}.{row.column}: {row.message}" if row.column else row.message
        yield Problem(row.code, what + more, row.file, row.line, row.value, nearest=row.nearest, severity="warning")
