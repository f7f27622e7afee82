"""Which charts stand alone? A trend with its band of uncertainty, and the picture of a pay curve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from keepwell.show import format as written
from keepwell.show.readings import Reading, Trend, value_words
from keepwell.show.svg import Scale, dot, figure, line, tag

WIDTH, HEIGHT = 400, 112


@dataclass(frozen=True)
class CurvePoint:
    """A point of a pay curve: from `x` on it pays `y`, just below it `below` (the same where the curve does not jump)."""

    x: float
    y: float
    below: float


def trend_figure(trend: Trend, title: str | None = None) -> Markup:
    """The measure over time: a line, and a band for its interval; the last value is named."""
    shown = [reading for reading in trend.readings if reading.value is not None]
    if len(shown) < 2:
        return Markup("")
    values = [end for reading in shown for end in (reading.value, reading.low, reading.high) if end is not None]
    up = _padded(values, 14.0, HEIGHT - 22.0)
    across = Scale(0, len(shown) - 1, 6, WIDTH - 62)
    places = [(across.at(index), up.at(reading.value or 0.0)) for index, reading in enumerate(shown)]
    last_x, last_y = places[-1]
    unit = trend.words.unit
    marks = [
        _band(shown, across, up),
        tag("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in places), class_="trend-line"),
        dot(last_x, last_y, "dot", unit=""),
        tag("text", written.in_unit(shown[-1].value, unit), x=last_x + 9, y=last_y + 4, class_="strong"),
        tag("text", written.period(shown[0].period), x=0, y=HEIGHT - 4),
        tag("text", written.period(shown[-1].period), x=last_x, y=HEIGHT - 4, class_="end"),
    ]
    return figure(WIDTH, HEIGHT, title or f"{trend.words.title} over time", _trend_words(trend, shown), *marks)


def curve_figure(points: Sequence[CurvePoint], says_x: Callable[[float], str], at: float | None = None) -> Markup:
    """A pay curve: what is reached across, the share of the target up; flat outside its points. `at` is where one is."""
    width, height = 400, 118
    across = _beyond([point.x for point in points] + ([] if at is None else [at]), 46, width - 20)
    up = Scale(0, max(point.y for point in points) or 1.0, height - 24, 12)
    corners = [(across.low, points[0].below)]
    for point in points:
        corners += [(point.x, point.below), (point.x, point.y)]
    corners.append((across.high, points[-1].y))
    path = " ".join(f"{across.at(x):.1f},{up.at(y):.1f}" for x, y in corners)
    levels = sorted({point.y for point in points} | {0.0})
    marks = [line(across.left, up.at(y), across.right, up.at(y), "grid-line", unit="") for y in levels]
    marks += [tag("text", written.share(y, 0), x=across.left - 8, y=up.at(y) + 4, class_="end") for y in levels]
    marks += [tag("text", says_x(p.x), x=across.at(p.x), y=height - 6, class_="middle") for p in points]
    marks.append(tag("polyline", points=path, class_="trend-line"))
    said = "; ".join(f"{says_x(point.x)} pays {written.share(point.y)}" for point in points)
    if at is not None:
        reached = _on_curve(points, at)
        marks.append(line(across.at(at), up.at(0), across.at(at), up.at(reached), "reference", unit=""))
        marks.append(dot(across.at(at), up.at(reached), "dot", unit=""))
        said += f". Reached: {says_x(at)}, which pays {written.share(reached)}"
    return figure(width, height, "What is paid for what is reached", said, *marks)


def _on_curve(points: Sequence[CurvePoint], at: float) -> float:
    if at < points[0].x:
        return points[0].below
    for before, after in pairwise(points):
        if before.x <= at < after.x:
            return before.y + (after.below - before.y) * (at - before.x) / (after.x - before.x)
    return points[-1].y


def _beyond(values: Sequence[float], left: float, right: float) -> Scale:
    low, high = min(values), max(values)
    pad = (high - low) * 0.12 or 1.0
    return Scale(low - pad, high + pad, left, right)


def _padded(values: Sequence[float], top: float, bottom: float) -> Scale:
    low, high = min(values), max(values)
    pad = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return Scale(low - pad, high + pad, bottom, top)


def _band(shown: Sequence[Reading], across: Scale, up: Scale) -> Markup:
    edges = [
        (across.at(index), r.low, r.high) for index, r in enumerate(shown) if r.low is not None and r.high is not None
    ]
    if len(edges) < 2:
        return Markup("")
    corners = [(x, up.at(high)) for x, _, high in edges] + [(x, up.at(low)) for x, low, _ in reversed(edges)]
    return tag("polygon", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in corners), class_="band")


def _trend_words(trend: Trend, shown: Sequence[Reading]) -> str:
    first, last = shown[0], shown[-1]
    return (
        f"From {value_words(first, trend.words)} in {written.period(first.period)} "
        f"to {value_words(last, trend.words)} in {written.period(last.period)}"
    )
