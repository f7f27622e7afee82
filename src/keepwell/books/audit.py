"""Has anybody changed the books behind their back? Every decision and every settled line, held against the hashes."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from keepwell.books.capitalising import SETTLED_COSTS
from keepwell.books.chain import Decision, broken_links, head_of, is_head, sound_decisions
from keepwell.books.lines import KEY, rows_hash
from keepwell.books.store import read_rows, reading
from keepwell.pay.evidence_levels import SETTLED_EVIDENCE
from keepwell.pay.nodes import SETTLED_PERIODS, settled_lines_table


@dataclass(frozen=True)
class Audit:
    """What the books hold, and what is wrong with them: `wrong` is empty where every hash fits. `head` names the last
    decision, to be compared with what was printed on an export or a note.
    """

    decisions: Sequence[Decision]
    wrong: Sequence[str]
    head: str


def audit(books: Path, expected_head: str | None = None) -> Audit:
    """Verify the chain, the settled lines of each closing, and, where one is given, that `expected_head` was its head."""
    with reading(books) as connection:
        wrong = broken_links(connection)
        made = sound_decisions(connection)
        wrong += _settled(connection, [one for one in made if one.kind == "closed"])
    if expected_head is not None and not is_head(made, expected_head):
        wrong.append(f"{expected_head} was never the last decision of these books: they were written anew, or cut off")
    return Audit(made, wrong, head_of(made))


def _settled(connection: sqlite3.Connection | None, closings: Sequence[Decision]) -> list[str]:
    """Are the settled lines, and the closed periods, those that were closed?"""
    try:
        lines = read_rows(connection, settled_lines_table())
        costs = read_rows(connection, SETTLED_COSTS)
        evidence = read_rows(connection, SETTLED_EVIDENCE)
        periods = read_rows(connection, SETTLED_PERIODS).to_pylist()
    except (ValueError, ArithmeticError) as error:
        return [f"settled lines cannot be read: {error}"]
    found = []
    for one in closings:
        own = lines.filter(_in(one.content["months"]))
        if rows_hash(own, KEY, leave_out=("status",)) != one.content["lines_hash"]:
            count = f"{own.num_rows:,} lines, {one.content['lines']:,} were settled"
            found.append(f"settled lines of {one.content['period']} are not those that were closed ({count})")
        if rows_hash(costs.filter(_in(one.content["months"])), SETTLED_COSTS.key) != one.content["costs_hash"]:
            found.append(f"settled costs of {one.content['period']} are not those that were closed")
        rests_on = evidence.filter(pc.field("settled_in") == pc.scalar(one.content["month"]))
        if rows_hash(rests_on, SETTLED_EVIDENCE.key) != one.content["evidence_hash"]:
            found.append(f"the evidence of {one.content['period']} is not what was closed")
    closed = [{"period": month, "closed_at": one.at, "run_id": one.content["run_id"]}
              for one in closings for month in one.content["months"]]  # fmt: skip
    others = lines.filter(~_in([row["period"] for row in closed]) | (pc.field("status") != pc.scalar("settled")))
    if others.num_rows or costs.filter(~_in([row["period"] for row in closed])).num_rows:
        found.append("settled lines or costs are of no period that was closed")
    if sorted(periods, key=_month) != sorted(closed, key=_month):
        found.append("the closed periods are not those that somebody closed")
    return found


def _in(months: Sequence[int]) -> pc.Expression:
    return pc.field("period").isin(pa.array(months, pa.int64()))


def _month(row: dict[str, Any]) -> int:
    return int(row["period"])


def told(one: Decision) -> str:
    """A decision in one line of words."""
    said = one.content
    match one.kind:
        case "accepted":
            return f"{said['person_id']} accepted {said['plan']} of {said['version']} on {said['accepted_on']}"
        case "adjusted":
            return f"{said['person_id']} {said['amount']} {said['currency']}: {said['reason']}"
    payable = (
        " and ".join(f"{Decimal(amount):.2f} {currency}" for currency, amount in said["payable"].items()) or "nothing"
    )
    return f"{said['period']}: {payable} payable, {said['lines']:,} lines, run {said['run_id']}"


def as_data(found: Audit) -> dict[str, object]:
    """The audit for machines."""
    rows = [{"place": one.place, "at": one.at, "by": one.by, "kind": one.kind, "content": dict(one.content),
             "before": one.before, "hash": one.hash} for one in found.decisions]  # fmt: skip
    return {"decisions": rows, "wrong": list(found.wrong), "head": found.head}
