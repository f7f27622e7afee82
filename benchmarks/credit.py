"""How long does it take to credit five million touches, from the run's own table of events to the ledger on disk?

    .venv/bin/python benchmarks/credit.py
    .venv/bin/python benchmarks/credit.py --touches 1000000 --rounds 1

Made are customers whose value changed over a quarter and the half-year of work behind it: each has a few people of five
departments who touch them again and again. Timed is what a run does: the models read the kept table of events (Parquet),
find who stood behind whom, cut every change to the cent, and write the ledger. Beside it, without a target: the same with
all other methods of credit; and the exact Shapley value of twenty departments, from the worth of each of a million
coalitions. Exit 1: a target was missed, or the ledger does not add up.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent))

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from children import machine

from keepwell import credit, journey, measure, value
from keepwell.core.tables import Table
from keepwell.credit.shapley import shapley_dense
from keepwell.engine import DuckDBEngine, run_graph
from keepwell.record.snapshot import SNAPSHOT_TABLES
from keepwell.run import RUN_SETTINGS, WINDOWS

TARGET, SHAPLEY_TARGET = 3.0, 0.3
FROM, TO, TODAY = date(2026, 7, 1), date(2026, 10, 1), date(2026, 11, 1)
LEDGER, ALL_METHODS = ("credit_ledger",), ("credit_ledger", "credit_shares")
MADE = {
    "customer_lives": """
        SELECT CAST(i + 1 AS BIGINT) AS customer_no, 'crm:' || lpad(CAST(i AS VARCHAR), 8, '0') AS customer_id,
          '' AS segment, '' AS region, DATE '2024-01-01' AS purchased_on, DATE '2024-01-01' AS live_on,
          DATE '2024-01-01' AS adopts_from, DATE '2024-04-01' AS uses_from, DATE '9999-12-31' AS left_on
        FROM range({customers}) AS t(i)""",
    "people_by_day": """
        SELECT CAST(i + 1 AS BIGINT) AS person_no, 'hr:' || lpad(CAST(i AS VARCHAR), 6, '0') AS person_id,
          DATE '0001-01-01' AS from_on, DATE '9999-12-31' AS to_on, 'hr:T' || (i % 40) AS team_id,
          ['marketing', 'sales', 'delivery', 'success', 'support'][1 + i % 5] AS department
        FROM range({people}) AS t(i)""",
    "equity_changes": """
        SELECT DATE '2026-07-01' AS from_on, DATE '2026-10-01' AS to_on, customer_id,
          CASE WHEN customer_no % 5 = 0 THEN 'lost' ELSE 'kept' END AS cause,
          CAST(CASE WHEN customer_no % 5 = 0 THEN -1 ELSE 1 END * CAST(hash(customer_no) % 1000000 AS BIGINT) * 0.01
            AS DECIMAL(18, 4)) AS amount
        FROM customer_lives""",
    # eight people for each customer, drawn from all, and one touch after another of one of them
    "events": """
        SELECT c.customer_no, TIMESTAMP '2026-04-05' + to_days(CAST(hash(i, 1) % 179 AS INTEGER)) AS at,
          CAST(10 AS BIGINT) AS place, CAST(0 AS BIGINT) AS seq, 'touches:x' || i || ':call' AS event_id, c.customer_id,
          CAST(TIMESTAMP '2026-04-05' + to_days(CAST(hash(i, 1) % 179 AS INTEGER)) AS DATE) AS on_day, 'use' AS stage,
          'call' AS kind, p.person_id, p.team_id, p.department, 'touches' AS ref_table, 'x' || i AS ref_id,
          CAST(NULL AS DECIMAL(18, 4)) AS amount, CAST(NULL AS VARCHAR) AS currency,
          CAST(NULL AS DECIMAL(18, 6)) AS score, TIMESTAMP '2026-11-01' AS known_at
        FROM range({touches}) AS t(i)
        JOIN customer_lives AS c ON c.customer_no = 1 + i % {customers}
        JOIN people_by_day AS p ON p.person_no = 1 + hash(c.customer_no, hash(i) % 8) % {people}""",
}


def main() -> int:
    """Make, credit, say. 0: the target is met and every cent is there; 1: not so."""
    asked = _asked()
    print(f"Machine   {machine()}\nLoad      {os.getloadavg()[0]:.1f} when it began")
    print(
        f"Command   python benchmarks/credit.py {' '.join(sys.argv[1:])}\nWhen      {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    )
    with tempfile.TemporaryDirectory(prefix="keepwell-credit-", dir=asked.folder) as scratch:
        files = _make(Path(scratch), asked)
        print(
            f"Data      {asked.touches:,} touches of {asked.customers:,} customers by {asked.people:,} people\n",
            flush=True,
        )
        rounds = [_credit(files, Path(scratch) / f"round{number}") for number in range(asked.rounds)]
        seconds, cpu = (statistics.median(one[place] for one in rounds) for place in (0, 1))
        whole = _credit(files, Path(scratch) / "all", ALL_METHODS)
        rows, difference = _adds_up(files, Path(scratch) / "round0")
    target = max(TARGET * asked.touches / 5_000_000, 0.5)  # a run of a few touches is mostly its beginning
    met = seconds < target
    shapley = statistics.median(_shapley() for _ in range(5))
    print(f"events → ledger on disk       {seconds:6.2f} s   {cpu:6.2f} s of processor   (median of {asked.rounds})")
    print(f"target                        {target:6.2f} s   {'met' if met else 'MISSED'}")
    print(f"… and every other method       {whole[0]:6.2f} s   {whole[1]:6.2f} s of processor   (once)")
    print(f"Shapley, 20 departments       {shapley:6.2f} s")
    print(f"target                        {SHAPLEY_TARGET:6.2f} s   {'met' if shapley < SHAPLEY_TARGET else 'MISSED'}")
    print(f"rows of the ledger            {rows:,}")
    print(f"ledger less changes of value  {difference}")
    print(f"Load      {os.getloadavg()[0]:.1f} when it ended")
    return 0 if met and shapley < SHAPLEY_TARGET and difference == 0 else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time the credit of touches.")
    parser.add_argument("--touches", type=int, default=5_000_000)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", default="2GB")
    parser.add_argument("--folder", type=Path, default=None, help="where to put what is measured (default: /tmp)")
    return parser.parse_args()


def tables() -> dict[str, Table]:
    """What the models read, as declared."""
    given = {node.name: node.gives for node in (*journey.nodes(), *value.nodes())}
    return {name: given[name] for name in MADE}


def _make(folder: Path, asked: argparse.Namespace) -> dict[str, Path]:
    files = {name: folder / f"{name}.parquet" for name in MADE}
    sizes = {"touches": asked.touches, "customers": asked.customers, "people": asked.people}
    with duckdb.connect(config={"memory_limit": asked.memory}) as con:
        for name, sql in MADE.items():
            con.execute(f"CREATE TABLE {name} AS {sql.format(**sizes)}")
            key = ", ".join(f'"{one}"' for one in tables()[name].key)
            con.execute(
                f"COPY (SELECT * FROM {name} ORDER BY {key}) TO '{files[name]}' (FORMAT parquet, COMPRESSION zstd)"
            )
    return files


def _credit(files: dict[str, Path], out: Path, wanted: Sequence[str] = LEDGER) -> tuple[float, float]:
    """Seconds on the clock and of the processor for the ledger, or for what else is wanted."""
    facts = next(node.gives for node in measure.nodes() if node.name == "amount_facts")
    empty = [facts, *(SNAPSHOT_TABLES[name] for name in ("deals", "deal_shares", "coverage"))]
    told = {"as_of": datetime.combine(TODAY, datetime.min.time()), "today": TODAY, "currency": "EUR", "year_starts": 1, "closes_months": 3,
            "time_zone": "UTC", "satisfied_from": None}  # fmt: skip
    with DuckDBEngine(memory="2GB") as engine:
        for name, file in files.items():
            engine.add_parquet(name, [file], tables()[name])
        engine.add_arrow("run_settings", pa.Table.from_pylist([told], schema=RUN_SETTINGS.arrow))
        for table in (WINDOWS, *empty):
            engine.add_arrow(table.name, table.arrow.empty_table(), table)
        began, used = perf_counter(), _processor()
        run_graph(engine, credit.nodes(), out, wanted=wanted)
        return perf_counter() - began, _processor() - used


def _shapley() -> float:
    """Seconds for the exact Shapley value of twenty departments."""
    worth = np.random.default_rng(1).random(1 << 20)
    worth[0] = 0.0
    began = perf_counter()
    shapley_dense(worth)
    return perf_counter() - began


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _adds_up(files: dict[str, Path], out: Path) -> tuple[int, Decimal]:
    """How many rows, and the largest difference of any customer."""
    ledger, changes = out / "credit_ledger.parquet", files["equity_changes"]
    found = duckdb.sql(
        f"SELECT max(abs(given - amount)) FROM (SELECT customer_id, sum(amount) AS given FROM '{ledger}' GROUP BY ALL) "
        f"FULL JOIN (SELECT customer_id, amount FROM '{changes}') USING (customer_id)"
    ).fetchall()
    return pq.read_metadata(ledger).num_rows, found[0][0]


if __name__ == "__main__":
    sys.exit(main())
