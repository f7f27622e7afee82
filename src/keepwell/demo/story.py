"""Which two sellers are alike in sales and unlike in what comes after, and which customer's way shows it?

Their *ways of working* are set here, and what the one customer met; that their customers fare differently is not set
but follows, as for everybody else, from promises, rush, hand-overs and delays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from keepwell.demo.people import Holdings, People, Seats
from keepwell.demo.selling import Customers
from keepwell.demo.settings import NOBODY, Ints, Settings, quarter_of


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
                            ("warmth", 0.4, -0.4), ("hazard", -0.4, 0.4)):  # fmt: skip
        values = getattr(people, name).copy()
        values[careful], values[careless] = good, bad
        changed[name] = values
    return replace(people, **changed)


def choose_customer(customers: Customers, story: Story, settings: Settings) -> int:
    """The careless seller's largest customer signed in the rush of the last quarter but two; else one near to that.

    Signed then, it has left by today and within the days in which commission is taken back. `NOBODY` where there is
    none, as in a company of a few customers.
    """
    mine = (customers.seller_seat == story.careless_seat) & (customers.signed >= settings.start)
    quarter = quarter_of(np.array([settings.end + 1]))[0] - 3
    then = mine & (quarter_of(customers.signed) == quarter)
    lately = mine & (customers.signed >= settings.end - 300) & (customers.signed < settings.end - 175)
    for fits in (then & customers.rushed & lately, lately):
        rows = np.flatnonzero(fits)
        if len(rows):
            return int(rows[np.argmax(customers.annual_value[rows])])
    return NOBODY
