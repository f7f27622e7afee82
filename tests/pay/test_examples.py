"""The examples in a plan are paid through the very same models."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from keepwell.pay.examples import run_examples
from keepwell.pay.parse import read_plan
from pay_company import plan

EXAMPLES = Path(__file__).parents[1] / "cases" / "enterprise-ae-2026.yaml"


def test_the_plan_of_an_account_executive_gives_its_stated_amounts() -> None:
    (result,), problems = run_examples([read_plan(EXAMPLES.read_text(), file="enterprise-ae-2026.yaml")])
    assert problems == []
    assert {part.part: part.found for part in result.parts} == {
        "new_business": Decimal("11760.00"), "go_live": Decimal("1330.00"), "relationship_nps": Decimal("1380.00"),
        "kept_revenue": Decimal("896.00"), "service_rep": Decimal("480.00"),
    }  # fmt: skip
    assert result.is_right


def test_an_example_that_does_not_come_out_is_shown_by_part() -> None:
    text = plan(
        "orders: {measure: order_amount, pays: {steps: {0: 1%, 1000: 2%}}}",
        examples="[{name: One, given: {orders: [1500, 500]}, expect: {orders: 40.00}}, "
        "{name: Two, given: {orders: [{day: 2026-05-05, amount: 100}]}, expect: {orders: 1}}]",
    )
    (one, two), _ = run_examples([read_plan(text, file="plans/p.yaml")])
    (problem,) = one.problems()
    assert str(problem) == "plans/p.yaml:6: One: orders comes out otherwise; found 30.00; expected 40.00 [plan-example]"
    assert two.is_right


def test_contracts_that_end_and_shares_of_them() -> None:
    text = plan(
        """
sold:
  measure: signed_annual_value
  credit: signed
  over: each
  pays: {rate: 10%}
  takes_back: {when: customer left, not_for: [force_majeure], share: {90 days: 100%, later: 0%}}
""",
        credit="{signed: {deal_shares: 100%}}",
        examples="[{given: {contracts: [{signed: 2026-01-10, annual_value: 1000, left: 2026-03-01}, "
        "{id: b, signed: 2026-01-10, annual_value: 500, share: 50%}, "
        "{id: c, signed: 2026-01-10, annual_value: 70, left: 2026-03-01, reason: force_majeure}]}, expect: {sold: 32}}]",
    )
    (result,), _ = run_examples([read_plan(text)])
    assert result.parts[0].found == 32


def test_what_an_example_cannot_give_is_said() -> None:
    text = plan(
        "orders: {measure: order_amount, pays: {rate: 1%}}", examples="[{given: {order: [1]}, expect: {orders: 1}}]"
    )
    results, (problem,) = run_examples([read_plan(text)])
    assert results == []
    assert (problem.code, problem.nearest) == ("plan-unknown-word", "orders")


@pytest.mark.parametrize("missing", ["{}", "{value: 4}"])
def test_a_measure_is_given_with_its_value(missing: str) -> None:
    text = plan("nps: {measure: nps, weight: 100%, pays: {curve: {0: 0%, 40: 100%}}, evidence: {at_least: 5, otherwise: target}}",
                target_pay=1000, examples=f"[{{given: {{nps: {missing}}}, expect: {{nps: 100}}}}]")  # fmt: skip
    results, problems = run_examples([read_plan(text)])
    assert [problem.code for problem in problems] == (["plan-word-missing"] if missing == "{}" else [])
    assert [result.parts[0].found for result in results] == ([] if missing == "{}" else [100])
