"""Who is forgotten is in no byte of the project that is ours; the facts, and every run made of them, stay."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keepwell.core.errors import MissingError, UsageError
from keepwell.project.config import Project
from keepwell.record import TABLES, Counts, Record, Snapshot
from keepwell.record.forget import forget
from keepwell.record.lock import AT_WORK, WriteLock
from keepwell.record.search import Values, holding_files
from record.record_rows import DAY, read, rows

NAME, MAIL, TEXT = "Zebulon Quartz", "zq@keep.example", "Zeb said the jacuzzi is too cold"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "keepwell.yaml").write_text("company: X\ncurrency: EUR\n")
    return Project(root=tmp_path, company="X", currency="EUR")


@pytest.fixture
def record(project: Project) -> Record:
    return Record(project.record, memory="300MB", threads=1)


def fill(record: Record, collect) -> None:
    for day, name in enumerate(("Zeb Quartz", NAME)):
        collect(DAY[day], "people", [
            {"person_id": "crm:7", "name": name, "email": MAIL},
            {"person_id": "crm:8", "name": "Bo Other", "email": "bo@keep.example"},
        ])  # fmt: skip
    collect(DAY[3], "touches", [
        {"touch_id": "crm:t1", "person_id": "crm:7", "at": DAY[0], "kind": "call", "text": TEXT},
        {"touch_id": "crm:t2", "person_id": "crm:8", "at": DAY[0], "kind": "call", "text": "hello"},
    ])  # fmt: skip
    with record.begin(DAY[4]) as lost:  # what a failed collect leaves
        lost.put("people", rows("people", [{"person_id": "crm:7", "name": NAME + " Jr"}]), "desk")


def decoded(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and every value in it where it is packed."""
    yield path.read_bytes()
    if path.suffix == ".parquet":
        yield json.dumps(pq.read_table(path).to_pylist(), default=str).encode()
        yield str(pq.read_metadata(path).to_dict()).encode()


def files_with(folder: Path, *texts: str) -> list[str]:
    return sorted({
        str(path.relative_to(folder))
        for path in folder.rglob("*") if path.is_file()
        for piece in decoded(path)
        for text in texts if text.encode() in piece
    })  # fmt: skip


def test_no_byte_of_ours_holds_the_forgotten_and_no_fact_changes(project, record, collect):
    fill(record, collect)
    assert files_with(project.state, NAME)  # the search finds them where they are
    before = [Snapshot(record, day).fetch(table) for table in TABLES for day in (None, DAY[0], DAY[3])]
    done = forget(project, "7", "people")
    assert (done.kind, done.ids, done.still_in) == ("people", ("crm:7",), ())
    assert done.rows == {"people": 3, "touches": 1}
    assert files_with(project.state, "Zeb", "Quartz", MAIL, "jacuzzi") == []
    assert [Snapshot(record, day).fetch(table) for table in TABLES for day in (None, DAY[0], DAY[3])] == before
    assert Snapshot(record).names("people") == {"crm:8": "Bo Other"}
    assert read(record, "touches", columns="touch_id, text") == [("crm:t1", None), ("crm:t2", "hello")]


def test_the_log_keeps_no_statistics_of_names(record, collect):
    fill(record, collect)
    logs = b"".join(path.read_bytes() for path in record.folder.glob("*_personal/_delta_log/*.json"))
    assert b"minValues" in logs
    assert b"Zeb" not in logs
    assert b"crm:7" not in logs


def test_collecting_again_does_not_bring_them_back(project, record, collect):
    fill(record, collect)
    forget(project, "crm:7")
    given = [{"person_id": "crm:7", "name": NAME, "email": MAIL}, {"person_id": "crm:8", "name": "Bo New"}]
    again = collect(DAY[5], "people", given)
    assert again.counts["people"]["crm"] == Counts(unchanged=1, changed=1)
    text = {"touch_id": "crm:t3", "person_id": "crm:7", "at": DAY[0], "kind": "call", "text": TEXT}
    assert collect(DAY[6], "touches", [text]).counts["touches"]["crm"] == Counts(new=1)
    assert files_with(project.state, NAME, MAIL, "jacuzzi") == []
    assert Snapshot(record).names("people") == {"crm:8": "Bo New"}
    assert forget(project, "crm:7").rows == {}


def test_quarantine_and_leftovers_are_reached(project, record, collect):
    fill(record, collect)
    project.quarantine.mkdir(parents=True)

    def waiting(text: str | None = None, **cells: str) -> dict[str, object]:
        return {"source": "crm", "table": "people", "cells": cells, "text": text, "message": "m", "value": None}

    kept = [waiting(id="9", who="Somebody"), waiting(id="70", note="7 days")]
    dropped = [
        waiting(id="7", who="no name known"),
        waiting(id="", who=NAME.upper()),
        waiting(id="", who=f"mail to {MAIL}!"),
        waiting(text="a;7;b"),
        waiting(note=TEXT),
    ]
    lines = "".join(json.dumps(row) + "\n" for row in (*dropped, *kept))
    (project.quarantine / "crm.jsonl").write_text(lines)
    (project.quarantine / "crm.new").write_text(lines)
    left = project.spill / "collect-dead"
    left.mkdir(parents=True)
    with duckdb.connect(str(left / "stage.duckdb")) as con:
        con.execute(f"CREATE TABLE t AS SELECT '{NAME}' AS n")
    (record.folder / "staging").mkdir(exist_ok=True)
    (record.folder / "staging" / "1.parquet").write_text(NAME)
    working = project.spill / "collect-at-work"
    held = WriteLock(working / AT_WORK)
    held.acquire(0)
    assert forget(project, "crm:7", "people", dry_run=True).quarantined == len(dropped)
    assert (project.quarantine / "crm.jsonl").read_text() == lines
    done = forget(project, "crm:7", "people")
    assert (done.quarantined, done.busy) == (len(dropped), (str(working),))
    assert working.exists()
    held.release()
    assert [json.loads(line) for line in (project.quarantine / "crm.jsonl").read_text().splitlines()] == kept
    assert not left.exists()
    assert forget(project, "crm:7", "people").busy == ()
    assert not working.exists()
    assert files_with(project.state, NAME, MAIL, "jacuzzi", "no name known") == []


