"""Limits leave of a window's pay what they should, lost or carried: amounts computed by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from keepwell.pay.limits import Ceiling, Look, limited

YEAR = 2026


def looks(*pays: int, window: int | None = None, years: int = 4) -> list[Look]:
    """A look per period: windows of one period, or all of one window, in which pay comes to so much."""
    return [
        Look(place if window is None else window, place, place // years, Fraction(pay))
        for place, pay in enumerate(pays)
    ]


def paid(found: list[Look], *ceilings: Ceiling) -> list[int]:
    return [int(one.pay) for one in limited(found, ceilings)]


def most(per: str, amount: int, *, carried: bool = False) -> Ceiling:
    return Ceiling(per, True, Fraction(amount), carried=carried)


def test_what_a_windows_limit_cuts_is_lost() -> None:
    assert paid(looks(700, 300, 900), most("window", 500)) == [500, 300, 500]


def test_what_is_carried_is_paid_as_far_as_later_limits_allow() -> None:
    found = looks(700, 300, 100, 900)
    assert paid(found, most("window", 500, carried=True)) == [500, 500, 100, 500]
    assert [cut.later for one in limited(found, [most("window", 500, carried=True)]) for cut in one.cuts] == [
        200,
        0,
        400,
    ]


def test_room_that_was_not_used_is_gone() -> None:
    assert paid(looks(0, 900), most("window", 500, carried=True)) == [0, 500]


def test_a_period_limits_what_a_longer_window_adds() -> None:
    assert paid(looks(700, 900, 1500, window=0), most("period", 500)) == [500, 700, 1200]
    assert paid(looks(700, 900, 1500, window=0), most("period", 500, carried=True)) == [500, 900, 1400]


def test_a_year_limits_its_sum_and_begins_anew() -> None:
    assert paid(looks(700, 500, 400, 300, 700), most("year", 1500)) == [700, 500, 300, 0, 700]


def test_a_year_that_falls_below_its_limit_again_pays_less() -> None:
    assert paid(looks(2000, -300, -400), most("year", 1500)) == [1500, 0, -200]


def test_the_least_of_a_year_is_paid_at_its_end() -> None:
    assert paid(looks(100, 200, 0, 50, 10), Ceiling("year", False, Fraction(1000))) == [100, 200, 0, 700, 1000]


def test_the_least_of_a_year_waits_while_more_of_the_year_is_to_come() -> None:
    running = [replace(look, goes_on=look.year == 1) for look in looks(100, 200, 0, 50, 10)]
    assert paid(running, Ceiling("year", False, Fraction(1000))) == [100, 200, 0, 700, 10]


def test_shares_are_of_the_target() -> None:
    found = [Look(0, 0, YEAR, Fraction(900), Fraction(300)), Look(1, 1, YEAR, Fraction(100), Fraction(300))]
    assert [one.pay for one in limited(found, [Ceiling("window", True, Fraction(2), percent=True)])] == [600, 100]
    assert [one.pay for one in limited(found, [Ceiling("year", True, Fraction(2), percent=True)])] == [600, 400]


@given(st.lists(st.integers(-200, 1000), min_size=1, max_size=8), st.integers(0, 600))
def test_carried_is_the_closed_form(pays: list[int], limit: int) -> None:
    """P = C + min(0, the least of U - C so far), over all that came up (U) and was allowed (C)."""
    ups = list(accumulate(pays))
    allowed = [limit * (place + 1) for place in range(len(pays))]
    least = list(accumulate((u - c for u, c in zip(ups, allowed, strict=True)), min))
    expected = [c + min(0, low) for c, low in zip(allowed, least, strict=True)]
    assert list(accumulate(paid(looks(*pays), most("window", limit, carried=True)))) == expected
