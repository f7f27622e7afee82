"""What did sellers promise in writing, and what became of it?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo.people import People
from keepwell.demo.selling import Customers
from keepwell.demo.settings import NEVER, Bools, Ints, Reals, Settings, office_hour, places_within, sigmoid, spread

KINDS = ("date", "feature", "service_level", "price", "outcome")
STATUSES = ("open", "kept", "late", "broken", "released_by_customer")
OPEN, KEPT, LATE, BROKEN, RELEASED = range(5)

TEXTS = (
    ("Live in time for the season", "Go-live within the agreed weeks", "First site running before the audit"),
    ("Single sign-on at go-live", "Export to their accounting system", "The mobile app in their language",
     "An interface to their warehouse system", "Reports per site, not only per company"),
    ("Answers within two hours", "A named contact for every site", "Support on Saturdays"),
    ("No price rise in the second year", "Training days at no charge", "Extra seats at the same price"),
    ("Half the time per order by the second quarter", "Ninety percent of staff using it after six weeks",
     "One system instead of three"),
)  # fmt: skip


@dataclass(frozen=True)
class Promises:
    """Promises by customer: `made` and `due` are days, `kept_at` a moment (beyond `NEVER` if not kept)."""

    customer: Ints
    person: Ints
    kind: Ints
    text: Ints
    made: Ints
    due: Ints
    kept_at: Ints
    status: Ints
    weight: Ints
    confirmed_at: Ints
    reported: Bools

    def __len__(self) -> int:
        """How many there are."""
        return len(self.customer)


def draw_promises(settings: Settings, customers: Customers, people: People, live: Ints, planned: Ints, featured: int
                  ) -> Promises:  # fmt: skip
    """How many each seller makes follows from how they are; whether they are kept, from that and from delivery.

    `live`, `planned`: the day of going live and the one planned, per customer.
    """
    dice = settings.dice("promises")
    eager = people.overpromising[customers.seller]
    count = 1 + dice.poisson(0.9 * eager)
    if featured >= 0:
        count[featured] = max(int(count[featured]), 4)
    customer = spread(count)
    kind = dice.choice(5, len(customer), p=[0, 0.42, 0.2, 0.16, 0.22])
    kind[places_within(count) == 0] = 0  # the first promise is always a date
    is_date = kind == 0
    signed = customers.signed[customer]
    tight = np.clip(1.05 - 0.17 * (eager[customer] - 1), 0.55, 1.1)  # a date sooner than the plan, where eager
    by_plan = (signed + tight * (planned[customer] - signed)).astype(np.int64)
    due = np.where(is_date, by_plan, signed + dice.integers(25, 110, len(customer)))
    kept_on = _kept_on(due, eager[customer], customer == featured, dice)
    kept_on = np.where(is_date, live[customer], kept_on)
    made = signed - dice.integers(0, 20, len(customer))
    status = _status(kept_on, due, settings.end, dice)
    kept_on = np.where((status == KEPT) | (status == LATE), kept_on, NEVER)
    kept_at = office_hour(kept_on, dice)
    confirmed = np.where((dice.random(len(customer)) < 0.5) & (kept_on + 4 < settings.end), kept_on + 4, NEVER)
    text = (dice.random(len(customer)) * np.array([len(row) for row in TEXTS])[kind]).astype(np.int64)
    reported = (status == BROKEN) & (dice.random(len(customer)) < 0.4)
    return Promises(customer, customers.seller[customer], kind, text, made, due, kept_at, status,
                    1 + (kind == 0) + (kind == 4), office_hour(confirmed, dice), reported)  # fmt: skip


def broken_in_first_90_days(promises: Promises, customers: Customers) -> Ints:
    """For each customer: promises due within 90 days of signing and not kept by then, or not in time."""
    customer = promises.customer
    early = promises.due <= customers.signed[customer] + 90
    missed = early & ((promises.status == LATE) | (promises.status == BROKEN))
    return np.bincount(customer[missed], minlength=len(customers)).astype(np.int64)


def _kept_on(due: Ints, eager: Reals, featured: Bools, dice: np.random.Generator) -> Ints:
    """The day on which a promise that is no date was kept: in time, late, or never."""
    in_time = dice.random(len(due)) < np.where(featured, 0.0, sigmoid(2.6 - 1.1 * (eager - 0.7)))
    late = dice.random(len(due)) < 0.45
    return np.where(in_time, due - dice.integers(0, 20, len(due)),
                    np.where(late, due + dice.integers(4, 60, len(due)), NEVER))  # fmt: skip


def _status(kept_on: Ints, due: Ints, today: int, dice: np.random.Generator) -> Ints:
    """As the promise stands today: a promise past due by a month is given up as broken."""
    known = np.where(kept_on <= today, np.where(kept_on <= due, KEPT, LATE), np.where(due + 30 < today, BROKEN, OPEN))
    released = (known == BROKEN) & (dice.random(len(due)) < 0.06)
    return np.where(released, RELEASED, known)
