"""What a team, those below a manager and the company reach counts for the person, against the right quota."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from keepwell.core.errors import ConfigurationError
from keepwell.pay.parse import read_plan
from pay_company import Company, Paid, plan
from pay_words import MANAGER, managed_company

CASES = Path(__file__).parents[3] / "shared" / "cases" / "pay.yaml"


@cache
def found() -> Paid:
    return managed_company().pay(MANAGER, plan("own: {measure: order_amount, pays: {rate: 1%}}"))


def totals(part: str, person: str = "x:9") -> dict[str, Any]:
    (row,) = [row for row in found().rows("part_totals") if (row["part"], row["person_id"]) == (part, person)]
    return row


@pytest.mark.parametrize(("part", "counted", "base"), [
    # x:1 and x:2 were the team's until 1 March; x:3 never was
    ("team", 1000 + 300, 5000),
    # x:1 (until 1 March) and x:2 report to x:9, x:3 to x:2; the manager's team has a quota
    ("roll_up", 1000 + 300 + 70 + 40, 5000),
    ("company", 1000 + 300 + 70 + 40 + 8000 + 5, 900 + 600 + 300),
])  # fmt: skip
def test_whose_facts_and_whose_quota(part: str, counted: int, base: int) -> None:
    row = totals(part)
    assert (row["counted"], row["base"]) == (counted, base)


def test_the_shares_of_all_who_belong_add_up_and_overlays_are_left_out() -> None:
    """A deal of 1,000: 60% and 40% of two below, and an overlay of 20% of a third: 1,000 in all."""
    traced = [row for row in found().rows("pay_trace") if row["part"] == "roll_up" and row["fact_id"] == "x:shared"]
    assert sorted(row["counted"] for row in traced) == [400, 600]


def test_without_a_quota_of_its_own_those_of_all_who_belong_are_added_by_their_days() -> None:
    """Until 1 March, 59 of 90 days: of 900 and of 600 in the team, of 900 below the manager; 300 and 600 for the whole."""
    small = managed_company()
    small.rows["quotas"] = [row for row in small.rows["quotas"] if row["person_id"]]
    bases = {row["part"]: row["base"] for row in small.pay(MANAGER).rows("part_totals")}
    assert bases == {"team": Decimal("983.333333"), "roll_up": 590 + 600 + 300, "company": 900 + 600 + 300}


def test_a_managers_own_quota_goes_before_the_sum() -> None:
    small = managed_company().quota(2000, to_on=date(2026, 4, 1), person="x:9", measure="order_amount")
    rows = small.pay(MANAGER).rows("part_totals")
    assert {row["part"]: row["base"] for row in rows} == {"team": 5000, "roll_up": 2000, "company": 2000}


def test_of_the_company_the_quota_of_who_left_counts_up_to_that_day() -> None:
    """90 days of 300 and 59 of 90 of 900; of 600 nothing, which was asked of somebody who had left before."""
    small = managed_company()
    small.rows["quotas"] = [row for row in small.rows["quotas"] if row["person_id"]]
    left = {"x:1": date(2026, 3, 1), "x:2": date(2025, 12, 31)}
    for row in small.rows["people"]:
        row["left_on"] = left.get(row["person_id"])
    bases = {row["part"]: row["base"] for row in small.pay(MANAGER).rows("part_totals")}
    assert bases["company"] == 590 + 300


def test_a_pool_of_the_company_leaves_the_quota_of_other_parts_alone() -> None:
    """The manager's own quota is that of what is paid to the manager; the pool's is everybody's, 2,000 with it."""
    parts = """
alone: {measure: order_amount, of: company, against: quota, pays: {amount: {0%: 1}}}
together: {measure: order_amount, of: company, against: quota, pays: {amount: {0%: 1}}, pool: {shared: equal}}
"""
    small = managed_company().quota(200, to_on=date(2026, 4, 1), person="x:9", measure="order_amount")
    rows = small.pay(plan(parts, applies_to="{role: manager}")).rows("part_totals")
    assert {row["part"]: row["base"] for row in rows} == {"alone": 200, "together": 2000}


def test_an_overlay_row_counts_nothing_twice_for_a_team() -> None:
    credit = "{signed: {deal_shares: 100%}, beside: {helper: 50%, overlay: true}}"
    parts = """
team: {measure: order_amount, of: team, credit: [signed, beside], pays: {rate: 1%}}
own: {measure: order_amount, credit: [signed, beside], pays: {rate: 1%}}
pooled: {measure: order_amount, of: team, credit: [signed, beside], pays: {rate: 1%}, pool: {shared: coverage}}
"""
    small = Company(today=date(2026, 3, 31)).person(team_id="x:t").person("x:2", team_id="x:t")
    small.fact(1000, measure="order_amount", customer_id="x:c")
    small.add("coverage", customer_id="x:c", person_id="x:2", role="helper", from_on=date(2026, 1, 1))
    rows = small.pay(plan(parts, credit=credit)).rows("part_totals")
    found = {(row["part"], row["person_id"]): row["counted"] for row in rows}
    assert [found["team", "x:1"], found["own", "x:1"], found["own", "x:2"]] == [1000, 1000, 500]
    assert {row["person_id"]: row["pay"] for row in rows if row["part"] == "pooled"} == {"x:1": 10, "x:2": 0}


