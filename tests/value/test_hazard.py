"""The discrete-time hazard: as two other implementations find it, parameters found again, and plain refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from keepwell.core.errors import RefusedError, UsageError
from keepwell.value.hazard import Hazard, Signs, fit_hazard
from keepwell.value.person_periods import PersonPeriods

LINKS = ("log-log", "logit")


def lives(dice: np.random.Generator, count: int, coefficients: Any, base: Any = -2.2, periods: int = 8, link: str = "log-log"
          ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Covariates, periods at risk, and who left: normal covariates, the last one yes or no, some seen for less long."""
    effects = np.asarray(coefficients, dtype=float)
    covariates = dice.standard_normal((count, len(effects)))
    covariates[:, -1] = covariates[:, -1] > 0.3
    height = np.broadcast_to(base, (periods,))
    at = height[None, :] + (covariates @ effects)[:, None]
    chance = 1 - np.exp(-np.exp(at)) if link == "log-log" else 1 / (1 + np.exp(-at))
    leaves = dice.random((count, periods)) < chance
    when = np.where(leaves.any(axis=1), leaves.argmax(axis=1) + 1, periods + 1)
    seen = dice.integers(1, periods + 1, count)
    return covariates, np.minimum(when, seen), when <= seen


def person_periods(covariates: np.ndarray, duration: np.ndarray, left: np.ndarray) -> tuple[np.ndarray, ...]:
    """Every row written out: covariates, period, whether they left in it."""
    rows = np.repeat(np.arange(len(duration)), duration)
    period = np.arange(len(rows)) - np.repeat(np.cumsum(duration) - duration, duration)
    return covariates[rows], period, (period == duration[rows] - 1) & left[rows]


@pytest.mark.parametrize("link", LINKS)
def test_as_another_implementation_finds_it_on_rows_written_out(link: str) -> None:
    sm = pytest.importorskip("statsmodels.api")
    covariates, duration, left = lives(np.random.default_rng(1), 2000, [0.5, -0.3, 0.4])
    found = fit_hazard(PersonPeriods.of_lives(covariates, duration, left, steps=range(8)), link)
    x, period, y = person_periods(covariates, duration, left)
    names = {"log-log": sm.families.links.CLogLog(), "logit": sm.families.links.Logit()}
    other = sm.GLM(y.astype(float), np.column_stack([np.eye(8)[period], x]), sm.families.Binomial(names[link]))
    fit = other.fit(tol=1e-12)
    assert found.parameters == pytest.approx(fit.params, abs=1e-6)
    assert found.log_likelihood == pytest.approx(fit.llf, abs=1e-6)
    # its errors of the log-log link come from the expected information, ours from the observed
    assert found.standard_errors == pytest.approx(fit.bse, rel=1e-6 if link == "logit" else 0.02)
    assert (found.periods, found.events) == (len(y), int(y.sum()))


@pytest.mark.parametrize("link", LINKS)
def test_grouped_rows_in_any_order_are_the_lives(link: str) -> None:
    dice = np.random.default_rng(2)
    covariates, duration, left = lives(dice, 1500, [0.5, 0.4])
    covariates[:, 0] = np.round(covariates[:, 0])
    expected = fit_hazard(PersonPeriods.of_lives(covariates, duration, left, steps=range(8)), link)
    x, period, y = person_periods(covariates, duration, left)
    keys, group = np.unique(np.column_stack([period, x]), axis=0, return_inverse=True)
    shuffled = dice.permutation(len(keys))
    rows = PersonPeriods.of_rows(keys[shuffled, 1:], keys[shuffled, 0].astype(int), np.bincount(group)[shuffled],
                                 np.bincount(group[y], minlength=len(keys))[shuffled], np.eye(8),
                                 expected.baseline_names)  # fmt: skip
    found = fit_hazard(rows, link)
    assert found.parameters == pytest.approx(expected.parameters, abs=1e-8)
    assert found.covariance == pytest.approx(expected.covariance, rel=1e-6)


def test_an_offset_is_a_coefficient_of_one() -> None:
    covariates, duration, left = lives(np.random.default_rng(3), 4000, [0.5, 0.4])
    seen = PersonPeriods.of_lives(covariates, duration, left)
    both = fit_hazard(seen)
    beside = seen.beside(seen.covariates @ both.coefficients)
    alone = fit_hazard(beside)
    assert alone.parameters == pytest.approx(both.parameters[: len(both.baseline_names)], abs=1e-6)
    assert alone.log_likelihood == pytest.approx(both.log_likelihood, abs=1e-6)


@pytest.mark.parametrize("link", LINKS)
def test_parameters_are_found_again_and_intervals_of_chances_hold(link: str) -> None:
    """The truth lies within 1.96 standard errors 95 times of 100, and in the 90% interval of a chance 90 times."""
    dice = np.random.default_rng(5)
    truth, tries, inside, covered = np.array([0.6, -0.4, 0.5]), 120, np.zeros(3), 0
    asked, cells = np.array([[1.0, 0.5, 1.0]]), np.zeros((1, 6), dtype=int)
    at = -2.2 + asked @ truth
    once = np.exp(at) if link == "log-log" else np.log1p(np.exp(at))
    for _ in range(tries):
        seen = PersonPeriods.of_lives(*lives(dice, 700, truth, link=link), steps=[0])
        found = fit_hazard(seen, link)
        inside += np.abs(found.coefficients - truth) < 1.96 * found.standard_errors[-3:]
        _, low, high = found.chances(asked, cells)
        covered += bool(low[0] <= 1 - np.exp(-6 * once[0]) <= high[0])
    assert (inside >= 0.87 * tries).all()
    assert inside.sum() >= 0.92 * 3 * tries
    assert 0.81 * tries <= covered <= 0.98 * tries


