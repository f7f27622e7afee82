"""What cannot be meant is refused in words, with what was meant where that can be guessed; nothing becomes a NaN."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from keepwell.core.errors import UsageError
from keepwell.value.bg_nbd import BetaGeo
from keepwell.value.gamma_gamma import GammaGamma
from keepwell.value.pareto_nbd import ParetoNbd
from keepwell.value.renewals import constant_churn
from keepwell.value.shifted_beta_geometric import ShiftedBetaGeometric

SEEN = {"frequency": [0, 2, 9], "recency": [0.0, 11.5, 30.0], "T": [30.0, 30.5, 31.0], "monetary": [0.0, 45.0, 30.0]}
MODELS = (
    BetaGeo.known(r=0.2426, alpha=4.4136, a=0.7929, b=2.4259),
    ParetoNbd.known(r=0.5533, alpha=10.5777, s=0.6062, beta=11.6687),
)
SPEND = GammaGamma.known(p=6.25, q=3.74, gamma=15.44)
NAN = float("nan")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("ask", ["lifetime_value", "interval"])
@pytest.mark.parametrize(
    ("said", "code", "hint"),
    [({"discount": 10}, "value-discount", "10% is 0.1"), ({"discount": NAN}, "value-discount", None),
     ({"discount": "10%"}, "value-discount", None), ({"discount": -0.1}, "value-discount", None),
     ({"discount": 0, "months": None}, "value-discount", "a number of months"), ({"margin": 70}, "value-margin", "70% is 0.7"),
     ({"margin": NAN}, "value-margin", None), ({"margin": [0.1, 0.2]}, "value-margin", None),
     ({"margin": [0.1, 0.2, 3]}, "value-margin", "3% is 0.03"), ({"months": 0}, "value-months", None),
     ({"months": 2.5}, "value-months", None), ({"spend": None}, "value-spend", None), ({"spend": NAN}, "value-spend", None),
     ({"spend": [1.0, 2.0]}, "value-spend", None), ({"spend": -3.0}, "value-spend", None), ({"spend": "much"}, "value-spend", None),
     ({"spend": GammaGamma}, "value-spend", None), ({"spend": GammaGamma()}, "value-not-fitted", "call fit")],
)  # fmt: skip
def test_what_a_value_is_asked_with(model: Any, ask: str, said: dict[str, Any], code: str, hint: str | None) -> None:
    with pytest.raises(UsageError) as refused:
        getattr(model, ask)(SEEN, **{"spend": SPEND, **said})
    assert refused.value.code == code
    assert hint is None or hint in str(refused.value.hint)


@pytest.mark.parametrize("ask", ["expected_purchases", "purchases_interval"])
@pytest.mark.parametrize("t", [-1, NAN, float("inf"), "soon", np.array([1.0, 2.0])])
def test_a_time_to_look_ahead(ask: str, t: Any) -> None:
    with pytest.raises(UsageError, match="time to look ahead"):
        getattr(MODELS[0], ask)(t, SEEN)


@pytest.mark.parametrize("model", MODELS)
def test_times_to_look_ahead(model: Any) -> None:
    """Of a new customer as many as are asked; of histories one for all, or one for each."""
    times = [1, 39, 78]
    assert model.expected_purchases(times).tolist() == [model.expected_purchases(time) for time in times]
    assert isinstance(model.expected_purchases(39), float)
    one_by_one = [model.expected_purchases(time, SEEN)[row] for row, time in enumerate(times)]
    assert model.expected_purchases(times, SEEN) == pytest.approx(one_by_one, rel=1e-9)
    with pytest.raises(UsageError, match="one, or one for each of 3 customers; found 2"):
        model.expected_purchases([1, 39], SEEN)
    for wrong in ([1, -39], [[1, 39]], [1, NAN]):
        with pytest.raises(UsageError, match="time to look ahead is a number of weeks"):
            model.expected_purchases(wrong)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("months", [1, 12, 600])
def test_purchases_paid_as_they_come(model: Any, months: int) -> None:
    """As many small steps, each discounted from its middle; a month's purchases at its end count half a month later."""
    steps = 6000
    edges = np.linspace(0, months * model.month(), steps + 1)
    one = {name: [SEEN[name][1]] * (steps + 1) for name in ("frequency", "recency", "T")}
    came = np.diff(model.expected_purchases(edges, one))
    by_hand = came @ 1.1 ** (-(edges[1:] + edges[:-1]) / 2 / model.month() / 12)
    found = model.discounted_purchases(SEEN, months, paid="as they come")
    assert found[1] == pytest.approx(by_hand, rel=1e-5)
    assert model.discounted_purchases(SEEN, months) == pytest.approx(found * 1.1 ** (-1 / 24), rel=1e-3)
    even = model.discounted_purchases(SEEN, months, 0.0, "as they come")
    assert even == pytest.approx(model.discounted_purchases(SEEN, months, 0.0), rel=1e-9)
    value = model.lifetime_value(SEEN, SPEND, months, paid="as they come")
    assert value == pytest.approx(found * SPEND.expected_spend(SEEN))


