"""Keepwell's journey, measures and pay over a snapshot: `by_keepwell.py SNAPSHOT OUT [same]`.

Writes the run's tables and seconds.json into OUT. With `same`, it leaves out the one large table that the script written
by hand does not write: `measures`, the values with their intervals and credibility.
"""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path

import pyarrow as pa
from snapshot import AS_OF, CURRENCY, LAST, TIME_ZONE

from keepwell import journey, measure
from keepwell.engine import DuckDBEngine, Node, run_graph
from keepwell.measure import MEASURES
from keepwell.pay import nodes as pay
from keepwell.pay.compile import Calendar, compile_plans
from keepwell.pay.nodes import nothing_settled
from keepwell.pay.parse import read_plans
from keepwell.record.snapshot import SNAPSHOT_TABLES
from keepwell.run import RUN_SETTINGS, WINDOWS

HERE = Path(__file__).parent


def settings() -> pa.Table:
    """The one row of `run_settings`."""
    row = {"as_of": AS_OF, "today": LAST, "currency": CURRENCY, "year_starts": 1, "closes_months": 3,
           "time_zone": TIME_ZONE}  # fmt: skip
    return pa.Table.from_pylist([row], schema=RUN_SETTINGS.arrow)


def compute(snapshot: Path, out: Path, *, same: bool = False) -> dict[str, float]:
    """Write the kept tables into `out`. How many seconds did each step take?"""
    steps: list[Node] = [*journey.nodes(), *measure.nodes(), *pay.nodes()]
    steps = [node for node in steps if not (same and node.name == MEASURES.name)]
    plans = read_plans(HERE / "plans", CURRENCY)
    rows = {**compile_plans(plans, Calendar(LAST)), **nothing_settled()}
    with closing(DuckDBEngine()) as engine:
        for name, table in SNAPSHOT_TABLES.items():
            engine.add_parquet(name, [snapshot / f"{name}.parquet"], table)
        engine.add_arrow(RUN_SETTINGS.name, settings(), RUN_SETTINGS)
        engine.add_arrow(WINDOWS.name, WINDOWS.arrow.empty_table(), WINDOWS)
        for name, small in rows.items():
            engine.add_arrow(name, small)
        return dict(run_graph(engine, steps, out).seconds)


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    seconds = compute(Path(sys.argv[1]), folder, same="same" in sys.argv[3:])
    (folder / "seconds.json").write_text(json.dumps(seconds, indent=1), encoding="utf-8")
