"""What does a collect do to the record over time: again, changed, gone, tried again, in a dry run?"""

from __future__ import annotations

import sys
from datetime import datetime

import pytest

from keepwell.core.errors import BrokenError, MissingError, RefusedError
from keepwell.record import Record

SOURCE = """
files:
  - reads: exports/customers*.csv
    becomes: {customers: {customer_id: id, name: name, segment: segment}}
"""
COMPLETE = SOURCE.replace("    becomes", "    complete: true\n    becomes")


def customers(count, changed=()):
    lines = [f"{n},N{n},{'new' if n in changed else 'old'}" for n in range(count)]
    return "id,name,segment\n" + "\n".join(lines) + "\n"


def counts(report, table="customers"):
    (one,) = [found for found in report.tables if found.table == table]
    return {word: n for word, n in vars(one).items() if n and word not in ("source", "table")}


def test_the_same_files_twice_change_nothing(company):
    company.source(SOURCE)
    company.file("exports/customers.csv", customers(5))
    first = company.collect()
    second = company.collect()
    assert counts(first) == {"read": 5, "new": 5}
    assert second.collect_id is None
    assert second.tables == ()
    assert second.skipped == ("exports/customers.csv",)
    assert company.collects() == 1


def test_a_changed_row_is_a_new_version(company):
    company.source(SOURCE)
    company.file("exports/customers.csv", customers(5))
    first = company.collect()
    company.file("exports/customers.csv", customers(6, changed=[2]))
    assert counts(company.collect()) == {"read": 6, "new": 1, "changed": 1, "unchanged": 4}
    assert company.rows("customers", "segment", "customer_id = 'crm:2'") == [("new",)]
    before = Record(company.project.record).relation_sql("customers", first.known_at)
    assert "new" not in {row[0] for row in company_rows(before)}


def company_rows(sql):
    import duckdb

    with duckdb.connect(":memory:") as con:
        return con.execute(f"SELECT segment FROM ({sql}) AS r").fetchall()


def test_a_file_that_goes_back_to_what_it_was_is_read_again(company):
    company.source(SOURCE)
    for changed in ([], [1], []):
        company.file("exports/customers.csv", customers(3, changed))
        company.collect()
    assert company.rows("customers", "segment", "customer_id = 'crm:1'") == [("old",)]
    assert company.collects() == 3


def test_only_new_files_are_read(company):
    company.source(SOURCE)
    company.file("exports/customers-1.csv", customers(3))
    company.collect()
    company.file("exports/customers-2.csv", customers(3, [0, 1, 2]))
    report = company.collect()
    assert [file.file for file in report.files] == ["exports/customers-2.csv"]
    assert counts(report) == {"read": 3, "changed": 3}


def test_in_one_collect_the_later_file_counts_as_if_they_had_been_collected_in_turn(company):
    company.source(SOURCE)
    company.file("exports/customers-1.csv", customers(3))
    company.file("exports/customers-2.csv", customers(2, [0]))
    assert counts(company.collect()) == {"read": 5, "folded": 2, "new": 3}
    assert company.rows("customers", "segment") == [("new",), ("old",), ("old",)]


def test_another_mapping_reads_the_files_again(company):
    company.source(SOURCE)
    company.file("exports/customers.csv", customers(3))
    company.collect()
    company.source(SOURCE.replace("segment: segment", "segment: {from: segment, fold: upper}"))
    assert counts(company.collect()) == {"read": 3, "changed": 3}
    company.source(SOURCE)
    assert counts(company.collect()) == {"read": 3, "changed": 3}


def test_missing_keys_of_a_complete_file_are_gone(company):
    company.source(COMPLETE)
    company.file("exports/customers.csv", customers(20))
    company.collect()
    company.file("exports/customers.csv", customers(18))
    assert counts(company.collect()) == {"read": 18, "unchanged": 18, "gone": 2}
    assert len(company.rows("customers", "customer_id")) == 18


def test_more_than_a_tenth_gone_is_refused_unless_allowed(company):
    company.source(COMPLETE)
    company.file("exports/customers.csv", customers(20))
    company.collect()
    company.file("exports/customers.csv", customers(17))
    with pytest.raises(RefusedError) as caught:
        company.collect()
    assert caught.value.code == "record-too-many-gone"
    assert len(company.rows("customers", "customer_id")) == 20
    assert company.collects() == 1
    assert counts(company.collect(allow_gone=True)) == {"read": 17, "unchanged": 17, "gone": 3}


def test_a_row_that_waits_is_not_gone(company):
    company.source(COMPLETE.replace("segment: segment", "parent_id: segment"))
    company.file("exports/customers.csv", customers(20).replace("old", ""))
    company.collect()
    company.file("exports/customers.csv", customers(20).replace("old", "").replace("7,N7,", "7,N7,nobody"))
    assert counts(company.collect()) == {"read": 20, "unchanged": 19, "quarantined": 1}
    assert len(company.rows("customers", "customer_id")) == 20


def test_a_dry_run_counts_and_writes_nothing(company):
    company.source(SOURCE)
    company.file("exports/customers.csv", customers(3) + "4,N,old,more\n")
    report = company.collect(dry_run=True)
    assert counts(report) == {"read": 3, "new": 3}
    assert report.changed
    assert report.collect_id is None
    assert [(one.rows, one.reasons) for one in report.quarantine] == [(1, {("", "row-too-many-cells"): 1})]
    assert company.waiting() == []
    assert company.collects() == 0
    assert company.rows("customers", "customer_id") == []
    assert counts(company.collect()) == {"read": 3, "new": 3}


