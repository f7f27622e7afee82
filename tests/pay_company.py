"""A company small enough to write down: rows of the record and the run's tables, paid through the whole pipeline."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa

from keepwell import measure
from keepwell.core.periods import PeriodKind
from keepwell.engine import DuckDBEngine, Engine, run_graph
from keepwell.journey import LOCAL_DAYS, local_days
from keepwell.measure.facts import FACTS
from keepwell.measure.rows import INPUTS
from keepwell.pay.compile import Calendar, compile_plans
from keepwell.pay.decided import ACCEPTANCES
from keepwell.pay.nodes import input_tables, nodes, nothing_settled
from keepwell.pay.parse import read_plan
from keepwell.pay.plan import Plan
from keepwell.record.tables import STAMPS, TABLES

RECORD = ("people", "customers", "teams", "positions", "coverage", "quotas", "deals", "deal_shares", "contracts", "milestones",
          "touches", "surveys", "exchange_rates", "invoices", "objectives")  # fmt: skip
YEAR = (date(2026, 1, 1), date(2027, 1, 1))
Row = dict[str, Any]


@cache
def _days() -> pa.Table:
    return local_days("UTC", date(2025, 1, 1), date(2028, 12, 31))


@dataclass
class Company:
    """Rows by table; `pay` runs everything and gives the engine back."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    today: date = date(2027, 6, 30)
    closes: PeriodKind = "quarter"
    satisfied_from: Decimal | None = None
    given: list[Row] = field(default_factory=list)
    settled: dict[str, pa.Table] = field(default_factory=dict)

    def add(self, table: str, **values: Any) -> Company:
        self.rows.setdefault(table, []).append(values)
        return self

    def person(self, name: str = "x:1", from_on: date = YEAR[0], to_on: date | None = YEAR[1], role: str = "seller",
               **more: Any) -> Company:  # fmt: skip
        if name not in [row["person_id"] for row in self.rows.get("people", ())]:
            self.add("people", person_id=name)
        return self.add("positions", person_id=name, from_on=from_on, to_on=to_on, role=role, **more)

    def quota(self, target: Any, from_on: date = YEAR[0], to_on: date = YEAR[1], person: str = "x:1",
              measure: str = "signed_annual_value") -> Company:  # fmt: skip
        return self.add("quotas", person_id=person, team_id="", measure=measure, from_on=from_on, to_on=to_on,
                        target=Decimal(str(target)), currency="EUR")  # fmt: skip

    def fact(self, amount: Any, on_day: date = date(2026, 1, 15), fact_id: str | None = None,
             measure: str = "signed_annual_value", **more: Any) -> Company:  # fmt: skip
        number = len(self.rows.get("amount_facts", ()))
        values = {"fact_id": fact_id or f"x:f{number:04d}", "measure": measure, "on_day": on_day, "ref_table": "deals",
                  "amount": Decimal(str(amount)), "customer_id": "", "contract_id": "", "deal_id": "",
                  "owner_id": "x:1", "currency": "EUR", "known_at": datetime(2026, 1, 1)}  # fmt: skip
        return self.add("amount_facts", **{**values, **more})

    def settle(self, found: Paid, through: int) -> Company:
        """Close every settlement period up to the one that begins in this month, as the books would."""
        lines = [row for row in found.rows("pay_lines") if row["scenario"] == "actual" and row["period"] <= through]
        declared = {table.name: table for table in input_tables()}
        closed = [{"period": month, "closed_at": datetime(2030, 1, 1), "run_id": "run"}
                  for month in sorted({row["period"] for row in lines} | {through})]  # fmt: skip
        rows = {"settled_lines": [{**row, "status": "settled"} for row in lines], "settled_periods": closed}
        self.settled |= {name: pa.Table.from_pylist(some, schema=declared[name].arrow) for name, some in rows.items()}
        return self

    def accept(self, person: str, plan: str, version: str, on_day: date) -> Company:
        """A plan that a person accepts."""
        row = {"person_id": person, "plan": plan, "version": version, "accepted_on": on_day}
        known = self.settled.get("acceptances", ACCEPTANCES.arrow.empty_table())
        self.settled["acceptances"] = pa.concat_tables([known, pa.Table.from_pylist([row], schema=ACCEPTANCES.arrow)])
        return self

    def tables(self, plans: Iterable[Plan]) -> dict[str, pa.Table]:
        tables = {"run_settings": self._settings(), "local_days": _days()}
        for name in RECORD:
            tables[name] = pa.Table.from_pylist(self.rows.get(name, []), schema=TABLES[name].plus(STAMPS).arrow)
        tables["amount_facts"] = pa.Table.from_pylist(self.rows.get("amount_facts", []), schema=FACTS.arrow)
        for node in measure.nodes():
            if node.name in INPUTS:
                tables[node.name] = pa.Table.from_pylist(self.rows.get(node.name, []), schema=node.gives.arrow)
        tables |= compile_plans(plans, Calendar(self.today, 1, self.closes)) | nothing_settled() | self.settled
        if self.given:
            tables["given_measures"] = pa.Table.from_pylist(self.given, schema=tables["given_measures"].schema)
        return tables

    def pay(self, *plans: str | Plan, engine: Engine | None = None) -> Paid:
        read = [read_plan(plan) if isinstance(plan, str) else plan for plan in plans]
        engine = engine or DuckDBEngine(threads=1)
        declared = {table.name: table for table in input_tables()} | {"local_days": LOCAL_DAYS}
        for name, rows in self.tables(read).items():
            engine.add_arrow(name, rows, declared.get(name))
        run_graph(engine, nodes())
        return Paid(engine)

    def _settings(self) -> pa.Table:
        months = 3 if self.closes == "quarter" else 1
        moment = datetime.combine(self.today, datetime.min.time())
        return pa.table({
            "as_of": pa.array([moment], pa.timestamp("us")), "today": pa.array([self.today], pa.date32()),
            "currency": ["EUR"], "year_starts": pa.array([1], pa.int64()), "closes_months": pa.array([months], pa.int64()),
            "time_zone": ["UTC"], "satisfied_from": pa.array([self.satisfied_from], pa.decimal128(18, 9)),
        })  # fmt: skip