def test_the_ramped_quotas_of_a_team_add_up() -> None:
    """Published: four quotas of 250,000, one of a person in the half of their ramp, make 875,000."""
    if not CASES.exists():
        pytest.skip("the published cases are not here")
    case = next(one for one in yaml.safe_load(CASES.read_text()) if one["id"] == "ramped-team-quota")
    small = Company(today=date(2026, 3, 31)).person("x:9", role="manager", to_on=None)
    for number, (quota, ramp) in enumerate(zip(case["quotas"], case["ramp"], strict=True)):
        since = date(2026, 1, 1) if ramp == "50%" else date(2024, 5, 17)
        small.person(f"x:{number}", since, None, manager_id="x:9").quota(
            quota, person=f"x:{number}", to_on=date(2026, 4, 1)
        )
    people = plan(
        "own: {measure: signed_annual_value, against: quota, pays: {rate: 1%}}",
        ramp="{quota: {3 months: 50%, later: 100%}}",
    )
    leads = plan("it: {measure: signed_annual_value, of: roll_up, against: quota, pays: {rate: 1%}}",
                 applies_to="{role: manager}").replace("plan: p", "plan: m")  # fmt: skip
    (row,) = [row for row in small.pay(people, leads).rows("part_totals") if row["plan"] == "m"]
    assert row["base"] == case["expect"]


def test_a_ramp_counts_from_the_first_day_of_the_unbroken_time_in_the_role() -> None:
    """From 10 February: 28 days at 25%, 22 at 50%; another position of the same role does not begin it anew."""
    small = Company(today=date(2026, 3, 31)).quota(9000, to_on=date(2026, 4, 1)).fact(1)
    small.person(from_on=date(2026, 2, 10), to_on=date(2026, 3, 1)).person(
        from_on=date(2026, 3, 1), to_on=None, segment="large"
    )
    ramped = plan("it: {measure: signed_annual_value, against: quota, pays: {rate: 1%}}",
                  ramp="{quota: {1 month: 25%, 3 months: 50%, later: 100%}}")  # fmt: skip
    (row,) = small.pay(ramped).rows("part_totals")
    assert row["base"] == 9000 * (28 * Decimal("0.25") + 22 * Decimal("0.5")) / 90


@pytest.mark.parametrize(("parts", "words", "code"), [
    ("it: {measure: csat, of: roll_up, pays: {amount: {0%: 5}}, evidence: {otherwise: nothing}}", {}, "plan-unit"),
    ("it: {measure: order_amount, pays: {rate: 1%}}", {"ramp": "{quota: {soon: 5%, later: 100%}}"}, "plan-months"),
    ("it: {measure: order_amount, pays: {rate: 1%}}", {"ramp": "{quota: {2 months: 5%}}"}, "plan-ramp"),
    ("it: {measure: order_amount, pays: {rate: 1%}}", {"ramp": "{quota: {2 months: 5%, 1 month: 9%, later: 1%}}"}, "plan-ramp"),
    ("it: {measure: order_amount, pays: {rate: 1%}}", {"ramp": "{quotas: {later: 1%}}"}, "plan-unknown-word"),
])  # fmt: skip
def test_wrong_words_are_named(parts: str, words: dict[str, str], code: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_plan(plan(parts, **words))
    assert code in [problem.code for problem in error.value.problems]
    assert all(problem.line for problem in error.value.problems)


def test_months_in_the_role_count_beside_other_positions() -> None:
    """From January on a seller, who is also an engineer from March on: in April the quota counts whole."""
    small = Company(today=date(2026, 6, 30)).quota(300, date(2026, 4, 1), date(2026, 7, 1)).fact(300, date(2026, 5, 1))
    small.person(to_on=None, segment="small").person(from_on=date(2026, 3, 1), to_on=None, role="engineer")
    small.person(from_on=date(2026, 4, 1), to_on=None, segment="large")
    part = "it: {weight: 100%, measure: signed_annual_value, against: quota, pays: {rate: 100%}}"
    words = {
        "applies_to": "{role: seller, segment: large}",
        "ramp": "{quota: {3 months: 50%, later: 100%}}",
        "target_pay": 1000,
    }
    assert small.pay(plan(part, effective="{from: 2026-04-01}", **words)).total() == 1000
