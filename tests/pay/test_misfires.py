"""What is known to misfire is said with the money at stake; pay on one person's luck is refused without a reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from keepwell.core.errors import Problem
from keepwell.pay.misfires import Seen, chance_beyond, misfires, seen_in, standard_error
from keepwell.pay.parse import read_plan
from pay_company import plan


def found(part: str, seen: Seen | None = None, **words: Any) -> list[Problem]:
    read = read_plan(plan(f"p: {part}", **{"target_pay": 1000, **words}), file="plans/p.yaml")
    return misfires(read, {("p", "p"): seen} if seen else None)


def sold(shape: str, more: str = "") -> str:
    return f"{{measure: signed_annual_value, against: quota, weight: 100%, pays: {shape}{more}}}"


def score(measure: str, curve: str, at_least: int, more: str = "", evidence: str = "") -> str:
    return (f"{{measure: {measure}, weight: 100%, evidence: {{at_least: {at_least} answers, otherwise: target{evidence}}}, "
            f"pays: {{curve: {curve}}}{more}}}")  # fmt: skip


def test_an_ordinary_curve_is_no_misfire() -> None:
    assert found(sold("{curve: {50%: 0%, 100%: 100%, 150%: 200%}}")) == []
    assert found("{measure: order_amount, pays: {rate: 2%}}") == []


def test_a_cliff_is_said_with_the_money_at_the_step() -> None:
    (one,) = found(sold("{level: {0%: 70%, 90%: 100%, 120%: 110%}}"))
    assert (one.code, one.severity, one.file, one.line) == ("plan-cliff", "warning", "plans/p.yaml", 8)
    assert "a cliff at 90%: one step pays €270 more (€630 just under it, €900 from it on)" in one.message
    assert found(sold("{curve: {50%: 0%, 100%: [95%, 100%], 200%: 200%}}")) == []
    (falls,) = found(sold("{curve: {0%: 0%, 100%: [100%, 50%], 200%: 200%}}"))
    assert "pays €500 less" in falls.message


@pytest.mark.parametrize("part", [
    sold("{curve: {0%: 0%, 120%: 120%}}"), sold("{rate: 100%}", ", at_most: 110%"),
    "{measure: order_amount, pays: {rate: 2%}, at_most: 5000}",
])  # fmt: skip
def test_a_cap_that_removes_incentive_is_said(part: str) -> None:
    assert [one.code for one in found(part)] == ["plan-cap"]


def test_a_cap_says_from_where_on() -> None:
    assert "from €250,000 on" in found("{measure: order_amount, pays: {rate: 2%}, at_most: 5000}")[0].message
    assert found("{measure: order_amount, pays: {rate: 2%}, at_most: 5000, excess: carried}") == []
    assert found(sold("{rate: 100%}", ", at_most: 150%")) == []


def test_luck_is_as_the_method_says() -> None:
    se = standard_error("nps", 30, 30)
    assert se is not None
    assert (round(1.96 * se), round(chance_beyond(5, se), 2)) == (28, 0.36)
    assert standard_error("time_to_value", 60, 30) is None


def test_pay_by_chance_is_said_with_the_money() -> None:
    (one,) = found(score("nps", "{0: 0%, 25: 100%, 50: 150%}", 30, ", of: team"))
    assert one.code == "plan-few-answers"
    assert "with 30 answers or cases NPS is sure to ±28.6 points" in one.message
    assert "paid €0 to €1,500 by chance alone, and reaches 50 in 4% of cases, before it is weighted" in one.message
    assert found(score("nps", "{0: 0%, 25: 100%, 50: 150%}", 300, ", of: team")) == []


def test_an_observed_value_must_bear_more() -> None:
    curve = "{0: 0%, 25: 100%, 50: 150%}"
    assert found(score("nps", curve, 120, ", of: team")) == []
    assert [one.code for one in found(score("nps", curve, 120, ", of: team", ", value: observed"))] == [
        "plan-few-answers"
    ]


def test_one_persons_luck_is_refused_unless_a_reason_is_given() -> None:
    (one,) = found(score("nps", "{20: 0%, 40: 100%}", 30))
    assert (one.code, one.severity) == ("plan-wide-interval", "error")
    (other,) = found(score("nps", "{20: 0%, 40: 100%}", 30, ", despite: The pilot runs for a month."))
    assert (other.code, other.severity) == ("plan-wide-interval", "warning")
    assert "all the same, because: The pilot runs for a month." in other.message
    assert [one.severity for one in found(score("nps", "{20: 0%, 40: 120%}", 30, ", of: team"))] == ["warning"]


def test_what_a_run_has_seen_counts_before_what_the_plan_asks_for() -> None:
    part = score("csat", "{40%: 0%, 70%: 100%, 90%: 150%}", 5)
    assert [one.code for one in found(part)] == ["plan-wide-interval"]
    assert found(part, Seen(400, 0.02, 0.9)) == []
    (one,) = found(part, Seen(60, 0.09, 1.0))
    assert "with typically 60 answers or cases" in one.message


def test_the_medians_of_a_run_are_taken_over_people_and_windows() -> None:
    def row(n: int, low: str, high: str, scenario: str = "actual") -> dict[str, Any]:
        return {"scenario": scenario, "plan": "p", "part": "q", "n": n, "low": Decimal(low), "high": Decimal(high),
                "z": Decimal("0.5")}  # fmt: skip

    rows = [
        row(10, "0", "0.4"),
        row(20, "0.1", "0.3"),
        row(60, "0.1", "0.2"),
        row(999, "0", "1", "what-if"),
        row(0, "0", "1"),
    ]
    (seen,) = seen_in(rows).values()
    assert (seen.n, seen.z) == (20, 0.5)
    assert seen.se == pytest.approx(0.1 / 1.96, rel=1e-3)
