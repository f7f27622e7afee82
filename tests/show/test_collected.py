"""What a collect did is said in counts that a person can check, with the place where rows wait."""

from pathlib import Path

from keepwell.collect.report import CollectReport, QuarantineReport, TableReport
from keepwell.show.collected import collected_lines


def report(**changes):
    tables = (TableReport("crm", "deals", read=1200, new=1180, quarantined=20), TableReport("crm", "customers", read=500, new=500),
              TableReport("helpdesk", "tickets", read=9, changed=2, unchanged=7))  # fmt: skip
    waiting = QuarantineReport("crm", Path("/p/.keepwell/quarantine/crm.csv"), 20, {("deals", "reference-missing"): 20})
    given = {"collect_id": "c1", "known_at": None, "tables": tables, "files": (), "skipped": ("a.csv",),
             "quarantine": (waiting,)} | changes  # fmt: skip
    return CollectReport(**given)


def test_counts_stand_by_source_and_table_and_add_up():
    lines = collected_lines(report(), Path("/p"))
    assert lines[-1] == "In the record as collect c1."
    assert next(line for line in lines if line.startswith("All")).split() == ["All", "1,709", "1,680", "2", "7", "20"]
    assert "Gone" not in lines[0]
    assert "1 file seen before and skipped." in lines


def test_rows_that_wait_are_named_with_reason_and_place():
    lines = collected_lines(report(), Path("/p"))
    at = lines.index("crm: 20 rows wait in quarantine")
    assert lines[at + 1 : at + 3] == ["  20  deals  reference missing", "  .keepwell/quarantine/crm.csv"]


def test_a_dry_run_and_a_collect_of_nothing_new_say_so():
    assert collected_lines(report(dry_run=True), Path("/p"))[-1].startswith("A dry run")
    assert "stays as it was" in collected_lines(report(tables=()), Path("/p"))[-1]
