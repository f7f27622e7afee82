"""How does a model read on Spark? SQLGlot writes it in Spark's dialect, after what it does not know is said otherwise.

What is said otherwise: `quotient` and `round_even`, which Spark lacks or rounds its own way; `epoch_us`, which wants a
TIMESTAMP with a zone; `date_diff('day', …)`, which counts whole 24 hours of timestamps there and midnights here. The
result's columns are cast to what the model declares, since `row_number()` is an INT there and a BIGINT here.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sqlglot import exp

from keepwell.core.tables import ColumnType, Table
from keepwell.engine.model import parse_select
from keepwell.engine.quotient import spark_quotient, spark_rounded_quotient

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


_PLACE = re.compile(r"`__own_(\d+)__`")


@lru_cache(maxsize=1024)
def spark_sql(sql: str, table: Table, file: str = "") -> str:
    """The SELECT in Spark's dialect, giving the table's columns in their order and types."""
    columns = ", ".join(f"CAST(`{column.name}` AS {SPARK_TYPES[column.type]}) AS `{column.name}`"
                        for column in table.columns)  # fmt: skip
    return f"SELECT {columns} FROM (\n{_Writer().write(parse_select(sql, file))}\n) AS `_rows`"


class _Writer:
    """Writes trees in Spark's dialect. What is said otherwise is long: it is put in when SQLGlot has written the rest."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def write(self, node: exp.Expr) -> str:
        """The tree as text."""
        text = node.copy().transform(self._said_otherwise).sql("spark", identify=True, comments=False)
        return _PLACE.sub(lambda place: self.said[int(place[1])], text)

    def _said_otherwise(self, node: exp.Expr) -> exp.Expr:
        text = self._own(node.name.lower(), node.expressions) if isinstance(node, exp.Anonymous) else None
        if isinstance(node, exp.DateDiff):
            text = f"CAST(DATEDIFF(DAY, {self._date(node.expression)}, {self._date(node.this)}) AS BIGINT)"
        if text is None:
            return node
        self.said.append(text)
        return exp.column(f"__own_{len(self.said) - 1}__")

    def _own(self, name: str, parts: list[exp.Expr]) -> str | None:
        if name == "quotient":
            return spark_quotient(f"({self.write(parts[0])})", f"({self.write(parts[1])})")
        if name == "round_even":
            return self._round_even(parts[0], int(parts[1].name))
        if name == "epoch_us":
            return f"UNIX_MICROS(CAST({self.write(parts[0])} AS TIMESTAMP_LTZ))"
        return None

    def _round_even(self, x: exp.Expr, places: int) -> str:
        if isinstance(x, exp.Anonymous) and x.name.lower() == "quotient":
            a, b = (f"({self.write(part)})" for part in x.expressions)
            return spark_rounded_quotient(a, b, places)
        unit, many = f"{10**-places:.{places}f}", f"CAST({10**places} AS DECIMAL({places + 1}, 0))"
        return _ROUND_EVEN.format(x=f"({self.write(x)})", unit=unit, many=many, width=places + 1, places=places)

    def _date(self, node: exp.Expr) -> str:
        return f"CAST({self.write(node)} AS DATE)"
