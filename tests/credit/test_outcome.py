"""One outcome of one customer: the run's own rules, by every method at once."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from keepwell.credit.outcome import Outcome, outcomes_of
from keepwell.credit.owen import NOBODY
from keepwell.credit.time_decay import time_decay
from keepwell.engine import DuckDBEngine, run_graph
from record_rows import Rows, given_tables, nodes

WON = date(2026, 3, 11)


def company() -> Rows:
    rows = (
        Rows()
        .person("p:1", "t:1", "sales")
        .person("p:2", "t:2", "support")
        .person("p:3", "t:2")
        .person("bot", is_system=True)
    )
    rows.add("customers", customer_id="c:1").add("customers", customer_id="c:2")
    rows.add("deals", deal_id="d:1", customer_id="c:1", owner_id="p:1", outcome="won", closed_on=WON, amount="700.00",
             currency="USD")  # fmt: skip
    rows.add("deal_shares", deal_id="d:1", person_id="p:1", role="seller", share="0.6")
    rows.add("deal_shares", deal_id="d:1", person_id="p:3", role="seller", share="0.4")
    rows.add("deal_shares", deal_id="d:1", person_id="p:2", role="manager", share="1", overlay=True)
    for number, (person, day) in enumerate(
        [("p:2", 1), ("p:2", 5), ("p:2", 5), ("p:2", 9), ("p:2", 11), ("bot", 11), ("p:2", 12)]
    ):
        rows.add(
            "touches",
            touch_id=f"x:{number}",
            customer_id="c:1",
            person_id=person,
            kind="call",
            at=datetime(2026, 3, day, 9),
        )
    return rows


def found(rows: Rows, customer: str = "c:1", **more: int) -> list[Outcome]:
    with DuckDBEngine(memory="1GB", threads=1) as engine:
        for name, given in rows.tables().items():
            engine.add_arrow(name, given, given_tables()[name])
        run_graph(engine, nodes(), wanted=("events", "amount_facts"))
        tables = {name: engine.fetch(name) for name in ("events", "amount_facts")}
    return outcomes_of({**rows.tables(), **tables}, customer, **more)


def test_a_deal_by_every_method() -> None:
    [one] = found(company())
    assert (one.kind, one.ref_id, one.on_day, one.amount, one.currency) == ("won", "d:1", WON, Decimal(700), "USD")
    stakes = {stake.person_id: stake for stake in one.stakes}
    assert {who: stake.amount for who, stake in stakes.items()} == {"p:1": 350, "p:2": 350, "p:3": 0}
    assert (stakes["p:2"].days, stakes["p:2"].last_on) == (4, WON)
    assert {who: stake.shares["declared"] for who, stake in stakes.items() if "declared" in stake.shares} == {
        "p:1": Decimal("0.6"), "p:3": Decimal("0.4")}  # fmt: skip
    # four days of one (the published shares), and the day of winning for the other
    four = time_decay([10, 6, 2, 0])
    assert float(stakes["p:1"].shares["time_decay"]) == round(float(four[-1] / (1 + four[-1])), 6)


def test_an_outcome_that_nobody_worked_for_is_nobodys_and_older_work_does_not_count() -> None:
    rows = company()
    rows.add("orders", order_id="o:1", customer_id="c:2", ordered_at=datetime(2026, 3, 1), amount="10")
    [one] = found(rows, "c:2")
    assert [(stake.department, stake.amount) for stake in one.stakes] == [(NOBODY, 10)]
    late = company().add(
        "deals", deal_id="d:2", customer_id="c:1", outcome="won", closed_on=date(2026, 6, 20), amount=5
    )
    assert [(one.ref_id, len(one.stakes)) for one in found(late, days=30)] == [("d:2", 1), ("d:1", 3)]
    assert found(late, days=30)[0].stakes[0].department == NOBODY
    assert found(late, most=1)[0].ref_id == "d:2"


def test_a_customer_without_outcomes_has_none() -> None:
    assert found(company(), "c:2") == []
