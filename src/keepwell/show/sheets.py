"""How is a table written so that a spreadsheet, a payroll system or an accountant can take it? CSV, XLSX or JSON.

Cells are hostile: a name that begins with `=` would be run as a formula by whoever opens the file. In CSV such a text is
led by an apostrophe; in XLSX every text is written as a text. Numbers are never touched.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from keepwell.core.money import CENT

FORMATS = ("csv", "xlsx", "json")
_RUNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")  # would begin a row, or a cell, of their own
_DIGITS = Decimal(10) ** 13  # a cell holds so many in full


@dataclass(frozen=True)
class Sheet:
    """A table to be written: its name, its columns, its rows; cells are texts, amounts, whole numbers, days or None."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]

    def records(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def csv_text(sheet: Sheet) -> str:
    """The sheet as CSV (UTF-8, commas, a line of names first)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(harmless, sheet.columns))
    writer.writerows([_cell(value) for value in row] for row in sheet.rows)
    return out.getvalue()


def xlsx_bytes(sheets: Iterable[Sheet], made: date) -> bytes:
    """The sheets as one workbook. `made` is the day on which it says it was made, so that the same data are the same bytes."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                     "strings_to_numbers": False})  # fmt: skip
    book.set_properties({"created": datetime(made.year, made.month, made.day)})  # noqa: DTZ001
    formats = {"head": book.add_format({"bold": True}), "money": book.add_format({"num_format": "#,##0.00"}),
               "day": book.add_format({"num_format": "yyyy-mm-dd"})}  # fmt: skip
    for sheet in sheets:
        page = book.add_worksheet(sheet.name[:31])
        page.freeze_panes(1, 0)
        for column, name in enumerate(sheet.columns):
            page.write_string(0, column, name, formats["head"])
            longest = max((len(_cell(row[column])) for row in sheet.rows[:200]), default=0)
            page.set_column(column, column, min(max(longest, len(name)) + 2, 40))
        for number, row in enumerate(sheet.rows, 1):
            for column, value in enumerate(row):
                _write(page, number, column, value, formats)
    book.close()
    return out.getvalue()


def harmless(text: str) -> str:
    """A text that no spreadsheet runs, in one line.

    >>> harmless("=1+1"), harmless(" @SUM(A1)"), harmless("Ann")
    ("'=1+1", "' @SUM(A1)", 'Ann')
    """
    text = _BREAKS.sub(" ", text)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_RUNS) else text


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, Decimal):
        return _amount(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return "" if value is None else str(value)


def _write(page: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    if isinstance(value, Decimal) and abs(value) < _DIGITS:
        page.write_number(row, column, float(value), formats["money"])
    elif isinstance(value, int):
        page.write_number(row, column, value)
    elif isinstance(value, date):
        page.write_datetime(row, column, datetime(value.year, value.month, value.day), formats["day"])  # noqa: DTZ001
    elif value is not None:
        page.write_string(row, column, _amount(value) if isinstance(value, Decimal) else str(value))


def _amount(value: Decimal) -> str:
    """With two decimals, and with more only where they say something."""
    cents = value.quantize(CENT)
    return format(cents if cents == value else value.normalize(), "f")
