"""Customers whose terms differ in length leave by one clock: a chance by the year is not a chance by the month."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import betaln

from keepwell.core.errors import UsageError
from keepwell.value.contract_kind import _constant, survival_of
from keepwell.value.contract_worth import Contracts
from keepwell.value.renewals import RenewalHistories
from keepwell.value.shifted_beta_geometric import ShiftedBetaGeometric

MONTH = 1 / 12


def lives(alpha: float, beta: float, customers: int, seed: int) -> np.ndarray:
    """How many years each stays: S(t) = B(alpha, beta + t) / B(alpha, beta), by inversion."""
    years = np.linspace(0, 60, 60_001)
    there = np.exp(betaln(alpha, beta + years) - betaln(alpha, beta))
    return np.interp(-np.random.default_rng(seed).uniform(size=customers), -there, years)


def seen(alpha: float, beta: float, customers: int, step: float, seed: int) -> dict[str, np.ndarray]:
    """Their histories after five years at most, in terms of `step` years: who leaves within a term leaves at its end."""
    life = np.floor(lives(alpha, beta, customers, seed) / step).astype(int)
    most = np.random.default_rng(seed + 1).integers(1, round(5 / step) + 1, customers)
    return {"renewals": np.minimum(life, most), "left": life < most, "step": np.full(customers, step)}


def joined(*parts: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def test_yearly_and_monthly_terms_tell_of_the_same_parameters() -> None:
    both = joined(seen(0.7, 2.0, 3000, 1.0, 4), seen(0.7, 2.0, 3000, MONTH, 8))
    fit = ShiftedBetaGeometric().fit(both).fitted
    assert fit is not None
    for name, truth in (("alpha", 0.7), ("beta", 2.0)):
        assert abs(np.log(fit[name] / truth)) < 3 * fit.standard_errors[fit.names.index(name)] / fit[name]
    without = ShiftedBetaGeometric().fit({name: both[name] for name in ("renewals", "left")})
    # as if a month were a year; in truth 2.0 / 2.7 stay a year
    assert without.survival(1) > 0.85
    assert ShiftedBetaGeometric(fit).survival(1) == pytest.approx(2.0 / 2.7, abs=0.02)


def test_one_chance_for_all_is_of_a_period_whatever_the_terms() -> None:
    both = joined(seen(3000, 7000, 3000, 1.0, 2), seen(3000, 7000, 3000, MONTH, 6))
    found = _constant(RenewalHistories.read(both)).values[0]
    assert found == pytest.approx(0.3, abs=0.012)
    alike = _constant(RenewalHistories.read({"renewals": [1, 0], "left": [0, 1], "customers": [18, 2]}))
    assert alike.values[0] == pytest.approx(2.5 / 21)  # Jeffreys
    assert alike.covariance[0][0] == pytest.approx(1 / 2.5 - 1 / 21)
    assert alike.log_likelihood == pytest.approx(2 * np.log(2.5 / 21) + 18 * np.log(1 - 2.5 / 21))


@pytest.mark.parametrize(("model", "values"), [("constant_churn", (0.3,)), ("shifted_beta_geometric", (0.7, 2.0))])
def test_twelve_months_ahead_are_a_year_ahead(model: str, values: tuple[float, ...]) -> None:
    fit = ShiftedBetaGeometric.known(alpha=0.7, beta=2.0).fitted if len(values) == 2 else None
    fit = fit or _constant(RenewalHistories.read({"renewals": [7, 0], "left": [0, 1]}))
    renewals, none = np.array([2, 24]), np.zeros(2)
    two = Contracts(renewals, none, np.array([1.0, MONTH]), none.astype(bool), none.astype(int))
    yearly, monthly = survival_of(model, 1.0, fit)(two, 12)
    assert monthly[11] == pytest.approx(yearly[0])
    assert (np.diff(monthly) < 0).all()


def test_a_step_is_a_length() -> None:
    for step in ([0.0], [-1.0], [float("nan")], ["a year"]):
        with pytest.raises(UsageError, match="step is a length"):
            RenewalHistories.read({"renewals": [1], "left": [0], "step": step})
    with pytest.raises(UsageError, match="different lengths"):
        RenewalHistories.read({"renewals": [1], "left": [0], "step": [1.0, 2.0]})
