"""Which tables does the pay pipeline need, and which nodes make it?

Beside the record and `amount_facts` it reads the plan tables, what the books have settled and decided, and measures given
by examples.
"""

from __future__ import annotations

from functools import cache

import pyarrow as pa

from keepwell.core.tables import Column, Table
from keepwell.engine import Node, load_models
from keepwell.pay import adjust, below, evidence, evidence_levels
from keepwell.pay.decided import DECIDED
from keepwell.pay.plan_tables import PLAN_TABLES

SETTLED_PERIODS = Table(
    "settled_periods",
    (
        Column("period", "integer", "first month of a settlement period that is closed", key=True),
        Column("closed_at", "timestamp", "when it was closed"),
        Column("run_id", "text", "the run that was settled"),
    ),
    says="a settlement period that is closed",
)


@cache
def nodes() -> tuple[Node, ...]:
    """The models and steps of pay."""
    return (*load_models("keepwell.pay"), evidence_levels.STEP, evidence.STEP, adjust.STEP, below.STEP)


def settled_lines_table() -> Table:
    """The table of settled lines: a line is settled as it stood in `pay_lines`."""
    lines = next(node for node in nodes() if node.name == "pay_lines")
    return Table("settled_lines", lines.gives.columns, "a line of a closed period, as it was settled")


def input_tables() -> tuple[Table, ...]:
    """The small tables that a run must give to pay: from plans, from the books, from examples."""
    return (*PLAN_TABLES, *_decided_tables())


def nothing_settled() -> dict[str, pa.Table]:
    """The books' and examples' tables where there are none: no period is closed, nothing is given."""
    return {table.name: table.arrow.empty_table() for table in _decided_tables()}


def _decided_tables() -> tuple[Table, ...]:
    return (settled_lines_table(), SETTLED_PERIODS, *DECIDED, evidence_levels.SETTLED_EVIDENCE, evidence.GIVEN_MEASURES)
