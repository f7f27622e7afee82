"""The journal is double entry: every entry adds to zero, and each account holds what the lines say."""

from __future__ import annotations

import random
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from keepwell.books import settled_tables
from keepwell.core.periods import parse_period
from pay_company import SELLER, Company, Paid, busy_company, plan
from replayed import close_periods

ACCOUNTS = {"earned", "held", "advanced", "payable", "draw", "recoverable", "paid"}


def balances(found: Paid, *by: str) -> dict[Any, Decimal]:
    sums: dict[Any, Decimal] = {}
    for row in found.rows("journal"):
        key = tuple(row[name] for name in by)
        sums[key] = sums.get(key, Decimal(0)) + row["amount"]
    return sums


def accounts(found: Paid) -> dict[str, Decimal]:
    return {account: amount for (account,), amount in balances(found, "account").items()}


def test_every_entry_adds_to_zero_and_every_account_to_its_lines(tmp_path: Path) -> None:
    small = busy_company(random.Random(5))  # noqa: S311
    first = small.pay(SELLER)
    close_periods(tmp_path / "books", parse_period("2026-Q3"), "run", first.engine.fetch("pay_lines"), small.today,
                  datetime(2026, 7, 1))  # fmt: skip
    small.settled = settled_tables(tmp_path / "books")
    small.fact(1234, date(2026, 1, 3), measure="invoiced_amount")
    found = small.pay(SELLER)
    assert set(balances(found, "person_id", "period", "entry_id", "currency").values()) == {0}
    told = accounts(found)
    assert set(told) <= ACCOUNTS
    settled = found.total("payable", status="settled")
    assert settled > 0
    assert -told["paid"] == settled
    assert -told["payable"] == found.total("payable", status="open")
    assert told["earned"] == found.total("earned")
    assert told["recoverable"] == found.total("recoverable")
    assert -told.get("held", Decimal(0)) == found.total("held")


def test_a_hold_that_may_lapse_is_set_aside_and_not_earned() -> None:
    part = "it: {measure: signed_annual_value, over: each, pays: {rate: 10%}, holds: {until: went_live, releases: {90 days: 50%, later: 0%}}}"
    small = Company().person().fact(1000, contract_id="x:c", customer_id="x:c")
    small.today = date(2026, 3, 1)
    assert accounts(small.pay(plan(part))) == {"advanced": 100, "held": -100}
    small.add("milestones", customer_id="x:c", contract_id="x:c", kind="went_live", reached_at=datetime(2026, 2, 1))
    assert accounts(small.pay(plan(part))) == {"advanced": 0, "held": 0, "earned": 50, "payable": -50}
