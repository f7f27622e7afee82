"""How do columns line up in a terminal, in a pipe and in a file alike?

Cells are plain text. Widths are counted as a terminal shows them, so that wide letters line up too; a column marked
`shrinks` gives way when the table is wider than it may be, and says so by `…`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

WIDTH = 80
GAP = "  "


@dataclass(frozen=True)
class Column:
    """A column: its heading, whether its figures stand at the right, and whether it gives way."""

    heading: str = ""
    right: bool = False
    shrinks: bool = False


def aligned(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int = WIDTH, indent: str = ""
) -> list[str]:
    """The table's lines: headings (where there are any), a rule, and the rows."""
    headings = [column.heading for column in columns]
    shown = [headings, *rows] if any(headings) else list(rows)
    widths = [max((cell_len(row[index]) for row in shown), default=0) for index in range(len(columns))]
    _give_way(columns, widths, width - cell_len(indent) - len(GAP) * (len(columns) - 1))
    lines = [indent + _line(columns, row, widths) for row in shown]
    if any(headings):
        lines.insert(1, indent + GAP.join("─" * wide for wide in widths))
    return lines


def wrapped(text: str, width: int = WIDTH, indent: str = "") -> list[str]:
    """A sentence in lines."""
    return textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent) or [""]


def sides(left: str, right: str, width: int = WIDTH) -> str:
    """A line with something at each end; the left gives way."""
    room = width - cell_len(right) - len(GAP)
    return f"{fitted(left, room)}{GAP}{right}".rstrip()


def fitted(text: str, width: int) -> str:
    """The text padded or cut to a width, with `…` where it is cut."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, max(width - 1, 0)).rstrip() + "…", width)


def _give_way(columns: Sequence[Column], widths: list[int], room: int) -> None:
    giving = [index for index, column in enumerate(columns) if column.shrinks]
    while giving and sum(widths) > room:
        widest = max(giving, key=lambda index: widths[index])
        if widths[widest] <= 6:
            break
        widths[widest] -= 1


def _line(columns: Sequence[Column], row: Sequence[str], widths: Sequence[int]) -> str:
    cells = []
    for column, cell, wide in zip(columns, row, widths, strict=True):
        text = fitted(cell, wide)
        cells.append(" " * (wide - cell_len(text.rstrip())) + text.rstrip() if column.right else text)
    return GAP.join(cells).rstrip()
