"""A period is calculated, approved and closed; what was approved is what is closed, whoever else is at work."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from books.proposed import AT, closed_books, line, proposed, table
from keepwell.books import accept, approve, calculate, close, close_at_once, period_state, proposal, settled_tables
from keepwell.core.errors import RefusedError
from keepwell.core.periods import parse_period

Q1, Q2 = parse_period("2026-Q1"), parse_period("2026-Q2")


@pytest.fixture
def books(tmp_path: Path) -> Path:
    return tmp_path / "books.sqlite"


def test_three_steps_each_with_who_and_when(books):
    run = proposed(line("a1"), line("b2", "50.25", person_id="x:2"))
    assert period_state(books, Q1).state == "open"
    assert calculate(books, run, "Ann", AT).state == "calculated"
    assert approve(books, run, "Ben", datetime(2027, 1, 11)).state == "approved"
    state = close(books, run, "Cleo", datetime(2027, 1, 12))
    assert [(step.state, step.by, step.at.day) for step in state.steps] == [
        ("calculated", "Ann", 10), ("approved", "Ben", 11), ("closed", "Cleo", 12)]  # fmt: skip
    assert (state.lines, state.people, state.payable) == (2, 2, {"EUR": Decimal("150.2500")})
    assert period_state(books, Q1) == state
    assert settled_tables(books)["settled_lines"].num_rows == 2


def test_what_was_not_approved_is_not_closed(books):
    run = proposed(line("a1"))
    for step, code in ((close, "period-not-approved"), (approve, "period-not-calculated")):
        with pytest.raises(RefusedError) as refused:
            step(books, run, "Ann", AT)
        assert refused.value.code == code
    calculate(books, run, "Ann", AT)
    with pytest.raises(RefusedError, match="was not approved yet"):
        close(books, run, "Ann", AT)


def test_a_run_that_changed_after_approval_is_refused_and_says_what_changed(books):
    approved = proposed(line("a1"), line("b2", 50, person_id="x:2"))
    calculate(books, approved, "Ann", AT)
    approve(books, approved, "Ben", AT)
    changed = proposed(line("a1", 80), line("b2", 50, person_id="x:2"), line("c3", 7, person_id="x:3"), run_id="run2")
    with pytest.raises(RefusedError) as refused:
        close(books, changed, "Ben", AT)
    assert refused.value.code == "period-changed"
    assert "x:1 100.00 → 80.00 EUR, x:3 0.00 → 7.00 EUR" in refused.value.message
    assert "x:2" not in refused.value.message
    assert (
        close(books, proposed(line("b2", 50, person_id="x:2"), line("a1"), run_id="run3"), "Ben", AT).state == "closed"
    )


def test_the_same_amounts_by_other_lines_are_a_change_too(books):
    calculate(books, proposed(line("a1", 60), line("b2", 40)), "Ann", AT)
    with pytest.raises(RefusedError, match="the same is payable to everybody, by other lines"):
        approve(books, proposed(line("a1", 60), line("b3", 40)), "Ben", AT)
    with pytest.raises(RefusedError, match="by other lines"):
        approve(books, proposed(line("a1", 60), line("b2", 40, reason="corrected")), "Ben", AT)


def test_calculated_again_an_approval_counts_no_more(books):
    calculate(books, proposed(line("a1")), "Ann", AT)
    approve(books, proposed(line("a1")), "Ben", AT)
    again = proposed(line("a1", 90), run_id="run2")
    assert calculate(books, again, "Ann", AT).state == "calculated"
    with pytest.raises(RefusedError, match="not approved"):
        close(books, again, "Ann", AT)


def test_another_person_must_approve_where_the_company_wants_it(books):
    run = proposed(line("a1"))
    calculate(books, run, "Ann", AT)
    with pytest.raises(RefusedError, match="Ann calculated"):
        approve(books, run, "Ann", AT, by_another=True)
    assert approve(books, run, "Ben", AT, by_another=True).state == "approved"


def test_closed_is_said_with_who_and_when(tmp_path):
    books = closed_books(tmp_path)
    with pytest.raises(RefusedError, match="closed already, by Ann on 2027-01-10 at 09:00 UTC"):
        calculate(books, proposed(line("a1", 5), books=books), "Ben", AT)


def test_a_run_that_does_not_know_the_last_decision_is_outdated(tmp_path):
    books = closed_books(tmp_path)
    with pytest.raises(RefusedError) as refused:
        calculate(books, proposed(line("d4", period="2026-Q2"), period="2026-Q2"), "Ann", AT)
    assert refused.value.code == "run-outdated"
    run = proposed(line("d4", period="2026-Q2"), period="2026-Q2", books=books)
    calculate(books, run, "Ann", AT)
    accept(books, "x:1", "p", "2026-01-01", date(2026, 1, 3), "Ann", AT)
    with pytest.raises(RefusedError, match="before the books were last changed"):
        approve(books, run, "Ben", AT)


def test_earlier_open_periods_close_with_it(books):
    run = proposed(line("a1"), line("d4", 7, "2026-Q2"), period="2026-Q2")
    state = close_at_once(books, run, "Ann", AT)
    assert [one.name for one in state.periods] == ["2026-Q1", "2026-Q2"]
    assert period_state(books, Q1).state == "closed"
    assert period_state(books, parse_period("2026-Q3")).state == "open"
    assert settled_tables(books)["settled_periods"]["period"].to_pylist() == [Q1.first_month, Q2.first_month]


def test_a_what_if_is_not_settled(books):
    close_at_once(books, proposed(line("a1"), line("w1", 900, scenario="what if")), "Ann", AT)
    assert settled_tables(books)["settled_lines"]["line_id"].to_pylist() == ["a1"]


def test_a_dry_run_leaves_the_books_as_they_were(books):
    run = proposed(line("a1"))
    assert close_at_once(books, run, "Ann", AT, dry_run=True).state == "closed"
    assert period_state(books, Q1).state == "open"


def test_a_period_that_is_not_over_is_refused(books):
    with pytest.raises(RefusedError, match="is not over"):
        calculate(books, proposal(Q1, "run", date(2026, 3, 31), table(line("a1"))), "Ann", AT)


def test_what_is_closed_can_not_be_changed_deleted_replaced_or_added_to(tmp_path):
    books = closed_books(tmp_path)
    with closing(sqlite3.connect(books)) as connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(settled_lines)")]
        other = ", ".join("'a9'" if name == "line_id" else name for name in names)
        for statement in (
            "UPDATE settled_lines SET payable = '9'",
            "DELETE FROM settled_lines",
            "DELETE FROM settled_periods",
            "INSERT OR REPLACE INTO settled_lines SELECT * FROM settled_lines",
            f"INSERT INTO settled_lines SELECT {other} FROM settled_lines LIMIT 1",
            "UPDATE decisions SET decided_by = 'nobody'",
            "DELETE FROM decisions",
            "INSERT OR REPLACE INTO decisions SELECT * FROM decisions",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="does not change"):
                connection.execute(statement)


def test_of_many_who_close_at_the_same_time_one_wins(books):
    run = proposed(line("a1"), line("b2", 50))
    calculate(books, run, "Ann", AT)
    approve(books, run, "Ben", AT)
    said: list[str] = []
    ready = threading.Barrier(12)

    def closing(number: int) -> None:
        ready.wait()
        try:
            said.append(close(books, run, f"closer {number}", AT).state)
        except RefusedError as refused:
            said.append(f"{refused.code}: {refused.message}")

    threads = [threading.Thread(target=closing, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count("closed") == 1
    winner = period_state(books, Q1).steps[-1].by
    assert set(said) == {"closed", f"period-closed: 2026-Q1 is closed already, by {winner} on 2027-01-10 at 09:00 UTC"}
    assert settled_tables(books)["settled_lines"].num_rows == 2


def test_lines_that_got_a_column_later_keep_their_hash(tmp_path):
    books = closed_books(tmp_path)
    before = settled_tables(books)["settled_lines"]
    with closing(sqlite3.connect(books)) as connection:
        connection.execute("ALTER TABLE settled_lines DROP COLUMN collective")
        connection.commit()
    assert settled_tables(books)["settled_lines"].equals(before)
    run = proposed(line("d4", period="2026-Q2"), period="2026-Q2", books=books)
    assert close_at_once(books, run, "Ann", AT).state == "closed"
    assert settled_tables(books)["settled_lines"].num_rows == 3
