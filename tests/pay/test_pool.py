"""One amount for a team or the company, shared among its members; amounts computed by hand."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepwell.core.errors import ConfigurationError
from keepwell.core.periods import parse_period, period_of
from keepwell.pay.explain import explain
from keepwell.pay.parse import read_plan
from keepwell.pay.pool import Pool, shapley
from keepwell.pay.said import part_says
from keepwell.pay.statement import statement
from pay_company import Company, Paid, plan
from pay_words import POOLED, pooled_company


@cache
def found() -> Paid:
    return pooled_company().pay(POOLED)


def paid(part: str, of: Paid | None = None) -> dict[str, Decimal]:
    return {line["person_id"]: line["amount"] for line in (of or found()).lines(part=part)}


@pytest.mark.parametrize(("part", "amounts"), [
    # 800 of 1,000 pays 60% of 400 + 400 + 133.33: 560. By 90, 90 and 30 of 210 days. x:4: 250 of 500 pays nothing
    ("equal", {"x:1": 240, "x:2": 240, "x:3": 80}),
    # half of 600 + 600 + 200 is 700, at most 10%: 140, by target; x:4 60
    ("by_target", {"x:1": 60, "x:2": 60, "x:3": 20, "x:4": 60}),
    # 10% of 800 by what each was credited for: 400, 300, 100; the overlay does not count
    ("coverage", {"x:1": 40, "x:2": 30, "x:3": 10, "x:4": 25}),
    ("shapley", {"x:1": 40, "x:2": 30, "x:3": 10, "x:4": 25}),
    # 1,050 of 1,200 + 1,300 pays 100, by 90, 90, 30 and 90 of 300 days
    ("everybody", {"x:1": 30, "x:2": 30, "x:3": 10, "x:4": 30}),
    # the team's 80% pay 90 by days, to the cent in the order of ids; x:4's team has no answers
    ("liked", {"x:1": "38.58", "x:2": "38.57", "x:3": "12.85"}),
])  # fmt: skip
def test_what_each_member_is_paid(part: str, amounts: dict[str, Any]) -> None:
    assert paid(part) == {person: Decimal(amount) for person, amount in amounts.items()}


def thirds(shared: str, **owners: int) -> dict[str, Decimal]:
    small = Company(today=date(2026, 3, 31))
    for number in (1, 2, 3):
        small.person(f"x:{number}", to_on=None)
    for owner, amount in owners.items():
        small.fact(amount, measure="order_amount", owner_id=f"x:{owner[1:]}")
    said = f"it: {{measure: order_amount, of: company, pays: {{rate: 10%}}, pool: {{shared: {shared}}}}}"
    return paid("it", small.pay(plan(said)))


def test_a_hundred_in_three() -> None:
    assert thirds("equal", x1=1000) == {"x:1": Decimal("33.34"), "x:2": Decimal("33.33"), "x:3": Decimal("33.33")}


def test_what_nobody_was_credited_for_is_shared_equally() -> None:
    assert thirds("coverage", x9=1000) == thirds("equal", x9=1000) == thirds("shapley", x9=1000)


def test_who_is_credited_below_zero_has_no_share() -> None:
    assert thirds("coverage", x1=-500, x2=900, x3=600) == {"x:2": 60, "x:3": 40}


def test_shapley_and_coverage_differ_where_shares_do() -> None:
    """900 by shares of 90% and 10%: coverage follows the shares; Shapley gives each of those who were needed half."""
    small = Company(today=date(2026, 3, 31)).person("x:1", to_on=None).person("x:2", to_on=None)
    for person, share in (("x:1", "0.9"), ("x:2", "0.1")):
        small.add("deal_shares", deal_id="x:d", person_id=person, role="own", share=Decimal(share), overlay=False)
    small.fact(900, measure="order_amount", deal_id="x:d")
    out = small.pay(
        plan("""
