"""How does a part's pay look on paper? A figure in SVG that stands alone: its own colours, no script, no outside font."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from keepwell.pay.grid import Grid
from keepwell.pay.picture import Picture
from keepwell.show.plan_chart import ticks_of
from keepwell.show.svg import Scale, tag, ticks

WIDTH, HEIGHT = 640, 270
_LEFT, _RIGHT, _TOP, _BOTTOM = 84, 34, 16, 46
_FONT = "Libertinus Serif, Georgia, Times New Roman, serif"
_INK, _SOFT, _HAIR, _BLUE, _PALE = "#1b1c1a", "#62645e", "#e2e3dd", "#2a5bd0", "#dbe5fb"


@dataclass(frozen=True)
class _Frame:
    """Where a figure's own lines are: its width and height, and how much lower than the picture's top it stands."""

    width: int = WIDTH
    height: int = HEIGHT
    top: float = 0.0

    @property
    def right(self) -> int:
        return self.width - _RIGHT

    @property
    def ground(self) -> float:
        return self.top + self.height - _BOTTOM


def figure_svg(picture: Picture, title: str, width: int = WIDTH, height: int = HEIGHT) -> Markup:
    """One part's figure."""
    return _root(width, height, title, described(picture), *_figure(picture, _Frame(width, height)))


def described(picture: Picture | Grid) -> str:
    """The figure or table in a sentence, for those who do not see it."""
    if isinstance(picture, Grid):
        return f"{picture.title}: " + "; ".join(", ".join(filter(None, row)) for row in picture.rows)
    points = "; ".join(f"{mark.says} pays {mark.pays}" + (f" ({mark.share} of target)" if mark.share else "")
                       for mark in picture.marks)  # fmt: skip
    return f"{picture.y_says} by {picture.x_says}: {points}"


def _figure(picture: Picture, frame: _Frame) -> list[Markup]:
    left, right, low, high = picture.span
    steps = ticks(float(low), float(high))
    across = Scale(float(left), float(right), _LEFT, frame.right)
    up = Scale(min(float(low), steps[0]), max(float(high), steps[-1]), frame.ground, frame.top + _TOP)
    return [*_grid(picture, steps, up, frame), *_area(picture, across, up), *_curve(picture, across, up),
            *_x_axis(picture, across, frame), *_dots(picture, across, up)]  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A part on the whole plan's sheet: heading, sentence, what else it says, and its picture or table."""

    heading: str
    says: str
    more: Sequence[str]
    drawn: Picture | Grid


def stacked_svg(title: str, blocks: Sequence[Block]) -> Markup:
    """Several figures or tables under each other, each with a heading, a sentence and what else must be said of it."""
    body: list[Markup] = [_text(_LEFT - 60, 34, title, size=20, ink=_INK, bold=True)]
    y = 52.0
    for block in blocks:
        y += 24
        body.append(_text(_LEFT - 60, y, block.heading, size=15, ink=_INK, bold=True))
        for line in [row for text in (block.says, *block.more) if text for row in textwrap.wrap(text, 100)]:
            y += 17
            body.append(_text(_LEFT - 60, y, line, size=12.5, ink=_SOFT))
        y += 6
        if isinstance(block.drawn, Grid):
            body += _table(block.drawn, y + 20)
            y += 20 * (len(block.drawn.rows) + 2) + 12
        else:
            body += _figure(block.drawn, _Frame(top=y))
            y += HEIGHT
    names = "; ".join(f"{block.heading}: {described(block.drawn)}" for block in blocks)
    return _root(WIDTH, int(y + 14), title, names, *body)


def _table(grid: Grid, top: float) -> Iterable[Markup]:
    """The table as lines of text, figures to the right."""
    yield _text(_LEFT - 60, top, grid.title, size=12.5)
    step = (WIDTH - _RIGHT - _LEFT) / max(len(grid.head) - 1, 1)
    for place, row in enumerate((grid.head, *grid.rows), 1):
        y, ink = top + 20 * place, _SOFT if place == 1 else _INK
        yield tag("line", x1=_LEFT - 60, x2=WIDTH - _RIGHT, y1=y + 6, y2=y + 6, stroke=_HAIR, stroke_width=1)
        yield _text(_LEFT - 60, y, row[0], size=12.5, ink=_SOFT)
        for column, text in enumerate(row[1:], 1):
            yield _text(_LEFT + step * column, y, text, anchor="end", size=12.5, ink=ink)


