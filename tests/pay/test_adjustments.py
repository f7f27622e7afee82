"""An amount that somebody decided is a line of its own: once, in its period, on the statement and in the journal."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from keepwell.books import adjust, close_at_once, proposal, settled_tables
from keepwell.core.periods import Period, parse_period, period_of
from keepwell.pay.explain import explain
from keepwell.pay.parse import read_plan
from keepwell.pay.statement import statement
from keepwell.show.names import Names
from keepwell.show.statement import statement_html, statement_text
from pay_company import Company, Paid, plan

AT = datetime(2026, 7, 2, 9)
Q1, Q2 = map(parse_period, ("2026-Q1", "2026-Q2"))
RATE = plan("orders: {measure: order_amount, over: each, rewards: sale, pays: {rate: 10%}}")


def company() -> Company:
    return Company(today=date(2026, 7, 1)).person().fact(1000, measure="order_amount")


def decided(books: Path, amount: str, person: str = "x:1", period: Period = Q1) -> dict[str, Any]:
    adjust(books, person, Decimal(amount), "EUR", "the trade fair", date(2026, 3, 3), None, period, "Ben", AT)
    return settled_tables(books)


def tables(found: Paid) -> dict[str, Any]:
    names = ("pay_lines", "part_totals", "pay_trace", "amount_facts", "adjustments")
    return {name: found.engine.fetch(name) for name in names}


def month(index: int) -> Period:
    return period_of(index, "quarter")


def test_it_is_a_line_that_is_closed_and_then_no_more(tmp_path):
    books, small = tmp_path / "books.sqlite", company()
    small.settled = decided(books, "150.25")
    found = small.pay(RATE)
    (line,) = found.lines(movement="adjusted")
    assert (line["payable"], line["earned"], line["period"]) == (Decimal("150.25"), Decimal("150.25"), Q1.first_month)
    assert found.total() == Decimal("250.25")
    close_at_once(books, proposal(Q1, "run", small.today, found.engine.fetch("pay_lines")), "Ann", AT)
    small.settled = settled_tables(books)
    again = small.pay(RATE)
    assert again.lines(status="open") == []
    assert [row["status"] for row in again.lines(movement="adjusted")] == ["settled"]


def test_what_is_taken_off_beyond_the_payout_is_put_off_and_recovered_from_plan_pay_later(tmp_path):
    small = company().fact(5000, date(2026, 5, 1), measure="order_amount")
    small.settled = decided(tmp_path / "books.sqlite", "-130")
    found = small.pay(RATE)
    assert found.total(period=Q1.first_month) == 0
    (put_off,) = found.lines(movement="put_off")
    assert put_off["recoverable"] == 30
    assert found.total(period=Q2.first_month) == 500 - 30


def test_nothing_is_recovered_from_an_adjustment_alone(tmp_path):
    small, books = company(), tmp_path / "books.sqlite"
    decided(books, "-130")
    small.settled = decided(books, "40", period=Q2)
    assert small.pay(RATE).total(period=Q2.first_month) == 40


def test_the_journal_says_that_it_is_earned_and_owed(tmp_path):
    small = company()
    small.settled = decided(tmp_path / "books.sqlite", "-20.50")
    rows = [row for row in small.pay(RATE).rows("journal") if row["movement"] == "adjusted"]
    assert {row["account"]: row["amount"] for row in rows} == {"earned": Decimal("-20.50"), "payable": Decimal("20.50")}


def test_the_statement_says_why_and_who(tmp_path):
    small = company()
    small.settled = decided(tmp_path / "books.sqlite", "-20.50")
    found = tables(small.pay(RATE))
    made = statement(found, [read_plan(RATE)], "x:1", Q1)
    assert (made.payable, made.earned) == (Decimal("79.50"), Decimal("79.50"))
    (line,) = [one for one in made.lines if one.part == "adjustment"]
    assert line.sentence == "the trade fair (decided by Ben)."
    text = statement_text(made, Names())
    assert "the trade fair (decided by Ben)." in text
    assert "Adjustment" in text
    assert "the trade fair (decided by Ben)." in statement_html(made, Names())
    told = explain(found, [read_plan(RATE)], line.line_id, month)
    assert told.amount == Decimal("-20.50")
    assert ("Decided by", "Ben") in told.steps[0].figures
    assert told.steps[0].says == "the trade fair"


def test_a_person_without_a_plan_has_a_statement_too(tmp_path):
    small = company()
    small.settled = decided(tmp_path / "books.sqlite", "75", "x:2")
    made = statement(tables(small.pay(RATE)), [read_plan(RATE)], "x:2", Q1)
    assert (made.payable, made.plan, made.currency) == (75, "", "EUR")
    assert "€75.00" in statement_text(made, Names())
