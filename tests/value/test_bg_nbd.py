"""BG/NBD and its modification, held to simulated customers, finite differences and the papers' own formulas."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import betaln, gammaln, hyp2f1, logsumexp

from buyers import buyers
from keepwell.core.errors import RefusedError, UsageError
from keepwell.value.beta_geometric import BetaGeometricLikelihood
from keepwell.value.bg_nbd import BetaGeo
from keepwell.value.fit import Fit
from keepwell.value.histories import histories_of
from keepwell.value.mbg_nbd import ModifiedBetaGeo
from recovered import hold, off_by

CDNOW = {"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}
MODELS = [(BetaGeo, 0), (ModifiedBetaGeo, 1)]
ROWS = {"frequency": [0, 0, 1, 2, 7, 7, 30], "recency": [0, 0, 3.5, 20, 38, 5, 39], "T": [39, 12, 12, 39, 39, 39, 39.0]}


@pytest.mark.parametrize(("model", "first"), MODELS)
def test_the_likelihood_is_the_papers(model: type[BetaGeo], first: int) -> None:
    r, alpha, a, b = CDNOW.values()
    x, recency, age = (np.array(column, dtype=float) for column in ROWS.values())
    k = x + first
    start = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stayed = betaln(a, b + k) - betaln(a, b) - (r + x) * np.log(alpha + age)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(k > 0, betaln(a + 1, b + k - 1) - betaln(a, b) - (r + x) * np.log(alpha + recency), -np.inf)
    by_hand = float((start + logsumexp([stayed, left], axis=0)).sum())
    assert model.known(**CDNOW).log_likelihood(ROWS) == pytest.approx(by_hand, rel=1e-12)


@pytest.mark.parametrize("first", [0, 1])
def test_gradient_and_hessian_are_those_of_finite_differences(first: int) -> None:
    likelihood = BetaGeometricLikelihood(histories_of(ROWS).grouped(), first, scale=3.0)
    at = np.log([0.4, 2.0, 0.7, 3.0])
    _, gradient, hessian = likelihood(at)
    for place, step in enumerate(np.eye(4) * 1e-5):
        more, less = likelihood(at + step), likelihood(at - step)
        assert (more[0] - less[0]) / 2e-5 == pytest.approx(gradient[place], rel=1e-6, abs=1e-6)
        assert (more[1] - less[1]) / 2e-5 == pytest.approx(hessian[place], rel=1e-6, abs=1e-6)


def test_grouped_rows_say_the_same_as_customers() -> None:
    seen = buyers("bg", 400, CDNOW, seed=4).table()
    rounded = {"frequency": seen["frequency"], "recency": np.ceil(seen["recency"]), "T": np.ceil(seen["T"])}
    one_by_one = histories_of(rounded)
    grouped = one_by_one.grouped()
    assert len(grouped) < 300
    assert grouped.count == 400
    as_table = {"frequency": grouped.frequency, "recency": grouped.recency.numbers, "T": grouped.age.numbers,
                "customers": grouped.customers}  # fmt: skip
    single, together = (BetaGeo().fit(given).result for given in (one_by_one, as_table))
    assert single.values == pytest.approx(together.values, rel=1e-9)
    assert BetaGeometricLikelihood(one_by_one, 0)(np.zeros(4))[0] == pytest.approx(
        BetaGeometricLikelihood(grouped, 0)(np.zeros(4))[0], rel=1e-12
    )


@pytest.mark.parametrize(("model", "first"), MODELS)
def test_expected_purchases_are_the_papers_formula(model: type[BetaGeo], first: int) -> None:
    r, alpha, a, b = CDNOW.values()
    x, recency, age = (np.array(column, dtype=float) for column in ROWS.values())
    k, t = x + first, 26.0
    ratio = (alpha + age) / (alpha + age + t)
    shape = 1 - ratio ** (r + x) * hyp2f1(r + x, b + k, a + b + k - 1, t / (alpha + age + t))
    odds = np.where(k > 0, a / np.maximum(b + k - 1, 1e-9) * ((alpha + age) / (alpha + recency)) ** (r + x), 0)
    by_hand = (a + b + k - 1) / (a - 1) * shape / (1 + odds)
    fitted = model.known(**CDNOW)
    assert fitted.expected_purchases(t, ROWS) == pytest.approx(by_hand, rel=1e-9)
    assert fitted.probability_alive(ROWS) == pytest.approx(1 / (1 + odds), rel=1e-12)


def test_a_new_customers_purchases_are_those_of_the_paper() -> None:
    model = BetaGeo.known(**CDNOW)
    assert [round(float(model.expected_purchases(weeks)), 3) for weeks in (1, 39, 78)] == [0.053, 1.195, 1.858]


def test_where_a_is_one_the_formula_has_a_limit() -> None:
    beside = [BetaGeo.known(r=0.3, alpha=4.0, a=a, b=2.0).expected_purchases(30.0, ROWS) for a in (0.9999, 1.0, 1.0001)]
    assert beside[1] == pytest.approx((beside[0] + beside[2]) / 2, rel=1e-6)


def test_who_never_came_back_is_alive_for_certain_unless_the_first_purchase_counts() -> None:
    assert BetaGeo.known(**CDNOW).probability_alive(ROWS)[0] == 1
    assert ModifiedBetaGeo.known(**CDNOW).probability_alive(ROWS)[0] < 1


def test_another_unit_of_time_is_the_same_model() -> None:
    weeks = buyers("bg", 600, CDNOW, seed=1).table()
    days = {**weeks, "recency": weeks["recency"] * 7, "T": weeks["T"] * 7}
    by_week, by_day = BetaGeo("week").fit(weeks), BetaGeo("day").fit(days)
    assert by_day.result["alpha"] == pytest.approx(7 * by_week.result["alpha"], rel=1e-6)
    assert by_day.result.log_likelihood == pytest.approx(
        by_week.result.log_likelihood - weeks["frequency"].sum() * np.log(7), rel=1e-9
    )
    assert by_day.log_likelihood(days) == pytest.approx(by_day.result.log_likelihood, rel=1e-9)
    assert by_day.lifetime_value(days, 10.0) == pytest.approx(by_week.lifetime_value(weeks, 10.0), rel=1e-6)


def test_value_is_the_sum_of_months() -> None:
    model = BetaGeo.known(**CDNOW)
    by_month = [model.expected_purchases(m * 365.25 / 12 / 7, ROWS) for m in range(61)]
    worth = sum((after - before) * 1.1 ** (-m / 12) for m, (before, after) in enumerate(zip(by_month, by_month[1:]), 1))  # noqa: B905, RUF007
    assert model.lifetime_value(ROWS, 20.0, months=60, margin=0.5) == pytest.approx(10 * worth, rel=1e-9)
    forever, long = (model.discounted_purchases(ROWS, months) for months in (None, 1600))
    assert forever == pytest.approx(long, rel=1e-4)


TRUTH = {"r": 0.8, "alpha": 6.0, "a": 0.8, "b": 2.5}


def _fits(kind: str, model: type[BetaGeo], truth: dict[str, float], customers: int, times: int) -> list[Fit]:
    return [model().fit(buyers(kind, customers, truth, seed=seed).table()).result for seed in range(times)]


@pytest.mark.parametrize(("kind", "model"), [("bg", BetaGeo), ("mbg", ModifiedBetaGeo)])
def test_parameters_of_simulated_customers_are_found(kind: str, model: type[BetaGeo]) -> None:
    off = off_by(_fits(kind, model, TRUTH, 4000, 10), list(TRUTH.values()))
    assert (np.abs(off) < 2).mean() > 0.8
    assert np.abs(off.mean(axis=0)).max() < 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "model", "truth", "customers"),
    [("bg", BetaGeo, TRUTH, 10_000), ("mbg", ModifiedBetaGeo, TRUTH, 10_000), ("bg", BetaGeo, CDNOW, 2357)],
)
def test_parameters_lie_within_two_standard_errors_95_times_of_100(
    kind: str, model: type[BetaGeo], truth: dict[str, float], customers: int
) -> None:
    hold(_fits(kind, model, truth, customers, 60), list(truth.values()))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({"frequency": [0, 0], "recency": [0, 0], "T": [10, 20]}, "nobody came back"),
        ({"frequency": [0, 0], "recency": [0, 0], "T": [0, 0]}, "one day"),
        ({"frequency": [5] * 90, "recency": [19.0] * 90, "T": [20.0] * 90}, "same rate|nobody seems ever to leave"),
    ],
)
def test_histories_without_a_likeliest_parameter_are_refused(rows: dict[str, list[float]], says: str) -> None:
    with pytest.raises(RefusedError, match=says) as refused:
        BetaGeo().fit(rows)
    assert refused.value.code == "value-no-maximum"


def test_calls_that_cannot_be_meant() -> None:
    model = BetaGeo()
    with pytest.raises(UsageError, match="no parameters yet"):
        model.probability_alive(ROWS)
    known = BetaGeo.known(**CDNOW)
    with pytest.raises(UsageError, match="time to look ahead"):
        known.expected_purchases(-1.0, ROWS)
    with pytest.raises(UsageError, match="discount"):
        known.discounted_purchases(ROWS, None, 0.0)
    with pytest.raises(UsageError, match="horizon"):
        known.discounted_purchases(ROWS, 0)
    with pytest.raises(UsageError, match="parameters r, alpha, a, b"):
        BetaGeo.known(r=1.0)
    with pytest.raises(UsageError, match="counted in"):
        BetaGeo("fortnight")


def test_a_value_without_what_is_spent_is_refused() -> None:
    seen = {"frequency": [2], "recency": [11.5], "T": [30.5]}
    with pytest.raises(UsageError, match="a fitted GammaGamma, or a mean amount"):
        BetaGeo.known(unit="week", r=0.2426, alpha=4.4136, a=0.7929, b=2.4259).lifetime_value(seen, None)
