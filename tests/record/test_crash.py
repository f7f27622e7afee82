"""Killed or out of disk at any point of a collect, the record is as it was before or as it is after, never between."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from keepwell.core.errors import BrokenError
from keepwell.record import Record
from record import crash_child
from record.record_rows import DAY, read

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork")


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[dict[str, Any]]]]:
    """Everything that the child process tried, by mode, and the folder with a record for each."""
    folder = tmp_path_factory.mktemp("crash")
    command = [sys.executable, crash_child.__file__, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    by_mode: dict[str, list[dict[str, Any]]] = {}
    for one in map(json.loads, done.stdout.splitlines()):
        by_mode.setdefault(one["mode"], []).append(one)
    return folder, by_mode


def value_of(state: dict[str, list[list[Any]]]) -> str:
    """The one value that all rows of all tables have: a mix of two states fails here."""
    [[segment, customers]] = state["customers.segment"]
    assert state["customers.name"] == [[f"name {segment}", customers]]
    assert state["teams.name"] == [[segment, customers]]
    assert customers == crash_child.ROWS
    return str(segment)


def test_killed_at_every_step_of_a_commit(tried):
    found = tried[1]["points"]
    assert [one["killed"] for one in found] == [True] * (len(found) - 1) + [False]
    assert len(found) == 9  # before each of 7 appends (facts, names, what they replaced; the list), and behind the last
    seen = "first"
    for one in found:
        value = value_of(one["state"])
        assert value in (seen, one["value"])
        seen = value
    assert seen == found[-1]["value"]  # the one that nobody killed
    assert value_of(found[-2]["state"]) == found[-2]["value"]  # killed behind the last append: the new state
    assert value_of(found[-3]["state"]) == "first"  # killed before it: the old one


def test_killed_at_any_moment(tried):
    folder, seen = tried[0] / "moments", "timed"
    for one in tried[1]["moments"]:
        value = value_of(one["state"])
        assert value in (seen, one["value"])
        seen = value
    Record(folder).compact(keep_hours=0)
    crash_child.write(folder, "after")
    assert value_of(crash_child.read(folder)) == "after"


def test_files_that_cannot_grow(tried):
    found = tried[1]["full"]
    assert found[0]["code"] is not None
    seen = "first"
    for one in found:
        assert one["status"] == 0
        value = value_of(one["state"])
        assert value == (seen if one["code"] else one["value"])
        seen = value
    assert found[-1]["code"] is None


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB; skipped where we may not make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_the_old_state(small_disk):
    folder = small_disk / "record"
    crash_child.write(folder, "first")
    seen, codes = "first", []
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_bsize
    for number, left in enumerate(range(0, 160_000, 16_000)):
        (small_disk / "filler").write_bytes(b"x" * (free - left))
        try:
            crash_child.write(folder, f"v{number}")
            seen = f"v{number}"
        except BrokenError as error:
            codes.append(error.code)
        finally:
            (small_disk / "filler").unlink()
        assert value_of(crash_child.read(folder)) == seen
    assert set(codes) == {"disk-full"}
    crash_child.write(folder, "last")
    assert value_of(crash_child.read(folder)) == "last"


def test_four_processes_write_five_times_each(tried):
    [done] = tried[1]["writers"]
    assert done["statuses"] == [0] * 4
    record = Record(tried[0] / "writers")
    collects = record.collects()
    assert sorted((one.info["writer"], one.info["number"]) for one in collects) == [
        (writer, number) for writer in range(4) for number in range(5)
    ]
    assert len({one.known_at for one in collects}) == 20
    last = collects[-1].info
    found = dict(read(record, "teams", columns="team_id, name"))
    assert len(found) == 21
    assert found["shared:1"] == f"{last['writer']}.{last['number']}"
    for one in collects:  # what each collect left is still there to be read
        sql = f"SELECT name FROM ({record.relation_sql('teams', one.known_at)}) WHERE team_id = 'shared:1'"
        assert duckdb.sql(sql).fetchall() == [(f"{one.info['writer']}.{one.info['number']}",)]


def test_a_failure_in_the_middle_keeps_the_old_state(record, collect, monkeypatch):
    from keepwell.record.storage import StoredTable

    collect(DAY[0], "teams", [{"team_id": "hr:1", "name": "old"}])
    append = StoredTable.append

    def failing(self: StoredTable, given: Any) -> None:
        if self.folder.name == "collects":
            raise BrokenError("record-not-written", "no space left")
        append(self, given)

    monkeypatch.setattr(StoredTable, "append", failing)
    with pytest.raises(BrokenError):
        collect(DAY[1], "teams", [{"team_id": "hr:1", "name": "new"}])
    assert read(record, "teams", columns="name") == [("old",)]
    monkeypatch.undo()
    collect(DAY[1], "teams", [{"team_id": "hr:1", "name": "newer"}])
    assert read(record, "teams", columns="name") == [("newer",)]
