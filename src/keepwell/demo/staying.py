"""Who stays and who leaves? The true hazard of each customer, and what it is made of.

The monthly hazard is the exponential of a sum of parts; most of them are decided in the first 90 days. From it come
the day on which a customer makes up their mind, the notice, attempts to save (some of them a sham), and the end.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from keepwell.demo.delivering import Delivery
from keepwell.demo.people import People
from keepwell.demo.selling import Customers
from keepwell.demo.settings import NEVER, NOBODY, Bools, Ints, Reals, Settings, add_months, sigmoid

_YEARLY = np.array([0.050, 0.070, 0.100])  # the base hazard of leaving in a year, by segment
PER_WEEK_LATE, PER_BROKEN_PROMISE, PER_SEVERE_TICKET, WHEN_RUSHED = 0.09, 0.50, 0.25, 0.25
FRAILTY = 0.35
_DAYS_BEFORE_ANYONE_LEAVES = 75

REASONS = ("never_got_value", "promise_not_kept", "poor_support", "price", "changed_strategy", "we_ended_the_product",
           "force_majeure")  # fmt: skip


@dataclass(frozen=True)
class Hazard:
    """Parts of the log of the monthly hazard of leaving, for each customer."""

    base: Reals
    weeks_late: Reals
    broken_promises: Reals
    severe_tickets: Reals
    rushed: Reals
    seller: Reals
    success_manager: Reals
    unseen: Reals

    @property
    def log(self) -> Reals:
        """The sum of the parts."""
        return np.asarray(sum(getattr(self, field.name) for field in fields(self)))

    @property
    def monthly(self) -> Reals:
        """The chance, in a month, of making up one's mind to leave."""
        return np.asarray(1 - np.exp(-np.exp(self.log)))


@dataclass(frozen=True)
class Trouble:
    """Tickets in each customer's first 90 days: how many, and how many of them severe."""

    tickets: Ints
    severe: Ints


@dataclass(frozen=True)
class Lives:
    """For each customer: the mood (standard deviations), days of notice and leaving (`NEVER`), and the attempt to save.

    `left` is a day the customer is no longer one, known only if it is not in the future. `saved`: stays for the whole
    story; `sham`: counted as saved by who called, and leaves all the same within months.
    """

    mood: Reals
    notice: Ints
    left: Ints
    early: Bools
    attempt: Ints
    saver: Ints
    saved: Bools
    sham: Bools
    reason: Ints


def draw_trouble(settings: Settings, customers: Customers, delivery: Delivery, featured: int) -> Trouble:
    """More tickets where the case is hard, the go-live late and the deal rushed."""
    dice = settings.dice("trouble")
    rate = np.array([5.0, 3.0, 1.6])[customers.segment] * np.exp(
        0.05 * delivery.weeks_late + 0.25 * customers.difficulty + 0.15 * customers.rushed
    )
    tickets = dice.poisson(rate)
    if featured >= 0:
        tickets[featured] = max(int(tickets[featured]), 8)
    severe = dice.binomial(tickets, np.clip(0.12 + 0.03 * delivery.weeks_late, 0, 0.5))
    if featured >= 0:
        severe[featured] = max(int(severe[featured]), 3)
    return Trouble(tickets.astype(np.int64), severe.astype(np.int64))


def true_hazard(settings: Settings, customers: Customers, people: People, delivery: Delivery, broken: Ints,
                trouble: Trouble, success_manager: Ints) -> Hazard:  # fmt: skip
    """The parts of each customer's hazard; `success_manager` is who took over, or `NOBODY`."""
    dice = settings.dice("hazard")
    return Hazard(
        base=np.log(_YEARLY[customers.segment] / 12),
        weeks_late=PER_WEEK_LATE * delivery.weeks_late,
        broken_promises=PER_BROKEN_PROMISE * np.minimum(broken, 4),
        severe_tickets=PER_SEVERE_TICKET * np.minimum(trouble.severe, 5),
        rushed=np.where(customers.rushed, WHEN_RUSHED, 0.0),
        seller=people.hazard[customers.seller],
        success_manager=np.where(success_manager == NOBODY, 0.4, people.hazard[success_manager]),
        unseen=FRAILTY * dice.standard_normal(len(customers)),
    )


