"""Every figure is written in one way, and text from outside cannot steer the screen."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from keepwell.show import format as written


def test_money_rounds_to_even_once_and_keeps_its_sign_outside():
    assert written.money(Decimal("-0.005"), "EUR") == "€0.00"
    assert written.money(Decimal("-1234567.895"), "USD") == "−$1,234,567.90"
    assert written.money(Decimal(3), "EUR", sign=True) == "+€3.00"
    assert written.money(Decimal(5), "SEK") == "SEK\u00a05.00"


def test_what_is_not_known_is_a_dash_and_never_a_nought():
    assert {written.money(None), written.share(None), written.days(None), written.points(float("nan"))} == {"–"}


@given(st.text())
def test_cleaned_text_has_no_control_and_no_turning_characters(text):
    clean = written.clean(text)
    assert not any(ord(c) < 32 or c in "\u202e\u2066\x7f\x9b" for c in clean)
    assert "\n" not in clean


def test_hostile_names_lose_only_what_steers():
    assert written.clean("\x1b[31mred\x07") == "[31mred"
    assert written.clean("=cmd|'/c calc'!A1") == "=cmd|'/c calc'!A1"
    assert written.clean("שלום") == "שלום"
