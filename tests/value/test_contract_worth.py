"""What a running contract is worth: terms that may come, discounted, checked by hand; and how sure that is."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from keepwell.value.contract_worth import Contracts, Outlook, chances, expected_years, sureness, weights
from keepwell.value.discounting import present_years

PLAIN = Outlook(horizon=2.5, discount=0.0)


def half(contracts, ahead):
    """Every renewal is made by one half."""
    return np.tile(0.5 ** np.arange(1.0, ahead + 1), (len(contracts), 1))


def contracts(to_next=0.5, term=1.0, notice=False):
    return Contracts(np.array([1]), np.array([to_next]), np.array([term]), np.array([notice]), np.zeros(1, np.int64))


def test_half_a_year_is_sure_and_each_further_one_half_as_likely() -> None:
    assert weights(contracts(), PLAIN).tolist() == [[0.5, 1.0, 1.0]]
    assert expected_years(contracts(), half, PLAIN).tolist() == [0.5 + 0.5 + 0.25]


def test_later_years_are_worth_less() -> None:
    one = (1 - 1 / 1.1) / log(1.1)
    assert present_years(np.array([0.0]), np.array([1.0]), 0.1)[0] == pytest.approx(one)
    years = expected_years(contracts(to_next=1.0), half, Outlook(horizon=3.0, discount=0.1))
    assert years[0] == pytest.approx(one * (1 + 0.5 / 1.1 + 0.25 / 1.21))


def test_a_term_beyond_the_horizon_counts_to_the_horizon() -> None:
    assert expected_years(contracts(to_next=4.0), half, PLAIN).tolist() == [2.5]
    assert weights(contracts(to_next=0.0), PLAIN).tolist() == [[0.0, 1.0, 1.0, 0.5]]


def test_who_gave_notice_stays_as_often_as_others_did() -> None:
    outlook = Outlook(horizon=2.5, discount=0.0, stays=0.1)
    assert chances(contracts(notice=True), half, 2, outlook).tolist() == [[1.0, 0.1, 0.05]]


def test_the_interval_is_of_when_they_leave() -> None:
    found = sureness(contracts(), [half], PLAIN, spend=0.0)
    # half leave after the running term, a quarter a year later, a quarter see the horizon
    assert (found.low[0], found.high[0], found.renews[0]) == (0.5, 2.5, 0.5)
    mean, square = 0.5 * 0.5 + 0.25 * 1.5 + 0.25 * 2.5, 0.5 * 0.25 + 0.25 * 2.25 + 0.25 * 6.25
    assert found.spread[0] == pytest.approx((square - mean**2) ** 0.5)


def test_what_is_lost_by_leaving_comes_after_the_running_term() -> None:
    """The running half year is paid either way; if they stay at its end, a year comes, and another with one half."""
    assert sureness(contracts(), [half], PLAIN, spend=0.0).after.tolist() == [1 + 0.5]
    # by the notice they are hardly there; what would come if they were stays the same
    given = Outlook(horizon=2.5, discount=0.0, stays=0.1)
    assert sureness(contracts(notice=True), [half], given, spend=0.0).after.tolist() == pytest.approx([1.5])
    # nothing is looked at beyond the horizon
    assert sureness(contracts(to_next=3.0), [half], PLAIN, spend=0.0).after.tolist() == [0.0]


def test_of_several_ends_in_a_year_each_counts_as_often_as_it_is_the_last() -> None:
    """Half years, two ends within a year: after the first come .5 × (1 + .5 + .25), after the second .5 × (1 + .5)."""
    found = sureness(contracts(term=0.5), [half], Outlook(horizon=2.0, discount=0.0), spend=0.0)
    assert found.after[0] == pytest.approx((0.5 * 0.875 + 0.25 * 0.75) / 0.75)
    nobody = sureness(contracts(), [lambda some, ahead: np.ones((len(some), ahead))], PLAIN, spend=0.0)
    assert nobody.after.tolist() == [2.0]
    everybody = sureness(contracts(), [lambda some, ahead: np.zeros((len(some), ahead))], PLAIN, spend=0.0)
    assert np.isnan(everybody.after[0])


def test_what_they_spend_widens_the_interval() -> None:
    sure, unsure = (sureness(contracts(), [half], PLAIN, spend=spend) for spend in (0.0, 0.2))
    assert unsure.low[0] <= sure.low[0]
    assert unsure.high[0] > sure.high[0]
    assert unsure.spread[0] > sure.spread[0]


def test_the_interval_covers_what_comes_of_many() -> None:
    dice = np.random.default_rng(4)
    many = Contracts(
        np.zeros(4000, np.int64),
        dice.uniform(0, 1, 4000),
        np.ones(4000),
        np.zeros(4000, bool),
        np.zeros(4000, np.int64),
    )
    outlook = Outlook(horizon=5.0, discount=0.1)
    found = sureness(
        many, [lambda made, ahead: np.tile(0.8 ** np.arange(1.0, ahead + 1), (len(made), 1))], outlook, 0.0
    )
    worth = weights(many, outlook)
    terms = np.minimum(dice.geometric(0.2, 4000) - 1, worth.shape[1] - 1)
    came = np.cumsum(worth, axis=1)[np.arange(4000), terms]
    inside = ((came >= found.low - 1e-9) & (came <= found.high + 1e-9)).mean()
    assert inside >= 0.9  # terms are whole: the interval is never narrower than it says


def test_months_for_a_hundred_years_are_done_at_once() -> None:
    many = Contracts(np.arange(50), np.zeros(50), np.full(50, 1 / 12), np.zeros(50, bool), np.zeros(50, np.int64))
    found = sureness(many, [half], Outlook(horizon=100.0, discount=0.1), 0.1)
    assert np.isfinite(found.high).all()
