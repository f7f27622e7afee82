"""Payroll and ledger say what the books say, to the cent, and only of what is closed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from books.proposed import AT, closed_books, line, proposed, tamper
from keepwell.books import close_at_once
from keepwell.books.exporting import ledger, payroll, postings, settled_lines, summed
from keepwell.core.errors import BrokenError, RefusedError
from keepwell.core.periods import parse_period

Q1 = parse_period("2026-Q1")


@pytest.fixture
def books(tmp_path):
    """Two people; of the first a part by two lines, a hold, a recovery and a second currency."""
    made = tmp_path / "books.sqlite"
    zero = Decimal(0)
    rows = [
        line("a1", "100.10"), line("a2", "50.05"), line("a3", "7.00", currency="USD"),
        line("h1", 0, movement="held", amount=Decimal(40), earned=zero, held=Decimal(40), part="go_live"),
        line("r1", -30, movement="recovered", part="", plan="p", earned=zero, recoverable=Decimal(-30)),
        line("b1", 20, person_id="x:2", part="adjustment", plan="", movement="adjusted"),
    ]  # fmt: skip
    close_at_once(made, proposed(*rows), "Ann", AT)
    return made


def test_payroll_has_a_row_per_person_currency_and_item_and_adds_up(books):
    rows = payroll(settled_lines(books, Q1), {"sale": "2010", "p.sale": "2011", "recovery": "2080"})
    assert [(row["person_id"], row["currency"], row["item"], row["code"], row["amount"]) for row in rows] == [
        ("x:1", "EUR", "recovery", "2080", Decimal(-30)),
        ("x:1", "EUR", "sale", "2011", Decimal("150.15")),
        ("x:1", "USD", "sale", "2011", Decimal(7)),
        ("x:2", "EUR", "adjustment", "", Decimal(20)),
    ]
    assert {row["state"] for row in rows} == {"closed"}


def test_each_entry_of_the_ledger_adds_to_zero_and_what_is_payable_is_paid(books):
    rows = ledger(settled_lines(books, Q1), {"earned": "6400", "paid": "1000"})
    debit, credit = summed(rows, "entry", of="debit"), summed(rows, "entry", of="credit")
    assert debit == credit
    assert min(*debit.values(), *credit.values()) > 0
    sums = {(row["account"], row["currency"]): row["debit"] - row["credit"] for row in postings(rows)}
    assert sums == {
        ("6400", "EUR"): Decimal("170.15"), ("6400", "USD"): Decimal(7), ("1000", "EUR"): Decimal("-140.15"),
        ("1000", "USD"): Decimal(-7), ("payable", "EUR"): 0, ("payable", "USD"): 0, ("held", "EUR"): -40,
        ("advanced", "EUR"): 40, ("recoverable", "EUR"): -30,
    }  # fmt: skip


def test_a_period_that_is_not_closed_is_refused_or_marked_a_draft(books):
    q2 = parse_period("2026-Q2")
    with pytest.raises(RefusedError) as refused:
        settled_lines(books, q2)
    assert refused.value.code == "period-not-closed"
    run = proposed(line("d1", 5, "2026-Q2"), period="2026-Q2", run_id="run2", books=books)
    draft = settled_lines(books, q2, run)
    assert (draft.state, draft.run_id) == ("draft", "run2")
    assert [(row["state"], row["amount"]) for row in payroll(draft, {})] == [("draft", Decimal(5))]
    assert "paid" not in {row["name"] for row in ledger(draft, {})}
    assert settled_lines(books, Q1, run).state == "closed"


def test_nothing_is_exported_of_books_that_were_changed(tmp_path):
    books = closed_books(tmp_path)
    tamper(books, "UPDATE settled_lines SET payable = '900.0000' WHERE line_id = 'a1'")
    with pytest.raises(BrokenError, match="are not those that were closed"):
        settled_lines(books, Q1)


def test_the_earlier_of_two_periods_that_closed_together_has_its_own_lines(tmp_path):
    books = tmp_path / "books.sqlite"
    close_at_once(books, proposed(line("a1"), line("d4", 7, "2026-Q2"), period="2026-Q2"), "Ann", datetime(2027, 1, 1))
    assert settled_lines(books, Q1).lines["line_id"].to_pylist() == ["a1"]
