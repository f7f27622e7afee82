"""One contender of `value_orders`: from a log of orders to what each customer is worth in the next twelve months.

    python benchmarks/value_by.py keepwell|lifetimes|pymc LOG.parquet OUT.json

Each fits BG/NBD and gamma-gamma by maximum likelihood (pymc: to the mode under its own priors) and values every customer.
OUT gets the seconds of each step, the parameters, and for comparison the worth of the purchases expected within 360 days,
undiscounted, which is what the peers call twelve months.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

UNTIL = date(2026, 9, 30)
Steps = dict[str, tuple[float, float]]


def timed(steps: Steps, name: str, work: Callable[[], Any]) -> Any:
    """What the work gives; its seconds on the clock and of processor go to `steps`."""
    clock, processor = perf_counter(), _processor()
    found = work()
    steps[name] = (perf_counter() - clock, _processor() - processor)
    return found


def _processor() -> float:
    """Seconds of processor of this process and of those it waited for, such as compilers."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + children.ru_utime + children.ru_stime


def keepwell(log: Path, steps: Steps) -> dict[str, Any]:
    def bring() -> Any:
        from keepwell.value.bg_nbd import BetaGeo
        from keepwell.value.gamma_gamma import GammaGamma
        from keepwell.value.order_log import read_histories

        return BetaGeo, GammaGamma, read_histories

    bg, gg, read_histories = timed(steps, "import", bring)
    seen = timed(steps, "histories", lambda: read_histories(log, until=UNTIL, unit="day"))
    model = timed(steps, "BG/NBD", lambda: bg().fit(seen))
    spend = timed(steps, "gamma-gamma", lambda: gg().fit(seen))
    value = timed(steps, "value", lambda: model.lifetime_value(seen, spend, months=12, discount=0.10))
    compared = float((model.expected_purchases(360, seen) * spend.expected_spend(seen)).sum())
    return {"customers": len(value), "parameters": [*model.result.values, *spend.result.values], "compared": compared}


def lifetimes(log: Path, steps: Steps) -> dict[str, Any]:
    def bring() -> Any:
        import lifetimes as package
        import pandas as pd

        return package, pd

    package, pd = timed(steps, "import", bring)

    def summary() -> Any:
        orders = pd.read_parquet(log)
        orders["amount"] = orders["amount"].astype(float)
        return package.utils.summary_data_from_transaction_data(
            orders, "customer_id", "day", "amount", observation_period_end=pd.Timestamp(UNTIL)
        )

    seen = timed(steps, "histories", summary)
    model, spend = package.BetaGeoFitter(), package.GammaGammaFitter()
    timed(steps, "BG/NBD", lambda: model.fit(seen["frequency"], seen["recency"], seen["T"]))
    back = seen[seen["frequency"] > 0]
    timed(steps, "gamma-gamma", lambda: spend.fit(back["frequency"], back["monetary_value"]))

    def valued(rate: float) -> Any:
        return spend.customer_lifetime_value(model, seen["frequency"], seen["recency"], seen["T"], seen["monetary_value"],
                                             time=12, discount_rate=rate, freq="D")  # fmt: skip

    value = timed(steps, "value", lambda: valued(1.1 ** (1 / 12) - 1))
    found = [*(model.params_[name] for name in ("r", "alpha", "a", "b")), *(spend.params_[name] for name in "pqv")]
    return {"customers": len(value), "parameters": found, "compared": float(valued(0.0).sum())}


def pymc(log: Path, steps: Steps) -> dict[str, Any]:
    def bring() -> Any:
        import pandas as pd
        from pymc_marketing import clv

        return clv, pd

    clv, pd = timed(steps, "import", bring)

    def summary() -> Any:
        orders = pd.read_parquet(log)
        orders["amount"] = orders["amount"].astype(float)
        return clv.utils.rfm_summary(orders, "customer_id", "day", "amount", observation_period_end=pd.Timestamp(UNTIL))

    seen = timed(steps, "histories", summary)
    model = clv.BetaGeoModel(seen)
    timed(steps, "BG/NBD", lambda: model.fit(method="map", progressbar=False))
    spend = clv.GammaGammaModel(seen[seen["frequency"] > 0])
    timed(steps, "gamma-gamma", lambda: spend.fit(method="map", progressbar=False))

    def valued(rate: float) -> Any:
        worth = spend.expected_customer_lifetime_value(model, seen, future_t=12, discount_rate=rate, time_unit="D")
        return worth.to_numpy()

    value = timed(steps, "value", lambda: valued(1.1 ** (1 / 12) - 1))
    names = [(model, name) for name in ("r", "alpha", "a", "b")] + [(spend, name) for name in "pqv"]
    found = [float(fitted.idata.posterior[name].mean()) for fitted, name in names]
    return {"customers": value.size, "parameters": found, "compared": float(valued(0.0).sum())}


CONTENDERS = {"keepwell": keepwell, "lifetimes": lifetimes, "pymc": pymc}

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    taken: Steps = {}
    told = CONTENDERS[sys.argv[1]](Path(sys.argv[2]), taken)
    Path(sys.argv[3]).write_text(json.dumps({**told, "steps": taken}), encoding="utf-8")
