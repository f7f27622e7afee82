"""Whatever is collected, in whatever order and pieces: reading as known gives what a plain model of it says."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keepwell.record import Record, Snapshot
from record.record_rows import DAY, rows

SOURCES = ("crm", "desk", "erp")
Row = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What one source told on one day; `pieces` says into how many files it is cut, and `seed` in which order."""

    source: str
    teams: dict[str, tuple[str | None, str | None]]
    complete: bool
    pieces: int
    shuffled: tuple[int, ...]


told = st.builds(
    Told,
    source=st.sampled_from(SOURCES),
    teams=st.dictionaries(
        st.sampled_from(["x:1", "x:2", "x:3", "x:4"]),
        st.tuples(st.sampled_from([None, "red", "blue"]), st.sampled_from([None, "sales", "it"])),
        min_size=1,
    ),
    complete=st.booleans(),
    pieces=st.integers(1, 3),
    shuffled=st.permutations(range(4)).map(tuple),
)
merged = st.dictionaries(st.sampled_from(["x:3", "x:4"]), st.sampled_from(["x:1", "x:2"]))


def collect(record: Record, day: int, one: Told, *, plain: bool, folder: Path) -> None:
    names = sorted(one.teams)
    if not plain:
        names = [names[place] for place in one.shuffled if place < len(names)]
    table = rows("teams", [{"team_id": n, "name": one.teams[n][0], "department": one.teams[n][1]} for n in names])
    files = []
    for piece in range(1 if plain else one.pieces):
        files.append(folder / f"{day}-{piece}.parquet")
        pq.write_table(
            table if plain else table.take(pa.array(range(piece, len(names), one.pieces), pa.int64())), files[-1]
        )
    with record.begin(DAY[day]) as commit:
        commit.put("teams", files, one.source, complete=one.complete)
        commit.finish()


def expected(history: Sequence[Told], same: dict[str, str]) -> list[tuple[object, ...]]:
    """The plain model: per source the last row of each key; then the first value that is there, source by source."""
    by_source: dict[str, dict[str, tuple[str | None, str | None]]] = {source: {} for source in SOURCES}
    learned: dict[tuple[str, str], int] = {}
    for day, one in enumerate(history):
        known = by_source[one.source]
        for key, values in one.teams.items():
            if known.get(key) != values:
                known[key] = values
                learned[one.source, key] = day
        if one.complete:
            by_source[one.source] = {key: known[key] for key in one.teams}
    ranked: dict[str, list[tuple[int, bool, int, str, tuple[str | None, str | None]]]] = {}
    for place, source in enumerate(SOURCES):
        for key, values in by_source[source].items():
            order = (place, key in same, -learned[source, key], str(values).replace("None", "~"), values)
            ranked.setdefault(same.get(key, key), []).append(order)
    found = []
    for key, all_rows in sorted(ranked.items()):
        best = sorted(all_rows, key=lambda row: row[:4])
        picked = [next((row[4][n] for row in best if row[4][n] is not None), None) for n in range(2)]
        found.append((key, *picked, SOURCES[best[0][0]], max(DAY[-row[2]] for row in best)))
    return found


def known(record: Record, day: int) -> list[tuple[object, ...]]:
    table = Snapshot(record, DAY[day], SOURCES).fetch("teams")
    columns = ("team_id", "name", "department", "source", "known_at")
    return list(zip(*(table.column(name).to_pylist() for name in columns), strict=True))


histories = given(history=st.lists(told, min_size=1, max_size=4), same=merged)
few = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@few
@histories
def test_reading_as_known_is_what_was_told_till_then(history, same):
    assert_as_told(history, same)


@pytest.mark.slow
@settings(few, max_examples=40)
@histories
def test_reading_as_known_is_what_was_told_till_then_at_length(history, same):
    assert_as_told(history, same)


def assert_as_told(history: Sequence[Told], same: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        whole, pieces = (Record(folder / name, memory="300MB", threads=1) for name in ("whole", "pieces"))
        for day, one in enumerate(history):
            collect(whole, day, one, plain=True, folder=folder)
            collect(pieces, day, one, plain=False, folder=folder)
        last = len(history)
        statements = [{"kind": "teams", "id": own, "same_id": other} for own, other in same.items()]
        with whole.begin(DAY[last]) as commit:
            if statements:
                commit.put("identities", rows("identities", statements), "merges")
            commit.finish()
        days = range(last)
        assert [known(whole, day) for day in days] == [expected(history[: day + 1], {}) for day in days]
        assert [known(pieces, day) for day in days] == [known(whole, day) for day in days]
        assert known(whole, last) == expected(history, same)
        before = [known(whole, day) for day in range(last + 1)]
        whole.compact(keep_hours=0)
        assert [known(whole, day) for day in range(last + 1)] == before
