"""ServiceNow's incident log: 141,712 changes become the incidents that they were of."""

from __future__ import annotations

from decimal import Decimal

import pytest

from real_projects import Collected, Examples


@pytest.fixture(scope="module")
def desk(examples: Examples) -> Collected:
    return examples.collected("servicenow")


def test_every_row_is_read_and_none_waits(desk: Collected) -> None:
    assert sum(file.rows for file in desk.report.files) == 141_712
    assert desk.report.quarantine == ()


def test_incidents_callers_and_assignees(desk: Collected) -> None:
    assert desk.row("SELECT count(*) FROM tickets") == (24_918,)
    assert desk.row("SELECT count(*) FROM customers") == (5_244,)
    assert desk.row("SELECT count(*) FROM people") == (234,)  # without "?"
    assert desk.row("SELECT count(*) FROM people WHERE person_id LIKE '%?%'") == (0,)


def test_reassignments_and_reopened_incidents(desk: Collected) -> None:
    assert desk.row(
        "SELECT sum(reassignments), count(*) FILTER (reassignments > 0), count(*) FILTER (reopens > 0) FROM tickets"
    ) == (23_414, 11_369, 275)


def test_an_incident_met_its_service_level_when_every_row_says_so(desk: Collected) -> None:
    met = "round(100 * avg(CASE WHEN met_service_level THEN 1 ELSE 0 END), 2)"
    assert _percent(desk, f"SELECT {met} FROM tickets") == [Decimal("63.42")]
    assert _percent(
        desk, f"SELECT {met} FROM tickets WHERE reassignments <= 3 GROUP BY reassignments ORDER BY reassignments"
    ) == [Decimal("78.39"), Decimal("57.07"), Decimal("39.86"), Decimal("32.90")]


def _percent(desk: Collected, sql: str) -> list[Decimal]:
    return [Decimal(str(value)).quantize(Decimal("0.01")) for (value,) in desk.rows(sql)]


def test_every_change_is_a_step_in_its_order(desk: Collected) -> None:
    assert desk.row("SELECT count(*) FROM ticket_steps") == (141_712,)
    first = desk.rows(
        'SELECT CAST("at" AS VARCHAR), seq, person_id, team_id, status FROM ticket_steps '
        "WHERE ticket_id LIKE '%:0000045' ORDER BY seq LIMIT 2"
    )
    assert first == [
        ("2016-02-29 01:23:00", 0, None, "servicedesk:56", "New"),
        ("2016-02-29 08:53:00", 2, None, "servicedesk:56", "Resolved"),
    ]


def test_days_come_before_months_and_the_second_category_has_a_name_of_its_own(desk: Collected) -> None:
    assert desk.row(
        "SELECT CAST(opened_at AS VARCHAR), CAST(closed_at AS VARCHAR), topic FROM tickets WHERE ticket_id LIKE '%:0000045'"
    ) == ("2016-02-29 01:16:00", "2016-03-05 12:00:00", "55")


def test_measures_say_the_same(desk: Collected) -> None:
    assert desk.measured("service_level_met") == (Decimal("0.6342"), 24_918)
    value, cases = desk.measured("handoffs")
    assert (round(value, 2), cases) == (Decimal("0.94"), 24_918)  # 23,414 / 24,918
    assert desk.measured("reopen_rate") == (Decimal("0.0110"), 24_918)  # 275 / 24,918
