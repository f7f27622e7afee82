"""How far did each department reach in each span, and how much does a day weigh? The Python steps behind `credit_shares`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pyarrow as pa

from keepwell.core.tables import Column, Table
from keepwell.credit.markov import WON, reach_of_steps
from keepwell.credit.time_decay import HALF_LIFE
from keepwell.engine import Step, needs

DAYS_BACK = 180  # after so many days a day weighs less than a forty-millionth
_NINE = Decimal("0.000000001")

REACH = Table(
    "credit_reach",
    (
        Column("from_on", "date", "the span's first day", key=True, required=True),
        Column("to_on", "date", "the day as of which it ends", key=True, required=True),
        Column("department", "text", "the department", key=True, required=True),
        Column("reach", "share", "the part of the ways won that would be lost if none went on from it", required=True),
        Column("share", "share", "that reach as a part of all departments'", required=True),
    ),
    says="how many of the ways of customers who stayed a department stands on: reach, not cause",
)
DECAY = Table(
    "decay_weights",
    (
        Column("days_before", "integer", "days before the end", key=True, required=True),
        Column("weight", "integer", "billionths of a day at the end", required=True),
    ),
    says="how much a day weighs so many days before the end",
)


def credit_reach(inputs: Mapping[str, pa.Table]) -> pa.Table:
    """Every department's reach in every span, of `credit_steps`; none in a span in which nobody was kept."""
    spans: dict[tuple[object, object], dict[tuple[str, str], int]] = {}
    for row in inputs["credit_steps"].to_pylist():
        spans.setdefault((row["from_on"], row["to_on"]), {})[row["source"], row["target"]] = row["ways"]
    rows = []
    for (from_on, to_on), steps in sorted(spans.items(), key=str):
        if not any(target == WON for _, target in steps):
            continue
        found = reach_of_steps(steps)
        rows += [{"from_on": from_on, "to_on": to_on, "department": name, "reach": _nine(one), "share": _nine(found.share[name])}
                 for name, one in found.reach.items()]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=REACH.arrow)


def decay_weights(_inputs: Mapping[str, pa.Table]) -> pa.Table:
    """The weight of a day for each number of days before the end."""
    rows = [
        {"days_before": days, "weight": max(round(1e9 * 2 ** (-days / HALF_LIFE)), 1)} for days in range(DAYS_BACK + 1)
    ]
    return pa.Table.from_pylist(rows, schema=DECAY.arrow)


STEPS = (
    Step("credit_reach", ("credit_steps",), REACH, credit_reach, kept=True, nothing_without=needs("credit_steps")),
    Step("decay_weights", (), DECAY, decay_weights),
)


def _nine(value: float) -> Decimal:
    return Decimal(value).quantize(_NINE)
