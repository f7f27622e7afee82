"""Amounts are rounded once, and shares of an amount always add up to it."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.core.money import Money, round_money, share_out

cents = st.decimals(min_value=-10_000_000, max_value=10_000_000, places=2)
shares = st.lists(st.decimals(min_value=0, max_value=1, places=6), min_size=1, max_size=12).filter(any)


@given(cents, shares)
def test_shares_add_up_to_the_cent(amount, parts):
    assert sum(share_out(amount, parts)) == amount


@given(cents, shares)
def test_no_share_is_a_cent_or_more_from_its_exact_value(amount, parts):
    total = sum(parts)
    for got, share in zip(share_out(amount, parts), parts, strict=True):
        assert abs(Fraction(got) - Fraction(amount) * Fraction(share) / Fraction(total)) < Fraction(1, 100)


def test_a_hundred_in_three():
    assert share_out(Decimal("100.00"), [Decimal(1)] * 3) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]


def test_shares_of_nothing_are_refused():
    with pytest.raises(ValueError, match="nothing"):
        share_out(Decimal(1), [Decimal(0)])


@pytest.mark.parametrize(
    ("amount", "even", "up"),
    [("2.345", "2.34", "2.35"), ("2.355", "2.36", "2.36"), ("-2.345", "-2.34", "-2.35"), ("0.004", "0.00", "0.00")],
)
def test_ties_follow_the_declared_rule(amount, even, up):
    assert round_money(Decimal(amount)) == Decimal(even)
    assert round_money(Decimal(amount), tie="half_up") == Decimal(up)


def test_money_is_never_a_float_and_never_mixes_currencies():
    with pytest.raises(TypeError):
        Money(1.5, "EUR")
    with pytest.raises(ValueError, match="do not add"):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "USD")
    assert str(Money(Decimal(1234), "EUR") + Money(Decimal("0.5"), "EUR")) == "1,234.50 EUR"
