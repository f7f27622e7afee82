"""A company's project in a temporary folder: write source files and exports, collect, and look at what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from keepwell.collect import CollectReport, QuarantinedRow, TableReport, collect, read_quarantine
from keepwell.core.errors import ConfigurationError, Problem
from keepwell.project.config import Project, read_project
from keepwell.record import Record


def total(report: TableReport) -> int:
    """Everything that the counts say became of the rows."""
    return (report.left_out + report.folded + report.duplicates + report.quarantined + report.new + report.changed
            + report.unchanged)  # fmt: skip


@dataclass
class Company:
    """A project folder to try things in."""

    root: Path

    @property
    def project(self) -> Project:
        return read_project(self.root)

    def source(self, text: str, name: str = "crm") -> None:
        """Write a source file."""
        self.file(f"sources/{name}.yaml", text)

    def file(self, name: str, content: str | bytes) -> Path:
        """Write any file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def collect(self, *names: str, known_at: datetime | None = None, **options: bool) -> CollectReport:
        """Collect, and hold the report to its promise: nothing that was read is unaccounted for."""
        report = collect(self.project, names, known_at=known_at, **options)
        for table in report.tables:
            assert total(table) == table.read + table.retried, table
        return report

    def problems(self) -> list[Problem]:
        """What is wrong with the source files and files; fails where nothing is."""
        with pytest.raises(ConfigurationError) as caught:
            collect(self.project)
        return list(caught.value.problems)

    def waiting(self) -> list[QuarantinedRow]:
        """The rows in quarantine."""
        return list(read_quarantine(self.project.quarantine))

    def reasons(self) -> list[tuple[str, int, str, str | None, str | None]]:
        """The rows in quarantine: file, line, code, column, value."""
        return sorted((row.file, row.line, row.code, row.column, row.value) for row in self.waiting())

    def rows(self, table: str, columns: str, where: str = "NOT gone") -> list[tuple[Any, ...]]:
        """Rows of the record as known, ordered."""
        sql = Record(self.project.record).relation_sql(table)
        with duckdb.connect(":memory:") as con:
            return con.execute(f"SELECT {columns} FROM ({sql}) AS r WHERE {where} ORDER BY ALL").fetchall()

    def collects(self) -> int:
        """How many collects the record has."""
        return len(Record(self.project.record).collects())


def make_company(root: Path) -> Company:
    """An empty project: euros, Paris time."""
    root.mkdir()
    (root / "keepwell.yaml").write_text("company: Acme\ncurrency: EUR\ntime_zone: Europe/Paris\nmemory: 500MB\n")
    return Company(root)
