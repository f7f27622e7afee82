"""What vendors and others print as worked examples comes out to the cent: tests/cases/published.yaml, through the pipeline."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

from pay_company import Company, Paid, plan

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "published.yaml").read_text())
APRIL = date(2026, 4, 1)


def kind(word: str) -> Any:
    """The cases that are given so, each by its name."""
    cases = [case for case in CASES if word in case]
    assert cases
    return pytest.mark.parametrize("case", cases, ids=[case["id"] for case in cases])


def written(words: Any) -> str:
    return yaml.safe_dump(words, default_flow_style=True, width=1000, sort_keys=False).strip()


@kind("each")
def test_each_amount_by_itself(case: dict[str, Any]) -> None:
    small = Company().person()
    for place, amount in enumerate(case["each"], 10):
        small.fact(amount, date(2026, 1, place))
    part = f"it: {{measure: signed_annual_value, over: each, pays: {written(case['pays'])}}}"
    lines = small.pay(plan(part)).lines(movement="earned")
    assert [row["amount"] for row in sorted(lines, key=lambda row: row["fact_on"])] == case["expect"]


@kind("quarter")
def test_the_amounts_of_a_quarter_together(case: dict[str, Any]) -> None:
    """Each amount is another person's, all of whom report to who is paid; or all are their own."""
    below = case.get("of") == "roll_up"
    small, names = Company().person("x:9", to_on=APRIL, role="lead"), count(1)
    for place, amount in enumerate(case["quarter"], 10):
        name = f"x:{next(names)}" if below else "x:9"
        if below:
            small.person(name, to_on=APRIL, manager_id="x:9")
        small.fact(amount, date(2026, 1, place), owner_id=name)
    part = f"it: {{measure: signed_annual_value, of: {case.get('of', 'own')}, pays: {written(case['pays'])}}}"
    assert small.pay(plan(part, applies_to="{role: lead}")).total() == case["expect"]


@kind("months")
def test_months_under_a_draw(case: dict[str, Any]) -> None:
    small = Company(today=date(2026, len(case["months"]), 28), closes="month").person()
    for month, amount in enumerate(case["months"], 1):
        small.fact(amount, date(2026, month, 10))
    words = {"period": "month", "draw": written(case["draw"])}
    found = small.pay(plan("it: {measure: signed_annual_value, pays: {rate: 100%}}", **words))
    assert [paid_in(found, month) for month in range(2026 * 12, 2026 * 12 + len(case["months"]))] == case["expect"]


def paid_in(found: Paid, month: int) -> Decimal:
    movements = ("earned", "drawn", "recovered", "put_off")
    return sum((found.total(period=month, movement=one) for one in movements), Decimal(0))


@kind("contract")
def test_a_contract_that_ends_early(case: dict[str, Any]) -> None:
    given = case["contract"]
    small = Company(today=date(2027, 3, 31)).person()
    small.fact(given["amount"], given["signed"], customer_id="x:c", contract_id="x:k")
    small.add("contracts", contract_id="x:k", customer_id="x:c", starts_on=given["signed"], ended_on=given["left"],
              known_at=datetime(2026, 1, 1))  # fmt: skip
    words = {word: case[word] for word in ("pays", "holds", "takes_back") if word in case}
    lines = small.pay(plan(f"it: {written({'measure': 'signed_annual_value', 'over': 'each', **words})}")).lines()
    moved = {row["movement"]: row["amount"] for row in lines if row["amount"]}
    assert {movement: moved.get(movement, 0) for movement in case["expect"]} == case["expect"]
