"""The schedule of a closed period is as it was booked; what follows is planned; both add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from books.proposed import AT, closed_books, line, proposed, tamper
from keepwell.books import close_at_once
from keepwell.books.capitalising import Cost
from keepwell.books.schedule import schedule, summary
from keepwell.core.errors import BrokenError, RefusedError
from keepwell.core.periods import parse_period

Q1, Q2 = parse_period("2026-Q1"), parse_period("2026-Q2")
START = date(2026, 2, 1)
COST = Cost("p", "x:c", "x:c", "EUR", ((START, Decimal(2400)),), START, date(2028, 2, 1))
SHORT = Cost(
    "p", "x:d", "x:d", "EUR", ((START, Decimal(70)),), START, date(2026, 8, 1), None, "written down within a year"
)


def test_booked_and_planned_months_write_down_all_of_it(tmp_path):
    found = schedule(closed_books(tmp_path), Q1, [COST, SHORT], "later")
    assert (found.state, found.run_id, found.carried) == ("closed", "run1", {"EUR": 2200})
    assert [(row["state"], row["month"], row["opening"], row["closing"]) for row in found.rows[:3]] == [
        ("closed", "2026-02", 0, 2300), ("closed", "2026-03", 2300, 2200), ("planned", "2026-04", 2200, 2100)]  # fmt: skip
    assert (len(found.rows), found.rows[-1]["closing"]) == (24, 0)
    assert summary(found.rows)[0]["additions"] == 2400
    assert [(row["amount"], row["why"]) for row in found.expensed] == [(70, "written down within a year")]


def test_what_is_learnt_after_the_close_changes_only_later_months(tmp_path):
    books = closed_books(tmp_path)
    before = schedule(books, Q1, [COST], "later").rows[:2]
    dearer = replace(COST, layers=((START, Decimal(3600)),))
    close_at_once(books, proposed(line("d4", 5, "2026-Q2"), period="2026-Q2", books=books), "Ann", AT, costs=[dearer])
    assert schedule(books, Q1, [dearer], "later").rows == before
    rows = schedule(books, Q2, [dearer], "later").rows
    first = rows[0]
    assert (first["month"], first["opening"], first["additions"], first["amortised"]) == ("2026-04", 2200, 1200, 250)
    assert rows[-1]["closing"] == 0


def test_an_open_period_is_refused_or_a_draft(tmp_path):
    books = closed_books(tmp_path)
    with pytest.raises(RefusedError, match="is not closed"):
        schedule(books, Q2, [COST], "run2")
    found = schedule(books, Q2, [COST], "run2", draft=True)
    assert (found.state, found.carried) == ("draft", {"EUR": 1900})
    assert [row["state"] for row in found.rows[:4]] == ["draft", "draft", "draft", "planned"]
    ahead = schedule(books, parse_period("2026-Q4"), [COST], "run2", draft=True)
    assert ahead.carried == {"EUR": 1300}
    assert (ahead.rows[0]["month"], ahead.rows[0]["opening"]) == ("2026-10", 1600)


def test_a_draft_before_anything_was_closed(tmp_path):
    found = schedule(tmp_path / "none.sqlite", Q1, [COST], "run2", draft=True)
    assert found.carried == {"EUR": 2200}
    # a later one has what its own months would have, not all that went before
    later = schedule(tmp_path / "none.sqlite", Q2, [COST], "run2", draft=True)
    assert (later.carried, later.rows[0]["opening"], later.rows[0]["additions"]) == ({"EUR": 1900}, 2200, 0)


def test_costs_that_were_changed_are_not_exported(tmp_path):
    books = closed_books(tmp_path)
    tamper(books, "UPDATE settled_costs SET amortised = '1.0000'")
    with pytest.raises(BrokenError, match="are not those that were closed"):
        schedule(books, Q1, [COST], "later")
