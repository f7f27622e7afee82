"""How were a person's objectives scored, by whom and when? Told from a run's `objectives_counted`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from keepwell.pay import say
from keepwell.pay.chosen import rows_where

Row = dict[str, Any]
_KEY = ("scenario", "plan", "version", "part", "person_id", "window_month", "period")


def goals_of(counted: pa.Table, key: Mapping[str, Any]) -> list[Row]:
    """The objectives of a part's window (`key` has its columns), the first to end first."""
    rows = rows_where(counted, **{name: key[name] for name in _KEY})
    return sorted(rows, key=lambda row: (row["to_on"], row["objective"], row["from_on"]))


def goal_figure(row: Row, person: Callable[[str], str] = str) -> tuple[str, str]:
    """An objective and how it was scored: `Launch (60%)`, `80%, scored by Ben on 3 Apr 2026`."""
    weight = "" if row["weight"] is None else f" ({say.share(row['weight'])})"
    if row["score"] is None:
        return f"{row['objective']}{weight}", "not scored yet"
    by = f" by {person(row['scored_by'])}" if row["scored_by"] else ""
    when = f" on {say.day(row['scored_on'])}" if row["scored_on"] else ""
    scored = f", scored{by}{when}" if by or when else ""
    return f"{row['objective']}{weight}", f"{say.share(row['score'])}{scored}"


def goal_words(rows: list[Row], person: Callable[[str], str] = str) -> str:
    """The same for all of them, in one sentence."""
    told = [": ".join(goal_figure(row, person)) for row in rows]
    return f"{'; '.join(told)}." if told else ""
