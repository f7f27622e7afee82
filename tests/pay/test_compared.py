"""Blends, matrices and ranks: several measures, or several people, decide; amounts computed by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from keepwell.core.errors import ConfigurationError, Problem
from keepwell.core.periods import parse_period, period_of
from keepwell.pay.compare import Entrant, places
from keepwell.pay.explain import explain
from keepwell.pay.parse import read_plan
from keepwell.pay.statement import statement
from pay_company import Company, Paid, plan
from pay_words import CONTEST, OTHERS, contest_company


@cache
def found() -> Paid:
    return contest_company().pay(CONTEST, OTHERS)


def paid(part: str) -> dict[str, Decimal]:
    return {line["person_id"]: line["amount"] for line in found().lines(part=part)}


@pytest.mark.parametrize(("part", "amounts"), [
    # x:2 and x:3 are level at 80 and share the second and third place: 400.01, to the cent in the order of ids
    ("race", {"x:1": 500, "x:2": "200.01", "x:3": "200.00"}),
    ("in_team", {"x:1": 90, "x:2": 30, "x:3": 90, "x:4": 30}),
    # of everybody, x:9 under another plan is second with 90: their own plan pays 50 for it
    ("everywhere", {"x:1": 1000, "x:9": 50, "x:2": 100, "x:3": 100}),
    # shares of a target of 200: the second place is shared, and the third pays nothing
    ("by_share", {"x:1": 400, "x:2": 50, "x:3": 50}),
    ("by_luck", {"x:1": 0, "x:2": 200, "x:3": 200}),
    # 75% of 88% and 25% of 125% is 97.25%; x:4's orders of 62.5% count nothing: 75% of 160% is 120%
    ("blend", {"x:1": "291.75", "x:4": 360}),
    # 100 and 50% satisfied: 20% of 300. 80 and 90%: 50%. x:3 has 29 of 30 answers: the lowest level. x:4: 50, unknown
    ("crossed", {"x:1": 60, "x:2": 150, "x:3": 30, "x:4": 30}),
])  # fmt: skip
def test_what_is_compared(part: str, amounts: dict[str, Any]) -> None:
    assert paid(part) == {person: Decimal(str(amount)) for person, amount in amounts.items() if amount}


def test_who_has_no_team_has_no_place_in_one() -> None:
    small = Company().person("x:1").person("x:2", team_id="x:t").fact(900).fact(100, owner_id="x:2")
    race = "it: {measure: signed_annual_value, among: team, pays: {rank: {1: 500}}}"
    assert {line["person_id"]: line["amount"] for line in small.pay(plan(race)).lines()} == {"x:2": 500}


def test_a_place_goes_by_attainment_where_the_part_is_against_something() -> None:
    small = (
        Company()
        .person("x:1")
        .person("x:2")
        .person("x:3")
        .fact(900)
        .fact(100, owner_id="x:2")
        .fact(5000, owner_id="x:3")
    )
    small.quota(1000).quota(100, person="x:2").quota(0, person="x:3")
    race = "it: {measure: signed_annual_value, against: quota, over: year to date, pays: {rank: {1: 500, 2: 300}}}"
    assert {line["person_id"]: line["amount"] for line in small.pay(plan(race)).lines()} == {"x:1": 300, "x:2": 500}


def test_a_blend_without_one_of_its_quotas_is_listed() -> None:
    missing = {row["person_id"]: row["missing"] for row in found().rows("part_totals") if row["part"] == "blend"}
    assert missing == {"x:1": "", "x:2": "quota", "x:3": "quota", "x:4": "", "x:5": "quota"}


def test_a_blends_attainment_and_each_part_of_it_are_told() -> None:
    (row,) = [row for row in found().rows("part_totals") if (row["part"], row["person_id"]) == ("blend", "x:4")]
    assert (row["attainment"], row["pays"]) == (Decimal("1.2"), Decimal("1.2"))


def why(person: str, part: str) -> list[tuple[str, str]]:
    tables = {name: found().engine.fetch(name) for name in ("pay_lines", "part_totals", "pay_trace", "amount_facts")}
    (line,) = found().lines(part=part, person_id=person)
    steps = explain(tables, [read_plan(CONTEST)], line["line_id"], lambda month: period_of(month, "quarter")).steps
    (step,) = [step for step in steps if step.title == "What else decides"]
    return list(step.figures)


def test_each_step_is_explained_with_its_numbers() -> None:
    assert why("x:4", "blend") == [
        ("What the shape gives", "€360.00"),
        ("Your signed yearly value 160% (160 of 100), by 75%", "+ 120%"),
        ("Your orders 62.5% (50 of 80), below 80%, so it counts 0%, by 25%", "+ 0%"),
    ]
    assert why("x:2", "race")[1][0] == "Place 2 of 4 in the plan, shared by 2, gives €200.01"
    assert "give 50% of target" in why("x:2", "crossed")[1][0]


def test_a_statement_says_the_place() -> None:
    tables = {name: found().engine.fetch(name) for name in ("pay_lines", "part_totals")}
    lines = statement(tables, [read_plan(CONTEST)], "x:2", parse_period("2026-Q1")).lines
    (said,) = [line.sentence for line in lines if line.part == "by_share"]
    assert "Place 2 of 4 in the plan, shared by 2, gives 25% of target" in said


def test_cents_of_shared_places_add_up() -> None:
    entrants = [Entrant(("p",), f"x:{number}", (0, 0), ("c",), Fraction(7), Decimal("0.01")) for number in range(3)]
    found = places(entrants, {("p",): {1: Fraction(100)}}, {("p",): True})
    assert [float(one.value) for one in found.values()] == [33.34, 33.33, 33.33]


def problem(parts: str) -> Problem:
    with pytest.raises(ConfigurationError) as error:
        read_plan(plan(parts))
    (one,) = error.value.problems
    assert one.line
    return one


BLEND = (
    "it: {weight: 100%, measure: {blend: {signed_amount: 60%, order_amount: 40%}}, against: quota, pays: {rate: 100%}"
)
MATRIX = (
    "it: {measure: order_amount, pays: {matrix: {by: {measure: nps}, levels: {0: {0: 5, 40: 6}, 100: {0: 5, 40: 6}}}}}"
)


@pytest.mark.parametrize(("parts", "code", "says"), [
    (BLEND.replace("40%", "30%") + "}", "plan-blend", "add to 90%"),
    (BLEND.replace("order_amount", "nps") + "}", "plan-blend", "nps is no amount"),
    (BLEND.replace(", against: quota", "") + "}", "plan-blend", "what is blended are attainments"),
    (BLEND + ", holds: {until: went_live}}", "plan-blend", "no facts of its own"),
    (BLEND.replace("{rate: 100%}", "{curve: {0: 0%, 5: 100%}}") + "}", "plan-keys", "boundaries are percentages"),
    (BLEND.replace("weight: 100%, ", "") + "}", "plan-values", "a blend pays money"),
    (MATRIX.replace("by: {measure: nps}, ", ""), "plan-word-missing", "does not say its by"),
    (MATRIX.replace("{0: 5, 40: 6}, 100", "{0: 5, 50: 6}, 100"), "plan-matrix", "the same levels"),
    (MATRIX.replace("100: {", "-1: {"), "plan-boundaries", "levels must ascend"),
    (MATRIX.replace("40: 6}, 100", "40: 6%}, 100"), "plan-mixed-values", "mixes percentages"),
    (MATRIX.replace("measure: nps", "measure: csat"), "plan-keys", "0 is no level of csat"),
    ("it: {measure: order_amount, pays: {rank: {1: 5, 3: 2}}}", "plan-rank", "none left out"),
    ("it: {measure: order_amount, over: each, pays: {rank: {1: 5}}}", "plan-rank", "reached in a window"),
    ("it: {measure: order_amount, pays: {rank: {1: 5%}}}", "plan-values", "a rank pays money"),
    ("it: {measure: order_amount, among: team, pays: {rate: 5%}}", "plan-rank", "said of a rank"),
    ("it: {measure: csat, pays: {rank: {1: 5}}, evidence: {otherwise: nothing}}", "plan-rank-noise", "go by luck"),
    ("it: {measure: order_amount, pays: {rank: {1: 5}, rate: 5%}}", "plan-shape", "must have one shape"),
])  # fmt: skip
def test_wrong_words_are_named(parts: str, code: str, says: str) -> None:
    one = problem(parts)
    assert (one.code, says in one.message) == (code, True), one
