"""What is the value of who orders made of? Discounted purchases to come, each worth what the customer spends at one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import gammaincinv

from keepwell.value.choose import NO_MODEL, read
from keepwell.value.fit import Fit, Reals
from keepwell.value.gamma_gamma import GammaGamma
from keepwell.value.histories import Histories
from keepwell.value.models import moments_of
from keepwell.value.order_kind import MEAN, ORDERING, OrderRows
from keepwell.value.parts import DIRECTIONS, Part, along, as_table, chosen_models, pairs

LOW, HIGH = 0.05, 0.95


def order_parts(inputs: Mapping[str, pa.Table]) -> list[pa.Table]:
    """The parts of who orders, moment by moment."""
    found = inputs["order_histories"]
    settings = inputs["value_settings"].to_pylist()[0]
    months, discount = int(settings["months"]), float(settings["discount"])
    moments = list(moments_of(inputs["value_moments"], found))
    buying, spending = (chosen_models(inputs["value_models"], kind) for kind in ("orders", "spend"))
    made = []
    for at, under in pairs(moments):
        rows = OrderRows.read(found.filter(pc.field("at_on") == at))
        for segment in rows.segment.names:
            models = buying[under, segment], spending[under, segment]
            part = _order_part(rows, segment, models, months, discount, sure=at == under)
            made.append(as_table(part, at, under, "orders", models[0]))
    return made


def _order_part(rows: OrderRows, segment: str, models: tuple[Mapping[str, Any], Mapping[str, Any]], months: int,
                discount: float, *, sure: bool) -> Part:  # fmt: skip
    chosen = np.flatnonzero(rows.of(segment))
    histories, name = rows.all.rows(chosen), str(models[0]["model"])
    spend, spend_spread = _spend(models[1], histories)
    nothing = np.zeros(len(chosen))
    unsure = np.zeros((len(chosen), DIRECTIONS))
    if name == NO_MODEL:
        units = low = high = spread = alive = nothing
    else:
        fit = read(models[0]["parameters"])

        def purchases(moved: Fit) -> Reals:
            return ORDERING[name]("week", moved).discounted_purchases(histories, months, discount)

        units, alive = purchases(fit), ORDERING[name]("week", fit).probability_alive(histories)
        low, high, spread = units, units, nothing
        if sure:
            unsure = along(fit, purchases)
            low, high, spread = _sureness(
                units, alive, histories.frequency + np.float64(fit.values[0]), unsure, spend_spread
            )
    spent = np.rint(spend * 10_000).astype(np.int64)
    return Part(rows.customer_id.only(chosen), rows.segment.only(chosen), histories.frequency, units, low, high, spread,
                spent, alive, nothing > 0, np.full(len(chosen), np.nan), unsure)  # fmt: skip


def _sureness(
    units: Reals, alive: Reals, shape: Reals, unsure: Reals, spend_spread: Reals
) -> tuple[Reals, Reals, Reals]:
    """The 90% interval of discounted purchases, and their standard deviation about what is expected.

    Who has left buys nothing more. Who has not buys about a Poisson number, at a rate that is known to `shape` purchases;
    what they spend at each, and the parameters, are not known either: the variances add, and the whole is
    taken for gamma-distributed. `spend_spread` is the standard deviation of the mean spend as a share of it.
    """
    there = np.maximum(alive, 1e-12)
    if_alive = units / there
    own = if_alive + if_alive**2 / shape
    whole = own * (1 + spend_spread**2) + (if_alive * spend_spread) ** 2 + (unsure**2).sum(axis=1) / there**2
    size = np.where(whole > 0, if_alive**2 / np.maximum(whole, 1e-300), 1.0)
    ends = []
    for part in (LOW, HIGH):
        among = np.clip((part - (1 - there)) / there, 0, 1)
        ends.append(
            np.where(among > 0, gammaincinv(np.maximum(size, 1e-6), among) * if_alive / np.maximum(size, 1e-6), 0.0)
        )
    spread = np.sqrt(
        np.maximum(alive * (own * (1 + spend_spread**2) + (if_alive * spend_spread) ** 2 + if_alive**2) - units**2, 0)
    )
    return ends[0], ends[1], spread


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
