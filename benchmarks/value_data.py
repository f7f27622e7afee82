"""A log of orders for the benchmarks of lifetime value: customers who buy at rates of their own and leave one day.

    python benchmarks/value_data.py CUSTOMERS FILE.parquet

Each customer's rate is gamma, their chance to leave after a purchase beta, their amounts gamma about a mean of their own:
the assumptions of the models that are compared, and with few purchases for most. 1 million customers make 3.7 million
orders over two years. The same CUSTOMERS always give the same log.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

UNTIL = date(2026, 9, 30)
_DAYS = 730
_CHUNK = 500_000
_R, _ALPHA, _A, _B = 0.7, 40.0, 0.8, 3.5  # days
_P, _Q, _GAMMA = 6.0, 4.0, 15.0


def orders(first: int, customers: int) -> pa.Table:
    """The orders of so many customers whose numbers begin with `first`, in no order of time."""
    draw = np.random.default_rng([7, first])
    came = draw.integers(0, _DAYS, customers)
    rate, leaves = draw.gamma(_R, 1 / _ALPHA, customers), draw.beta(_A, _B, customers)
    spends = draw.gamma(_Q, 1 / _GAMMA, customers)
    who, when = [np.arange(customers)], [came.astype(np.float64)]
    active, now = who[0], when[0]
    while len(active):
        now = now + draw.exponential(1 / rate[active])
        here = now < _DAYS
        active, now = active[here], now[here]
        who.append(active)
        when.append(now)
        stays = draw.random(len(active)) >= leaves[active]
        active, now = active[stays], now[stays]
    customer, day = np.concatenate(who), np.concatenate(when).astype(np.int32)
    cents = np.ceil(100 * draw.gamma(_P, 1 / spends[customer])).astype(np.int64)
    mixed = draw.permutation(len(customer))
    days = (np.datetime64(UNTIL) - (_DAYS - 1) + day[mixed]).astype("datetime64[D]")
    amounts = pa.array(cents[mixed]).cast(pa.decimal128(21, 0))
    hundredths = pa.Array.from_buffers(pa.decimal128(18, 2), len(amounts), amounts.buffers())
    return pa.table({"customer_id": customer[mixed] + first, "day": pa.array(days), "amount": hundredths})


def write(customers: int, file: Path) -> int:
    """Write the log of so many customers; how many orders has it?"""
    count = 0
    schema = pa.schema([("customer_id", pa.int64()), ("day", pa.date32()), ("amount", pa.decimal128(18, 2))])
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for first in range(0, customers, _CHUNK):
            rows = orders(first, min(_CHUNK, customers - first))
            writer.write_table(rows)
            count += len(rows)
    return count


if __name__ == "__main__":
    print(f"{write(int(sys.argv[1]), Path(sys.argv[2])):,} orders")
