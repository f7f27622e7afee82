"""Which contacts were there with customers and prospects, from the first lead to references and attempts to save?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo.contracting import Deals
from keepwell.demo.delivering import Delivery
from keepwell.demo.people import Holdings, Seats
from keepwell.demo.selling import Customers
from keepwell.demo.settings import NEVER, NOBODY, Ints, Settings, office_hour, places_within, spread
from keepwell.demo.staying import Lives

KINDS = ("lead", "meeting", "demo", "call", "email", "training", "help_article", "community", "save_attempt",
         "reference_call", "referral")  # fmt: skip
LEAD, MEETING, DEMO, CALL, EMAIL, TRAINING, ARTICLE, COMMUNITY, SAVE, REFERENCE, REFERRAL = range(11)
SUBJECTS = (
    ("Web form", "Webinar attended", "Met at the fair", "White paper"), ("First meeting", "Workshop on their process"),
    ("Product demo", "Demo for the team"), ("Call", "Call on open questions"), ("E-mail", "E-mail with offer"),
    ("Training on the job", "Training before go-live"), ("",), ("",), ("Attempt to keep the customer",),
    ("Reference call for a prospect",), ("Recommended us to another company",),
)  # fmt: skip
MINUTES = np.array([0, 60, 45, 15, 0, 120, 0, 0, 40, 30, 0])


@dataclass(frozen=True)
class Touches:
    """Contacts by moment; `account`: customers, then prospects; `person` is `NOBODY` where the customer came alone."""

    account: Ints
    person: Ints
    at: Ints
    kind: Ints
    subject: Ints
    minutes: Ints

    def __len__(self) -> int:
        """How many there are."""
        return len(self.account)


def draw_touches(settings: Settings, customers: Customers, deals: Deals, delivery: Delivery, lives: Lives,
                 holdings: Holdings, seats: Seats) -> Touches:  # fmt: skip
    """All contacts within the story, in the order of their moments."""
    dice = settings.dice("touches")
    parts = [
        _of_marketing(deals, holdings, seats, dice),
        _of_sales(settings, deals, dice),
        _trainings(customers, delivery, dice),
        _of_success(settings, customers, delivery, lives, holdings, dice),
        _of_their_own(settings, delivery, lives, dice),
        _advocacy(settings, customers, delivery, lives, holdings, dice),
        _saves(lives),
    ]
    account, person, day, kind = (np.concatenate(column) for column in zip(*parts, strict=True))
    left = np.full(int(account.max()) + 1, NEVER)
    left[: len(customers)] = lives.left
    rows = np.flatnonzero((day >= settings.start) & (day <= settings.end) & (day < left[account]))
    rows = rows[np.argsort(day[rows], kind="stable")]
    kind = kind[rows]
    subject = (dice.random(len(rows)) * np.array([len(row) for row in SUBJECTS])[kind]).astype(np.int64)
    minutes = (MINUTES[kind] * (0.6 + 0.8 * dice.random(len(rows)))).astype(np.int64)
    at = np.sort(office_hour(day[rows], dice))
    return Touches(account[rows], person[rows], at, kind, subject, minutes)


_Part = tuple[Ints, Ints, Ints, Ints]


def _of_marketing(deals: Deals, holdings: Holdings, seats: Seats, dice: np.random.Generator) -> _Part:
    """One to four leads in the two months before an opportunity."""
    rows = np.flatnonzero(deals.kind == 0)
    row = np.repeat(rows, dice.integers(1, 5, len(rows)))
    day = deals.opened[row] - dice.integers(0, 60, len(row))
    person = holdings.holder(dice.choice(seats.of("marketing_specialist"), len(row)), day)
    return deals.account[row], person, day, np.full(len(row), LEAD)


def _of_sales(settings: Settings, deals: Deals, dice: np.random.Generator) -> _Part:
    """Calls, meetings, demos and mails while an opportunity is open."""
    row = spread(dice.poisson(np.where(deals.kind == 0, 5.0, 1.5)))
    until = np.minimum(deals.closed, settings.end)
    length = np.maximum(until - deals.opened, 1)
    day = deals.opened[row] + (dice.random(len(row)) * length[row]).astype(np.int64)
    kind = dice.choice([MEETING, DEMO, CALL, EMAIL], len(row), p=[0.2, 0.15, 0.3, 0.35])
    return deals.account[row], deals.owner[row], day, kind


def _trainings(customers: Customers, delivery: Delivery, dice: np.random.Generator) -> _Part:
    """Some are taught before they sign; most before they go live."""
    count = len(customers)
    before = np.flatnonzero(dice.random(count) < 0.15)
    later = np.flatnonzero(dice.random(count) < 0.7)
    day = np.concatenate([customers.signed[before] - 5, delivery.live[later] - dice.integers(2, 12, len(later))])
    customer = np.concatenate([before, later])
    person = np.concatenate([customers.seller[before], delivery.person[later]])
    return customer, person, day, np.full(len(customer), TRAINING)


def _of_success(settings: Settings, customers: Customers, delivery: Delivery, lives: Lives, holdings: Holdings,
                dice: np.random.Generator) -> _Part:  # fmt: skip
    """About one call in six weeks to a customer that somebody looks after."""
    last = np.minimum(lives.left, settings.end)
    room = np.maximum(last - delivery.live, 0)
    customer = spread(dice.poisson(room / 42.0))
    day = delivery.live[customer] + (dice.random(len(customer)) * room[customer]).astype(np.int64)
    person = holdings.holder(customers.success_seat[customer], day)
    kept = person != NOBODY
    kind = dice.choice([CALL, MEETING, EMAIL], len(customer), p=[0.5, 0.2, 0.3])
    return customer[kept], person[kept], day[kept], kind[kept]


def _of_their_own(settings: Settings, delivery: Delivery, lives: Lives, dice: np.random.Generator
                  ) -> _Part:  # fmt: skip
    """Help articles and the community, more often where people were taught."""
    last = np.minimum(lives.left, settings.end)
    room = np.maximum(last - delivery.live, 0)
    customer = spread(dice.poisson(room / 60.0 * np.exp(0.2 * lives.mood)))
    day = delivery.live[customer] + (dice.random(len(customer)) * room[customer]).astype(np.int64)
    kind = np.where(dice.random(len(customer)) < 0.8, ARTICLE, COMMUNITY)
    return customer, np.full(len(customer), NOBODY), day, kind


def _advocacy(settings: Settings, customers: Customers, delivery: Delivery, lives: Lives, holdings: Holdings,
              dice: np.random.Generator) -> _Part:  # fmt: skip
    """The contented take reference calls and recommend."""
    last = np.minimum(np.minimum(lives.left, lives.notice), settings.end)
    room = np.maximum(last - delivery.live - 60, 0)
    count = dice.poisson(0.0012 * room * np.exp(0.8 * lives.mood))
    customer = spread(count)
    day = (
        delivery.live[customer]
        + 60
        + (places_within(count) + dice.random(len(customer))) * room[customer] / np.maximum(count[customer], 1)
    )
    whole = day.astype(np.int64)
    person = holdings.holder(customers.success_seat[customer], whole)
    kind = np.where(dice.random(len(customer)) < 0.6, REFERENCE, REFERRAL)
    return customer, np.where(kind == REFERENCE, person, NOBODY), whole, kind


def _saves(lives: Lives) -> _Part:
    rows = np.flatnonzero(lives.attempt < NEVER)
    return rows, lives.saver[rows], lives.attempt[rows], np.full(len(rows), SAVE)
