"""How did what a model expected hold against what came? Fitted to the histories up to a day, held to those after it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from keepwell.core.errors import UsageError
from keepwell.value.histories import histories_of
from keepwell.value.order_model import OrderModel


def calibration(model: OrderModel, histories: Any, most: int = 7, seed: int = 0) -> pa.Table:
    """Of customers with so many repeat purchases, how many purchases were expected in the held-out time, and came?

    One row for each number of repeat purchases up to `most` (`7+`: as many or more), and a last row `all`: `customers`,
    `expected` and `came` (means per customer), and `held`: the share of customers whose purchases lay within
    their 90% interval (for a model that is right .9 or a little more, numbers being whole). `model` is fitted to
    `histories`, which `read_histories` with `later` gives. Raises `UsageError` (`value-histories`) where nothing is known of later.
    """
    seen = histories_of(histories)
    if seen.later is None or not seen.later_span > 0:
        raise UsageError(
            "value-histories", "these histories say nothing of what came later", hint="read_histories(…, later=…)"
        )
    expected = np.asarray(model.expected_purchases(seen.later_span, seen))
    low, high = model.purchases_interval(seen.later_span, seen, seed=seed)
    held = (np.floor(low) <= seen.later) & (seen.later <= np.ceil(high))
    group, weights = np.minimum(seen.frequency, most), seen.weights
    customers = np.bincount(group, weights=weights)
    there = np.flatnonzero(customers)
    sums = [np.bincount(group, weights=weights * column)[there] for column in (expected, seen.later, held)]
    names = [f"{number}+" if number == most else str(number) for number in there]
    counted = customers[there]
    rows = {
        "frequency": pa.array([*names, "all"]),
        "customers": pa.array(np.append(counted, counted.sum()).astype(np.int64)),
    }
    for name, column in zip(("expected", "came", "held"), sums, strict=True):
        rows[name] = pa.array(np.append(column / counted, column.sum() / counted.sum()))
    return pa.table(rows)