def _root(width: int, height: int, title: str, description: str, *children: Markup) -> Markup:
    paper = tag("rect", x=0, y=0, width=width, height=height, fill="#ffffff")
    return tag("svg", tag("title", title), tag("desc", description), paper, *children, xmlns="http://www.w3.org/2000/svg",
               viewBox=f"0 0 {width} {height}", width=width, height=height, role="img", font_family=_FONT)  # fmt: skip


def _grid(picture: Picture, steps: Iterable[float], up: Scale, frame: _Frame) -> Iterable[Markup]:
    for step in steps:
        y = up.at(step)
        yield tag("line", x1=_LEFT, x2=frame.right, y1=y, y2=y, stroke=_HAIR, stroke_width=1)
        exact = Fraction(step).limit_denominator(10_000_000)
        yield _text(_LEFT - 8, y + 4, picture.y_text(exact), anchor="end")


def _area(picture: Picture, across: Scale, up: Scale) -> Iterable[Markup]:
    ground, corners = up.at(0.0), []
    for line in picture.lines:
        corners += [
            (across.at(float(line.x1)), up.at(float(line.y1))),
            (across.at(float(line.x2)), up.at(float(line.y2))),
        ]
    corners = [(corners[0][0], ground), *corners, (corners[-1][0], ground)]
    yield tag("polygon", points=" ".join(f"{x:.2f},{y:.2f}" for x, y in corners), fill=_PALE)


def _curve(picture: Picture, across: Scale, up: Scale) -> Iterable[Markup]:
    before = None
    for line in picture.lines:
        x1, x2, y1, y2 = (
            across.at(float(line.x1)),
            across.at(float(line.x2)),
            up.at(float(line.y1)),
            up.at(float(line.y2)),
        )
        if before is not None and before != line.y1:
            yield tag("line", x1=x1, x2=x1, y1=up.at(float(before)), y2=y1, stroke=_BLUE, stroke_width=1.5,
                      stroke_dasharray="3 3")  # fmt: skip
        yield tag("line", x1=x1, x2=x2, y1=y1, y2=y2, stroke=_BLUE, stroke_width=2.5, stroke_linecap="round")
        before = line.y2


def _x_axis(picture: Picture, across: Scale, frame: _Frame) -> Iterable[Markup]:
    """A tick and words at each point that has room, boundaries first; below, what is measured."""
    y = frame.ground
    yield tag("line", x1=_LEFT, x2=frame.right, y1=y, y2=y, stroke=_SOFT, stroke_width=1)
    taken: list[tuple[float, float]] = []
    for x in ticks_of(picture):
        place, text = across.at(float(x)), picture.x_text(x)
        half = len(text) * 3.4 + 5
        if all(place + half <= begin or place - half >= end for begin, end in taken):
            taken.append((place - half, place + half))
            yield tag("line", x1=place, x2=place, y1=y, y2=y + 4, stroke=_SOFT, stroke_width=1)
            yield _text(place, y + 18, text, anchor="middle")
    yield _text((_LEFT + frame.right) / 2, y + 37, picture.x_says, anchor="middle")


def _dots(picture: Picture, across: Scale, up: Scale) -> Iterable[Markup]:
    """A full dot where a boundary's own value is, an empty one where a jump leaves."""
    for x in picture.boundaries:
        lines = [line for line in picture.lines if x in (line.x1, line.x2)]
        ends = {line.y2 for line in lines if line.x2 == x}
        begins = {line.y1 for line in lines if line.x1 == x}
        full, empty = (ends, begins) if picture.ties_lower and ends else (begins or ends, ends)
        for y, fill in [(one, "#ffffff") for one in empty - full] + [(one, _BLUE) for one in full]:
            yield tag(
                "circle", cx=across.at(float(x)), cy=up.at(float(y)), r=4, fill=fill, stroke=_BLUE, stroke_width=1.5
            )


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: float = 12, ink: str = _SOFT,
          bold: bool = False) -> Markup:  # fmt: skip
    return tag("text", text, x=x, y=y, text_anchor=anchor, font_size=size, fill=ink,
               font_weight="bold" if bold else None)  # fmt: skip
