"""Which facts are paid on? So many orders of two years, each of one payee, as the run's table `amount_facts` lies on disk.

`pay_facts.py FOLDER FACTS PAYEES` writes it, the people with their quarters' quotas, under each number of plans,
and one fact that comes late.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from snapshot import _BEGIN, _END, AS_OF, CURRENCY, _cast, _ids, _money, _people, _table

from keepwell.core.tables import Table
from keepwell.measure.facts import FACTS

MEASURE = "order_amount"
ON_AVERAGE_CENTS = 250_000
PLANS = (10, 40, 1000)


def write_facts(folder: Path, facts: int, payees: int, seed: int = 7) -> None:
    """Write the tables that pay reads of this company; those that it does not have are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    orders = {
        "fact_id": _ids("erp:O", np.arange(facts)), "customer_id": _ids("crm:C", rng.integers(0, max(facts // 40, 20), facts)),
        "owner_id": _people(rng.integers(0, payees, facts)), "on_day": rng.integers(_BEGIN, _END, facts),
        "amount": _money(rng.integers(1_000, 2 * ON_AVERAGE_CENTS, facts)), "source_row": np.arange(1, facts + 1),
    }  # fmt: skip
    _write(folder / "amount_facts.parquet", _facts(orders, facts))
    late = {"fact_id": "erp:O-late", "customer_id": "crm:C00000001", "owner_id": _people(np.array([payees // 2])),
            "on_day": np.array([_BEGIN + 400]), "amount": _money(np.array([123_456])), "source_row": np.array([1])}  # fmt: skip
    _write(folder / "late_fact.parquet", _facts(late, 1))
    everybody, quarters = np.arange(payees), np.arange(8)
    _write(folder / "people.parquet", _table("people", {"person_id": _people(everybody)}))
    for plans in PLANS:
        _write(folder / f"positions-{plans}.parquet", _table("positions", {
            "person_id": _people(everybody), "from_on": np.full(payees, _BEGIN), "currency": CURRENCY,
            "role": pa.array([f"seller-{number % plans:04d}" for number in everybody]),
        }))  # fmt: skip
    starts = (np.datetime64("2024-01") + 3 * np.arange(9)).astype("datetime64[D]").astype(np.int64)
    usual = facts // payees // 8 * ON_AVERAGE_CENTS
    _write(folder / "quotas.parquet", _table("quotas", {
        "person_id": _people(np.repeat(everybody, 8)), "team_id": "", "measure": MEASURE,
        "from_on": np.tile(starts[quarters], payees), "to_on": np.tile(starts[quarters + 1], payees),
        "target": _money(rng.integers(usual * 8 // 10, usual * 13 // 10, payees * 8) // 100_000 * 100_000), "currency": CURRENCY,
    }))  # fmt: skip


def _facts(columns: dict[str, Any], count: int) -> pa.Table:
    same = {"measure": MEASURE, "ref_table": "orders", "contract_id": "", "deal_id": "", "currency": CURRENCY,
            "source": "erp", "source_file": "exports/orders.csv"}  # fmt: skip
    filled = {**same, "known_at": pa.array(np.full(count, AS_OF), pa.timestamp("us")), **columns}
    return pa.table([_cast(filled[field.name], field.type, count) for field in FACTS.arrow], schema=FACTS.arrow)


def _write(file: Path, rows: pa.Table) -> None:
    pq.write_table(rows, file, row_group_size=122_880, compression="zstd")


def table_of(name: str) -> Table:
    """The declared columns of one of the files."""
    from keepwell.record.snapshot import SNAPSHOT_TABLES

    return FACTS if name == FACTS.name else SNAPSHOT_TABLES[name]


if __name__ == "__main__":
    write_facts(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
