"""Effects: shrunk as published, adjusted for the case mix, and silent where differences are chance."""

from __future__ import annotations

import numpy as np
import pytest

from keepwell.core.errors import UsageError
from keepwell.credit.effect import effects, effects_of_sums, shrink
from keepwell.measure.credibility import NO_RANKING, TOO_FEW


def simulated(seed: int, people: int = 30, each: int = 40, between: float = 5.0, within: float = 20.0):
    """People with true effects who are given customers of two kinds unevenly, the large ones worth 50 more."""
    dice = np.random.default_rng(seed)
    true = dice.normal(0, between, people)
    who = np.repeat(np.arange(people), each)
    large = dice.random(len(who)) < np.where(who % 2 == 0, 0.8, 0.2)
    values = true[who] + 50.0 * large + dice.normal(0, within, len(who))
    return true, values, [f"p{one:02d}" for one in who], ["large" if one else "small" for one in large]


def test_the_published_shrinking() -> None:
    effect, low, high = shrink(8, 12, within=40, between=5)
    assert round(effect, 4) == 1.2632
    assert low < 0 < high
    assert shrink(8, 12, 40, 0) == (0, 0, 0)


def test_who_has_the_large_customers_has_no_effect_of_their_size() -> None:
    true, values, who, kinds = simulated(1)
    found = effects(values, who, {"segment": kinds})
    plain = effects(values, who)
    assert np.corrcoef(found.effect, true)[0, 1] > 0.75
    assert np.abs(plain.effect).mean() > 2 * np.abs(found.effect).mean()
    assert np.abs(found.effect).mean() < np.abs(found.difference).mean()


def test_intervals_hold_the_true_effect_as_often_as_they_say() -> None:
    held, many = 0, 0
    for seed in range(40):
        true, values, who, kinds = simulated(seed)
        found = effects(values, who, {"segment": kinds})
        if not found.words:
            held += int(((found.low <= true - true.mean()) & (true - true.mean() <= found.high)).sum())
            many += len(true)
    assert many > 600
    assert 0.92 < held / many < 0.98


def test_where_people_do_not_differ_it_says_so_and_names_nobody() -> None:
    silent = 0
    for seed in range(40):
        _, values, who, kinds = simulated(seed, between=0.0)
        found = effects(values, who, {"segment": kinds})
        if found.words == NO_RANKING:
            silent += 1
            assert not found.effect.any()
            assert np.isnan(found.low).all()
    assert silent >= 35  # 95 of 100 in the long run


def test_people_are_compared_within_their_teams() -> None:
    dice = np.random.default_rng(3)
    names = [f"p{one}" for one in range(20) for _ in range(50)]
    teams = {f"p{one}": "sales" if one < 10 else "support" for one in range(20)}
    values = [100.0 * (teams[name] == "sales") + 8 * (int(name[1:]) % 2) + dice.normal(0, 10) for name in names]
    found = dict(zip((made := effects(values, names, teams=teams)).who, made.effect.tolist(), strict=True))
    assert found["p1"] - found["p0"] == pytest.approx(8, abs=3)
    assert found["p11"] - found["p10"] == pytest.approx(8, abs=3)
    assert abs(found["p0"] + found["p10"]) < 12  # the difference of the teams is none of people
    assert made.between < 10


def test_too_few_rows_say_so_and_wrong_ones_are_refused() -> None:
    assert effects([1.0, 2.0], ["a", "b"]).words == TOO_FEW
    assert effects([], []).who == ()
    for outcomes, people, mix in (([1.0], ["a", "b"], None), ([float("nan")], ["a"], None), ([1.0], ["a"], {"x": []})):
        with pytest.raises(UsageError):
            effects(outcomes, people, mix)


def test_a_kind_that_goes_with_one_person_takes_nothing_from_them() -> None:
    """What only one person's customers are like cannot be told from the person: it stays with the person."""
    values = [0.0, 1.0] * 20 + [10.0, 11.0] * 20
    found = effects(values, ["a"] * 40 + ["b"] * 40, {"region": ["north"] * 40 + ["south"] * 40})
    assert found.difference.tolist() == pytest.approx([-5, 5])


def test_sums_by_kind_say_what_the_rows_say() -> None:
    _, values, who, kinds = simulated(5, people=8, each=30)
    outcomes = np.round(values)
    rows: dict[tuple[str, str], list[float]] = {}
    for value, person, kind in zip(outcomes, who, kinds, strict=True):
        rows.setdefault((person, kind), []).append(float(value))
    whole = effects(outcomes.tolist(), who, {"segment": kinds})
    summed = effects_of_sums(
        np.array([len(some) for some in rows.values()]), np.array([sum(some) for some in rows.values()]),
        np.array([sum(one * one for one in some) for some in rows.values()]), [person for person, _ in rows],
        {"segment": [kind for _, kind in rows]},
    )  # fmt: skip
    for name in ("difference", "se", "effect", "low", "z"):
        assert getattr(summed, name).tolist() == pytest.approx(getattr(whole, name).tolist()), name
