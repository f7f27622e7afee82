"""What is the value of who is under contract made of? Discounted years, each worth the present yearly value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from keepwell.measure.columns import whole_numbers
from keepwell.value.choose import NO_MODEL, read
from keepwell.value.contract_hazard import HAZARD
from keepwell.value.contract_kind import ContractRows
from keepwell.value.contract_moments import ContractMoments, Known
from keepwell.value.contract_worth import expected_years, sureness
from keepwell.value.fit import Ints
from keepwell.value.parts import DIRECTIONS, DRAWS, Part, along, as_table, chosen_models, pairs, with_values


def contract_parts(inputs: Mapping[str, pa.Table]) -> Iterator[pa.Table]:
    """The parts of who is under contract, moment by moment."""
    known = ContractMoments(inputs)
    models = chosen_models(inputs["value_models"], "contracts")
    spend = spend_spread(inputs["renewal_steps"])
    for at, under in pairs(list(known.moments)):
        for chosen, model in alike(known.at(at).rows, under, models):
            part = _contract_part(known.at(at), known.at(under), chosen, model, spend, sure=at == under)
            yield as_table(part, at, under, "contracts", model)


def alike(
    rows: ContractRows, under: date, models: Mapping[tuple[date, str], dict[str, Any]]
) -> Iterator[tuple[Ints, dict[str, Any]]]:
    """The customers who are there, by model: those of all segments that have it, with the same parameters, together."""
    by_model: dict[tuple[str, str], list[str]] = {}
    for segment in rows.segment.names:
        model = models[under, segment]
        by_model.setdefault((model["model"], model["fitted_on"]), []).append(segment)
    for segments in by_model.values():
        of_these = np.logical_or.reduce([rows.of(segment) for segment in segments])
        chosen = np.flatnonzero(of_these & rows.there)
        if len(chosen):
            yield chosen, models[under, segments[0]]


def _contract_part(
    known: Known, told: Known, chosen: Ints, model: Mapping[str, Any], spend: float, *, sure: bool
) -> Part:
    rows, outlook, name = known.rows, told.outlook, str(model["model"])
    contracts = (rows.contracts.apart() if name == HAZARD else rows.contracts).rows(chosen)
    nothing, unknown = np.zeros(len(chosen)), np.full(len(chosen), np.nan)
    waits, unsure = rows.waiting[chosen], np.zeros((len(chosen), DIRECTIONS))
    if name == NO_MODEL:
        units = expected_years(contracts, lambda one, ahead: np.zeros((len(one), ahead)), outlook)
        low, high, spread, renews, after = units, units, nothing, unknown, unknown
    else:
        fit, survivals = read(model["parameters"]), known.survivals(name, told)
        survival = survivals(fit)
        units = expected_years(contracts, survival, outlook)
        if sure:
            drawn = [survivals(with_values(fit, row)) for row in fit.draws(DRAWS)]
            found = sureness(contracts, [survival, *drawn], outlook, spend)
            low, high, spread, renews, after = found.low, found.high, found.spread, found.renews, found.after
            unsure = along(fit, lambda moved: expected_years(contracts, survivals(moved), outlook))
        else:
            low, high, spread, renews, after = units, units, nothing, unknown, unknown
    alive = np.where(waits & np.isfinite(renews), renews, 1.0)
    return Part(rows.customer_id.only(chosen), rows.segment.only(chosen), contracts.renewals, units, low, high, spread,
                rows.annual_value[chosen], alive, contracts.notice, renews, after, unsure)  # fmt: skip


def spend_spread(steps: pa.Table) -> float:
    """The standard deviation of the logarithm of a contract's yearly value over that of the one it renews; 0: unknown."""
    count = whole_numbers(steps["contracts"]).astype(np.float64)
    if count.sum() < 2:
        return 0.0
    logs = np.log(steps["ratio"].cast(pa.float64()).combine_chunks().to_numpy(zero_copy_only=False))
    middle = float(count @ logs / count.sum())
    return float(np.sqrt(count @ (logs - middle) ** 2 / (count.sum() - 1)))
