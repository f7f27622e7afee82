"""Does `preset: NAME` stand for a whole source file, whatever the files are called?"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from keepwell.collect import CollectReport, collect
from keepwell.core.errors import ConfigurationError
from keepwell.project.config import read_project
from keepwell.record import Record, Snapshot

USERS = "id,name,email,role,organization_id,ticket_restriction,created_at\n7,Ann,a@x.y,agent,,,2026-01-05\n8,Cy,c@x.y,end-user,1,,2026-01-05\n"
ORGANISATIONS = "id,name,shared_tickets,shared_comments,external_id,created_at\n1,Aster,f,f,,2026-01-01\n"
TICKETS = (
    "id,assignee_id,requester_id,organization_id,group_id,status,created_at,due_at,subject,priority\n"
    "100,7,8,1,,open,2026-02-01 10:00:00,,Help,high\n101,7,8,1,,deleted,2026-02-01 10:00:00,,Help,high\n"
)


def project_with(folder: Path, source: str, **files: str) -> Path:
    (folder / "sources").mkdir(parents=True)
    (folder / "exports").mkdir()
    (folder / "keepwell.yaml").write_text("company: A\ncurrency: EUR\ntime_zone: Europe/Paris\n", encoding="utf-8")
    (folder / "sources/desk.yaml").write_text(source, encoding="utf-8")
    for name, text in files.items():
        (folder / f"exports/{name}.csv").write_text(text, encoding="utf-8")
    return folder


def collected(folder: Path) -> CollectReport:
    return collect(read_project(folder))


def rows(folder: Path, table: str, columns: str) -> list[tuple[object, ...]]:
    found = Snapshot(Record(read_project(folder).record)).fetch(table)
    with duckdb.connect(":memory:") as con:
        con.register("found", found)
        return con.execute(f"SELECT {columns} FROM found ORDER BY ALL").fetchall()


def test_files_are_told_apart_by_their_columns_not_their_names(tmp_path: Path) -> None:
    folder = project_with(
        tmp_path / "p", "preset: zendesk\nreads: exports/*.csv\n", a=TICKETS, b=USERS, c=ORGANISATIONS
    )
    report = collected(folder)
    assert report.quarantine == ()
    assert {(table.source, table.table): table.new for table in report.tables} == {
        ("desk", "customers"): 1, ("desk", "people"): 1, ("desk", "positions"): 1, ("desk", "tickets"): 1,
    }  # fmt: skip
    assert rows(folder, "tickets", "ticket_id, customer_id, assignee_id, priority") == [
        ("desk:100", "desk:1", "desk:7", "high"),
    ]  # fmt: skip


def test_words_of_the_companys_file_override_the_preset(tmp_path: Path) -> None:
    source = "preset: zendesk\nreads: exports/*.csv\nzone: America/New_York\nbecomes:\n  tickets:\n    topic: {is: support}\n"
    folder = project_with(tmp_path / "p", source, a=TICKETS, b=USERS, c=ORGANISATIONS)
    collected(folder)
    assert rows(folder, "tickets", "topic, CAST(opened_at AS VARCHAR)") == [("support", "2026-02-01 15:00:00")]


def test_a_file_that_the_preset_does_not_know_is_said_and_left_unread(tmp_path: Path) -> None:
    folder = project_with(tmp_path / "p", "preset: zendesk\nreads: exports/*.csv\n", a=ORGANISATIONS, odd="x,y\n1,2\n")
    (warning,) = collected(folder).warnings
    assert (warning.code, warning.file, warning.severity) == ("preset-file-unknown", "exports/odd.csv", "warning")


def test_a_kind_of_which_nothing_is_made_is_left_unread(tmp_path: Path) -> None:
    tags = "organization_id,tag\n1,vip\n"
    folder = project_with(tmp_path / "p", "preset: zendesk\nreads: exports/*.csv\n", a=ORGANISATIONS, tags=tags)
    report = collected(folder)
    assert [file.file for file in report.files] == ["exports/a.csv"]


def test_an_unknown_preset_and_missing_reads_are_errors(tmp_path: Path) -> None:
    for number, (source, code) in enumerate(
        [("preset: zendsk\nreads: exports/*.csv\n", "preset-unknown"), ("preset: zendesk\n", "source-word-missing")]
    ):
        with pytest.raises(ConfigurationError) as caught:
            collected(project_with(tmp_path / str(number), source, a=ORGANISATIONS))
        assert code in [problem.code for problem in caught.value.problems]


def test_the_spelling_of_an_api_export_is_understood(tmp_path: Path) -> None:
    accounts = (
        "Id,Name,OwnerId,ParentId,Industry,BillingCountry,AccountSource,Type\n001A,Aster,005A,,Energy,FR,,Customer\n"
    )
    folder = project_with(tmp_path / "p", "preset: salesforce\nreads: exports/*.csv\n", Account=accounts)
    collected(folder)
    assert rows(folder, "customers", "customer_id, segment, industry, region") == [
        ("desk:001A", "Customer", "Energy", "FR"),
    ]  # fmt: skip
