"""A plan file is read whole, or every problem of it is said at once, with its line and the nearest word."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from keepwell.core.errors import ConfigurationError, Problem
from keepwell.pay.parse import read_plan, read_plans
from keepwell.pay.plan import Step
from pay_company import plan

GOOD = "sold: {measure: signed_annual_value, pays: {rate: 2%}}"
WEIGHED = "sold: {measure: signed_annual_value, against: quota, weight: 100%, pays: {curve: {0%: 0%, 100%: 100%}}}"


def problems(text: str) -> list[Problem]:
    with pytest.raises(ConfigurationError) as error:
        read_plan(text, file="plans/p.yaml")
    return list(error.value.problems)


def only(text: str) -> Problem:
    (problem,) = problems(text)
    return problem


def test_a_plan_is_read() -> None:
    found = read_plan(plan(WEIGHED, target_pay="12_000", rounding="{to: 1, tie: half_up}"))
    assert (found.from_on, found.to_on, found.period) == (date(2026, 1, 1), date(2027, 1, 1), "quarter")
    assert (found.target_pay, found.rounding.to, found.rounding.tie) == (Decimal(12000), Decimal(1), "half_up")
    assert found.parts[0].shape.points[1].key == 1


def test_schedules_end_with_later() -> None:
    text = plan("sold: {measure: signed_amount, pays: {rate: 2%}, holds: {until: went_live, "
                "releases: {90 days: 100%, 180 days: 50%, later: 0%}}}")  # fmt: skip
    hold = read_plan(text).parts[0].hold
    assert hold is not None
    assert hold.schedule == (Step(90, Fraction(1)), Step(180, Fraction(1, 2)), Step(None, Fraction(0)))
    assert only(text.replace(", later: 0%", "")).code == "plan-schedule"


def test_all_problems_are_said_at_once_with_their_lines() -> None:
    text = plan(GOOD.replace("rate", "rat"), perod="month", effective="{from: tomorrow}")
    found = problems(text)
    assert {problem.code for problem in found} >= {"plan-unknown-word", "plan-day"}
    assert {(problem.line, problem.nearest) for problem in found if problem.nearest} == {(6, "period"), (8, "rate")}
    assert all(problem.file == "plans/p.yaml" and problem.line for problem in found)


CASES = {
    "plan-unknown-word": plan("sold: {measure: signed_amount, pays: {rate: 2%}, weigth: 100%}"),
    "plan-unknown-measure": plan("sold: {measure: signd_amount, pays: {rate: 2%}}"),
    "plan-unknown-value": plan("sold: {measure: signed_amount, pays: {rate: 2%}, over: each week}"),
    "plan-word-missing": plan("sold: {pays: {rate: 2%}}"),
    "plan-word-later": plan(GOOD, leavers="{amount: 1000}"),
    "plan-weights": plan(WEIGHED.replace("100%, pays", "90%, pays")),
    "plan-shares": plan(GOOD, credit="{signed: {seller: 60%, engineer: 30%}}"),
    "plan-boundaries": plan("sold: {measure: signed_amount, pays: {steps: {1000: 1%, 500: 2%}}}"),
    "plan-mixed-keys": plan("sold: {measure: signed_amount, against: quota, pays: {steps: {0: 1%, 50%: 2%}}}"),
    "plan-mixed-values": plan("sold: {measure: signed_amount, pays: {steps: {0: 1%, 500: 2}}}"),
    "plan-boundary": plan("sold: {measure: signed_amount, pays: {steps: {none: 1%, 500: 2%}}}"),
    "plan-value": plan("sold: {measure: signed_amount, pays: {steps: {0: much, 500: 2%}}}"),
    "plan-jump": plan("sold: {measure: signed_amount, pays: {level: {0: [1%, 2%]}}}"),
    "plan-fee": plan("sold: {measure: signed_amount, pays: {steps: {0: {plus: 3}}}}"),
    "plan-ties": plan("sold: {measure: signed_amount, pays: {curve: {0: 0, 5: 1}, ties: lower}}"),
    "plan-shape": plan("sold: {measure: signed_amount, pays: {rate: 2%, per_unit: 5}}"),
    "plan-percent": plan("sold: {measure: signed_amount, pays: {rate: 2}}"),
    "plan-against": plan("sold: {measure: signed_amount, pays: {steps: {0%: 1%, 50%: 2%}}}"),
    "plan-values": plan("sold: {measure: signed_amount, against: quota, weight: 100%, pays: {curve: {0%: 0, 100%: 500}}}"),
    "plan-shape-on-score": plan("nps: {measure: nps, pays: {rate: 2%}, evidence: {otherwise: nothing}}"),
    "plan-keys": plan("nps: {measure: nps, weight: 100%, pays: {curve: {20%: 0%, 40%: 100%}}, evidence: {otherwise: target}}"),
    "plan-evidence": plan("nps: {measure: nps, weight: 100%, pays: {curve: {20: 0%, 40: 100%}}}"),
    "plan-score-words": plan("nps: {measure: nps, weight: 100%, over: year to date, pays: {curve: {20: 0%, 40: 100%}}, "
                             "evidence: {otherwise: target}}"),
    "plan-over": plan("sold: {measure: signed_amount, over: each, against: quota, pays: {rate: 2%}}"),
    "plan-limit": plan("sold: {measure: signed_amount, pays: {rate: 2%}, at_most: 200%}"),
    "plan-days": plan("sold: {measure: signed_amount, pays: {rate: 2%}, holds: {until: went_live, releases: {soon: 1%, later: 0%}}}"),
    "plan-schedule": plan("sold: {measure: signed_amount, pays: {rate: 2%}, takes_back: {when: customer left, share: {later: 50%}}}"),
    "plan-effective": plan(GOOD, effective="{from: 2026-01-01, to: 2025-01-01}"),
    "plan-currency": plan(GOOD, currency="euro"),
    "plan-amount": plan(GOOD, target_pay="a lot"),
    "plan-rounding": plan(GOOD, rounding="{to: 0}"),
    "plan-applies-to": plan(GOOD, applies_to="{}"),
    "plan-example-part": plan(GOOD, examples="[{given: {orders: [1]}, expect: {solt: 1}}]"),
    "plan-shape-of-words": plan("sold: 2%"),
    "yaml-trap": plan(GOOD) + "on: 5\n",
    "yaml-duplicate-key": plan(GOOD) + "title: twice\ntitle: twice\n",
    "plan-span": plan("nps: {measure: nps, weight: 100%, pays: {curve: {20: 0%, 40: 100%}}, "
                      "evidence: {looking_back: a while, otherwise: target}}"),
    "plan-count": plan("nps: {measure: nps, weight: 100%, pays: {curve: {20: 0%, 40: 100%}}, "
                       "evidence: {at_least: many, otherwise: target}}"),
    "plan-recovered": plan("sold: {measure: signed_amount, pays: {rate: 2%}, takes_back: {when: customer left, "
                           "share: {90 days: 50%, later: 0%}, recovered: {at_most: 250% of each payout}}}"),
    "plan-boolean": plan("sold: {measure: signed_amount, pays: {rate: 2%}, on_top: perhaps}"),
}  # fmt: skip


@pytest.mark.parametrize("code", CASES)
def test_a_wrong_plan_says_what_is_wrong(code: str) -> None:
    found = problems(CASES[code])
    assert code in [problem.code for problem in found], [str(problem) for problem in found]
    assert all(problem.line for problem in found)


@pytest.mark.parametrize("word", ["leavers"])
def test_a_word_that_is_not_built_yet_is_refused_not_ignored(word: str) -> None:
    problem = only(plan(GOOD, **{word: "something"}))
    assert (problem.code, problem.found, problem.line) == ("plan-word-later", word, 6)


def test_a_save_must_be_explained() -> None:
    problem = only(plan(GOOD, credit="{saved: {owner: 100%}}"))
    assert "does not say what a save is" in problem.message


def test_the_problems_of_all_files_come_together(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(plan(GOOD, currency="euro"))
    (tmp_path / "b.yaml").write_text(CASES["plan-shares"])
    (tmp_path / "c.yaml").write_text(plan(GOOD))
    (tmp_path / "d.yaml").write_text(plan(GOOD))
    with pytest.raises(ConfigurationError) as error:
        read_plans(tmp_path, "EUR")
    assert [problem.code for problem in error.value.problems] == ["plan-currency", "plan-shares", "plan-twice"]
