"""Renewals: the published figures, parameters found again, intervals that hold, and plain words where there is no answer."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from scipy.special import hyp2f1
from scipy.stats import betabinom

from keepwell.core.errors import RefusedError, UsageError
from keepwell.value.beta_discrete_weibull import BetaDiscreteWeibull
from keepwell.value.fit import Fit
from keepwell.value.renewals import RenewalHistories, RenewalModel, constant_churn
from keepwell.value.shifted_beta_geometric import ShiftedBetaGeometric
from recovered import hold

# Fader & Hardie (2007), table 1: customers still there after each of the first seven renewals, of 1,000
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
MODELS = (ShiftedBetaGeometric, BetaDiscreteWeibull)


def histories(still_there: list[int]) -> dict[str, list[int]]:
    """Who left at which renewal, and who is still there, from counts."""
    left = [before - after for before, after in pairwise(still_there)]
    renewals = [*range(len(left)), len(left)]
    return {"renewals": renewals, "left": [1] * len(left) + [0], "customers": [*left, still_there[-1]]}


@pytest.mark.parametrize(
    ("still_there", "alpha", "beta", "log_likelihood", "lifetime"),
    [(REGULAR, 0.7041, 1.1820, -1680.265, 3.695), (HIGH_END, 0.668, 3.806, -1611.158, 5.922)],
)
def test_the_published_parameters(
    still_there: list[int], alpha: float, beta: float, log_likelihood: float, lifetime: float
) -> None:
    model = ShiftedBetaGeometric().fit(histories(still_there))
    assert model.parameters == pytest.approx([alpha, beta], abs=5e-4)
    assert model.log_likelihood(histories(still_there)) == pytest.approx(log_likelihood, abs=5e-4)
    # the published lifetimes come from the rounded parameters
    assert model.lifetime(0.1) == pytest.approx(lifetime, abs=1e-3)


@pytest.mark.parametrize(("alpha", "beta", "lifetime"), [(0.704, 1.182, 3.695), (0.668, 3.806, 5.922)])
def test_published_lifetimes_of_the_published_parameters(alpha: float, beta: float, lifetime: float) -> None:
    """Fader & Hardie (2010), equations 3 and 6, at 10% a term; what was not fitted has no standard errors."""
    model = ShiftedBetaGeometric.known(alpha=alpha, beta=beta)
    assert model.lifetime(0.1) == pytest.approx(lifetime, abs=1e-3)
    closed = (beta + 4) / (alpha + beta + 4) * hyp2f1(1, beta + 5, alpha + beta + 5, 1 / 1.1)
    assert model.residual_lifetime(4, 0.1) == pytest.approx(closed, rel=1e-9)
    assert model.summary().table["low"].null_count == 2
    low, high = model.interval(lambda one: one.survival(3))
    assert (low, high) == (pytest.approx(model.survival(3)), pytest.approx(model.survival(3)))
    same = BetaDiscreteWeibull.known(alpha=alpha, beta=Decimal(str(beta)), shape=1)
    assert same.residual_lifetime([0, 4], 0.1) == pytest.approx(model.residual_lifetime([0, 4], 0.1))


def test_other_parameters_than_the_models_are_refused() -> None:
    with pytest.raises(
        UsageError, match="beta-discrete-Weibull has the parameters alpha, beta, shape; found alpha, beta"
    ):
        BetaDiscreteWeibull.known(alpha=1.0, beta=2.0)
    with pytest.raises(UsageError, match="shifted-beta-geometric: alpha is a number above 0; found -1"):
        ShiftedBetaGeometric.known(alpha=-1, beta=2.0)


def test_the_lifetime_is_the_closed_form_of_an_endless_sum() -> None:
    model = ShiftedBetaGeometric().fit(histories(REGULAR))
    alpha, beta = model.parameters
    for discount in (0.02, 0.1, 0.5):
        assert model.lifetime(discount) == pytest.approx(hyp2f1(1, beta, alpha + beta, 1 / (1 + discount)), rel=1e-9)
        k = np.array([0.0, 1.0, 4.0])
        closed = (beta + k) / (alpha + beta + k) * hyp2f1(1, beta + k + 1, alpha + beta + k + 1, 1 / (1 + discount))
        assert model.residual_lifetime(k, discount) == pytest.approx(closed, rel=1e-9)


def test_so_many_terms_are_so_many() -> None:
    model = ShiftedBetaGeometric().fit(histories(HIGH_END))
    assert model.lifetime(0.0, terms=1) == 1
    assert model.lifetime(0.0, terms=3) == pytest.approx(float(model.survival([0, 1, 2]).sum()))
    assert float(model.residual_lifetime(2, 0.0, terms=1)) == pytest.approx(float(model.retention(3)))
    assert model.residual_lifetime([[0, 3], [3, 0]], 0.1).shape == (2, 2)


def test_retention_rises_though_nobody_changes() -> None:
    model = ShiftedBetaGeometric().fit(histories(REGULAR))
    rates = model.retention(np.arange(1, 10))
    alpha, beta = model.parameters
    assert rates == pytest.approx((beta + np.arange(9)) / (alpha + beta + np.arange(9)))
    assert (np.diff(rates) > 0).all()
    assert model.churn([0, 4]) == pytest.approx(1 - rates[[0, 4]])


def test_a_chance_that_changes_fits_what_falls_faster_later() -> None:
    """High End customers: the shape is above 1, and the likelihood higher by more than chance would make it."""
    weibull = BetaDiscreteWeibull().fit(histories(HIGH_END))
    plain = ShiftedBetaGeometric().fit(histories(HIGH_END))
    assert weibull.parameters[2] == pytest.approx(1.724, abs=1e-3)
    gain = weibull.log_likelihood(histories(HIGH_END)) - plain.log_likelihood(histories(HIGH_END))
    assert gain == pytest.approx(5.844, abs=1e-3)
    # with a shape of 1 the two are one model
    same = BetaDiscreteWeibull(Fit(("alpha", "beta", "shape"), (*plain.parameters, 1.0), (), 0.0, 1))
    assert same.survival(np.arange(9)) == pytest.approx(plain.survival(np.arange(9)))
    assert same.log_likelihood(histories(REGULAR)) == pytest.approx(plain.log_likelihood(histories(REGULAR)))


@pytest.mark.parametrize("model", MODELS)
def test_slopes_are_those_of_the_curve(model: type[RenewalModel]) -> None:
    at = np.array([0.8, 2.5, 1.4][: len(model.names)])
    t = np.arange(8.0)
    for place, row in enumerate(model.slopes(at, t)):
        step = np.zeros(len(at))
        step[place] = 1e-6
        difference = (model.log_survival(at + step, t) - model.log_survival(at - step, t)) / 2e-6
        assert row == pytest.approx(difference, abs=1e-7)


def test_grouped_rows_are_the_rows() -> None:
    """A row of each customer, rows that stand for several, any order, any kind of table: one answer."""
    grouped = histories(REGULAR)
    single = {name: np.repeat(grouped[name], grouped["customers"])[::-1] for name in ("renewals", "left")}
    expected = ShiftedBetaGeometric().fit(grouped)
    assert ShiftedBetaGeometric().fit(pa.table(single)) == expected
    assert ShiftedBetaGeometric().fit(pa.RecordBatch.from_pydict(single)) == expected
    frame = pytest.importorskip("pandas").DataFrame(single)
    assert ShiftedBetaGeometric().fit(frame) == expected
    reached, left = RenewalHistories.read(grouped).occasions
    assert (reached.tolist(), left.tolist()) == (REGULAR[:-1], grouped["customers"][:-1])


@pytest.mark.parametrize("truth", [(0.7, 1.2), (2.0, 8.0)])
def test_parameters_are_found_again(truth: tuple[float, float]) -> None:
    """Of simulated populations the truth lies within two standard errors (of logarithms) 95 times of 100."""
    dice = np.random.default_rng(7)
    alpha, beta = truth
    inside = [0, 0]
    tries = 60
    for _ in range(tries):
        fit = ShiftedBetaGeometric().fit(_population(dice, alpha, beta, 1.0, 4000, 7)).fitted
        assert fit is not None
        for place, (value, error) in enumerate(zip(fit.values, fit.log_standard_errors, strict=True)):
            inside[place] += abs(np.log(value / truth[place])) < 1.96 * error
    low, high = betabinom.ppf([0.0005, 0.9995], tries, 9500, 500)  # 95%, give or take chance
    assert low <= min(inside) <= max(inside) <= high


@pytest.mark.slow
@pytest.mark.parametrize("truth", [(0.7041, 1.1820), (0.668, 3.806), (2.0, 8.0)])
def test_parameters_lie_within_two_standard_errors_95_times_of_100(truth: tuple[float, float]) -> None:
    """Of the published parameters (Regular, High End), and of customers who differ less."""
    dice = np.random.default_rng(3)
    models = [ShiftedBetaGeometric().fit(_population(dice, *truth, 1.0, 4000, 7)) for _ in range(300)]
    hold([model.fitted for model in models if model.fitted is not None], truth)


def test_the_shape_is_found_again_and_intervals_hold() -> None:
    dice = np.random.default_rng(11)
    truth = BetaDiscreteWeibull(Fit(("alpha", "beta", "shape"), (0.6, 2.0, 1.5), (), 0.0, 1))
    tries, inside, covered = 30, 0, 0
    for _ in range(tries):
        model = BetaDiscreteWeibull().fit(_population(dice, 0.6, 2.0, 1.5, 6000, 8))
        assert model.fitted is not None
        inside += abs(np.log(model.parameters[2] / 1.5)) < 1.96 * model.fitted.log_standard_errors[2]
        low, high = model.interval(lambda one: one.survival([10]))
        covered += bool(low[0] <= truth.survival(10) <= high[0])
    assert inside >= betabinom.ppf(0.001, tries, 9500, 500)
    assert covered >= betabinom.ppf(0.001, tries, 9000, 1000)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("seen", "word"),
    [
        ({"renewals": [3, 1], "left": [0, 0], "customers": [50, 7]}, "nobody has left"),
        ({"renewals": [0], "left": [1], "customers": [50]}, "left at the first"),
        ({"renewals": [0, 4], "left": [1, 0], "customers": [50, 50]}, "alpha runs to 0: some leave and the others never"),
        (histories([512, 256, 128, 64, 32, 16]), "all customers have one and the same chance"),
    ],
)  # fmt: skip
def test_no_maximum_is_said_and_no_parameters_are_given(
    model: type[RenewalModel], seen: dict[str, list[int]], word: str
) -> None:
    with pytest.raises(RefusedError, match=word) as refused:
        model().fit(seen)
    assert refused.value.code == "value-no-maximum"


def test_the_plain_rate_of_few() -> None:
    none_left = constant_churn({"renewals": [1, 2], "left": [0, 0], "customers": [4, 3]})
    assert (none_left.rate, none_left.low, none_left.occasions) == (0, 0, 10)
    assert 0.1 < none_left.high < 0.25
    with pytest.raises(RefusedError, match="no customer has come to a renewal"):
        constant_churn({"renewals": [0], "left": [0], "customers": [9]})


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        ({"renewals": [1]}, "value-column"),
        ({"renewals": [-1], "left": [0]}, "value-renewals"),
        ({"renewals": [0.5], "left": [0]}, "value-renewals"),
        ({"renewals": [float("nan")], "left": [0]}, "value-renewals"),
        ({"renewals": [1], "left": [2]}, "value-renewals"),
    ],
)
def test_what_is_no_history_is_refused(seen: dict[str, list[float]], code: str) -> None:
    with pytest.raises(UsageError) as refused:
        ShiftedBetaGeometric().fit(seen)
    assert refused.value.code == code


def test_terms_for_ever_need_a_discount() -> None:
    model = ShiftedBetaGeometric().fit(histories(REGULAR))
    with pytest.raises(UsageError, match="need a discount above 0"):
        model.lifetime(0.0)
    with pytest.raises(UsageError, match="was not fitted"):
        ShiftedBetaGeometric().survival(1)


def _population(dice: np.random.Generator, alpha: float, beta: float, shape: float, customers: int, renewals: int
                ) -> dict[str, np.ndarray]:  # fmt: skip
    """Customers, each with a chance of their own; S(t | theta) = (1 − theta)^(t^shape)."""
    theta = dice.beta(alpha, beta, customers)
    leaves = np.ceil((np.log(dice.random(customers)) / np.log1p(-theta)) ** (1 / shape))
    return {"renewals": np.minimum(leaves - 1, renewals), "left": leaves <= renewals}
