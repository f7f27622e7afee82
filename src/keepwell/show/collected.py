"""What did a collect do, in lines for a terminal? Counts by source and table, and where the rows lie that wait."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from keepwell.collect.quarantine import QuarantinedRow
from keepwell.collect.report import CollectReport, QuarantineReport, TableReport
from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned, sides, wrapped

_FIGURES: dict[str, tuple[str, ...]] = {
    "Read": ("read", "retried"),
    "Merged": ("folded", "duplicates"),
    "Left out": ("left_out",),
    "New": ("new",),
    "Changed": ("changed",),
    "Unchanged": ("unchanged",),
    "Ended": ("ended",),
    "Gone": ("gone",),
    "Quarantined": ("quarantined",),
}


def collected_lines(report: CollectReport, root: Path, width: int = WIDTH) -> list[str]:
    """The collect's counts, and each reason for quarantine with its file under the project's `root`."""
    lines = _table(report, width)
    if report.skipped:
        lines += ["", f"{written.count(len(report.skipped), 'file')} seen before and skipped."]
    for waiting in report.quarantine:
        if waiting.rows:
            lines += ["", *_quarantined(waiting, root, width)]
    return [*lines, "", *wrapped(_outcome(report), width)]


def waiting_lines(rows: Sequence[QuarantinedRow], width: int = WIDTH) -> list[str]:
    """The rows that wait, each with its place and the rule that it broke."""
    if not rows:
        return ["No row waits in quarantine."]
    lines: list[str] = []
    for row in rows:
        found = f"{row.column} {row.value!r}: " if row.column and row.value is not None else ""
        lines.append(sides(f"{written.clean(row.where)}  {row.table}", row.code, width))
        lines += wrapped(written.clean(f"{found}{row.message}"), width, "    ")
    told = f"{written.count(len(rows), 'row waits', 'rows wait')}; each is tried again at every collect."
    return [*lines, "", told]


def _table(report: CollectReport, width: int) -> list[str]:
    if not report.tables:
        return []
    shown = [name for name in _FIGURES if name in {"Read", "New"} or any(_figure(one, name) for one in report.tables)]
    rows, before = [], ""
    for one in sorted(report.tables, key=lambda one: (one.source, one.table)):
        source = "" if one.source == before else written.clean(one.source)
        rows.append((source, one.table, *[f"{_figure(one, name):,}" for name in shown]))
        before = one.source
    totals = [f"{sum(_figure(one, name) for one in report.tables):,}" for name in shown]
    columns = [
        Column("Source", shrinks=True),
        Column("Table"),
        *[Column(name, right=True) for name in shown],
    ]
    lines = aligned(columns, [*rows, ("All", "", *totals)], width)
    return [*lines[:-1], lines[1], lines[-1]]


def _figure(one: TableReport, name: str) -> int:
    return sum(getattr(one, field) for field in _FIGURES[name])


def _quarantined(waiting: QuarantineReport, root: Path, width: int) -> list[str]:
    path = waiting.path.relative_to(root) if waiting.path.is_relative_to(root) else waiting.path
    head = f"{written.clean(waiting.source)}: {written.count(waiting.rows, 'row waits', 'rows wait')} in quarantine"
    rows = [
        (f"{number:,}", table, written.words(code).lower())
        for (table, code), number in sorted(waiting.reasons.items(), key=lambda item: (-item[1], item[0]))
    ]
    return [head, *aligned([Column(right=True), Column(), Column(shrinks=True)], rows, width, "  "), f"  {path}"]


def _outcome(report: CollectReport) -> str:
    changed = "the record would change" if report.dry_run else f"collect {report.collect_id}"
    if not report.changed:
        return "Nothing is new: the record stays as it was."
    return f"A dry run: {changed}, and nothing was written." if report.dry_run else f"In the record as {changed}."
