"""A row without an end lasts until the next one begins: in one file, over the months, and beside what states its end."""

import pytest

from keepwell.record.tables import LASTING, TABLES

PEOPLE = """
source: hr
files:
  - reads: exports/people*.csv
    becomes: {people: {person_id: id}}
  - reads: exports/positions*.csv
    becomes:
      positions: {until_next: to_on, person_id: id, from_on: since, to_on: left, role: role}
"""


@pytest.fixture
def hr(company):
    company.source(PEOPLE, "hr")
    company.file("exports/people.csv", "id\nada\nbob\n")
    return company


def positions(company, *rows, month=""):
    company.file(f"exports/positions{month}.csv", "id,since,left,role\n" + "\n".join(rows) + "\n")
    return company.collect()


def spans(company, table="positions", columns="person_id, role, from_on, to_on"):
    return [" ".join(str(value) for value in row) for row in company.rows(table, columns)]


def test_a_promotion_ends_the_position_before(hr):
    report = positions(hr, "ada,2025-01-01,,AE", "ada,2026-03-01,,Lead", "bob,2025-05-01,,AE")
    assert spans(hr) == ["hr:ada AE 2025-01-01 2026-03-01", "hr:ada Lead 2026-03-01 None", "hr:bob AE 2025-05-01 None"]
    assert hr.waiting() == []
    assert next(one for one in report.tables if one.table == "positions").new == 3


def test_an_earlier_end_stands_and_a_later_one_gives_way(hr):
    positions(hr, "ada,2025-01-01,2025-06-30,AE", "ada,2026-03-01,2026-12-01,Lead", "bob,2025-01-01,2026-12-01,AE",
              "bob,2025-05-01,2026-12-01,Lead")  # fmt: skip
    assert spans(hr) == [
        "hr:ada AE 2025-01-01 2025-06-30", "hr:ada Lead 2026-03-01 2026-12-01", "hr:bob AE 2025-01-01 2025-05-01",
        "hr:bob Lead 2025-05-01 2026-12-01",
    ]  # fmt: skip
    assert hr.waiting() == []


def test_without_the_word_a_promotion_waits(hr):
    hr.source(PEOPLE.replace("until_next: to_on, ", ""), "hr")
    positions(hr, "ada,2025-01-01,,AE", "ada,2026-03-01,,Lead")
    assert [(line, code) for _, line, code, _, _ in hr.reasons()] == [(3, "position-overlaps")]


def test_next_months_file_ends_what_is_known(hr):
    positions(hr, "ada,2025-01-01,,AE", "bob,2025-05-01,,AE", month="-01")
    report = positions(hr, "ada,2026-03-01,,Lead", month="-02")
    assert spans(hr) == ["hr:ada AE 2025-01-01 2026-03-01", "hr:ada Lead 2026-03-01 None", "hr:bob AE 2025-05-01 None"]
    table = next(one for one in report.tables if one.table == "positions")
    assert (table.read, table.new, table.changed, table.ended) == (1, 1, 0, 1)
    assert hr.rows("positions", "source_file, source_row", "role = 'AE' AND person_id = 'hr:ada'") == [
        ("exports/positions-01.csv", 1)
    ]
    assert hr.waiting() == []


def test_a_row_that_is_learnt_late_goes_between_two_that_are_known(hr):
    positions(
        hr,
        "ada,2025-01-01,,AE",
        "ada,2026-03-01,,Lead",
        "bob,2025-01-01,2025-02-01,AE",
        "bob,2025-06-01,,AE",
        month="-01",
    )
    positions(hr, "ada,2025-09-01,,Senior", "bob,2025-04-01,,Lead", month="-02")
    assert spans(hr) == [
        "hr:ada AE 2025-01-01 2025-09-01", "hr:ada Lead 2026-03-01 None", "hr:ada Senior 2025-09-01 2026-03-01",
        "hr:bob AE 2025-01-01 2025-02-01", "hr:bob AE 2025-06-01 None", "hr:bob Lead 2025-04-01 2025-06-01",
    ]  # fmt: skip
    assert hr.waiting() == []


