"""Pay on objectives: the weighted mean of the scores of what ended in the window, once all of it is scored."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engines import ENGINE_PARAMS, ENGINES
from keepwell.core.errors import ConfigurationError
from keepwell.core.periods import parse_period, period_of
from keepwell.pay.explain import explain
from keepwell.pay.parse import read_plan
from keepwell.pay.statement import statement
from pay_company import Company, Paid, plan

GOALS = "goals: {measure: objectives, weight: 100%, pays: {curve: {50%: 0%, 100%: 100%}}}"
PLAN = plan(GOALS, target_pay=1000)


def goal(
    small: Company, name: str, weight: str | None, score: str | None, to_on: date = date(2026, 4, 1), **more: Any
) -> Company:
    return small.add("objectives", person_id="x:1", objective=name, from_on=date(2026, 1, 1), to_on=to_on,
                     weight=weight and Decimal(weight), score=score and Decimal(score), **more)  # fmt: skip


def company(today: date = date(2026, 4, 5)) -> Company:
    return Company(today=today).person(to_on=date(2026, 4, 1))


def test_the_weighted_mean_pays() -> None:
    small = goal(goal(company(), "launch", "0.6", "0.8"), "train", "0.4", "1")
    goal(small, "of another quarter", "1", "0", date(2026, 4, 2))
    found = small.pay(PLAN)
    assert [(row["value"], row["amount"]) for row in found.lines()] == [(Decimal("0.88"), Decimal("760.00"))]


def test_goals_without_weights_weigh_the_same() -> None:
    small = goal(goal(goal(company(), "a", None, "1"), "b", None, "1"), "c", None, "0")
    # two thirds to four decimals: 66.67% pays 33.34%
    assert small.pay(PLAN).total() == Decimal("333.40")


@pytest.mark.parametrize(("weight", "score", "reason"), [
    ("0.4", None, "the objective b is not scored yet"), (None, "1", "the objective b has no weight"),
])  # fmt: skip
@pytest.mark.parametrize("more", ["", ", at_most: {period: 900}, at_least: {period: 10}"])
def test_what_is_not_known_is_missing_not_zero(weight: str | None, score: str | None, reason: str, more: str) -> None:
    said = PLAN.replace("100%}}}", f"100%}}}}{more}}}")
    found = goal(goal(company(), "a", "0.6", "0.8"), "b", weight, score).pay(said)
    assert found.lines() == []
    (total,) = found.rows("part_totals")
    assert (total["missing"], total["pay"]) == ("objectives", None)
    assert [(row["kind"], row["reason"]) for row in found.rows("pay_unpaid")] == [("objectives", reason)]


def test_a_window_without_goals_is_listed_once_it_is_over() -> None:
    found = company().pay(PLAN)
    assert [row["reason"] for row in found.rows("pay_unpaid")] == ["no objective ends in this time"]
    running = goal(company(date(2026, 3, 20)), "a", "1", None).pay(PLAN)
    assert running.rows("pay_unpaid") == []


def scored() -> Paid:
    small = goal(company(), "launch", "0.6", "0.8", scored_by="x:boss", scored_on=date(2026, 4, 3))
    return goal(small, "train", "0.4", "1").pay(PLAN)


def test_the_statement_says_who_scored_and_when() -> None:
    found = scored()
    names = ("pay_lines", "part_totals", "pay_trace", "objectives_counted")
    tables = {name: found.engine.fetch(name) for name in names} | {"amount_facts": found.engine.fetch("amount_facts")}
    told = statement(tables, [read_plan(PLAN)], "x:1", parse_period("2026-Q1"), person={"x:boss": "Ben"}.__getitem__)
    (note,) = told.notes
    assert note == "Objectives: launch (60%): 80%, scored by Ben on 3 Apr 2026; train (40%): 100%."
    assert told.lines[0].sentence == "Objectives 88% from 2 objectives and pays 76% of target."
    why = explain(tables, [read_plan(PLAN)], told.lines[0].line_id, lambda month: period_of(month, "quarter"),
                  person={"x:boss": "Ben"}.__getitem__)  # fmt: skip
    (step,) = [one for one in why.steps if one.title == "The objectives"]
    assert step.figures == (
        ("launch (60%)", "80%, scored by Ben on 3 Apr 2026"), ("train (40%)", "100%"),
        ("Weighted mean, to four decimals", "88%"),
    )  # fmt: skip


@pytest.mark.parametrize("more", [", of: team", ", evidence: {at_least: 3, otherwise: target}", ", over: year to date"])
def test_words_that_do_not_fit_goals_are_refused(more: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_plan(PLAN.replace("weight: 100%", f"weight: 100%{more}"))
    assert {problem.code for problem in error.value.problems} <= {"plan-objectives", "plan-score-words"}
    assert [problem.line for problem in error.value.problems] == [8]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINE_PARAMS[1:])
def test_every_engine_scores_the_same(engine: str) -> None:
    def rows(name: str) -> list[list[dict[str, Any]]]:
        small = goal(goal(company(), "a", "0.6", "0.8"), "b", "0.4", "0.3333")
        goal(small.person("x:2", to_on=date(2026, 3, 1)), "later", None, None, date(2026, 9, 1))
        with ENGINES[name]() as one:
            found = small.pay(PLAN, engine=one)
            return [sorted(found.rows(table), key=str) for table in ("objectives_counted", "pay_lines", "pay_unpaid")]

    assert rows(engine) == rows("duckdb")