def test_files_of_the_company_are_told_not_changed(project, record, collect):
    fill(record, collect)
    exports = project.root / "exports"
    exports.mkdir()
    (exports / "people.csv").write_text(f"id,name\n7,{NAME}\n")
    (exports / "latin.csv").write_bytes(f"7;{MAIL};é".encode("latin-1"))
    (exports / "others.csv").write_text("id,name\n8,Bo Other\n")
    (exports / "packed.csv.gz").write_bytes(gzip.compress(NAME.encode()))
    with zipfile.ZipFile(exports / "book.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", f"<si>{NAME}</si>")
    pq.write_table(pa.table({"who": ["x", NAME], "n": [1, 2]}), exports / "people.parquet")
    (exports / "broken.parquet").write_bytes(b"PAR1 " + NAME.encode())
    bytes_before = {path: path.read_bytes() for path in exports.iterdir()}
    expected = tuple(f"exports/{name}" for name in (
        "book.xlsx", "broken.parquet", "latin.csv", "packed.csv.gz", "people.csv", "people.parquet",
    ))  # fmt: skip
    assert forget(project, "crm:7", dry_run=True).still_in == expected
    assert forget(project, "crm:7").still_in == expected
    assert {path: path.read_bytes() for path in exports.iterdir()} == bytes_before


def test_a_text_that_others_have_too_is_no_trace_of_the_forgotten(project, record, collect):
    fill(record, collect)
    collect(DAY[5], "touches", [
        {"touch_id": "crm:t3", "person_id": "crm:7", "at": DAY[0], "kind": "call", "text": "Called back"},
        {"touch_id": "crm:t4", "person_id": "crm:8", "at": DAY[0], "kind": "call", "text": "Called back"},
    ])  # fmt: skip
    (project.root / "calls.csv").write_text("id,text\nt4,Called back\n")
    (project.root / "hers.csv").write_text(f"id,text\nt1,{TEXT}\n")
    project.quarantine.mkdir(parents=True)
    row = {"source": "crm", "table": "touches", "cells": {"text": "Called back"}, "text": None, "message": "m"}
    (project.quarantine / "crm.jsonl").write_text(json.dumps(row) + "\n")
    done = forget(project, "crm:7")
    assert done.still_in == ("hers.csv",)
    assert done.quarantined == 0


def test_a_dry_run_changes_nothing(project, record, collect):
    fill(record, collect)
    before = {path: path.read_bytes() for path in project.root.rglob("*") if path.is_file()}
    told = forget(project, "crm:7", dry_run=True)
    assert told.rows == {"people": 3, "touches": 1}
    assert {path: path.read_bytes() for path in project.root.rglob("*") if path.is_file()} == before


def test_a_value_across_two_pieces_of_a_file_is_found(tmp_path):
    (tmp_path / "big.txt").write_bytes(b"x" * ((1 << 20) - 8) + b" " + NAME.encode() + b" tail")
    assert list(holding_files(tmp_path, Values(frozenset({NAME})))) == [tmp_path / "big.txt"]
    assert list(holding_files(tmp_path, Values(frozenset({"ab"})))) == []


def test_ids_that_mean_the_same_go_together(project, record, collect):
    collect(DAY[0], "customers", [{"customer_id": f"crm:{n}", "name": f"Firm {n}"} for n in range(4)])
    collect(DAY[1], "identities", [
        {"kind": "customers", "id": "crm:1", "same_id": "crm:2", "evidence": "both say Firm 1"},
        {"kind": "customers", "id": "crm:2", "same_id": "crm:3"},
    ])  # fmt: skip
    done = forget(project, "crm:1")
    assert done.ids == ("crm:1", "crm:2", "crm:3")
    assert done.rows == {"customers": 3, "identities": 1}
    assert Snapshot(record).names("customers") == {"crm:0": "Firm 0"}
    assert files_with(project.state, "Firm 1", "Firm 2", "Firm 3") == []


def test_whom_an_id_means_is_asked_where_it_is_not_clear(project, collect):
    collect(DAY[0], "customers", [{"customer_id": "crm:7", "name": "Firm"}])
    collect(DAY[1], "people", [{"person_id": "crm:7", "name": "Ann"}])
    with pytest.raises(UsageError, match="a customer and a person"):
        forget(project, "7")
    with pytest.raises(MissingError, match="no person or customer 77"):
        forget(project, "77")
    assert forget(project, "7", "customers").rows == {"customers": 1}


def test_forgetting_survives_compaction_and_an_hour(project, record, collect):
    fill(record, collect)
    record.compact(keep_hours=24)  # keeps the old files for those who read them
    forget(project, "crm:7", "people")
    record.compact(keep_hours=24)
    assert files_with(project.state, "Zeb", MAIL, "jacuzzi") == []
    assert Snapshot(record, DAY[1] + timedelta(hours=1)).names("people") == {"crm:8": "Bo Other"}