def draw_lives(settings: Settings, customers: Customers, people: People, hazard: Hazard, delivery: Delivery,
               broken: Ints, trouble: Trouble, savers: tuple[Ints, Ints], featured: int) -> Lives:  # fmt: skip
    """When each customer makes up their mind, gives notice, is fought for, and leaves."""
    dice = settings.dice("lives")
    count = len(customers)
    mood = (
        0.55 - 0.07 * delivery.weeks_late - 0.35 * np.minimum(broken, 4) - 0.12 * trouble.severe
        + people.warmth[customers.seller] * 0.5 + 0.45 * dice.standard_normal(count)
    )  # fmt: skip
    wait = dice.exponential(30.4 / np.exp(hazard.log))
    notice = np.minimum(customers.signed + _DAYS_BEFORE_ANYONE_LEAVES + wait, NEVER).astype(np.int64)
    early = dice.random(count) < np.clip(0.15 + 0.10 * broken + 0.05 * delivery.weeks_late, 0, 0.75)
    if featured >= 0:
        notice[featured] = min(customers.signed[featured] + 122, settings.end - 62)
        early[featured] = True
    end = np.where(early, notice + dice.integers(30, 60, count), _end_of_term(customers.signed, notice))
    attempt, saver = _attempts(settings, notice, savers, dice)
    saved, sham = _outcomes(people, attempt, saver, broken, dice)
    if featured >= 0:
        saved[featured] = sham[featured] = False
        end[featured] = notice[featured] + 47
    end = np.where(sham, attempt + dice.integers(35, 150, count), np.where(saved, NEVER, end))
    left = np.where(notice < NEVER, np.minimum(end, NEVER), NEVER)
    return Lives(mood, notice, left, early, attempt, saver, saved, sham, _reasons(delivery, broken, trouble, dice))


def _end_of_term(signed: Ints, notice: Ints) -> Ints:
    """The end of the yearly term in which notice was given."""
    bounded = np.minimum(notice, NEVER // 2)
    years = np.maximum((bounded - signed) // 365, 0)
    end = add_months(signed, 12 * (years + 1))
    earlier = add_months(signed, 12 * np.maximum(years, 1))
    end = np.where((years >= 1) & (earlier > bounded), earlier, end)
    return np.where(notice >= NEVER, NEVER, end)


def _attempts(settings: Settings, notice: Ints, savers: tuple[Ints, Ints], dice: np.random.Generator
              ) -> tuple[Ints, Ints]:  # fmt: skip
    """When and by whom somebody tried to keep a customer who gave notice: success managers, and service reps."""
    count = len(notice)
    success, service = savers
    saver = np.where((dice.random(count) < 0.55) & (success != NOBODY), success, service)
    attempt = notice + dice.integers(1, 13, count)
    tried = (dice.random(count) < 0.85) & (attempt <= settings.end) & (saver != NOBODY)
    return np.where(tried, attempt, NEVER), np.where(tried, saver, NOBODY)


def _outcomes(people: People, attempt: Ints, saver: Ints, broken: Ints, dice: np.random.Generator
              ) -> tuple[Bools, Bools]:  # fmt: skip
    """Whether the customer was kept, and whether "kept" was a sham."""
    warmth = np.where(saver == NOBODY, 0.0, people.warmth[saver])
    kept = (attempt < NEVER) & (dice.random(len(attempt)) < sigmoid(-0.1 + 2.0 * warmth - 0.25 * broken))
    sham = kept & (dice.random(len(attempt)) < 0.3)
    return kept & ~sham, sham


def _reasons(delivery: Delivery, broken: Ints, trouble: Trouble, dice: np.random.Generator) -> Ints:
    """Why they left: what weighed most, with some chance."""
    count = len(broken)
    weights = np.column_stack([
        0.15 * delivery.weeks_late, 0.8 * broken, 0.5 * trouble.severe, np.full(count, 0.8), np.full(count, 0.5),
        np.full(count, 0.05), np.full(count, 0.05),
    ])  # fmt: skip
    return np.asarray(np.argmax(np.log(weights + 1e-9) + dice.gumbel(size=weights.shape), axis=1), dtype=np.int64)


def seller_hazard_through_promises(people: People) -> Reals:
    """How much each seller's promises add to the log-hazard of an average customer, against one promise in ten broken.

    Promises made above the first, times the chance that one is broken or late, times what each costs.
    """
    made = 0.9 * people.overpromising
    missed = 1 - sigmoid(2.6 - 1.1 * (people.overpromising - 0.7))
    return PER_BROKEN_PROMISE * (made * missed - 0.09)
