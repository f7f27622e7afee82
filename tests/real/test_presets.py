"""Presets against the columns that systems really export: every file that a preset knows can be collected."""

from __future__ import annotations

from pathlib import Path

import pytest

from keepwell.collect import CollectReport, collect
from keepwell.collect.begin import write_project
from keepwell.collect.recognise import recognise
from keepwell.project.config import read_project
from keepwell.record import Record, Snapshot

SYSTEMS = ("hubspot", "jira", "qualtrics", "salesforce", "stripe", "zendesk")
# The fewest rows that each table must get from the seeds; scrambled ids keep most others waiting.
ARRIVES = {
    "hubspot": {"customers": 24, "people": 100, "teams": 3, "positions": 2, "deals": 44, "tickets": 24, "touches": 100},
    "jira": {"people": 3, "teams": 5, "tickets": 4},
    "qualtrics": {"surveys": 15},
    "salesforce": {"customers": 1, "people": 10, "positions": 1},
    "stripe": {"customers": 11},
    "zendesk": {"customers": 10, "people": 1, "positions": 1, "teams": 8},
}


def _counts(report: CollectReport) -> dict[str, int]:
    return {table.table: table.new for table in report.tables}


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_file_of_a_system_is_of_that_system(data: Path, system: str) -> None:
    matches = recognise(sorted((data / "dbt_seeds" / system).glob("*.csv")))
    assert {match.kind.preset for match in matches if match.kind is not None} == {system}
    assert all(match.problem is None and not match.headless for match in matches)
    assert all(match.fitted is None or match.fitted.without == () for match in matches)


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_init_writes_collects_every_row_or_says_why_not(data: Path, system: str, tmp_path: Path) -> None:
    folder = tmp_path / "company"
    write_project(folder, recognise(sorted((data / "dbt_seeds" / system).glob("*.csv"))), company="A company")
    report = collect(read_project(folder))
    got = _counts(report)
    for table, fewest in ARRIVES[system].items():
        assert got[table] >= fewest, table
    for one in report.tables:
        assert one.read == one.left_out + one.folded + one.duplicates + one.quarantined + one.new, one
    assert all(code and table for waiting in report.quarantine for table, code in waiting.reasons)
    assert collect(read_project(folder)).changed is False


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_preset_by_name_gives_the_same_record(data: Path, system: str, tmp_path: Path) -> None:
    files = sorted((data / "dbt_seeds" / system).glob("*.csv"))
    written, named = tmp_path / "written", tmp_path / "named"
    write_project(written, recognise(files), company="A company")
    for folder in ("sources", "exports"):
        (named / folder).mkdir(parents=True)
    for file in files:
        (named / "exports" / file.name).write_bytes(file.read_bytes())
    (named / "keepwell.yaml").write_text("company: A company\ncurrency: EUR\n", encoding="utf-8")
    (named / f"sources/{system}.yaml").write_text(f"preset: {system}\nreads: exports/*.csv\n", encoding="utf-8")
    first, second = collect(read_project(written)), collect(read_project(named))
    assert _counts(first) == _counts(second)
    for table in ARRIVES[system]:
        rows = [
            Snapshot(Record(read_project(folder).record))
            .fetch(table)
            .drop_columns(["known_at", "collect_id"])
            .to_pylist()
            for folder in (written, named)
        ]
        assert rows[0] == rows[1]


def test_the_incident_log_is_recognised_and_collected(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "company"
    write_project(folder, recognise([data / "servicenow/incident_event_log.zip"]), company="A company")
    report = collect(read_project(folder))
    assert report.quarantine == ()
    assert _counts(report) == {
        "customers": 5_244, "people": 234, "teams": 78, "tickets": 24_918, "ticket_steps": 141_712,
    }  # fmt: skip
