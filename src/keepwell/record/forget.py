"""How is a person or customer forgotten? Their names, addresses and texts are erased; the facts stay, by id only.

No fact changes, so every run that was made still verifies. Erased is: the rows of the record's erasable tables that
name them, in all versions; rows that wait in quarantine; what a killed collect left. Their ids are remembered as
hashes, so that collecting again does not bring the names back. Files of the company itself are not ours to change:
those that still hold a name are told.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from keepwell.core.errors import BrokenError, RefusedError, UsageError
from keepwell.core.identifiers import find_id
from keepwell.project.config import Project
from keepwell.record.forgotten import Forgotten, remember_forgotten
from keepwell.record.known import parquet
from keepwell.record.layout import SUBJECTS, Part, canonical, facts, personal, subject_columns
from keepwell.record.lock import AT_WORK, WriteLock
from keepwell.record.search import Values, holding_files
from keepwell.record.snapshot import Snapshot
from keepwell.record.storage import breaking, names, quoted
from keepwell.record.store import Record, utc
from keepwell.record.tables import TABLES


@dataclass(frozen=True)
class Erasure:
    """What was erased (or would be): rows by table, waiting rows, and the files that still hold a name.

    `busy`: staging folders of collects at work now; they go when those end.
    """

    kind: str
    ids: tuple[str, ...]
    rows: dict[str, int] = field(default_factory=dict)
    quarantined: int = 0
    still_in: tuple[str, ...] = ()
    busy: tuple[str, ...] = ()


def forget(project: Project, who: str, kind: str | None = None, *, dry_run: bool = False) -> Erasure:
    """Erase the names, addresses and texts of a person or customer, by id; ids that mean the same go with it.

    Raises `MissingError` (`id-unknown`, `id-ambiguous`), `UsageError` where both a customer and a person have the id
    and no `kind` (`customers`, `people`) is said, `BrokenError` where a file cannot be changed: then call it again.
    """
    record = Record(project.record)
    kind, ids = find_subject(record, who, kind)
    values = _values_of(record, kind, ids)
    if dry_run:
        forgotten = record.forgotten().with_ids(kind, ids)
        waiting = _clean_quarantine(project.quarantine, forgotten, values, dry_run=True)
        return Erasure(kind, ids, _count(record, kind, ids), waiting, _still_in(project, values))
    with record.locked():
        remember_forgotten(record.folder, kind, ids, utc(datetime.now(UTC)))
        quarantined = _clean_quarantine(project.quarantine, record.forgotten(), values)
        rows = _count(record, kind, ids)
        for part in _erasable_parts():
            _erase(record, part, kind, ids)
        busy = _clear_leftovers(project.spill)
    return Erasure(kind, ids, rows, quarantined, _still_in(project, values), busy)


def find_subject(record: Record, who: str, kind: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Whom does an id mean: (`customers` or `people`, all ids that mean the same)?"""
    found: dict[str, str] = {}
    known = {one: _known_ids(record, one) for one in SUBJECTS if kind in (None, one)}
    for one, ids in known.items():
        if who in ids or any(full.partition(":")[2] == who for full in ids):
            found[one] = find_id(who, ids, {"customers": "customer", "people": "person"}[one])
    if len(found) > 1:
        hint = "say which: " + " or ".join(sorted(found))
        raise UsageError("id-ambiguous", f"{who} is a customer and a person", hint=hint)
    if not found:
        find_id(who, {full for ids in known.values() for full in ids}, "person or customer")
    [(of, own)] = found.items()
    links = Snapshot(record).identities.get(of, {})
    end = links.get(own, own)
    return of, tuple(sorted({own, end, *(one for one, stands in links.items() if stands == end)}))


def _known_ids(record: Record, kind: str) -> set[str]:
    """All ids that were ever known, of rows and of merges."""
    key = canonical(kind).key[0]
    files = [file.path for file in facts(kind).stored(record.folder).files()]
    with breaking("the record was not read"), duckdb.connect(":memory:") as con:
        rows = con.sql(f'SELECT DISTINCT "{key}" FROM {parquet(files)}').fetchall() if files else []
    return {str(row[0]) for row in rows}


def _erasable_parts() -> Iterator[Part]:
    for table in TABLES:
        part = personal(table)
        if part is not None:
            yield part


