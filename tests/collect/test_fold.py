"""Several rows of one key: kept, one each, combined, merged over kinds of files."""

from __future__ import annotations

from decimal import Decimal

LOG = """
reads: exports/log.csv
becomes:
  tickets:
    keep: last by step
    ticket_id: number
    opened_at: opened
    reopens: reopens
    met_service_level: {from: met, combine: all}
    topic: {from: topic, combine: first}
    priority: {from: priority, combine: last}
  people: {each: who, person_id: who, is_system: {when: who, in: [bot]}}
"""


def test_the_last_row_counts_by_number_not_by_text(company):
    company.source(LOG)
    company.file("exports/log.csv", "number,step,opened,reopens,met,topic,priority,who\n"
                 "t1,10,2024-01-10,3,true,,,ann\nt1,9,2024-01-09,2,true,late,,bob\nt1,2,2024-01-02,1,false,early,low,bot\n"
                 "t2,1,2024-01-01,0,true,,,\n")  # fmt: skip
    report = company.collect()
    assert company.rows("tickets", "ticket_id, reopens, met_service_level, topic, priority") == [
        ("crm:t1", 3, False, "early", "low"), ("crm:t2", 0, True, None, None),
    ]  # fmt: skip
    assert company.rows("people", "person_id, is_system") == [
        ("crm:ann", False), ("crm:bob", False), ("crm:bot", True),
    ]  # fmt: skip
    assert [(one.table, one.read, one.left_out, one.folded, one.new) for one in report.tables] == [
        ("tickets", 4, 0, 2, 2), ("people", 4, 1, 0, 3),
    ]  # fmt: skip


def test_a_wrong_value_in_a_row_that_does_not_count_is_no_matter_but_in_a_combined_one_it_is(company):
    company.source(LOG)
    company.file("exports/log.csv", "number,step,opened,reopens,met,topic,priority,who\n"
                 "t1,1,nonsense,x,true,,,\nt1,2,2024-01-02,1,true,,,\n"
                 "t2,1,2024-01-02,1,perhaps,,,\nt2,2,2024-01-02,1,true,,,\n")  # fmt: skip
    company.collect()
    assert company.rows("tickets", "ticket_id") == [("crm:t1",)]
    assert [(row.line, row.code, row.column, row.value) for row in company.waiting()] == [
        (4, "value-boolean", "met_service_level", "perhaps"), (5, "group-has-bad-row", None, None),
    ]  # fmt: skip


def test_a_row_of_a_group_that_is_mended_brings_the_whole_group(company):
    company.source(LOG)
    head = "number,step,opened,reopens,met,topic,priority,who\n"
    company.file("exports/log.csv", head + "t2,1,2024-01-02,1,perhaps,,,\nt2,2,2024-01-02,1,true,,,\n")
    company.collect()
    company.file("exports/log.csv", head + "t2,1,2024-01-02,1,false,,,\nt2,2,2024-01-02,1,true,,,\n")
    company.collect()
    assert company.waiting() == []
    assert company.rows("tickets", "met_service_level") == [(False,)]


def test_a_new_file_is_combined_with_those_that_were_seen(company):
    company.source(LOG.replace("log.csv", "log-*.csv"))
    head = "number,step,opened,reopens,met,topic,priority,who\n"
    company.file("exports/log-1.csv", head + "t1,1,2024-01-02,1,false,,,\n")
    company.collect()
    company.file("exports/log-2.csv", head + "t1,2,2024-01-02,2,true,,,\n")
    company.collect()
    assert company.rows("tickets", "reopens, met_service_level") == [(2, False)]


ORDERS = """
files:
  - reads: exports/heads.csv
    becomes:
      orders: {order_id: id, ordered_at: at, currency: currency}
  - reads: exports/lines.csv
    becomes:
      orders: {order_id: order, amount: {from: amount, combine: sum}}
"""


def test_kinds_of_files_are_merged_and_a_part_without_the_other_waits(company):
    company.source(ORDERS)
    company.file("exports/heads.csv", "id,at,currency\n1,2024-01-01,USD\n2,2024-01-01,\n")
    company.file("exports/lines.csv", "order,amount\n1,0.1\n1,0.2\n2,5\n3,7\n3,8\n")
    report = company.collect()
    assert company.rows("orders", "order_id, amount, currency") == [
        ("crm:1", Decimal("0.3000"), "USD"), ("crm:2", Decimal("5.0000"), "EUR"),
    ]  # fmt: skip
    assert [(row.line, row.code, row.column) for row in company.waiting()] == [
        (5, "required-missing", "ordered_at"), (6, "required-missing", "ordered_at"),
    ]  # fmt: skip
    (orders,) = report.tables
    assert (orders.read, orders.new, orders.quarantined, orders.folded) == (7, 2, 2, 3)


def test_the_missing_part_arrives(company):
    company.source(ORDERS)
    company.file("exports/heads.csv", "id,at,currency\n1,2024-01-01,USD\n")
    company.file("exports/lines.csv", "order,amount\n1,1\n3,7\n3,8\n")
    company.collect()
    company.file("exports/heads.csv", "id,at,currency\n1,2024-01-01,USD\n3,2024-01-01,USD\n")
    company.collect()
    assert company.waiting() == []
    assert company.rows("orders", "order_id, amount") == [
        ("crm:1", Decimal("1.0000")), ("crm:3", Decimal("15.0000")),
    ]  # fmt: skip


def test_a_wrong_line_makes_the_head_wait_too(company):
    company.source(ORDERS)
    company.file("exports/heads.csv", "id,at,currency\n1,2024-01-01,USD\n2,2024-01-01,USD\n")
    company.file("exports/lines.csv", "order,amount\n1,1\n1,x\n2,5\n")
    company.collect()
    assert company.rows("orders", "order_id") == [("crm:2",)]
    assert [(row.file, row.line, row.code) for row in company.waiting()] == [
        ("exports/heads.csv", 2, "group-has-bad-row"),
        ("exports/lines.csv", 2, "group-has-bad-row"),
        ("exports/lines.csv", 3, "value-number"),
    ]
    report = company.collect()
    assert not report.changed
    assert len(company.waiting()) == 3


def test_where_leaves_rows_out_and_counts_them(company):
    company.source("reads: exports/d.csv\nbecomes:\n  deals:\n    where: {stage: Won, test: {not: [yes, null]}}\n"
                   "    deal_id: id\n    outcome: {is: won}\n".replace("[yes, null]", '["yes", null]'))  # fmt: skip
    company.file("exports/d.csv", "id,stage,test\n1,Won,no\n2,Lost,no\n3,Won,yes\n4,Won,\n")
    report = company.collect()
    assert company.rows("deals", "deal_id") == [("crm:1",)]
    assert (report.tables[0].left_out, report.tables[0].new) == (3, 1)
