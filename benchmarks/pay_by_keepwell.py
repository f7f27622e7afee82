"""Pay over the facts of pay_facts.py: `pay_by_keepwell.py FACTS OUT PLANS KIND [late EARLIER]`.

With `late`, one fact more, taking over what it can from what an EARLIER call left in its OUT. So many plans say the same rule, each for its own people: KIND `curve` on the quarter's quota, or a flat `rate` on each
order. Writes the run's tables of pay, with its trace, and seconds.json into OUT.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pyarrow as pa
from pay_facts import MEASURE, table_of
from snapshot import AS_OF, CURRENCY, FIRST, LAST, TIME_ZONE

from keepwell import measure
from keepwell.engine import DuckDBEngine, Reuse, run_graph
from keepwell.journey import LOCAL_DAYS, local_days
from keepwell.measure.facts import FACTS
from keepwell.measure.rows import INPUTS
from keepwell.pay.compile import Calendar, compile_plans
from keepwell.pay.nodes import nodes, nothing_settled
from keepwell.pay.parse import read_plan
from keepwell.record.snapshot import SNAPSHOT_TABLES
from keepwell.run import RUN_SETTINGS

MEMORY = "4GB"
HEAD = """\
plan: seller-{number:04d}
applies_to: {{role: seller-{number:04d}}}
effective: {{from: 2024-01-01}}
period: quarter
currency: EUR
target_pay: 12000
parts:
"""
PARTS = {
    "curve": f"""\
  orders:
    weight: 100%
    measure: {MEASURE}
    against: quota
    over: period
    pays: {{curve: {{50%: 0%, 100%: 100%, 150%: 225%}}}}
""",
    "rate": f"""\
  orders: {{measure: {MEASURE}, over: each, pays: {{rate: 3%}}}}
""",
}


def compute(facts: Path, out: Path, plans: int, kind: str, late: Sequence[Path] = (),
            earlier: Path | None = None) -> dict[str, float]:  # fmt: skip
    """Write the kept tables into `out`, by buckets as large runs are. How many seconds did each step take?"""
    read = [read_plan(HEAD.format(number=number) + PARTS[kind]) for number in range(plans)]
    rows = {**compile_plans(read, Calendar(LAST)), **nothing_settled(), **_nothing_observed()}
    with closing(DuckDBEngine(MEMORY)) as engine:
        for name in ("amount_facts", "people", "quotas"):
            more = late if name == FACTS.name else ()
            engine.add_parquet(name, [facts / f"{name}.parquet", *more], table_of(name))
        engine.add_parquet("positions", [facts / f"positions-{plans}.parquet"], table_of("positions"))
        engine.add_arrow(LOCAL_DAYS.name, local_days(TIME_ZONE, FIRST, LAST), LOCAL_DAYS)
        for name, small in rows.items():
            engine.add_arrow(name, small)
        for name in SNAPSHOT_TABLES.keys() - engine.tables:
            engine.add_arrow(name, SNAPSHOT_TABLES[name].arrow.empty_table(), SNAPSHOT_TABLES[name])
        return dict(run_graph(engine, nodes(), out / "tables", reuse=Reuse(out, earlier)).seconds)


def _nothing_observed() -> dict[str, pa.Table]:
    """What pay reads of the measures, where no customer was asked anything; and the one row of `run_settings`."""
    told = {
        "as_of": AS_OF,
        "today": LAST,
        "currency": CURRENCY,
        "year_starts": 1,
        "closes_months": 3,
        "time_zone": TIME_ZONE,
    }
    empty = {node.name: node.gives.arrow.empty_table() for node in measure.nodes() if node.name in INPUTS}
    return {**empty, RUN_SETTINGS.name: pa.Table.from_pylist([told], schema=RUN_SETTINGS.arrow)}


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    late_facts = [Path(sys.argv[1]) / "late_fact.parquet"] if "late" in sys.argv[5:6] else []
    before = Path(sys.argv[6]) if len(sys.argv) > 6 else None
    seconds = compute(Path(sys.argv[1]), folder, int(sys.argv[3]), sys.argv[4], late_facts, before)
    (folder / "seconds.json").write_text(json.dumps(seconds, indent=1), encoding="utf-8")
