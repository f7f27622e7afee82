"""Which charts stand alone? A trend with its band of uncertainty, and the picture of a pay curve."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from keepwell.show import format as written
from keepwell.show.readings import Reading, Trend, value_words
from keepwell.show.svg import Scale, dot, figure, line, scale_of, tag, ticks

WIDTH, HEIGHT = 400, 112


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


def curve_figure(points: Sequence[tuple[float, float]], x_says: str, y_says: str, title: str) -> Markup:
    """A pay curve: shares of what was asked across, shares of the target up; flat outside its points."""
    width, height = 330, 190
    across = scale_of([x for x, _ in points], 44, width - 10)
    up = scale_of([y for _, y in points], height - 40, 10, zero=True)
    grid = [
        mark
        for tick in ticks(up.low, up.high)
        for mark in (
            line(across.left, up.at(tick), across.right, up.at(tick), "grid-line", unit=""),
            tag("text", written.share(tick, 0), x=across.left - 8, y=up.at(tick) + 4, class_="end"),
        )
    ]
    labels = [
        tag("text", written.share(tick, 0), x=across.at(tick), y=height - 22, class_="middle")
        for tick in ticks(across.low, across.high)
    ]
    along = [(across.low, points[0][1]), *points, (across.high, points[-1][1])]
    path = " ".join(f"{across.at(x):.1f},{up.at(y):.1f}" for x, y in along)
    said = "; ".join(f"{written.share(x)} pays {written.share(y)}" for x, y in points)
    return figure(
        width, height, title, said, *grid, *labels,
        tag("text", x_says, x=(across.left + across.right) / 2, y=height - 4, class_="middle"),
        tag("title", y_says), tag("polyline", points=path, class_="trend-line"),
        *[dot(across.at(x), up.at(y), "dot", r=3.5, unit="") for x, y in points],
    )  # fmt: skip


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
