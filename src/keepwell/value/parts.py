"""What is each customer's value made of? So many units (years of a contract, purchases), each worth so much.

At every moment each customer is valued twice: by the parameters of that moment, and by those of the next one; so that
what came to be estimated otherwise can be told from what became of the customer. Uncertainty is of three kinds: of the
customer (who stays or leaves), of what they spend, and of the parameters, for which the model is asked again with
parameters as likely.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.core.tables import Column, Table
from keepwell.engine import Step
from keepwell.measure.columns import (
    Coded,
    date_column,
    exact_column,
    integer_column,
    number_column,
    text_column,
)
from keepwell.value.models import days

DIRECTIONS = 6
UNIT_PLACES, SHARE_PLACES = 6, 9
DRAWS = 40

PARTS = Table(
    "value_parts",
    (
        Column("at_on", "date", "the moment", key=True, required=True),
        Column("under_on", "date", "the moment whose models and parameters are used", key=True, required=True),
        Column("customer_id", "text", "the customer", key=True, required=True),
        Column("kind", "text", "contracts or orders", key=True, required=True),
        Column("segment", "text", "the customer's; '' none", required=True),
        Column("model", "text", "the model; none: only what is sure is counted", required=True),
        Column("fitted_on", "text", "the segment whose customers gave the parameters; * all", required=True),
        Column("events", "integer", "renewals made, or repeat purchases", required=True),
        Column("units", "number", "discounted years of contract, or purchases, that are expected", required=True),
        Column("low_units", "number", "lower end of the 90% interval; null: orders, before the last moment"),
        Column("high_units", "number", "upper end"),
        Column("spread_units", "number", "standard deviation of what comes about what is expected", required=True),
        Column("unit_value", "money", "what a unit is worth before margin: yearly value, or mean purchase", required=True),
        Column("chance_alive", "share", "that they are still a customer", required=True),
        Column("notice", "boolean", "they have given notice", required=True),
        Column("chance_next", "share", "that they make the next renewal; null: orders"),
        Column("units_after", "number", "discounted years after the end at which they may leave within a year, if they "
               "stay then; null: orders, or not known"),
        *(Column(f"by_parameters_{nth}", "number", "change of the units along one direction of the parameters", required=True)
          for nth in range(1, DIRECTIONS + 1)),
    ),
    says="what a customer's value is made of, by contracts or by orders",
)  # fmt: skip
INPUTS = (
    "value_moments", "value_models", "contract_histories", "order_histories", "risk_looks", "hazard_fits", "notice_fates",
    "renewal_steps", "value_settings",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """Rows of `PARTS` in numbers; all columns are of one length."""

    customer_id: Coded
    segment: Coded
    events: Any
    units: Any
    low: Any  # nan: not simulated
    high: Any
    spread: Any
    unit_value: Any  # ten-thousandths
    alive: Any
    notice: Any
    renews: Any
    after: Any
    by_parameters: Any  # rows × DIRECTIONS


def _of_run(inputs: Mapping[str, pa.Table]) -> Iterator[pa.Table]:
    if inputs["contract_histories"].num_rows:
        from keepwell.value.contract_parts import contract_parts

        yield from contract_parts(inputs)
    if inputs["order_histories"].num_rows:
        from keepwell.value.order_parts import order_parts

        yield from order_parts(inputs)


def along(fit: Any, units_of: Any) -> Any:
    """By how much do units change by one standard deviation of the parameters, along each of their directions?

    The directions are independent of each other: (customers, `DIRECTIONS`). Of more than that, those are told (and turned)
    that hold the whole of what moves the customers' sum, and most of what moves each.
    """
    variances, axes = np.linalg.eigh(np.array(fit.covariance))
    changes = []
    for variance, axis in zip(variances, axes.T, strict=True):
        step = axis * np.sqrt(max(variance, 0.0))
        ends = [units_of(with_values(fit, np.array(fit.values) * np.exp(sign * step))) for sign in (1, -1)]
        changes.append((ends[0] - ends[1]) / 2)
    columns = np.stack(changes, axis=1)
    if columns.shape[1] > DIRECTIONS:
        whole = columns.sum(axis=0)
        alike = np.einsum("ij,ik->jk", columns, columns) + np.outer(whole, whole) * len(columns)
        columns = np.einsum("ij,jk->ik", columns, np.linalg.eigh(alike)[1][:, ::-1][:, :DIRECTIONS])
    made = np.zeros((len(columns), DIRECTIONS))
    made[:, : columns.shape[1]] = columns
    return made


def with_values(fit: Any, values: Any) -> Any:
    """The same fit with other parameters."""
    return replace(fit, values=tuple(map(float, values)))


def pairs(moments: Sequence[date]) -> list[tuple[date, date]]:
    """Each moment with itself, and with the next one."""
    later = [(at, moments[place + 1]) for place, at in enumerate(moments[:-1])]
    return sorted([*((at, at) for at in moments), *later])


def chosen_models(models: pa.Table, kind: str) -> dict[tuple[date, str], dict[str, Any]]:
    """The chosen model by moment and segment."""
    rows = models.filter(pc.field("chosen") & (pc.field("kind") == kind)).to_pylist()
    return {(row["at_on"], row["segment"]): row for row in rows}


def as_table(part: Part, at: date, under: date, kind: str, model: Mapping[str, Any]) -> pa.Table:
    """The part as rows of `PARTS`."""
    count = len(part.units)
    same = np.zeros(count, dtype=np.int64)
    renews = np.isfinite(part.renews)
    columns = {
        "at_on": date_column(same + days(at)), "under_on": date_column(same + days(under)),
        "customer_id": text_column(part.customer_id.codes, part.customer_id.names),
        "kind": text_column(same, (kind,)), "segment": text_column(part.segment.codes, part.segment.names),
        "model": text_column(same, (str(model["model"]),)), "fitted_on": text_column(same, (str(model["fitted_on"]),)),
        "events": integer_column(part.events),
        # what is expected may lie beyond what comes of nine in ten: then the interval reaches to it
        **{name: number_column(values, UNIT_PLACES) for name, values in
           (("units", part.units), ("low_units", np.minimum(part.low, part.units)),
            ("high_units", np.maximum(part.high, part.units)), ("spread_units", part.spread))},
        "unit_value": exact_column("money", part.unit_value),
        "chance_alive": exact_column("share", _shares(part.alive)),
        "notice": pa.array(part.notice.tolist(), pa.bool_()),
        "chance_next": exact_column("share", _shares(np.where(renews, part.renews, 0.0)), renews),
        "units_after": number_column(part.after, UNIT_PLACES),
        **{f"by_parameters_{nth}": number_column(part.by_parameters[:, nth - 1], UNIT_PLACES)
           for nth in range(1, DIRECTIONS + 1)},
    }  # fmt: skip
    return pa.table([columns[name] for name in PARTS.names], schema=PARTS.arrow)


def _shares(values: Any) -> Any:
    """Chances to the millionth, in the last place of a share."""
    return np.rint(np.clip(values, 0, 1) * 10**UNIT_PLACES).astype(np.int64) * 10 ** (SHARE_PLACES - UNIT_PLACES)


STEP = Step("value_parts", INPUTS, PARTS, _of_run)
