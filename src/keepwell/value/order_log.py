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
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.resources import files
from typing import Any

import duckdb
import numpy as np

from keepwell.core.errors import MissingError, UsageError, nearest
from keepwell.core.quoting import quoted
from keepwell.value.fit import Ints, Reals
from keepwell.value.histories import DAYS_OF, Histories, histories_by_day
from keepwell.value.order_files import open_orders, refuse_ids_alike
from keepwell.value.order_sort import Log, sort_log

_EPOCH = date(1970, 1, 1)
_LONGEST = 200 * 366  # no log of orders is two hundred years long
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")


def read_histories(
    orders: Any,
    customer: str = "customer_id",
    day: str = "day",
    amount: str | None = "amount",
    until: date | str | None = None,
    later: date | str | None = None,
    free: bool = False,
    unit: str = "week",
    memory: str = "2GB",
    threads: int | None = None,
) -> Histories:
    """Which history has each customer by the end of `until`? One row per customer, in the order of their ids.

    `orders`: a pandas DataFrame, an Arrow table or the path of a Parquet or CSV file (of a folder of one kind of these, or
    several with *), one row per order; `customer`, `day` and `amount` are its columns (`amount` None: only days count). `later`: purchases after
    `until` and by this day are counted apart, to hold forecasts against. `free`: a day on which nothing had to be paid is a
    purchase too. Times are in `unit`s: day, week, month or year.
    `left_out` of the result says what counts for nothing, and how often. `memory` is what the database may hold.
    Raises `UsageError` (`value-orders`) where rows have no customer, day or amount, or nothing was bought by `until`;
    `MissingError` (`value-file`, `value-column`) where there is no such file or column.
    """
    if unit not in DAYS_OF:
        raise UsageError("value-unit", f"time is counted in {', '.join(DAYS_OF)}; found {unit}")
    until, later = _day(until, "until"), _day(later, "later")
    with _database(memory, threads) as con:
        open_orders(con, orders)
        log = _columns(con, customer, day, amount, free=free)
        refuse_ids_alike(orders, customer)
        found = _Look(con, log)
        end = until or found.last
        if later is not None and later <= end:
            raise UsageError("value-orders", f"later ({later}) is not after the end of the histories ({end})")
        sortable = _sortable(log, found, end) if later is None else None
        if sortable is not None:
            seen = _by_sorting(con, sortable, log, end, unit)
        else:
            _days(con, log, returned=found.least < 0)
            seen = _histories(con, log, end, unit)
        if later is not None:
            seen = _with_later(con, seen, end, later)
        return replace(seen, left_out=_left_out(con, log, end, found))


def _day(said: date | str | None, what: str) -> date | None:
    """A day, or text such as 2026-09-30."""
    try:
        if said is None or isinstance(said, date):
            return said.date() if isinstance(said, datetime) else said
        return date.fromisoformat(said)
    except (TypeError, ValueError) as error:
        raise UsageError("value-orders", f"{what} is a day such as 2026-09-30; found {said}") from error


@dataclass(frozen=True)
class _Columns:
    """The columns of the log as SQL: who, when, how much; the type in which amounts are added up, and how they are kept."""

    customer: str
    day: str
    amount: str
    names: tuple[str, str, str]
    kind: str
    scale: int
    numbered: bool
    amounts: bool
    free: bool

    @property
    def whose(self) -> str:
        """The customer; nobody where it is an empty text."""
        return self.customer if self.numbered else f"nullif(trim(CAST({self.customer} AS VARCHAR)), '')"

    @property
    def counts(self) -> str:
        """Which net amount of a day makes a purchase?"""
        return f"{'>=' if self.free else '>'} 0"


