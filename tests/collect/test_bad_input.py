"""Whatever is wrong with what comes in, it is said once, with file and line, or waits in quarantine; nothing is lost."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

CUSTOMERS = "files:\n  - reads: exports/customers.csv\n    becomes: {customers: {customer_id: id, name: name}}\n"
PEOPLE = "  - reads: exports/people.csv\n    becomes: {people: {person_id: id, hired_on: hired}}\n"
POSITIONS = "  - reads: exports/positions.csv\n    becomes: {positions: {person_id: id, from_on: from, to_on: to, role: role}}\n"
DEALS = (
    "  - reads: exports/deals.csv\n    becomes:\n      deals: {deal_id: id, customer_id: customer, outcome: {is: won}, "
    "amount: amount, closed_on: closed}\n"
)
SHARES = (
    "  - reads: exports/shares.csv\n    becomes:\n      deal_shares: {deal_id: deal, person_id: person, role: role, "
    "share: {from: percent, divide_by: 100}, overlay: {when: role, in: [overlay]}}\n"
)


def with_deals(company, deals, more=""):
    company.file("exports/customers.csv", "id,name\n1,A\n2,B\n")
    company.file("exports/deals.csv", "id,customer,amount,closed\n" + deals)
    company.source(CUSTOMERS + DEALS + more)


def test_an_unknown_column_is_named_with_the_nearest_and_the_line(company):
    company.file("exports/deals.csv", "id,customer,amount,closed_date\n1,1,1,2024-01-01\n")
    company.file("exports/customers.csv", "id,name\n1,A\n")
    company.source(CUSTOMERS + DEALS.replace("closed}", "closed_dat}"))
    (problem,) = company.problems()
    assert (problem.code, problem.file, problem.line) == ("source-unknown-column", "sources/crm.yaml", 6)
    assert (problem.found, problem.nearest) == ("closed_dat", "closed_date")
    assert company.collects() == 0


def test_a_wrong_date_waits(company):
    with_deals(company, "d1,1,10,2024-02-30\nd2,1,10,2024-02-28\nd3,1,10,16-01-01\n")
    report = company.collect()
    assert company.reasons() == [
        ("exports/deals.csv", 2, "value-date", "closed_on", "2024-02-30"),
        ("exports/deals.csv", 4, "value-date", "closed_on", "16-01-01"),
    ]
    assert company.rows("deals", "deal_id") == [("crm:d2",)]
    (waiting,) = report.quarantine
    assert (waiting.rows, waiting.reasons) == (2, {("deals", "value-date"): 2})


@pytest.mark.parametrize(
    "text", ["many", "1_000", "1,5", "0x1F", "12 EUR", "1e400", "99999999999999999999", "NaN", "--1"]
)
def test_text_in_a_number_waits(company, text):
    with_deals(company, f'd1,1,"{text}",2024-01-01\n')
    company.collect()
    assert company.reasons() == [("exports/deals.csv", 2, "value-number", "amount", text)]


def test_a_duplicate_key_that_says_otherwise_waits_and_one_that_says_the_same_is_counted(company):
    with_deals(company, "d1,1,10,2024-01-01\nd1,1,10,2024-01-01\nd2,1,5,2024-01-01\nd1,1,11,2024-01-01\n")
    report = company.collect()
    (deals,) = [table for table in report.tables if table.table == "deals"]
    assert (deals.read, deals.new, deals.duplicates, deals.quarantined) == (4, 2, 1, 1)
    assert company.reasons() == [("exports/deals.csv", 5, "key-duplicate", "deal_id", "crm:d1")]
    assert company.rows("deals", "deal_id, CAST(amount AS DOUBLE)") == [("crm:d1", 10.0), ("crm:d2", 5.0)]


def test_a_duplicate_waits_on_when_nothing_else_changes(company):
    with_deals(company, "d1,1,10,2024-01-01\nd1,1,11,2024-01-01\n")
    company.collect()
    report = company.collect()
    assert not report.changed
    assert report.collect_id is None
    assert company.reasons() == [("exports/deals.csv", 3, "key-duplicate", "deal_id", "crm:d1")]
    assert company.rows("deals", "CAST(amount AS DOUBLE)") == [(10.0,)]


def test_an_empty_key_waits(company):
    with_deals(company, ",1,10,2024-01-01\n,2,10,2024-01-01\n")
    company.collect()
    assert company.reasons() == [
        ("exports/deals.csv", 2, "key-missing", "deal_id", None),
        ("exports/deals.csv", 3, "key-missing", "deal_id", None),
    ]


def test_a_reference_to_a_missing_customer_waits_and_what_refers_to_it_too(company):
    company.file("exports/people.csv", "id,hired\np,2020-01-01\n")
    company.file("exports/shares.csv", "deal,person,role,percent\nd1,p,rep,100\nd2,p,rep,100\n")
    with_deals(company, "d1,9,10,2024-01-01\nd2,1,10,2024-01-01\n", PEOPLE + SHARES)
    company.collect()
    assert company.reasons() == [
        ("exports/deals.csv", 2, "reference-missing", "customer_id", "crm:9"),
        ("exports/shares.csv", 2, "reference-missing", "deal_id", "crm:d1"),
    ]
    company.file("exports/customers.csv", "id,name\n1,A\n2,B\n9,C\n")
    report = company.collect()
    assert company.waiting() == []
    assert report.quarantine == ()
    assert company.rows("deals", "deal_id, customer_id") == [("crm:d1", "crm:9"), ("crm:d2", "crm:1")]
    assert company.rows("deal_shares", "deal_id") == [("crm:d1",), ("crm:d2",)]


def test_overlapping_positions_of_a_person_wait_the_later_one(company):
    company.file("exports/people.csv", "id,hired\np,2020-01-01\nq,2020-01-01\n")
    company.file("exports/positions.csv", "id,from,to,role\np,2024-01-01,2024-06-01,a\np,2024-05-01,2024-09-01,b\n"
                 "p,2024-07-01,,c\nq,2024-01-01,2024-06-01,a\nq,2024-06-01,,b\n")  # fmt: skip
    company.source("files:\n" + PEOPLE + POSITIONS)
    company.collect()
    assert company.reasons() == [
        ("exports/positions.csv", 3, "position-overlaps", "from_on", "2024-05-01 to 2024-09-01, beside 2024-01-01 to 2024-06-01"),
    ]  # fmt: skip
    assert company.rows("positions", "person_id, role") == [
        ("crm:p", "a"), ("crm:p", "c"), ("crm:q", "a"), ("crm:q", "b"),
    ]  # fmt: skip


def test_a_position_that_overlaps_a_known_one_waits_until_that_one_ends(company):
    company.file("exports/people.csv", "id,hired\np,2020-01-01\n")
    company.file("exports/positions-1.csv", "id,from,to,role\np,2024-01-01,,a\n")
    company.source("files:\n" + PEOPLE + POSITIONS.replace("positions.csv", "positions-*.csv"))
    company.collect()
    company.file("exports/positions-2.csv", "id,from,to,role\np,2024-05-01,,b\n")
    company.collect()
    assert [row[1:4] for row in company.reasons()] == [(2, "position-overlaps", "from_on")]
    company.file("exports/positions-3.csv", "id,from,to,role\np,2024-01-01,2024-05-01,a\n")
    company.collect()
    assert company.waiting() == []
    assert company.rows("positions", "role, CAST(to_on AS VARCHAR)") == [("a", "2024-05-01"), ("b", None)]


def test_shares_of_a_deal_that_do_not_add_up_wait_all_of_them(company):
    company.file("exports/people.csv", "id,hired\np,2020-01-01\nq,2020-01-01\n")
    company.file("exports/shares.csv", "deal,person,role,percent\nd1,p,rep,60\nd1,q,rep,30\nd2,p,rep,50\nd2,q,rep,50\n"
                 "d2,p,overlay,20\n")  # fmt: skip
    with_deals(company, "d1,1,10,2024-01-01\nd2,1,10,2024-01-01\n", PEOPLE + SHARES)
    company.collect()
    assert [(row[1], row[2], row[4]) for row in company.reasons()] == [
        (2, "shares-do-not-add-up", "together 0.900000000"), (3, "shares-do-not-add-up", "together 0.900000000"),
    ]  # fmt: skip
    assert len(company.rows("deal_shares", "person_id")) == 3


def test_a_third_each_adds_up(company):
    company.file("exports/people.csv", "id,hired\np,2020-01-01\nq,2020-01-01\nr,2020-01-01\n")
    company.file("exports/shares.csv", "deal,person,role,percent\nd1,p,x,33.33\nd1,q,x,33.33\nd1,r,x,33.33\n")
    with_deals(company, "d1,1,10,2024-01-01\n", PEOPLE + SHARES)
    company.collect()
    assert company.waiting() == []


def test_a_missing_person_makes_the_other_shares_of_the_deal_wait(company):
    company.file("exports/people.csv", "id,hired\np,2020-01-01\n")
    company.file("exports/shares.csv", "deal,person,role,percent\nd1,p,rep,60\nd1,q,rep,40\n")
    with_deals(company, "d1,1,10,2024-01-01\n", PEOPLE + SHARES)
    company.collect()
    assert [(row[1], row[2]) for row in company.reasons()] == [(2, "shares-do-not-add-up"), (3, "reference-missing")]


def test_a_negative_quota_and_an_interval_that_runs_backwards_wait(company):
    company.file("exports/people.csv", "id,hired\np,2020-01-01\n")
    company.file("exports/quotas.csv", "id,from,to,target\np,2024-01-01,2024-04-01,-5\np,2024-04-01,2024-01-01,5\n"
                 "p,2024-07-01,2024-10-01,0\n")  # fmt: skip
    company.source("files:\n" + PEOPLE + "  - reads: exports/quotas.csv\n    becomes: {quotas: {person_id: id, "
                   "measure: {is: bookings}, from_on: from, to_on: to, target: target}}\n")  # fmt: skip
    company.collect()
    assert company.reasons() == [
        ("exports/quotas.csv", 2, "quota-negative", "target", "-5.0000"),
        ("exports/quotas.csv", 3, "interval-backwards", "to_on", "2024-04-01 to 2024-01-01"),
    ]
    assert company.rows("quotas", "CAST(from_on AS VARCHAR), currency") == [("2024-07-01", "EUR")]


def test_a_contract_that_renews_itself_waits(company):
    company.file(
        "exports/contracts.csv",
        "id,customer,from,renews\nk1,c1,2025-01-01,\nk2,c1,2026-01-01,k2\nk3,c1,2026-01-01,k1\n",
    )
    company.file("exports/customers.csv", "id\nc1\n")
    company.source("files:\n  - reads: exports/customers.csv\n    becomes: {customers: {customer_id: id}}\n"
                   "  - reads: exports/contracts.csv\n    becomes: {contracts: {contract_id: id, customer_id: customer, "
                   "starts_on: from, renews_id: renews}}\n")  # fmt: skip
    company.collect()
    assert [row[1:4] for row in company.reasons()] == [(3, "names-itself", "renews_id")]


def test_a_missing_required_value_and_a_word_that_is_not_allowed_wait(company):
    company.file("exports/customers.csv", "id,name\n1,A\n")
    company.file("exports/deals.csv", "id,outcome\nd1,won\nd2,\nd3,wonn\n")
    company.source(CUSTOMERS + "  - reads: exports/deals.csv\n    becomes: {deals: {deal_id: id, outcome: outcome}}\n")
    company.collect()
    assert company.reasons() == [
        ("exports/deals.csv", 3, "required-missing", "outcome", None),
        ("exports/deals.csv", 4, "value-not-allowed", "outcome", "wonn"),
    ]
    assert [row.nearest for row in company.waiting() if row.line == 4] == ["won"]


def test_ragged_rows_wait_with_their_text_and_blank_ones_are_counted(company):
    company.file("exports/customers.csv", 'id,name\n1,"A\nB"\n\n2\n3,C,extra\n,\n4,D\n')
    company.source(CUSTOMERS)
    report = company.collect()
    assert [(row.line, row.code, row.text) for row in company.waiting()] == [
        (5, "row-too-few-cells", "2"), (6, "row-too-many-cells", "3,C,extra"),
    ]  # fmt: skip
    (file,) = report.files
    assert (file.rows, file.blank, file.rejected) == (4, 2, 2)
    assert company.rows("customers", "customer_id, name, source_row") == [("crm:1", "A\nB", 1), ("crm:4", "D", 4)]
    assert not company.collect().changed
    assert len(company.waiting()) == 2


def test_a_file_of_which_no_row_fits_is_said_instead_of_filling_the_quarantine(company):
    company.file("exports/customers.csv", "id,name\n" + "1;A\n" * 100)
    company.source(CUSTOMERS)
    (problem,) = company.problems()
    assert (problem.code, problem.file, problem.line) == ("file-ragged", "exports/customers.csv", 2)
    assert "none of 100 rows fits the header: the row has 1 cells, the header 2" in problem.message


def test_an_empty_file_is_said(company):
    company.file("exports/customers.csv", "")
    company.source(CUSTOMERS)
    (problem,) = company.problems()
    assert (problem.code, problem.file) == ("file-empty", "exports/customers.csv")


def test_a_header_without_rows_is_no_error(company):
    company.file("exports/customers.csv", "id,name\n")
    company.source(CUSTOMERS)
    assert company.collect().tables[0].read == 0


def test_a_truncated_parquet_is_said(company):
    path = company.file("exports/customers.parquet", "")
    pq.write_table(pa.table({"id": ["1"] * 1000, "name": ["A"] * 1000}), path)
    path.write_bytes(path.read_bytes()[:-50])
    company.source(CUSTOMERS.replace(".csv", ".parquet"))
    (problem,) = company.problems()
    assert (problem.code, problem.file) == ("file-damaged", "exports/customers.parquet")


def test_a_parquet_damaged_inside_is_said(company):
    path = company.file("exports/customers.parquet", "")
    pq.write_table(pa.table({"id": [str(n) for n in range(5000)], "name": ["A"] * 5000}), path, compression="zstd")
    raw = bytearray(path.read_bytes())
    raw[200:400] = b"\xff" * 200
    path.write_bytes(bytes(raw))
    company.source(CUSTOMERS.replace(".csv", ".parquet"))
    (problem,) = company.problems()
    assert (problem.code, problem.file) == ("file-damaged", "exports/customers.parquet")


def test_all_files_that_are_wrong_are_said_together(company):
    company.file("exports/customers.csv", "")
    company.file("exports/people.csv", "id,hired\n")
    company.source(CUSTOMERS + PEOPLE.replace("hired}", "hird}") + POSITIONS)
    assert [(problem.code, problem.file, problem.line) for problem in company.problems()] == [
        ("file-missing", "sources/crm.yaml", 6)
    ]
    company.file("exports/positions.csv", "id,from,to,role\n")
    assert [(problem.code, problem.file, problem.line) for problem in company.problems()] == [
        ("file-empty", "exports/customers.csv", None),
        ("source-unknown-column", "sources/crm.yaml", 5),
    ]


def test_what_users_wrote_never_becomes_sql(company):
    name = """n"a'm;e -- DROP"""
    company.file("exports/customers.csv", 'id,"n""a\'m;e -- DROP"\n"1\'); DROP TABLE x; --","A\'"\n')
    company.source(
        "reads: exports/customers.csv\nbecomes:\n  customers:\n    customer_id: id\n"
        f'    name: {{from: {name!r}, as: {{"A\'": "B\'; --"}}}}\n'.replace("'n\"a\\'m", "'n\"a''m")
    )
    company.collect()
    assert company.rows("customers", "customer_id, name") == [("crm:1'); DROP TABLE x; --", "B'; --")]