def _naming(part: Part, kind: str, ids: Sequence[str]) -> str:
    """A condition: does the row name the forgotten in its key or in a reference?"""
    listed = ", ".join(map(quoted, ids))
    columns = subject_columns(part.canonical, kind)
    return " OR ".join(f"{names([column])} IN ({listed})" for column in columns)


def _erase(record: Record, part: Part, kind: str, ids: Sequence[str]) -> None:
    """Delete the rows, and every file that held them: also of versions that nobody reads any more."""
    naming = _naming(part, kind, ids)
    if naming:
        stored = part.stored(record.folder)
        stored.delete(naming)
        stored.vacuum(keep_hours=0)
        stored.drop_debris()


def _rows(record: Record, part: Part, kind: str, ids: Sequence[str], columns: str) -> list[tuple[object, ...]]:
    files = [file.path for file in part.stored(record.folder).files()]
    naming = _naming(part, kind, ids)
    if not files or not naming:
        return []
    with breaking("the record was not read"), duckdb.connect(":memory:") as con:
        return con.sql(f"SELECT {columns} FROM {parquet(files)} WHERE {naming}").fetchall()


def _count(record: Record, kind: str, ids: Sequence[str]) -> dict[str, int]:
    counts = {part.canonical: len(_rows(record, part, kind, ids, "1")) for part in _erasable_parts()}
    return {table: count for table, count in counts.items() if count}


def _values_of(record: Record, kind: str, ids: Sequence[str]) -> Values:
    """What is to be erased: the names and addresses of the subject, and the texts that stand in its rows alone.

    A text that others' rows hold as well (a standard reply, a kind of case) tells nothing of the subject.
    """
    own: set[str] = set()
    texts: set[str] = set()
    for part in _erasable_parts():
        for column in (column.name for column in part.table.columns if column.personal):
            if part.canonical == kind:
                own.update(str(value) for (value,) in _rows(record, part, kind, ids, names([column])) if value)
            else:
                texts.update(_texts_alone(record, part, kind, ids, column))
    return Values(frozenset(own), frozenset(texts))


def _texts_alone(record: Record, part: Part, kind: str, ids: Sequence[str], column: str) -> Iterator[str]:
    """The texts of a column that stand in rows of the subject and in nobody else's."""
    files = [file.path for file in part.stored(record.folder).files()]
    naming = _naming(part, kind, ids)
    if files and naming:
        text = f"SELECT {names([column])} FROM {parquet(files)} WHERE"
        with breaking("the record was not read"), duckdb.connect(":memory:") as con:
            found = con.sql(f"{text} ({naming}) EXCEPT {text} ({naming}) IS NOT TRUE").fetchall()
        yield from (str(value) for (value,) in found if value)


def _clean_quarantine(folder: Path, forgotten: Forgotten, values: Values, *, dry_run: bool = False) -> int:
    """Drop the waiting rows that name the forgotten or hold what is erased (a dry run only counts them); how many?"""
    dropped = 0
    for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else []:
        try:
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if not _names_forgotten(json.loads(line), forgotten, values)]
            dropped += len(lines) - len(kept)
            if len(kept) < len(lines) and not dry_run:
                fresh = path.with_suffix(".forgetting")
                fresh.write_text("".join(kept), encoding="utf-8")
                fresh.replace(path)
        except (OSError, ValueError) as error:
            raise BrokenError("quarantine-not-written", f"{path.name} was not cleaned: {error}") from error
    for unfinished in sorted(folder.glob("*.new")) if folder.is_dir() and not dry_run else []:
        unfinished.unlink()  # of a killed collect
    return dropped


def _names_forgotten(row: dict[str, object], forgotten: Forgotten, values: Values) -> bool:
    cells = list(_texts_in(row))
    return forgotten.named_in(cells) or any(values.in_text(cell) for cell in cells)


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts_in(one)


def _clear_leftovers(spill: Path) -> tuple[str, ...]:
    """Remove what killed collects left in their staging folders; gives the folders of collects at work."""
    busy = []
    for folder in sorted(spill.glob("collect-*")) if spill.is_dir() else []:
        lock = WriteLock(folder / AT_WORK)
        try:
            lock.acquire(0)
        except RefusedError:
            busy.append(str(folder))
            continue
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)
    return tuple(busy)


def _still_in(project: Project, values: Values) -> tuple[str, ...]:
    """The files of the company's folder that still hold what was erased: exports, and reports made before."""
    found: Iterable[Path] = holding_files(project.root, values, leave=(project.record, project.spill))
    return tuple(str(path.relative_to(project.root)) for path in found)
