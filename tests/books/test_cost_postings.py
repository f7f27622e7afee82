"""The cost of contracts in the ledger: each entry adds to zero, and the asset's balance is what the schedule carries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from books.proposed import AT, line, proposed
from keepwell.books import close_at_once
from keepwell.books.capitalising import Cost
from keepwell.books.cost_postings import cost_postings
from keepwell.books.exporting import ledger, settled_lines, summed
from keepwell.books.schedule import schedule
from keepwell.core.periods import parse_period

Q1, Q2, Q3 = (parse_period(f"2026-Q{number}") for number in (1, 2, 3))
START = date(2026, 2, 1)
STAYS = Cost("p", "x:c", "x:c", "EUR", ((START, Decimal(2400)),), START, date(2028, 2, 1))
LEAVES = Cost("p", "x:d", "x:d", "EUR", ((START, Decimal("1200.50")),), START, date(2028, 2, 1))
DOLLARS = Cost("p", "x:e", "x:e", "USD", ((START, Decimal(240)),), START, date(2028, 2, 1))
COSTS = [STAYS, LEAVES, DOLLARS]
LATER = [
    STAYS,
    replace(LEAVES, layers=(*LEAVES.layers, (date(2026, 5, 3), Decimal(-200))), left=date(2026, 5, 20)),
    DOLLARS,
]
ACCOUNTS = {"earned": "6400", "capitalised": "1580", "amortised": "6480", "written_off": "6490"}


@pytest.fixture
def books(tmp_path):
    """Two closed quarters: three contracts are signed in the first; in the second a part is taken back, and the customer leaves."""
    made = tmp_path / "books.sqlite"
    close_at_once(made, proposed(line("a1")), "Ann", AT, costs=COSTS)
    close_at_once(made, proposed(line("d4", 5, "2026-Q2"), period="2026-Q2", books=made), "Ann", AT, costs=LATER)
    return made


def test_each_entry_adds_to_zero_and_the_balance_is_what_is_carried(books):
    balance = {}
    for period in (Q1, Q2):
        found = schedule(books, period, [], "run1")
        rows = cost_postings(found, ACCOUNTS)
        assert summed(rows, "entry", of="debit") == summed(rows, "entry", of="credit")
        assert {row["state"] for row in rows} == {"closed"}
        for row in rows:
            key = row["name"], row["currency"]
            balance[key] = balance.get(key, Decimal(0)) + row["debit"] - row["credit"]
        assert {currency: balance["capitalised", currency] for currency in found.carried} == found.carried
    for currency in ("EUR", "USD"):
        assert sum(amount for (_, unit), amount in balance.items() if unit == currency) == 0
    assert balance["deferred", "EUR"] == -(2400 + Decimal("1200.50") - 200)
    assert balance["deferred", "USD"] == -240


def test_what_moves_has_its_own_accounts(books):
    signed = cost_postings(schedule(books, Q1, [], "run1"), ACCOUNTS)
    first = [
        (row["movement"], row["account"], row["debit"], row["credit"]) for row in signed if row["contract_id"] == "x:c"
    ][:4]
    assert first == [
        ("capitalised", "1580", 2400, 0), ("capitalised", "6400", 0, 2400), ("amortised", "6480", 100, 0),
        ("amortised", "1580", 0, 100)]  # fmt: skip
    left = [row for row in cost_postings(schedule(books, Q2, [], "run1"), ACCOUNTS) if row["contract_id"] == "x:d"]
    sums = summed(left, "movement", "name", of="debit")
    assert sums["taken_back", "deferred"] == 200
    assert (
        sums["written_off", "written_off"]
        == summed(left, "movement", "name", of="credit")["written_off", "capitalised"]
        > 0
    )
    named = cost_postings(schedule(books, Q1, [], "run1"), {**ACCOUNTS, "deferred": "6409"})
    assert {row["account"] for row in named if row["name"] == "deferred"} == {"6409"}


def test_pay_and_costs_stand_in_one_journal(books):
    rows = ledger(settled_lines(books, Q1), ACCOUNTS)
    costs = cost_postings(schedule(books, Q1, [], "run1"), ACCOUNTS)
    assert [*rows[0]] == [*costs[0]]
    assert not {row["entry"] for row in rows} & {row["entry"] for row in costs}


def test_what_is_written_off_below_zero_turns_the_entry_round(tmp_path):
    books = tmp_path / "books.sqlite"
    over = replace(LEAVES, layers=((START, Decimal(100)), (date(2026, 3, 10), Decimal(-100))), left=date(2026, 3, 10))
    close_at_once(books, proposed(line("a1")), "Ann", AT, costs=[over])
    rows = [row for row in cost_postings(schedule(books, Q1, [], "run1"), {}) if row["movement"] == "written_off"]
    assert [(row["name"], row["debit"] > 0, row["credit"] > 0) for row in rows] == [
        ("capitalised", True, False), ("written_off", False, True)]  # fmt: skip


def test_a_draft_has_what_would_be_booked_and_nothing_that_is_planned(books):
    rows = cost_postings(schedule(books, Q3, LATER, "run2", draft=True), {})
    assert {(row["state"], row["belongs_to"]) for row in rows} == {("draft", f"2026-0{month}") for month in (7, 8, 9)}
    assert {row["movement"] for row in rows} == {"amortised"}
