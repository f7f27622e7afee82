"""Reading as known: sources merged column by column, ids that mean the same joined, on every engine alike."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keepwell.record import SNAPSHOT_TABLES, TABLES, Snapshot, add_record
from keepwell.record.identity import resolve_identities
from record.record_rows import DAY, rows


def known(snapshot: Snapshot, table: str, *columns: str) -> list[tuple[object, ...]]:
    found = snapshot.fetch(table)
    return list(zip(*(found.column(name).to_pylist() for name in columns), strict=True))


def same(own: str, other: str | None, kind: str = "customers") -> dict[str, object]:
    return {"kind": kind, "id": own, "same_id": other}


def test_tables_that_nobody_filled_are_there_and_empty(engine, record):
    snapshot = add_record(engine, record)
    assert snapshot.name is None
    for name, table in SNAPSHOT_TABLES.items():
        assert engine.fetch(name).schema.equals(table.arrow)
    assert set(TABLES) <= engine.tables


def test_one_source_is_a_plain_scan(engine, record, collect):
    collect(DAY[0], "deals", [{"deal_id": "crm:1", "outcome": "won"}])
    collect(DAY[1], "deals", [{"deal_id": "crm:2", "outcome": "won"}])
    snapshot = add_record(engine, record, ["deals"])
    assert len(snapshot.plain_files("deals") or ()) == 2
    assert engine.fetch("deals").column("deal_id").to_pylist() == ["crm:1", "crm:2"]
    collect(DAY[2], "deals", [{"deal_id": "crm:2", "outcome": "lost"}])
    assert Snapshot(record).plain_files("deals") is None
    assert len(Snapshot(record, DAY[1]).plain_files("deals") or ()) == 2


def test_superseded_and_gone_rows_are_not_there(engine, record, collect):
    collect(DAY[0], "deals", [{"deal_id": f"crm:{n}", "outcome": "open"} for n in range(3)])
    collect(DAY[1], "deals", [{"deal_id": "crm:0", "outcome": "won"}, {"deal_id": "crm:2", "outcome": "open"}],
            complete=True)  # fmt: skip
    add_record(engine, record, ["deals"])
    found = engine.fetch("deals")
    assert found.schema.equals(SNAPSHOT_TABLES["deals"].arrow)
    assert found.select(["deal_id", "outcome", "known_at"]).to_pylist() == [
        {"deal_id": "crm:0", "outcome": "won", "known_at": DAY[1]},
        {"deal_id": "crm:2", "outcome": "open", "known_at": DAY[0]},
    ]
    assert known(Snapshot(record, DAY[0]), "deals", "deal_id", "outcome") == [
        (f"crm:{n}", "open") for n in range(3)
    ]  # fmt: skip


def test_sources_are_merged_column_by_column_in_the_projects_order(engine, record, collect):
    collect(DAY[0], "customers", [{"customer_id": "crm:1", "segment": "smb", "source_file": "crm.csv"}])
    collect(DAY[1], "customers", [
        {"customer_id": "crm:1", "segment": "large", "region": "EU", "source_file": "desk.csv"},
        {"customer_id": "desk:9", "segment": "mid"},
    ], "desk")  # fmt: skip
    columns = ("customer_id", "segment", "region", "source", "source_file", "known_at")
    add_record(engine, record, ["customers"], None, ["crm", "desk"])
    assert [tuple(row[name] for name in columns) for row in engine.fetch("customers").to_pylist()] == [
        ("crm:1", "smb", "EU", "crm", "crm.csv", DAY[1]),
        ("desk:9", "mid", None, "desk", None, DAY[1]),
    ]
    desk_first = Snapshot(record, None, ("desk", "crm"))
    assert known(desk_first, "customers", "customer_id", "segment", "source")[0] == ("crm:1", "large", "desk")
    assert known(Snapshot(record), "customers", "segment")[0] == ("smb",)  # unnamed sources: by name
    assert known(Snapshot(record, DAY[0]), "customers", "region") == [(None,)]


def test_a_source_that_is_gone_leaves_what_others_say(record, collect):
    collect(DAY[0], "customers", [{"customer_id": "crm:1", "segment": "smb"}])
    collect(DAY[1], "customers", [{"customer_id": "crm:1", "region": "EU"}], "desk")
    collect(DAY[2], "customers", [{"customer_id": "crm:1", "gone": True}])
    assert known(Snapshot(record), "customers", "customer_id", "segment", "region") == [("crm:1", None, "EU")]


def test_names_and_texts_are_null_in_runs_and_read_apart(engine, record, collect):
    collect(DAY[0], "people", [{"person_id": "hr:1", "name": "Ann", "email": "ann@x.org"}])
    collect(DAY[1], "people", [{"person_id": "hr:1", "name": "A."}, {"person_id": "hr:2", "name": "Bo"}], "desk")
    add_record(engine, record, ["people"])
    assert engine.fetch("people").column("name").to_pylist() == [None, None]
    assert Snapshot(record, None, ("crm", "desk")).names("people") == {"hr:1": "Ann", "hr:2": "Bo"}
    assert Snapshot(record, DAY[0]).names("people") == {"hr:1": "Ann"}
    assert Snapshot(record).names("customers") == {}


def test_merged_ids_are_replaced_in_keys_and_references(engine, record, collect):
    collect(DAY[0], "customers", [
        {"customer_id": "crm:1", "segment": "smb"},
        {"customer_id": "crm:2", "segment": "large", "region": "EU", "parent_id": "crm:1"},
    ])  # fmt: skip
    collect(DAY[1], "deals", [{"deal_id": "crm:9", "customer_id": "crm:2", "outcome": "won"}])
    collect(DAY[2], "identities", [same("crm:2", "crm:1")], "merges")
    add_record(engine, record, ["customers", "deals"])
    customers = engine.fetch("customers").select(["customer_id", "segment", "region", "parent_id"]).to_pylist()
    assert customers == [{"customer_id": "crm:1", "segment": "smb", "region": "EU", "parent_id": None}]
    assert engine.fetch("deals").column("customer_id").to_pylist() == ["crm:1"]
    before = Snapshot(record, DAY[1])
    assert known(before, "customers", "customer_id") == [("crm:1",), ("crm:2",)]
    assert known(before, "deals", "customer_id") == [("crm:2",)]


def test_a_merge_may_be_undone_later(record, collect):
    collect(DAY[0], "customers", [{"customer_id": "crm:1"}, {"customer_id": "crm:2"}])
    collect(DAY[1], "identities", [same("crm:2", "crm:1")], "merges")
    collect(DAY[2], "identities", [same("crm:2", None)], "merges")
    counts = [Snapshot(record, DAY[day]).fetch("customers").num_rows for day in range(3)]
    assert counts == [2, 1, 2]


def test_a_merge_reaches_interval_keys_of_people(record, collect):
    start = DAY[0].date()
    collect(DAY[0], "positions", [
        {"person_id": "hr:1", "from_on": start, "role": "ae", "currency": None, "manager_id": "desk:7"},
        {"person_id": "desk:7", "from_on": start, "role": "seller", "currency": "EUR"},
    ])  # fmt: skip
    collect(DAY[1], "identities", [same("desk:7", "hr:1", "people")], "merges")
    found = known(Snapshot(record), "positions", "person_id", "role", "currency", "manager_id")
    assert found == [("hr:1", "ae", "EUR", "hr:1")]


def test_the_name_of_a_snapshot_is_its_last_change(record, collect):
    first = collect(DAY[0], "teams", [{"team_id": "hr:1"}])
    collect(DAY[1], "teams", [{"team_id": "hr:1"}])
    assert Snapshot(record).name == first.collect_id
    assert Snapshot(record, DAY[0] - timedelta(seconds=1)).name is None


def test_compaction_leaves_every_reading_the_same(record, collect):
    for day in range(5):
        collect(DAY[day], "deals", [{"deal_id": f"crm:{n}", "outcome": "won" if n < day else "open"} for n in range(4)])
        collect(DAY[day] + timedelta(hours=1), "customers", [{"customer_id": f"crm:{day}", "name": f"N{day}"}])
    with record.begin(DAY[5]) as lost:
        lost.put("deals", rows("deals", [{"deal_id": "crm:lost", "outcome": "won"}]), "crm")
    moments = [None, *(DAY[day] + timedelta(minutes=30) for day in range(5))]

    def everything() -> list[object]:
        return [
            (snapshot.name, snapshot.fetch("deals"), snapshot.fetch("customers"), snapshot.names("customers"))
            for snapshot in (Snapshot(record, moment) for moment in moments)
        ]

    before = everything()
    record.compact(keep_hours=0)
    assert everything() == before
    assert len(list((record.folder / "deals").glob("*.parquet"))) == 1
    collect(DAY[6], "deals", [{"deal_id": "crm:0", "outcome": "lost"}])
    assert known(Snapshot(record), "deals", "outcome")[0] == ("lost",)
    assert everything()[1:] == before[1:]


@pytest.mark.parametrize(
    ("statements", "ends"),
    [
        ([("a", "b"), ("b", "c"), ("x", "c")], {"a": "c", "b": "c", "x": "c"}),
        ([("a", "a"), ("b", ""), ("c", None)], {}),
        ([("a", "b"), ("b", "a")], {"b": "a"}),
        ([("z", "c"), ("c", "b"), ("b", "a"), ("a", "c")], {"z": "a", "c": "a", "b": "a"}),
    ],
)
def test_chains_end_and_rings_have_one_name(statements, ends):
    resolved = resolve_identities([("customers", own, other) for own, other in statements])
    assert resolved.get("customers", {}) == ends
    assert resolve_identities([("customers", own, other) for own, other in reversed(statements)]) == resolved
