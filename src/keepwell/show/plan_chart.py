"""How does a part's pay look in a terminal? An area of block characters with the amounts and boundaries beside it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rich.cells import cell_len

from keepwell.pay.picture import Picture
from keepwell.show.aligned import WIDTH, Column, aligned, wrapped

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_MOST = 64
ROWS = 8


def chart_lines(picture: Picture, width: int = WIDTH, rows: int = ROWS) -> list[str]:
    """The chart's lines, none wider than `width`: amounts at the left, what is reached below."""
    _, _, low, high = picture.span
    labels = _labels(picture, low, high, rows)
    margin = max(cell_len(text) for text in labels.values())
    columns = max(min(_MOST, width - margin - 2), 8)
    heights = _heights(picture, columns, rows)
    lines = []
    for row in range(rows, 0, -1):
        bar = "".join(_EIGHTHS[min(max(height - (row - 1) * 8, 0), 8)] for height in heights)
        label = labels.get(row, "")
        lines.append(f"{label:>{margin}} {'┤' if label else '│'}{bar}".rstrip())
    ticks, words = _below(picture, columns, margin + 2)
    return [*lines, f"{labels.get(0, ''):>{margin}} └{ticks}".rstrip(), *words]


def mark_lines(picture: Picture, width: int = WIDTH) -> list[str]:
    """What is paid at each point worth naming, in columns."""
    columns = [Column(_capital(picture.x_says), right=True, shrinks=True), Column(_capital(picture.y_says), right=True)]
    shares = any(mark.share for mark in picture.marks)
    rows = [(mark.says, mark.pays, mark.share) if shares else (mark.says, mark.pays) for mark in picture.marks]
    return aligned([*columns, *([Column("Of target", right=True)] if shares else [])], rows, width)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def axis_line(picture: Picture, width: int = WIDTH) -> list[str]:
    """What is drawn against what."""
    return wrapped(f"{picture.y_says} by {picture.x_says}", width)


def _heights(picture: Picture, columns: int, rows: int) -> list[int]:
    """How many eighths of a row each column is high; whatever pays anything is one at least."""
    left, right, low, high = picture.span
    found = []
    for column in range(columns):
        y = picture.at(left + (right - left) * (2 * column + 1) / (2 * columns))
        eighths = round((y - low) / (high - low) * rows * 8) if high > low else 0
        found.append(max(eighths, 1) if y > low else eighths)
    return found


def _labels(picture: Picture, low: Fraction, high: Fraction, rows: int) -> dict[int, str]:
    """The amount beside each row (0: the axis): the greatest, the least, and those of the points worth naming."""
    labels = {0: picture.y_text(low)}
    if high > low:
        labels[rows] = picture.y_text(high)
        for mark in picture.marks:
            row = round((mark.y - low) / (high - low) * rows)
            near = {row - 1, row, row + 1} & labels.keys()
            if 0 < row < rows and not near:
                labels[row] = picture.y_text(mark.y)
    return labels


def _below(picture: Picture, columns: int, indent: int) -> tuple[str, list[str]]:
    """The axis with a tick at each point worth naming, and the words below as many of them as have room."""
    left, right, _, _ = picture.span
    axis, words = ["─"] * columns, [" "] * (columns + indent)
    for x in ticks_of(picture):
        place = min(int((x - left) / (right - left) * columns), columns - 1)
        text = picture.x_text(x)
        start = min(max(indent + place - len(text) // 2, 0), len(words) - len(text))
        free = start >= 0 and all(letter == " " for letter in words[max(start - 1, 0) : start + len(text) + 1])
        if free:
            words[start : start + len(text)] = list(text)
            axis[place] = "┴"
    return "".join(axis), ["".join(words).rstrip()]


def ticks_of(picture: Picture) -> Sequence[Fraction]:
    """The places to name: boundaries first, then the other marks, so that boundaries have room."""
    left, right, _, _ = picture.span
    ends = (left, right) if picture.x_kind != "score" else (left,) if left == 0 else ()
    return list(dict.fromkeys([*picture.boundaries, *(mark.x for mark in picture.marks), *ends]))
