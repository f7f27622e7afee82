"""Is each wrong word of a source file said, with its line and the nearest right one?"""

from __future__ import annotations

from decimal import Decimal

import pytest

from keepwell.collect.source import Condition, Format, Keep, parse_source
from keepwell.collect.values import ColumnOf, Constant, FirstOf, Formula, Joined, RowNumber, Shift, When
from keepwell.core.errors import ConfigurationError

WHOLE = """
source: desk
reads: [exports/a-*.csv, exports/b.csv]
zone: Europe/Paris
dates: ["%d/%m/%Y"]
nothing: ["?", N/A]
encoding: latin-1
separator: ";"
header_rows: 2
ids_of: {customers: crm}
complete: true
becomes:
  tickets:
    keep: last by changed, number
    where: {state: {not: [Deleted, null]}, kind: incident}
    ticket_id: number
    customer_id: {from: caller, ids_of: billing}
    opened_at: {from: opened, dates: "%Y%m%d", zone: UTC, shift: -1 day}
    closed_at: {from: closed, epoch: milliseconds}
    priority: {from: p, fold: lower, as: {high: "1", low: null}, otherwise: {is: 3}}
    topic: {join: [a, {first: [b, {is: other}]}], with: " / "}
    reopens: {from: r, divide_by: 100, combine: max}
    met_service_level: {when: made, not_in: ["no"], combine: all}
    reassignments: {formula: "a + 1"}
"""


def wrong(text):
    with pytest.raises(ConfigurationError) as caught:
        parse_source(text, "crm")
    return [(one.code, one.line, one.found, one.nearest) for one in caught.value.problems]


def test_every_word_is_understood():
    source = parse_source(WHOLE, "crm")
    (reading,) = source.readings
    (tickets,) = reading.becomes
    assert source.name == "desk"
    assert reading.reads == ("exports/a-*.csv", "exports/b.csv")
    assert reading.format == Format("latin-1", ";", None, None, 2, None)
    assert (reading.zone, reading.dates, reading.nothing) == ("Europe/Paris", ("%d/%m/%Y",), ("?", "N/A"))
    assert (reading.ids_of, reading.complete) == ({"customers": "crm"}, True)
    assert tickets.keep == Keep("last", ("changed", "number"), 14)
    assert tickets.where == (
        Condition("state", ("Deleted", None), True, 15),
        Condition("kind", ("incident",), False, 15),
    )
    values = tickets.values
    assert values["ticket_id"].origin == ColumnOf("number")
    assert values["customer_id"].ids_of == "billing"
    assert values["opened_at"].shift == (Shift(-1, "day"),)
    assert values["closed_at"].epoch == "milliseconds"
    assert values["priority"].pairs == {"high": "1", "low": None}
    assert values["priority"].otherwise is not None
    assert values["priority"].otherwise.origin == Constant("3")
    assert isinstance(values["topic"].origin, Joined)
    assert isinstance(values["topic"].origin.parts[1].origin, FirstOf)
    assert (values["reopens"].divide_by, values["reopens"].combine) == (Decimal(100), "max")
    assert values["met_service_level"].origin == When("made", ("no",), True)
    assert values["reassignments"].origin == Formula("a + 1")


def test_files_inherit_what_stands_beside_them():
    source = parse_source(
        "zone: UTC\ndates: '%d'\nfiles:\n  - {reads: a.csv, becomes: {customers: {customer_id: x}}}\n"
        "  - {reads: b.csv, zone: Europe/Rome, becomes: {people: {person_id: {row: number}}}}\n", "crm",
    )  # fmt: skip
    assert [(one.zone, one.dates, one.reads) for one in source.readings] == [
        ("UTC", ("%d",), ("a.csv",)), ("Europe/Rome", ("%d",), ("b.csv",)),
    ]  # fmt: skip
    assert source.readings[1].becomes[0].values["person_id"].origin == RowNumber()


def test_the_hash_of_a_mapping_changes_with_it_only():
    before = parse_source(WHOLE, "crm").readings[0].mapping_hash
    assert parse_source("# a comment\n" + WHOLE, "crm").readings[0].mapping_hash == before
    assert parse_source(WHOLE.replace("b.csv", "c.csv"), "crm").readings[0].mapping_hash == before
    assert parse_source(WHOLE.replace("N/A", "n/a"), "crm").readings[0].mapping_hash != before


