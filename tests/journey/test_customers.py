"""A customer's phases, owners and first ninety days."""

from __future__ import annotations

from datetime import date, datetime

from keepwell.engine import Engine
from record_rows import Row, Rows

BOUGHT = date(2026, 1, 10)


def _customer(today: date = date(2026, 7, 1)) -> Rows:
    rows = Rows(today=today).person("p:1", "t:1", "success").person("p:2", "t:1", "success")
    rows.add("customers", customer_id="c:1", segment="large", region="north")
    rows.add("deals", deal_id="d:1", customer_id="c:1", opened_on=date(2026, 1, 1), closed_on=BOUGHT, outcome="won")
    return rows


def _now(rows: Rows) -> Row:
    [row] = rows.table("customers_now")
    return row


def test_a_customer_installs_until_live_then_adopts_ninety_days_then_uses(engine: Engine) -> None:
    rows = _customer()
    rows.add("milestones", customer_id="c:1", contract_id="", kind="went_live", reached_at=datetime(2026, 2, 1, 10))
    phases = {row["stage"]: (row["from_on"], row["to_on"]) for row in rows.table("ownership", engine)}
    assert phases == {
        "evaluate": (date(2026, 1, 1), BOUGHT),
        "install": (BOUGHT, date(2026, 2, 1)),
        "adopt": (date(2026, 2, 1), date(2026, 5, 2)),
        "use": (date(2026, 5, 2), date(2026, 7, 2)),
    }


def test_where_going_live_is_planned_but_not_reached_the_customer_still_installs() -> None:
    rows = _customer()
    rows.add("milestones", customer_id="c:1", contract_id="", kind="went_live", due_on=date(2026, 2, 1))
    assert _now(rows)["stage"] == "install"


def test_a_term_that_ran_out_is_waited_for_thirty_days() -> None:
    for today, stage in ((date(2027, 2, 5), "use"), (date(2027, 2, 15), "leave")):
        rows = _customer(today)
        rows.add("contracts", contract_id="k:1", customer_id="c:1", starts_on=BOUGHT, ends_on=date(2027, 1, 10))
        assert _now(rows)["stage"] == stage


def test_days_are_owned_once_however_many_people_are_named() -> None:
    rows = _customer()
    for person, start, end in (("p:1", date(2026, 1, 10), date(2026, 2, 10)), ("p:2", date(2026, 1, 10), date(2026, 2, 10)),
                               ("p:2", date(2026, 2, 5), date(2026, 2, 20))):  # fmt: skip
        rows.add("coverage", customer_id="c:1", person_id=person, role="manager", from_on=start, to_on=end)
    phases = {row["stage"]: row for row in rows.table("ownership")}
    assert (phases["adopt"]["days"], phases["adopt"]["owned_days"]) == (90, 41)
    assert (phases["use"]["owned_days"], phases["use"]["is_now"], phases["use"]["has_owner"]) == (0, True, False)
    assert _now(rows)["owners"] == 0


def test_the_owner_of_an_open_opportunity_stands_behind_the_customer() -> None:
    rows = Rows(today=date(2026, 7, 1)).person("p:1", "t:1", "sales")
    rows.add("customers", customer_id="c:1")
    rows.add("deals", deal_id="d:1", customer_id="c:1", owner_id="p:1", opened_on=date(2026, 6, 1), outcome="open")
    [phase] = rows.table("ownership")
    assert (phase["stage"], phase["days"], phase["owned_days"]) == ("evaluate", 31, 31)


def test_first_days_go_well_only_where_every_recorded_part_does() -> None:
    rows = _customer()
    rows.add("milestones", customer_id="c:1", contract_id="", kind="went_live", reached_at=datetime(2026, 3, 1))
    [row] = rows.table("first_days")
    assert (row["is_over"], row["is_live"], row["has_value"], row["is_good"]) == (True, True, None, True)
    rows.add("promises", promise_id="m:1", customer_id="c:1", made_on=BOUGHT, due_on=date(2026, 2, 1))
    [row] = rows.table("first_days")
    assert (row["broken_promises"], row["is_good"]) == (1, False)


def test_first_days_are_not_judged_before_they_are_over() -> None:
    [row] = _customer(date(2026, 4, 9)).table("first_days")
    assert (row["is_over"], row["is_good"]) == (False, None)
    [row] = _customer(date(2026, 4, 10)).table("first_days")
    assert (row["is_over"], row["is_good"]) == (True, True)


def test_an_unsolved_severe_ticket_spoils_the_first_days() -> None:
    rows = _customer()
    rows.add("tickets", ticket_id="t:1", customer_id="c:1", opened_at=datetime(2026, 2, 1), priority="Critical",
             solved_at=datetime(2026, 6, 1))  # fmt: skip
    rows.add("tickets", ticket_id="t:2", customer_id="c:1", opened_at=datetime(2026, 2, 1), priority="Low")
    [row] = rows.table("first_days")
    assert (row["open_severe"], row["is_good"]) == (1, False)
