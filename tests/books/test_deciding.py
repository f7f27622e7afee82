"""Acceptances and adjustments are decisions, and what a run is told of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from decimal import Decimal

import pytest

from books.proposed import AT, closed_books
from keepwell.books import accept, adjust, settled_tables
from keepwell.core.errors import RefusedError, UsageError
from keepwell.core.periods import parse_period

Q1, Q2, Q3 = map(parse_period, ("2026-Q1", "2026-Q2", "2026-Q3"))
DAY = date(2026, 4, 2)


def test_who_signed_twice_has_signed_on_the_day_that_was_recorded_last(tmp_path):
    books = tmp_path / "books.sqlite"
    accept(books, "x:1", "p", "2026-01-01", date(2026, 1, 3), "Ann", AT)
    accept(books, "x:2", "p", "2026-01-01", date(2026, 1, 4), "Ann", AT)
    accept(books, "x:1", "p", "2026-01-01", date(2026, 1, 9), "Ben", AT)
    accept(books, "x:1", "p", "2026-07-01", date(2026, 7, 1), "Ben", AT)
    assert [tuple(row.values()) for row in settled_tables(books)["acceptances"].to_pylist()] == [
        ("x:1", "p", "2026-01-01", date(2026, 1, 9)),
        ("x:1", "p", "2026-07-01", date(2026, 7, 1)),
        ("x:2", "p", "2026-01-01", date(2026, 1, 4)),
    ]


def test_an_adjustment_is_booked_in_the_first_open_period(tmp_path):
    books = closed_books(tmp_path)
    made = adjust(books, "x:1", Decimal(150), "EUR", " a bonus ", DAY, None, Q3, "Ben", AT)
    assert (made.period, made.reason) == (Q2, "a bonus")
    assert adjust(books, "x:1", Decimal(1), "EUR", "later", DAY, Q3, Q1, "Ben", AT).period == Q3
    rows = settled_tables(books)["adjustments"].sort_by("belongs_to").to_pylist()
    assert [(row["belongs_to"], row["amount"], row["decided_by"]) for row in rows] == [
        (Q2.first_month, Decimal(150), "Ben"), (Q3.first_month, Decimal(1), "Ben")]  # fmt: skip
    assert rows[0]["adjustment_id"] == made.adjustment_id


def test_where_nothing_was_closed_an_adjustment_belongs_to_its_day(tmp_path):
    assert adjust(tmp_path / "books.sqlite", "x:1", Decimal(5), "EUR", "why", DAY, None, Q2, "Ben", AT).period == Q2


def test_two_adjustments_of_the_same_words_are_two(tmp_path):
    books = tmp_path / "books.sqlite"
    for _ in range(2):
        adjust(books, "x:1", Decimal(5), "EUR", "why", DAY, None, Q2, "Ben", AT)
    assert settled_tables(books)["adjustments"].num_rows == 2


def test_a_closed_period_is_not_adjusted(tmp_path):
    with pytest.raises(RefusedError, match="2026-Q1 is closed already"):
        adjust(closed_books(tmp_path), "x:1", Decimal(5), "EUR", "why", DAY, Q1, Q1, "Ben", AT)


@pytest.mark.parametrize(("amount", "reason"), [("0", "why"), ("1.005", "why"), ("5", "  ")])
def test_an_adjustment_needs_an_amount_to_the_cent_and_a_reason(tmp_path, amount, reason):
    with pytest.raises(UsageError):
        adjust(tmp_path / "books.sqlite", "x:1", Decimal(amount), "EUR", reason, DAY, None, Q1, "Ben", AT)


def test_the_file_can_be_read_with_any_tool(tmp_path):
    books = closed_books(tmp_path)
    accept(books, "x:1", "p", "2026-01-01", date(2026, 1, 3), "Ann", AT)
    adjust(books, "x:1", Decimal("-0.50"), "EUR", "a reason; 'quoted'", DAY, None, Q1, "Ben", AT)
    with closing(sqlite3.connect(books)) as connection:
        assert connection.execute("SELECT person_id, accepted_on, decided_by FROM acceptances").fetchall() == [
            ("x:1", "2026-01-03", "Ann")]  # fmt: skip
        assert connection.execute("SELECT amount, reason FROM adjustments").fetchall() == [
            ("-0.50", "a reason; 'quoted'")]  # fmt: skip
