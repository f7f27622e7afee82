"""CDNOW's purchases of 1997 and 1998 (Fader & Hardie's master file), as the tests read them."""

from __future__ import annotations

import gzip
from datetime import date
from itertools import accumulate
from pathlib import Path

import pyarrow as pa

_HERE = Path(__file__).resolve().parent
FILE = _HERE.parents[1] / "shared" / "data" / "cdnow" / "CDNOW_master.txt.gz"
UNTIL = date(1997, 9, 30)  # 39 weeks


def sample() -> set[int]:
    """The 2,357 customers of the papers; the file holds the distance of each number to the one before."""
    return set(accumulate(map(int, (_HERE / "cdnow_sample.txt").read_text().split())))


def orders(customers: set[int] | None = None) -> pa.Table:
    """Customer, day and amount of each order, of these customers or of all."""
    ids, days, amounts = [], [], []
    with gzip.open(FILE, "rt") as lines:
        next(lines)
        for line in lines:
            customer, day, _, amount = line.split()
            if customers is None or int(customer) in customers:
                ids.append(int(customer))
                days.append(date.fromisoformat(day))
                amounts.append(amount)
    return pa.table({"customer_id": ids, "day": days, "amount": pa.array(amounts).cast(pa.decimal128(18, 2))})
