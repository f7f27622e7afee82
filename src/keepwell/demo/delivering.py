"""How did each new customer get from signature to value: hand-over, delivery, installation, training, go-live?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo.people import Holdings, People, Seats
from keepwell.demo.selling import Customers
from keepwell.demo.settings import NEVER, NOBODY, Bools, Ints, Reals, Settings, sigmoid

KINDS = ("handed_over", "delivered", "installed", "trained", "went_live", "first_value")
_PLANNED = np.array([80, 45, 21])  # days from signature to go-live, by segment
_SLIP_OF_FEATURED = 2.1


@dataclass(frozen=True)
class Delivery:
    """For each customer: planned and actual days (in the order of `KINDS`), and what made them slip.

    `factor` is actual over planned time to go-live; `person` the delivery lead on the day of signing.
    """

    due: Ints  # customers × kinds
    reached: Ints  # customers × kinds
    factor: Reals
    handed_over: Bools
    person: Ints

    @property
    def live(self) -> Ints:
        """The day of going live."""
        return np.asarray(self.reached[:, KINDS.index("went_live")])

    @property
    def planned(self) -> Ints:
        """The day planned for it."""
        return np.asarray(self.due[:, KINDS.index("went_live")])

    @property
    def weeks_late(self) -> Reals:
        """Weeks past the planned go-live, none if in time, twelve at most."""
        return np.clip((self.live - self.planned) / 7.0, 0.0, 12.0)


def draw_delivery(settings: Settings, customers: Customers, people: People, holdings: Holdings, seats: Seats,
                  featured: int) -> Delivery:  # fmt: skip
    """Installation slips more where more was promised than can be done, in a rush, and without a hand-over."""
    dice = settings.dice("delivery")
    count = len(customers)
    lead = holdings.holder_or_boss(customers.delivery_seat, customers.signed + 7, seats.boss)
    slowness = np.where(lead == NOBODY, 0.15, people.slowness[lead])
    handed_over = dice.random(count) < sigmoid(people.care[customers.seller])
    if featured >= 0:
        handed_over[featured] = True  # its way is shown: there are hand-offs, late ones
    log_factor = (
        -0.27 + slowness + 0.16 * (people.overpromising[customers.seller] - 1) + 0.16 * customers.rushed
        + 0.22 * ~handed_over + 0.10 * customers.difficulty + 0.22 * dice.standard_normal(count)
    )  # fmt: skip
    factor = np.clip(np.exp(log_factor), 0.5, 4.0)
    if featured >= 0:
        factor[featured] = max(factor[featured], _SLIP_OF_FEATURED)
    plan = _PLANNED[customers.segment]
    due = customers.signed[:, None] + np.stack(
        [np.full(count, 7), plan * 4 // 10, plan * 7 // 10, plan * 9 // 10, plan, plan + 25], axis=1
    )
    reached = _reached(customers.signed, plan, factor, handed_over, dice)
    return Delivery(due, reached, factor, handed_over, lead)


def _reached(signed: Ints, plan: Ints, factor: Reals, handed_over: Bools, dice: np.random.Generator) -> Ints:
    """The days on which each step was reached, in their order; a hand-over that was not made never is."""
    live = np.maximum(np.round(plan * factor), 5)
    jitter = 0.9 + 0.15 * dice.random((len(plan), 3))
    steps = live[:, None] * np.array([0.4, 0.7, 0.9]) * jitter
    hand_over = np.where(handed_over, 1 + dice.integers(0, 6, len(plan)) * np.clip(factor, 1.0, 1.4), NEVER)
    value = live + 6 + dice.gamma(2.0, 8.0 * np.maximum(factor, 0.8))
    days = np.column_stack([hand_over, np.minimum(steps, live[:, None]), live, value]).astype(np.int64)
    reached = signed[:, None] + days
    reached[~handed_over, 0] = NEVER
    return reached


def cut_at_leaving(reached: Ints, left: Ints, today: int) -> Ints:
    """What is known today: no step after the customer left, none in the future."""
    last = np.minimum(left, today)
    return np.where(reached > last[:, None], NEVER, reached)
