"""What `keepwell record` shows: figures of each table, and how a row came to be what it is."""

from __future__ import annotations

from datetime import date

import pytest

from keepwell.core.errors import MissingError
from keepwell.record import TABLES
from keepwell.record.look import DateRange, look_at_record, look_at_row
from keepwell.record.reference import tables_markdown
from record.record_rows import DAY


def test_an_empty_record_has_nothing_to_show(record):
    found = look_at_record(record)
    assert (found.collects, found.last, found.tables, found.merged_ids) == (0, None, (), 0)
    with pytest.raises(MissingError, match="no deals"):
        look_at_row(record, "deals", "1")


def test_figures_count_sources_versions_and_days(record, collect):
    opened = [{"deal_id": f"crm:{n}", "outcome": "open", "opened_on": date(2025, 1, 1 + n)} for n in range(4)]
    collect(DAY[0], "deals", opened)
    collect(DAY[1], "deals", [opened[0] | {"outcome": "won"}, *opened[1:3]], complete=True)
    collect(DAY[2], "deals", [{"deal_id": "crm:0", "amount": 5}, {"deal_id": "erp:9", "outcome": "won"}], "erp")
    last = collect(DAY[3], "identities", [{"kind": "customers", "id": "crm:1", "same_id": "crm:2"}], "merges")
    found = look_at_record(record)
    assert (found.collects, found.last, found.merged_ids) == (4, last, 1)
    deals, identities = found.tables
    assert (deals.table, deals.rows, deals.gone, deals.superseded) == ("deals", 4, 1, 2)
    assert deals.sources == {"crm": 3, "erp": 2}
    assert (deals.known_first, deals.known_last) == (DAY[0], DAY[2])
    assert deals.dates == DateRange("opened_on", date(2025, 1, 1), date(2025, 1, 3))
    assert (identities.rows, identities.dates) == (1, None)
    assert look_at_record(record, DAY[0]).tables[0].sources == {"crm": 4}


def test_the_versions_of_a_row_from_all_sources(record, collect):
    for day, (segment, name) in enumerate([("smb", "Acme"), ("smb", "Acme Ltd"), ("large", "Acme Ltd")]):
        row = {"customer_id": "crm:1", "segment": segment, "name": name, "source_file": f"{day}.csv", "source_row": day}
        collect(DAY[day], "customers", [row, {"customer_id": "crm:2"}])
    collect(DAY[4], "customers", [{"customer_id": "crm:1", "region": "EU"}], "desk")
    collect(DAY[5], "customers", [{"customer_id": "crm:1", "gone": True}])
    found = look_at_row(record, "customers", "1")
    assert [(one.source, one.known_at, one.superseded_at, one.gone) for one in found] == [
        ("crm", DAY[0], DAY[2], False),
        ("crm", DAY[2], DAY[5], False),
        ("desk", DAY[4], None, False),
        ("crm", DAY[5], None, True),
    ]
    assert [(one.values["segment"], one.values["name"]) for one in found[:2]] == [
        ("smb", "Acme Ltd"),
        ("large", "Acme Ltd"),
    ]
    assert (found[1].source_file, found[1].source_row) == ("2.csv", 2)
    assert list(found[0].values) == list(TABLES["customers"].names)
    assert len(look_at_row(record, "customers", "crm:1", DAY[1])) == 1
    with pytest.raises(MissingError, match="no customers 77"):
        look_at_row(record, "customers", "77")


def test_the_reference_tells_every_column():
    page = tables_markdown()
    for table in TABLES.values():
        assert f"## {table.name}\n" in page
        for column in table.columns:
            assert f"| {'**' if column.key else ''}{column.name}" in page
    assert "| **customer_id** | text |  |" in page
    assert "→ customers" in page
    assert page.count("*personal*") == sum(c.personal for t in TABLES.values() for c in t.columns)
