"""A period's pay is lifted by guarantees, transitions and draws, and what becomes of them; amounts computed by hand."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from keepwell.core.periods import parse_period, period_of
from keepwell.pay.checks import unpaid_problems
from keepwell.pay.explain import explain
from keepwell.pay.parse import parse_plans, read_plan
from keepwell.pay.statement import statement
from keepwell.project.yaml import parse_yaml
from pay_company import Company, Paid, plan

ALL = "it: {measure: signed_annual_value, pays: {rate: 100%}}"


def earning(*amounts: Any, **company: Any) -> Company:
    """Somebody who signs so much in the months of 2026, and whom the plan claims from January on."""
    small = Company(today=date(2026, len(amounts), 28), closes="month", **company).person(to_on=None)
    for month, amount in enumerate(amounts, 1):
        small.fact(amount, date(2026, month, 10))
    return small


def monthly(**words: str) -> str:
    return plan(ALL, period="month", **words)


def column(found: Paid, name: str, scenario: str = "actual") -> list[Decimal]:
    rows = [row for row in found.rows("lifted_periods") if row["scenario"] == scenario]
    return [row[name] for row in sorted(rows, key=lambda row: row["period"])]


def test_part_of_what_is_above_the_draw_is_recovered_and_no_more_than_a_share_of_each_payout() -> None:
    words = "{amount: 1000, for: 2 periods, recovers: {from: period 3, share: 50%, at_most: 10% of each payout}}"
    found = earning(400, 1200, 900, 3000).pay(monthly(draw=words))
    assert column(found, "drawn") == [600, 0, 0, 0]
    # in March there is no draw any more, so that half of all pay may be recovered; February is before period 3
    assert column(found, "due") == [0, 0, 450, 150]
    assert column(found, "owed") == [600, 600, 150, 0]
    recovered = [line["payable"] for line in found.lines(movement="recovered")]
    assert recovered == [-90, -300]
    assert found.total("recoverable") == 600 - 390


def test_a_draw_lifts_from_below_zero_and_is_divided_by_days() -> None:
    small = Company(today=date(2026, 2, 28), closes="month").person(from_on=date(2026, 1, 11), to_on=None)
    small.fact(-50, date(2026, 1, 20)).fact(0, date(2026, 2, 20))
    found = small.pay(monthly(draw="{amount: 50%}", target_pay="1000.01"))
    # 21 of 31 days of half of 1,000.01, half to even: 338.7130645…
    assert column(found, "draw_to") == [Decimal("338.71"), Decimal("500.00")]
    assert column(found, "drawn") == [Decimal("388.71"), Decimal("500.00")]


def test_a_guarantee_is_never_recovered_and_a_draw_only_from_what_is_above_both() -> None:
    found = earning(100, 1500, 2500).pay(monthly(guarantee="{amount: 2000, for: 2 periods}", draw="{amount: 2200}"))
    assert column(found, "guaranteed") == [1900, 500, 0]
    assert column(found, "drawn") == [200, 200, 0]
    assert column(found, "due") == [0, 0, 300]


def test_what_is_left_of_a_draw_is_due_after_the_last_period() -> None:
    small = earning(100, 200, 0, 0)
    small.rows["positions"][0]["to_on"] = date(2026, 2, 15)
    found = small.pay(monthly(draw="{amount: 1000}"))
    assert column(found, "drawn")[:2] == [900, 300]
    assert column(found, "due")[:3] == [0, 0, 1200]
    assert found.total("recoverable") == 1200
    assert column(found, "owed")[1:3] == [1200, 0]


def test_a_draw_may_be_forgiven_on_leaving() -> None:
    small = earning(100, 200, 0, 0)
    small.rows["people"][0]["left_on"] = date(2026, 2, 15)
    found = small.pay(monthly(draw="{amount: 1000}", on_leaving="{draw: forgiven}"))
    assert column(found, "forgiven") == [0, 1200]
    assert (found.total("draw"), found.total("recoverable"), found.total("earned")) == (0, 0, 300 + 1200)


def test_a_take_back_is_not_refilled_by_a_draw() -> None:
    part = "it: {measure: signed_annual_value, over: each, pays: {rate: 100%}, takes_back: {when: customer left, share: {90 days: 100%, later: 0%}}}"
    small = Company(today=date(2026, 2, 28), closes="month").person(to_on=None)
    small.fact(1500, date(2026, 1, 10), contract_id="x:c", customer_id="x:c").fact(1100, date(2026, 2, 10))
    small.add(
        "contracts", contract_id="x:c", customer_id="x:c", starts_on=date(2026, 1, 10), ended_on=date(2026, 2, 20)
    )
    found = small.pay(plan(part, period="month", draw="{amount: 1000}"))
    assert column(found, "drawn") == [0, 0]
    assert found.total("payable") == 1500  # 1,100 of the 1,500 that are taken back are recovered from February
    assert found.total("recoverable") == 400


def test_what_is_released_counts_in_the_period_of_the_release() -> None:
    part = "it: {measure: signed_annual_value, over: each, pays: {rate: 100%}, holds: {until: went_live}}"
    small = Company(today=date(2026, 2, 28), closes="month").person(to_on=None)
    small.fact(1500, date(2026, 1, 10), contract_id="x:c", customer_id="x:c")
    small.add("milestones", customer_id="x:c", contract_id="x:c", kind="went_live", reached_at=datetime(2026, 2, 3))
    found = small.pay(plan(part, period="month", draw="{amount: 1000}"))
    assert column(found, "pay") == [0, 1500]
    assert column(found, "drawn") == [1000, 0]
    assert column(found, "due") == [0, 500]


def test_a_transition_is_not_below_the_plan_before_and_ends() -> None:
    old = plan("it: {measure: signed_annual_value, pays: {rate: 50%}}", plan="old", effective="{from: 2025-01-01, to: 2026-01-01}",
               period="month", applies_to="{role: retired}")  # fmt: skip
    new = plan("it: {measure: signed_annual_value, pays: {amount: {0: 300}}}", period="month",
               transition="{not_below: old, for: 2 months}")  # fmt: skip
    found = earning(1000, 200, 1000).pay(old, new)
    assert column(found, "transition") == [200, 0, 0]
    assert found.total(scenario="actual") == 3 * 300 + 200
    (line,) = found.lines(movement="transition")
    assert (line["plan"], line["counted"], line["part_pay"]) == ("p", 300, 500)


def test_a_transition_looks_at_days_under_the_new_plan_alone() -> None:
    """The old plan guarantees 310 in January: 100 of it for the ten days under the new one, 50 without the days that two claim."""
    old = plan("it: {measure: signed_annual_value, pays: {rate: 0%}}", plan="old", guarantee="{amount: 310}", period="month",
               effective="{from: 2025-01-01, to: 2026-01-01}", applies_to="{role: retired}")  # fmt: skip
    words = {
        "period": "month",
        "transition": "{not_below: old, for: 2 months}",
        "effective": "{from: 2026-01-01, to: 2026-01-11}",
    }
    new, other = plan(ALL, **words), monthly(plan="q", effective="{from: 2026-01-06}")
    assert earning(0, 0).pay(old, new).total(movement="transition", scenario="actual") == 100
    assert earning(0, 0).pay(old, new, other).total(movement="transition", scenario="actual") == 50


def test_a_shadow_plan_pays_nothing() -> None:
    found = earning(1000).pay(monthly(), monthly(shadow="true", plan="q").replace("100%", "30%"))
    assert {row["scenario"]: row["payable"] for row in found.rows("pay_totals")} == {"actual": 1000, "shadow:q": 300}
    assert {row["scenario"] for row in found.rows("journal")} == {"actual"}
    assert found.rows("pay_conflicts") == []


def test_a_correction_after_the_close_changes_cap_and_draw_and_says_why() -> None:
    """January pays 600 of at most 1,000 and 400 are drawn; March reaches the cap; in May a deal of January is corrected."""
    part = "it: {measure: signed_annual_value, over: year to date, pays: {rate: 10%}, at_most: 4000}"
    words = plan(part, period="month", draw="{amount: 1000, recovers: {from: period 2}}")
    small = earning(6000, 12000, 50000)
    first = small.pay(words)
    assert column(first, "pay") == [600, 1200, 2200]
    assert column(first, "drawn") == [400, 0, 0]
    assert column(first, "due") == [0, 200, 200]
    small.settle(first, parse_period("2026-03").first_month)
    small.rows["amount_facts"][0]["amount"] = Decimal(9000)
    small.today = date(2026, 5, 28)
    found = small.pay(words)
    # January now pays 900, so 100 are drawn and due in February; February pays 1,200; March what the cap leaves: 1,900
    assert column(found, "pay")[:3] == [900, 1200, 1900]
    assert column(found, "drawn")[:3] == [100, 0, 0]
    assert column(found, "due")[:3] == [0, 100, 0]
    late = [line for line in found.lines(status="open") if line["belongs_to"] < line["period"]]
    moved = {(line["movement"], line["belongs_to"] % 12 + 1): (line["amount"], line["reason"]) for line in late}
    assert moved == {
        ("earned", 1): (300, "corrected"), ("earned", 3): (-300, "corrected"), ("drawn", 1): (-300, "corrected"),
        ("draw_due", 2): (100, "corrected"), ("draw_due", 3): (200, "corrected"),
    }  # fmt: skip
    told = statement(tables(found), [read_plan(words)], "x:1", parse_period("2026-04"))
    sentences = {line.sentence for line in told.lines}
    assert any(said.startswith("Your pay of €900.00 is below the draw of €1,000.00, so €100.00 is advanced. You owe €100.00 of it; "
                               "it is recovered from your 2nd period on from what your pay is above the draw. €400.00 was "
                               "settled; €100.00 is right as now known.") for said in sentences), sentences  # fmt: skip
    assert sum(line.payable for line in told.lines) == told.payable
    owed = [row["draw"] + row["recoverable"] for row in found.lines()]
    assert found.total("payable") - sum(owed) == 4000  # the cap of the year; in April and May draws are owed
    assert {line["settled"] for line in found.lines(movement="drawn", period=24315) if line["belongs_to"] == 24312} == {
        400
    }


def tables(found: Paid) -> dict[str, Any]:
    names = ("pay_lines", "part_totals", "pay_trace", "lifted_periods")
    return {name: found.engine.fetch(name) for name in names} | {"amount_facts": found.engine.fetch("amount_facts")}


def test_a_draw_and_its_recovery_are_told_in_plain_words() -> None:
    words = monthly(draw="{amount: 1000, for: 6 periods, recovers: {from: period 2}}")
    found = earning(500, 1700).pay(words)
    read = [read_plan(words)]
    first = statement(tables(found), read, "x:1", parse_period("2026-01"))
    (drawn,) = [line for line in first.lines if line.part == "Draw"]
    assert drawn.sentence == ("Your pay of €500.00 is below the draw of €1,000.00, so €500.00 is advanced. You owe €500.00 of it; "
                              "it is recovered from your 2nd period on from what your pay is above the draw.")  # fmt: skip
    assert (first.payable, first.lifted) == (1000, 500)
    assert "€500.00 of the draw is owed and not yet due." in first.notes
    second = statement(tables(found), read, "x:1", parse_period("2026-02"))
    said = [line.sentence for line in second.lines]
    assert "Your pay of €1,700.00 is above the draw of €1,000.00, so €500.00 of what was drawn is due." in said
    assert "€500.00 of what you owe is recovered from this payout." in said
    assert (second.payable, sum(line.payable for line in second.lines)) == (1200, 1200)
    way = explain(tables(found), read, drawn.line_id, lambda month: period_of(month, "month"))
    assert way.steps[0].figures == (("The period pays, before it is lifted", "€500.00"), ("Draw", "€1,000.00"),
                                    ("Of the draw owed and not due, after the period", "€500.00"))  # fmt: skip


def test_a_plan_counts_from_its_acceptance_and_the_version_before_it_until_then() -> None:
    text = monthly(
        amendments="[{from: 2026-02-01, changes: {acceptance: required, parts: {it: {pays: {rate: 200%}}}}}]"
    )
    versions, wrong = parse_plans([parse_yaml(text, "p.yaml")], "EUR")
    assert wrong == []
    small = earning(100, 100, 100)
    assert small.pay(*versions).total() == 300
    small.fact(10, date(2026, 2, 20))
    small.accept("x:1", "p", "2026-02-01", date(2026, 2, 15))
    assert small.pay(*versions).total() == 100 + 100 + 2 * (10 + 100)


def test_days_that_are_not_accepted_are_listed() -> None:
    found = earning(100).pay(monthly(acceptance="required"))
    assert found.lines() == []
    (problem,) = unpaid_problems(found.engine.fetch("pay_unpaid"), lambda month: period_of(month, "month"))
    assert "not accepted" in problem.message


@pytest.mark.parametrize(("words", "code"), [
    ({"draw": "{recoverable: true}"}, "plan-word-missing"),
    ({"draw": "{amount: 0}"}, "plan-amount"),
    ({"draw": "{amount: 5, recoverable: false, recovers: {share: 50%}}"}, "plan-draw"),
    ({"draw": "{amount: 5, recovers: {share: 150%}}"}, "plan-draw"),
    ({"draw": "{amount: 5, recovers: {from: the start}}"}, "plan-draw"),
    ({"draw": "{amount: 5, recovers: {at_most: everything}}"}, "plan-recovered"),
    ({"draw": "{amount: 5, for: 6 months}"}, "plan-periods"),
    ({"draw": "{amount: 5, recoverable: false}", "guarantee": "{amount: 6}"}, "plan-draw"),
    ({"guarantee": "{amount: half}"}, "plan-amount"),
    ({"guarantee": "{amount: 6}", "ramp": "{guarantee: {2 months: 50%, later: 0%}}"}, "plan-guarantee"),
    ({"transition": "{not_below: old}"}, "plan-word-missing"),
    ({"transition": "{not_below: old, for: a while}"}, "plan-span"),
    ({"on_leaving": "{holds: burnt}"}, "plan-unknown-value"),
    ({"shadow": "perhaps"}, "plan-boolean"),
    ({"acceptance": "later"}, "plan-unknown-value"),
])  # fmt: skip
def test_wrong_use_is_said_with_its_line(words: dict[str, str], code: str) -> None:
    _, problems = parse_plans([parse_yaml(plan(ALL, **words), "p.yaml")], "EUR")
    assert [problem.code for problem in problems] == [code]
    assert problems[0].line in (6, 7)
