"""What is written for a spreadsheet is data: no cell of it is run."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.show.sheets import Sheet, csv_text, harmless, xlsx_bytes

DAY = date(2026, 1, 1)
HOSTILE = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", '=HYPERLINK("http://x","y")',
           "=cmd|' /C calc'!A0", "＝1", "x\r=1", "x\n=1"]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_led_by_an_apostrophe_in_csv(text):
    [head, row] = csv.reader(io.StringIO(csv_text(Sheet("x", ("name", text), [(text, Decimal("-20.50"))])), newline=""))
    assert row == [harmless(text), "-20.50"]
    assert head == ["name", harmless(text)]
    assert "\r" not in row[0]
    assert text.startswith("x") or row[0].startswith("'")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_a_text_in_a_workbook(text):
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([Sheet("x", ("name",), [(text,)])], DAY)))
    cell = book["x"]["A2"]
    assert cell.data_type in ("s", "inlineStr")
    assert cell.data_type != "f"


@given(st.text())
def test_no_text_of_a_csv_begins_as_a_formula(text):
    [row] = csv.reader(io.StringIO(csv_text(Sheet("x", (text,), [])), newline=""))
    assert row[0].lstrip(" \u00a0")[:1] not in ("=", "+", "-", "@")


def test_numbers_and_days_stay_numbers_and_days():
    sheet = Sheet("x", ("amount", "count", "day", "none"), [(Decimal("-1234.5000"), 7, DAY, None)])
    assert csv_text(sheet).splitlines()[1] == "-1234.50,7,2026-01-01,"
    row = next(openpyxl.load_workbook(io.BytesIO(xlsx_bytes([sheet], DAY)))["x"].iter_rows(min_row=2, values_only=True))
    assert (row[0], row[1], row[2].date(), row[3]) == (-1234.5, 7, DAY, None)


def test_the_same_rows_are_the_same_bytes():
    sheet = Sheet("x", ("a",), [("ä",), ("b",)])
    assert xlsx_bytes([sheet], DAY) == xlsx_bytes([sheet], DAY)


def test_an_amount_too_long_for_a_cell_is_written_in_full():
    amount = Decimal("12345678901234.56")
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([Sheet("x", ("a",), [(amount,)])], DAY)))
    assert book["x"]["A2"].value == "12345678901234.56"
