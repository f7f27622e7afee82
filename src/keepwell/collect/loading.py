"""How do a source's files, queries and waiting rows come onto the stage, as text?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from keepwell.collect.database import open_query
from keepwell.collect.map import unknown_columns
from keepwell.collect.plan import PlannedFile, PlannedReading
from keepwell.collect.quarantine import NOT_RETRIED, QuarantinedRow
from keepwell.collect.read import open_file
from keepwell.collect.rows import FileProblem, RowReader
from keepwell.collect.source import Reading
from keepwell.collect.stage import FileCount, RawTable, Stage
from keepwell.core.errors import Problem
from keepwell.core.progress import Progress
from keepwell.project.config import Project


@dataclass
class Loaded:
    """A reading's rows on the stage, and its waiting rows: `retried` are on the stage too, `staying` are not."""

    source: str
    reading: Reading
    raw: RawTable
    files: list[tuple[PlannedFile, FileCount]] = field(default_factory=list)
    queries: list[tuple[None, FileCount]] = field(default_factory=list)
    retried: list[QuarantinedRow] = field(default_factory=list)
    staying: list[QuarantinedRow] = field(default_factory=list)
    is_whole: bool = False

    @property
    def has_rows(self) -> bool:
        """Is there anything to map?"""
        return bool(self.files or self.queries or self.retried)

    def rejected(self, now: str) -> Iterator[QuarantinedRow]:
        """The rows of the files just read that could not be split into cells."""
        for _, count in [*self.files, *self.queries]:
            for one in count.rejected:
                yield QuarantinedRow(
                    source=self.source, reading=self.reading.name, table="", file=count.name, row=one.row, line=one.line,
                    code=one.code, column=None, value=None, message=one.message, cells={}, text=one.text, since=now,
                )  # fmt: skip


def load_source(stage: Stage, project: Project, source: str, planned: Sequence[PlannedReading],
                waiting: Sequence[QuarantinedRow], problems: list[Problem], progress: Progress) -> list[Loaded]:  # fmt: skip
    """Everything of a source that this collect looks at. Problems of files are added to the list.

    Waiting rows of files that are read anew are dropped, for their file says all again; rows that only the file can mend
    stay; the rest is tried again.
    """
    loaded = []
    waiting = list({row.place: row for row in waiting}.values())  # a killed collect may have left a row twice
    by_reading = {one.reading.name: one for one in planned}
    first = True
    for one in planned:
        anew = {file.found.name for file in one.read}
        mine = [row for row in waiting if row.reading == one.reading.name and row.file not in anew]
        orphans = [row for row in waiting if row.reading not in by_reading] if first else []
        first = False
        staying = [row for row in mine if row.code in NOT_RETRIED] + orphans
        retried = [row for row in mine if row.code not in NOT_RETRIED]
        loaded.append(_load_reading(stage, project, source, one, retried, staying, problems, progress))
    return loaded


def _load_reading(stage: Stage, project: Project, source: str, planned: PlannedReading, retried: list[QuarantinedRow],
                  staying: list[QuarantinedRow], problems: list[Problem], progress: Progress) -> Loaded:  # fmt: skip
    reading = planned.reading
    columns = used_columns(reading)
    name = f"raw_{len(stage.raws)}"
    raw = stage.make_raw(name, columns)
    loaded = Loaded(source, reading, raw, retried=retried, staying=staying)
    loaded.is_whole = reading.complete and (reading.query is not None or len(planned.read) == len(planned.files) > 0)
    _retry(stage, raw, retried)
    if reading.query is not None:
        try:
            rows = open_query(reading.query, project.root, reading.file)
            count = load_rows(stage, raw, rows, reading.name, reading, progress)
            loaded.queries.append((None, count))
        except FileProblem as error:
            problems.append(error.problem)
        except ProblemsFound as found:
            problems.extend(found.problems)
    for file in planned.read:
        try:
            with open_file(file.found, reading.format) as rows:
                loaded.files.append((file, load_rows(stage, raw, rows, file.found.name, reading, progress)))
        except FileProblem as error:
            problems.append(error.problem)
        except ProblemsFound as found:
            problems.extend(found.problems)
    return loaded


class ProblemsFound(Exception):  # noqa: N818  (it carries problems, as FileProblem does)
    """What a source file says does not fit the file that it reads."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(str(problems[0]))
        self.problems = problems


def used_columns(reading: Reading) -> list[str]:
    """The columns of the source that a reading's mapping reads, each once; those of formulas by their words."""
    names = dict.fromkeys(column for table_map in reading.becomes for column, _ in table_map.used())
    for table_map in reading.becomes:
        for text, _ in table_map.formulas():
            names.update(dict.fromkeys(formula_words(text)))
    return list(names)


def formula_words(text: str) -> list[str]:
    """The names in a formula: its columns, and functions (which no file has as columns)."""
    quoted = re.findall(r'"([^"]+)"', text)
    bare = re.findall(r"[^\W\d]\w*(?!\w*\s*\()", re.sub(r'"[^"]*"', " ", text))
    return list(dict.fromkeys([*quoted, *bare]))


def load_rows(
    stage: Stage, raw: RawTable, rows: RowReader, name: str, reading: Reading, progress: Progress
) -> FileCount:
    """Put the rows of one open file onto the stage. Raises `ProblemsFound` where it lacks a column."""
    problems = [
        problem
        for table_map in reading.becomes
        for problem in unknown_columns(table_map, rows.header, reading.file, name)
    ]
    unique = {(problem.line, problem.found): problem for problem in problems}
    if unique:
        raise ProblemsFound(list(unique.values()))
    columns = {wanted: there for wanted in raw.places if (there := _column_there(wanted, rows.header)) is not None}
    progress(f"reading {name}", 0, 0)
    return stage.load(raw, name, rows.batches(list(columns.values())), list(columns), reading.nothing)


def _column_there(wanted: str, header: Sequence[str]) -> str | None:
    """The file's column of that name; formulas may write it in capitals or not."""
    alike = [name for name in header if name.casefold() == wanted.casefold()]
    if wanted in header:
        return wanted
    return alike[0] if len(alike) == 1 else None


def _retry(stage: Stage, raw: RawTable, rows: Sequence[QuarantinedRow]) -> None:
    groups: dict[tuple[str, str], list[tuple[int, int, dict[str, str | None]]]] = {}
    for row in rows:
        groups.setdefault((row.file, row.table), []).append((row.row, row.line, row.cells))
    for (file, table), found in groups.items():
        stage.retry(raw, file, table, found)
