"""What is the value of who is under contract made of? Discounted years, each worth the present yearly value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.measure.columns import whole_numbers
from keepwell.value.choose import NO_MODEL, read
from keepwell.value.contract_kind import ContractRows, outlook_of, survival_of
from keepwell.value.contract_worth import Outlook, expected_years, sureness
from keepwell.value.models import days, moments_of
from keepwell.value.parts import DIRECTIONS, DRAWS, Part, along, as_table, chosen_models, pairs, with_values


def contract_parts(inputs: Mapping[str, pa.Table]) -> list[pa.Table]:
    """The parts of who is under contract, moment by moment."""
    found = inputs["contract_histories"]
    settings = inputs["value_settings"].to_pylist()[0]
    fates = {row["at_on"]: (row["stayed"], row["gone"]) for row in inputs["notice_fates"].to_pylist()}
    moments = moments_of(inputs["value_moments"], found)
    chosen = chosen_models(inputs["value_models"], "contracts")
    spend = spend_spread(inputs["renewal_steps"])
    made = []
    for at, under in pairs(list(moments)):
        rows = ContractRows.read(found.filter((pc.field("at_on") == at) & pc.field("left_on").is_null()), days(at),
                                 days(moments[at]))  # fmt: skip
        outlook = outlook_of(settings, fates.get(under, (0, 0)))
        for segment in rows.segment.names:
            model = chosen[under, segment]
            part = _contract_part(rows, segment, model, outlook, spend, sure=at == under)
            made.append(as_table(part, at, under, "contracts", model))
    return made


def _contract_part(
    rows: ContractRows, segment: str, model: Mapping[str, Any], outlook: Outlook, spend: float, *, sure: bool
) -> Part:
    chosen = np.flatnonzero(rows.of(segment))
    contracts, name = rows.contracts.rows(chosen), str(model["model"])
    nothing = np.zeros(len(chosen))
    waits, unsure = rows.waiting[chosen], np.zeros((len(chosen), DIRECTIONS))
    if name == NO_MODEL:
        units = expected_years(contracts, lambda made, ahead: np.zeros((len(made), ahead)), outlook)
        low, high, spread, renews = units, units, nothing, np.full(len(chosen), np.nan)
    else:
        fit = read(model["parameters"])
        survival = survival_of(name, fit)
        units = expected_years(contracts, survival, outlook)
        if sure:
            drawn = [survival_of(name, with_values(fit, row)) for row in fit.draws(DRAWS)]
            found = sureness(contracts, [survival, *drawn], outlook, spend)
            low, high, spread, renews = found.low, found.high, found.spread, found.renews
            unsure = along(fit, lambda moved: expected_years(contracts, survival_of(name, moved), outlook))
        else:
            low, high, spread, renews = units, units, nothing, np.full(len(chosen), np.nan)
    alive = np.where(waits & np.isfinite(renews), renews, 1.0)
    return Part(rows.customer_id.only(chosen), rows.segment.only(chosen), contracts.renewals, units, low, high, spread,
                rows.annual_value[chosen], alive, contracts.notice, renews, unsure)  # fmt: skip


def spend_spread(steps: pa.Table) -> float:
    """The standard deviation of the logarithm of a contract's yearly value over that of the one it renews; 0: unknown."""
    count = whole_numbers(steps["contracts"]).astype(np.float64)
    if count.sum() < 2:
        return 0.0
    logs = np.log(steps["ratio"].cast(pa.float64()).combine_chunks().to_numpy(zero_copy_only=False))
    middle = float(count @ logs / count.sum())
    return float(np.sqrt(count @ (logs - middle) ** 2 / (count.sum() - 1)))
