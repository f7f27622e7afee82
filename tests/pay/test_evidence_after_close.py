"""What pay used of a closed window stays; later answers move only their own unit, and only five at a time."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from keepwell.books import settled_tables
from keepwell.core.errors import ConfigurationError
from keepwell.core.periods import parse_period
from keepwell.pay.parse import read_plan
from pay_company import Company, Paid, plan
from replayed import close_periods

Q1, Q2 = 24312, 24315
CURVE = "pays: {curve: {-100: 0%, 100: 200%}}"
PLAN = plan(
    f"""
own: {{measure: nps, weight: 40%, {CURVE}, evidence: {{at_least: 10 answers, otherwise: [team, target]}}}}
plain: {{measure: nps, weight: 20%, {CURVE}, evidence: {{at_least: 10 answers, value: observed, otherwise: target}}}}
everybody: {{measure: nps, of: company, weight: 20%, {CURVE}, evidence: {{at_least: 10 answers, otherwise: target}}}}
sold: {{measure: signed_annual_value, weight: 20%, against: quota, pays: {{curve: {{0%: 0%, 100%: 100%}}}}}}
""",
    target_pay=10000,
)
# person: promoters and detractors among their answers
FIRST = {"x:1": (36, 2, 40), "x:2": (10, 20, 40), "x:3": (20, 10, 40), "x:4": (8, 30, 40), "x:5": (4, 0, 6)}


def answers(small: Company, person: str, promoters: int, detractors: int, n: int) -> None:
    for counts_in in ("whole", "people"):
        seen = counts_in == "people"
        small.add("measure_cells", measure="nps", counts_in=counts_in, person_no=int(person[2:]) if seen else 0,
                  person_id=person if seen else "", team_id="x:t" if seen else "", department="sales" if seen else "",
                  segment="", region="", stage="", month=Q1, duration=-1, outcome=-1, n=n, a=Decimal(promoters),
                  b=Decimal(detractors), c=Decimal(0))  # fmt: skip


def company(later: dict[str, tuple[int, int, int]] | None = None, today: date = date(2026, 4, 10)) -> Company:
    small = Company(today=today)
    for person, counts in FIRST.items():
        small.person(person, to_on=date(2026, 4, 1), team_id="x:t")
        answers(small, person, *counts)
    for person, counts in (later or {}).items():
        answers(small, person, *counts)
    return small


def close(books: Path, found: Paid, period: str, today: date = date(2026, 7, 1)) -> None:
    lines, evidence = (found.engine.fetch(name) for name in ("pay_lines", "evidence_to_settle"))
    close_periods(
        books, parse_period(period), f"run of {period}", lines, today, datetime(2026, 7, 1), evidence=evidence
    )


def after(books: Path, later: dict[str, tuple[int, int, int]]) -> Paid:
    small = company(later, date(2026, 7, 2))
    small.settled = settled_tables(books)
    return small.pay(PLAN)


def changed(found: Paid) -> set[tuple[str, str]]:
    return {(row["person_id"], row["part"]) for row in found.lines(status="open") if row["part"]}


def total(found: Paid, person: str, part: str) -> dict[str, Any]:
    (row,) = [one for one in found.rows("part_totals") if (one["person_id"], one["part"]) == (person, part)]
    return row


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.sqlite"
    close(path, company().pay(PLAN), "2026-Q1")
    return path


def test_nothing_later_changes_nothing_and_is_not_settled_again(books: Path) -> None:
    found = after(books, {})
    assert changed(found) == set()
    assert found.rows("evidence_to_settle") == []


def test_four_later_answers_are_not_told(books: Path) -> None:
    found = after(books, {"x:1": (0, 4, 4)})
    assert changed(found) == set()
    assert total(found, "x:1", "own")["n"] == 40


def test_five_move_their_own_unit_with_k_and_the_collective_of_the_close(books: Path) -> None:
    was = total(after(books, {}), "x:1", "own")
    found = after(books, {"x:1": (0, 10, 10)})
    # everybody's value has ten more answers, too; the others' own pay stays
    assert changed(found) == {("x:1", "own"), ("x:1", "plain"), *((person, "everybody") for person in FIRST)}
    now = total(found, "x:1", "own")
    (kept,) = [row for row in settled_tables(books)["settled_evidence"].to_pylist()
               if (row["person_id"], row["part"], row["level"]) == ("x:1", "own", "own")]  # fmt: skip
    observed = Decimal(100 * (36 - 12)) / 50
    z = round(50 / (50 + kept["k"]), 6)
    assert (now["n"], now["observed"], now["z"]) == (50, observed, z)
    assert now["collective"] == was["collective"] == kept["collective"]
    assert abs(now["value"] - (z * observed + (1 - z) * was["collective"])) < Decimal("0.0002")
    assert total(found, "x:1", "plain")["value"] == observed
    assert {row["reason"] for row in found.lines(status="open") if row["part"]} == {"corrected"}


def test_batches_are_counted_from_what_was_settled_last(books: Path) -> None:
    close(books, after(books, {"x:1": (0, 5, 5)}), "2026-Q2")
    assert total(after(books, {"x:1": (0, 9, 9)}), "x:1", "own")["n"] == 45
    assert total(after(books, {"x:1": (0, 10, 10)}), "x:1", "own")["n"] == 50


def test_the_own_value_takes_over_when_enough_have_come(books: Path) -> None:
    assert total(after(books, {}), "x:5", "own")["stands_for"] == "team"
    assert total(after(books, {"x:5": (0, 3, 3)}), "x:5", "own")["stands_for"] == "team"
    found = after(books, {"x:5": (0, 5, 5)})
    assert (total(found, "x:5", "own")["stands_for"], total(found, "x:5", "own")["n"]) == ("own", 11)


def test_the_books_refuse_a_change_of_what_pay_used(books: Path) -> None:
    import sqlite3

    with sqlite3.connect(books) as connection, pytest.raises(sqlite3.DatabaseError, match="does not change"):
        connection.execute("UPDATE settled_evidence SET k = '1'")


def test_fewer_than_five_answers_are_neither_paid_on_nor_told() -> None:
    small = Company(today=date(2026, 4, 10)).person("x:1", to_on=date(2026, 4, 1))
    answers(small, "x:1", 4, 0, 4)
    text = plan(f"own: {{measure: nps, weight: 100%, {CURVE}, evidence: {{otherwise: nothing}}}}", target_pay=1000)
    found = total(small.pay(text), "x:1", "own")
    assert (found["stands_for"], found["pay"]) == ("nothing", 0)
    assert [found[name] for name in ("n", "observed", "low", "high")] == [None] * 4
    answers(small, "x:1", 1, 0, 1)
    assert total(small.pay(text), "x:1", "own")["n"] == 5


def test_a_plan_may_not_pay_on_fewer() -> None:
    with pytest.raises(ConfigurationError) as error:
        read_plan(PLAN.replace("at_least: 10", "at_least: 4", 1))
    (problem,) = error.value.problems
    assert (problem.code, problem.found, problem.expected) == ("plan-evidence", "4 answers", "5 answers or more")
