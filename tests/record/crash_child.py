"""Processes that are really killed, really run out of disk, or really write at once: run by `test_crash.py`.

    python crash_child.py FOLDER

It loads the libraries once and forks a fresh process for each try, so that every try starts clean and fast. It prints
one JSON object per try.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pyarrow as pa

from keepwell.core.errors import BrokenError
from keepwell.record import Record
from keepwell.record.storage import StoredTable

ROWS = 300
TABLES = ("customers", "teams")


def write(folder: Path, value: str, rows: int = ROWS, pause: Callable[[], None] = lambda: None) -> None:
    """One collect over two tables that gives every row the value."""
    record = Record(folder, memory="300MB", threads=1)
    with record.begin() as commit:
        for table in TABLES:
            names = {"segment": [value] * rows, "name": [f"name {value}"] * rows}
            fitting = names if table == "customers" else {"name": names["segment"]}
            keys = {("customer_id" if table == "customers" else "team_id"): [f"crm:{n}" for n in range(rows)]}
            commit.put(table, pa.table(keys | fitting), "crm")
            pause()
        commit.finish({})


def read(folder: Path) -> dict[str, list[list[object]]]:
    """What the record says: per table and column, each value with its number of rows."""
    record = Record(folder)
    found = {}
    with duckdb.connect(":memory:") as con:
        for table, column in (("customers", "segment"), ("customers", "name"), ("teams", "name")):
            sql = f"SELECT {column}, count(*) FROM ({record.relation_sql(table)}) GROUP BY ALL ORDER BY ALL"
            found[f"{table}.{column}"] = [list(row) for row in con.sql(sql).fetchall()]
    return found


def in_child(act: Callable[[], object]) -> tuple[int, object]:
    """Do it in a forked process: (its wait status, what it gave)."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.write(writing, json.dumps(act()).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        given = pipe.read()
    status = os.waitpid(pid, 0)[1]
    return status, json.loads(given) if given else None


def killed_at(folder: Path, value: str, point: int) -> None:
    """Die before the n-th append to a Delta table, or behind the last, which lists the collect."""
    steps = iter(range(1, 1000))
    append = StoredTable.append

    def dying(self: StoredTable, rows: pa.Table) -> None:
        if next(steps) == point:
            os.kill(os.getpid(), signal.SIGKILL)
        append(self, rows)
        if self.folder.name == "collects" and next(steps) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    StoredTable.append = dying  # type: ignore[method-assign]
    write(folder, value)


def try_points(folder: Path) -> None:
    for point in range(1, 40):
        status, _ = in_child(lambda point=point: killed_at(folder, f"v{point}", point))
        report(folder, f"v{point}", status)
        if status == 0:
            return


def try_moments(folder: Path) -> None:
    rng = random.Random(7)  # noqa: S311
    started = time.monotonic()
    in_child(lambda: write(folder, "timed"))
    seconds = time.monotonic() - started
    for number in range(8):
        delay = rng.random() * seconds * 1.1
        pid = os.fork()
        if pid == 0:
            write(folder, f"v{number}")
            os._exit(0)
        time.sleep(delay)
        os.kill(pid, signal.SIGKILL)
        report(folder, f"v{number}", os.waitpid(pid, 0)[1])


def try_full(folder: Path) -> None:
    def limited(size: int, value: str) -> str | None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        try:
            write(folder, value)
        except BrokenError as error:
            return error.code
        return None

    for number, size in enumerate((0, 1_500, 2_500, 3_500, 5_000, 1_000_000)):
        status, code = in_child(lambda size=size, number=number: limited(size, f"v{number}"))
        report(folder, f"v{number}", status, code)


def try_writers(folder: Path) -> None:
    def append_five(writer: int) -> None:
        record = Record(folder, memory="300MB", threads=1)
        for number in range(5):
            with record.begin() as commit:
                keys = {"team_id": [f"w{writer}:{number}", "shared:1"], "name": ["own", f"{writer}.{number}"]}
                commit.put("teams", pa.table(keys), "crm")
                commit.finish({"writer": writer, "number": number})

    pids = []
    for writer in range(4):
        pid = os.fork()
        if pid == 0:
            append_five(writer)
            os._exit(0)
        pids.append(pid)
    say({"mode": folder.name, "statuses": [os.waitpid(pid, 0)[1] for pid in pids]})


def report(folder: Path, value: str, status: int, code: object = None) -> None:
    _, state = in_child(lambda: read(folder))
    killed = status == signal.SIGKILL
    say({"mode": folder.name, "value": value, "killed": killed, "status": status, "code": code, "state": state})


def say(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main(root: Path) -> None:
    for name in ("pandas", "pyarrow.pandas_compat"):
        if find_spec(name):
            import_module(name)  # Arrow looks for it: once here, not in every fork
    for mode, attempt in (("points", try_points), ("moments", try_moments), ("full", try_full)):
        in_child(lambda mode=mode: write(root / mode, "first"))
        attempt(root / mode)
    try_writers(root / "writers")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