HEAD = "reads: a.csv\nbecomes:\n"


@pytest.mark.parametrize(
    ("text", "code", "line", "found", "near"),
    [
        ("raeds: a.csv\nreads: b.csv\nbecomes: {customers: {customer_id: x}}", "source-unknown-word", 1, "raeds", "reads"),
        ("becomes: {customers: {customer_id: x}}", "source-word-missing", 1, None, None),
        ("reads: a.csv", "source-word-missing", 1, None, None),
        ("reads: a.csv\nbecomes: {}", "source-word-missing", 2, None, None),
        (HEAD + "  costumers: {customer_id: x}", "source-unknown-table", 3, "costumers", "customers"),
        (HEAD + "  customers: {customer_id: x, nmae: y}", "source-unknown-column", 3, "nmae", "name"),
        (HEAD + "  customers: {name: x}", "source-key-missing", 3, None, None),
        (HEAD + "  customers: {customer_id: {fron: x}}", "source-unknown-word", 3, "fron", "from"),
        (HEAD + "  customers: {customer_id: {from: x, is: y}}", "source-value", 3, None, None),
        (HEAD + "  customers: {customer_id: [x]}", "source-value", 3, None, None),
        (HEAD + "  customers: {customer_id: }", "source-value", 3, "", None),
        (HEAD + "  customers: {customer_id: {from: x, fold: uper}}", "source-value", 3, "uper", "upper"),
        (HEAD + "  customers: {customer_id: {from: x, combine: maximum}}", "source-value", 3, "maximum", "max"),
        (HEAD + "  customers: {customer_id: {from: x, divide_by: 0}}", "source-value", 3, "0", None),
        (HEAD + "  customers: {customer_id: {from: x, shift: soon}}", "source-value", 3, "soon", None),
        (HEAD + "  customers: {customer_id: {from: x, zone: Mars}}", "source-zone", 3, "Mars", None),
        (HEAD + "  customers: {customer_id: {from: x, dates: day}}", "source-dates", 3, "day", None),
        (HEAD + "  customers: {customer_id: {when: x}}", "source-value", 3, "x", None),
        (HEAD + "  customers: {customer_id: {row: line}}", "source-value", 3, "line", None),
        (HEAD + "  customers: {customer_id: x, keep: latest}", "source-keep", 3, "latest", None),
        (HEAD + "  customers: {customer_id: x, where: [a]}", "source-where", 3, None, None),
        ("encoding: utf-9\n" + HEAD + "  customers: {customer_id: x}", "source-encoding", 1, "utf-9", None),
        ("header_rows: 0\n" + HEAD + "  customers: {customer_id: x}", "source-value", 1, "0", None),
        ("preset: zendes\nreads: a.csv", "preset-unknown", 1, "zendes", "zendesk"),
        ("reads: {database: x}\nbecomes: {customers: {customer_id: x}}", "source-word-missing", 1, None, None),
        ("reads: {database: {enviroment: X}, query: q}\nbecomes: {customers: {customer_id: x}}", "source-unknown-word", 1,
         "enviroment", "environment"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(text, code, line, found, near):
    assert (code, line, found, near) in wrong(text)


def test_all_that_is_wrong_is_said_at_once(company):
    company.source("reads: a.csv\nbecomes:\n  custmers: {}\n  people: {person_id: {from: x, fold: up}}\n", "one")
    company.source("raeds: a.csv\n", "two")
    found = {(one.file, one.line, one.code) for one in company.problems()}
    assert {
        ("sources/one.yaml", 3, "source-unknown-table"),
        ("sources/one.yaml", 4, "source-value"),
        ("sources/two.yaml", 1, "source-unknown-word"),
    } <= found


def test_two_files_may_say_one_source(company):
    company.source("source: crm\nreads: exports/a.csv\nbecomes: {customers: {customer_id: id}}\n", "a")
    company.source("source: crm\nreads: exports/b.csv\nbecomes: {people: {person_id: id}}\n", "b")
    company.file("exports/a.csv", "id\n1\n")
    company.file("exports/b.csv", "id\n1\n")
    assert [(one.source, one.table) for one in company.collect().tables] == [("crm", "customers"), ("crm", "people")]