@dataclass(frozen=True)
class Paid:
    """What came out."""

    engine: Engine

    def rows(self, table: str) -> list[Row]:
        found: list[Row] = self.engine.fetch(table).to_pylist()
        return found

    def lines(self, **where: Any) -> list[Row]:
        return [row for row in self.rows("pay_lines") if all(row[name] == value for name, value in where.items())]

    def total(self, column: str = "payable", **where: Any) -> Decimal:
        return sum((row[column] for row in self.lines(**where)), Decimal(0))


def plan(parts: str, **words: Any) -> str:
    """A plan file with these parts (YAML, one part per line or block), and the usual words around them."""
    said: Mapping[str, Any] = {"plan": "p", "applies_to": "{role: seller}", "effective": "{from: 2026-01-01, to: 2027-01-01}",
                               "period": "quarter", "currency": "EUR"} | words  # fmt: skip
    head = "\n".join(f"{word}: {value}" for word, value in said.items())
    body = "\n".join(f"  {line}" for line in parts.strip("\n").splitlines())
    return f"{head}\nparts:\n{body}\n"


def amounts(rows: Sequence[Row], column: str = "amount") -> list[Decimal]:
    return [row[column] for row in rows]


CURVE = "{curve: {50%: 0%, 100%: 100%, 150%: 200%}}"
SELLER = plan(
    f"""
new_business:
  weight: 80%
  measure: signed_annual_value
  against: quota
  over: year to date
  pays: {CURVE}
  takes_back: {{when: customer left, counting_from: contract signed, share: {{90 days: 100%, 180 days: 60%, later: 0%}},
    recovered: {{from: future variable pay, at_most: 25% of each payout}}}}
go_live:
  weight: 20%
  measure: signed_annual_value
  against: quota
  over: year to date
  pays: {CURVE}
  holds: {{share: 100%, until: went_live, counting_from: contract signed, releases: {{90 days: 100%, 180 days: 50%, later: 0%}}}}
orders: {{measure: order_amount, over: each, pays: {{rate: 2%}}}}
service: {{measure: invoiced_amount, over: quarter to date, pays: {{steps: {{0: 1%, 10000: 3%}}}}}}
""",
    target_pay=12000,
)  # fmt: skip


def busy_company(dice: random.Random, facts: int = 14) -> Company:
    """A year of one seller: deals, some live early, late or never, some customers gone; orders and invoices."""
    small = Company(today=date(2027, 3, 31)).person().quota(400000)
    for number in range(facts):
        measure = dice.choice(["signed_annual_value", "signed_annual_value", "order_amount", "invoiced_amount"])
        on_day = date.fromordinal(date(2026, 1, 1).toordinal() + dice.randrange(330))
        contract = f"x:c{number}" if measure == "signed_annual_value" else ""
        amount = Decimal(dice.randrange(1, 9_000_000)) / 100 * dice.choice([1, 1, 1, -1])
        small.fact(amount, on_day, measure=measure, contract_id=contract, customer_id=f"x:{number}")
        if contract:
            left = date.fromordinal(on_day.toordinal() + dice.randrange(300)) if dice.random() < 0.4 else None
            small.add("contracts", contract_id=contract, customer_id=f"x:{number}", starts_on=on_day, ended_on=left,
                      known_at=datetime(2026, 1, 1))  # fmt: skip
            if dice.random() < 0.7:
                live = datetime.fromordinal(on_day.toordinal() + dice.randrange(250))
                small.add(
                    "milestones", customer_id=f"x:{number}", contract_id=contract, kind="went_live", reached_at=live
                )
    return small
