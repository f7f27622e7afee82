"""A record written by hand, row by row, and what a run's journey, measures, value and credit make of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa

from keepwell import credit, journey, measure, value
from keepwell.core.tables import Table
from keepwell.credit.accounts import SHARED_COSTS, shared_costs
from keepwell.engine import DuckDBEngine, Engine, Model, run_graph
from keepwell.project.accounts import Accounts
from keepwell.project.valuation import Valuation
from keepwell.record.snapshot import SNAPSHOT_TABLES
from keepwell.run import RUN_SETTINGS, WINDOWS

TODAY = date(2026, 7, 1)
Row = dict[str, Any]


@dataclass
class Rows:
    """Rows of the record by table. What is not said is null; stamps are filled in."""

    today: date = TODAY
    time_zone: str = "UTC"
    year_starts: int = 1
    satisfied_from: Decimal | None = None
    windows: dict[str, int] = field(default_factory=dict)
    valuation: Valuation = field(default_factory=Valuation)
    accounts: Accounts = field(default_factory=Accounts)
    since_on: date | None = None
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, **values: Any) -> Rows:
        """One more row; numbers may be written as such."""
        columns = SNAPSHOT_TABLES[table].by_name
        typed = {name: _typed(columns[name].type, value) for name, value in values.items()}
        rows = self.rows.setdefault(table, [])
        stamps = {"source": "hand", "known_at": datetime(2026, 6, 1), "collect_id": "c1", "source_file": f"{table}.csv",
                  "source_row": len(rows) + 1, "gone": False}  # fmt: skip
        rows.append({**stamps, **typed})
        return self

    def person(self, person_id: str, team_id: str = "", department: str = "support", **more: Any) -> Rows:
        """A person, for good in a team that is made where it is missing."""
        self.add("people", person_id=person_id, **more)
        if team_id:
            if team_id not in {row["team_id"] for row in self.rows.get("teams", [])}:
                self.add("teams", team_id=team_id, department=department)
            self.add("positions", person_id=person_id, from_on=date(2020, 1, 1), role="any", team_id=team_id)
        return self

    def tables(self) -> dict[str, pa.Table]:
        """The record and what the run is told, as tables."""
        told = [{"as_of": datetime.combine(self.today, datetime.min.time()).replace(hour=12), "today": self.today,
                 "currency": "EUR", "year_starts": self.year_starts, "closes_months": 3, "time_zone": self.time_zone,
                 "satisfied_from": self.satisfied_from}]  # fmt: skip
        waits = [{"name": name, "days": days} for name, days in sorted(self.windows.items())]
        return {
            **{name: pa.Table.from_pylist(self.rows.get(name, []), schema=table.arrow)
               for name, table in SNAPSHOT_TABLES.items()},
            "run_settings": pa.Table.from_pylist(told, schema=RUN_SETTINGS.arrow),
            "windows": pa.Table.from_pylist(waits, schema=WINDOWS.arrow),
            **{table.name: rows for table, rows in value.settings_tables(self.valuation, self.since_on).items()},
            "shared_costs": shared_costs(self.accounts),
        }  # fmt: skip

    def run(self, *wanted: str, engine: Engine | None = None) -> dict[str, list[Row]]:
        """The rows of these tables."""
        engine = engine or DuckDBEngine(memory="1GB", threads=2)
        for name, rows in self.tables().items():
            engine.add_arrow(name, rows, given_tables()[name])
        run_graph(engine, nodes(), wanted=wanted)
        return {name: engine.fetch(name).to_pylist() for name in wanted}

    def table(self, name: str, engine: Engine | None = None) -> list[Row]:
        """The rows of one table."""
        return self.run(name, engine=engine)[name]

    def measured(self, name: str, by: str = "company", unit: str | None = None, period: str = "all") -> Row:
        """The one row of a measure, over all time or a year."""
        engine = DuckDBEngine(memory="1GB", threads=2)
        inputs = ("measure_cells", "measure_customers", "measure_spans")
        self.run(*inputs, engine=engine)
        tables = {table: engine.fetch(table) for table in inputs}
        per = "all" if period == "all" else "year"
        found = measure.measure_rows(tables, name, by, per, year_starts=self.year_starts, today=self.today).to_pylist()
        [row] = [row for row in found if unit in (None, row["unit"]) and row["period"] == period]
        return row


def given_tables() -> dict[str, Table]:
    """The tables that no node gives."""
    told = (RUN_SETTINGS, WINDOWS, *value.VALUE_TABLES, SHARED_COSTS)
    return {**SNAPSHOT_TABLES, **{table.name: table for table in told}}


@cache
def _nodes() -> tuple[Any, ...]:
    return (*journey.nodes(), *measure.nodes(), *value.nodes(), *credit.nodes())


def nodes() -> tuple[Any, ...]:
    """All nodes of journey, measure, value and credit."""
    return _nodes()


def models() -> Iterable[Model]:
    """Those of them that are SQL."""
    return (node for node in nodes() if isinstance(node, Model))


def _typed(kind: str, value: Any) -> Any:
    if value is None:
        return None
    places = {"money": 4, "share": 9, "number": 6}.get(kind)
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places)) if places else value
