"""Does `keepwell check` find what is wrong with sources in their first rows, without writing anything?"""

from __future__ import annotations

from keepwell.collect.sample import check_sources

SOURCE = """
files:
  - reads: exports/customers.csv
    becomes: {customers: {customer_id: id, customer_since_on: since, parent_id: parent}}
  - reads: exports/people.csv
    becomes: {people: {person_id: id}}
"""


def found(company, **options):
    return [
        (one.severity, one.code, one.file, one.line, one.found) for one in check_sources(company.project, **options)
    ]


def test_sources_in_order(company):
    company.source(SOURCE)
    company.file("exports/customers.csv", "id,since,parent\n1,2024-01-01,99\n")
    company.file("exports/people.csv", "id\n1\n")
    assert found(company) == []
    assert not company.project.record.exists()


def test_wrong_rows_are_warnings_with_their_count(company):
    company.source(SOURCE)
    rows = "".join(f"{n},soon,\n" for n in range(5))
    company.file("exports/customers.csv", "id,since,parent\n" + rows + "9\n7,2024-01-01,\n,2024-01-01,\n")
    company.file("exports/people.csv", "id\n1\n")
    problems = check_sources(company.project)
    assert found(company) == [
        ("warning", "row-too-few-cells", "exports/customers.csv", 7, None),
        ("warning", "value-date", "exports/customers.csv", 2, "soon"),
        ("warning", "key-missing", "exports/customers.csv", 9, None),
    ]
    assert "and 4 more of the first rows" in problems[1].message
    assert company.waiting() == []


def test_wrong_files_and_words_are_errors_all_of_them(company):
    company.source(SOURCE.replace("since_on: since", "since_on: sinc"))
    company.file("exports/customers.csv", "id,since,parent\n1,2024-01-01,99\n")
    company.file("exports/people.csv", "")
    assert found(company) == [
        ("error", "source-unknown-column", "sources/crm.yaml", 4, "sinc"),
        ("error", "file-empty", "exports/people.csv", None, None),
    ]
    company.source("reads: x.csv\nbecoms: {}\n")
    assert [one[1] for one in found(company)] == ["source-unknown-word", "source-word-missing"]


def test_only_the_first_rows_are_looked_at(company):
    company.source(SOURCE)
    company.file("exports/customers.csv", "id,since,parent\n" + "1,2024-01-01,\n" * 20 + "2,soon,\n")
    company.file("exports/people.csv", "id\n1\n")
    assert found(company, rows=20) == []
    assert len(found(company)) == 1


def test_no_sources_yet(company):
    assert [(one[0], one[1]) for one in found(company)] == [("warning", "sources-missing")]
