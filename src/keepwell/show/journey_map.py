"""How do customers pass from stage to stage, how many, and how long does it take?

The map draws stages in the customer's order. Ways onward run above (or to the right, where the map stands upright on a
phone), ways back below; their width is the number of customers. Ways that few take are in the table only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
from markupsafe import Markup

from keepwell.show import format as written
from keepwell.show.ask import ask
from keepwell.show.svg import figure, tag

LEAST_SHARE = 0.04
NODE_W, NODE_H = 78, 38


@dataclass(frozen=True)
class Way:
    """From one stage to the next: how often, and the median of the days between."""

    from_stage: str
    to_stage: str
    count: int
    median_days: float | None


@dataclass(frozen=True)
class Stage:
    """A stage: how many customers were ever in it, how many are now, and the median of the days of a stay."""

    name: str
    customers: int
    now: int = 0
    median_days: float | None = None


@dataclass(frozen=True)
class JourneyMap:
    """The stages in the customer's order, and the ways between them, the most trodden first."""

    stages: tuple[Stage, ...]
    ways: tuple[Way, ...]

    @property
    def drawn(self) -> tuple[Way, ...]:
        """The ways wide enough to draw, and to every stage the one by which most came."""
        most = max((way.count for way in self.ways), default=0)
        first = {way.to_stage: way for way in reversed(self.ways)}
        return tuple(way for way in self.ways if way.count >= LEAST_SHARE * most or first[way.to_stage] == way)


def journey_map(transitions: pa.Table, stages: pa.Table, order: Sequence[str]) -> JourneyMap:
    """The map of all customers; stages nobody was in are left out, and own stages come behind the known ones."""
    ways = ask(
        "SELECT from_stage, to_stage, count, CAST(median_hours AS DOUBLE) / 24 AS median_days FROM transitions "
        "WHERE from_stage <> to_stage ORDER BY count DESC, from_stage, to_stage",
        transitions=transitions,
    )
    rows = ask(
        "SELECT stage AS name, customers, now, CAST(median_hours AS DOUBLE) / 24 AS median_days FROM stages "
        "WHERE customers > 0 ORDER BY stage",
        stages=stages,
    )
    found = {row["name"]: Stage(**row) for row in rows}
    names = [*(name for name in order if name in found), *(name for name in found if name not in order)]
    return JourneyMap(tuple(found[name] for name in names), tuple(Way(**row) for row in ways))


def draw_map(found: JourneyMap, *, upright: bool = False) -> Markup:
    """The map lying along the page, or upright for a narrow screen."""
    if not found.stages or not found.ways:
        return Markup("")
    place = {stage.name: index for index, stage in enumerate(found.stages)}
    ways = [way for way in found.drawn if way.from_stage in place and way.to_stage in place]
    paper = _Upright(len(place), _reach(ways, place)) if upright else _Lying(len(place), _reach(ways, place))
    most = max(way.count for way in ways)
    wide = sorted(ways, key=lambda way: way.count)
    edges = [paper.edge(place[way.from_stage], place[way.to_stage], 1.2 + 9 * way.count / most, way) for way in wide]
    nodes = [paper.node(index, stage) for index, stage in enumerate(found.stages)]
    return figure(paper.width, paper.height, "The journey", _describe(found), *edges, *nodes, class_="figure map")


@dataclass(frozen=True)
class _Lying:
    """Stages side by side: onward above, back below."""

    stages: int
    reach: tuple[int, int]

    step = 96

    @property
    def width(self) -> int:
        return self.stages * self.step

    @property
    def middle(self) -> int:
        return 34 + _rise(self.reach[0])

    @property
    def height(self) -> int:
        return self.middle + 34 + _rise(self.reach[1])

    def edge(self, start: int, end: int, width: float, way: Way) -> Markup:
        x1, x2 = self._x(start), self._x(end)
        if end == start + 1:
            path = f"M{x1 + NODE_W / 2:.1f},{self.middle} L{x2 - NODE_W / 2:.1f},{self.middle}"
        else:
            side = -1 if end > start else 1
            y = self.middle + side * NODE_H / 2
            top = y + side * _rise(abs(end - start)) * 1.25
            x1, x2 = x1 + 9 * (1 if end > start else -1), x2 - 9 * (1 if end > start else -1)
            path = f"M{x1:.1f},{y:.1f} C{x1:.1f},{top:.1f} {x2:.1f},{top:.1f} {x2:.1f},{y:.1f}"
        return _edge(path, width, way, back=end < start)

    def node(self, index: int, stage: Stage) -> Markup:
        return _node(self._x(index), self.middle, stage)

    def _x(self, index: int) -> float:
        return self.step * (index + 0.5)


@dataclass(frozen=True)
class _Upright:
    """Stages one below the other: onward at the right, back at the left."""

    stages: int
    reach: tuple[int, int]

    step = 66
    width = 330

    @property
    def height(self) -> int:
        return self.stages * self.step

    def edge(self, start: int, end: int, width: float, way: Way) -> Markup:
        y1, y2 = self._y(start), self._y(end)
        if end == start + 1:
            path = f"M165,{y1 + NODE_H / 2:.1f} L165,{y2 - NODE_H / 2:.1f}"
        else:
            side = 1 if end > start else -1
            x = 165 + side * NODE_W / 2
            out = x + side * min(26 + 17 * abs(end - start), 150)
            y1, y2 = y1 + 7 * side, y2 - 7 * side
            path = f"M{x:.1f},{y1:.1f} C{out:.1f},{y1:.1f} {out:.1f},{y2:.1f} {x:.1f},{y2:.1f}"
        return _edge(path, width, way, back=end < start)

    def node(self, index: int, stage: Stage) -> Markup:
        return _node(165, self._y(index), stage)

    def _y(self, index: int) -> float:
        return self.step * (index + 0.5)


def _reach(ways: Sequence[Way], place: dict[str, int]) -> tuple[int, int]:
    """How far the longest way onward (that skips a stage) and the longest way back go."""
    jumps = [place[way.to_stage] - place[way.from_stage] for way in ways]
    return max([jump for jump in jumps if jump > 1], default=0), max([-jump for jump in jumps if jump < 0], default=0)


def _rise(jump: int) -> int:
    return 12 + 15 * jump if jump else 0


def _edge(path: str, width: float, way: Way, *, back: bool) -> Markup:
    kind = "edge away" if way.to_stage == "leave" else "edge back" if back else "edge"
    return tag("path", tag("title", _says(way)), d=path, stroke_width=width, class_=kind)


def _node(x: float, y: float, stage: Stage) -> Markup:
    kind = "node bad-end" if stage.name == "leave" else "node"
    name = written.shorten(written.words(stage.name), 11)
    return tag(
        "g",
        tag("rect", x=x - NODE_W / 2, y=y - NODE_H / 2, width=NODE_W, height=NODE_H, rx=8, class_=kind),
        tag("text", name, x=x, y=y - 2, class_="node-name"),
        tag("text", f"{stage.customers:,}", x=x, y=y + 13, class_="node-count"),
    )


def _says(way: Way) -> str:
    time = f", {written.days(way.median_days)} at the median" if way.median_days is not None else ""
    return f"{written.words(way.from_stage)} to {written.words(way.to_stage)}: {way.count:,}{time}"


def _describe(found: JourneyMap) -> str:
    return "; ".join(_says(way) for way in found.drawn[:12])
