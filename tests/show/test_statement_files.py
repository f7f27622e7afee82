"""A statement as PDF and as workbook says what the page says, to the cent, and runs nothing that people wrote."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from keepwell.show.names import Names
from keepwell.show.statement_files import _document, statement_pdf, statement_sheets, statement_xlsx
from show import sample

HOSTILE = Names(
    people={"hr:7": '#panic("x") *b* \u202e'},
    customers={"crm:1": "=cmd|' /C calc'!A0", "crm:2": '#read("/etc/passwd")'},
)


@pytest.mark.parametrize("names", [sample.NAMES, HOSTILE])
def test_the_pdf_is_the_same_bytes_each_time(names: Names) -> None:
    made = statement_pdf(sample.STATEMENT, names, "Acme", "0a1b2c", "12 feed")
    assert made.startswith(b"%PDF-")
    assert made == statement_pdf(sample.STATEMENT, names, "Acme", "0a1b2c", "12 feed")
    assert made != statement_pdf(sample.STATEMENT, names, "Acme", "0a1b2c", "13 beef")


def test_the_pdf_says_what_the_page_says() -> None:
    told = _document(sample.STATEMENT, sample.NAMES, "Acme", "0a1b2c", "12 feed")
    assert (told["title"], told["kind"]) == ("Devon Bianchi", "Statement of Q3 2026")
    assert told["adds_up"][-1] == ["Payable", "€10,386.00"]
    assert [line["says"] for line in told["lines"]] == [line.sentence for line in sample.STATEMENT.lines]
    assert told["footer"].endswith("run 0a1b2c · head of the books 12 feed")
    assert told["parts"][0]["amount"] == "€11,760.00"


def test_a_statement_without_lines_is_a_pdf_too() -> None:
    empty = replace(sample.STATEMENT, lines=(), holds=(), parts=(), payable=Decimal(0), notes=())
    assert statement_pdf(empty, sample.NAMES, "Acme", "0a1b2c").startswith(b"%PDF-")


def test_the_workbook_adds_up_and_runs_nothing() -> None:
    made = statement_xlsx(sample.STATEMENT, HOSTILE, date(2026, 7, 1))
    assert made == statement_xlsx(sample.STATEMENT, HOSTILE, date(2026, 7, 1))
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["Payable", "Parts", "Lines", "Waiting"]
    steps = [row[1].value for row in book["Payable"].iter_rows(min_row=2)]
    assert round(sum(steps[:-1]), 2) == steps[-1] == 10386.0
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}  # no formula
    assert "=cmd|' /C calc'!A0" in [cell.value for cell in cells]


def test_the_workbook_holds_every_line_with_its_reason() -> None:
    lines = statement_sheets(sample.STATEMENT, sample.NAMES)[2].records()
    assert [row["says"] for row in lines] == [line.sentence for line in sample.STATEMENT.lines]
    assert sum(row["payable"] for row in lines) == sum(line.payable for line in sample.STATEMENT.lines)
