"""Edges of the plan language that a second calculation found: each was once paid otherwise than its words say."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from keepwell.books import settled_tables
from keepwell.core.errors import ConfigurationError
from keepwell.core.money import round_money
from keepwell.core.periods import parse_period
from keepwell.pay.parse import read_plan
from pay_company import Company, amounts, plan
from replayed import close_periods

FIRST_QUARTER = {"to_on": date(2026, 4, 1)}


def test_an_amount_that_is_a_percentage_is_of_what_was_counted() -> None:
    small = Company().person(**FIRST_QUARTER).fact(3000)
    part = "it: {measure: signed_annual_value, pays: {amount: {0: 1%, 2000: 2%}}}"
    assert small.pay(plan(part)).total() == 60


def test_two_who_cover_a_customer_whole_are_both_credited() -> None:
    small = Company().person("x:1").person("x:2").fact(1000, customer_id="c")
    for person in ("x:1", "x:2"):
        small.add("coverage", customer_id="c", person_id=person, role="seller", from_on=date(2025, 1, 1))
    part = "it: {measure: signed_annual_value, credit: signed, over: each, pays: {rate: 10%}}"
    found = small.pay(plan(part, credit="{signed: {seller: 100%}}"))
    assert {line["person_id"]: line["payable"] for line in found.lines()} == {"x:1": 100, "x:2": 100}


def test_somebody_may_have_a_share_and_two_overlays_of_one_deal(tmp_path: Path) -> None:
    small = Company(today=date(2026, 4, 1)).person().fact(1000, deal_id="d")
    for role, share, overlay in (("own", "1", False), ("se", "0.25", True), ("sa", "0.1", True)):
        small.add("deal_shares", deal_id="d", person_id="x:1", role=role, share=Decimal(share), overlay=overlay)
    part = "it: {measure: signed_annual_value, over: each, pays: {rate: 10%}, holds: {until: went_live}}"
    found = small.pay(plan(part))
    assert sorted(line["held"] for line in found.lines()) == [10, 25, 100]
    assert len({line["line_id"] for line in found.lines()}) == 3
    lines = found.engine.fetch("pay_lines")
    books = tmp_path / "books.sqlite"
    close_periods(books, parse_period("2026-Q1"), "run", lines, small.today, datetime(2027, 1, 1))
    small.settled = settled_tables(books)
    assert small.pay(plan(part)).lines(status="open") == []


HELD = """it: {measure: signed_annual_value, over: each, pays: {rate: 10%},
  holds: {until: went_live, releases: {30 days: 100%, later: 0%}}}"""


def test_what_has_lapsed_stays_lapsed_where_the_milestone_comes_afterwards() -> None:
    small = Company(today=date(2026, 12, 31)).person().fact(1000, date(2026, 1, 10), contract_id="k", customer_id="c")
    small.add("milestones", customer_id="c", contract_id="k", kind="went_live", reached_at=datetime(2026, 8, 1))
    (line,) = small.pay(plan(HELD)).lines(movement="lapsed")
    assert (line["belongs_to"], line["on_day"]) == (parse_period("2026-Q1").first_month, date(2026, 2, 10))


def test_what_can_never_be_released_any_more_is_not_earned() -> None:
    small = Company(today=date(2026, 12, 31)).person().fact(1000, date(2026, 1, 10), contract_id="k", customer_id="c")
    small.add("contracts", contract_id="k", customer_id="c", starts_on=date(2026, 1, 10), ended_on=date(2026, 5, 1))
    found = small.pay(
        plan("it: {measure: signed_annual_value, over: each, pays: {rate: 10%}, holds: {until: went_live}}")
    )
    assert [found.total(account) for account in ("earned", "held", "payable")] == [0, 0, 0]
    assert [(line["movement"], line["earned"]) for line in found.lines()] == [("held", 100), ("lapsed", -100)]


@pytest.mark.parametrize(("tie", "held"), [("half_up", "0.03"), ("half_even", "0.02")])
def test_what_is_held_is_rounded_as_the_plan_says(tie: str, held: str) -> None:
    small = Company().person().fact(5)
    part = "it: {measure: signed_annual_value, over: each, pays: {rate: 1%}, holds: {until: went_live, share: 50%}}"
    found = small.pay(plan(part, rounding=f"{{to: 0.01, tie: {tie}}}"))
    assert found.total("held") == Decimal(held)


MISSING = """
asked: {weight: 50%, measure: csat, evidence: {at_least: 30 answers, otherwise: [reweight]}, pays: {amount: {0%: 100%}}}
sold: {weight: 50%, measure: signed_annual_value, against: quota, pays: {rate: 100%}}
extra: {weight: 10%, on_top: true, measure: signed_annual_value, against: quota, pays: {rate: 100%}}
"""


def test_a_missing_weight_is_not_spread_over_what_is_paid_on_top() -> None:
    small = Company().person(**FIRST_QUARTER).quota(1000, to_on=date(2026, 4, 1)).fact(1000)
    found = small.pay(plan(MISSING, target_pay=1000))
    assert {name: found.total(part=name) for name in ("asked", "sold", "extra")} == {
        "asked": 0,
        "sold": 1000,
        "extra": 100,
    }


def test_what_is_paid_on_top_has_no_weight_to_spread() -> None:
    with pytest.raises(ConfigurationError, match="no weight to spread"):
        read_plan(
            plan(
                MISSING.replace("asked: {", "asked: {on_top: true, ").replace(
                    "weight: 50%, measure: signed", "weight: 100%, measure: signed"
                )
            )
        )


@pytest.mark.parametrize("third", ["33.3333%", "33.3333333%"])
def test_a_fine_weight_that_is_spread_in_some_periods_of_a_window_is_within_all_numbers(third: str) -> None:
    """Until June a third of the weight is spread over the others, so that half is `a`'s; in July nobody knows yet."""
    rest = Fraction(1) - 2 * Fraction(third.rstrip("%")) / 100
    parts = f"""a: {{weight: {third}, measure: signed_annual_value, against: quota, over: year to date, at_most: 150%, pays: {{rate: 100%}}}}
b: {{weight: {third}, measure: order_amount, against: quota, pays: {{rate: 100%}}}}
c: {{weight: {float(rest * 100):.10g}%, measure: nps, of: team, evidence: {{at_least: 30 answers, otherwise: [reweight, target]}},
  pays: {{curve: {{20: 0%, 40: 100%}}}}}}"""
    small = (
        Company(today=date(2026, 5, 20))
        .person(from_on=date(2026, 1, 2), to_on=date(2026, 12, 1))
        .fact(1000, date(2026, 1, 10))
    )
    small.quota(1000, from_on=date(2026, 1, 2), to_on=date(2026, 12, 1))
    found = small.pay(plan(parts, target_pay=900, rounding="{to: 1}"))
    assert found.total(part="a") == round_money(445 + 450 + 300 + Fraction(300 * 61, 92), Decimal(1))


