"""The published numbers of CDNOW: 2,357 customers, 39 weeks from January 1997, forecasts of the next 39."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

import cdnow
from keepwell.value.bg_nbd import BetaGeo
from keepwell.value.gamma_gamma import GammaGamma
from keepwell.value.histories import Histories
from keepwell.value.mbg_nbd import ModifiedBetaGeo
from keepwell.value.order_log import read_histories
from keepwell.value.pareto_nbd import ParetoNbd


@pytest.fixture(scope="module")
def histories() -> Histories:
    """Exact days; some of the CDs were free, and counted in the papers."""
    return read_histories(cdnow.orders(cdnow.sample()), until=cdnow.UNTIL, later=date(1998, 6, 30), free=True)


def test_the_data_are_those_of_the_papers(histories: Histories) -> None:
    assert (histories.count, int((histories.frequency > 0).sum()), int(histories.frequency.sum())) == (2357, 946, 2457)
    assert int(histories.later.sum()) == 1882


def test_bg_nbd(histories: Histories) -> None:
    # Fader, Hardie & Lee (2005), Marketing Science 24(2)
    model = BetaGeo().fit(histories)
    assert np.round(model.result.values, 4).tolist() == [0.2426, 4.4136, 0.7929, 2.4259]
    assert model.result.log_likelihood == pytest.approx(-9582.4292, abs=5e-5)
    assert [round(float(model.expected_purchases(weeks)), 4) for weeks in (1, 39, 78)] == [0.0532, 1.195, 1.858]
    assert model.expected_purchases(39, histories).sum() == pytest.approx(1653, abs=1)


def test_a_customer_of_the_bg_nbd_paper() -> None:
    # x = 2, last in week 30.43, known for 38.86 weeks: 1.226 purchases in the next 39 (the authors' spreadsheet note)
    one = {"frequency": [2], "recency": [30.43], "T": [38.86]}
    assert BetaGeo.known(r=0.243, alpha=4.414, a=0.793, b=2.426).expected_purchases(39, one)[0] == pytest.approx(
        1.226, abs=5e-4
    )


def test_mbg_nbd(histories: Histories) -> None:
    # Batislam et al. (2007)
    model = ModifiedBetaGeo().fit(histories)
    assert np.round(model.result.values, 3).tolist() == [0.525, 6.183, 0.891, 1.614]
    assert model.result.log_likelihood == pytest.approx(-9582.1, abs=0.05)


def test_gamma_gamma(histories: Histories) -> None:
    # Fader & Hardie (2013): 946 customers who came back
    model = GammaGamma().fit(histories)
    assert [round(value, 2) for value in model.result.values] == [6.25, 3.74, 15.44]
    assert model.result.log_likelihood == pytest.approx(-4055.9177, abs=5e-4)
    assert model.result.customers == 946


def test_pareto_nbd(histories: Histories) -> None:
    # Fader, Hardie & Lee (2005), Marketing Science 24(2)
    model = ParetoNbd().fit(histories)
    assert np.round(model.result.values, 4).tolist() == [0.5533, 10.5777, 0.6062, 11.6687]
    assert model.result.log_likelihood == pytest.approx(-9594.9762, abs=5e-5)
