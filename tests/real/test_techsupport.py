"""A support team's sheet of tickets: two service levels, ratings, and promises that nobody kept count of."""

from __future__ import annotations

from decimal import Decimal

import pytest

from real_projects import Collected, Examples


@pytest.fixture(scope="module")
def team(examples: Examples) -> Collected:
    return examples.collected("techsupport")


def test_tickets_ratings_and_their_mean(team: Collected) -> None:
    assert team.report.quarantine == ()
    assert team.row("SELECT count(*) FROM tickets") == (2_330,)
    rated, total = team.row("SELECT count(score), sum(score) FROM surveys")
    assert rated == 1_173
    assert (Decimal(total) / rated).quantize(Decimal("0.0001")) == Decimal("3.5107")


def test_topics_are_seven_once_letter_case_is_folded(team: Collected) -> None:
    assert team.row("SELECT count(DISTINCT topic) FROM tickets") == (7,)
    assert team.row("SELECT count(*) FROM tickets WHERE topic = 'pricing and licensing'") == (525,)


def test_late_and_unsolved_tickets_are_the_violations(team: Collected) -> None:
    assert team.row(
        "SELECT count(*) FILTER (solved_at > due_at), count(*) FILTER (solved_at IS NULL AND NOT met_service_level), "
        "count(*) FILTER (NOT met_service_level) FROM tickets"
    ) == (366, 417, 783)
    assert team.row("SELECT count(*) FROM tickets WHERE solved_at > due_at AND met_service_level") == (0,)


def test_agents_stand_in_their_lines(team: Collected) -> None:
    assert team.row("SELECT count(*) FROM people") == (8,)
    assert team.rows("SELECT role, count(*) FROM positions GROUP BY role ORDER BY role") == [
        ("first_line_agent", 5), ("second_line_agent", 3),
    ]  # fmt: skip


def test_measures_see_what_a_count_of_late_tickets_does_not(team: Collected) -> None:
    assert team.measured("service_level_met") == (Decimal("0.6639"), 2_330)  # 1 − 783 / 2,330
    kept, promises = team.measured("promises_kept")
    assert promises == 2_330
    assert kept < Decimal("0.67")  # not solved is not kept
    assert team.measured("csat") == (Decimal("0.5669"), 1_173)  # 4 or 5 of 5
    assert team.measured("response_rate")[1] == 1_912  # asked when solved
