"""The same record gives the same bytes, whatever the number of threads and the order of rows."""

from __future__ import annotations

import random
from hashlib import sha256
from pathlib import Path

from busy_company import busy_company
from keepwell.engine import DuckDBEngine, run_graph
from record_rows import Rows, given_tables, nodes


def _hashes(rows: Rows, out: Path, threads: int) -> dict[str, str]:
    with DuckDBEngine(memory="1GB", threads=threads) as engine:
        for name, table in rows.tables().items():
            engine.add_arrow(name, table, given_tables()[name])
        ran = run_graph(engine, nodes(), out)
    return {name: sha256(file.read_bytes()).hexdigest() for name, file in ran.files.items()}


def test_threads_and_the_order_of_rows_change_no_byte(tmp_path: Path) -> None:
    first = _hashes(busy_company(), tmp_path / "one", threads=1)
    shuffled = busy_company()
    dice = random.Random(3)  # noqa: S311 the same order each time
    for rows in shuffled.rows.values():
        dice.shuffle(rows)
    assert {"events", "measures", "promise_ledger", "measure_cells"} <= set(first)
    assert _hashes(shuffled, tmp_path / "two", threads=2) == first
