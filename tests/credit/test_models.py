"""The models of credit over a company with a life in it: what belongs together, and the same rows on every engine."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from busy_company import busy_company
from engines import assert_same_on_engines
from keepwell.credit.owen import NOBODY
from keepwell.engine import DuckDBEngine, Model, run_graph
from record_rows import given_tables, nodes

SPANS = [(date(2025, 10, 1), date(2026, 1, 1)), (date(2026, 1, 1), date(2026, 7, 1))]
Tables = dict[str, pa.Table]


def changes() -> pa.Table:
    """Changes of value as they might be: customers are won, kept, grow and leave."""
    schema = next(node.gives for node in nodes() if node.name == "equity_changes").arrow
    rows = []
    for number in range(12):
        for place, (from_on, to_on) in enumerate(SPANS):
            cause = ("won", "kept", "grown", "lost", "shrunk")[(number + place) % 5]
            amount = Decimal(100 + 7 * number + place) * (-1 if cause in ("lost", "shrunk") else 1) + Decimal("0.01")
            for one, value in ((cause, amount), ("re_estimated", Decimal(number) - 3)):
                rows.append({"from_on": from_on, "to_on": to_on, "customer_id": f"c:{number:02d}", "cause": one,
                             "amount": value.quantize(Decimal("0.0001"))})  # fmt: skip
    return pa.Table.from_pylist(rows, schema=schema)


@pytest.fixture(scope="module")
def made() -> Tables:
    """Every table of credit, and what they are made from."""
    own = [node for node in nodes() if node.file.startswith("keepwell") and ".credit" in node.file.replace("/", ".")]
    names = {node.name for node in own} | {name for node in own for name in node.inputs}
    with DuckDBEngine(memory="1GB", threads=2) as engine:
        for name, rows in busy_company().tables().items():
            engine.add_arrow(name, rows, given_tables()[name])
        engine.add_arrow("equity_changes", changes(), next(n.gives for n in nodes() if n.name == "equity_changes"))
        given = {name for name in names if name in engine.tables}
        run_graph(engine, [node for node in nodes() if node.name != "equity_changes"], wanted=names - given)
        return {name: engine.fetch(name) for name in names}


def rows_of(made: Tables, name: str) -> list[dict[str, Any]]:
    return list(made[name].to_pylist())


def test_every_engine_gives_the_same_credit(made: Tables) -> None:
    models = [node for node in nodes() if isinstance(node, Model) and node.file.startswith("keepwell/credit/")]
    inputs = {name: rows for name, rows in made.items() if name not in {model.name for model in models}}
    found = assert_same_on_engines(models, inputs)
    assert [name for name, rows in found.items() if not rows] == []


def test_days_are_of_the_people_who_stood_behind(made: Tables) -> None:
    key = ("span_no", "department", "person_no")
    behind, days = ({tuple(row[name] for name in key) for row in rows_of(made, table)}
                    for table in ("credit_behind", "credit_days"))  # fmt: skip
    assert behind
    assert behind == days


def test_each_method_shares_out_all_that_was_gained(made: Tables) -> None:
    gained = defaultdict(Decimal)
    begins = {row["span_no"]: row["from_on"] for row in rows_of(made, "credit_spans")}
    for row in rows_of(made, "credit_gains"):
        gained[begins[row["span_no"]]] += row["gained"]
    given: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    parts: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for row in rows_of(made, "credit_shares"):
        given[row["method"], row["from_on"]] += row["amount"]
        parts[row["method"], row["from_on"]] += row["share"]
    assert {method for method, _ in given} >= {"owen", "equal", "time_decay", "declared", "markov"}
    for (method, from_on), amount in given.items():
        assert parts[method, from_on] == pytest.approx(1, abs=1e-6)
        if method == "owen":
            assert amount == gained[from_on]
        elif method != "saves":
            assert amount == pytest.approx(gained[from_on], abs=Decimal("0.01"))


def test_equity_and_costs_add_up_over_departments(made: Tables) -> None:
    accounts = rows_of(made, "department_accounts")
    for from_on, _ in SPANS:
        changed = sum(row["amount"] for row in changes().to_pylist() if row["from_on"] == from_on)
        assert sum(row["change"] for row in accounts if row["from_on"] == from_on) == changed
        spent = sum(row["amount"] for row in rows_of(made, "account_costs") if row["from_on"] == from_on)
        assert sum(row["cost"] for row in accounts if row["from_on"] == from_on) == spent
    assert {row["department"] for row in accounts} >= {"sales", "support", NOBODY}


def test_bots_have_no_credit_and_no_effect(made: Tables) -> None:
    assert "p:5" not in {row["person_id"] for name in ("credit_ledger", "credit_shares") for row in rows_of(made, name)}
    effects = rows_of(made, "credit_effects")
    # p:2 is alone in support, where p:5 is a bot: there is nobody to compare with
    assert {row["unit"] for row in effects if row["unit_kind"] == "person"} == {"p:0", "p:1", "p:3", "p:4"}
    assert {row["outcome"] for row in effects} == {"kept", "value"}