def test_a_chance_ahead_is_the_periods_multiplied_out() -> None:
    covariates, duration, left = lives(np.random.default_rng(6), 3000, [0.5, 0.4], base=np.linspace(-3, -2, 8))
    for link in LINKS:
        found = fit_hazard(PersonPeriods.of_lives(covariates, duration, left, steps=[0, 3]), link)
        cells = np.array([[0, 0, 1], [1, 1, 1]])
        chance, low, high = found.chances(covariates[:2], cells)
        stays = [np.prod([1 - found.hazards(covariates[[row]], [cell])[0] for cell in cells[row]]) for row in (0, 1)]
        assert chance == pytest.approx(1 - np.array(stays))
        assert (low < chance).all()
        assert (chance < high).all()
        # signs count in the first periods only
        signs = Signs(np.array([0.7, 0.7]), np.array([0.2, 0.2]), 2)
        hazard, early, error = found.cumulative(covariates[:2], cells, signs)
        plain, _, sure = found.cumulative(covariates[:2], cells)
        shifted, _, _ = found.cumulative(covariates[:2], cells[:, :2], Signs(np.full(2, 0.7), np.zeros(2), 2))
        assert early == pytest.approx(shifted)
        assert (hazard > plain).all()
        assert (error > sure * 0.5).all()


def test_periods_in_which_nobody_left_are_joined_to_the_next() -> None:
    covariates, duration, left = lives(np.random.default_rng(8), 400, [0.5, 0.4])
    left &= ~np.isin(duration, (1, 4))
    seen = PersonPeriods.of_lives(covariates, duration, left)
    assert seen.baseline_names[:3] == ("periods 1 to 2", "period 3", "periods 4 to 5")
    assert seen.events == int(left.sum())
    assert fit_hazard(seen).events == int(left.sum())
    with pytest.raises(RefusedError, match="nobody left in period 1 ") as refused:
        fit_hazard(PersonPeriods.of_lives(covariates, duration, left, steps=[0, 1]))
    assert refused.value.code == "hazard-step"


def test_a_covariate_that_tells_who_left_is_refused_by_name() -> None:
    dice = np.random.default_rng(9)
    covariates, duration, left = lives(dice, 2000, [0.5, 0.4])
    half_of_others = ~left & (dice.random(len(left)) < 0.3)
    for telling in (left * 1.0, half_of_others * 1.0):
        with pytest.raises(RefusedError, match="score tells who left") as refused:
            fit_hazard(_with(covariates, duration, left, telling))
        assert refused.value.code == "hazard-separated"


@pytest.mark.parametrize(
    ("column", "word"),
    [
        (lambda x: np.ones(len(x)), "score is 1 for everybody"),
        (lambda x: 2 * x[:, 0] + 1, "score follows from what is there before it, most from a"),
    ],
)
def test_a_covariate_that_says_nothing_of_its_own_is_refused_by_name(column: Any, word: str) -> None:
    covariates, duration, left = lives(np.random.default_rng(10), 1000, [0.5, 0.4])
    with pytest.raises(RefusedError, match=word) as refused:
        fit_hazard(_with(covariates, duration, left, column(covariates)))
    assert refused.value.code == "hazard-alike"


def test_rows_that_cannot_be_are_refused() -> None:
    x = np.zeros((2, 1))
    with pytest.raises(RefusedError, match="nobody left in 3 periods"):
        fit_hazard(PersonPeriods.of_lives(x, [1, 2], [False, False]))
    with pytest.raises(UsageError, match=r"1, 2, … periods, found 0 in row 1"):
        PersonPeriods.of_lives(x, [0, 2], [False, True])
    with pytest.raises(UsageError, match="x1 is no number in row 2"):
        PersonPeriods.of_lives(np.array([[1.0], [np.nan]]), [1, 2], [False, True])
    with pytest.raises(UsageError, match="covariates are a data frame, an Arrow table or columns by name; found list"):
        PersonPeriods.of_lives([[1.0], [2.0]], [1, 2], [False, True])
    with pytest.raises(UsageError, match="2 left in 1 periods, in row 1"):
        PersonPeriods.of_rows(x, [0, 0], [1, 1], [2, 0], np.eye(1), ["all"])
    with pytest.raises(UsageError, match="no link probit"):
        fit_hazard(PersonPeriods.of_lives(x, [1, 2], [False, True]), "probit")  # type: ignore[arg-type]


def test_a_summary_names_baseline_and_covariates() -> None:
    covariates, duration, left = lives(np.random.default_rng(12), 1000, [0.5, 0.4])
    table = pa.table({"weeks late": covariates[:, 0], "rushed": covariates[:, 1]})
    found = fit_hazard(PersonPeriods.of_lives(table, duration, left, steps=[0, 4]))
    rows = {row["name"]: row for row in found.summary().to_pylist()}
    assert list(rows) == ["periods 1 to 4", "from period 5", "weeks late", "rushed"]
    assert rows["rushed"]["low"] < rows["rushed"]["factor"] < rows["rushed"]["high"]
    assert isinstance(found, Hazard)


def _with(covariates: np.ndarray, duration: np.ndarray, left: np.ndarray, score: np.ndarray) -> PersonPeriods:
    return PersonPeriods.of_lives(np.column_stack([covariates, score]), duration, left, steps=[0, 4],
                                  names=["a", "b", "score"])  # fmt: skip
