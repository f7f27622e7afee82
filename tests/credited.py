"""A company's changes of value and the work behind them, written by hand, and what credit makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa

from keepwell import credit, journey, value
from keepwell.core.tables import Table
from keepwell.engine import DuckDBEngine, Engine, Node, run_graph
from keepwell.run import RUN_SETTINGS, WINDOWS

Row = dict[str, Any]
FROM, TO, TODAY = date(2026, 4, 1), date(2026, 7, 1), date(2026, 8, 1)


@cache
def tables() -> dict[str, Table]:
    """The tables that credit reads, as they are declared."""
    given = {node.name: node.gives for node in (*journey.nodes(), *value.nodes())}
    return {**{name: given[name] for name in ("customer_lives", "events", "people_by_day", "equity_changes")},
            "run_settings": RUN_SETTINGS, "windows": WINDOWS}  # fmt: skip


@dataclass
class Work:
    """Changes of customers' value, and who worked for them on which day."""

    changes: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    bots: set[str] = field(default_factory=set)
    windows: dict[str, int] = field(default_factory=dict)

    def change(self, customer: str, cause: str, amount: str | Decimal, from_on: date = FROM, to_on: date = TO) -> Work:
        """A change of value, in EUR."""
        self.changes.append({"from_on": from_on, "to_on": to_on, "customer_id": customer, "cause": cause,
                             "amount": Decimal(amount).quantize(Decimal("0.0001"))})  # fmt: skip
        return self

    def work(self, customer: str, person: str, department: str, on_day: date = FROM, kind: str = "call",
             ref_table: str = "touches", stage: str = "use") -> Work:  # fmt: skip
        """Something that a person did for a customer."""
        number = len(self.events)
        self.events.append({"customer_id": customer, "on_day": on_day, "at": datetime.combine(on_day, datetime.min.time()),
                            "place": 10, "seq": 0, "event_id": f"e{number}", "stage": stage, "kind": kind,
                            "person_id": person, "team_id": "", "department": department, "ref_table": ref_table,
                            "ref_id": f"{number}", "known_at": datetime(2026, 8, 1)})  # fmt: skip
        return self

    def given(self) -> dict[str, pa.Table]:
        """All of it as the tables that models read."""
        customers = sorted({row["customer_id"] for row in (*self.changes, *self.events)})
        people = sorted({row["person_id"] for row in self.events if row["person_id"]})
        number = {customer: place for place, customer in enumerate(customers, start=1)}
        never, ever = date(9999, 12, 31), date(1, 1, 1)
        lives = [{"customer_no": number[one], "customer_id": one, "segment": "", "region": "", "purchased_on": FROM,
                  "live_on": never, "adopts_from": FROM, "uses_from": FROM, "left_on": never} for one in customers]  # fmt: skip
        days = [{"person_no": 0 if one in self.bots else place, "person_id": one, "from_on": ever, "to_on": never,
                 "team_id": "", "department": ""} for place, one in enumerate(people, start=1)]  # fmt: skip
        told = {"as_of": datetime(2026, 8, 1), "today": TODAY, "currency": "EUR", "year_starts": 1, "closes_months": 3,
                "time_zone": "UTC", "satisfied_from": None}  # fmt: skip
        rows = {
            "customer_lives": lives, "people_by_day": days, "equity_changes": self.changes, "run_settings": [told],
            "events": [{**row, "customer_no": number[row["customer_id"]]} for row in self.events],
            "windows": [{"name": name, "days": days} for name, days in self.windows.items()],
        }  # fmt: skip
        return {name: pa.Table.from_pylist(given, schema=tables()[name].arrow) for name, given in rows.items()}

    def run(
        self, *wanted: str, nodes: Iterable[Node] | None = None, engine: Engine | None = None
    ) -> dict[str, list[Row]]:
        """The rows of these tables."""
        engine = engine or DuckDBEngine(memory="1GB", threads=1)
        for name, rows in self.given().items():
            engine.add_arrow(name, rows, tables()[name])
        run_graph(engine, nodes if nodes is not None else credit_nodes(), wanted=wanted)
        return {name: engine.fetch(name).to_pylist() for name in wanted}

    def ledger(self, engine: Engine | None = None) -> list[tuple[str, str, str, str, str]]:
        """The ledger: customer, cause, department, person and amount."""
        return [
            (row["customer_id"], row["cause"], row["department"], row["person_id"], f"{row['amount']:.2f}")
            for row in self.run("credit_ledger", engine=engine)["credit_ledger"]
        ]


@cache
def credit_nodes() -> tuple[Node, ...]:
    """The nodes of credit."""
    return tuple(credit.nodes())
