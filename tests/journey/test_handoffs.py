"""Hand-offs of tickets, and ping-pong."""

from __future__ import annotations

from datetime import datetime

from keepwell.engine import Engine
from record_rows import Rows


def _ticket(*holders: str | None) -> Rows:
    rows = Rows()
    for name in ("a", "b", "c"):
        rows.person(f"p:{name}", f"t:{name}")
    rows.add("customers", customer_id="c:1")
    rows.add("tickets", ticket_id="t:1", customer_id="c:1", assignee_id="p:a", opened_at=datetime(2026, 1, 1))
    for number, name in enumerate(holders):
        person = f"p:{name}" if name else None
        rows.add("ticket_steps", ticket_id="t:1", at=datetime(2026, 1, 1, number), seq=number, person_id=person)
    return rows


def test_each_change_of_hands_is_a_row_and_a_return_is_marked(engine: Engine) -> None:
    found = [row for row in _ticket("a", "b", "a", "c").table("handoffs", engine) if row["of"] == "person"]
    assert [(row["from_id"], row["to_id"], row["is_return"]) for row in found] == [
        ("p:a", "p:b", False), ("p:b", "p:a", True), ("p:a", "p:c", False),
    ]  # fmt: skip


def test_steps_without_a_person_do_not_interrupt() -> None:
    assert [row for row in _ticket("a", None, "a", None).table("handoffs") if row["of"] == "person"] == []


def test_teams_are_those_of_the_people_where_the_step_names_none() -> None:
    found = [row for row in _ticket("a", "b").table("handoffs") if row["of"] == "team"]
    assert [(row["from_id"], row["to_id"]) for row in found] == [("t:a", "t:b")]


def test_the_measures_of_it() -> None:
    rows = _ticket("a", "b", "a", "c")
    assert rows.measured("handoffs")["value"] == 3
    assert (rows.measured("ping_pong")["value"], rows.measured("ping_pong")["n"]) == (1, 1)


def test_the_sources_own_count_is_believed_first() -> None:
    rows = _ticket("a", "b")
    rows.rows["tickets"][0]["reassignments"] = 7
    assert rows.measured("handoffs")["value"] == 7
