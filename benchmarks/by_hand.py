"""The yardstick over a snapshot: `by_hand.py SNAPSHOT OUT` runs yardstick.sql, one statement after the other."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import duckdb

SCRIPT = Path(__file__).with_name("yardstick.sql")


def compute(snapshot: Path, out: Path, memory: str = "2GB") -> dict[str, float]:
    """Write the yardstick's tables into `out`. How many seconds did each statement take?"""
    out.mkdir(parents=True, exist_ok=True)
    text = SCRIPT.read_text(encoding="utf-8").replace("{snapshot}", str(snapshot)).replace("{out}", str(out))
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as spill, duckdb.connect(":memory:") as con:
        con.execute(
            f"SET memory_limit = '{memory}'; SET temp_directory = '{spill}'; SET preserve_insertion_order = false"
        )
        con.execute("SET enable_progress_bar = false")
        for statement in con.extract_statements(text):
            started = perf_counter()
            con.execute(statement)
            head = " ".join(line for line in statement.query.split("\n") if not line.startswith("--")).split("AS", 1)[0]
            target = (
                statement.query.rsplit("TO '", 1)[-1].split("'", 1)[0].rsplit("/", 1)[-1]
                if "COPY" in head
                else head.strip()
            )
            seconds[target[:40]] = perf_counter() - started
    return seconds


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    took = compute(Path(sys.argv[1]), folder)
    (folder / "seconds.json").write_text(json.dumps(took, indent=1), encoding="utf-8")
