"""The record adds and never changes; what was known at a moment stays readable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keepwell.core.errors import BrokenError, RefusedError, UsageError
from keepwell.record import TABLES, Counts, Record
from record.record_rows import DAY, read, rows


def test_an_empty_record_reads_empty_with_the_right_types(record):
    for table in TABLES:
        with duckdb.connect() as con:
            found = con.sql(record.relation_sql(table)).to_arrow_table()
        assert found.num_rows == 0
        assert found.schema.names[: len(TABLES[table].names)] == list(TABLES[table].names)
        for field in TABLES[table].arrow:
            assert found.schema.field(field.name).type == field.type
    assert record.collects() == []
    assert record.last_collect() is None


def test_rows_come_back_as_they_were_put(record, collect):
    given = {
        "deal_id": "crm:7", "customer_id": "crm:1", "outcome": "won", "amount": Decimal("12345678901234.5678"),
        "discount": Decimal("0.123456789"), "closed_on": datetime(2026, 3, 1).date(), "source_row": 4,
        "source_file": "deals.csv",
    }  # fmt: skip
    collect(DAY[0], "deals", [given])
    columns = ", ".join(given)
    assert read(record, "deals", columns=columns) == [tuple(given.values())]
    assert read(record, "deals", columns="source, known_at, gone") == [("crm", DAY[0], False)]


def test_a_later_row_supersedes_and_the_earlier_one_stays_readable(record, collect):
    first = collect(DAY[0], "customers", [{"customer_id": "crm:1", "segment": "smb"}, {"customer_id": "crm:2"}])
    second = collect(DAY[1], "customers", [{"customer_id": "crm:1", "segment": "large"}, {"customer_id": "crm:3"}])
    assert first.counts["customers"]["crm"] == Counts(new=2)
    assert second.counts["customers"]["crm"] == Counts(new=1, changed=1)
    at = "customer_id, segment"
    assert read(record, "customers", columns=at) == [("crm:1", "large"), ("crm:2", None), ("crm:3", None)]
    assert read(record, "customers", DAY[0], at) == [("crm:1", "smb"), ("crm:2", None)]
    assert read(record, "customers", DAY[0] - timedelta(seconds=1), at) == []


def test_time_travel_over_many_versions_gives_each_day_its_own_truth(record, collect):
    for day in range(6):
        collect(DAY[day], "teams", [{"team_id": "hr:1", "name": f"v{day}"}])
    for day in range(6):
        assert read(record, "teams", DAY[day] + timedelta(hours=1), "name") == [(f"v{day}",)]


def test_the_same_rows_again_change_nothing_and_keep_the_snapshots_name(record, collect):
    given = [{"customer_id": "crm:1", "name": "Acme", "source_file": "a.csv", "source_row": 1}]
    collect(DAY[0], "customers", given)
    name, before = record.last_collect(), read(record, "customers")
    again = collect(DAY[1], "customers", [given[0] | {"source_file": "b.csv", "source_row": 9}])
    assert again.counts["customers"]["crm"] == Counts(unchanged=1)
    assert (record.last_collect(), read(record, "customers")) == (name, before)
    assert len(record.collects()) == 2


def test_a_change_of_name_is_counted_but_is_no_new_fact(record, collect):
    collect(DAY[0], "people", [{"person_id": "hr:1", "name": "Ann"}])
    name = record.last_collect()
    change = collect(DAY[1], "people", [{"person_id": "hr:1", "name": "Anna"}])
    assert change.counts["people"]["crm"] == Counts(changed=1)
    assert read(record, "people", columns="name, known_at") == [("Anna", DAY[0])]
    assert read(record, "people", DAY[0], "name") == [("Ann",)]
    assert record.last_collect() == name


def test_an_emptied_name_is_empty(record, collect):
    collect(DAY[0], "people", [{"person_id": "hr:1", "name": "Ann"}])
    collect(DAY[1], "people", [{"person_id": "hr:1", "name": None}])
    assert read(record, "people", columns="person_id, name") == [("hr:1", None)]


def test_sources_do_not_supersede_each_other(record, collect):
    collect(DAY[0], "customers", [{"customer_id": "crm:1", "segment": "smb"}])
    collect(DAY[1], "customers", [{"customer_id": "crm:1", "region": "EU"}], "desk")
    found = read(record, "customers", columns="customer_id, segment, region, source")
    assert found == [("crm:1", "smb", None, "crm"), ("crm:1", None, "EU", "desk")]


def test_complete_marks_what_is_missing_as_gone_and_it_may_come_back(record, collect):
    collect(DAY[0], "teams", [{"team_id": f"hr:{n}", "name": f"t{n}"} for n in range(3)])
    gone = collect(DAY[1], "teams", [{"team_id": "hr:0", "name": "t0"}], complete=True)
    assert gone.counts["teams"]["crm"] == Counts(unchanged=1, gone=2)
    assert read(record, "teams", columns="team_id, name, gone") == [
        ("hr:0", "t0", False), ("hr:1", "t1", True), ("hr:2", "t2", True),
    ]  # fmt: skip
    again = collect(DAY[2], "teams", [{"team_id": "hr:0", "name": "t0"}], complete=True)
    assert again.counts["teams"]["crm"] == Counts(unchanged=1)
    back = collect(DAY[3], "teams", [{"team_id": "hr:1", "name": "t1"}])
    assert back.counts["teams"]["crm"] == Counts(changed=1)
    keys = duckdb.sql(record.current_keys("teams")).fetchall()
    assert sorted(keys) == [("hr:0",), ("hr:1",)]


def test_complete_touches_only_its_own_source(record, collect):
    collect(DAY[0], "teams", [{"team_id": "hr:1"}], "hr")
    collect(DAY[1], "teams", [{"team_id": "crm:1"}], "crm", complete=True)
    assert read(record, "teams", columns="team_id, gone") == [("crm:1", False), ("hr:1", False)]


def test_too_many_gone_are_refused_and_nothing_is_written(record, collect):
    collect(DAY[0], "teams", [{"team_id": f"hr:{n}"} for n in range(10)])
    with pytest.raises(RefusedError, match="2 of 10 teams") as refused:
        collect(DAY[1], "teams", [{"team_id": f"hr:{n}"} for n in range(8)], complete=True, allow_gone=0.10)
    assert refused.value.code == "record-too-many-gone"
    assert len(read(record, "teams", columns="1")) == 10
    collect(DAY[1], "teams", [{"team_id": f"hr:{n}"} for n in range(9)], complete=True, allow_gone=0.10)
    assert read(record, "teams", columns="count(*) FILTER (gone)") == [(1,)]


def test_a_gone_row_may_be_told_by_the_caller(record, collect):
    collect(DAY[0], "teams", [{"team_id": "hr:1", "name": "a"}])
    told = collect(DAY[1], "teams", [{"team_id": "hr:1", "gone": True}, {"team_id": "hr:9", "gone": True}])
    assert told.counts["teams"]["crm"] == Counts(gone=1, unchanged=1)
    assert read(record, "teams", columns="team_id, gone") == [("hr:1", True)]


def test_a_collect_that_is_not_finished_is_never_seen(record):
    with record.begin(DAY[0]) as commit:
        commit.put("customers", rows("customers", [{"customer_id": "crm:1", "name": "Acme"}]), "crm")
        commit.put("deals", rows("deals", [{"deal_id": "crm:1", "outcome": "won"}]), "crm")
        assert read(record, "customers") == []
    assert read(record, "customers") == []
    with record.begin(DAY[0]) as commit:  # the same moment again: its rows are not mixed with the lost ones
        commit.put("customers", rows("customers", [{"customer_id": "crm:2"}]), "crm")
        commit.finish()
    assert read(record, "customers", columns="customer_id, name") == [("crm:2", None)]
    assert read(record, "deals") == []


def test_all_tables_of_a_collect_appear_together(record):
    with record.begin(DAY[0]) as commit:
        commit.put("customers", rows("customers", [{"customer_id": "crm:1"}]), "crm")
        commit.put("deals", rows("deals", [{"deal_id": "crm:1", "outcome": "won"}]), "crm")
        collect = commit.finish({"files": [{"source": "crm", "file": "x.csv", "hash": "h"}], "quarantined": 3})
    assert [len(read(record, table)) for table in ("customers", "deals")] == [1, 1]
    assert record.collects() == [collect]
    assert record.collects()[0].info["quarantined"] == 3


def test_append_writes_what_it_is_given(record, collect):
    collect(DAY[0], "teams", [{"team_id": "hr:1", "name": "a"}])
    with record.begin(DAY[1]) as commit:
        counts = commit.append("teams", rows("teams", [{"team_id": "hr:1", "name": "a"}, {"team_id": "hr:2"}]), "crm")
        commit.finish()
    assert counts == Counts(new=1, changed=1)
    assert read(record, "teams", columns="team_id, known_at") == [("hr:1", DAY[1]), ("hr:2", DAY[1])]


def test_rows_may_come_as_a_stream_or_as_files(record, tmp_path):
    parts = [rows("teams", [{"team_id": f"hr:{part}{n}"} for n in range(3)]) for part in range(4)]
    for number, part in enumerate(parts[2:]):
        pq.write_table(part, tmp_path / f"{number}.parquet")
    with record.begin(DAY[0]) as commit:
        stream = pa.RecordBatchReader.from_batches(parts[0].schema, [b for p in parts[:2] for b in p.to_batches()])
        commit.put("teams", stream, "a")
        commit.put("teams", [tmp_path / "0.parquet", tmp_path / "1.parquet"], "b")
        commit.put("teams", [], "c")
        commit.finish()
    assert read(record, "teams", columns="source") == [("a",)] * 6 + [("b",)] * 6


def test_a_key_brought_twice_is_refused(record):
    with record.begin(DAY[0]) as commit:
        commit.put("teams", rows("teams", [{"team_id": "hr:1", "name": "a"}]), "hr")
        commit.put("teams", rows("teams", [{"team_id": "hr:1", "name": "b"}]), "hr")
        with pytest.raises(UsageError, match=r"more than one row of teams for: hr:1"):
            commit.finish()
    assert read(record, "teams") == []


def test_rows_without_their_key_or_with_unknown_columns_are_refused(record):
    with record.begin(DAY[0]) as commit:
        with pytest.raises(UsageError, match="1 rows of teams of hr have an empty key"):
            commit.put("teams", rows("teams", [{"team_id": None}]), "hr")
        with pytest.raises(UsageError, match="no column colour"):
            commit.put("teams", pa.table({"team_id": ["hr:1"], "colour": ["red"]}), "hr")
        with pytest.raises(UsageError, match="needs its key team_id"):
            commit.put("teams", pa.table({"name": ["x"]}), "hr")
        with pytest.raises(UsageError, match="no table team"):
            commit.put("team", pa.table({"name": ["x"]}), "hr")


def test_a_part_of_the_key_that_may_be_empty_is_kept_as_empty_text(record, collect):
    quota = {"person_id": "hr:1", "measure": "sales", "from_on": DAY[0].date(), "to_on": DAY[1].date(), "target": 5}
    collect(DAY[0], "quotas", [quota | {"team_id": None}])
    collect(DAY[1], "quotas", [{name: value for name, value in quota.items() if name != "team_id"}])
    assert read(record, "quotas", columns="team_id, known_at") == [("", DAY[0])]


def test_time_goes_forward_only(record, collect):
    collect(DAY[3], "teams", [{"team_id": "hr:1"}])
    for moment in (DAY[2], DAY[3]):
        with pytest.raises(RefusedError, match="cannot follow") as refused:
            record.begin(moment)
        assert refused.value.code == "record-time-goes-back"
    later = collect(None, "teams", [{"team_id": "hr:2"}])
    assert later.known_at > DAY[3]


def test_without_a_moment_a_collect_follows_even_one_of_the_future(collect):
    future = datetime(2999, 1, 1)
    collect(future, "teams", [{"team_id": "hr:1"}])
    assert collect(None, "teams", [{"team_id": "hr:2"}]).known_at == future + timedelta(microseconds=1)


def test_moments_are_kept_in_utc(record, collect):
    paris = timezone(timedelta(hours=2))
    collect(datetime(2026, 1, 1, 12, tzinfo=paris), "teams", [{"team_id": "hr:1"}])
    assert record.collects()[0].known_at == datetime(2026, 1, 1, 10)
    assert record.collects(datetime(2026, 1, 1, 10, tzinfo=UTC)) == record.collects()
    assert record.collects(datetime(2026, 1, 1, 11, 59, tzinfo=paris)) == []


def test_a_second_writer_waits_and_then_is_refused(record):
    with record.begin(DAY[0]), pytest.raises(RefusedError) as busy:
        record.begin(DAY[1], wait_seconds=0.1)
    assert busy.value.code == "record-busy"
    with record.begin(DAY[1]) as commit:
        commit.finish()


def test_seen_is_the_last_state_of_each_file(record):
    def read_file(name: str, content: str) -> None:
        with record.begin() as commit:
            commit.finish({"files": [{"source": "crm", "file": name, "hash": content}]})

    read_file("a.csv", "one")
    assert record.seen("one")
    read_file("a.csv", "two")
    read_file("b.csv", "three")
    assert [record.seen(content) for content in ("one", "two", "three", "four")] == [False, True, True, False]
    read_file("a.csv", "one")
    assert record.seen("one")
    assert not record.seen("two")


def test_a_column_that_a_table_got_later_is_null_before(record, collect, monkeypatch):
    whole = TABLES["teams"]
    from keepwell.core.tables import Table
    from keepwell.record import layout

    def pretend(table: Table) -> None:
        monkeypatch.setitem(TABLES, "teams", table)
        layout.facts.cache_clear()
        layout.personal.cache_clear()

    try:
        pretend(Table("teams", tuple(c for c in whole.columns if c.name != "department"), whole.says))
        collect(DAY[0], "teams", [{"team_id": "hr:1"}, {"team_id": "hr:2"}])
        pretend(whole)
        assert read(record, "teams", columns="team_id, department") == [("hr:1", None), ("hr:2", None)]
        collect(DAY[1], "teams", [{"team_id": "hr:1", "department": "sales"}, {"team_id": "hr:2"}])
        assert read(record, "teams", columns="team_id, department") == [("hr:1", "sales"), ("hr:2", None)]
    finally:
        pretend(whole)


def test_a_damaged_log_is_said_plainly(record, collect):
    collect(DAY[0], "teams", [{"team_id": "hr:1"}])
    (record.folder / "teams" / "_delta_log" / f"{0:020}.json").write_text("not json")
    with pytest.raises(BrokenError, match="teams") as broken:
        read(record, "teams")
    assert broken.value.code == "record-damaged"


def test_a_log_without_its_beginning_is_never_begun_anew(record, collect):
    for day in range(3):
        collect(DAY[day], "teams", [{"team_id": f"hr:{day}"}])
    (record.folder / "teams" / "_delta_log" / f"{0:020}.json").unlink()
    with pytest.raises(BrokenError):
        collect(DAY[5], "teams", [{"team_id": "hr:9"}])
    assert len(list((record.folder / "teams").glob("*.parquet"))) == 3


def test_a_folder_that_cannot_be_written_is_said_plainly(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BrokenError, match="cannot write"):
        Record(tmp_path / "file" / "record").begin()


def test_a_dry_run_counts_and_leaves_no_byte(record, collect):
    collect(DAY[0], "teams", [{"team_id": "hr:1", "name": "a"}, {"team_id": "hr:2"}])
    before = {path: path.read_bytes() for path in record.folder.rglob("*") if path.is_file()}
    with record.begin(DAY[1], dry_run=True) as commit:
        counts = commit.put("teams", rows("teams", [{"team_id": "hr:1", "name": "b"}]), "crm", complete=True)
        with pytest.raises(UsageError, match="dry run"):
            commit.finish()
    assert counts == Counts(changed=1, gone=1)
    assert {path: path.read_bytes() for path in record.folder.rglob("*") if path.is_file()} == before
