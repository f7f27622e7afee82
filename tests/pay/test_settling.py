"""What is payable is what was earned as now known, less what was settled; nothing settled changes."""

from __future__ import annotations

import random
import sqlite3
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keepwell.books import settled_tables
from keepwell.core.errors import RefusedError
from keepwell.core.periods import parse_period
from pay_company import SELLER, Company, Paid, busy_company, plan
from replayed import close_periods


def close(found: Paid, books: Path, period: str, today: date) -> dict[str, pa.Table]:
    lines = found.engine.fetch("pay_lines")
    close_periods(books, parse_period(period), "run", lines, today, datetime(2027, 1, 1))
    return settled_tables(books)


def test_a_late_fact_is_a_line_of_the_next_open_period(tmp_path: Path) -> None:
    small = Company(today=date(2026, 6, 30)).person().quota(400000)
    small.fact(10000, date(2026, 2, 1), measure="invoiced_amount")
    first = small.pay(SELLER)
    assert first.total(part="service") == 100
    small.settled = close(first, tmp_path / "books.sqlite", "2026-Q1", small.today)
    small.fact(5000, date(2026, 3, 1), measure="invoiced_amount")
    second = small.pay(SELLER)
    (line,) = second.lines(part="service", status="open")
    assert (line["amount"], line["reason"], line["settled"]) == (150, "late fact", 100)
    assert line["belongs_to"] == parse_period("2026-Q1").first_month
    assert line["period"] == parse_period("2026-Q2").first_month
    assert line["corrects"] == first.lines(part="service")[0]["line_id"]


def test_a_fact_that_is_withdrawn_is_corrected(tmp_path: Path) -> None:
    small = Company(today=date(2026, 6, 30)).person().quota(400000)
    small.fact(10000, date(2026, 2, 1), measure="order_amount").fact(500, date(2026, 2, 2), measure="order_amount")
    small.settled = close(small.pay(SELLER), tmp_path / "books.sqlite", "2026-Q1", small.today)
    small.rows["amount_facts"].pop(0)
    found = small.pay(SELLER)
    (line,) = found.lines(status="open", part="orders")
    assert (line["amount"], line["payable"], line["reason"]) == (-200, -200, "corrected")
    (put_off,) = found.lines(movement="put_off")
    assert (put_off["payable"], put_off["recoverable"]) == (200, 200)


def test_unchanged_inputs_pay_nothing_more(tmp_path: Path) -> None:
    small = busy_company(random.Random(5))  # noqa: S311
    small.settled = close(small.pay(SELLER), tmp_path / "books.sqlite", "2026-Q4", small.today)
    assert [line for line in small.pay(SELLER).lines(status="open") if line["period"] <= 24321] == []
    again = small.pay(SELLER)
    assert all(line["belongs_to"] > 24321 for line in again.lines(status="open"))


def test_a_deal_that_is_corrected_after_a_limit_was_reached(tmp_path: Path) -> None:
    """At most 500 a quarter and 900 a year of 10%: a deal of January, found in May to be smaller, costs what it now comes to."""
    sold = "sold: {measure: signed_annual_value, pays: {rate: 10%}, at_most: {period: 500, year: 900}}"
    late = "late: {measure: signed_annual_value, pays: {rate: 10%}, at_most: 500, excess: carried}"
    words = plan(f"{sold}\n{late}")
    small = Company(today=date(2026, 6, 30)).person().fact(7000, date(2026, 1, 20)).fact(4500, date(2026, 5, 3))
    first = small.pay(words)
    assert [line["amount"] for line in first.lines(part="sold")] == [500, 400]
    assert [line["amount"] for line in first.lines(part="late")] == [500, 500]
    small.settled = close(first, tmp_path / "books.sqlite", "2026-Q1", small.today)
    small.rows["amount_facts"][0]["amount"] = Decimal(3000)
    second = small.pay(words)
    lines = {(line["part"], line["belongs_to"]): line for line in second.lines(status="open") if line["part"]}
    q1, q2 = parse_period("2026-Q1").first_month, parse_period("2026-Q2").first_month
    assert {key: line["amount"] for key, line in lines.items()} == {
        ("sold", q1): -200, ("sold", q2): 450, ("late", q1): -200, ("late", q2): 450}  # fmt: skip
    assert (lines["sold", q1]["reason"], lines["sold", q1]["settled"], lines["sold", q1]["period"]) == (
        "corrected",
        500,
        q2,
    )


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_settlements_add_up_to_what_is_now_known(tmp_path: Path, seed: int) -> None:
    """Facts that arrive in any order, over any calendar of closes, come to the same as if all had been known at once."""
    dice = random.Random(seed)  # noqa: S311
    whole = busy_company(dice)
    facts = list(whole.rows["amount_facts"])
    dice.shuffle(facts)
    books = tmp_path / f"books{seed}-{dice.random()}.sqlite"
    growing = Company(rows=dict(whole.rows), today=date(2027, 3, 31)).person()
    for share, period in sorted(zip((0.3, 0.6), dice.sample(["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"], 2), strict=True),
                                key=lambda pair: pair[1]):  # fmt: skip
        growing.rows["amount_facts"] = facts[: int(len(facts) * share)]
        growing.settled = close(growing.pay(SELLER), books, period, growing.today)
    growing.rows["amount_facts"] = facts
    final, at_once = growing.pay(SELLER), whole.pay(SELLER)
    for column in ("earned", "held", "advanced"):
        assert final.total(column) == at_once.total(column), column
    assert owed(final) == owed(at_once)
    assert all(amount >= 0 for amount in payouts(final).values())


