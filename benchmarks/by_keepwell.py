"""Keepwell's journey, measures and pay over a snapshot: `by_keepwell.py SNAPSHOT OUT` writes OUT's tables and seconds.json."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path

import pyarrow as pa
from snapshot import AS_OF, CURRENCY, LAST, TIME_ZONE

from keepwell.engine import DuckDBEngine, run_graph
from keepwell.pay.compile import Calendar, compile_plans
from keepwell.pay.nodes import nothing_settled
from keepwell.pay.parse import read_plans
from keepwell.record.snapshot import SNAPSHOT_TABLES
from keepwell.run import RUN_SETTINGS, WINDOWS, nodes

HERE = Path(__file__).parent


def settings() -> pa.Table:
    """The one row of `run_settings`."""
    row = {"as_of": AS_OF, "today": LAST, "currency": CURRENCY, "year_starts": 1, "closes_months": 3,
           "time_zone": TIME_ZONE}  # fmt: skip
    return pa.Table.from_pylist([row], schema=RUN_SETTINGS.arrow)


def compute(snapshot: Path, out: Path, threads: int | None = None) -> dict[str, float]:
    """Write every kept table into `out`. How many seconds did each step take?"""
    plans = read_plans(HERE / "plans", CURRENCY)
    rows = {**compile_plans(plans, Calendar(LAST)), **nothing_settled()}
    with closing(DuckDBEngine(threads=threads)) as engine:
        for name, table in SNAPSHOT_TABLES.items():
            engine.add_parquet(name, [snapshot / f"{name}.parquet"], table)
        engine.add_arrow(RUN_SETTINGS.name, settings(), RUN_SETTINGS)
        engine.add_arrow(WINDOWS.name, WINDOWS.arrow.empty_table(), WINDOWS)
        for name, small in rows.items():
            engine.add_arrow(name, small)
        return dict(run_graph(engine, nodes(), out).seconds)


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    seconds = compute(Path(sys.argv[1]), folder)
    (folder / "seconds.json").write_text(json.dumps(seconds, indent=1), encoding="utf-8")
