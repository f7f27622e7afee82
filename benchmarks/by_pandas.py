"""The same tables in pandas: `by_pandas.py SNAPSHOT OUT` reads the same files and writes what Keepwell writes.

Written as one would write it well: vectorised throughout, merges and groupbys, no `apply`, no loops over rows (md5, for which
pandas has nothing, aside), no Python objects but in the few rows where a fraction must be exact. `tests/benchmarks` holds it
to the same rows in every table. It leaves out tables that are empty for this company, as the script by hand does.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pandas_journey import journey
from pandas_measures import measures
from pandas_pay import pay
from pandas_shared import read_frames, write

WORK = ("phases", "owned")  # needed on the way, written by nobody


def compute(snapshot: Path, out: Path) -> None:
    """Write the tables into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    frames = read_frames(snapshot)
    tables = journey(frames)
    write(tables.pop("events"), out, "events")  # the largest: let go of it before what comes
    for name in tables.keys() - set(WORK):
        write(tables[name], out, name)
    for step in (measures(frames, tables), pay(frames)):
        for name, table in step.items():
            write(table, out, name)


if __name__ == "__main__":
    compute(Path(sys.argv[1]), Path(sys.argv[2]))
