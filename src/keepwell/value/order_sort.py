"""The histories of a log whose customers are whole numbers, by one sort: the same as the models give, in a third of the time.

Customer and day are packed into one whole number. Sorted, each customer's days stand together, the distinct ones are the
purchases, and the first and the last are at the ends. It applies where nothing was returned, so that no day takes from another.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

from keepwell.value.fit import Ints, Reals

Smalls = npt.NDArray[np.int32]
_BATCH = 1 << 20
_SPARSE = 4  # from more numbers than so many times the rows, most are nobody's


@dataclass(frozen=True)
class Log:
    """A SELECT of customer (whole number), day (whole number, days of 1970 on) and amount, and what is known of its rows."""

    sql: str
    rows: int
    customers: tuple[int, int]  # the least number and the greatest
    days: tuple[int, int]

    @property
    def is_dense(self) -> bool:
        """Whether a place for each number between the least customer and the greatest is not too many."""
        return self.customers[1] - self.customers[0] <= _SPARSE * self.rows + 1_000_000


@dataclass(frozen=True)
class Sorted:
    """One row per customer, by number: repeat purchases, first and last day, amount of the purchases after the first."""

    customer: Ints
    frequency: Ints
    first: Ints
    last: Ints
    repeat_amount: Reals


def sort_log(con: duckdb.DuckDBPyConnection, log: Log) -> Sorted:
    """The histories of these orders, each of which is a purchase or a part of one."""
    customer, day, amount = _read(con, log)
    span = log.days[1] - log.days[0] + 1
    keys = customer.astype(np.int64)
    keys *= span
    keys += day
    keys.sort()
    keys = keys[_changes(keys)]
    owner = keys // span
    starts = np.flatnonzero(_changes(owner))
    ends = np.append(starts[1:], len(keys)) - 1
    first, last, who = keys[starts] - owner[starts] * span, keys[ends] - owner[ends] * span, owner[starts]
    places = log.customers[1] - log.customers[0] + 1
    del keys, owner  # half of what is held
    first_of = np.zeros(places, dtype=day.dtype)
    first_of[who] = first
    amount[day == first_of[customer]] = 0.0
    spent: Reals = np.bincount(customer, weights=amount, minlength=places)[who].astype(np.float64)
    return Sorted(who + log.customers[0], ends - starts, first + log.days[0], last + log.days[0], spent)


def _changes(ascending: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Where a number differs from the one before it; the first does."""
    changes = np.ones(len(ascending), dtype=np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=changes[1:])
    return changes


def _read(con: duckdb.DuckDBPyConnection, log: Log) -> tuple[Smalls, Smalls, Reals]:
    """Customer and day from their least on, and amount; batch by batch, so that there is one copy of them."""
    customer, day = np.empty(log.rows, dtype=np.int32), np.empty(log.rows, dtype=np.int32)
    amount = np.empty(log.rows)
    con.execute("SET preserve_insertion_order = true")  # sums of amounts then do not depend on who was first
    at = 0
    for batch in con.sql(log.sql).to_arrow_reader(_BATCH):
        rows = slice(at, at + batch.num_rows)
        customer[rows] = batch.column(0).to_numpy() - log.customers[0]
        day[rows] = batch.column(1).to_numpy() - log.days[0]
        amount[rows] = batch.column(2).to_numpy(zero_copy_only=False)
        at = rows.stop
    return customer[:at], day[:at], amount[:at]