def test_an_interval_says_when_purchases_are_paid() -> None:
    later, sooner = (MODELS[0].interval(SEEN, SPEND, paid=paid) for paid in ("at month end", "as they come"))
    assert sooner[1] == pytest.approx(later[1] * 1.1 ** (1 / 24))
    for ask in (MODELS[0].interval, MODELS[0].lifetime_value):
        with pytest.raises(UsageError, match="'at month end' or 'as they come'; found 'soon'"):
            ask(SEEN, SPEND, paid="soon")


def test_a_margin_below_nothing_turns_the_interval_about() -> None:
    low, high = MODELS[0].interval(SEEN, SPEND, margin=-0.1)
    gain = MODELS[0].interval(SEEN, SPEND, margin=0.1)
    assert (low, high) == (pytest.approx(-gain[1]), pytest.approx(-gain[0]))
    each = MODELS[0].lifetime_value(SEEN, SPEND, margin=np.array([0.1, 0.2, -0.1]))
    assert each == pytest.approx(MODELS[0].lifetime_value(SEEN, SPEND) * [0.1, 0.2, -0.1])


def test_a_spread_of_what_is_spent() -> None:
    for spread in (-0.5, NAN, "much"):
        with pytest.raises(UsageError, match="share of 0 or more"):
            MODELS[0].interval(SEEN, 20.0, spread=spread)


def test_an_interval_may_look_ahead_for_ever() -> None:
    ends = [MODELS[0].interval(SEEN, SPEND, months=months)[1] for months in (None, 1160)]
    assert (ends[0] == ends[1]).all()


@pytest.mark.parametrize("r", [-1, 0, NAN, float("inf"), "x", None])
def test_parameters_that_are_given(r: Any) -> None:
    with pytest.raises(UsageError, match="r is a number above 0"):
        BetaGeo.known(r=r, alpha=4.0, a=1.0, b=2.0)
    with pytest.raises(UsageError, match="q is a number above 0"):
        GammaGamma.known(6.25, r, 15.44)


def test_parameters_that_are_given_exactly() -> None:
    exact = BetaGeo.known(r=Decimal("0.25"), alpha=Fraction(9, 2), a=1, b=np.int64(2))
    assert exact.result.values == (0.25, 4.5, 1.0, 2.0)


@pytest.mark.parametrize(
    ("changed", "says"),
    [({"recency": [0.0]}, "different lengths: frequency 3, recency 1, T 3"), ({"monetary": [1.0]}, "different lengths"),
     ({"T": 30.0}, "T is no column"), ({"T": [[30.0, 30.5, 31.0]]}, "T is no column"), ({"T": [30.0, NAN, 31.0]}, "not finite"),
     ({"customers": [0, 0, 0]}, "no customers"), ({"frequency": [0, 10**9, 9]}, "above 1,000,000"),
     ({"frequency": [0, -2, 9]}, "no whole number"), ({"monetary": [0.0, -45.0, 30.0]}, "not above 0")],
)  # fmt: skip
def test_histories_that_are_none(changed: dict[str, Any], says: str) -> None:
    for ask in (BetaGeo().fit, GammaGamma().fit):
        with pytest.raises(UsageError, match=says):
            ask({**SEEN, **changed})


@pytest.mark.parametrize(
    ("seen", "says"),
    [({"renewals": [0, 1, 2], "left": [1, 0]}, "different lengths: renewals 3, left 2"),
     ({"renewals": [0, 1], "left": [1, 0], "customers": [3]}, "different lengths"), ({"renewals": ["x"], "left": [1]}, "no number"),
     (None, "found NoneType"), ([1, 2], "found list")],
)  # fmt: skip
def test_renewals_that_are_none(seen: Any, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        ShiftedBetaGeometric().fit(seen)


def test_what_a_model_of_renewal_is_asked_with() -> None:
    seen = {"renewals": [0, 1, 2], "left": [1, 1, 0], "customers": [300, 100, 500]}
    model = ShiftedBetaGeometric().fit(seen)
    asked: list[tuple[str, Callable[[], object]]] = [
        ("10% is 0.1", lambda: model.lifetime(10)), ("share per term", lambda: model.lifetime(NAN)),
        ("counted from 0", lambda: model.survival([-1])), ("counted from 0", lambda: model.survival([NAN])),
        ("counted from 1", lambda: model.retention(0)), ("90% is 0.9", lambda: model.interval(lambda one: one.survival(2), level=90)),
        ("90% is 0.9", lambda: constant_churn(seen, level=90)), ("terms are", lambda: model.lifetime(0.1, terms=-2)),
    ]  # fmt: skip
    for says, ask in asked:
        with pytest.raises(UsageError) as refused:
            ask()
        assert says in f"{refused.value.message} {refused.value.hint}"
