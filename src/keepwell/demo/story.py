"""Which two sellers are alike in sales and unlike in what comes after, and which customer's way shows it?

Their *ways of working* are set here, and what the one customer met; that their customers fare differently is not set
but follows, as for everybody else, from promises, rush, hand-overs and delays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from keepwell.demo.people import Holdings, People, Seats
from keepwell.demo.settings import NOBODY, Ints, Settings, quarter_of, quarter_start


@dataclass(frozen=True)
class Story:
    """The seats of the two mid-market sellers, by how they hand over."""

    careful_seat: int
    careless_seat: int

    @property
    def seats(self) -> Ints:
        """Both."""
        return np.array([self.careful_seat, self.careless_seat])


def choose_story(seats: Seats) -> Story:
    """The first two seats of mid-market account executives."""
    pair = seats.of("account_executive", 1)[:2]
    return Story(int(pair[0]), int(pair[1]))


def set_ways_of_working(people: People, holdings: Holdings, story: Story, settings: Settings) -> People:
    """One promises little and hands over; the other promises too much, rushes, and moves on."""
    day = np.array([settings.end])
    careful = int(holdings.holder(np.array([story.careful_seat]), day)[0])
    careless = int(holdings.holder(np.array([story.careless_seat]), day)[0])
    changed = {}
    for name, good, bad in (("overpromising", 0.5, 2.6), ("rushing", 0.08, 0.55), ("care", 3.0, -1.2),
                            ("warmth", 0.4, -0.4), ("hazard", -0.25, 0.25)):  # fmt: skip
        values = getattr(people, name).copy()
        values[careful], values[careless] = good, bad
        changed[name] = values
    return replace(people, **changed)


def share_alike(seat: Ints, base_day: Ints, value: Ints, story: Story) -> Ints:
    """Deal the pair's customers out in turn, by quarter and value, so that both sign nearly the same.

    The larger one of each two goes to the one who rushes: deeper discounts take the difference away again.
    """
    mine = np.flatnonzero(np.isin(seat, story.seats))
    order = mine[np.lexsort((mine, -value[mine], quarter_of(base_day[mine])))]
    shared = seat.copy()
    shared[order[0::2]] = story.careless_seat
    shared[order[1::2]] = story.careful_seat
    return shared


def choose_customer(seller_seat: Ints, signed: Ints, value: Ints, story: Story, settings: Settings) -> int:
    """The careless seller's largest customer signed two quarters before the last; any other's if there is none."""
    end_quarter = quarter_of(np.array([settings.end + 1])) - 1
    first = quarter_start(end_quarter - 2)[0] + 60
    mine = seller_seat == story.careless_seat
    for late, early in ((first + 40, first), (settings.end - 150, settings.end - 300)):
        fits = np.flatnonzero(mine & (signed >= early) & (signed < late) & (signed >= settings.start))
        if len(fits):
            return int(fits[np.argmax(value[fits])])
    return NOBODY
