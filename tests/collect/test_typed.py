"""Parquet, Excel, JSON lines, and packed files: the same rows come out of each, as text with their places."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keepwell.collect.read import FoundFile, open_file
from keepwell.collect.rows import FileProblem
from keepwell.collect.source import Format

CSV = "id,name\n1,Ann\n2,Bob\n"


def read(path, columns=None, member=None, **form):
    """Header, rows as (line, cells), blank rows, rejected (line, code)."""
    with open_file(FoundFile(path, path.name, member), Format(**form)) as rows:
        names = list(columns or rows.header)
        found, rejected, blank = [], [], 0
        for batch in rows.batches(names):
            found += [(row["__line"], *(row[name] for name in names)) for row in batch.rows.to_pylist()]
            rejected += [(one.line, one.code) for one in batch.rejected]
            blank += batch.blank
        return rows.header, found, blank, rejected


def problem(path, **form):
    with pytest.raises(FileProblem) as caught:
        read(path, **form)
    return caught.value.problem


def test_parquet_types_become_text(tmp_path):
    table = pa.table({
        "text": ["a", None], "whole": [1, 2], "real": [1.5, 1e20], "exact": [Decimal("1.50"), Decimal("-2.00")],
        "day": [date(2024, 1, 31), None], "moment": pa.array([datetime(2024, 1, 31, 12, 0, 1)] * 2, pa.timestamp("ns")),
        "zoned": pa.array([datetime(2024, 1, 31, 12, tzinfo=UTC)] * 2, pa.timestamp("ms", "Europe/Paris")),
        "flag": [True, False], "word": pa.array(["x", "x"]).dictionary_encode(),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "f.parquet")
    header, rows, _, _ = read(tmp_path / "f.parquet")
    assert header == tuple(table.column_names)
    assert rows[0] == (1, "a", "1", "1.5", "1.50", "2024-01-31", "2024-01-31 12:00:01.000000", "2024-01-31 12:00:00.000000Z",
                       "true", "x")  # fmt: skip
    assert rows[1][:6] == (2, None, "2", "1e+20", "-2.00", None)


def test_lists_in_parquet_are_said(tmp_path):
    pq.write_table(pa.table({"id": ["1"], "tags": [["a"]]}), tmp_path / "f.parquet")
    assert problem(tmp_path / "f.parquet").code == "file-nested-column"
    assert read(tmp_path / "f.parquet", ["id"])[1] == [(1, "1")]


def workbook(path, rows, sheet="Data"):
    book = openpyxl.Workbook()
    book.active.title = "About"
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(row)
    book.save(path)


def test_excel_types_become_text_and_lines_are_the_sheets(tmp_path):
    workbook(tmp_path / "f.xlsx", [
        [None], ["id", "name", "amount", "at", "on", "name"], [1, "Ann", 1.5, datetime(2024, 1, 31, 12), date(2024, 1, 31), None],
        [], ["", None, " "], [2.0, "Bob", 10, None, None, "x"],
    ])  # fmt: skip
    header, rows, blank, _ = read(tmp_path / "f.xlsx", sheet="Data")
    assert header == ("id", "name", "amount", "at", "on", "name_2")
    assert rows[0][:4] == (3, "1", "Ann", "1.5")
    assert rows[0][4].startswith("2024-01-31T12:00:00")
    assert rows[0][5].startswith("2024-01-31")
    assert rows[1] == (6, "2", "Bob", "10", "", "", "x")
    assert blank == 2


def test_a_sheet_that_is_not_there_is_named_with_the_nearest(tmp_path):
    workbook(tmp_path / "f.xlsx", [["id"], [1]])
    found = problem(tmp_path / "f.xlsx", sheet="Date")
    assert (found.code, found.nearest) == ("file-sheet", "Data")


def test_an_empty_sheet_and_what_is_no_excel(tmp_path):
    workbook(tmp_path / "f.xlsx", [["id"], [1]])
    assert problem(tmp_path / "f.xlsx").code == "file-empty"  # the first sheet
    (tmp_path / "g.xlsx").write_bytes(b"not a workbook")
    assert problem(tmp_path / "g.xlsx").code == "file-damaged"


def test_json_lines_keep_numbers_as_they_stand(tmp_path):
    lines = [
        {"id": 1, "inner": {"at": "x", "deep": {"n": 2}}, "flag": True, "list": ["a"]},
        {"id": 12345678901234567890, "amount": "A"},
        "",
        "nonsense",
        "[1]",
    ]
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).replace('"A"', "1.10")
    (tmp_path / "f.jsonl").write_text("\ufeff" + text + "\n", encoding="utf-8")
    header, rows, blank, rejected = read(tmp_path / "f.jsonl")
    assert header == ("id", "inner.at", "inner.deep.n", "flag", "list", "amount")
    assert rows == [
        (1, "1", "x", "2", "true", '["a"]', None),
        (2, "12345678901234567890", None, None, None, None, "1.10"),
    ]
    assert blank == 1
    assert rejected == [(4, "row-not-json"), (5, "row-not-json")]


def test_json_lines_that_are_none(tmp_path):
    (tmp_path / "f.jsonl").write_text("")
    assert problem(tmp_path / "f.jsonl").code == "file-empty"
    (tmp_path / "f.jsonl").write_bytes(b'{"a": "\xe9"}\n')
    assert (problem(tmp_path / "f.jsonl").code, problem(tmp_path / "f.jsonl").line) == ("file-encoding", 1)


def test_gz_and_zip(tmp_path):
    (tmp_path / "f.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    assert read(tmp_path / "f.csv.gz")[1] == [(2, "1", "Ann"), (3, "2", "Bob")]
    with zipfile.ZipFile(tmp_path / "f.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/a.csv", CSV)
        table = io.BytesIO()
        pq.write_table(pa.table({"id": ["1"], "name": ["Ann"]}), table)
        archive.writestr("inner/b.parquet", table.getvalue())
    assert read(tmp_path / "f.zip", member="inner/a.csv")[1] == [(2, "1", "Ann"), (3, "2", "Bob")]
    assert read(tmp_path / "f.zip", member="inner/b.parquet")[1] == [(1, "1", "Ann")]


@pytest.mark.parametrize("name", ["f.csv.gz", "f.jsonl.gz", "f.parquet.gz", "f.xlsx.gz"])
def test_a_gz_that_breaks_off_is_said(tmp_path, name):
    (tmp_path / name).write_bytes(gzip.compress(bytes(range(256)) * 4000)[:-600])
    assert problem(tmp_path / name).code in ("file-damaged", "file-encoding")
    (tmp_path / name).write_bytes(gzip.compress(CSV.encode() * 50_000)[:-20])
    assert problem(tmp_path / name).code == "file-damaged"


def test_a_zip_that_is_damaged_or_locked_or_holds_nothing_is_said(company):
    company.source("reads: exports/f.zip\nbecomes: {customers: {customer_id: id}}\n")
    company.file("exports/f.zip", b"PK no zip")
    assert [(one.code, one.file) for one in company.problems()] == [("file-damaged", "exports/f.zip")]
    path = company.root / "exports/f.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", CSV * 500)
    raw = bytearray(path.read_bytes())
    raw[60:75] = b"\x00" * 15
    path.write_bytes(bytes(raw))
    assert [(one.code, one.file) for one in company.problems()] == [("file-damaged", "exports/f.zip/a.csv")]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.pdf", b"x")
    assert [(one.code, one.found) for one in company.problems()] == [("file-kind", "readme.pdf")]


def test_every_member_of_a_zip_is_read(company):
    company.source("reads: exports/f.zip\nbecomes: {customers: {customer_id: id, name: name}}\n")
    company.file("exports/x", "")
    with zipfile.ZipFile(company.root / "exports/f.zip", "w") as archive:
        archive.writestr("b.csv", "id,name\n3,Cy\n")
        archive.writestr("a.csv", CSV)
        archive.writestr("__MACOSX/a.csv", "junk")
    company.collect()
    assert company.rows("customers", "name, source_file") == [
        ("Ann", "exports/f.zip/a.csv"), ("Bob", "exports/f.zip/a.csv"), ("Cy", "exports/f.zip/b.csv"),
    ]  # fmt: skip


def test_a_file_of_an_unknown_kind_is_said(tmp_path):
    (tmp_path / "f.pdf").write_bytes(b"x")
    assert problem(tmp_path / "f.pdf").code == "file-kind"


def test_files_outside_the_project_are_not_read(company, tmp_path):
    (tmp_path / "secret.csv").write_text(CSV)
    company.source("reads: ../secret.csv\nbecomes: {customers: {customer_id: id}}\n")
    assert [one.code for one in company.problems()] == ["file-outside"]
    company.file("exports/x.csv", CSV)
    (company.root / "exports/link.csv").symlink_to(tmp_path / "secret.csv")
    company.source("reads: exports/*.csv\nbecomes: {customers: {customer_id: id}}\n")
    assert [one.code for one in company.problems()] == ["file-outside"]


@pytest.mark.parametrize("pattern", ["/etc/passwd", "s3://x/y.csv"])
def test_only_files_below_the_project_can_be_named(company, pattern):
    company.source(f"reads: {pattern}\nbecomes: {{customers: {{customer_id: id}}}}\n")
    assert [(one.code, one.line) for one in company.problems()] == [("source-reads", 1)]
