"""Intervals per customer, held to what came in simulated populations; and the figures of a held-out time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from buyers import buyers
from covered import BETA, MONTH, PARETO, POPULATIONS, covered
from keepwell.core.errors import UsageError
from keepwell.value.bg_nbd import BetaGeo
from keepwell.value.gamma_gamma import GammaGamma
from keepwell.value.histories import histories_of
from keepwell.value.mbg_nbd import ModifiedBetaGeo
from keepwell.value.order_calibration import calibration
from keepwell.value.order_intervals import Cells, simulate_cells
from keepwell.value.order_model import OrderModel
from keepwell.value.pareto_nbd import ParetoNbd

KINDS = [("bg", BetaGeo, BETA), ("mbg", ModifiedBetaGeo, BETA), ("pareto", ParetoNbd, PARETO)]
SETTINGS = [(500, 12), (2357, 8), (20000, 2)]  # customers, samples
# of so many who are all but sure to buy nothing more, 0 to 0 cannot but hold more than it says
MOST_SURE = 0.5


@pytest.mark.parametrize("name", ["BG/NBD", "MBG/NBD", "Pareto/NBD", "Pareto/NBD, CDNOW"])
def test_nine_of_ten_values_lie_in_their_interval(name: str) -> None:
    found = covered(POPULATIONS[name], 2500, 12, [5])
    assert (found.all, found.of_others) == pytest.approx((0.9, 0.9), abs=0.03)


@pytest.mark.slow
@pytest.mark.parametrize(("customers", "samples"), SETTINGS)
@pytest.mark.parametrize("months", [12, 60])
@pytest.mark.parametrize("name", POPULATIONS)
def test_nine_of_ten_values_lie_in_their_interval_on_average(
    name: str, months: int, customers: int, samples: int
) -> None:
    found = covered(POPULATIONS[name], customers, months, range(samples))
    assert found.of_others == pytest.approx(0.9, abs=0.03)
    assert found.widened - found.all < 0.005
    if found.sure < MOST_SURE:
        assert found.all == pytest.approx(0.9, abs=0.03)
    else:
        assert found.of_sure > 0.93


def test_who_is_all_but_sure_to_buy_nothing_more_has_0_to_0_which_holds_more_than_it_says() -> None:
    found = covered(POPULATIONS["Pareto/NBD, CDNOW, up to five years"], 2500, 12, [5])
    assert found.sure > MOST_SURE
    assert found.of_sure > 0.96
    assert found.of_others == pytest.approx(0.9, abs=0.03)


def test_intervals_say_no_less_than_they_say() -> None:
    seen = buyers("bg", 2000, BETA, later=26.0, seed=2)
    model = BetaGeo().fit(seen.table())
    low, high = model.purchases_interval(26.0, seen.table())
    assert 0.87 < ((low <= seen.later) & (seen.later <= high)).mean() < 0.97
    wide_low, wide_high = model.purchases_interval(26.0, seen.table(), share=0.99)
    assert (wide_low <= low).all()
    assert (wide_high >= high).all()


@pytest.mark.parametrize(("model", "truth"), [(BetaGeo, BETA), (ModifiedBetaGeo, BETA), (ParetoNbd, PARETO)])
def test_the_value_expected_is_the_mean_of_what_is_simulated(model: type[OrderModel], truth: dict[str, float]) -> None:
    one = histories_of({"frequency": [6], "recency": [38.0], "T": [39.0], "monetary": [30.0]})
    known, spend = model.known(**truth), GammaGamma.known(6.0, 4.0, 15.0)
    cells = Cells.of_histories(one, 6.0)
    draws = [
        simulate_cells(known, known.result, spend.result, 30.0, cells, 24 * MONTH, 0.0, seed) for seed in range(60)
    ]
    found = float(np.mean(draws)) * (15.0 + 6 * 30.0) * known.probability_alive(one)[0]
    assert found == pytest.approx(known.lifetime_value(one, spend, months=24, discount=0.0)[0], rel=0.02)


def test_money_is_scaled_and_chance_is_repeated() -> None:
    seen = buyers("bg", 300, BETA, seed=3).table()
    model, dear = BetaGeo().fit(seen), {**seen, "monetary": seen["monetary"] * 110}
    low, high = model.interval(seen, GammaGamma().fit(seen), margin=0.5)
    again = model.interval(seen, GammaGamma().fit(seen), margin=0.5)
    scaled = model.interval(dear, GammaGamma().fit(dear), margin=0.5)
    assert (again[0] == low).all()
    assert (again[1] == high).all()
    assert scaled[1] == pytest.approx(high * 110, rel=1e-6)


def test_spend_that_is_given_has_no_spread() -> None:
    seen = buyers("bg", 300, BETA, seed=3).table()
    model = BetaGeo().fit(seen)
    _, fixed = model.interval(seen, 20.0, months=12, discount=0.0)
    counts = model.purchases_interval(12 * MONTH, seen)[1]
    assert np.corrcoef(fixed, counts)[0, 1] > 0.97


def test_amounts_that_are_given_may_have_a_spread() -> None:
    """Where customers' own means lie about the one that is given, the interval holds what comes only if that is said."""
    truth = buyers("bg", 3000, BETA, later=12 * MONTH, seed=4)
    draw = np.random.default_rng(4)
    came = truth.later * 20.0 * draw.gamma(1.0, 1.0, 3000)
    model, held = BetaGeo().fit(truth.table()), {}
    for spread in (0.0, 1.0):
        low, high = model.interval(truth.table(), 20.0, discount=0.0, spread=spread, share=0.98)
        held[spread] = float(((low <= came) & (came <= high))[high > 0].mean())
    assert held[1.0] == pytest.approx(0.98, abs=0.006)
    assert held[0.0] < 0.98 - 0.02


def test_calibration_says_what_was_expected_and_what_came() -> None:
    truth = buyers("bg", 4000, BETA, later=26.0, seed=8)
    seen = replace(histories_of(truth.table()), later=truth.later, later_span=26.0)
    rows = calibration(BetaGeo().fit(seen), seen).to_pylist()
    assert [row["frequency"] for row in rows] == ["0", "1", "2", "3", "4", "5", "6", "7+", "all"]
    assert sum(row["customers"] for row in rows[:-1]) == rows[-1]["customers"] == 4000
    assert rows[-1]["came"] == pytest.approx(truth.later.mean())
    assert rows[-1]["expected"] == pytest.approx(rows[-1]["came"], rel=0.12)
    assert rows[-1]["held"] > 0.87
    assert rows[1]["came"] == pytest.approx(truth.later[truth.frequency == 1].mean())


def test_what_cannot_be_meant_is_refused() -> None:
    seen = buyers("bg", 300, BETA, seed=3).table()
    model = BetaGeo.known(**BETA)
    with pytest.raises(UsageError, match="share between 0 and 1"):
        model.purchases_interval(3.0, seen, share=90)
    with pytest.raises(UsageError, match="nothing of what came later"):
        calibration(model, seen)
