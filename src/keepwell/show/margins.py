"""What is left of revenue, and why so: in words; and what must be said where costs say little, or more than revenue."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from keepwell.show import format as written
from keepwell.show.ask import ask

Tables = Mapping[str, pa.Table]
MARGIN_SAYS = {
    "stated": "margin as stated",
    "stated for others": "margin as stated for other segments",
    "nothing said": "no margin is stated: value is revenue",
    "costs": "margin from the costs of the last 365 days",
    "costs of all": "margin from the costs of all customers: the segment had no revenue",
    "no costs": "no costs were booked in the last 365 days: value is revenue",
    "no revenue": "no margin: there is no revenue to compare costs with",
}


def margin_says(segment: str, tables: Tables) -> str:
    """Why a segment's margin is what it is."""
    [found] = ask("SELECT because FROM margins WHERE segment = $1", segment, margins=tables["value_margins"])
    return MARGIN_SAYS.get(str(found["because"]), str(found["because"]))


def margin_words(tables: Tables) -> list[str]:
    """That no costs are known of which a margin could be found, or that they are above revenue; in sentences."""
    if "value_margins" not in tables:
        return []
    rows = ask("SELECT segment, margin, because FROM margins ORDER BY segment", margins=tables["value_margins"])
    said = []
    if any(row["because"] == "no costs" for row in rows):
        said.append(
            "margins are to be found from costs, and none were booked for customers in the last 365 days: value is revenue"
        )
    below = [f"{written.clean(row['segment']) or 'customers without a segment'} (margin {written.share(row['margin'], 0)})"
             for row in rows if row["margin"] < 0]  # fmt: skip
    if below:
        said.append(f"costs are above revenue in {written.listed(below)}: these customers are worth less than nothing, so that one who "
                    "is lost raises the sum, and one who is won lowers it")  # fmt: skip
    return said
