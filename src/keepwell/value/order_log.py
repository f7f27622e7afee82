"""Which history has each customer of a log of orders? The way in for who has a table or a file, and no project.

The rules are those of a project's runs, and the same models (`order_nets`, `order_days`, `order_histories`) say them:

- orders of one day are one purchase; its amount is what was bought less what was returned that day;
- a day on which more was returned than bought is taken off the last purchase before it;
- a purchase of which nothing is left (0 or less) is none, unless `free`; where only days are given, each with an order is one;
- the history ends with `until`, or with the last day of the log; what comes after it is not known.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from keepwell.core.errors import MissingError, UsageError, nearest
from keepwell.engine.duckdb import literal, quoted
from keepwell.value.fit import Ints, Reals
from keepwell.value.histories import DAYS_OF, Histories, histories_by_day

_READERS = {".parquet": "read_parquet", ".csv": "read_csv", ".gz": "read_csv", ".tsv": "read_csv"}


def read_histories(
    orders: Any,
    customer: str = "customer_id",
    day: str = "day",
    amount: str | None = "amount",
    until: date | None = None,
    later: date | None = None,
    free: bool = False,
    unit: str = "week",
    memory: str = "2GB",
    threads: int | None = None,
) -> Histories:
    """Which history has each customer by the end of `until`? One row per customer, in the order of their ids.

    `orders`: a pandas DataFrame, an Arrow table or the path of a Parquet or CSV file (or of a folder's, with *), one row
    per order; `customer`, `day` and `amount` are its columns (`amount` None: only days count). `later`: purchases after
    `until` and by this day are counted apart, to hold forecasts against. `free`: a day on which nothing had to be paid is a
    purchase too. Times are in `unit`s: day, week, month or year.
    `left_out` of the result says what counts for nothing, and how often. `memory` is what the database may hold.
    Raises `UsageError` (`value-orders`) where rows have no customer, day or amount, or nothing was bought by `until`;
    `MissingError` (`value-file`, `value-column`) where there is no such file or column.
    """
    if unit not in DAYS_OF:
        raise UsageError("value-unit", f"time is counted in {', '.join(DAYS_OF)}; found {unit}")
    with _database(memory, threads) as con:
        _open(con, orders)
        kind = _kind_of_amount(con, customer, day, amount)
        found = _Look(con, customer, day, amount)
        end = until or found.last
        if later is not None and later <= end:
            raise UsageError("value-orders", f"later ({later}) is not after the end of the histories ({end})")
        _days(con, customer, day, amount, kind, returned=found.least < 0, free=free)
        seen = _histories(con, end, kind, unit, amount is not None)
        if later is not None:
            seen = _with_later(con, seen, end, later)
        return replace(seen, left_out=_left_out(con, end, found))


class _Look:
    """What stands in the log: its last day, its least amount, how many orders cost nothing. Refuses what is not whole."""

    def __init__(self, con: duckdb.DuckDBPyConnection, customer: str, day: str, amount: str | None) -> None:
        who, when, much = quoted(customer), quoted(day), quoted(amount) if amount else "1"
        row = _row(con, f"""
            SELECT count(*), count(*) - count({who}), count(*) - count(try_cast({when} AS DATE)),
              count(*) - count(CASE WHEN isfinite(try_cast({much} AS DOUBLE)) THEN 1 END),
              max(try_cast({when} AS DATE)), min(try_cast({much} AS DOUBLE)),
              count(CASE WHEN try_cast({much} AS DOUBLE) < 0 THEN 1 END),
              count(CASE WHEN try_cast({much} AS DOUBLE) = 0 THEN 1 END)
            FROM orders_given""")  # fmt: skip
        count, no_customer, no_day, no_amount, self.last, self.least, self.returns, self.free = row
        if not count:
            raise UsageError("value-orders", "there are no orders")
        for missing, what in ((no_customer, customer), (no_day, day), (no_amount, amount)):
            if missing:
                raise UsageError("value-orders", f"{missing} of {count} orders have no {what} that can be understood",
                                 hint="mend them, or leave them out knowingly")  # fmt: skip


@contextmanager
def _database(memory: str, threads: int | None) -> Iterator[duckdb.DuckDBPyConnection]:
    with tempfile.TemporaryDirectory(prefix="keepwell-") as spill:
        config = {"python_enable_replacements": "false", "memory_limit": memory, "temp_directory": spill,
                  "preserve_insertion_order": "false"}  # fmt: skip
        con = duckdb.connect(":memory:", config={**config, **({"threads": str(threads)} if threads else {})})
        try:
            yield con
        finally:
            con.close()


def _open(con: duckdb.DuckDBPyConnection, orders: Any) -> None:
    """Let `orders_given` be the rows of what was given, read where they lie."""
    if isinstance(orders, (str, Path)):
        path = Path(orders)
        reader = _READERS.get(path.suffix.lower(), "read_parquet" if "*" in path.name or path.is_dir() else None)
        if reader is None:
            raise UsageError("value-file", f"{path.name} is neither a Parquet nor a CSV file")
        if "*" not in str(path) and not path.exists():
            raise MissingError("value-file", f"no file {path}")
        place = path / "*.parquet" if path.is_dir() else path
        try:
            con.execute(f"CREATE TEMP VIEW orders_given AS SELECT * FROM {reader}({literal(str(place))})")
        except duckdb.Error as error:
            raise UsageError("value-file", f"{path.name} cannot be read: {str(error).splitlines()[0]}") from error
    elif isinstance(orders, pa.Table) or hasattr(orders, "columns"):
        con.register("orders_given", orders)
    else:
        raise UsageError(
            "value-orders", f"orders are a data frame, an Arrow table or a path; found {type(orders).__name__}"
        )


def _kind_of_amount(con: duckdb.DuckDBPyConnection, customer: str, day: str, amount: str | None) -> str:
    """The SQL type in which amounts are added up: that of the log, exact where it is; whether all columns are there."""
    there = {row[0]: str(row[1]) for row in con.execute("DESCRIBE SELECT * FROM orders_given").fetchall()}
    for name in (customer, day, *([amount] if amount else [])):
        if name not in there:
            near = nearest(name, there)
            hint = f"did you mean {near}?" if near else f"it has {', '.join(there)}"
            raise MissingError("value-column", f"the orders have no column {name}", hint=hint)
    kind = there[amount] if amount else "INTEGER"
    if kind in ("DOUBLE", "FLOAT", "VARCHAR"):
        return "DOUBLE"
    scale = int(kind.rstrip(")").split(",")[1]) if kind.startswith("DECIMAL") else 0
    return "DECIMAL(18, 4)" if scale <= 4 else f"DECIMAL(38, {scale})"


def _days(
    con: duckdb.DuckDBPyConnection,
    customer: str,
    day: str,
    amount: str | None,
    kind: str,
    *,
    returned: bool,
    free: bool,
) -> None:
    """Make `order_days`: by the models of a project's runs where something was returned, in one step where nothing was."""
    much = f"CAST({quoted(amount)} AS {kind})" if amount else f"CAST(1 AS {kind})"
    placed = f"SELECT {quoted(customer)} AS customer_id, CAST({quoted(day)} AS DATE) AS on_day, {much} AS amount FROM orders_given"
    if not returned:
        con.execute(f"""CREATE TEMP TABLE order_days AS SELECT customer_id, on_day, '' AS segment,
            CAST(sum(amount) AS {kind}) AS amount FROM ({placed}) GROUP BY customer_id, on_day HAVING sum(amount) {">=" if free else ">"} 0""")
        return
    con.execute(f"CREATE TEMP VIEW valued_orders AS SELECT *, '' AS reason FROM ({placed})")
    con.execute("CREATE TEMP VIEW customers AS SELECT customer_id, '' AS segment FROM valued_orders WHERE false")
    con.execute(f"CREATE TEMP TABLE order_nets AS {_model('order_nets', kind)}")
    con.execute(f"CREATE TEMP TABLE order_days AS {_model('order_days', kind)}")
    if free:
        con.execute(
            "INSERT INTO order_days BY NAME SELECT customer_id, on_day, '' AS segment, amount FROM order_nets WHERE amount = 0"
        )


def _histories(con: duckdb.DuckDBPyConnection, end: date, kind: str, unit: str, amounts: bool) -> Histories:
    con.execute(f"CREATE TEMP TABLE value_moments AS SELECT DATE '{end}' AS at_on, DATE '{end}' + 1 AS before_on")
    rows = con.sql(f"""SELECT customer_id, CAST(frequency AS INTEGER) AS frequency, CAST(recency_days AS INTEGER) AS recency_days,
        CAST(age_days AS INTEGER) AS age_days, CAST(repeat_amount AS DOUBLE) AS repeat_amount
        FROM ({_model("order_histories", kind)}) ORDER BY customer_id""").to_arrow_table()
    if not len(rows):
        first = _row(con, "SELECT min(on_day) FROM order_days")[0]
        message = (
            f"nothing was bought by {end}: the first purchase is of {first}" if first else "nothing was bought and kept"
        )
        raise UsageError("value-orders", message)
    frequency, recency, age = (_whole(rows[name]) for name in ("frequency", "recency_days", "age_days"))
    spent: Reals | None = rows["repeat_amount"].to_numpy() if amounts else None
    return histories_by_day(frequency, recency, age, unit, spent, rows["customer_id"])


def _with_later(con: duckdb.DuckDBPyConnection, seen: Histories, end: date, later: date) -> Histories:
    """The same customers, with what they bought after `end` and by `later`."""
    rows = con.sql(f"""WITH known AS (SELECT DISTINCT customer_id FROM order_days WHERE on_day <= DATE '{end}')
        SELECT CAST(count(came.on_day) AS INTEGER) AS later, CAST(coalesce(sum(came.amount), 0) AS DOUBLE) AS amount
        FROM known LEFT JOIN order_days AS came ON came.customer_id = known.customer_id
          AND came.on_day > DATE '{end}' AND came.on_day <= DATE '{later}'
        GROUP BY known.customer_id ORDER BY known.customer_id""").to_arrow_table()
    bought = _whole(rows["later"])
    return replace(seen, later=bought, later_monetary=rows["amount"].to_numpy() / np.maximum(bought, 1),
                   later_span=(later - end).days / DAYS_OF[seen.unit])  # fmt: skip


def _left_out(con: duckdb.DuckDBPyConnection, end: date, found: _Look) -> dict[str, int]:
    after = _row(con, f"SELECT count(*) FROM order_days WHERE on_day > DATE '{end}'")[0]
    unbought = 0
    if found.returns:
        unbought = _row(con, "SELECT count(*) FROM order_nets WHERE bought_on IS NULL AND amount < 0")[0]
    return {"purchases after the end": after, "returns, netted": found.returns, "days returned unbought": unbought,
            "orders of 0": found.free}  # fmt: skip


def _model(name: str, kind: str) -> str:
    """The text of a project's model, with amounts of this type."""
    return files("keepwell.value").joinpath(f"{name}.sql").read_text(encoding="utf-8").replace("DECIMAL(18, 4)", kind)


def _whole(column: Any) -> Ints:
    numbers: Ints = column.to_numpy()
    return numbers


def _row(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row = con.execute(sql).fetchone()
    if row is None:
        raise AssertionError(sql)
    return row