class _Look:
    """What stands in the log: its last day, its least amount, how many orders cost nothing. Refuses what is not whole."""

    def __init__(self, con: duckdb.DuckDBPyConnection, log: _Columns) -> None:
        much, numbers = f"try_cast({log.amount} AS DOUBLE)", log.customer if log.numbered else "0"
        row = _looked(con, f"""
            SELECT count(*), count(*) - count({log.whose}), count(*) - count(try_cast({log.day} AS DATE)),
              count(*) - count(CASE WHEN isfinite({much}) THEN 1 END),
              min(try_cast({log.day} AS DATE)), max(try_cast({log.day} AS DATE)), min({much}),
              count(CASE WHEN {much} < 0 THEN 1 END), count(CASE WHEN {much} = 0 THEN 1 END),
              min({numbers}), max({numbers})
            FROM orders_given""")  # fmt: skip
        self.rows, *missing, self.first, self.last, self.least, self.returns, self.free, least, most = row
        self.customers = least, most
        if not self.rows:
            raise UsageError("value-orders", "there are no orders")
        for count, what in zip(missing, log.names, strict=True):
            if count:
                raise UsageError("value-orders", f"{count} of {self.rows} orders have no {what} that can be understood",
                                 hint="mend them, or leave them out knowingly")  # fmt: skip
        if (self.last - self.first).days > _LONGEST:
            raise UsageError("value-orders", f"the orders go from {self.first} to {self.last}: one of these is no day of an order",
                             hint="mend the day, or leave the order out knowingly")  # fmt: skip


