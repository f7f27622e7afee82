"""A part's picture is what the pipeline pays: its lines, jumps, limits and the points worth naming."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from keepwell.pay.parse import read_plan
from keepwell.pay.picture import Picture, flat_from, jump_at, jumps, picture_of
from keepwell.pay.pieces import pay_at
from keepwell.pay.said import definitions, part_says, plan_says, sentences
from pay_company import SELLER, plan

WEIGHED = "p: {{measure: signed_annual_value, against: quota, weight: 100%, pays: {shape}{more}}}"


def picture(part: str, target: int | None = 1000, **words: object) -> Picture:
    read = read_plan(plan(part, **({"target_pay": target} if target else {}), **words))
    return picture_of(read, read.parts[0])


def weighed(shape: str, more: str = "", target: int | None = 1000) -> Picture:
    return picture(WEIGHED.format(shape=shape, more=more), target)


def told(one: Picture) -> list[tuple[str, str, str]]:
    return [(mark.says, mark.pays, mark.share) for mark in one.marks]


def test_money_is_named_at_half_of_target_at_target_and_beyond_it() -> None:
    found = weighed("{curve: {50%: 0%, 100%: 100%, 150%: 200%}}")
    assert told(found) == [("0%", "€0.00", "0%"), ("50%", "€0.00", "0%"), ("100%", "€1,000.00", "100%"),
                           ("150%", "€2,000.00", "200%")]  # fmt: skip
    assert found.span == (0, Fraction(7, 4), 0, 2000)
    assert (found.y_text(Fraction(1000)), found.x_says) == ("€1,000", "signed yearly value, as a share of quota")


def test_a_jump_is_named_on_both_its_sides() -> None:
    found = weighed("{curve: {50%: [0%, 40%], 100%: 100%}}")
    assert jumps(found) == [(Fraction(1, 2), 0, 400)]
    assert jump_at(found, Fraction(1, 2)) == (0, 400)
    assert ("just under 50%", "€0.00", "0%") in told(found)
    assert ("50%", "€400.00", "40%") in told(found)
    lower = weighed("{level: {0%: 50%, 90%: 100%}, ties: lower}")
    assert [says for says, _, _ in told(lower)] == ["0%", "50%", "up to 90%", "just above 90%", "100%", "150%"]


def test_limits_are_in_the_picture() -> None:
    found = weighed("{curve: {0%: 0%, 200%: 200%}}", ", at_most: 120%, at_least: 300")
    assert (found.at(Fraction(0)), found.at(Fraction(1)), found.at(Fraction(2))) == (300, 1000, 1200)
    assert flat_from(found) == Fraction(6, 5)
    assert weighed("{curve: {0%: 0%, 100%: 100%}}", ", at_most: 5000", None).span[3] == 1


def test_pay_that_rises_at_the_end_is_flat_nowhere() -> None:
    assert flat_from(weighed("{rate: 100%}")) is None
    assert flat_from(weighed("{curve: {0%: 0%, 100%: 100%}}")) == 1


@pytest.mark.parametrize("shape", [
    "{curve: {50%: [0%, 40%], 100%: 100%, 120%: [120%, 150%]}}", "{steps: {0%: 50%, 100%: 200%}}",
    "{level: {0%: 70%, 90%: 100%, 120%: 110%}}", "{rate: 90%}", "{amount: {0%: 0%, 100%: 100%}}",
])  # fmt: skip
def test_the_lines_are_what_the_pieces_pay(shape: str) -> None:
    read = read_plan(plan(WEIGHED.format(shape=shape, more=""), target_pay=1000))
    found = picture_of(read, read.parts[0])
    for step in range(150):
        k = Fraction(step, 100)
        value, fee = pay_at(read.parts[0].shape, k)
        assert found.at(k) == value * 1000 + fee


def test_without_a_known_target_it_shows_shares_of_it() -> None:
    found = weighed("{curve: {0%: 0%, 100%: 100%}}", target=None)
    assert (found.y_kind, told(found)[-1]) == ("of target", ("150%", "100%", ""))
    read = read_plan(plan(WEIGHED.format(shape="{curve: {0%: 0%, 100%: 100%}}", more="")))
    assert picture_of(read, read.parts[0], Decimal(400)).at(Fraction(1)) == 400


def test_shapes_without_a_weight_pay_money_by_the_amount() -> None:
    steps = picture("p: {measure: order_amount, pays: {steps: {0: {rate: 1%, plus: 2}, 1000: 2%}}}")
    assert (steps.at(Fraction(0)), steps.at(Fraction(1000)), steps.x_kind) == (2, 12, "amount")
    rate = picture("p: {measure: order_amount, pays: {rate: 2%}}")
    assert [mark.pays for mark in rate.marks] == ["€0.00", "€50.00", "€100.00", "€150.00", "€200.00"]
    base = picture("p: {measure: order_amount, against: quota, pays: {steps: {0%: 1%, 100%: 2%}}}")
    assert (base.y_kind, base.at(Fraction(3, 2))) == ("of base", Fraction(2, 100))


def test_a_score_is_named_where_it_pays_so_much_of_target() -> None:
    found = picture("p: {measure: nps, of: team, weight: 100%, evidence: {otherwise: target}, "
                    "pays: {curve: {20: 0%, 40: 100%, 60: 200%}}}")  # fmt: skip
    assert [(mark.says, mark.share) for mark in found.marks] == [
        ("20", "0%"), ("30", "50%"), ("40", "100%"), ("50", "150%"), ("60", "200%")]  # fmt: skip
    days = picture(
        "p: {measure: time_to_value, weight: 100%, evidence: {otherwise: target}, pays: {curve: {30: 100%, 60: 0%}}}"
    )
    assert (days.x_says, days.span[0], days.at(Fraction(0))) == ("time to value, in days", Fraction(45, 2), 1000)


def test_a_plan_says_all_that_holds() -> None:
    read = read_plan(SELLER)
    said = sentences(part_says(read, read.parts[0])) + sentences(part_says(read, read.parts[1]))
    assert "Measured: signed yearly value over the fiscal year to date, set against quota." in said
    assert any(text.startswith("Held: 100% of the pay of each deal waits until the customer is live. Released: 100% within "
                               "90 days, 50% within 180 days, nothing later") for text in said)  # fmt: skip
    assert any("an advance for 180 days" in text and "at most 25% of each payout" in text for text in said)
    assert [one.about for one in plan_says(read)] == ["Rounding", "Days"]
    assert [one.about for one in definitions(read)] == ["Signed yearly value", "Quota", "Orders", "Invoiced amount"]
