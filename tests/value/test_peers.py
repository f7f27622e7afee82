"""The same data under two other implementations: `lifetimes`, and `pymc-marketing` with flat priors.

The second is in the dependency group `peers`, which is large; without it its test is skipped.
"""

from __future__ import annotations

from pathlib import Path

import lifetimes
import numpy as np
import pytest

from buyers import buyers
from keepwell.value.bg_nbd import BetaGeo
from keepwell.value.gamma_gamma import GammaGamma
from keepwell.value.mbg_nbd import ModifiedBetaGeo
from keepwell.value.order_model import OrderModel
from keepwell.value.pareto_nbd import ParetoNbd

BETA = {"r": 0.8, "alpha": 6.0, "a": 0.8, "b": 2.5}
PARETO = {"r": 0.9, "alpha": 6.0, "s": 0.8, "beta": 12.0}


@pytest.mark.parametrize(
    ("model", "peer", "kind", "truth"),
    [(BetaGeo, "BetaGeoFitter", "bg", BETA), (ModifiedBetaGeo, "ModifiedBetaGeoFitter", "mbg", BETA),
     (ParetoNbd, "ParetoNBDFitter", "pareto", PARETO)],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore")
def test_lifetimes_finds_the_same(model: type[OrderModel], peer: str, kind: str, truth: dict[str, float]) -> None:
    seen = buyers(kind, 1500, truth, seed=4).table()
    timing = seen["frequency"], seen["recency"], seen["T"]
    ours, theirs = model().fit(seen), getattr(lifetimes, peer)()
    theirs.fit(*timing)
    assert ours.result.values == pytest.approx(list(theirs.params_), rel=2e-3)
    known = model.known(**{name: float(theirs.params_[name]) for name in model.names})
    alive = theirs.conditional_probability_alive(*timing)
    assert known.probability_alive(seen) == pytest.approx(np.asarray(alive).ravel(), rel=1e-6)
    expected = theirs.conditional_expected_number_of_purchases_up_to_time(26, *timing)
    assert known.expected_purchases(26, seen) == pytest.approx(np.asarray(expected).ravel(), rel=1e-6)
    new = theirs.expected_number_of_purchases_up_to_time(26)
    assert known.expected_purchases(26.0) == pytest.approx(float(new), rel=1e-6)


@pytest.mark.filterwarnings("ignore")
def test_lifetimes_finds_the_same_amounts() -> None:
    seen = buyers("bg", 1500, BETA, seed=4).table()
    back = seen["frequency"] > 0
    theirs = lifetimes.GammaGammaFitter()
    theirs.fit(seen["frequency"][back], seen["monetary"][back])
    ours = GammaGamma().fit(seen)
    assert ours.result.values == pytest.approx(list(theirs.params_), rel=2e-3)
    p, q, v = theirs.params_
    mean = theirs.conditional_expected_average_profit(seen["frequency"], seen["monetary"])
    assert GammaGamma.known(p, q, v).expected_spend(seen) == pytest.approx(np.asarray(mean), rel=1e-6)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_pymc_marketing_with_flat_priors_finds_the_same() -> None:
    clv = pytest.importorskip("pymc_marketing.clv", reason="pymc-marketing is not installed (dependency group peers)")
    import pandas as pd
    from pymc_extras.prior import Prior

    seen = buyers("bg", 1500, BETA, seed=4).table()
    frame = pd.DataFrame({**seen, "customer_id": range(1500)}).rename(columns={"monetary": "monetary_value"})
    flat = {name: Prior("HalfFlat") for name in ("r", "alpha", "a", "b")}
    theirs = clv.BetaGeoModel(frame.drop(columns="monetary_value"), model_config=flat)
    theirs.fit(method="map", progressbar=False)
    found = [float(theirs.idata.posterior[name].mean()) for name in ("r", "alpha", "a", "b")]
    ours = BetaGeo().fit(seen).result
    assert [ours[name] for name in BetaGeo.names] == pytest.approx(found, rel=5e-3)


@pytest.mark.filterwarnings("ignore")
def test_cdnow_as_lifetimes_rounds_it() -> None:
    import pandas as pd

    file = Path(lifetimes.__file__).parent / "datasets" / "cdnow_customers_summary.csv"
    fit = BetaGeo().fit(pd.read_csv(file)).result
    assert fit.log_likelihood == pytest.approx(-9582.4256, abs=5e-5)
    assert [round(fit[name], 3) for name in BetaGeo.names] == [0.243, 4.414, 0.793, 2.426]
