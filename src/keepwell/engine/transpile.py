"""How does a model read on Spark? SQLGlot writes it in Spark's dialect, after what it does not know is said otherwise.

What is said otherwise: `quotient` and `round_even`, which Spark lacks or rounds its own way; `epoch_us`, which wants a
TIMESTAMP with a zone; `date_diff('day', …)`, which counts whole 24 hours of timestamps there and midnights here. The
result's columns are cast to what the model declares, since `row_number()` is an INT there and a BIGINT here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import sqlglot
from sqlglot import exp

from keepwell.core.tables import ColumnType, Table
from keepwell.engine.model import parse_select
from keepwell.engine.quotient import spark_quotient

SPARK_TYPES: dict[ColumnType, str] = {
    "text": "STRING",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP_NTZ",
    "money": "DECIMAL(18, 4)",
    "share": "DECIMAL(18, 9)",
    "number": "DECIMAL(18, 6)",
    "exact": "DECIMAL(38, 12)",
    "real": "DOUBLE",
}

# Half up, and one less where that was a tie and came out odd. Spark's own bround would do; Sail's goes by way of DOUBLE
# (2.345 becomes 2.35), and one text serves both.
_ROUND_EVEN = """
CAST((FLOOR({x} * {many} + 0.5)
    - CASE WHEN FLOOR({x} * {many} + 0.5) = {x} * {many} + 0.5 AND FLOOR({x} * {many} + 0.5) % 2 <> 0 THEN 1 ELSE 0 END)
    * CAST({unit} AS DECIMAL({width}, {places})) AS DECIMAL(38, {places}))
"""


@lru_cache(maxsize=1024)
def spark_sql(sql: str, table: Table, file: str = "") -> str:
    """The SELECT in Spark's dialect, giving the table's columns in their order and types."""
    tree = parse_select(sql, file).copy().transform(_said_otherwise)
    columns = ", ".join(f"CAST(`{column.name}` AS {SPARK_TYPES[column.type]}) AS `{column.name}`"
                        for column in table.columns)  # fmt: skip
    return f"SELECT {columns} FROM (\n{tree.sql('spark', identify=True, comments=False)}\n) AS `_rows`"


def _said_otherwise(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous):
        rewrite = _REWRITES.get(node.name.lower())
        return rewrite(*node.expressions) if rewrite is not None else node
    if isinstance(node, exp.DateDiff):
        days = exp.DateDiff(this=_to_date(node.this), expression=_to_date(node.expression), unit=exp.var("DAY"))
        return exp.cast(days, "bigint")
    return node


def _to_date(node: exp.Expr) -> exp.Expr:
    return exp.cast(node.transform(_said_otherwise), "date")


def _in_spark(node: exp.Expr) -> str:
    return node.transform(_said_otherwise).sql("spark", identify=True)


def _quotient(a: exp.Expr, b: exp.Expr) -> exp.Expr:
    return sqlglot.parse_one(spark_quotient(f"({_in_spark(a)})", f"({_in_spark(b)})"), read="spark")


def _round_even(x: exp.Expr, places: exp.Expr) -> exp.Expr:
    count = int(places.name)
    unit, many = f"{10**-count:.{count}f}", f"CAST({10**count} AS DECIMAL({count + 1}, 0))"
    text = _ROUND_EVEN.format(x=f"({_in_spark(x)})", unit=unit, many=many, width=count + 1, places=count)
    return sqlglot.parse_one(text, read="spark")


def _epoch_us(at: exp.Expr) -> exp.Expr:
    return sqlglot.parse_one(f"UNIX_MICROS(CAST({_in_spark(at)} AS TIMESTAMP_LTZ))", read="spark")


_REWRITES: dict[str, Callable[..., exp.Expr]] = {
    "quotient": _quotient,
    "round_even": _round_even,
    "epoch_us": _epoch_us,
}
