"""Where to begin? With the customer whom we would miss most: lists of what to do next, the most value at stake first.

Value is that of `customer_values` on the run's day, at stake that of `customer_stakes`; who has neither comes last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned, with_notes, wrapped
from keepwell.show.ask import Row, ask
from keepwell.show.names import Names

Tables = Mapping[str, pa.Table]
# Customers who have not left, with what they are worth, in order; queries begin with it and join `worth`
_WORTH = (
    "WITH worth AS (SELECT n.customer_id, n.owner_id, n.segment, n.stage, v.value, k.at_stake, row_number() OVER "
    "(ORDER BY k.at_stake DESC NULLS LAST, v.value DESC NULLS LAST, n.customer_id) AS place "
    "FROM n LEFT JOIN (SELECT * FROM v WHERE at_on = (SELECT max(at_on) FROM v)) AS v ON v.customer_id = n.customer_id "
    "LEFT JOIN k ON k.customer_id = n.customer_id "
    "WHERE n.left_on IS NULL AND n.purchased_on IS NOT NULL AND ($1 IS NULL OR n.owner_id = $1)) "
)


def ask_worth(sql: str, tables: Tables, owner: str | None, *values: object, **more: pa.Table) -> list[Row]:
    """The answer of a query that joins `worth`, whose `place` orders it; `$1` is the owner, and its own values begin with `$2`."""
    return ask(_WORTH + sql, owner, *values, n=tables["customers_now"], v=tables["customer_values"],
               k=tables["customer_stakes"], **more)  # fmt: skip


def to_do_lines(rows: Sequence[Row], say: Sequence[Sequence[str]], names: Names, currency: str, most: int,
                width: int = WIDTH) -> list[str]:  # fmt: skip
    """A line for each customer, and below it what there is to do."""
    shown = rows if most <= 0 else rows[:most]
    columns = [Column("Customer", shrinks=True), Column("Owner", shrinks=True), Column("Worth", right=True),
               Column("At stake", right=True)]  # fmt: skip
    cells = [(names.customer(row["customer_id"]), names.person(row["owner_id"]) or "nobody",
              written.money(row["value"], currency, cents=False), written.money(row["at_stake"], currency, cents=False))
             for row in shown]  # fmt: skip
    notes = [[line for one in told for line in wrapped(one, width, "  ")] for told in say]
    lines = with_notes(aligned(columns, cells, width), notes)
    left = len(rows) - len(shown)
    return [*lines, *([f"… and {left:,} more: --most 0 shows all"] if left else [])]


def sums(rows: Sequence[Row]) -> dict[str, Any]:
    """What the customers of a list are worth together, and what of it is at stake; each customer counts once."""
    each = {row["customer_id"]: row for row in rows}.values()
    return {"customers": len(each), **{name: sum(row[name] or 0 for row in each) for name in ("value", "at_stake")}}


def sums_line(found: Mapping[str, Any], what: str, currency: str) -> str:
    """The same in a sentence."""
    value, stake = (written.money(found[name], currency, cents=False) for name in ("value", "at_stake"))
    return f"{written.count(found['customers'], 'customer')} {what}, together worth {value}; {stake} at stake."
