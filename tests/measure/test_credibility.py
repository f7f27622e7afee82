"""Credibility, held to Bühlmann's and to Efron and Morris's numbers."""

from __future__ import annotations

import numpy as np
import pytest

from keepwell.measure.credibility import (
    NO_RANKING,
    TOO_FEW,
    buhlmann_straub,
    credibility_factor,
    james_stein,
    pooled_variance,
)

# hits in the first 45 at-bats of 18 players, 1970. Efron & Morris (1975), JASA 70
HITS = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7])


def test_expected_variance_25000_and_variance_of_means_5000_give_k_5_and_z_one_half() -> None:
    assert float(credibility_factor(5, within=25_000, between=5_000)) == 0.5


def test_efron_and_morriss_baseball() -> None:
    averages = HITS / 45
    mean = averages.mean()
    factor, shrunk = james_stein(averages, mean * (1 - mean) / 45)
    assert round(factor, 4) == 0.2117
    assert round(float(shrunk[0]), 4) == 0.2939  # .400
    assert round(float(shrunk[-1]), 4) == 0.2422  # .156


def test_a_league_table_of_noise_is_not_ranked() -> None:
    averages = HITS / 45
    found = buhlmann_straub(averages, np.full(18, 45), averages.mean() * (1 - averages.mean()))
    assert found.between == 0
    assert set(found.z) == {0.0}
    assert found.credible == pytest.approx(np.full(18, averages.mean()))
    assert found.words == NO_RANKING


def test_the_standard_estimators_by_hand() -> None:
    # three units of 10, 20 and 30 answers with means 1, 2 and 4, and a variance of 2 within
    x, w = np.array([1.0, 2.0, 4.0]), np.array([10.0, 20.0, 30.0])
    mean = (x * w).sum() / 60
    between = ((w * (x - mean) ** 2).sum() - 2 * 2.0) / (60 - (w**2).sum() / 60)
    found = buhlmann_straub(x, w, within=2.0)
    assert found.between == pytest.approx(between)
    assert found.k == pytest.approx(2.0 / between)
    z = w / (w + 2.0 / between)
    assert found.z == pytest.approx(z)
    collective = (z * x).sum() / z.sum()
    assert found.credible == pytest.approx(z * x + (1 - z) * collective)
    assert found.words == ""


def test_people_are_compared_within_their_team() -> None:
    # two teams far apart, alike inside: between teams there is much, between people nothing
    x, w = np.array([10.0, 10.1, 90.0, 90.1]), np.full(4, 50.0)
    found = buhlmann_straub(x, w, within=25.0, groups=np.array([0, 0, 1, 1]))
    assert found.between == 0
    assert found.credible == pytest.approx([10.05, 10.05, 90.05, 90.05])


def test_who_is_alone_in_a_team_is_held_against_all() -> None:
    x, w = np.array([1.0, 5.0, 9.0]), np.full(3, 100.0)
    found = buhlmann_straub(x, w, within=1.0, groups=np.array([0, 0, 7]))
    everybody = (found.z * x).sum() / found.z.sum()
    assert found.collective[2] == pytest.approx(everybody)
    assert found.collective[0] == pytest.approx(3.0)


def test_without_answers_a_unit_gets_the_collective() -> None:
    found = buhlmann_straub([1.0, 9.0, float("nan")], [100, 100, 0], within=1.0)
    assert found.z[2] == 0
    assert found.credible[2] == pytest.approx(5.0)


def test_one_answer_each_tells_nothing() -> None:
    assert np.isnan(pooled_variance([0.0, 0.0], [1, 1]))
    found = buhlmann_straub([1.0, 9.0], [1, 1], within=pooled_variance([0.0, 0.0], [1, 1]))
    assert found.words == TOO_FEW
    assert found.credible == pytest.approx([5.0, 5.0])


def test_nobody_is_no_error() -> None:
    assert len(buhlmann_straub([], [], within=1.0).z) == 0
