"""Which files does a collect read? Those that are new, and those whose rows must be seen together with new ones.

A file whose content and mapping were its last known state is skipped. But a table that folds many rows into one, that is
merged from several kinds of files or that lists all that there is, needs all its files as soon as one of them is new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from keepwell.collect.preset import resolve_preset
from keepwell.collect.read import FoundFile, file_hash, find_files, open_file
from keepwell.collect.rows import FileProblem
from keepwell.collect.source import Reading, Source, TableMap
from keepwell.core.errors import ConfigurationError, Problem
from keepwell.core.identifiers import content_hash
from keepwell.project.config import Project

LastStates: TypeAlias = Mapping[tuple[str, str, str], str]


@dataclass(frozen=True)
class PlannedFile:
    """A file and the name of its content under its mapping; `seen`: this was its last known state."""

    found: FoundFile
    reading: str
    hash: str
    seen: bool


@dataclass
class PlannedReading:
    """A reading with its files. `read`: those that this collect reads."""

    reading: Reading
    files: list[PlannedFile] = field(default_factory=list)
    read: list[PlannedFile] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        """Is there something in it that was not seen? A query may always have changed."""
        return self.reading.query is not None or any(not file.seen for file in self.files)


def plan_source(source: Source, project: Project, last: LastStates,
                problems: list[Problem]) -> list[PlannedReading]:  # fmt: skip
    """The readings of a source with the files to read. `last`: each file's last known state, by source, file, reading.

    Problems with files (`file-…`) are added to the list.
    """
    hashes: dict[Path, str] = {}
    planned: list[PlannedReading] = []
    for reading in _named_once(source.readings):
        try:
            planned.extend(_plan_reading(source.name, reading, project, last, hashes, problems))
        except FileProblem as error:
            problems.append(error.problem)
        except ConfigurationError as error:
            problems.extend(error.problems)
    for one, reading in zip(planned, _named_once([one.reading for one in planned]), strict=True):
        one.reading = reading
    _choose(planned)
    return planned


def _plan_reading(source: str, reading: Reading, project: Project, last: LastStates,
                  hashes: dict[Path, str], problems: list[Problem]) -> Iterator[PlannedReading]:  # fmt: skip
    if reading.query is not None:
        yield PlannedReading(reading)
        return
    by_mapping: dict[str, PlannedReading] = {}
    for found in find_files(reading, project.root):
        one = _resolved(reading, found, problems)
        if one is None:
            continue
        if found.path not in hashes:
            hashes[found.path] = file_hash(found.path)
        place = by_mapping.setdefault(one.mapping_hash, PlannedReading(one))
        name = content_hash(
            source, found.name, hashes[found.path], one.mapping_hash, project.time_zone, project.currency
        )
        seen = last.get((source, found.name, one.name)) == name
        place.files.append(PlannedFile(found, one.name, name, seen))
    yield from by_mapping.values()


def _resolved(reading: Reading, found: FoundFile, problems: list[Problem]) -> Reading | None:
    """The reading itself, or what its preset makes of the file."""
    if reading.preset is None:
        return reading
    try:
        with open_file(found, reading.format) as rows:
            made = resolve_preset(reading, found.name, rows.header)
    except FileProblem as error:
        made = error.problem
    if isinstance(made, Problem):
        problems.append(made)
        return None
    return made


def _named_once(readings: Sequence[Reading]) -> list[Reading]:
    """Two readings of the same files get names of their own."""
    names: dict[str, int] = {}
    named = []
    for reading in readings:
        name = reading.name
        names[name] = names.get(name, 0) + 1
        named.append(reading if names[name] == 1 else replace(reading, kind=f"{name} ({names[name]})"))
    return named


def _choose(planned: Sequence[PlannedReading]) -> None:
    whole = _read_whole(planned)
    for place, one in enumerate(planned):
        one.read = [file for file in one.files if place in whole or not file.seen]


def _read_whole(planned: Sequence[PlannedReading]) -> set[int]:
    """The readings of which all files are read, since a table needs them together."""
    feeders: dict[str, list[int]] = {}
    for place, one in enumerate(planned):
        for table_map in one.reading.becomes:
            feeders.setdefault(table_map.table.name, []).append(place)
    whole: set[int] = set()
    before = -1
    while len(whole) > before:
        before = len(whole)
        for table, places in feeders.items():
            together = len(places) > 1 or any(_needs_all(planned[place].reading, table) for place in places)
            if together and any(planned[place].is_new or place in whole for place in places):
                whole.update(places)
    return whole


def _needs_all(reading: Reading, table: str) -> bool:
    return any(
        reading.complete or one.keep is not None or one.combines or _says_more_than_each(one)
        for one in reading.becomes
        if one.table.name == table
    )


def _says_more_than_each(table_map: TableMap) -> bool:
    """Do rows of one `each` differ in what they say? Then the first of all files counts, not of the new ones."""
    if table_map.each is None:
        return False
    columns = {column for value in table_map.values.values() for column, _ in value.columns}
    return bool(columns - {table_map.each}) or bool(table_map.formulas())
