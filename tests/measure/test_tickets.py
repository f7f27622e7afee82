"""Measures of tickets: service level, times with open ends, what comes back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from record_rows import Rows

OPENED = datetime(2026, 3, 1, 8)


def _tickets(*tickets: dict[str, Any], today: date = date(2026, 7, 1)) -> Rows:
    rows = Rows(today=today).person("p:1", "t:1")
    rows.add("customers", customer_id="c:1")
    for number, values in enumerate(tickets):
        said = {
            "ticket_id": f"t:{number}",
            "customer_id": "c:1",
            "assignee_id": "p:1",
            "opened_at": OPENED,
            "topic": "x",
        }
        rows.add("tickets", **{**said, **values})
    return rows


def test_time_to_solve_waits_for_tickets_that_are_still_open() -> None:
    solved = [{"solved_at": OPENED + timedelta(days=days), "topic": str(days)} for days in (1, 2, 3)]
    assert _tickets(*solved).measured("time_to_solve")["value"] == 2
    still_open = [{"topic": f"open {number}"} for number in range(3)]
    found = _tickets(*solved, *still_open).measured("time_to_solve")
    assert (found["value"], found["n"]) == (3, 6)


def test_time_to_reply_is_in_hours_and_absent_where_no_reply_is_ever_recorded() -> None:
    replied = {"first_reply_at": OPENED + timedelta(minutes=90), "solved_at": OPENED + timedelta(days=1)}
    assert _tickets(replied).measured("time_to_reply")["value"] == Decimal("1.5")
    assert _tickets({"solved_at": OPENED}).table("time_to_reply") == []


def test_the_source_is_believed_on_the_service_level_and_else_the_due_time() -> None:
    due = OPENED + timedelta(hours=4)
    rows = _tickets(
        {"met_service_level": True, "due_at": due},
        {"due_at": due, "solved_at": due},
        {"due_at": due, "solved_at": due + timedelta(minutes=1)},
        {"due_at": due},
        {},
    )
    found = rows.measured("service_level_met")
    assert (found["value"], found["n"]) == (Decimal("0.5"), 4)


def test_solved_for_good_is_told_only_after_the_window_and_spoilt_by_the_same_topic() -> None:
    solved = OPENED + timedelta(hours=1)
    again = {"opened_at": OPENED + timedelta(days=5), "topic": "x"}
    rows = _tickets({"solved_at": solved}, {**again, "solved_at": OPENED + timedelta(days=6)})
    found = rows.measured("first_contact_resolution")
    assert (found["value"], found["n"]) == (Decimal("0.5"), 2)  # the first came back, the second did not
    other_topic = _tickets({"solved_at": solved}, {**again, "topic": "y"})
    assert other_topic.measured("first_contact_resolution")["value"] == 1
    reopened = _tickets({"solved_at": solved, "reopens": 1})
    assert reopened.measured("first_contact_resolution")["value"] == 0
    assert reopened.measured("reopen_rate")["value"] == 1
    assert _tickets({"solved_at": solved}, today=date(2026, 3, 10)).table("first_contact_resolution") == []


def test_quarter_end_rush_is_measured_against_an_even_pace() -> None:
    rows = Rows(today=date(2026, 7, 1)).person("p:1", "t:1", "sales")
    rows.add("customers", customer_id="c:1")
    for number, closed in enumerate((date(2026, 2, 1), date(2026, 3, 17), date(2026, 3, 18), date(2026, 3, 31))):
        rows.add("deals", deal_id=f"d:{number}", customer_id="c:1", owner_id="p:1", outcome="won", closed_on=closed)
    found = rows.measured("quarter_end")
    assert found["value"] == Decimal("3.214")  # half of the deals in 14 of 90 days
