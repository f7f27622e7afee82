"""What happened to each customer, in one order: events, stages, hand-offs, promises, owners, the first ninety days.

Each `.sql` file beside this one is a table of the run; `local_days` is the one step in Python. All read the record and
two small tables of the run: `run_settings` (one row) and `windows` (a name and a number of days).

| window   | days | decides                                                                     |
|----------|------|-----------------------------------------------------------------------------|
| lapse    | 30   | how long after a term's end a customer without a renewal has not left yet   |
"""

from __future__ import annotations

from keepwell.engine import Node, load_models
from keepwell.journey.local_days import LOCAL_DAYS, STEP, local_days

__all__ = ["LOCAL_DAYS", "local_days", "nodes"]


def nodes() -> list[Node]:
    """The journey's nodes of the graph."""
    return [*load_models("keepwell.journey"), STEP]
