"""Who was asked how it was, who answered, and what? Those in a bad mood answer less; one person asks only the glad."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo.people import Holdings, People, Seats
from keepwell.demo.selling import Customers
from keepwell.demo.settings import (
    A_DAY,
    NEVER,
    NOBODY,
    Bools,
    Ints,
    Reals,
    Settings,
    office_hour,
    places_within,
    sigmoid,
    spread,
)  # fmt: skip
from keepwell.demo.staying import Lives
from keepwell.demo.supporting import Tickets

KINDS = ("nps", "csat", "ces", "choose_again")
NPS, CSAT, CES, CHOOSE_AGAIN = range(4)
SCALES = ((0, 10), (1, 5), (1, 7), (1, 5))
STAGES = ("use", "support", "install", "adopt", "renew", "leave")
USE, SUPPORT, INSTALL, ADOPT, RENEW, LEAVE = range(6)
COMMENTS = (
    "Before we bought this, we were told something else", "Still waiting for what was promised", "Nobody feels in charge",
    "It works, with some patience", "Fine so far", "Does what it should", "They call before we have to",
    "Our people like it", "I would choose them again", "Helped us the same day",
)  # fmt: skip


@dataclass(frozen=True)
class Surveys:
    """Invitations: moments in seconds (beyond `NEVER`: not answered); `score` counts only where answered.

    `about_ticket`, `about_person`, `invited_by`: row numbers, `NOBODY` where none.
    """

    customer: Ints
    kind: Ints
    stage: Ints
    invited: Ints
    answered: Ints
    score: Ints
    comment: Ints
    invited_by: Ints
    about_person: Ints
    about_ticket: Ints

    def __len__(self) -> int:
        """How many there are."""
        return len(self.customer)


@dataclass(frozen=True)
class _Asked:
    """Invitations before anybody answered: `level` is the mean score to expect."""

    customer: Ints
    kind: int
    stage: int
    day: Ints
    level: Reals
    person: Ints
    ticket: Ints


def draw_surveys(settings: Settings, customers: Customers, people: People, lives: Lives, live: Ints, tickets: Tickets,
                 holdings: Holdings, seats: Seats) -> Surveys:  # fmt: skip
    """All invitations of the story in the order of their moments, answered or not."""
    dice = settings.dice("surveys")
    asked = [
        _relationship(settings, lives, live),
        _after_tickets(lives, people, tickets, dice),
        _once(CES, INSTALL, live + 10, 5.8 + 0.8 * lives.mood - 0.01 * (live - customers.signed)),
        _once(CHOOSE_AGAIN, ADOPT, customers.signed + 95, 3.6 + 0.65 * lives.mood),
        _after_saves(lives),
        _once(CES, LEAVE, np.minimum(lives.left, NEVER) + 6, 3.4 + 0.6 * lives.mood),
    ]
    kind = np.repeat([part.kind for part in asked], [len(part.customer) for part in asked])
    stage = np.repeat([part.stage for part in asked], [len(part.customer) for part in asked])
    customer, day, level, person, ticket = (
        np.concatenate([getattr(part, name) for part in asked])
        for name in ("customer", "day", "level", "person", "ticket")
    )
    in_story = (day >= settings.start) & (day <= settings.end) & ((day < lives.left[customer]) | (stage == LEAVE))
    invited_by, sent = _who_asks(settings, customers, customer, kind, day, lives, holdings, seats)
    rows = np.flatnonzero(in_story & sent)
    rows = rows[np.argsort(day[rows], kind="stable")]
    return _answers(settings, lives, customer[rows], kind[rows], stage[rows], day[rows], level[rows], person[rows],
                    ticket[rows], invited_by[rows])  # fmt: skip


def gamer(seats: Seats) -> int:
    """The seat of the success manager who asks only contented customers; `NOBODY` where there is but one."""
    managers = seats.of("customer_success_manager")
    return int(managers[1]) if len(managers) > 1 else NOBODY


def _relationship(settings: Settings, lives: Lives, live: Ints) -> _Asked:
    """NPS, sixty days after go-live and twice a year from then on; lower once notice is near."""
    first = live + 60
    count = np.maximum((np.minimum(lives.left, settings.end) - first) // 182 + 1, 0)
    customer = spread(count)
    day = first[customer] + 182 * places_within(count)
    souring = (day > lives.notice[customer] - 60) & ~lives.saved[customer]
    level = 7.7 + 1.25 * lives.mood[customer] - 1.6 * souring
    nobody = np.full(len(customer), NOBODY)
    return _Asked(customer, NPS, USE, day, level, nobody, nobody)


def _after_tickets(lives: Lives, people: People, tickets: Tickets, dice: np.random.Generator) -> _Asked:
    """CSAT a day after three in five solved cases, about who solved it."""
    rows = np.flatnonzero((tickets.solved < NEVER * A_DAY) & (dice.random(len(tickets)) < 0.6))
    customer, person = tickets.customer[rows], tickets.assignee[rows]
    slowness = np.where(person == NOBODY, 0.0, people.slowness[person])
    level = (3.75 + 0.35 * lives.mood[customer] + 0.35 * tickets.met_service_level[rows] - 1.4 * slowness
             - 0.25 * tickets.hops[rows] - 0.4 * tickets.reopens[rows])  # fmt: skip
    return _Asked(customer, CSAT, SUPPORT, tickets.solved[rows] // A_DAY + 1, level, person, rows)


def _after_saves(lives: Lives) -> _Asked:
    """CSAT a month after an attempt to save, about who made it: sham saves are felt."""
    rows = np.flatnonzero(lives.attempt < NEVER)
    level = np.where(lives.saved[rows], 4.2, np.where(lives.sham[rows], 2.5, 2.2))
    return _Asked(rows, CSAT, RENEW, lives.attempt[rows] + 30, level, lives.saver[rows], np.full(len(rows), NOBODY))


def _once(kind: int, stage: int, day: Ints, level: Reals) -> _Asked:
    nobody = np.full(len(day), NOBODY)
    return _Asked(np.arange(len(day)), kind, stage, day, level, nobody, nobody)


def _who_asks(settings: Settings, customers: Customers, customer: Ints, kind: Ints, day: Ints, lives: Lives,
              holdings: Holdings, seats: Seats) -> tuple[Ints, Bools]:  # fmt: skip
    """The machine asks everybody; one success manager asks for NPS by hand, and only those in a good mood."""
    by_hand = (customers.success_seat[customer] == gamer(seats)) & (kind == NPS)
    person = holdings.holder(customers.success_seat[customer], np.minimum(day, settings.end))
    sent = ~by_hand | (lives.mood[customer] > 0.35)
    return np.where(by_hand, person, NOBODY), np.asarray(sent)


def _answers(settings: Settings, lives: Lives, customer: Ints, kind: Ints, stage: Ints, day: Ints, level: Reals,
             person: Ints, ticket: Ints, invited_by: Ints) -> Surveys:  # fmt: skip
    """Who answers depends on the mood, in both directions less on support; scores stay on their scale."""
    dice = settings.dice("answers")
    count = len(customer)
    noise = np.array([1.5, 0.8, 1.1, 0.8])[kind] * dice.standard_normal(count)
    low, high = np.array(SCALES).T
    score = np.clip(np.round(level + noise), low[kind], high[kind]).astype(np.int64)
    willing = np.array([-0.35, -0.55, -0.2, -0.1])[kind] + 0.55 * lives.mood[customer]
    invited = office_hour(day, dice)
    answered = invited + dice.integers(600, 6 * A_DAY, count)
    silent = (dice.random(count) >= sigmoid(willing)) | (answered >= (settings.end + 1) * A_DAY)
    share = (score - low[kind]) / (high - low)[kind]
    tone = np.minimum((share * 3).astype(np.int64), 2) * 3 + dice.integers(0, 4, count)
    comment = np.where(silent | (dice.random(count) < 0.6), NOBODY, tone)
    return Surveys(customer, kind, stage, invited, np.where(silent, NEVER * A_DAY, answered), score, comment,
                   invited_by, person, ticket)  # fmt: skip
