"""Simulated customers who order: their histories, and what came after, with every parameter known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Buyers:
    """Histories to `T`, and what was bought (times, spend) in the `later` units after it."""

    frequency: npt.NDArray[np.int64]
    recency: Reals
    T: Reals
    monetary: Reals
    later: npt.NDArray[np.int64]
    later_spend: Reals
    alive: npt.NDArray[np.bool_]

    def table(self) -> dict[str, Reals]:
        """The columns that models read."""
        return {
            "frequency": self.frequency.astype(float),
            "recency": self.recency,
            "T": self.T,
            "monetary": self.monetary,
        }


def buyers(kind: str, n: int, parameters: dict[str, float], *, oldest: float = 52.0, youngest: float | None = None,
           later: float = 26.0, discount: float = 0.0, spend: tuple[float, float, float] = (6.0, 4.0, 15.0),
           seed: int = 0) -> Buyers:  # fmt: skip
    """`n` customers of the model `kind` (bg, mbg, pareto), who came between `oldest` and `youngest` (half of it) units ago.

    `spend`: p, q, gamma of what a purchase brings; later ones count e^(−discount · time after the history) of it.
    """
    draw = np.random.default_rng(seed)
    age = draw.uniform(oldest / 2 if youngest is None else youngest, oldest, n)
    rate = draw.gamma(parameters["r"], 1 / parameters["alpha"], n)
    leaves = draw.beta(parameters["a"], parameters["b"], n) if "a" in parameters else np.zeros(n)
    death = (
        draw.exponential(1 / draw.gamma(parameters["s"], 1 / parameters["beta"], n))
        if "s" in parameters
        else np.full(n, np.inf)
    )
    p, q, gamma = spend
    mean_rate = draw.gamma(q, 1 / gamma, n)
    if kind == "mbg":
        death = np.where(draw.random(n) < leaves, 0.0, death)
    now, last = np.zeros(n), np.zeros(n)
    frequency, bought_later = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    spent, spent_later = np.zeros(n), np.zeros(n)
    active = np.arange(n)
    while len(active):
        now[active] += draw.exponential(1 / rate[active])
        active = active[now[active] < np.minimum(death[active], age[active] + later)]
        amount = draw.gamma(p, 1 / mean_rate[active])
        before = now[active] <= age[active]
        np.add.at(frequency, active[before], 1)
        last[active[before]] = now[active[before]]
        spent[active[before]] += amount[before]
        bought_later[active[~before]] += 1
        spent_later[active[~before]] += (amount * np.exp(-discount * (now[active] - age[active])))[~before]
        if kind != "pareto":
            gone = draw.random(len(active)) < leaves[active]
            death[active[gone]] = now[active[gone]]
            active = active[~gone]
    return Buyers(frequency, last, age, spent / np.maximum(frequency, 1), bought_later, spent_later, death > age)
