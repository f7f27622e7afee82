"""Which orders and contracts count for nothing because nobody said what their currency is worth? Said first, with what to give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from keepwell.show import format as written
from keepwell.show.ask import Row, ask

Tables = Mapping[str, pa.Table]
REASON = "no exchange rate"
_UNITS = {"orders": ("order", "orders"), "contracts": ("contract", "contracts"), "costs": ("cost", "costs")}


def unrated(tables: Tables) -> list[Row]:
    """What is left out for want of a rate, by table and currency: rows, customers and their amount in that currency."""
    return ask("SELECT ref_table, currency, count(*) AS n, count(DISTINCT nullif(customer_id, '')) AS customers, "
               "sum(amount) AS amount FROM rows WHERE reason = $1 GROUP BY ref_table, currency ORDER BY ref_table DESC, currency",
               REASON, rows=tables["value_left_out"])  # fmt: skip


def unrated_words(found: Sequence[Row], currency: str) -> list[str]:
    """The same in sentences, with what to give; none where nothing is left out."""
    if not found:
        return []
    said = written.listed([_words(row) for row in found])
    wanted = written.listed(sorted({row["currency"] for row in found}))
    give = f"Give what {wanted} was worth in {currency}: the table exchange_rates (currency, on, rate)."
    return [f"Left out for want of exchange rates: {said}.", give]


def _words(row: Row) -> str:
    one, several = _UNITS[row["ref_table"]]
    of = f" of {written.count(row['customers'], 'customer')}" if row["customers"] else ""
    yearly = " a year" if row["ref_table"] == "contracts" else ""
    return f"{written.count(row['n'], one, several)}{of} ({written.money(row['amount'], row['currency'])}{yearly})"
