"""What does valuing a company's customers who order take in a run, by seconds and memory?

    .venv/bin/python benchmarks/value_run.py                      1,000,000 customers, 4.2 million orders
    .venv/bin/python benchmarks/value_run.py --customers 50000

Made are customers of three segments and their orders of two years, as a record in Parquet files. Timed is what a run does of
it, in a process of its own: histories at six moments, models fitted and chosen, each customer's value with its interval, what
changed it, the sums and what came of what was foretold. Target: 4 GB at the peak, DuckDB being allowed 2 of them.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from children import HERE, machine, run_child
from value_data import UNTIL, orders

from keepwell import credit, journey, measure, value
from keepwell.credit.accounts import SHARED_COSTS, shared_costs
from keepwell.engine import DuckDBEngine, run_graph
from keepwell.project.accounts import Accounts
from keepwell.project.valuation import Valuation
from keepwell.record.snapshot import SNAPSHOT_TABLES
from keepwell.run import RUN_SETTINGS, WINDOWS

WANTED = ("value_models", "customer_values", "equity_changes", "equity", "value_calibration")
KNOWN_AT = datetime(2026, 9, 30, 12)  # noqa: DTZ001 — the record counts in UTC without saying so
MOST_GB = 4.0


def main() -> int:
    """Measure and print. 0: the target is met."""
    parser = argparse.ArgumentParser(description="Time the valuing of customers who order, as in a run.")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=None, help="where to put what is measured (default: /tmp)")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--value", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.make:
        make(asked.make, asked.customers)
        return 0
    if asked.value:
        valued(asked.value)
        return 0
    print(f"Machine   {machine()}\nLoad      {os.getloadavg()[0]:.1f} when it began")
    print(
        f"Command   python benchmarks/value_run.py {' '.join(sys.argv[1:])}\nWhen      {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n"
    )
    with tempfile.TemporaryDirectory(prefix="keepwell-value-", dir=asked.folder) as scratch:
        this = str(HERE / "value_run.py")
        run_child([this, "--make", scratch, "--customers", str(asked.customers)])
        took = run_child([this, "--value", scratch])
        told = json.loads((Path(scratch) / "told.json").read_text(encoding="utf-8"))
    for name, seconds in sorted(told["seconds"].items(), key=lambda one: -one[1])[:8]:
        print(f"  {name:<40} {seconds:.1f} s on the clock")
    gigabytes = took.peak / 1e9
    print(
        f"{asked.customers:,} customers, {told['rows']:,} values: {took.wall:.0f} s on the clock, {took.cpu:.0f} s of processor"
    )
    print(f"{'GB at the peak':<42} {gigabytes:.2f}   ≤ {MOST_GB:g}   {'met' if gigabytes <= MOST_GB else 'NOT MET'}")
    print(f"\nLoad      {os.getloadavg()[0]:.1f} when it ended")
    return 0 if gigabytes <= MOST_GB else 1


def make(folder: Path, customers: int) -> None:
    """The record of so many customers, as files."""
    everyone = np.arange(customers)
    bought = orders(0, customers)
    number = np.arange(len(bought))
    whose = bought["customer_id"].to_numpy()
    rows = {
        "customers": {"customer_id": _ids("c", everyone), "segment": pa.array(np.array(["small", "mid", "big"])[everyone % 3])},
        "orders": {"order_id": _ids("o", number), "customer_id": _ids("c", whose),
                   "ordered_at": bought["day"].combine_chunks().cast(pa.timestamp("us")),
                   "amount": bought["amount"].combine_chunks().cast(pa.decimal128(18, 4))},
    }  # fmt: skip
    for name, table in SNAPSHOT_TABLES.items():
        columns = rows.get(name, {})
        count = len(next(iter(columns.values()), ()))
        stamps = {
            "source": "made",
            "known_at": KNOWN_AT,
            "collect_id": "c1",
            "source_file": f"{name}.csv",
            "gone": False,
        }
        filled = [columns[field.name] if field.name in columns
                  else pa.array(np.arange(count), field.type) if field.name == "source_row"
                  else pa.repeat(pa.scalar(stamps.get(field.name), field.type), count) for field in table.arrow]  # fmt: skip
        pq.write_table(pa.table(filled, schema=table.arrow), folder / f"{name}.parquet")


def valued(folder: Path) -> None:
    """What a run does to value them; how long each step took goes to `told.json`."""
    told = {"as_of": KNOWN_AT, "today": UNTIL, "currency": "EUR", "year_starts": 1, "closes_months": 3, "time_zone": "UTC",
            "satisfied_from": None}  # fmt: skip
    small = {
        RUN_SETTINGS: pa.Table.from_pylist([told], schema=RUN_SETTINGS.arrow),
        WINDOWS: WINDOWS.arrow.empty_table(),
        **value.settings_tables(Valuation(), None),
        SHARED_COSTS: shared_costs(Accounts()),
    }
    with DuckDBEngine(memory="2GB", threads=2) as engine:
        for table, rows in small.items():
            engine.add_arrow(table.name, rows, table)
        for name, table in SNAPSHOT_TABLES.items():
            engine.add_parquet(name, [folder / f"{name}.parquet"], table)
        nodes = [*journey.nodes(), *measure.nodes(), *value.nodes(), *credit.nodes()]
        ran = run_graph(engine, nodes, folder / "tables", wanted=WANTED)
        [(rows_valued,)] = engine.execute("SELECT count(*) FROM customer_values")
    (folder / "told.json").write_text(json.dumps({"seconds": dict(ran.seconds), "rows": rows_valued}), encoding="utf-8")


def _ids(kind: str, numbers: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise(kind, pc.cast(pa.array(numbers), pa.string()), ":")


if __name__ == "__main__":
    raise SystemExit(main())