def test_a_corrected_file_takes_its_rows_out_of_quarantine(company):
    company.source(SOURCE)
    company.file("exports/customers.csv", "id,name,segment\n1,A\n2,B,x\n")
    company.collect()
    assert len(company.waiting()) == 1
    company.file("exports/customers.csv", "id,name,segment\n1,A,y\n2,B,x\n")
    assert counts(company.collect()) == {"read": 2, "new": 1, "unchanged": 1}
    assert company.waiting() == []


def test_a_better_row_in_another_file_takes_the_place_of_one_that_waits(company):
    company.source(SOURCE.replace("segment: segment", "customer_since_on: segment"))
    company.file("exports/customers-1.csv", "id,name,segment\n1,A,yesterday\n")
    company.collect()
    since = company.waiting()[0].since
    company.file("exports/customers-2.csv", "id,name,segment\n2,A,2024-01-01\n")
    assert counts(company.collect()) == {"read": 1, "retried": 1, "new": 1, "quarantined": 1}
    assert [row.since for row in company.waiting()] == [since]
    company.file("exports/customers-3.csv", "id,name,segment\n1,A,2024-01-01\n")
    assert counts(company.collect()) == {"read": 1, "retried": 1, "folded": 1, "new": 1}
    assert company.waiting() == []
    assert len(company.rows("customers", "customer_id")) == 2


def test_several_sources_are_one_commit_and_ids_keep_apart(company):
    company.source(SOURCE, "crm")
    company.source(
        "source: desk\nids_of: {customers: crm}\nreads: exports/tickets.csv\nbecomes:\n  tickets: {ticket_id: id, "
        "customer_id: customer, opened_at: at}\n", "helpdesk",
    )  # fmt: skip
    company.file("exports/customers.csv", customers(2))
    company.file("exports/tickets.csv", "id,customer,at\n1,1,2024-07-01 12:00\n2,5,2024-07-01\n")
    report = company.collect()
    assert company.collects() == 1
    assert company.rows("tickets", "ticket_id, customer_id, CAST(opened_at AS VARCHAR), source, source_file, source_row") == [
        ("desk:1", "crm:1", "2024-07-01 10:00:00", "desk", "exports/tickets.csv", 1)
    ]  # fmt: skip
    assert [one.source for one in report.quarantine] == ["desk"]
    assert {table.source for table in company.collect("crm").tables} == set()


def test_a_source_that_is_not_there_is_named_with_the_nearest(company):
    company.source(SOURCE)
    with pytest.raises(MissingError) as caught:
        company.collect("crn")
    assert caught.value.hint == "did you mean crm?"


def test_the_moment_may_be_stated_but_not_go_back(company):
    company.source(SOURCE)
    company.file("exports/customers.csv", customers(1))
    assert company.collect(known_at=datetime(2024, 1, 31)).known_at == datetime(2024, 1, 31)
    company.file("exports/customers.csv", customers(2))
    with pytest.raises(RefusedError, match="cannot follow"):
        company.collect(known_at=datetime(2024, 1, 30))
    assert company.collect(known_at=datetime(2024, 2, 1)).known_at == datetime(2024, 2, 1)


def test_progress_is_told(company):
    company.source(SOURCE)
    company.file("exports/customers.csv", customers(1))
    from keepwell.collect import collect

    said: list[str] = []
    collect(company.project, progress=lambda words, done, total: said.append(words))  # noqa: ARG005
    assert "reading exports/customers.csv" in said
    assert "writing customers of crm" in said


def test_a_disk_that_is_full_leaves_the_old_state(company, monkeypatch):
    company.source(SOURCE)
    company.file("exports/customers.csv", customers(3) + "4,N,old,more\n")
    company.collect()
    company.file("exports/customers.csv", customers(5) + "6,N\n")

    def full(*_, **__):
        raise BrokenError("record-not-written", "no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("keepwell.record.commit.Commit.finish", full)
        with pytest.raises(BrokenError):
            company.collect()
    assert len(company.rows("customers", "customer_id")) == 3
    assert counts(company.collect()) == {"read": 5, "new": 2, "unchanged": 3}
    assert [row.line for row in company.waiting()] == [7]


def test_too_little_memory_and_a_full_spill_folder_are_said_and_leave_the_old_state(company, monkeypatch):
    import duckdb

    company.source(SOURCE)
    company.file("exports/customers.csv", customers(3))
    for raised, code in ((duckdb.OutOfMemoryException("96 MB used"), "collect-memory"),
                         (duckdb.IOException("No space left on device"), "collect-broke-off")):  # fmt: skip

        def failing(*_, error=raised, **__):
            raise error

        with monkeypatch.context() as patched:
            patched.setattr(sys.modules["keepwell.collect.collect"], "map_rows", failing)
            with pytest.raises(BrokenError) as caught:
                company.collect()
        assert caught.value.code == code
        assert company.collects() == 0
    assert counts(company.collect()) == {"read": 3, "new": 3}


def test_a_killed_collect_that_left_a_row_twice_in_quarantine_counts_it_once(company):
    company.source(SOURCE.replace("segment: segment", "customer_since_on: segment"))
    company.file("exports/customers.csv", "id,name,segment\n1,A,yesterday\n")
    company.collect()
    path = company.project.quarantine / "crm.jsonl"
    path.write_text(path.read_text() * 2)
    assert counts(company.collect()) == {"retried": 1, "quarantined": 1}
    assert len(company.waiting()) == 1


def test_what_was_spilled_is_removed(company):
    company.source(SOURCE)
    company.file("exports/customers.csv", customers(3))
    company.collect()
    assert list(company.project.spill.iterdir()) == []