by_shares: {measure: order_amount, of: company, pays: {rate: 10%}, pool: {shared: coverage}}
by_needed: {measure: order_amount, of: company, pays: {rate: 10%}, pool: {shared: shapley}}
""")
    )
    assert (paid("by_shares", out), paid("by_needed", out)) == ({"x:1": 81, "x:2": 9}, {"x:1": 45, "x:2": 45})


FACTS = st.dictionaries(st.sampled_from("abcd"), st.integers(-9, 99).map(Fraction), min_size=1)


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from("uvwxyz"), FACTS, max_size=6))
def test_equal_parts_are_the_shapley_value(own: dict[str, dict[str, Fraction]]) -> None:
    """Against its definition: what each adds when they come, on the average of all orders in which members may come."""
    people = sorted({person for one in own.values() for person in one} - {"d"})
    orders = list(permutations(people))
    worth = {name: sum(one[person] for person in one if person in people) for name, one in own.items()}
    needs = {name: set(one) & set(people) for name, one in own.items()}
    adds: dict[str, Fraction] = defaultdict(Fraction)
    for order in orders:
        for place, person in enumerate(order):
            there = set(order[: place + 1])
            adds[person] += sum(worth[name] for name in own if person in needs[name] and needs[name] <= there)
    found = shapley(own, dict.fromkeys(people, Fraction(1)))
    assert {person: found.get(person, 0) for person in people} == {
        person: adds[person] / len(orders) for person in people
    }


def row(person: str, target: int) -> dict[str, Any]:
    return {"scenario": "actual", "plan": "p", "version": "v", "part": "it", "person_id": person, "weight_units": 1,
            "target_n": Decimal(target), "target_d": 7, "measure": "order_amount", "unit": "team", "scored": False,
            "key_is": "amount", "counted": Decimal(5), "base_n": None, "base_d": 1, "n": None, "stands_for": "", "weighed": None,
            "rounding_to": Decimal("0.01")}  # fmt: skip


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.sampled_from("tuv"), st.integers(1, 90), st.integers(0, 60)),
        min_size=1,
        max_size=7,
    ),
    st.sampled_from(["equal", "target_pay", "coverage", "shapley"]),
    st.integers(-(10**9), 10**9),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(-500, 9000)), max_size=9),
)
def test_shares_add_to_the_cent_whoever_moves(
    people: list[tuple[int, str, int, int]], shared: str, cents: int, facts: list[tuple[int, int, int]]
) -> None:
    """Members who move to the team t, with any targets and facts: what the units pay is what their members are paid."""
    stints, everybody = [], {}
    at = {"period": 3, "window_month": 1}
    for number, (target, team, days, more) in enumerate(people):
        person = f"x:{number}"
        everybody[person] = defaultdict(dict, {(3, 1): {"": row(person, target)}})
        moves = {team: (days, date(2026, 2, 1))} | ({"t": (more, date(2026, 3, 1))} if more and team != "t" else {})
        stints += [at | {"person_id": person, "unit": "team", "team_id": name, "days": many, "last_on": last}
                   for name, (many, last) in moves.items()]  # fmt: skip
    known = {(fact, number): amount for number, fact, amount in facts}
    own = [at | {"person_id": f"x:{number}", "fact_id": f"f{fact}", "counted": Decimal(amount)}
           for (fact, number), amount in known.items()]  # fmt: skip
    pool = Pool(shared, stints, own, everybody)
    amount = Decimal(cents) / 100
    rows = pool.paid(lambda _, looks: [
        at | {"pay": amount, "uncapped": amount, "missing": "", "attainment": None, "steps": "[]", "person_id": ""} for _ in looks
    ])  # fmt: skip
    assert sum(one["pay"] for one in rows) == amount * len(pool.units())
    assert {one["person_id"] for one in rows} == set(everybody)
    targets = [member.target for unit in pool.units() for member in unit.members[3, 1]]
    assert sum(one for one in targets if one is not None) == sum(Fraction(target, 7) for target, *_ in people)


def moving_company() -> Company:
    """x:1 stays in t, x:2 in u; x:3 moves from t to u after 30 of 90 days. Orders of 300 in t and 600 in u, each of two days."""
    small = Company(today=date(2026, 3, 31)).add("teams", team_id="x:t", name="t").add("teams", team_id="x:u", name="u")
    small.person("x:1", to_on=None, team_id="x:t").person("x:2", to_on=None, team_id="x:u")
    small.person("x:3", to_on=date(2026, 1, 31), team_id="x:t").person("x:3", date(2026, 1, 31), None, team_id="x:u")
    for day, owner, amount in (
        ((1, 10), "x:1", 100),
        ((3, 10), "x:1", 200),
        ((1, 10), "x:2", 400),
        ((3, 10), "x:3", 200),
    ):
        small.fact(amount, date(2026, *day), measure="order_amount", owner_id=owner)
    return small


TEAMS = """
equal: {measure: order_amount, of: team, pays: {rate: 10%}, pool: {shared: equal}}
weighed: {weight: 100%, measure: order_amount, of: team, pays: {amount: {0: 0%, 300: 50%, 600: 100%}}, pool: {shared: target_pay}}
"""


def test_who_moves_shares_in_both_teams_by_their_days() -> None:
    """30 by 90 and 30 days, 60 by 90 and 60. Targets of 90: 50% of 90 + 30, and 100% of 90 + 60."""
    out = moving_company().pay(plan(TEAMS, target_pay=90))
    assert paid("equal", out) == {"x:1": Decimal("22.50"), "x:2": 36, "x:3": Decimal("7.50") + 24}
    assert paid("weighed", out) == {"x:1": 45, "x:2": 90, "x:3": 15 + 60}


def test_a_team_that_nobody_was_in_all_the_time_has_no_result_of_its_own() -> None:
    """The team t is called u from February on: one pool of 90 days, which has all its facts once."""
    small = Company(today=date(2026, 3, 31)).add("teams", team_id="x:t", name="t").add("teams", team_id="x:u", name="u")
    for person in ("x:1", "x:2"):
        small.person(person, to_on=date(2026, 2, 1), team_id="x:t").person(
            person, date(2026, 2, 1), None, team_id="x:u"
        )
    small.fact(100, date(2026, 1, 10), measure="order_amount").fact(200, date(2026, 3, 10), measure="order_amount")
    assert paid("equal", small.pay(plan(TEAMS, target_pay=90))) == {"x:1": 15, "x:2": 15}


def test_who_came_by_another_team_does_not_say_what_the_team_reached() -> None:
    """x:1 was in v, where nobody else is, before t: has all 90 days in t. But t reached what counts for x:2, who is only there."""
    small = Company(today=date(2026, 3, 31)).add("teams", team_id="x:t", name="t").add("teams", team_id="x:v", name="v")
    small.person("x:1", to_on=date(2026, 1, 31), team_id="x:v").person("x:1", date(2026, 1, 31), None, team_id="x:t")
    small.person("x:2", to_on=None, team_id="x:t").person("x:3", to_on=date(2026, 1, 31), role="helper", team_id="x:v")
    small.fact(5000, date(2026, 1, 10), measure="order_amount", owner_id="x:3")
    small.fact(100, date(2026, 3, 10), measure="order_amount", owner_id="x:2")
    assert paid("equal", small.pay(plan(TEAMS, target_pay=90))) == {"x:1": 5, "x:2": 5}


def test_who_leaves_has_their_days_and_who_has_no_target_is_listed() -> None:
    small = moving_company().person("x:4", to_on=None, team_id="x:t", target_pay=None)
    small.add("people", person_id="x:5", left_on=date(2026, 2, 1)).add(
        "positions", person_id="x:5", from_on=date(2026, 1, 1), role="seller", team_id="x:t", target_pay=Decimal(360)
    )
    for number in range(4):
        small.rows["positions"][number]["target_pay"] = Decimal(360)
    out = small.pay(plan(TEAMS))
    assert paid("weighed", out)["x:5"] == Decimal("15.5")
    missing = {one["person_id"]: one["missing"] for one in out.rows("part_totals") if one["part"] == "weighed"}
    assert (missing["x:4"], missing["x:5"]) == ("target", "")


def test_later_days_change_shares_and_the_difference_is_settled() -> None:
    """Over the year: 100 shared 50 and 50 is closed; x:3 joins, 300 more: 400 in all by 181, 181 and 91 of 453 days."""
    said = plan(
        "it: {measure: order_amount, of: company, over: year to date, pays: {rate: 100%}, pool: {shared: equal}}"
    )
    small = Company(today=date(2026, 3, 31)).person("x:1", to_on=None).person("x:2", to_on=None)
    small.fact(100, measure="order_amount")
    small.settle(small.pay(said), 24312)
    small.person("x:3", date(2026, 4, 1), None).fact(300, date(2026, 5, 1), measure="order_amount")
    small.today = date(2026, 6, 30)
    out = small.pay(said)
    sums = {person: out.total(person_id=person) for person in ("x:1", "x:2", "x:3")}
    assert sums == {"x:1": Decimal("159.83"), "x:2": Decimal("159.82"), "x:3": Decimal("80.35")}


def test_a_statement_says_what_the_team_reached_and_how_it_is_shared() -> None:
    tables = {name: found().engine.fetch(name) for name in ("pay_lines", "part_totals")}
    told = statement(tables, [read_plan(POOLED)], "x:3", parse_period("2026-Q1"))
    said = {line.part: line.sentence for line in told.lines}
    assert said["equal"] == ("Your team's result (orders 80%, 800 of 1,000) pays €560.00 of €933.33 of target pay for 3 "
                             "people; shared equally by days, 30 of 210 days: €80.00.")  # fmt: skip
    assert said["shapley"].endswith("shared by Shapley value, €100.00 of €800.00 (each outcome in equal parts to all who were "
                                    "behind it): €10.00.")  # fmt: skip
    assert "(CSAT 80% from 50 answers) pays €90.00 for 3 people" in said["liked"]
    assert [(part.value, part.against) for part in told.parts if part.part == "equal"] == [(800, 1000)]


def test_each_step_is_explained() -> None:
    tables = {name: found().engine.fetch(name) for name in ("pay_lines", "part_totals", "pay_trace", "amount_facts")}
    (line,) = found().lines(part="by_target", person_id="x:3")
    told = explain(tables, [read_plan(POOLED)], line["line_id"], lambda month: period_of(month, "quarter"))
    figures = [figure for step in told.steps for figure in step.figures]
    assert ("What the shape gives", "€700.00") in figures
    assert ("The most that it pays in its window is €140.00", "€140.00") in figures
    assert figures[-2][0] == "Pay of the part so far, rounded once"
    assert any(
        name.endswith("shared by target pay, €200.00 of €1,400.00") and much == "€20.00" for name, much in figures
    )


def test_the_plan_says_it() -> None:
    said = {part.name: [one.sentence for one in part_says(read_plan(POOLED), part) if one.about == "A pool"]
            for part in read_plan(POOLED).parts}  # fmt: skip
    assert said["by_target"] == [
        "One amount is paid for your team, on the sum of everybody's target, and shared by target pay."
    ]
    assert "equal parts to all who were credited for it (Shapley value)" in said["shapley"][0]


IT = "it: {measure: order_amount, pays: {rate: 1%}, "


@pytest.mark.parametrize(("parts", "code", "says"), [
    (IT + "pool: {shared: equal}}", "plan-pool", "a pool is of a team or of the company"),
    (IT + "of: roll_up, pool: {shared: equal}}", "plan-pool", "a pool is of a team or of the company"),
    (IT + "of: team, over: each, pool: {shared: equal}}", "plan-pool", "facts are paid one by one"),
    (IT + "of: team, pool: {shared: equal}, holds: {until: went_live}}", "plan-pool", "of no fact to be held"),
    (IT + "of: team, pool: {shared: target_pay}}", "plan-pool", "without a weight"),
    (IT + "of: team, pool: {shared: equal}, only_if: {measure: csat, at_least: 70%}}", "plan-pool", "of whom is csat?"),
    ("it: {measure: order_amount, of: team, pays: {rank: {1: 5}}, pool: {shared: equal}}", "plan-pool", "ranked one by one"),
    ("it: {measure: csat, of: team, pays: {amount: {0%: 5}}, evidence: {otherwise: nothing}, pool: {shared: shapley}}",
     "plan-pool", "csat has none"),
    (IT + "of: team, pool: {shared: fairly}}", "plan-unknown-value", "cannot be this"),
    (IT + "of: team, pool: {share: equal}}", "plan-unknown-word", "has no word share"),
    (IT + "of: team, pool: {}}", "plan-word-missing", "does not say how it is shared"),
])  # fmt: skip
def test_wrong_words_are_named(parts: str, code: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_plan(plan(parts))
    (one,) = error.value.problems
    assert (one.code, says in one.message, bool(one.line)) == (code, True, True), one