def owed(found: Paid) -> Decimal:
    """What is payable in all, less what is still to be recovered of it."""
    return found.total("payable") - found.total("recoverable")


def payouts(found: Paid) -> dict[Any, Decimal]:
    sums: dict[Any, Decimal] = {}
    for line in found.lines():
        sums[line["period"]] = sums.get(line["period"], Decimal(0)) + line["payable"]
    return sums


def test_no_more_than_a_quarter_of_a_payout_is_recovered() -> None:
    small = Company(today=date(2026, 12, 31)).person().quota(400000)
    small.fact(500000, date(2026, 1, 10), contract_id="x:c", customer_id="x:c")
    small.add(
        "contracts", contract_id="x:c", customer_id="x:c", starts_on=date(2026, 1, 10), ended_on=date(2026, 4, 20)
    )
    for quarter in (4, 7, 10):
        small.fact(100000, date(2026, quarter, 1), measure="order_amount")
    found = small.pay(SELLER)
    assert -found.total("amount", movement="taken_back") == Decimal("34560.00")
    assert [line["amount"] for line in found.lines(movement="recovered")] == [-500, -500, -500]
    assert found.total("recoverable") == Decimal("34560.00") - 1500


def test_periods_close_in_order_and_once(tmp_path: Path) -> None:
    small = Company(today=date(2026, 7, 1)).person().quota(400000).fact(1000, measure="order_amount")
    found = small.pay(SELLER)
    books = tmp_path / "books.sqlite"
    closed = close_periods(books, parse_period("2026-Q2"), "r", found.engine.fetch("pay_lines"), small.today,
                           datetime(2026, 7, 1))  # fmt: skip
    assert [period.name for period in closed.periods] == ["2026-Q1", "2026-Q2"]
    assert closed.payable == {"EUR": Decimal("20.0000")}
    with pytest.raises(RefusedError, match="closed already"):
        close_periods(books, parse_period("2026-Q1"), "r", found.engine.fetch("pay_lines"), small.today,
                      datetime(2026, 7, 1))  # fmt: skip
    with pytest.raises(RefusedError, match="is not over"):
        close_periods(books, parse_period("2026-Q3"), "r", found.engine.fetch("pay_lines"), small.today,
                      datetime(2026, 7, 1))  # fmt: skip


def test_a_run_from_before_the_last_close_settles_nothing(tmp_path: Path) -> None:
    small = Company(today=date(2026, 12, 31)).person().quota(400000).fact(1000, measure="order_amount")
    lines = small.pay(SELLER).engine.fetch("pay_lines")
    books = tmp_path / "books.sqlite"
    close_periods(books, parse_period("2026-Q1"), "r", lines, small.today, datetime(2026, 7, 1))
    with pytest.raises(RefusedError, match="before the books were last changed"):
        close_periods(books, parse_period("2026-Q2"), "r", lines, small.today, datetime(2026, 7, 1))


def test_nothing_changes_what_is_closed(tmp_path: Path) -> None:
    small = Company(today=date(2026, 7, 1)).person().quota(400000).fact(1000, measure="order_amount")
    books = tmp_path / "books.sqlite"
    close(small.pay(SELLER), books, "2026-Q1", small.today)
    for statement in ("UPDATE settled_lines SET payable = '9'", "DELETE FROM settled_periods"):
        with pytest.raises(sqlite3.IntegrityError, match="does not change"), sqlite3.connect(books) as connection:
            connection.execute(statement)
