"""Of whom could no model of ordering be fitted on a day? They are in no sum of that day, and that is no zero: it is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from keepwell.show import format as written
from keepwell.show.ask import ask

Tables = Mapping[str, pa.Table]
NEEDED = frozenset({"value_moments", "value_models", "order_histories"})
_LATER = "; what it was found to be worth later stands under Estimated anew"
_FEW, _OVER, _FIT = "too few for parameters of their own", " was passed over: ", "no parameters fit best: "


@dataclass(frozen=True)
class Unvalued:
    """How many customers had ordered by a day whose orders could not be valued then, of which segments, and why."""

    at_on: date
    customers: int
    segments: tuple[str, ...]
    because: str


def unvalued(tables: Tables, span: tuple[date, date]) -> list[Unvalued]:
    """The moments of a time, its ends too, at which orders could not be valued: whose, and why."""
    if not tables.keys() >= NEEDED:
        return []
    days = sorted(day for day in tables["value_moments"]["at_on"].to_pylist() if day and span[0] <= day <= span[1])
    found = []
    for day in days:
        rows = ask("SELECT segment, because FROM models WHERE at_on = $1 AND kind = 'orders' AND chosen AND model = 'none' "
                   "ORDER BY segment", day, models=tables["value_models"])  # fmt: skip
        if rows:
            segments = tuple(row["segment"] for row in rows)
            [seen] = ask("SELECT count(*) AS n FROM seen WHERE at_on = $1 AND list_contains($2, segment)", day, list(segments),
                         seen=tables["order_histories"])  # fmt: skip
            found.append(Unvalued(day, seen["n"], segments, _first_reason(rows[0]["because"])))
    return found


def unvalued_words(found: Sequence[Unvalued], to_on: date) -> list[str]:
    """The same in a sentence, for a time that ends on `to_on`; none where all could be valued."""
    if not found:
        return []
    days = written.listed(f"{written.day(one.at_on)} ({written.count(one.customers, 'customer')})" for one in found)
    sums = "that day" if len(found) == 1 else "these days"
    later = "" if found[-1].at_on == to_on else _LATER
    return [
        f"what is to come of orders could not be valued on {days}, no model fits: {found[0].because}. It is in no sum of {sums}{later}"
    ]


def _first_reason(because: str) -> str:
    """Of all the reasons in `value_models`, the first that is one of a model's."""
    said = [one.split(_OVER)[-1].removeprefix(_FIT) for one in because.split("; ") if _FEW not in one]
    return said[0] if said else because
