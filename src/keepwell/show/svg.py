"""How is a chart drawn? A small writer of SVG: tags with escaped text, scales, and round ticks.

Charts carry classes, never colours: `style.css` colours them, for light, dark and print. A *strip* is a chart one table
row high whose places are percentages, so that its text never shrinks on a phone; the table's own cells say the numbers
and the strip is hidden from screen readers. A *figure* stands alone, with a title and a description.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup, escape

Attribute = str | float | int | None


def tag(name: str, *children: Markup | str, **attributes: Attribute) -> Markup:
    """One SVG element; text is escaped, `class_` is `class` and `stroke_width` is `stroke-width`.

    >>> tag("text", "a < b", x=1.5, class_="label")
    Markup('<text x="1.5" class="label">a &lt; b</text>')
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = Markup("").join(children)
    return Markup(f"<{name}{written}>{inner}</{name}>") if inner else Markup(f"<{name}{written}/>")  # noqa: S704


def figure(width: int, height: int, title: str, description: str, *children: Markup, class_: str = "figure") -> Markup:
    """A chart that stands alone: `title` names it, `description` says in words what it shows."""
    label = f"{title}. {description}"
    return tag(
        "svg", tag("title", title), tag("desc", description), *children,
        class_=class_, viewBox=f"0 0 {width} {height}", role="img", aria_label=label,
    )  # fmt: skip


def strip(*children: Markup, height: int = 22, class_: str = "strip") -> Markup:
    """A chart one row high: x in percent, y in pixels; the row's other cells say what it shows."""
    return tag("svg", *children, class_=class_, width="100%", height=height, aria_hidden="true", focusable="false")


def rect(x: float, width: float, y: float, height: float, class_: str, *, unit: str = "%") -> Markup:
    """A bar; x and width in percent (or in units of the figure), y and height in pixels."""
    return tag(
        "rect",
        x=f"{_number(x)}{unit}",
        y=y,
        width=f"{_number(max(width, 0))}{unit}",
        height=height,
        rx=2,
        class_=class_,
    )


def line(x1: float, y1: float, x2: float, y2: float, class_: str, *, unit: str = "%") -> Markup:
    """A straight line; x in percent (or in units of the figure), y in pixels."""
    return tag("line", x1=f"{_number(x1)}{unit}", y1=y1, x2=f"{_number(x2)}{unit}", y2=y2, class_=class_)


def dot(x: float, y: float, class_: str, r: float = 4.5, unit: str = "%") -> Markup:
    """A point."""
    return tag("circle", cx=f"{_number(x)}{unit}", cy=y, r=r, class_=class_)


@dataclass(frozen=True)
class Scale:
    """Where does a value lie between `left` and `right` (percent, or units of a figure)?"""

    low: float
    high: float
    left: float = 0.0
    right: float = 100.0

    def at(self, value: float) -> float:
        """The place of a value; what lies outside the scale is put on its edge."""
        if self.high == self.low:
            return (self.left + self.right) / 2
        part = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.left + part * (self.right - self.left)

    def span(self, low: float, high: float) -> tuple[float, float]:
        """Where a bar from `low` to `high` begins, and how long it is."""
        start, end = sorted((self.at(low), self.at(high)))
        return start, end - start


def scale_of(values: Sequence[float], left: float = 0.0, right: float = 100.0, *, zero: bool = False) -> Scale:
    """A scale on which all the values have room, ending on round numbers; with `zero`, nought is on it."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    steps = ticks(low, high)
    return Scale(min(low, steps[0]), max(high, steps[-1]), left, right)


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers that enclose `low` to `high`, about as many as asked.

    >>> ticks(0, 97)
    [0.0, 25.0, 50.0, 75.0, 100.0]
    """
    if high <= low:
        high = low + (abs(low) or 1.0)
    raw = (high - low) / about
    base = 10.0 ** floor(log10(raw))
    step = next(base * factor for factor in (1, 2, 2.5, 5, 10) if base * factor >= raw * 0.999)
    start, stop = floor(low / step), ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(start, max(stop, start + 1) + 1)]


def _number(value: Attribute) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value)