def _looked(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    """The row; a file in which something stands that its column cannot hold is refused."""
    try:
        return _row(con, sql)
    except duckdb.Error as error:
        hint = "mend it, or read the file with a library of your own and pass the table"
        raise UsageError(
            "value-orders", f"the orders cannot be read: {str(error).splitlines()[0]}", hint=hint
        ) from error


@contextmanager
def _database(memory: str, threads: int | None) -> Iterator[duckdb.DuckDBPyConnection]:
    with tempfile.TemporaryDirectory(prefix="keepwell-") as spill:
        config = {"python_enable_replacements": "false", "memory_limit": memory, "temp_directory": spill,
                  "preserve_insertion_order": "false"}  # fmt: skip
        try:
            con = duckdb.connect(":memory:", config={**config, **({"threads": str(threads)} if threads else {})})
        except duckdb.Error as error:
            message = f"memory is a size such as 2GB, threads a number; found {memory} and {threads}"
            raise UsageError("value-memory", message) from error
        try:
            yield con
        finally:
            con.close()


def _columns(con: duckdb.DuckDBPyConnection, customer: str, day: str, amount: str | None, *, free: bool) -> _Columns:
    """Where customer, day and amount stand. Amounts are added up in the type of the log, exactly where that is exact."""
    there = {row[0]: str(row[1]) for row in con.execute("DESCRIBE SELECT * FROM orders_given").fetchall()}
    for name in (customer, day, *([amount] if amount else [])):
        if name not in there:
            near = nearest(name, there)
            hint = f"did you mean {near}?" if near else f"it has {', '.join(there)}"
            raise MissingError("value-column", f"the orders have no column {name}", hint=hint)
    kind = there[amount] if amount else "INTEGER"
    scale = int(kind.rstrip(")").split(",")[1]) if kind.startswith("DECIMAL") else 0
    exact = "DECIMAL(18, 4)" if scale <= 4 else f"DECIMAL(38, {scale})"
    return _Columns(
        quoted(customer), quoted(day), quoted(amount) if amount else "1", (customer, day, amount or ""),
        "DOUBLE" if kind in ("DOUBLE", "FLOAT", "VARCHAR") else exact, scale,
        there[customer] in _WHOLE, amount is not None, free,
    )  # fmt: skip


def _sortable(log: _Columns, found: _Look, end: date) -> Log | None:
    """The orders as `sort_log` takes them, where it applies: customers are numbers, and nothing was returned."""
    if not log.numbered or found.least < 0 or found.first > end:
        return None
    much = (
        f"CAST({log.amount} AS DOUBLE)" if log.kind == "DOUBLE" else f"CAST({log.amount} * {10**log.scale} AS BIGINT)"
    )
    days = (found.first - _EPOCH).days, (min(found.last, end) - _EPOCH).days
    day = f"date_diff('day', DATE '{_EPOCH}', CAST({log.day} AS DATE))"
    of = f"FROM orders_given WHERE {log.amount} {log.counts} AND CAST({log.day} AS DATE) <= DATE '{end}'"
    number = "float64" if log.kind == "DOUBLE" else "int64"
    sortable = Log(log.customer, day, much, number, of, found.rows, found.customers, days)
    return sortable if sortable.is_dense else None


def _by_sorting(con: duckdb.DuckDBPyConnection, sortable: Log, log: _Columns, end: date, unit: str) -> Histories:
    rows = sort_log(con, sortable)
    if not len(rows.customer):
        raise UsageError("value-orders", "nothing was bought and kept")
    spent = rows.repeat_amount / 10**log.scale if log.amounts else None
    age = (end - _EPOCH).days - rows.first
    return histories_by_day(rows.frequency, rows.last - rows.first, age, unit, spent, rows.customer)


def _days(con: duckdb.DuckDBPyConnection, log: _Columns, *, returned: bool) -> None:
    """Make `order_days`: by the models of a project's runs where something was returned, in one step where nothing was."""
    placed = f"""SELECT {log.customer} AS customer_id, CAST({log.day} AS DATE) AS on_day,
        CAST({log.amount} AS {log.kind}) AS amount FROM orders_given"""
    if not returned:
        con.execute(f"""CREATE TEMP TABLE order_nets AS SELECT customer_id, on_day, CAST(sum(amount) AS {log.kind}) AS amount
            FROM ({placed}) GROUP BY customer_id, on_day HAVING sum(amount) {log.counts}""")
        con.execute("CREATE TEMP VIEW order_days AS SELECT *, '' AS segment FROM order_nets")
        return
    con.execute(f"CREATE TEMP VIEW valued_orders AS SELECT *, '' AS reason FROM ({placed})")
    con.execute("CREATE TEMP VIEW customers AS SELECT customer_id, '' AS segment FROM valued_orders WHERE false")
    con.execute(f"CREATE TEMP TABLE order_nets AS {_model('order_nets', log.kind)}")
    con.execute(f"CREATE TEMP TABLE order_days AS {_model('order_days', log.kind)}")
    if log.free:
        con.execute("""INSERT INTO order_days BY NAME
            SELECT customer_id, on_day, '' AS segment, amount FROM order_nets WHERE amount = 0""")


def _histories(con: duckdb.DuckDBPyConnection, log: _Columns, end: date, unit: str) -> Histories:
    con.execute(f"CREATE TEMP TABLE value_moments AS SELECT DATE '{end}' AS at_on, DATE '{end}' + 1 AS before_on")
    rows = con.sql(f"""SELECT customer_id, frequency, recency_days, age_days, CAST(repeat_amount AS DOUBLE) AS repeat_amount
        FROM ({_model("order_histories", log.kind)}) ORDER BY customer_id""").to_arrow_table()
    if not len(rows):
        first = _row(con, "SELECT min(on_day) FROM order_days")[0]
        message = (
            f"nothing was bought by {end}: the first purchase is of {first}" if first else "nothing was bought and kept"
        )
        raise UsageError("value-orders", message)
    frequency, recency, age = (_whole(rows[name]) for name in ("frequency", "recency_days", "age_days"))
    spent: Reals | None = rows["repeat_amount"].to_numpy() if log.amounts else None
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


def _left_out(con: duckdb.DuckDBPyConnection, log: _Columns, end: date, found: _Look) -> dict[str, int]:
    after = unbought = 0
    if found.last > end:
        after = _row(
            con,
            f"""SELECT count(*) FROM (SELECT {log.customer}, CAST({log.day} AS DATE) FROM orders_given
            WHERE CAST({log.day} AS DATE) > DATE '{end}' GROUP BY ALL HAVING sum(CAST({log.amount} AS {log.kind})) {log.counts})""",
        )[0]
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
