"""The promise ledger: written and derived promises, and what became of them by the run's day."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from keepwell.engine import Engine
from record_rows import Row, Rows

DUE = date(2026, 6, 15)


def _one(**values: object) -> Row:
    rows = Rows(today=date(2026, 7, 1)).person("p:1", "t:1", "sales")
    rows.add("customers", customer_id="c:1")
    said = {"promise_id": "m:1", "customer_id": "c:1", "person_id": "p:1", "made_on": date(2026, 5, 1), "kind": "date"}
    [row] = rows.add("promises", **{**said, **values}).table("promise_ledger")
    return row


@pytest.mark.parametrize(
    ("values", "status", "days_late"),
    [
        ({"due_on": DUE, "kept_at": datetime(2026, 6, 15, 22)}, "kept", None),
        ({"due_on": DUE, "kept_at": datetime(2026, 6, 18)}, "late", 3),
        ({"due_on": DUE}, "broken", 16),
        ({"due_on": DUE, "status": "kept"}, "kept", None),
        ({"due_on": DUE, "status": "released_by_customer"}, "released", None),
        ({"due_on": date(2026, 7, 1)}, "open", None),
        ({"due_on": date(2026, 8, 1)}, "open", None),
        ({"due_on": date(2026, 8, 1), "status": "broken"}, "broken", None),
        ({}, "open", None),
        ({"kept_at": datetime(2026, 6, 1)}, "kept", None),
        ({"due_on": DUE, "kept_at": datetime(2026, 9, 1)}, "broken", 16),  # not known yet on the run's day
    ],
)
def test_what_became_of_a_promise(values: dict[str, object], status: str, days_late: int | None) -> None:
    row = _one(**values)
    assert (row["status"], row["days_late"]) == (status, days_late)
    assert (row["person_id"], row["team_id"], row["department"]) == ("p:1", "t:1", "sales")


def _derived() -> Rows:
    rows = Rows(today=date(2026, 7, 1)).person("p:1", "t:1")
    rows.add("customers", customer_id="c:1")
    rows.add("orders", order_id="o:1", customer_id="c:1", ordered_at=datetime(2026, 6, 1), promised_on=DUE,
             shipped_at=datetime(2026, 6, 10), delivered_at=datetime(2026, 6, 16))  # fmt: skip
    rows.add("orders", order_id="o:2", customer_id="c:1", ordered_at=datetime(2026, 6, 1))  # nothing promised
    rows.add("tickets", ticket_id="t:1", customer_id="c:1", assignee_id="p:1", opened_at=datetime(2026, 6, 1, 8),
             due_at=datetime(2026, 6, 1, 12), solved_at=datetime(2026, 6, 1, 12, 1))  # fmt: skip
    rows.add("milestones", customer_id="c:1", contract_id="", kind="went_live", due_on=DUE, person_id="p:1",
             reached_at=datetime(2026, 6, 15, 17))  # fmt: skip
    return rows


def test_promised_days_due_times_and_milestones_are_promises_too(engine: Engine) -> None:
    found = {row["ref_table"]: row for row in _derived().table("promise_ledger", engine)}
    assert {name: row["status"] for name, row in found.items()} == {
        "orders": "late", "tickets": "late", "milestones": "kept",
    }  # fmt: skip
    assert found["tickets"]["days_late"] == 0  # a minute late, on the same day
    assert (found["orders"]["stage"], found["milestones"]["stage"]) == ("deliver", "install")


def test_where_no_delivery_is_recorded_at_all_shipping_is_judged() -> None:
    rows = _derived()
    rows.rows["orders"][0]["delivered_at"] = None
    [order] = [row for row in rows.table("promise_ledger") if row["ref_table"] == "orders"]
    assert order["status"] == "kept"


def test_promises_kept_is_weighted_and_leaves_out_what_is_open_or_released() -> None:
    rows = Rows(today=date(2026, 7, 1)).person("p:1", "t:1", "sales")
    rows.add("customers", customer_id="c:1")
    for number, (weight, status) in enumerate([(3, "kept"), (1, "broken"), (9, "open"), (9, "released_by_customer")]):
        due = date(2026, 6, 15) if status != "open" else date(2026, 8, 1)
        rows.add("promises", promise_id=f"m:{number}", customer_id="c:1", person_id="p:1", made_on=date(2026, 5, 1),
                 due_on=due, status=status, weight=weight)  # fmt: skip
    found = rows.measured("promises_kept", by="person")
    assert (found["unit"], found["value"], found["n"]) == ("p:1", Decimal("0.75"), 2)
