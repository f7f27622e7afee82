"""Shapley values: the published numbers, and what they promise for any game."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepwell.core.errors import UsageError
from keepwell.credit.shapley import shapley, shapley_dense, shared_by_all

WORTH = {("A",): 80, ("B",): 56, ("C",): 70, ("A", "B"): 80, ("A", "C"): 85, ("B", "C"): 72, ("A", "B", "C"): 90}


def games(most: int = 5) -> st.SearchStrategy[np.ndarray]:
    def made(many: int) -> st.SearchStrategy[np.ndarray]:
        worth = st.lists(st.integers(-1000, 1000), min_size=2**many - 1, max_size=2**many - 1)
        return worth.map(lambda values: np.array([0, *values], dtype=float))

    return st.integers(1, most).flatmap(made)


def by_orders(worth: np.ndarray) -> list[float]:
    """The definition: what each brings, in the mean of all orders."""
    many = len(worth).bit_length() - 1
    brought = [Fraction(0)] * many
    orders = list(permutations(range(many)))
    for order in orders:
        there = 0
        for player in order:
            brought[player] += Fraction(worth[there | 1 << player]) - Fraction(worth[there])
            there |= 1 << player
    return [float(one / len(orders)) for one in brought]


def test_the_published_game() -> None:
    assert {player: round(part, 4) for player, part in shapley(WORTH).items()} == {
        "A": 39.1667,
        "B": 20.6667,
        "C": 30.1667,
    }


@settings(max_examples=60, deadline=None)
@given(games())
def test_it_is_the_mean_over_all_orders_and_adds_up(worth: np.ndarray) -> None:
    found = shapley_dense(worth)
    assert found.tolist() == pytest.approx(by_orders(worth), abs=1e-9)
    assert found.sum() == pytest.approx(worth[-1], abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(games(4), st.integers(-50, 50))
def test_who_brings_nothing_has_nothing_and_who_brings_the_same_has_the_same(worth: np.ndarray, alone: int) -> None:
    found = shapley_dense(np.concatenate([worth, worth]))  # one more player, who changes no coalition
    assert found[-1] == pytest.approx(0, abs=1e-9)
    assert found[:-1].tolist() == pytest.approx(shapley_dense(worth).tolist(), abs=1e-9)
    twins = np.concatenate([worth, worth + alone, worth + alone, worth + 3 * alone])
    assert shapley_dense(twins)[-1] == pytest.approx(shapley_dense(twins)[-2], abs=1e-9)


def test_a_missing_worth_is_refused_or_that_of_the_best_stated_part() -> None:
    with pytest.raises(UsageError, match="2 coalitions is not stated, B among them") as refused:
        shapley({("A",): 4, ("A", "B"): 10, ("A", "B", "C"): 12, ("C",): 1, ("A", "C"): 5})
    assert refused.value.code == "coalition-missing"
    stated = {("A",): 4, ("A", "B"): 10, ("C",): 1, ("A", "B", "C"): 12}
    filled = {**stated, ("B",): 0, ("A", "C"): 4, ("B", "C"): 1}
    assert shapley(stated, missing="best_part") == shapley(filled)
    with pytest.raises(UsageError, match="no number"):
        shapley({("A",): float("nan")})


def test_the_empty_coalition_may_be_worth_something_that_is_nobodys() -> None:
    assert shapley({(): 5, ("A",): 8}) == {"A": 3}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sets(st.sampled_from("ABCD"), min_size=1), st.integers(-99, 99)), max_size=6))
def test_outcomes_that_need_all_are_a_game_like_any_other(outcomes: list[tuple[set[str], int]]) -> None:
    names = "ABCD"
    worth = np.array(
        [sum(v for who, v in outcomes if all(m >> names.index(p) & 1 for p in who)) for m in range(16)], dtype=float
    )
    found = shared_by_all((who, Fraction(value)) for who, value in outcomes)
    assert [float(found.get(name, Fraction(0))) for name in names] == pytest.approx(shapley_dense(worth).tolist())


def test_splitting_somebody_in_five_changes_nothing() -> None:
    assert shared_by_all([(["Ann"] * 5 + ["Ben"], Fraction(10))]) == {"Ann": 5, "Ben": 5}


def test_twenty_departments_are_exact_in_no_time_and_more_than_twenty_four_are_refused() -> None:
    sizes = np.array([mask.bit_count() for mask in range(1 << 20)], dtype=float)
    started = perf_counter()
    found = shapley_dense(sizes**2)
    assert perf_counter() - started < 5  # some .3 s on a machine with nothing else to do
    assert found.tolist() == pytest.approx([20.0] * 20)
    with pytest.raises(UsageError, match="too many"):
        shapley({tuple(f"p{n}" for n in range(25)): 1.0})
    with pytest.raises(UsageError, match="each of the"):
        shapley_dense(np.zeros(3))
