"""What a running contract is worth: terms that may come, discounted, checked by hand; and how sure that is."""

from __future__ import annotations

from contextlib import suppress
from math import log

import numpy as np
import pytest

from keepwell.core.errors import RefusedError
from keepwell.value.contract_kind import survival_of
from keepwell.value.contract_worth import (
    Contracts,
    Outlook,
    _ends,
    _spend_spread,
    chances,
    expected_years,
    sureness,
    weights,
)
from keepwell.value.discounting import present_years
from keepwell.value.parts import with_values
from keepwell.value.shifted_beta_geometric import ShiftedBetaGeometric

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


def test_a_change_at_one_renewal_spreads_what_comes_after_it() -> None:
    spread = _spend_spread(np.array([[0.0, 1.0], [1.0, 1.0]]), 0.3)
    assert spread[:, 0].tolist() == [0, 0]
    # all of it moves by the lognormal number itself; or half of it, whose variance is a quarter
    assert spread[:, 1] == pytest.approx([0.3, np.sqrt(np.log1p(np.expm1(0.09) / 4))])
    assert _spend_spread(np.ones((1, 600)), 5.0).max() == 1  # a value that once grew a hundredfold


def test_a_lump_is_in_the_interval_whole_or_not_at_all() -> None:
    def leaving(*shares):
        brought = np.arange(1.0, len(shares) + 1)[None]
        return tuple(float(end[0]) for end in _ends(np.array([shares]), brought, np.zeros_like(brought)))

    assert leaving(0.04, 0.9, 0.06) == (2, 2)
    assert leaving(0.2, 0.5, 0.25, 0.05) == (1, 3)  # a fifth is not left out; nine of ten lie below 4
    assert leaving(0.07, 0.03, 0.2, 0.7) == (3, 4)  # the last lump is needed; then the first two are not
    assert leaving(0.3, 0.7) == (1, 2)


def _covered(seed: int, customers: int, spend: float, years: float, shapes: tuple[float, float]) -> float:
    """The share of simulated customers whose later terms, at yearly values that move, are worth what was foretold."""
    dice = np.random.default_rng(seed)
    hazard, age = dice.beta(*shapes, customers), dice.uniform(0, 6, customers)
    life = dice.geometric(np.maximum(hazard, 1e-9)) - 1
    ends = np.floor(age).astype(np.int64)
    there, made = life >= ends, np.minimum(life, ends)
    fit = ShiftedBetaGeometric().fit({"renewals": made, "left": ~there}).fitted
    assert fit is not None
    none = np.zeros(int(there.sum()), np.int64)
    seen = Contracts(made[there], 1 - age[there] % 1, np.ones(len(none)), none.astype(bool), none)
    outlook = Outlook(years, 0.1)
    survivals = [
        survival_of("shifted_beta_geometric", 1.0, with_values(fit, row)) for row in [fit.values, *fit.draws(40)]
    ]
    found = sureness(seen, survivals, outlook, spend)
    worth = weights(seen, outlook)
    steps = np.exp(spend * dice.standard_normal(worth.shape) - spend**2 / 2)
    steps[:, 0] = 1
    paid = np.cumsum(worth * np.cumprod(steps, axis=1), axis=1)
    last = np.minimum(life[there] - made[there], worth.shape[1] - 1)
    came = paid[np.arange(len(last)), last]
    return float(((came >= found.low - 1e-6) & (came <= found.high + 1e-6)).mean())


def test_nine_of_ten_customers_are_worth_what_their_interval_says() -> None:
    assert _covered(3, 4000, 0.1, 5, (0.7, 2.4)) == pytest.approx(0.9, abs=0.03)


@pytest.mark.slow
@pytest.mark.parametrize("shapes", [(0.704, 1.182), (0.668, 3.806), (1.5, 12.0)])
@pytest.mark.parametrize("years", [2, 5, 50])
@pytest.mark.parametrize("spend", [0.1, 0.3])
def test_nine_of_ten_customers_are_worth_what_their_interval_says_on_average(
    spend: float, years: float, shapes: tuple[float, float]
) -> None:
    covered = []
    for seed in range(8):
        with suppress(RefusedError):  # of a sample in which few leave there may be no maximum
            covered.append(_covered(seed, 4000, spend, years, shapes))
    assert len(covered) >= 4
    assert np.mean(covered) == pytest.approx(0.9, abs=0.03)


def test_where_yearly_values_do_not_move_the_interval_holds_no_less_than_it_says() -> None:
    assert 0.9 < _covered(3, 4000, 0.0, 5, (0.7, 2.4)) < 1
    assert _covered(3, 4000, 0.0, 50, (0.7, 1.2)) == pytest.approx(0.93, abs=0.03)  # lumps are small in the long run


def test_months_for_a_hundred_years_are_done_at_once() -> None:
    many = Contracts(np.arange(50), np.zeros(50), np.full(50, 1 / 12), np.zeros(50, bool), np.zeros(50, np.int64))
    found = sureness(many, [half], Outlook(horizon=100.0, discount=0.1), 0.1)
    assert np.isfinite(found.high).all()
