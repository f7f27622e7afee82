"""Which charts lie in a table's row? Bars with intervals, parts of a whole, steps of a sum, two values side by side.

Each takes values and a `Scale` shared by all rows of its table, and gives one strip (see `svg`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from keepwell.show.svg import Scale, dot, line, rect, strip

HEIGHT = 22
MIDDLE = HEIGHT / 2


def interval_strip(
    value: float, low: float | None, high: float | None, scale: Scale, *, reference: float | None = None
) -> Markup:
    """A point with its interval; `reference` (the company's value, say) is a thin line behind it."""
    behind = [line(scale.left, MIDDLE, scale.right, MIDDLE, "axis")]
    if reference is not None:
        place = scale.at(reference)
        behind.append(line(place, 2, place, HEIGHT - 2, "reference"))
    return strip(*behind, *_whisker(low, high, scale, MIDDLE, "whisker"), dot(scale.at(value), MIDDLE, "dot"))


def bar_strip(
    value: float, scale: Scale, low: float | None = None, high: float | None = None, *, class_: str = ""
) -> Markup:
    """A bar from nought, with the whisker of its interval where there is one."""
    start, length = scale.span(0.0, value)
    bar = rect(start, length, 5, HEIGHT - 10, f"bar {class_}".rstrip() if value >= 0 else "bar minus")
    return strip(bar, *_whisker(low, high, scale, MIDDLE, "whisker on-bar"))


def stacked_strip(parts: Sequence[tuple[float, str]], height: int = HEIGHT) -> Markup:
    """The parts of a whole side by side; each part is its size and its class."""
    whole = sum(size for size, _ in parts)
    bars, so_far = [], 0.0
    for size, class_ in parts:
        if whole > 0 and size > 0:
            bars.append(rect(so_far / whole * 100, size / whole * 100, 0, height, class_))
            so_far += size
    return strip(*bars, height=height, class_="strip stacked")


def dumbbell_strip(
    first: tuple[float, float | None, float | None], second: tuple[float, float | None, float | None], scale: Scale
) -> Markup:
    """Two values with their intervals on one scale, a little apart so that neither hides the other."""
    marks = [line(scale.left, 15, scale.right, 15, "axis")]
    for (value, low, high), height, who in ((first, 9.0, "first"), (second, 21.0, "second")):
        marks += _whisker(low, high, scale, height, f"whisker {who}")
        marks.append(dot(scale.at(value), height, f"dot {who}", r=5))
    return strip(*marks, height=30)


@dataclass(frozen=True)
class Step:
    """A step of a sum: it runs from `start` to `end`; `total` steps start at nought and end a group."""

    label: str
    start: float
    end: float
    total: bool = False


def steps_of(amounts: Sequence[tuple[str, float]], total: str) -> list[Step]:
    """The amounts one after another, and last their sum.

    >>> [step.end for step in steps_of([("a", 5.0), ("b", -2.0)], "all")]
    [5.0, 3.0, 3.0]
    """
    steps, reached = [], 0.0
    for label, amount in amounts:
        steps.append(Step(label, reached, reached + amount))
        reached += amount
    return [*steps, Step(total, 0.0, reached, total=True)]


def waterfall_strips(steps: Sequence[Step], height: int = 34) -> list[Markup]:
    """One strip per step: a bar where the step runs, and a dotted line that hands its end to the next row."""
    ends = [end for step in steps for end in (step.start, step.end)]
    scale = Scale(min([*ends, 0.0]), max([*ends, 0.0]) or 1.0)
    strips = []
    for index, step in enumerate(steps):
        start, length = scale.span(step.start, step.end)
        marks = []
        if index:
            place = scale.at(steps[index - 1].end)
            marks.append(line(place, 0, place, 9, "link"))
        if index < len(steps) - 1:
            place = scale.at(step.end)
            marks.append(line(place, height - 9, place, height, "link"))
        kind = "bar total" if step.total else "bar minus" if step.end < step.start else "bar part"
        marks.append(rect(start, max(length, 0.4), 8, height - 16, kind))
        strips.append(strip(*marks, height=height, class_="strip waterfall"))
    return strips


def _whisker(low: float | None, high: float | None, scale: Scale, y: float, class_: str) -> list[Markup]:
    if low is None or high is None:
        return []
    ends = [line(scale.at(end), y - 4, scale.at(end), y + 4, class_) for end in (low, high)]
    return [line(scale.at(low), y, scale.at(high), y, class_), *ends]
