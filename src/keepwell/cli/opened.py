"""What do commands look at: a run, the record as the run knew it, and the names of people and customers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from keepwell import run as running
from keepwell.core.errors import MissingError
from keepwell.pay.parse import read_plans
from keepwell.pay.plan import Plan
from keepwell.project.config import Project
from keepwell.record import Record
from keepwell.record.snapshot import Snapshot
from keepwell.record.tables import TABLES
from keepwell.show.names import Names


@dataclass(frozen=True)
class Opened:
    """A run of a project, opened for looking."""

    project: Project
    run: running.Run

    @cached_property
    def snapshot(self) -> Snapshot:
        """The record as the run knew it."""
        return Snapshot(Record(self.project.record), self.run.known_at or self.run.as_of, self.project.sources)

    @cached_property
    def names(self) -> Names:
        """Who is called what; read from the record, because a run holds ids only."""
        teams = self.snapshot.fetch("teams").select(["team_id", "name"]).to_pylist()
        return Names(
            people=self.snapshot.names("people"),
            customers=self.snapshot.names("customers"),
            teams={row["team_id"]: row["name"] for row in teams if row["name"]},
        )

    @cached_property
    def tables(self) -> Mapping[str, pa.Table]:
        """The run's tables and the record's, by name, each read when it is asked for."""
        return _Tables(self)

    @cached_property
    def plans(self) -> list[Plan]:
        """The plans by which the run paid."""
        return read_plans(self.run.folder / running.CONFIGURATION / "plans", self.project.currency)


def open_latest(project: Project, run_id: str | None = None) -> Opened:
    """The latest run, or the one of this name."""
    return Opened(project, running.open_run(project, run_id))


def open_with(project: Project, table: str, lacks: str) -> Opened:
    """The latest run, if it has this table. Raises `MissingError` (`table-missing`), saying that the run `lacks` what is asked."""
    opened = open_latest(project)
    if table not in opened.run.files:
        raise MissingError("table-missing", f"the run {opened.run.run_id} {lacks}", hint="keepwell run")
    return opened


class _Tables(Mapping[str, pa.Table]):
    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._read: dict[str, pa.Table] = {}

    def __getitem__(self, name: str) -> pa.Table:
        if name not in self:
            raise KeyError(name)
        if name not in self._read:
            own = name in self._opened.run.files
            self._read[name] = self._opened.run.table(name) if own else self._given(name)
        return self._read[name]

    def _given(self, name: str) -> pa.Table:
        return self._decided[name] if name in self._decided else self._opened.snapshot.fetch(name)

    @cached_property
    def _decided(self) -> dict[str, pa.Table]:
        return self._opened.run.decided

    def __contains__(self, name: object) -> bool:
        return name in self._opened.run.files or name in self._decided or name in self._opened.snapshot.filled

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._opened.run.files, *self._decided, *self._opened.snapshot.filled & TABLES.keys()}))

    def __len__(self) -> int:
        return len(list(iter(self)))
