"""What does the record hold, in lines? Its tables, the versions of a row, what was erased."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keepwell.core.errors import MissingError, nearest
from keepwell.record.forget import Erasure
from keepwell.record.look import RecordFigures, TableFigures, Version
from keepwell.record.tables import TABLES
from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned, wrapped


def record_lines(figures: RecordFigures, width: int = WIDTH) -> list[str]:
    """The tables with their rows as known, their sources and the days they cover."""
    if figures.last is None:
        return ["The record is empty: keepwell collect"]
    rows = [
        (one.table, f"{one.rows:,}", f"{one.superseded:,}", f"{one.gone:,}", _days(one), ", ".join(sorted(one.sources)))
        for one in figures.tables
    ]
    columns = [Column("Table"), Column("Rows", right=True), Column("Replaced", right=True), Column("Gone", right=True),
               Column("Days"), Column("Sources", shrinks=True)]  # fmt: skip
    told = [written.count(figures.collects, "collect"), f"the last known at {figures.last.known_at:%Y-%m-%d %H:%M} UTC"]
    if figures.merged_ids:
        told.append(f"{figures.merged_ids:,} ids stand for others")
    if figures.forgotten:
        told.append(f"{figures.forgotten:,} ids forgotten")
    return [*aligned(columns, rows, width), "", *wrapped("; ".join(told), width)]


def table_lines(table: str, figures: RecordFigures, width: int = WIDTH) -> list[str]:
    """One table: what a row is, its columns with their meaning, and its figures. Raises `MissingError` (`table-unknown`)."""
    declared = TABLES.get(table)
    if declared is None:
        near = nearest(table, TABLES)
        raise MissingError(
            "table-unknown", f"the record has no table {table}", hint=f"did you mean {near}?" if near else None
        )
    found = [one for one in figures.tables if one.table == table]
    head = [f"{table}: one row per {declared.says}", f"gives: {declared.gives}", ""]
    rows = [
        (("* " if column.key else "  ") + column.name, column.type, column.references or "", column.says)
        for column in declared.columns
    ]
    columns = [Column("Column (* key)"), Column("Type"), Column("Names a row of"), Column("Says", shrinks=True)]
    tail = [f"{one.rows:,} rows from {', '.join(sorted(one.sources))}; {_days(one)}" for one in found]
    return [*head, *aligned(columns, rows, width), "", *(tail or ["It is empty."])]


def version_lines(table: str, versions: Sequence[Version], width: int = WIDTH) -> list[str]:
    """All versions of a row, oldest first, each with where it came from and what it changed."""
    lines: list[str] = []
    before: dict[tuple[str, Any], dict[str, Any]] = {}
    for one in versions:
        key = (one.source, tuple(one.values.get(name) for name in TABLES[table].key))
        until = f" to {one.superseded_at:%Y-%m-%d %H:%M}" if one.superseded_at else ""
        place = f"{one.source_file or ''} row {one.source_row}" if one.source_row is not None else one.source_file or ""
        lines.append(f"{one.source}, known from {one.known_at:%Y-%m-%d %H:%M}{until} UTC  {written.clean(place)}")
        if one.gone:
            lines.append("  gone: the source no longer has it")
        last = before.get(key, {})
        for name, value in one.values.items():
            if value is not None and last.get(name) != value:
                lines += wrapped(f"{name}: {written.clean(str(value))}", width, "  ")
        lines += [
            f"  {name}: nothing any more" for name, value in one.values.items() if value is None and last.get(name)
        ]
        before[key] = dict(one.values)
    return lines or ["Nothing of it was known then."]


def erasure_lines(done: Erasure, *, dry_run: bool) -> list[str]:
    """What was erased, and which files of the company's own still hold it."""
    verb = "would be erased" if dry_run else "erased"
    rows = sum(done.rows.values())
    lines = [f"{done.kind} {', '.join(done.ids)}: names and texts of {written.count(rows, 'row')} {verb}"]
    if done.quarantined:
        lines.append(f"{written.count(done.quarantined, 'row')} in quarantine {verb}")
    if done.still_in:
        lines.append("your own files still hold it, and are not ours to change:")
        lines += [f"  {path}" for path in done.still_in]
    if done.busy:
        lines.append("in use just now, and cleared by the next collect: " + ", ".join(done.busy))
    return lines


def _days(one: TableFigures) -> str:
    return f"{one.dates.first} – {one.dates.last}" if one.dates else ""
