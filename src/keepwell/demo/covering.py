"""Who stood behind each account (customers, then prospects), in which role, from when to when, and where was nobody?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo.delivering import Delivery
from keepwell.demo.people import Holdings, Seats
from keepwell.demo.selling import Chances, Customers
from keepwell.demo.settings import NEVER, NOBODY, Ints, Settings, places_within, spread
from keepwell.demo.staying import Lives

ROLES = ("account_executive", "delivery_lead", "customer_success_manager", "service_rep")


@dataclass(frozen=True)
class Coverage:
    """Half-open intervals of days in which a person stood behind a customer in a role; `NEVER`: still."""

    customer: Ints
    person: Ints
    role: Ints
    from_on: Ints
    to_on: Ints


def success_starts(settings: Settings, customers: Customers, delivery: Delivery) -> Ints:
    """The day on which a success manager takes over: at go-live or before; one in eight is forgotten for months."""
    dice = settings.dice("success")
    count = len(customers)
    usual = np.minimum(delivery.live, customers.signed + 75) + dice.integers(-7, 10, count)
    forgotten = dice.random(count) < 0.12
    return np.asarray(np.maximum(usual + forgotten * dice.integers(40, 160, count), customers.signed + 1))


def service_seats(settings: Settings, customers: Customers, seats: Seats) -> Ints:
    """The service rep who is the customer's named contact."""
    return settings.dice("service").choice(seats.of("service_rep"), len(customers))


def draw_coverage(settings: Settings, customers: Customers, delivery: Delivery, lives: Lives, chances: Chances,
                  holdings: Holdings, success_from: Ints, service_seat: Ints) -> Coverage:  # fmt: skip
    """Customers' seats by role, cut into persons by who held the seat when."""
    end = np.minimum(lives.left, NEVER)
    handed_back = np.minimum(delivery.live + 30, end)
    parts = (
        (0, customers.seller_seat, customers.opened, end),
        (1, customers.delivery_seat, customers.signed, handed_back),
        (2, customers.success_seat, success_from, end),
        (3, service_seat, np.minimum(delivery.live, customers.signed + 60), end),
    )
    rows = [_cut(holdings, role, seat, from_on, to_on, settings.end) for role, seat, from_on, to_on in parts]
    rows.append(_of_prospects(settings, len(customers), chances))
    customer, person, role, from_on, to_on = (np.concatenate(column) for column in zip(*rows, strict=True))
    return Coverage(customer, person, role, from_on, to_on)


def _of_prospects(settings: Settings, customers: int, chances: Chances) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Sellers stand behind prospects while an opportunity is open, one interval per seller, account and day."""
    rows = np.flatnonzero((chances.account >= customers) & (chances.seller != NOBODY))
    keys = np.column_stack([chances.account[rows], chances.seller[rows], chances.opened[rows]])
    _, once = np.unique(keys, axis=0, return_index=True)
    rows = rows[once]
    until = np.where(chances.is_open[rows] | (chances.closed[rows] > settings.end), NEVER, chances.closed[rows])
    return chances.account[rows], chances.seller[rows], np.zeros(len(rows), np.int64), chances.opened[rows], until


def _cut(holdings: Holdings, role: int, seat: Ints, from_on: Ints, to_on: Ints, today: int
         ) -> tuple[Ints, Ints, Ints, Ints, Ints]:  # fmt: skip
    """Each customer's interval, cut into those of the seat's holders."""
    first = np.searchsorted(holdings.seat, seat, side="left")
    count = np.searchsorted(holdings.seat, seat, side="right") - first
    customer = spread(count)
    row = first[customer] + places_within(count)
    start = np.maximum(from_on[customer], holdings.from_on[row])
    stop = np.minimum(to_on[customer], holdings.to_on[row])
    real = (start < stop) & (start <= today)
    stop = np.where(stop > today, NEVER, stop)
    return (customer[real], holdings.person[row][real], np.full(int(real.sum()), role), start[real], stop[real])
