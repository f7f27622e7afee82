"""What each way of saying a value gives, and when it is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest


def texts(company, value, *cells, more=""):
    """Collect rows with a column x and give what `text` then holds, in the order of the rows."""
    company.source(f"reads: exports/t.csv\n{more}\nbecomes:\n  touches:\n    touch_id: {{row: number}}\n"
                   f"    at: {{is: 2024-01-01}}\n    kind: {{is: call}}\n    text: {value}\n")  # fmt: skip
    company.file("exports/t.csv", "x,y\n" + "".join(f'"{cell}",1\n' for cell in cells))
    company.collect()
    return in_order(company, "text")


def in_order(company, column, table="touches"):
    rows = company.rows(table, f'source_row, CAST("{column}" AS VARCHAR)')
    return [value for _, value in rows]


@pytest.mark.parametrize(
    ("value", "cell", "expected"),
    [
        ("x", " spaced ", "spaced"),
        ("{is: constant}", "a", "constant"),
        ("{from: x, fold: lower}", "ABC", "abc"),
        ("{from: x, fold: upper}", "abc é", "ABC É"),
        ("{from: x, fold: title}", "feature REQUEST", "Feature Request"),
        ("{from: x, as: {a: b}}", "a", "b"),
        ("{from: x, as: {a: null, b: c}}", "a", None),
        ("{from: x, fold: lower, as: {a: b}}", "A", "b"),
        ("{from: x, as: {a: b}, otherwise: z}", "q", "z"),
        ("{from: x, as: {a: b}, otherwise: {from: x}}", "q", "q"),
        ('{from: x, as: {"": none}, otherwise: some}', "", "none"),
        ("{from: x, as: {a: b}, otherwise: z}", "", "z"),
        ("{join: [x, {is: 1}], with: '-'}", "a", "a-1"),
        ("{join: [x, {is: 1}], with: '-'}", "", None),
        ("{first: [x, {is: none}]}", "", "none"),
        ("{first: [x, {is: none}]}", "a", "a"),
        ("{when: x, in: [a, b]}", "a", "true"),
        ("{when: x, in: [a, b]}", "", "false"),
        ("{when: x, not_in: [a, b]}", "a", "false"),
        ("{when: x, not_in: [a, b]}", "", "true"),
        ("{when: x, in: [a]}", "b", "false"),
        ("{row: number}", "a", "1"),
    ],
)
def test_texts(company, value, cell, expected):
    assert texts(company, value, cell) == [expected]


def test_words_that_mean_nothing(company):
    assert texts(company, "x", "?", "N/A", "na", more='nothing: ["?", "N/A"]') == [None, None, "na"]


def test_a_word_that_a_look_up_does_not_know_waits(company):
    texts(company, "{from: x, as: {open: a, closed: b}}", "open", "opne", "")
    assert [(row.code, row.value, row.nearest) for row in company.waiting()] == [
        ("value-not-in-lookup", "opne", "open")
    ]


NUMBERS = "reads: exports/n.csv\nbecomes:\n  touches:\n    touch_id: {row: number}\n    at: {is: 2024-01-01}\n    kind: {is: call}\n"


@pytest.mark.parametrize(
    ("value", "cells", "expected"),
    [
        ("x", "1.5", "1.500000"),
        ("{from: x, divide_by: 100}", "12345", "123.450000"),
        ("{from: x, divide_by: 60}", "100", "1.666667"),
        ("{from: x, divide_by: 3600000}", "451000000000", "125277.777778"),
        ("{from: x, divide_by: 0.5}", "1.25", "2.500000"),
        ('{formula: "x * 2 + 1"}', "1.5", "4.000000"),
        ('{formula: "x / 3"}', "2", "0.666667"),
        ('{formula: "case when x > 1 then x end"}', "1", None),
        ('{formula: "X * 2"}', "1", "2.000000"),
    ],
)
def test_numbers(company, value, cells, expected):
    company.source(NUMBERS + f"    minutes: {value}\n")
    company.file("exports/n.csv", f"x\n{cells}\n")
    company.collect()
    assert company.waiting() == []
    assert in_order(company, "minutes") == [expected]


@pytest.mark.parametrize("cell", ["abc", "1_0", "999999999999999999"])
@pytest.mark.parametrize("value", ["x", "{from: x, divide_by: 7}", '{formula: "x * x * x"}'])
def test_numbers_that_are_none_wait_and_never_end_the_collect(company, value, cell):
    company.source(NUMBERS + f"    minutes: {value}\n")
    company.file("exports/n.csv", f"x\n{cell}\n1\n")
    company.collect()
    assert [(row.line, row.code) for row in company.waiting()] == [(2, "value-number")]
    assert cell in str(company.waiting()[0].value)
    assert len(company.rows("touches", "touch_id")) == 1


def test_a_formula_over_nothing_is_nothing_and_over_zero_waits(company):
    company.source(NUMBERS + '    minutes: {formula: "x / y"}\n')
    company.file("exports/n.csv", "x,y\n1,\n1,0\n1,2\n")
    company.collect()
    assert [(row.line, row.value) for row in company.waiting()] == [(3, "x 1, y 0")]
    assert in_order(company, "minutes") == [None, "0.500000"]


def test_amounts_below_zero_are_divided_to_the_nearest(company):
    company.source("reads: exports/o.csv\nbecomes:\n  orders: {order_id: id, ordered_at: {is: 2024-01-01}, "
                   "amount: {from: x, divide_by: 60}}\n")  # fmt: skip
    company.file("exports/o.csv", "id,x\na,-100\nb,-0.003\nc,0.003\n")
    company.collect()
    assert company.rows("orders", "CAST(amount AS VARCHAR)") == [("-0.0001",), ("-1.6667",), ("0.0001",)]


def test_sums_are_rounded_once_and_overflow_waits(company):
    company.source("reads: exports/o.csv\nbecomes:\n  orders: {order_id: id, ordered_at: {is: 2024-01-01}, "
                   'amount: {formula: "price * part", combine: sum}}\n')  # fmt: skip
    company.file("exports/o.csv", "id,price,part\na,0.00003,1\na,0.00003,1\nb,99999999999,999999\nb,1,1\nc,1,1\n")
    company.collect()
    assert company.rows("orders", "order_id, amount") == [("crm:a", Decimal("0.0001")), ("crm:c", Decimal("1.0000"))]
    assert {row.cells["id"] for row in company.waiting()} == {"b"}


@pytest.mark.parametrize(
    ("value", "more", "cell", "expected"),
    [
        ("x", "", "2024-07-01 12:00", "2024-07-01 10:00:00"),  # Paris, in summer
        ("x", "", "2024-01-01T12:00:30.5", "2024-01-01 11:00:30.5"),
        ("x", "", "2024-01-01 12:00:00Z", "2024-01-01 12:00:00"),
        ("x", "", "2024-01-01T12:00:00+02:00", "2024-01-01 10:00:00"),
        ("x", "", "2024-01-01 12:00:00 UTC", "2024-01-01 12:00:00"),
        ("x", "", "2024-01-01", "2023-12-31 23:00:00"),
        ("x", "zone: UTC", "2024-01-01 12:00", "2024-01-01 12:00:00"),
        ("{from: x, zone: America/New_York}", "zone: UTC", "2024-01-01 12:00", "2024-01-01 17:00:00"),
        ("x", 'dates: "%d/%m/%Y %H:%M"\nzone: UTC', "29/2/2016 01:16", "2016-02-29 01:16:00"),
        ("x", 'dates: ["%d/%m/%Y", "%d/%m/%Y %H:%M"]\nzone: UTC', "1/3/2016", "2016-03-01 00:00:00"),
        ('{from: x, dates: "%m/%d/%Y"}', 'dates: "%d/%m/%Y"\nzone: UTC', "3/1/2016", "2016-03-01 00:00:00"),
        ("x", 'dates: "%Y-%m-%dT%H:%M:%S%z"', "2016-02-29T01:16:00+0200", "2016-02-28 23:16:00"),
        ("{from: x, epoch: seconds}", "", "1584000000", "2020-03-12 08:00:00"),
        ("{from: x, epoch: milliseconds}", "", "1584000000500", "2020-03-12 08:00:00.5"),
        ("{from: x, shift: -11 years}", "zone: UTC", "2022-05-30 00:00:00.000", "2011-05-30 00:00:00"),
        ("{from: x, shift: [1 month, -1 day]}", "zone: UTC", "2024-01-31", "2024-02-28 00:00:00"),
    ],
)
def test_times(company, value, more, cell, expected):
    company.source(f"reads: exports/t.csv\n{more}\nbecomes:\n  touches:\n    touch_id: {{row: number}}\n"
                   f"    at: {value}\n    kind: {{is: call}}\n")  # fmt: skip
    company.file("exports/t.csv", f"x\n{cell}\n")
    company.collect()
    assert company.waiting() == []
    assert in_order(company, "at") == [expected]


@pytest.mark.parametrize(
    "cell", ["31/02/2024", "2024-13-01", "tomorrow", "infinity", "epoch", "12", "2024-01-01 25:00", "1/1/16"]
)
def test_times_that_are_none_wait(company, cell):
    company.source('reads: exports/t.csv\ndates: "%d/%m/%Y"\nbecomes:\n  touches: {touch_id: {row: number}, at: x, '
                   "kind: {is: call}}\n")  # fmt: skip
    company.file("exports/t.csv", f"x\n{cell}\n")
    company.collect()
    assert [(row.code, row.value) for row in company.waiting()] == [("value-date", cell)]


@pytest.mark.parametrize(
    ("more", "cell", "expected"),
    [
        ("", "2024-01-01", "2024-01-01"),
        ("zone: America/New_York", "2024-01-01", "2024-01-01"),
        ("zone: America/New_York", "2024-01-01 00:00:00", "2024-01-01"),  # midnight: the day is meant
        ("zone: America/New_York", "2024-01-01 20:00:00", "2024-01-02"),  # already tomorrow in Paris
        ("", "2024-01-01T23:30:00Z", "2024-01-02"),
        ("", "2024-01-01 23:30", "2024-01-01"),
    ],
)
def test_days_are_the_companys(company, more, cell, expected):
    company.source(f"reads: exports/c.csv\n{more}\nbecomes:\n  customers: {{customer_id: id, customer_since_on: x}}\n")
    company.file("exports/c.csv", f"id,x\n1,{cell}\n")
    company.collect()
    assert in_order(company, "customer_since_on", "customers") == [expected]


def test_true_and_false(company):
    company.source("reads: exports/p.csv\nbecomes:\n  people: {person_id: id, is_system: x}\n")
    words = ["true", "FALSE", "t", "F", "1", "0", "yes", "No", "maybe"]
    company.file("exports/p.csv", "id,x\n" + "".join(f"{word},{word}\n" for word in words))
    company.collect()
    assert in_order(company, "is_system", "people") == ["true", "false"] * 4
    assert [row.code for row in company.waiting()] == ["value-boolean"]


def test_whole_numbers(company):
    company.source("reads: exports/t.csv\nbecomes:\n  tickets: {ticket_id: {row: number}, opened_at: {is: 2024-01-01}, "
                   "reopens: x}\n")  # fmt: skip
    company.file("exports/t.csv", "x\n3\n3.0\n2.5\n")
    company.collect()
    assert in_order(company, "reopens", "tickets") == ["3", "3"]
    assert [row.value for row in company.waiting()] == ["2.5"]


def test_ids_carry_their_namespace(company):
    company.source(
        "source: desk\nids_of: {customers: crm}\nreads: exports/s.csv\nbecomes:\n"
        "  customers: {customer_id: c}\n"
        "  people: {person_id: p}\n"
        "  surveys: {invitation_id: id, customer_id: c, contact_id: who, kind: {is: nps}, about: about, "
        "about_person_id: {from: q, ids_of: hr}}\n", "desk",
    )  # fmt: skip
    company.source("reads: exports/hr.csv\nbecomes: {people: {person_id: id}}\n", "hr")
    company.file("exports/hr.csv", "id\n7\n")
    company.file("exports/s.csv", "id,c,p,q,who,about\n1,c1,p1,7,w,t9\n")
    company.collect()
    assert company.waiting() == []
    assert company.rows("surveys", "invitation_id, customer_id, contact_id, about, about_person_id") == [
        ("desk:1", "crm:c1", "desk:w", "desk:t9", "hr:7")
    ]


def test_an_empty_optional_key_is_the_empty_text(company):
    company.source("files:\n  - reads: exports/t.csv\n    becomes: {teams: {team_id: team}}\n"
                   "  - reads: exports/q.csv\n    becomes: {quotas: {team_id: team, measure: {is: nps}, from_on: from, "
                   "to_on: to, target: target}}\n")  # fmt: skip
    company.file("exports/t.csv", "team\nx\n")
    company.file("exports/q.csv", "team,from,to,target\nx,2024-01-01,2025-01-01,5\n")
    company.collect()
    assert company.rows("quotas", "person_id, team_id") == [("", "crm:x")]


def test_steps_number_themselves(company):
    company.source("files:\n  - reads: exports/t.csv\n    becomes: {tickets: {keep: last by at, ticket_id: id, opened_at: at}, "
                   "ticket_steps: {ticket_id: id, at: at}}\n")  # fmt: skip
    company.file("exports/t.csv", "id,at\n1,2024-01-01\n1,2024-01-01\n")
    company.collect()
    assert company.rows("ticket_steps", "seq") == [(1,), (2,)]
