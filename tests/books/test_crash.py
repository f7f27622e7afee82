"""Killed at any statement of a close, the period is either approved, with nothing settled, or closed with all of it."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3

import pytest

from books.proposed import AT, line, proposed
from keepwell.books import approve, calculate, close, period_state, settled_tables
from keepwell.books.audit import audit
from keepwell.core.periods import parse_period

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork")
Q1 = parse_period("2026-Q1")
ROWS = [line(f"a{number}", number) for number in range(1, 40)]


def killed_at(books, point):
    """Close in another process, which is really killed before the point-th statement that SQLite is told; how it ended."""
    pid = os.fork()
    if pid == 0:
        steps, connect = iter(range(1, 10_000)), sqlite3.connect

        def told(_statement):
            if next(steps) == point:
                os.kill(os.getpid(), signal.SIGKILL)

        def connected(*arguments, **more):
            connection = connect(*arguments, **more)
            connection.set_trace_callback(told)
            return connection

        sqlite3.connect = connected
        try:
            close(books, proposed(*ROWS), "Ann", AT)
        finally:
            os._exit(0)
    return os.waitpid(pid, 0)[1]


def test_a_close_is_whole_or_has_not_happened(tmp_path):
    made = tmp_path / "books.sqlite"
    run = proposed(*ROWS)
    calculate(made, run, "Ann", AT)
    approve(made, run, "Ben", AT)
    seen, point, done = set(), 1, False
    while not done:
        books = tmp_path / f"books{point}.sqlite"
        shutil.copy(made, books)
        status = killed_at(books, point)
        done = status == 0
        assert done or status == signal.SIGKILL
        state = period_state(books, Q1).state
        seen.add((state, settled_tables(books)["settled_lines"].num_rows))
        assert not audit(books).wrong
        if state != "closed":
            assert close(books, proposed(*ROWS), "Cleo", AT).state == "closed"
        assert settled_tables(books)["settled_lines"].num_rows == len(ROWS)
        point += 1
    assert point > 60
    assert seen == {("approved", 0), ("closed", len(ROWS))}
