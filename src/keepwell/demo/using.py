"""How much did each customer use what they bought, by feature and week?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from keepwell.demo.selling import Customers
from keepwell.demo.settings import Ints, Settings, places_within, spread
from keepwell.demo.staying import Lives

FEATURES = ("orders", "planning", "reports", "mobile", "integrations", "forecasts")
_POPULAR = np.array([0.85, 0.6, 0.45, 0.35, 0.2, 0.15])
_BOUGHT = np.array([6, 4, 3])  # features by segment
_AT_ONCE = 20_000  # customers drawn at a time, so that memory stays bounded


@dataclass(frozen=True)
class Usage:
    """One row per customer, week (its Monday) and feature bought."""

    customer: Ints
    day: Ints
    feature: Ints
    active: Ints
    events: Ints
    seats: Ints


def draw_usage(settings: Settings, customers: Customers, lives: Lives, live: Ints) -> Iterator[Usage]:
    """Weekly use from go-live until today or leaving, in portions of customers."""
    dice = settings.dice("usage")
    monday = settings.start + (4 - settings.start) % 7
    first = np.maximum(live + (4 - live) % 7, monday)
    last = np.minimum(lives.left - 1, settings.end)
    weeks = np.maximum((last - first) // 7 + 1, 0)
    for begin in range(0, len(customers), _AT_ONCE):
        yield _portion(
            customers, lives, live, first, weeks, np.arange(begin, min(begin + _AT_ONCE, len(customers))), dice
        )


def _portion(customers: Customers, lives: Lives, live: Ints, first: Ints, weeks: Ints, some: Ints,
             dice: np.random.Generator) -> Usage:  # fmt: skip
    features = _BOUGHT[customers.segment[some]]
    rows = weeks[some] * features
    customer = some[spread(rows)]
    place = places_within(rows)
    bought = np.repeat(features, rows)
    day = first[customer] + 7 * (place // bought)
    feature = place % bought
    since_live = np.maximum(day - live[customer], 0)
    level = (1 - np.exp(-(since_live + 10) / 45.0)) * np.clip(0.75 + 0.25 * lives.mood[customer], 0.1, 1.2)
    souring = np.where(lives.saved[customer], 0, np.clip((day - lives.notice[customer] + 60) / 100.0, 0, 0.8))
    share = np.clip(_POPULAR[feature] * level * (1 - souring) * (0.85 + 0.3 * dice.random(len(day))), 0, 1)
    seats = customers.seats[customer]
    active = np.round(share * seats).astype(np.int64)
    return Usage(customer, day, feature, active, active * dice.integers(4, 30, len(day)), seats)
