"""What is the value of who orders made of? Discounted purchases to come, each worth what the customer spends at one.

Intervals are simulated at the last moment only: at earlier ones nobody is shown a customer's, and their sums do not need them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.value.choose import NO_MODEL, read
from keepwell.value.fit import Fit, Reals
from keepwell.value.gamma_gamma import GammaGamma
from keepwell.value.histories import Histories
from keepwell.value.models import moments_of
from keepwell.value.order_kind import GAMMA, MEAN, ORDERING, UNIT, OrderRows
from keepwell.value.parts import DIRECTIONS, Part, along, as_table, chosen_models, pairs


def order_parts(inputs: Mapping[str, pa.Table]) -> Iterator[pa.Table]:
    """The parts of who orders, moment by moment."""
    found = inputs["order_histories"]
    settings = inputs["value_settings"].to_pylist()[0]
    months, discount = int(settings["months"]), float(settings["discount"])
    moments = list(moments_of(inputs["value_moments"], found))
    buying, spending = (chosen_models(inputs["value_models"], kind) for kind in ("orders", "spend"))
    for at, under in pairs(moments):
        rows = OrderRows.read(found.filter(pc.field("at_on") == at))
        for segment in rows.segment.names:
            models = buying[under, segment], spending[under, segment]
            part = _order_part(rows, segment, models, months, discount, own=at == under, last=at == moments[-1])
            yield as_table(part, at, under, "orders", models[0])


def _order_part(rows: OrderRows, segment: str, models: tuple[Mapping[str, Any], Mapping[str, Any]], months: int,
                discount: float, *, own: bool, last: bool) -> Part:  # fmt: skip
    """`own`: the parameters are those of the moment, so that it is said how sure they are; `last`: it is the last one."""
    chosen = np.flatnonzero(rows.of(segment))
    histories, name = rows.all.rows(chosen), str(models[0]["model"])
    spend, spend_spread = _spend(models[1], histories)
    nothing = np.zeros(len(chosen))
    low = high = nothing if last else np.full(len(chosen), np.nan)
    unsure = np.zeros((len(chosen), DIRECTIONS))
    if name == NO_MODEL:
        units = spread = alive = nothing
    else:
        fit = read(models[0]["parameters"])

        def purchases(moved: Fit) -> Reals:
            return ORDERING[name](UNIT, moved).discounted_purchases(histories, months, discount)

        units, alive = purchases(fit), ORDERING[name](UNIT, fit).probability_alive(histories)
        spread = nothing
        if own:
            unsure = along(fit, purchases)
            spread = _spread(units, alive, histories.frequency + np.float64(fit.values[0]), spend_spread)
        if last:
            spending = read(models[1]["parameters"])
            known: Any = GammaGamma(spending) if models[1]["model"] == GAMMA else spend
            far = 0.0 if models[1]["model"] == GAMMA else float(spending.covariance[0][0]) ** 0.5
            ends = ORDERING[name](UNIT, fit).interval(histories, known, months, discount, spread=far)
            low, high = (np.asarray(end / spend) for end in ends)
    spent, unknown = np.rint(spend * 10_000).astype(np.int64), np.full(len(chosen), np.nan)
    return Part(rows.customer_id.only(chosen), rows.segment.only(chosen), histories.frequency, units, low, high, spread,
                spent, alive, nothing > 0, unknown, unknown, unsure)  # fmt: skip


def _spread(units: Reals, alive: Reals, shape: Reals, spend_spread: Reals) -> Reals:
    """The standard deviation of discounted purchases, and of what is spent at each, about what is expected.

    Who has left buys nothing more. Who has not buys about a Poisson number, at a rate that is known to `shape` purchases;
    `spend_spread` is the standard deviation of the mean spend as a share of it.
    """
    if_alive = units / np.maximum(alive, 1e-12)
    own = if_alive + if_alive**2 / shape
    square = own * (1 + spend_spread**2) + (if_alive * spend_spread) ** 2 + if_alive**2
    return np.asarray(np.sqrt(np.maximum(alive * square - units**2, 0)))


def _spend(model: Mapping[str, Any], histories: Histories) -> tuple[Reals, Reals]:
    """What each spends at a purchase, in the company's currency, and how sure that is: a standard deviation as a share."""
    fit = read(model["parameters"])
    if model["model"] == MEAN:
        return np.full(len(histories), fit.values[0]), np.full(len(histories), float(fit.covariance[0][0]) ** 0.5)
    expected = GammaGamma(fit).expected_spend(histories)
    p, q, _ = fit.values
    # the posterior of a customer's mean is an inverse gamma of this shape
    shape = p * histories.frequency + q
    return expected, 1 / np.sqrt(np.maximum(shape - 2, 0.25))
