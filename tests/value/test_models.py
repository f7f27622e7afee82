"""The models of value are SQL that gives the same rows on another engine, on a company with a bit of everything."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from engines import assert_same_on_engines
from keepwell.engine import DuckDBEngine
from keepwell.project.valuation import Valuation
from record_rows import Rows, models, nodes
from value.test_customer_values import add_terms, company
from value.test_order_values import shop


def busy() -> Rows:
    """Contracts and orders, in two currencies and with some that count for nothing; owners, costs, notice."""
    asked = Valuation(Decimal("0.1"), 24, "all_costs", covariates=("region",))
    rows = company(valuation=asked).person("p:1", "t:1", "sales")
    for table, found in shop(customers=12).rows.items():
        own = [{**row, "customer_id": row["customer_id"].replace("c:", "s:")} for row in found]
        rows.rows.setdefault(table, []).extend(own)
    add_terms(rows, "d:1", date(2025, 2, 1), [900, 950], currency="USD", notice_on=date(2026, 4, 1))
    add_terms(rows, "d:2", date(2024, 2, 1), [900, 950, 960], currency="XXX")
    rows.add("exchange_rates", currency="USD", on=date(2024, 1, 1), rate="0.9")
    rows.add("exchange_rates", currency="USD", on=date(2026, 1, 1), rate="0.8")
    rows.add("coverage", customer_id="d:1", person_id="p:1", role="manager", from_on=date(2025, 1, 1))
    rows.add("orders", order_id="r:1", customer_id="d:1", ordered_at=datetime(2025, 5, 1), amount=-5)
    for number, (customer, currency) in enumerate([("d:1", "EUR"), (None, "EUR"), (None, "USD"), (None, "XXX")]):
        rows.add("costs", cost_id=f"x:{number}", on=date(2026, 3, 1), department="sales", customer_id=customer, amount=7,
                 currency=currency)  # fmt: skip
    return rows


def test_every_engine_gives_the_same_rows() -> None:
    of_value = [model for model in models() if model.file.startswith("keepwell/value/")]
    names = {model.name for model in of_value}
    needed = {name for model in of_value for name in model.inputs} - names
    rows = busy()
    given = rows.tables()
    engine = DuckDBEngine(memory="1GB", threads=2)
    made = sorted(needed & {node.name for node in nodes()})
    rows.run(*made, engine=engine)
    inputs = {name: engine.fetch(name) if name in made else given[name] for name in needed}
    found = assert_same_on_engines(of_value, inputs)
    mine = {name for name in names if not name.startswith(("risk_", "usage_"))}
    assert [name for name in sorted(mine) if not found[name]] == []
