"""What did a collect do? Counts that add up: nothing that was read is unaccounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from keepwell.core.errors import Problem


@dataclass(frozen=True)
class FileReport:
    """What a file held: rows read (all of them), blank rows beside them, and rows that could not be split into cells."""

    source: str
    file: str
    rows: int
    blank: int
    rejected: int


@dataclass(frozen=True)
class TableReport:
    """What became of a source's rows in one table of the record.

    read + retried = left_out + folded + duplicates + quarantined + new + changed + unchanged. `read`: rows of files;
    `retried`: rows that waited in quarantine; `left_out`: by `where` or `each`; `folded`: several of one key made one;
    Beside them, rows that were known: `ended`, because a new one begins; `gone`, because a complete file has them no longer.
    """

    source: str
    table: str
    read: int = 0
    retried: int = 0
    left_out: int = 0
    folded: int = 0
    duplicates: int = 0
    quarantined: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    ended: int = 0
    gone: int = 0


@dataclass(frozen=True)
class QuarantineReport:
    """Where a source's rows wait, how many, and why: by table and code."""

    source: str
    path: Path
    rows: int
    reasons: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class CollectReport:
    """What a collect did. `collect_id` is None where nothing was written: nothing was new, or it was a dry run."""

    collect_id: str | None
    known_at: datetime | None
    tables: tuple[TableReport, ...]
    files: tuple[FileReport, ...]
    skipped: tuple[str, ...]
    quarantine: tuple[QuarantineReport, ...]
    warnings: tuple[Problem, ...] = ()
    dry_run: bool = False

    @property
    def changed(self) -> bool:
        """Did the record change (or would it)?"""
        return any(one.new or one.changed or one.ended or one.gone for one in self.tables)

    def as_json(self) -> dict[str, Any]:
        """The same, for `--json`."""
        return {
            "collect_id": self.collect_id,
            "known_at": None if self.known_at is None else self.known_at.isoformat(),
            "dry_run": self.dry_run,
            "tables": [vars(one) for one in self.tables],
            "files": [vars(one) for one in self.files],
            "skipped": list(self.skipped),
            "quarantine": [
                {"source": one.source, "path": str(one.path), "rows": one.rows,
                 "reasons": [{"table": t, "code": c, "rows": n} for (t, c), n in one.reasons.items()]}
                for one in self.quarantine
            ],
        }  # fmt: skip
