"""The example projects with their public data in place, collected and run once for all tests that look at them."""

from __future__ import annotations

import shutil
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from keepwell.collect import CollectReport, collect
from keepwell.project.config import Project, read_project
from keepwell.record import Record, Snapshot
from keepwell.record.tables import TABLES
from keepwell.run import Run, run

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"


class Collected:
    """An example project that was collected: its record can be asked in SQL, its report read."""

    def __init__(self, folder: Path) -> None:
        self.project: Project = read_project(folder)
        self.report: CollectReport = collect(self.project)

    @cached_property
    def _con(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect(":memory:")
        snapshot = Snapshot(Record(self.project.record), source_order=self.project.sources)
        for table in TABLES:
            con.register(table, snapshot.fetch(table))
        return con

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows that a query gives over the tables of the record as known."""
        return self._con.execute(sql).fetchall()

    def row(self, sql: str) -> tuple[Any, ...]:
        """The one row that a query gives."""
        (found,) = self.rows(sql)
        return found

    @cached_property
    def run(self) -> Run:
        """Everything computed from the record."""
        return run(self.project)

    def outcome(self, table: str, sql: str) -> list[tuple[Any, ...]]:
        """The rows that a query gives over one kept table of the run, which it calls `found`."""
        with duckdb.connect(":memory:") as con:
            con.register("found", self.run.table(table))
            return con.execute(sql).fetchall()

    def measured(self, measure: str) -> tuple[Decimal, int]:
        """A measure of the company over all time: its value and count."""
        ((value, n),) = self.outcome(
            "measures",
            f"SELECT value, n FROM found WHERE measure = '{measure}' AND unit_kind = 'company' AND period_kind = 'all'",
        )
        return Decimal(value), n

    def quarantined(self, table: str) -> dict[str, int]:
        """How many rows of a table wait in quarantine, by the rule that they broke."""
        return {
            code: count
            for one in self.report.quarantine
            for (name, code), count in one.reasons.items()
            if name == table
        }  # fmt: skip


class Examples:
    """Copies of the example projects with their data in place, each made and collected once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._collected: dict[str, Collected] = {}

    def copy(self, name: str) -> Path:
        """The example's folder, ready to collect."""
        project = self._folder / name
        if not project.exists():
            shutil.copytree(ROOT / "examples" / name, project, ignore=shutil.ignore_patterns(".keepwell", "exports"))
            (project / "exports").mkdir()
            for file in (DATA / name).iterdir():
                if file.suffix in {".csv", ".zip"}:
                    shutil.copy(file, project / "exports" / file.name)
        return project

    def collected(self, name: str) -> Collected:
        """The example, collected."""
        if name not in self._collected:
            self._collected[name] = Collected(self.copy(name))
        return self._collected[name]
