"""One simple plan over the facts of pay_facts.py, in SQL written for it: `pay_by_hand.py FACTS OUT PLANS KIND`.

It knows one rule and no plans; the name of a person's plan is that of their role. It writes the same lines and trace.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import duckdb

MEMORY = "4GB"


def compute(facts: Path, out: Path, plans: int, kind: str, late: bool = False) -> None:
    """Run pay_KIND.sql, which writes pay_trace, pay_lines, pay_totals and the journal into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    text = Path(__file__).with_name(f"pay_{kind}.sql").read_text(encoding="utf-8")
    files = [facts / "amount_facts.parquet", *([facts / "late_fact.parquet"] if late else [])]
    text = text.replace("{facts}", ", ".join(f"'{file}'" for file in files)).replace("{out}", str(out))
    text = text.replace("{folder}", str(facts)).replace("{plans}", str(plans))
    with tempfile.TemporaryDirectory() as spill, duckdb.connect(":memory:") as con:
        con.execute(
            f"SET memory_limit = '{MEMORY}'; SET temp_directory = '{spill}'; SET preserve_insertion_order = false"
        )
        con.execute("SET enable_progress_bar = false")
        con.execute(text)


if __name__ == "__main__":
    compute(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4], "late" in sys.argv[5:])
