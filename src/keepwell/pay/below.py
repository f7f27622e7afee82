"""Who was below whom on which days: everybody whom a chain of managers leads to, by the record's positions?

A Python step, because a chain may be of any length. Computed only where a plan rolls up what those below reach.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from keepwell.core.tables import Column, Table
from keepwell.engine import Step

FOREVER = date(9999, 12, 31)
Span = tuple[date, date]
Link = tuple[str, date, date]

PEOPLE_BELOW = Table(
    "people_below",
    (
        Column("manager_id", "text", "who is above", key=True),
        Column("person_id", "text", "who is below, at any depth", key=True),
        Column("from_on", "date", "the first day", key=True),
        Column("to_on", "date", "the first day after"),
    ),
    says="a span of days in which somebody was below somebody else, directly or through others",
)


def _below(inputs: Mapping[str, pa.Table]) -> pa.Table:
    rows: list[dict[str, Any]] = []
    if "roll_up" in inputs["plan_credit"]["finds"].to_pylist():
        links: dict[str, list[Link]] = defaultdict(list)
        for one in inputs["positions"].to_pylist():
            if one["manager_id"] and one["manager_id"] != one["person_id"]:
                links[one["manager_id"]].append((one["person_id"], one["from_on"], one["to_on"] or FOREVER))
        rows = [{"manager_id": manager, "person_id": person, "from_on": first, "to_on": last}
                for manager in sorted(links) for person, spans in sorted(_under(manager, links).items())
                for first, last in _merged(spans)]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=PEOPLE_BELOW.arrow)


def _under(manager: str, links: Mapping[str, list[Link]]) -> dict[str, list[Span]]:
    """Everybody below a manager, with their days. A ring of managers ends where it comes back to somebody."""
    found: dict[str, list[Span]] = defaultdict(list)
    waiting: list[tuple[str, date, date, frozenset[str]]] = [(manager, date.min, FOREVER, frozenset({manager}))]
    while waiting:
        above, from_on, to_on, way = waiting.pop()
        for person, first, last in links.get(above, ()):
            first, last = max(first, from_on), min(last, to_on)  # noqa: PLW2901
            if first < last and person not in way:
                found[person].append((first, last))
                waiting.append((person, first, last, way | {person}))
    return found


def _merged(spans: list[Span]) -> list[Span]:
    """The same days without overlaps."""
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


STEP = Step("people_below", ("plan_credit", "positions"), PEOPLE_BELOW, _below)
