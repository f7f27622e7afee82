"""Holds until a payment or a day, and what becomes of holds and advances when the person leaves."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from keepwell.core.periods import parse_period
from keepwell.pay.parse import read_plan
from keepwell.pay.statement import statement
from pay_company import Company, Paid, plan


def held(until: str, more: str = "", **words: str) -> str:
    return plan(f"it: {{measure: signed_annual_value, over: each, pays: {{rate: 10%}}, holds: {{until: {until}{more}}}}}",
                period="month", **words)  # fmt: skip


def signed(left_on: date | None = None, gone_on: date | None = None, today: date = date(2026, 6, 30)) -> Company:
    """One deal of 10,000 on 10 January; perhaps the seller or the customer leaves."""
    small = Company(today=today, closes="month")
    small.add("people", person_id="x:1", left_on=left_on)
    small.add("positions", person_id="x:1", from_on=date(2026, 1, 1), role="seller")
    small.fact(10_000, date(2026, 1, 10), contract_id="x:c", customer_id="x:c")
    return small.add("contracts", contract_id="x:c", customer_id="x:c", starts_on=date(2026, 1, 10), ended_on=gone_on)


def invoice(small: Company, name: str, issued_on: date, paid_on: date | None, amount: int = 100) -> Company:
    return small.add("invoices", invoice_id=name, customer_id="x:c", contract_id="x:c", issued_on=issued_on, paid_on=paid_on,
                     amount=Decimal(amount))  # fmt: skip


def moves(found: Paid) -> list[tuple[str, int, Decimal]]:
    return sorted((line["movement"], line["period"] % 12 + 1, line["amount"]) for line in found.lines())


def test_the_first_invoice_counts_also_after_the_customer_left() -> None:
    small = signed(gone_on=date(2026, 2, 20))
    invoice(small, "a credit note", date(2026, 1, 11), date(2026, 1, 12), -50)
    invoice(small, "first", date(2026, 1, 15), date(2026, 4, 2))
    invoice(small, "second", date(2026, 2, 15), date(2026, 2, 16))
    found = small.pay(held("paid"))
    assert moves(found) == [("held", 1, 1000), ("released", 4, 1000)]
    told = statement({name: found.engine.fetch(name) for name in ("pay_lines", "part_totals")}, [read_plan(held("paid"))], "x:1",
                     parse_period("2026-04"))  # fmt: skip
    assert [line.sentence for line in told.lines] == [
        "x:c paid the first invoice on day 82, so all of the hold is released: €1,000.00."]  # fmt: skip


def test_what_is_paid_late_is_released_by_the_schedule() -> None:
    small = invoice(signed(), "first", date(2026, 1, 15), date(2026, 4, 2))
    found = small.pay(held("paid", ", releases: {60 days: 100%, 90 days: 50%, later: 0%}"))
    assert moves(found) == [("held", 1, 1000), ("lapsed", 4, -500), ("released", 4, 500)]


@pytest.mark.parametrize(("today", "expected"), [
    (date(2026, 3, 14), [("held", 1, 1000)]),
    (date(2026, 3, 15), [("held", 1, 1000), ("released", 3, 1000)]),
])  # fmt: skip
def test_a_day_releases_whatever_became_of_the_customer(today: date, expected: list[tuple[str, int, int]]) -> None:
    assert moves(signed(gone_on=date(2026, 2, 1), today=today).pay(held("2026-03-15"))) == expected


def test_what_is_still_held_when_the_person_leaves_is_lost_and_never_was_earned() -> None:
    late = invoice(signed(left_on=date(2026, 3, 10)), "first", date(2026, 1, 15), date(2026, 3, 11))
    words = held("paid", on_leaving="{holds: lost}")
    found = late.pay(words)
    assert moves(found) == [("held", 1, 1000), ("lapsed", 3, -1000)]
    assert (found.total("earned"), found.total("held")) == (0, 0)
    in_time = invoice(signed(left_on=date(2026, 3, 10)), "first", date(2026, 1, 15), date(2026, 3, 10))
    assert moves(in_time.pay(words)) == [("held", 1, 1000), ("released", 3, 1000)]
    assert moves(late.pay(held("paid"))) == [("held", 1, 1000), ("released", 3, 1000)]


@pytest.mark.parametrize(("gone_on", "back"), [(date(2026, 3, 9), 1000), (date(2026, 3, 10), 0), (date(2026, 4, 1), 0)])
def test_an_advance_is_earned_when_the_person_leaves(gone_on: date, back: int) -> None:
    words = plan("it: {measure: signed_annual_value, over: each, pays: {rate: 10%}, takes_back: {when: customer left, "
                 "share: {365 days: 100%, later: 0%}}}", period="month", on_leaving="{advances: earned}")  # fmt: skip
    found = signed(left_on=date(2026, 3, 10), gone_on=gone_on).pay(words)
    assert -found.total("amount", movement="taken_back") == back
    assert (found.total("earned"), found.total("advanced")) == (1000 - back, 0)
    assert {line["period"] % 12 + 1 for line in found.lines(movement="earned")} == ({3} if not back else set())


def other_payer(gone_on: date | None = None) -> Company:
    """A contract's fact that names another customer than the contract does."""
    small = signed(gone_on=gone_on)
    small.rows["amount_facts"][0]["customer_id"] = "x:other"
    return small


@pytest.mark.parametrize(("until", "expected"), [
    ("went_live", [("held", 1, 1000), ("lapsed", 2, -1000)]),
    ("paid", [("held", 1, 1000), ("released", 4, 1000)]),
])  # fmt: skip
def test_what_became_of_the_contract_decides_whoever_is_invoiced(
    until: str, expected: list[tuple[str, int, int]]
) -> None:
    small = invoice(other_payer(gone_on=date(2026, 2, 20)), "first", date(2026, 1, 15), date(2026, 4, 2))
    assert moves(small.pay(held(until))) == expected


def test_a_milestone_of_the_contract_counts_whoever_is_invoiced() -> None:
    small = other_payer()
    for customer, day in (("x:c", 11), ("x:third", 9)):
        small.add("milestones", customer_id=customer, contract_id="x:c", kind="went_live",
                  reached_at=datetime(2026, 3, day, 12))  # fmt: skip
    assert moves(small.pay(held("went_live"))) == [("held", 1, 1000), ("released", 3, 1000)]
