"""The step that fits and chooses models: `value_models` from the histories at every moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from keepwell.engine import Step
from keepwell.value.choose import MODELS

INPUTS = (
    "value_moments", "contract_histories", "order_histories", "risk_looks", "hazard_fits", "notice_fates", "value_settings",
)  # fmt: skip


def _of_run(inputs: Mapping[str, pa.Table]) -> pa.Table:
    rows = [*contract_models(inputs), *order_models(inputs)]
    return pa.Table.from_pylist(rows, schema=MODELS.arrow)


def contract_models(inputs: Mapping[str, pa.Table]) -> list[dict[str, Any]]:
    """The models of who is under contract; none where nobody is."""
    found = inputs["contract_histories"]
    if not found.num_rows:
        return []
    from keepwell.value.choose import Chooser
    from keepwell.value.contract_kind import ContractKind
    from keepwell.value.contract_moments import ContractMoments

    known = ContractMoments(inputs)
    chooser = Chooser(ContractKind(), known.seen, list(known.moments), judging(inputs["value_moments"], known.moments))
    return as_rows(chooser.rows(sorted({str(segment) for segment in found["segment"].to_pylist()})))


def order_models(inputs: Mapping[str, pa.Table]) -> list[dict[str, Any]]:
    """The models of who orders: when they buy, and what they spend; none where nobody does."""
    found = inputs["order_histories"]
    if not found.num_rows:
        return []
    from keepwell.value.choose import Chooser
    from keepwell.value.order_kind import Bought, OrderKind, OrderRows, SpendKind

    moments = moments_of(inputs["value_moments"], found)

    @cache
    def rows_at(at: date) -> OrderRows:
        return OrderRows.read(found.filter(pc.field("at_on") == at))

    @cache
    def histories(at: date, segment: str) -> Bought:
        return rows_at(at).histories(segment)

    judge = judging(inputs["value_moments"], moments)
    segments = sorted({str(segment) for segment in found["segment"].to_pylist()})
    choosers = (Chooser(kind, histories, list(moments), judge) for kind in (OrderKind(), SpendKind()))
    return [row for chooser in choosers for row in as_rows(chooser.rows(segments))]


def moments_of(told: pa.Table, found: pa.Table) -> dict[date, date]:
    """The moments at which there are such rows, in order: what happened before which day was known at each?"""
    there = set(pc.unique(found["at_on"]).to_pylist())
    return {row["at_on"]: row["before_on"] for row in told.sort_by("at_on").to_pylist() if row["at_on"] in there}


def judging(told: pa.Table, moments: Mapping[date, date]) -> date | None:
    """The moment at which models are judged."""
    return next((row["at_on"] for row in told.to_pylist() if row["judges"] and row["at_on"] in moments), None)


def days(day: date) -> int:
    """Days since 1970."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


def as_rows(rows: Any) -> list[dict[str, Any]]:
    """The rows with likelihoods as the declared decimals."""
    from decimal import Decimal

    def exact(value: float | None) -> Decimal | None:
        return None if value is None else Decimal(f"{value:.6f}")

    return [{**row, "log_likelihood": exact(row["log_likelihood"]),
             "later_log_likelihood": exact(row["later_log_likelihood"])} for row in rows]  # fmt: skip


STEP = Step("value_models", INPUTS, MODELS, _of_run, kept=True)