@pytest.mark.parametrize("weight", ["100%", "33.3333%"])
def test_the_most_holds_where_it_is_below_the_least(weight: str) -> None:
    small = Company().person(**FIRST_QUARTER, fte=Decimal(0)).quota(1000, to_on=date(2026, 4, 1)).fact(900)
    rest = (
        "" if weight == "100%" else "\nb: {weight: 66.6667%, measure: order_amount, against: quota, pays: {rate: 100%}}"
    )
    part = f"""a: {{weight: {weight}, measure: signed_annual_value, against: quota, at_most: 150%, at_least: 25,
  pays: {{curve: {{33.3333%: 0%, 100%: 100%}}}}}}{rest}"""
    assert small.pay(plan(part, target_pay=1000)).total(part="a") == 0


FINE = """a: {weight: 33.3333%, measure: signed_annual_value, against: quota, at_most: 120%,
  pays: {curve: {33.3333%: 0%, 66.6667%: [50%, 66.6667%], 133.3333%: 177.7777%}}}
b: {weight: 66.6667%, measure: signed_annual_value, against: quota, pays: {rate: 100%}}"""


def test_fine_weights_and_curves_are_paid_exactly_where_a_decimal_could_not_hold_their_fractions() -> None:
    small = Company(today=date(2026, 12, 31)).person("x:1", from_on=date(2026, 2, 3), to_on=date(2026, 11, 18))
    small.quota("98765432.10", to_on=date(2026, 6, 11)).quota("123456789.01", from_on=date(2026, 6, 11))
    small.fact("99999999.99", date(2026, 3, 1))
    found = small.pay(
        plan(FINE, target_pay="9999.99", effective="{from: 2026-01-01, to: 2027-01-01}").replace(
            "against: quota,", "against: quota, over: year to date,"
        )
    )
    quota = Fraction("98765432.10") * 128 / 161 + Fraction("123456789.01") * 160 / 204
    attainment = Fraction("99999999.99") / quota
    target = Fraction("9999.99") * (Fraction(57, 90) + 2 + Fraction(48, 92)) * Fraction("0.333333")
    share = Fraction("0.5") * (attainment - Fraction("0.333333")) / Fraction("0.333334")
    assert Fraction("0.333333") < attainment < Fraction("0.666667")
    assert found.total(part="a") == round_money(target * share)


@pytest.mark.parametrize(("more", "pays"), [
    ("", [100, 100, 26]),  # the most is 100.5 and the least 25.5: 100 and 26 to the even crown
    (", only_if: {measure: order_amount, at_least: 0}", [100, 100, 26]),
    (", at_most: {fact: 100.5, period: 150.5}", [100, 50]),
    (", at_most: {fact: 100.5, year: 125.4}", [100, 25]),
])  # fmt: skip
def test_what_a_limit_leaves_of_a_fact_is_rounded_once(more: str, pays: list[int]) -> None:
    small = Company().person(**FIRST_QUARTER)
    for amount in (1009, 1003, 17):
        small.fact(amount)
    limits = "" if "at_most" in more else ", at_most: 100.5"
    part = f"it: {{measure: signed_annual_value, over: each, pays: {{rate: 10%}}, at_least: 25.5{limits}{more}}}"
    found = small.pay(plan(part, rounding="{to: 1, tie: half_even}"))
    assert amounts(sorted(found.lines(), key=lambda line: line["fact_id"])) == pays
