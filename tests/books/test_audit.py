"""Whatever was changed in the file of the books is found."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import date
from decimal import Decimal

import pytest

from books.proposed import AT, closed_books, line, proposed, tamper
from keepwell.books import accept, adjust, books_head, calculate, close_at_once
from keepwell.books.audit import audit, told
from keepwell.core.periods import parse_period

Q2 = parse_period("2026-Q2")


@pytest.fixture
def books(tmp_path):
    """A closed quarter, a signed plan, an adjustment, and a quarter that is calculated."""
    made = closed_books(tmp_path)
    accept(made, "x:1", "p", "2026-01-01", date(2026, 1, 3), "Ann", AT)
    adjust(made, "x:2", Decimal("-20.50"), "EUR", "paid twice", date(2026, 4, 2), None, Q2, "Ben", AT)
    calculate(made, proposed(line("d4", period="2026-Q2"), period="2026-Q2", books=made), "Ann", AT)
    return made


def test_books_as_they_should_be_are_unbroken(books):
    found = audit(books)
    assert not found.wrong
    assert [one.place for one in found.decisions] == [1, 2, 3, 4, 5, 6]
    assert [one.kind for one in found.decisions] == [
        "calculated", "approved", "closed", "accepted", "adjusted", "calculated"]  # fmt: skip
    assert told(found.decisions[4]) == "x:2 -20.50 EUR: paid twice"
    assert told(found.decisions[2]) == "2026-Q1: 150.00 EUR payable, 2 lines, run run1"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE settled_lines SET payable = '999.0000' WHERE line_id = 'a1'", "settled lines of 2026-Q1"),
        ("UPDATE settled_lines SET person_id = 'x:3' WHERE line_id = 'a1'", "settled lines of 2026-Q1"),
        ("UPDATE settled_lines SET known_at = '2026-01-01T00:00:00'", "settled lines of 2026-Q1"),
        ("UPDATE settled_lines SET payable = 'lots'", "cannot be read"),
        ("DELETE FROM settled_lines WHERE line_id = 'b2'", "1 lines, 2 were settled"),
        ("UPDATE settled_lines SET period = period + 3 WHERE line_id = 'b2'", "of no period that was closed"),
        ("UPDATE settled_lines SET status = 'open' WHERE line_id = 'b2'", "of no period that was closed"),
        ("UPDATE settled_costs SET additions = '1.0000'", "settled costs of 2026-Q1"),
        ("DELETE FROM settled_costs", "settled costs of 2026-Q1"),
        ("UPDATE settled_costs SET period = period + 3", "of no period that was closed"),
        ("DELETE FROM settled_periods", "closed periods are not those"),
        ("UPDATE settled_periods SET run_id = 'other'", "closed periods are not those"),
        ("UPDATE settled_periods SET closed_at = '2020-01-01T00:00:00'", "closed periods are not those"),
        ("UPDATE decisions SET decided_by = 'Zoe' WHERE place = 2", "decision 2 was changed"),
        ("UPDATE decisions SET decided_at = '2020-01-01T00:00:00' WHERE place = 2", "decision 2 was changed"),
        ("UPDATE decisions SET content = replace(content, '-20.50', '-2.50')", "decision 5 was changed"),
        ("UPDATE decisions SET content = 'not JSON' WHERE place = 4", "decision 4 was changed"),
        ("UPDATE decisions SET kind = 'approved' WHERE place = 1", "decision 1 was changed"),
        ("UPDATE decisions SET hash = 'f00' WHERE place = 6", "decision 6 was changed"),
        ("DELETE FROM decisions WHERE place = 4", "decision 4 is missing"),
        ("DELETE FROM decisions WHERE place = 1", "decision 1 is missing"),
        ("UPDATE decisions SET place = -place", "decision 1 is missing"),
    ],
)
def test_a_change_is_found(books, change, says):
    tamper(books, change)
    assert any(says in wrong for wrong in audit(books).wrong), audit(books).wrong


def test_any_cell_that_is_changed_is_found(books, tmp_path):
    """Every cell of every table of the file, one after the other."""
    with closing(sqlite3.connect(books)) as connection:
        cells = [
            (table, column, rowid, kind)
            for table in ("decisions", "settled_lines", "settled_periods", "settled_costs")
            for _, column, kind, *_ in connection.execute(f"PRAGMA table_info({table})")
            for (rowid,) in connection.execute(f"SELECT rowid FROM {table}")
        ]
    assert len(cells) > 100
    for number, (table, column, rowid, kind) in enumerate(cells):
        copy = tmp_path / f"copy{number}.sqlite"
        shutil.copy(books, copy)
        value = "777" if kind == "INTEGER" else "'7'"
        tamper(copy, f"UPDATE {table} SET {column} = {value} WHERE rowid = {rowid}")
        assert audit(copy).wrong, (table, column, rowid)


def test_books_that_were_written_anew_are_found_by_the_head_that_was_printed(tmp_path):
    books = closed_books(tmp_path)
    printed = books_head(books)
    assert printed.startswith("3-")
    accept(books, "x:1", "p", "2026-01-01", date(2026, 1, 3), "Ann", AT)
    assert not audit(books, printed).wrong
    anew = tmp_path / "anew.sqlite"
    close_at_once(anew, proposed(line("a1", 101)), "Ann", AT)
    assert not audit(anew).wrong
    assert "never the last decision" in audit(anew, printed).wrong[0]
    gone = [f"DELETE FROM {name}" for name in ("settled_lines", "settled_periods", "settled_costs")]
    tamper(books, "DELETE FROM decisions WHERE place > 2", *gone)
    assert not audit(books).wrong
    assert audit(books, printed).wrong


def test_nothing_decided_is_no_fault(tmp_path):
    found = audit(tmp_path / "none.sqlite")
    assert (found.wrong, found.decisions, found.head) == ([], [], "")
