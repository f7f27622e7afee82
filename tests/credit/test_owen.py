"""Owen values: departments first, then people; to the cent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepwell.core.errors import UsageError
from keepwell.core.money import CENT
from keepwell.credit.owen import NOBODY, owen, owen_shares

STAGES = {"Sales": "ABC", "Install": "D", "Support": "EF"}
amounts = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents) / 100)
departments = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.lists(st.sampled_from("ABCDEFG"), max_size=6))


def test_the_published_outcome_to_the_cent() -> None:
    found = owen_shares(Decimal("700.00"), STAGES)
    assert [str(part) for part in found.values()] == ["77.78", "77.78", "77.78", "233.33", "116.67", "116.66"]
    assert sum(found.values()) == Decimal("700.00")
    exact = owen(lambda people: 700.0 if len(people) == 6 else 0.0, STAGES)
    assert {person: round(part, 2) for person, part in exact.items()} == {
        "A": 77.78, "B": 77.78, "C": 77.78, "D": 233.33, "E": 116.67, "F": 116.67}  # fmt: skip


def test_a_hundred_in_three() -> None:
    assert [str(part) for part in owen_shares(Decimal(100), {"a": "A", "b": "B", "c": "C"}).values()] == [
        "33.34", "33.33", "33.33"]  # fmt: skip


@settings(deadline=None)
@given(amounts, departments)
def test_it_adds_up_is_even_and_nobody_has_less_than_nothing(amount: Decimal, behind: dict[str, list[str]]) -> None:
    found = owen_shares(amount, behind)
    assert sum(found.values()) == amount
    there = {name: set(people) for name, people in behind.items() if people}
    if not there:
        assert found == {(NOBODY, ""): amount}
        return
    assert {name for name, _ in found} == there.keys()
    by_department = {name: sum(part for (one, _), part in found.items() if one == name) for name in there}
    assert max(by_department.values()) - min(by_department.values()) <= CENT
    if amount < 0:
        assert found.keys() == {(name, "") for name in there}
        return
    assert found.keys() == {(name, person) for name, people in there.items() for person in people}
    assert min(found.values()) >= 0
    for name, people in there.items():
        own = [found[name, person] for person in people]
        assert max(own) - min(own) <= CENT


@settings(deadline=None)
@given(amounts, departments)
def test_splitting_one_persons_work_changes_nothing(amount: Decimal, behind: dict[str, list[str]]) -> None:
    assert owen_shares(amount, {name: people * 5 for name, people in behind.items()}) == owen_shares(amount, behind)


def test_a_sixth_person_sent_along_leaves_the_other_departments_theirs() -> None:
    more = owen_shares(Decimal(700), {**STAGES, "Sales": "ABCGHI"})
    assert sum(part for (name, _), part in more.items() if name == "Support") == Decimal("233.33")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 100), min_size=16, max_size=16))
def test_any_game_adds_up_and_one_department_or_each_their_own_is_shapley(values: list[int]) -> None:
    from keepwell.credit.shapley import shapley

    def worth(people: frozenset[str]) -> float:
        return 0.0 if not people else float(values[sum(1 << "ABCD".index(person) for person in people)])

    coalitions = {tuple(p for p in "ABCD" if mask >> "ABCD".index(p) & 1): 0.0 for mask in range(16)}
    plain = shapley({who: worth(frozenset(who)) for who in coalitions})
    assert owen(worth, {"all": "ABCD"}) == pytest.approx(plain, abs=1e-9)
    assert owen(worth, {person: person for person in "ABCD"}) == pytest.approx(plain, abs=1e-9)
    found = owen(worth, {"x": "AB", "y": "CD"})
    assert sum(found.values()) == pytest.approx(worth(frozenset("ABCD")), abs=1e-9)


def test_who_brings_nothing_has_nothing_in_any_department() -> None:
    found = owen(lambda people: 10.0 * ("A" in people) * ("C" in people), {"x": "AB", "y": "C"})
    assert found == pytest.approx({"A": 5, "B": 0, "C": 5})


@pytest.mark.parametrize("amount", [Decimal("0.005"), Decimal("-10.001"), Decimal("NaN"), Decimal("Infinity"), 0.1])
def test_amounts_that_no_cents_add_up_to_are_refused(amount: Decimal) -> None:
    for behind in (STAGES, {}):
        with pytest.raises(UsageError, match=r"whole steps of 0\.01; found") as refused:
            owen_shares(amount, behind)
        assert refused.value.code == "owen-amount"
    assert sum(owen_shares(Decimal("0.005"), STAGES, to=Decimal("0.001")).values()) == Decimal("0.005")


def test_one_person_in_two_departments_is_refused() -> None:
    with pytest.raises(UsageError, match="A stands in two departments"):
        owen(lambda _: 1.0, {"x": "AB", "y": "A"})
