"""Two plans side by side: part by part, with why they differ; only one of them pays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from keepwell.core.errors import MissingError
from keepwell.core.periods import parse_period
from keepwell.pay.beside import statements_beside
from keepwell.pay.parse import read_plan
from keepwell.show.beside import beside_html, beside_json, beside_text
from keepwell.show.names import Names
from pay_company import Company, Paid, plan

Q1 = parse_period("2026-Q1")
PAID = plan(
    """
sales: {measure: signed_annual_value, weight: 60%, against: quota, pays: {curve: {0%: 0%, 100%: 100%}}}
orders: {measure: order_amount, weight: 40%, against: quota, pays: {curve: {0%: 0%, 100%: 100%}}}
""",
    target_pay=1000,
)
SHADOW = plan(
    """
sales: {measure: signed_annual_value, weight: 70%, against: quota, pays: {curve: {0%: 0%, 100%: 100%}}}
orders: {measure: order_amount, weight: 30%, against: quota, pays: {curve: {50%: 0%, 100%: 100%}}}
bonus: {measure: order_amount, pays: {amount: {0: 0, 500: 25}}}
""",
    target_pay=1000, plan="q", title="Next year", shadow="true",
)  # fmt: skip


def tables(found: Paid) -> dict[str, Any]:
    return {name: found.engine.fetch(name) for name in ("pay_lines", "part_totals")}


def test_each_part_says_why_it_differs() -> None:
    small = Company(today=date(2026, 3, 31)).person().quota(1000, to_on=date(2026, 4, 1)).fact(1000)
    small.quota(1000, to_on=date(2026, 4, 1), measure="order_amount").fact(500, measure="order_amount")
    found = small.pay(PAID, SHADOW)
    (one,) = statements_beside(tables(found), [read_plan(PAID), read_plan(SHADOW)], "x:1", Q1)
    assert [(part.part, part.paid, part.beside) for part in one.parts] == [
        ("sales", 600, 700), ("orders", 200, 0), ("bonus", None, 25)]  # fmt: skip
    assert [part.why for part in one.parts] == [
        "it has 70% of target pay, not 60%.", "it has 30% of target pay, not 40%.", "Only Next year has this part."]  # fmt: skip
    assert (one.paid.payable, one.beside.payable, one.difference, one.kind) == (800, 725, -75, "in the shadow")
    names = Names(people={"x:1": "Ann Bell"}, customers={}, teams={})
    text = beside_text([one], names)
    assert "Beside: Next year, in the shadow; it pays nothing" in text
    assert "Only Next year has this part." in text
    assert beside_json([one], names)[0]["difference"] == "-75.0000"
    page = beside_html([one], names)
    assert "In the shadow: it pays nothing" in page
    assert '<p class="small soft">Only Next year has this part.</p>' in page
    assert page.count("€725.00") == 2


def test_the_plan_before_is_shown_as_long_as_a_transition_looks_back() -> None:
    old = plan("it: {measure: signed_annual_value, pays: {rate: 50%}}", plan="old", applies_to="{role: nobody}",
               effective="{from: 2025-01-01, to: 2026-01-01}")  # fmt: skip
    new = plan("it: {measure: signed_annual_value, pays: {rate: 20%}}", transition="{not_below: old, for: 1 quarter}")
    found = Company(today=date(2026, 3, 31)).person().fact(1000).pay(old, new)
    (one,) = statements_beside(tables(found), [read_plan(old), read_plan(new)], "x:1", Q1)
    assert (one.kind, one.paid.payable, one.beside.payable) == ("the plan before", 500, 500)
    assert [(part.title, part.paid, part.beside) for part in one.parts] == [
        ("It", Decimal(200), Decimal(500)), ("Guarantee, transition, draw", 300, 0)]  # fmt: skip


def test_where_nothing_is_beside_that_is_said() -> None:
    found = (
        Company(today=date(2026, 3, 31))
        .person()
        .fact(1000)
        .pay(plan("it: {measure: signed_annual_value, pays: {rate: 20%}}"))
    )
    with pytest.raises(MissingError, match="nothing is computed beside"):
        statements_beside(tables(found), [], "x:1", Q1)
