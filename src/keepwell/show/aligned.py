"""How do columns line up in a terminal, in a pipe and in a file alike?

Cells are plain text. Widths are counted as a terminal shows them, so that wide letters line up too; a column marked
`shrinks` gives way when the table is wider than it may be, and says so by `…`. None gives way so far that it cannot be
read: where that does not suffice each row takes several lines.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

WIDTH = 80
GAP = "  "
NAME, TEXT, LEAST = (
    16,
    10,
    6,
)  # to how many cells the first column that gives way shrinks, the others, and any without headings


@dataclass(frozen=True)
class Column:
    """A column: its heading, whether its figures stand at the right, and whether it gives way."""

    heading: str = ""
    right: bool = False
    shrinks: bool = False


def aligned(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int = WIDTH, indent: str = ""
) -> list[str]:
    """The table: headings (where there are any), a rule, and the rows; one text each, of several lines where it must be."""
    headings = [column.heading for column in columns]
    headed = any(headings)
    shown = [headings, *rows] if headed else list(rows)
    wanted = [max((cell_len(row[index]) for row in shown), default=0) for index in range(len(columns))]
    room = width - cell_len(indent)
    grid = _Grid(_give_way(columns, wanted, room, None if headed else LEAST), [range(len(columns))])
    if headed and grid.wide > room:
        figures = len(columns) > 2 and all(column.right for column in columns[1:])
        grid = _stacked_figures(grid.widths, wanted[0], room) if figures else _stacked(grid.widths, wanted, room)
    lines = [_row(columns, row, grid, indent) for row in shown]
    if headed:
        rule = GAP.join("─" * wide for wide in grid.widths) if len(grid.bands) == 1 else "─" * grid.wide
        lines.insert(1, indent + rule)
    return lines


def with_notes(table: Sequence[str], notes: Sequence[Sequence[str]]) -> list[str]:
    """An aligned table with headings, below each of its rows the lines of a note, of which there are as many.

    >>> with_notes(["a  b", "─  ─", "1  2", "3  4"], [["  one"], []])
    ['a  b', '─  ─', '1  2', '  one', '3  4']
    """
    return [*table[:2], *(line for row, note in zip(table[2:], notes, strict=True) for line in (row, *note))]


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


def _give_way(columns: Sequence[Column], wanted: Sequence[int], room: int, least: int | None) -> list[int]:
    """The widths at which the columns fit, the widest that may give way narrowed first, or at which none can be narrower."""
    widths = list(wanted)
    giving = [index for index, column in enumerate(columns) if column.shrinks]
    floors = {index: least or (NAME if index == giving[0] else TEXT) for index in giving}
    while _wide(widths, range(len(columns))) > room:
        free = [index for index in giving if widths[index] > floors[index]]
        if not free:
            break
        widths[max(free, key=lambda index: widths[index])] -= 1
    return widths


@dataclass(frozen=True)
class _Grid:
    """How wide each column is, which columns stand on which line of a row, and how far the lines after the first go in."""

    widths: list[int]
    bands: list[range]
    lead: int = len(GAP)

    @property
    def wide(self) -> int:
        """How wide the widest line is."""
        return max(_wide(self.widths, band) + (self.lead if band.start else 0) for band in self.bands)


def _wide(widths: Sequence[int], band: range) -> int:
    return sum(widths[index] for index in band) + len(GAP) * (len(band) - 1)


def _stacked(widths: list[int], wanted: Sequence[int], room: int) -> _Grid:
    """As many columns on each line as fit; what gave way is as wide as its line allows."""
    bands = [range(1)]
    for index in range(1, len(widths)):
        longer = range(bands[-1].start, index + 1)
        fits = _wide(widths, longer) + (len(GAP) if longer.start else 0) <= room
        bands[-1:] = [longer] if fits else [bands[-1], range(index, index + 1)]
    for band in bands:
        left = room - (len(GAP) if band.start else 0)
        for index in band:
            widths[index] += max(min(wanted[index] - widths[index], left - _wide(widths, band)), 0)
    return _Grid(widths, bands)


def _stacked_figures(widths: list[int], wanted: int, room: int) -> _Grid:
    """Figures below figures, right of what they are of: the same number of columns on each line, as far as it goes."""
    figures = len(widths) - 1
    for lines in range(2, figures + 1):
        each = -(-figures // lines)
        bands = [range(first, min(first + each, len(widths))) for first in range(1, len(widths), each)]
        common = [max(widths[band[place]] for band in bands if place < len(band)) for place in range(each)]
        even = [widths[0], *(common[(index - 1) % each] for index in range(1, len(widths)))]
        bands[0] = range(bands[0].stop)
        if _wide(even, bands[0]) <= room:
            break
    even[0] += max(min(wanted - even[0], room - _wide(even, bands[0])), 0)
    return _Grid(even, bands, even[0] + len(GAP))


def _row(columns: Sequence[Column], row: Sequence[str], grid: _Grid, indent: str) -> str:
    lines = []
    for band in grid.bands:
        line = GAP.join(_cell(columns[index], row[index], grid.widths[index]) for index in band).rstrip()
        if line or band.start == 0:
            lines.append(f"{indent}{' ' * grid.lead if band.start else ''}{line}".rstrip())
    return "\n".join(lines)


def _cell(column: Column, text: str, wide: int) -> str:
    shown = fitted(text, wide)
    return " " * (wide - cell_len(shown.rstrip())) + shown.rstrip() if column.right else shown
