"""Between which amounts will what a customer buys lie, with nine chances of ten?

Three things are not known: the parameters (drawn by Laplace's approximation), the customer's own rates and lifetime given
their history, and how often and how much they will buy given those. What is to come of one who is still with us depends on
frequency and age alone, up to the scale of what they spend: it is simulated once per cell of both, and each customer's
interval is read from their cell, mixed with their own chance to have left.

Most customers may well buy nothing more. Where nothing has more than the lower tail's chance, the interval begins at 0 and
ends where nine of ten lie below; with equal tails it would cover more than it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from keepwell.value.fit import Fit, Ints, Reals
from keepwell.value.histories import Histories

DRAWS = 1000
_AGES = 32
_EXACT = 16  # purchases counted one by one; beyond, cells grow with the number
_GROWTH = 1.15
# Parameters are drawn for the chance to be alive, too, as long as it takes no more evaluations than these
_EVALUATIONS = 2_000_000
_ALIVE_DRAWS = 24

Generator = np.random.Generator


class Simulated(Protocol):
    """What a model of purchases does to have intervals."""

    def simulate(self, parameters: Reals, frequency: Reals, age: Reals, horizon: float, draw: Generator
                 ) -> tuple[Ints, Reals]:  # fmt: skip
        """For each row of `parameters`: how many purchases one who is alive makes within the horizon, and until when."""
        ...


@dataclass(frozen=True)
class Cells:
    """Which customers are simulated together: the cell of each, and each cell's typical frequency and age."""

    of: Ints
    frequency: Reals
    age: Reals

    @classmethod
    def of_histories(cls, seen: Histories, shift: float) -> Cells:
        """Few purchases one by one, many by size; ages in equal steps of ln(shift + age)."""
        x, ages = seen.frequency, np.log(shift + seen.age.levels)
        beyond = np.floor(np.log(np.maximum(x, _EXACT) / _EXACT) / np.log(_GROWTH)).astype(np.int64)
        row = np.where(x < _EXACT, x, _EXACT + beyond)
        used = ages[np.unique(seen.age.codes)]
        width = max(float(used[-1] - used[0]) / _AGES, 1e-9)
        column = np.minimum(((ages - used[0]) / width).astype(np.int64), _AGES - 1)[seen.age.codes]
        _, of = np.unique(row * _AGES + column, return_inverse=True)
        n = np.bincount(of)
        return cls(of, np.bincount(of, weights=x) / n, np.bincount(of, weights=seen.age.numbers) / n)


def simulate_cells(model: Simulated, fit: Fit, spend: Fit | None, mean: float, cells: Cells, horizon: float,
                   discount: float, seed: int) -> Reals:  # fmt: skip
    """What those who are alive will buy: a sorted row of draws for each cell.

    With `spend` (of gamma-gamma), in units of the customer's own scale γ + x·m̄; without, numbers of purchases.
    `discount`: continuous, per unit of time. `mean`: of amounts, to say how much of a scale the uncertain γ is.
    """
    draw = np.random.default_rng(seed)
    parameters = fit.draws(DRAWS, seed)
    spending = None if spend is None else spend.draws(DRAWS, seed + 1)
    sorted_draws = np.empty((len(cells.frequency), DRAWS))
    for cell, (x, age) in enumerate(zip(cells.frequency, cells.age, strict=True)):
        counts, until = model.simulate(parameters, x, age, horizon, draw)
        worth = _average_worth(discount * until)
        if spend is None or spending is None:
            sorted_draws[cell] = np.sort(counts * worth)
            continue
        p, q, gamma = spending.T
        rate = draw.standard_gamma(q + p * x)
        spent = draw.standard_gamma(np.maximum(p * counts, 1e-9)) * (counts > 0)
        uncertain = (gamma + x * mean) / (spend["gamma"] + x * mean)
        sorted_draws[cell] = np.sort(spent / rate * uncertain * worth)
    return sorted_draws


def with_spread(sorted_draws: Reals, spread: float, seed: int) -> Reals:
    """The draws, where what a customer spends lies about what is given with this standard deviation, as a share of it."""
    if not spread > 0:
        return sorted_draws
    factors = np.random.default_rng(seed + 2).standard_gamma(spread**-2, sorted_draws.shape) * spread**2
    return np.sort(sorted_draws * factors, axis=1)


def _average_worth(exponent: Reals) -> Reals:
    """What an amount is worth today on average, if it comes at any moment up to one that is worth e^(−exponent)."""
    worth: Reals = np.where(exponent > 1e-9, -np.expm1(-exponent) / np.maximum(exponent, 1e-9), 1.0)
    return worth


def read_intervals(sorted_draws: Reals, cell: Ints, alive: Reals, share: float) -> tuple[Reals, Reals]:
    """The interval that holds `share` of what may come, for customers of these cells with these chances to be alive."""
    nothing = (sorted_draws <= 0).mean(axis=1)
    tail = (1 - share) / 2
    at_zero = 1 - alive + alive * nothing[cell]
    begins_at_zero = at_zero > tail
    below = np.where(begins_at_zero, 0.0, tail)
    low = np.where(begins_at_zero, 0.0, _quantile(sorted_draws, cell, alive, below))
    return low, _quantile(sorted_draws, cell, alive, below + share)


def _quantile(sorted_draws: Reals, cell: Ints, alive: Reals, level: Reals) -> Reals:
    """Below what do `level` of the outcomes lie, of which 1 − `alive` are 0 and the others as drawn?"""
    among = np.clip((level - (1 - alive)) / np.maximum(alive, 1e-300), 0, 1)
    last = sorted_draws.shape[1] - 1
    place = np.clip(among * (last + 1) - 0.5, 0, last)
    left = place.astype(np.int64)
    right = np.minimum(left + 1, last)
    part = place - left
    found: Reals = sorted_draws[cell, left] * (1 - part) + sorted_draws[cell, right] * part
    return np.where(1 - alive >= level, 0.0, found)


def alive_draws(customers: int) -> int:
    """Over how many draws of the parameters the chance to be alive is averaged; 0: none, since many customers fix them."""
    return min(_ALIVE_DRAWS, _EVALUATIONS // max(customers, 1))
