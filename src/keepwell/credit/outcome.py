"""Who stood behind one outcome of one customer: a deal that was won, a renewal, a save, an order? By every method at once.

It is the run's own models over one customer, with the outcome's day in the place of a span: so the rules are the same. An
outcome is worth its amount, in its own currency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from keepwell.credit.owen import NOBODY
from keepwell.credit.reach import STEPS
from keepwell.engine import DuckDBEngine, Node, load_models, run_graph
from keepwell.record.tables import TABLES

Row = dict[str, Any]
METHODS = ("owen", "equal", "time_decay", "declared")
KINDS = {"signed_amount": "won", "renewed_annual_value": "renewed", "saved": "saved", "order_amount": "ordered"}
_MADE = ("credit_ledger", "credit_behind", "credit_days", "credit_declared", "credit_spans", "people_by_day")
_READ = ("people", "teams", "positions", "coverage", "deals", "deal_shares")
_LATER = date(9999, 12, 31)


@dataclass(frozen=True)
class Stake:
    """Somebody's part of an outcome: `amount` to the cent by owen, `shares` by method, `days` on which they were there.

    `department` is `nobody` where no work is recorded; `person_id` '' is the department's alone (of a negative amount).
    """

    department: str
    person_id: str
    amount: Decimal
    days: int
    last_on: date | None
    shares: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What happened: `kind` (won, renewed, saved, ordered), of which row, on which day, worth what, with who stood behind."""

    kind: str
    ref_id: str
    on_day: date
    amount: Decimal
    currency: str
    stakes: tuple[Stake, ...] = ()


def outcomes_of(tables: Mapping[str, pa.Table], customer_id: str, *, most: int = 20,
                days: int | None = None) -> list[Outcome]:  # fmt: skip
    """The customer's outcomes, the latest first, at most so many, each with who stood behind it.

    `tables` are a run's `events` and `amount_facts`, and the record's own; `days`: how far back work counts (180).
    """
    facts_table, events = (_of(tables[name], customer_id) for name in ("amount_facts", "events"))
    facts = [row for row in facts_table.to_pylist() if row["measure"] in KINDS and row["amount"]]
    facts.sort(key=lambda row: (row["on_day"], row["measure"], row["fact_id"]), reverse=True)
    if not facts or not events.num_rows:
        return []
    made = _credited(tables, facts[:most], facts_table, events, days)
    return [Outcome(KINDS[row["measure"]], row["fact_id"], row["on_day"], row["amount"], row["currency"],
                    tuple(_stakes(made, row["on_day"], str(place)))) for place, row in enumerate(facts[:most])]  # fmt: skip


def _of(table: pa.Table, customer_id: str) -> pa.Table:
    return table.filter(pc.field("customer_id") == customer_id)


@cache
def _nodes() -> tuple[Node, ...]:
    people = [model for model in load_models("keepwell.journey") if model.name == "people_by_day"]
    return (*people, *load_models("keepwell.credit"), *STEPS)


def _credited(tables: Mapping[str, pa.Table], facts: Sequence[Row], facts_table: pa.Table, events: pa.Table,
              days: int | None) -> dict[str, list[Row]]:  # fmt: skip
    """The rows of the credit models with each fact as a change of value on its own day, named by its place."""
    customer, number = events["customer_id"][0].as_py(), events["customer_no"][0].as_py()
    changes = [{"from_on": row["on_day"], "to_on": row["on_day"] + timedelta(1), "customer_id": customer, "cause": str(place),
                "amount": row["amount"]} for place, row in enumerate(facts)]  # fmt: skip
    windows = {} if days is None else {"credit": days}
    inputs = {
        "events": events,
        "amount_facts": facts_table,
        "customer_lives": pa.table({"customer_no": [number], "customer_id": [customer]}),
        "equity_changes": pa.Table.from_pylist(changes),
        "run_settings": pa.table({"today": [_LATER]}),
        "windows": pa.table(
            {"name": pa.array([*windows], pa.string()), "days": pa.array([*windows.values()], pa.int64())}
        ),
        **{name: tables[name] if name in tables else TABLES[name].arrow.empty_table() for name in _READ},
    }
    with DuckDBEngine(threads=2) as engine:
        for name, rows in inputs.items():
            engine.add_arrow(name, rows)
        run_graph(engine, _nodes(), wanted=_MADE)
        return {name: engine.fetch(name).to_pylist() for name in _MADE}


def _stakes(made: Mapping[str, list[Row]], on_day: date, cause: str) -> list[Stake]:
    """Everybody whom any of the methods names, those with the most first."""
    ids = {row["person_no"]: row["person_id"] for row in made["people_by_day"]}
    [number] = [row["span_no"] for row in made["credit_spans"] if row["from_on"] == on_day]
    span = {name: [row for row in made[name] if row["span_no"] == number]
            for name in ("credit_behind", "credit_days", "credit_declared")}  # fmt: skip
    amounts = {
        (row["department"], row["person_id"]): row["amount"] for row in made["credit_ledger"] if row["cause"] == cause
    }
    whole = sum(amounts.values(), Decimal(0))
    declared = [row for row in span["credit_declared"] if row["method"] == "declared"]
    shares = {
        "owen": {who: amount / whole for who, amount in amounts.items()},
        "equal": _shares(ids, [{**row, "weight": 1} for row in span["credit_behind"]]),
        "time_decay": _shares(ids, span["credit_days"]),
        "declared": _shares(ids, declared),
    }
    there = {(row["department"], ids[row["person_no"]]): row for row in span["credit_days"]}
    who = sorted(
        {key for method in shares.values() for key in method}, key=lambda key: (-abs(amounts.get(key, 0)), key)
    )
    return [
        Stake(department, person, amounts.get((department, person), Decimal(0)), there.get((department, person), {}).get("days", 0),
              there.get((department, person), {}).get("last_on"),
              {method: _six(of[department, person]) for method, of in shares.items() if (department, person) in of})
        for department, person in who
    ]  # fmt: skip


def _shares(ids: Mapping[int, str], rows: Sequence[Row]) -> dict[tuple[str, str], Decimal]:
    total = sum(row["weight"] for row in rows)
    found = {(row["department"], ids[row["person_no"]]): Decimal(row["weight"]) / total for row in rows}
    return found or {(NOBODY, ""): Decimal(1)}


def _six(share: Decimal) -> Decimal:
    return share.quantize(Decimal("0.000001"))
