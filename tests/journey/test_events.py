"""Events: each fact of the record is in the journey, on its day, in its stage, in one order."""

from __future__ import annotations

import random
from datetime import date, datetime

import pytest

from keepwell.engine import Engine
from record_rows import Rows


def _life() -> Rows:
    """One customer: won in January, live in March, content in April, gone in June; and a stranger without facts."""
    life = Rows(today=date(2026, 7, 1), time_zone="Europe/Paris")
    life.person("p:ann", "t:north", "sales").person("p:bob", "t:desk", "support")
    life.add("customers", customer_id="c:1").add("customers", customer_id="c:2")
    life.add("touches", touch_id="x:1", customer_id="c:1", person_id="p:ann", at=datetime(2026, 1, 2, 9), kind="lead")
    life.add("touches", touch_id="x:2", customer_id="c:1", person_id="p:ann", at=datetime(2026, 1, 5, 9), kind="demo")
    life.add("deals", deal_id="d:1", customer_id="c:1", owner_id="p:ann", opened_on=date(2026, 1, 3), outcome="won",
             closed_on=date(2026, 1, 31), amount=900, currency="EUR")  # fmt: skip
    life.add("contracts", contract_id="k:1", customer_id="c:1", deal_id="d:1", starts_on=date(2026, 1, 31),
             notice_on=date(2026, 6, 1), ended_on=date(2026, 6, 30))  # fmt: skip
    life.add(
        "milestones", customer_id="c:1", contract_id="k:1", kind="went_live", reached_at=datetime(2026, 3, 1, 23, 30)
    )
    life.add("tickets", ticket_id="t:1", customer_id="c:1", assignee_id="p:bob", opened_at=datetime(2026, 4, 1, 8),
             solved_at=datetime(2026, 4, 2, 8))  # fmt: skip
    life.add("ticket_steps", ticket_id="t:1", at=datetime(2026, 4, 1, 8), seq=1, person_id="p:bob")
    life.add("ticket_steps", ticket_id="t:1", at=datetime(2026, 4, 1, 8), seq=2, person_id="p:ann")
    life.add("surveys", invitation_id="s:1", customer_id="c:1", kind="nps", invited_at=datetime(2026, 6, 10),
             answered_at=datetime(2026, 6, 12), score=9)  # fmt: skip
    life.add("usage", customer_id="c:1", day=date(2026, 6, 2), feature="a", events=3)
    life.add("usage", customer_id="c:1", day=date(2026, 6, 2), feature="b", events=4)
    life.add("promises", promise_id="m:1", made_on=date(2026, 1, 1), kind="feature")  # a public claim
    life.add("invoices", invoice_id="i:1", customer_id="c:1", issued_on=date(2026, 2, 1), paid_on=date(2026, 8, 1))
    return life


@pytest.fixture(scope="module")
def told() -> list[dict[str, object]]:
    return _life().table("events")


def test_things_happen_in_one_order_with_their_stage(told: list[dict[str, object]]) -> None:
    assert [(row["stage"], row["kind"]) for row in told] == [
        ("aware", "lead"),
        ("evaluate", "deal_opened"),
        ("evaluate", "demo"),
        ("buy", "deal_won"),
        ("buy", "contract_started"),
        ("install", "invoice_sent"),
        ("adopt", "went_live"),
        ("support", "ticket_opened"),
        ("support", "ticket_step"),
        ("support", "ticket_step"),
        ("support", "ticket_solved"),
        ("leave", "notice_given"),
        ("use", "used"),
        ("use", "survey_sent"),
        ("use", "survey_answered"),
        ("leave", "contract_ended"),
    ]


def test_a_moment_falls_on_the_companys_day_not_on_that_of_utc(told: list[dict[str, object]]) -> None:
    [live] = [row for row in told if row["kind"] == "went_live"]
    assert live["on_day"] == date(2026, 3, 2)  # half past midnight in Paris
    [won] = [row for row in told if row["kind"] == "deal_won"]
    assert (won["on_day"], won["at"]) == (date(2026, 1, 31), datetime(2026, 1, 30, 23))


def test_an_event_knows_who_did_it_and_their_department(told: list[dict[str, object]]) -> None:
    [demo] = [row for row in told if row["kind"] == "demo"]
    assert (demo["person_id"], demo["team_id"], demo["department"]) == ("p:ann", "t:north", "sales")
    [opened] = [row for row in told if row["kind"] == "ticket_opened"]
    assert (opened["person_id"], opened["department"]) == ("", "")


def test_the_future_and_claims_to_nobody_are_not_events(told: list[dict[str, object]]) -> None:
    kinds = {row["kind"] for row in told}
    assert not kinds & {"invoice_paid", "promised"}
    assert max(row["on_day"] for row in told) <= date(2026, 7, 1)


def test_events_have_ids_of_their_own_and_hold_no_text(told: list[dict[str, object]]) -> None:
    assert len({row["event_id"] for row in told}) == len(told)
    assert "text" not in told[0]


def test_the_order_of_the_records_rows_changes_nothing(told: list[dict[str, object]]) -> None:
    life = _life()
    shuffle = random.Random(5)  # noqa: S311 the same order each time
    for rows in life.rows.values():
        shuffle.shuffle(rows)
    assert life.table("events") == told


def test_a_persons_team_is_that_of_the_day(engine: Engine) -> None:
    life = Rows(today=date(2026, 7, 1))
    life.add("teams", team_id="t:a", department="sales").add("teams", team_id="t:b", department="success")
    life.add("people", person_id="p:1").add("customers", customer_id="c:1")
    life.add("positions", person_id="p:1", from_on=date(2026, 1, 1), to_on=date(2026, 2, 1), role="x", team_id="t:a")
    life.add("positions", person_id="p:1", from_on=date(2026, 3, 1), role="y", team_id="t:b")
    for number, day in enumerate((date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 1))):
        life.add("touches", touch_id=f"x:{number}", customer_id="c:1", person_id="p:1", kind="call",
                 at=datetime.combine(day, datetime.min.time()))  # fmt: skip
    found = [(row["team_id"], row["department"]) for row in life.table("events", engine)]
    assert found == [("t:a", "sales"), ("", ""), ("t:b", "success")]
