"""Over which months is a measure taken: all of them, the company's years, quarters, months, or any stretch?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keepwell.core.errors import UsageError
from keepwell.core.periods import MONTHS_IN, PeriodKind, period_of
from keepwell.measure.measure import PERIOD_KINDS


@dataclass(frozen=True)
class Window:
    """The months from `first` to `last`, both in it (year × 12 + month − 1), with a kind and a name."""

    kind: str
    name: str
    first: int
    last: int


def windows_of(per: str, first: int, last: int, year_starts: int = 1) -> tuple[Window, ...]:
    """The windows of a kind that the months from `first` to `last` are in, oldest first.

    >>> [window.name for window in windows_of("quarter", 24312, 24316)]
    ['2026-Q1', '2026-Q2']
    """
    if per not in PERIOD_KINDS:
        raise UsageError("period-kind-unknown", f"no kind of period {per}", hint=" or ".join(PERIOD_KINDS))
    if last < first:
        return ()
    if per == "all":
        return (Window("all", "all", first, last),)
    kind: PeriodKind = "year" if per == "year" else "quarter" if per == "quarter" else "month"
    found = []
    month = period_of(first, kind, year_starts).first_month
    while month <= last:
        period = period_of(month, kind, year_starts)
        found.append(Window(kind, period.name, period.first_month, period.last_month))
        month += MONTHS_IN[kind]
    return tuple(found)


def spanned(windows: Sequence[Window]) -> tuple[int, int]:
    """The first and the last month of all windows together."""
    return min(window.first for window in windows), max(window.last for window in windows)


def layers_of(windows: Sequence[Window]) -> list[tuple[int, ...]]:
    """The windows' places in as few layers as are found in which none overlap; in each, from the oldest on.

    >>> layers_of([Window("all", "all", 0, 5), Window("month", "0", 0, 0), Window("month", "1", 1, 1)])
    [(0,), (1, 2)]
    """
    layers: list[list[int]] = []
    for place in sorted(range(len(windows)), key=lambda place: windows[place].first):
        free = (layer for layer in layers if windows[layer[-1]].last < windows[place].first)
        layer = next(free, None)
        if layer is None:
            layers.append([place])
        else:
            layer.append(place)
    return [tuple(layer) for layer in layers]
