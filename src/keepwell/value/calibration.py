"""Did what was foretold a year ago come? Of who was under contract: how many are still there; of who ordered: purchases.

At the moment at which models are judged (a quarter's start a year or more back), the chosen models with the parameters
of then foretell what comes until the run's day, of the customers of then. Beside it stands what came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.core.tables import Column, Table
from keepwell.engine import Step
from keepwell.value.fit import Z90, Ints, Reals
from keepwell.value.models import judging, moments_of
from keepwell.value.parts import along, chosen_models

GROUPS = 5
CALIBRATION = Table(
    "value_calibration",
    (
        Column("kind", "text", "contracts: customers still there; orders: purchases", key=True, required=True),
        Column("segment", "text", "the segment; * all customers", key=True, required=True),
        Column(
            "part",
            "integer",
            "0 all; 1 to 5 the fifths of customers, of whom least to most is foretold",
            key=True,
            required=True,
        ),
        Column("from_on", "date", "foretold on this day", required=True),
        Column("to_on", "date", "until this one", required=True),
        Column("customers", "integer", "of how many customers", required=True),
        Column("foretold", "number", "customers still there, or purchases", required=True),
        Column("low", "number", "lower end of the 90% interval", required=True),
        Column("high", "number", "upper end", required=True),
        Column("came", "number", "what came", required=True),
    ),
    says="what was foretold of customers, and what came",
    gives="whether values can be believed: what was foretold a year ago beside what came",
)


@dataclass(frozen=True)
class Foretold:
    """Of the customers of one segment: what is expected of each, its variance, what moves it, and what came."""

    segment: str
    expected: Reals
    variance: Reals
    moves: Reals
    came: Reals
    source: str


def _of_run(inputs: Mapping[str, pa.Table]) -> pa.Table:
    rows: list[dict[str, Any]] = []
    for kind, table, foretell in (
        ("contracts", "contract_histories", _contracts),
        ("orders", "order_histories", _orders),
    ):
        moments = moments_of(inputs["value_moments"], inputs[table])
        judge = judging(inputs["value_moments"], moments)
        if judge is None:
            continue
        found = sorted(
            (one for one in foretell(inputs, judge, moments) if len(one.expected)), key=lambda one: one.segment
        )
        told = {"kind": kind, "from_on": judge, "to_on": max(moments)}
        rows += [{**told, **row} for row in _rows(found)]
    return pa.Table.from_pylist(rows, schema=CALIBRATION.arrow)


def _rows(found: list[Foretold]) -> Iterator[dict[str, Any]]:
    for one in found if len(found) > 1 else ():
        yield _row(one.segment, 0, [one], [np.arange(len(one.expected))])
    if not found:
        return
    yield _row("*", 0, found, [np.arange(len(one.expected)) for one in found])
    whole = np.concatenate([one.expected for one in found])
    starts = np.cumsum([0, *(len(one.expected) for one in found)])
    for part, places in enumerate(np.array_split(np.argsort(whole, kind="stable"), GROUPS), start=1):
        if len(places):
            chosen = [places[(places >= start) & (places < end)] - start for start, end in pairwise(starts)]
            yield _row("*", part, found, chosen)


def _row(segment: str, part: int, found: list[Foretold], chosen: list[Ints]) -> dict[str, Any]:
    expected = sum(float(one.expected[rows].sum()) for one, rows in zip(found, chosen, strict=True))
    variance = sum(float(one.variance[rows].sum()) for one, rows in zip(found, chosen, strict=True))
    for source in {one.source for one in found}:
        moves = sum(
            one.moves[rows].sum(axis=0) for one, rows in zip(found, chosen, strict=True) if one.source == source
        )
        variance += float((moves**2).sum())
    far = Z90 * variance**0.5
    came = sum(float(one.came[rows].sum()) for one, rows in zip(found, chosen, strict=True))
    customers = sum(len(rows) for rows in chosen)
    numbers = {"foretold": expected, "low": max(expected - far, 0.0), "high": expected + far, "came": came}
    return {
        "segment": segment,
        "part": part,
        "customers": customers,
        **{name: _exact(value) for name, value in numbers.items()},
    }


def _contracts(inputs: Mapping[str, pa.Table], judge: date, moments: Mapping[date, date]) -> Iterator[Foretold]:
    from keepwell.value.choose import NO_MODEL, read
    from keepwell.value.contract_moments import ContractMoments
    from keepwell.value.contract_parts import alike
    from keepwell.value.contract_worth import chances

    found, today = inputs["contract_histories"], max(moments)
    now = found.filter((pc.field("at_on") == today) & pc.field("left_on").is_null())
    still, known = set(now["customer_id"].to_pylist()), ContractMoments(inputs).at(judge)
    rows = known.rows
    is_there = np.array([name in still for name in rows.customer_id.names], dtype=np.float64)[rows.customer_id.codes]
    for chosen, model in alike(rows, judge, chosen_models(inputs["value_models"], "contracts")):
        if model["model"] == NO_MODEL:
            continue
        contracts = rows.contracts.apart().rows(chosen)
        passed = contracts.ends_within((today - judge).days / 365.25)
        fit, survivals = read(model["parameters"]), known.survivals(model["model"], known)

        def stays(moved: Any, contracts: Any = contracts, passed: Ints = passed, survivals: Any = survivals) -> Reals:
            ahead = chances(contracts, survivals(moved), int(passed.max(initial=0)), known.outlook)
            return np.asarray(ahead[np.arange(len(passed)), passed])

        chance, moves = stays(fit), along(fit, stays)
        for code in np.unique(rows.segment.codes[chosen]):
            own = rows.segment.codes[chosen] == code
            yield Foretold(rows.segment.names[code], chance[own], (chance * (1 - chance))[own], moves[own],
                           is_there[chosen[own]], f"{model['model']} {model['fitted_on']}")  # fmt: skip


def _orders(inputs: Mapping[str, pa.Table], judge: date, moments: Mapping[date, date]) -> Iterator[Foretold]:
    from keepwell.value.choose import NO_MODEL, read
    from keepwell.value.order_kind import ORDERING, UNIT, OrderRows

    found, today = inputs["order_histories"], max(moments)
    rows = OrderRows.read(found.filter(pc.field("at_on") == judge))
    now = found.filter(pc.field("at_on") == today)
    bought = dict(zip(now["customer_id"].to_pylist(), now["frequency"].to_pylist(), strict=True))
    later = np.array([bought.get(name, 0) for name in rows.customer_id.names], dtype=np.float64)[rows.customer_id.codes]
    span = (today - judge).days / 7
    for segment, model in _segments(inputs, "orders", judge):
        chosen = np.flatnonzero(rows.of(segment))
        if model["model"] == NO_MODEL or not len(chosen):
            continue
        histories, fit, kind = rows.all.rows(chosen), read(model["parameters"]), ORDERING[model["model"]]

        def purchases(moved: Any, histories: Any = histories, kind: Any = kind) -> Reals:
            return np.asarray(kind(UNIT, moved).expected_purchases(span, histories))

        expected, alive = purchases(fit), np.maximum(kind(UNIT, fit).probability_alive(histories), 1e-12)
        if_alive = expected / alive
        square = if_alive + if_alive**2 / (fit.values[0] + histories.frequency) + if_alive**2
        yield Foretold(segment, expected, alive * square - expected**2, along(fit, purchases),
                       np.maximum(later[chosen] - histories.frequency, 0), model["fitted_on"])  # fmt: skip


def _segments(inputs: Mapping[str, pa.Table], kind: str, judge: date) -> list[tuple[str, dict[str, Any]]]:
    """The segments and the model that was chosen for each, with the parameters of then."""
    return sorted(
        (segment, model) for (at, segment), model in chosen_models(inputs["value_models"], kind).items() if at == judge
    )


def _exact(value: float) -> Any:
    from decimal import Decimal

    return Decimal(f"{value:.6f}")


STEP = Step(
    "value_calibration",
    ("value_moments", "value_models", "contract_histories", "order_histories", "risk_looks", "hazard_fits", "notice_fates",
     "value_settings"),
    CALIBRATION, _of_run, kept=True,
)  # fmt: skip
