"""Of simulated customers, how many spent later what their interval said? `python tests/covered.py` prints the table."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from buyers import buyers
from keepwell.core.errors import RefusedError
from keepwell.value.bg_nbd import BetaGeo
from keepwell.value.gamma_gamma import GammaGamma
from keepwell.value.mbg_nbd import ModifiedBetaGeo
from keepwell.value.order_model import OrderModel
from keepwell.value.pareto_nbd import ParetoNbd

MONTH = 365.25 / 12 / 7
DISCOUNT = 0.10
MODELS: Mapping[str, type[OrderModel]] = {"bg": BetaGeo, "mbg": ModifiedBetaGeo, "pareto": ParetoNbd}
# CDNOW: Fader, Hardie & Lee (2005); Fader & Hardie (2005, 2013)
CDNOW_BETA = {"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}
CDNOW_PARETO = {"r": 0.5533, "alpha": 10.5777, "s": 0.6062, "beta": 11.6687}
CDNOW_SPEND = (6.25, 3.74, 15.44)
BETA = {"r": 0.8, "alpha": 6.0, "a": 0.8, "b": 2.5}
PARETO = {"r": 0.9, "alpha": 6.0, "s": 0.5, "beta": 40.0}


@dataclass(frozen=True)
class Population:
    """Customers of the model `kind` with these parameters, who came between `oldest` and `youngest` weeks ago."""

    kind: str
    truth: Mapping[str, float]
    oldest: float = 52.0
    youngest: float = 26.0
    spend: tuple[float, float, float] = field(default=(6.0, 4.0, 15.0))


@dataclass(frozen=True)
class Covered:
    """Shares: of all whose interval held what came; who has 0 to 0; of these, and of the others, whose held it.

    `widened`: of all, where the interval reaches to what is expected, as in a run.
    """

    all: float
    sure: float
    of_sure: float
    of_others: float
    widened: float


POPULATIONS = {
    "BG/NBD": Population("bg", BETA),
    "MBG/NBD": Population("mbg", BETA),
    "Pareto/NBD": Population("pareto", PARETO),
    "BG/NBD, CDNOW": Population("bg", CDNOW_BETA, 39.0, 27.0, CDNOW_SPEND),
    "Pareto/NBD, CDNOW": Population("pareto", CDNOW_PARETO, 39.0, 27.0, CDNOW_SPEND),
    "Pareto/NBD, CDNOW, up to five years": Population("pareto", CDNOW_PARETO, 260.0, 1.0, CDNOW_SPEND),
}


def covered(of: Population, customers: int, months: int, seeds: Iterable[int]) -> Covered:
    """The shares over simulated samples, each fitted anew; samples whose likelihood has no maximum say nothing."""
    rows = []
    for seed in seeds:
        seen = buyers(of.kind, customers, dict(of.truth), oldest=of.oldest, youngest=of.youngest, spend=of.spend,
                      later=months * MONTH, discount=np.log1p(DISCOUNT) / 12 / MONTH, seed=seed)  # fmt: skip
        try:
            model, spend = MODELS[of.kind]().fit(seen.table()), GammaGamma().fit(seen.table())
        except RefusedError:
            continue
        told = {"months": months, "discount": DISCOUNT}
        low, high = model.interval(seen.table(), spend, **told, seed=seed)
        came, sure = seen.later_spend, high <= 0
        held = (low <= came) & (came <= high)
        reaching = (low <= came) & (came <= np.maximum(high, model.lifetime_value(seen.table(), spend, **told)))
        rows.append([len(held), held.sum(), sure.sum(), held[sure].sum(), held[~sure].sum(), reaching.sum()])
    n, held, sure, of_sure, of_others, reaching = (float(total) for total in np.sum(rows, axis=0))
    return Covered(held / n, sure / n, of_sure / sure if sure else float("nan"), of_others / (n - sure), reaching / n)


def _lines() -> Iterator[str]:
    yield f"90% intervals of the value of so many months, at {DISCOUNT:.0%} a year"
    yield f"{'population':<36}{'customers':>10}{'months':>7}{'all':>7}{'0 to 0':>8}{'of these':>9}{'others':>8}{'in a run':>9}"
    for name, population in POPULATIONS.items():
        for customers, samples in ((500, 24), (2357, 12), (20000, 3)):
            for months in (12, 60):
                one = covered(population, customers, months, range(samples))
                shares = f"{one.all:>7.3f}{one.sure:>8.3f}{one.of_sure:>9.3f}{one.of_others:>8.3f}{one.widened:>9.3f}"
                yield f"{name:<36}{customers:>10,}{months:>7}{shares}"


if __name__ == "__main__":
    for line in _lines():
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