def test_the_same_rows_again_change_nothing(hr):
    positions(hr, "ada,2025-01-01,,AE", "ada,2026-03-01,,Lead", month="-01")
    report = positions(hr, "ada,2025-01-01,,AE", "ada,2026-03-01,,Lead", month="-02")
    assert not report.changed


def test_a_complete_file_alone_says_where_rows_end(hr):
    hr.source(PEOPLE.replace("positions*.csv\n", "positions*.csv\n    complete: true\n"), "hr")
    positions(hr, "ada,2025-01-01,,AE", "ada,2026-03-01,,Lead")
    hr.file("exports/positions.csv", "id,since,left,role\nada,2025-01-01,,AE\n")
    hr.collect(allow_gone=True)
    assert spans(hr) == ["hr:ada AE 2025-01-01 None"]


def test_of_a_customer_and_role_the_next_owner_ends_the_one_before_and_those_of_one_day_stand_together(hr):
    hr.source("""
source: crm
files:
  - reads: exports/customers.csv
    becomes: {customers: {customer_id: id}}
  - reads: exports/owners*.csv
    ids_of: {people: hr}
    becomes:
      coverage: {until_next: to_on, customer_id: customer, person_id: owner, role: {is: owner}, from_on: since, share: share}
""", "crm")  # fmt: skip
    hr.file("exports/customers.csv", "id\n1\n")
    hr.file("exports/owners-01.csv", "customer,owner,since,share\n1,ada,2025-01-01,\n")
    positions(hr)
    hr.file("exports/owners-02.csv", "customer,owner,since,share\n1,ada,2025-06-01,.5\n1,bob,2025-06-01,.5\n")
    hr.collect()
    hr.file("exports/owners-03.csv", "customer,owner,since,share\n1,bob,2026-01-01,\n")
    hr.collect()
    assert spans(hr, "coverage", "person_id, from_on, to_on") == [
        "hr:ada 2025-01-01 2025-06-01", "hr:ada 2025-06-01 2026-01-01", "hr:bob 2025-06-01 2026-01-01",
        "hr:bob 2026-01-01 None",
    ]  # fmt: skip


def test_a_last_quota_waits_for_its_end(hr):
    hr.source("reads: exports/q*.csv\nids_of: hr\nbecomes:\n  quotas: {until_next: to_on, person_id: id, measure: {is: signed_amount}, "
              "from_on: since, target: target}\n", "plan")  # fmt: skip
    hr.file("exports/q1.csv", "id,since,target\nada,2026-01-01,100\nada,2026-04-01,120\n")
    positions(hr)
    assert spans(hr, "quotas", "from_on, to_on") == ["2026-01-01 2026-04-01"]
    hr.file("exports/q2.csv", "id,since,target\nada,2026-07-01,130\n")
    hr.collect()
    assert spans(hr, "quotas", "from_on, to_on") == ["2026-01-01 2026-04-01", "2026-04-01 2026-07-01"]
    assert [(code, line) for _, line, code, _, _ in hr.reasons()] == [("required-missing", 2)]


@pytest.mark.parametrize(("said", "expected"), [("positions: {until_next: from_on,", "until_next: to_on"),
                                                ("tickets: {until_next: to_on,", "positions, coverage")])  # fmt: skip
def test_a_wrong_word_is_named_with_what_is_expected(said, expected, hr):
    hr.source(PEOPLE.replace("positions: {until_next: to_on,", said), "hr")
    found = [problem for problem in hr.problems() if problem.code == "source-until-next"]
    assert [expected in problem.expected for problem in found] == [True]


def test_every_table_with_from_and_to_has_a_holder():
    both = {name for name, table in TABLES.items() if {"from_on", "to_on"} <= set(table.names)}
    assert set(LASTING) == both
    assert all(set(holder) < set(TABLES[name].key) for name, holder in LASTING.items())
