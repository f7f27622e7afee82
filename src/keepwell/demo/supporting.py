"""Which tickets did customers open, through whose hands did they go, and how were they solved?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo.people import Holdings, People, Seats
from keepwell.demo.selling import Customers
from keepwell.demo.settings import A_DAY, NEVER, NOBODY, Bools, Ints, Settings, office_hour, spread
from keepwell.demo.staying import Lives, Trouble

PRIORITIES = ("urgent", "high", "normal", "low")
TOPICS = ("login", "import", "performance", "reports", "integration", "mobile app", "invoice", "contract", "seats")
_BILLING_TOPICS = 6  # topics from here on go to the billing team
CHANNELS = ("email", "web", "phone", "chat")
SUBJECTS = (
    "Cannot log in since this morning", "Import stops half way", "Very slow at month end", "Report shows other totals",
    "Interface delivers nothing", "App closes by itself", "Invoice does not fit the contract", "Question on our terms",
    "Need more seats",
)  # fmt: skip
STATUSES = ("new", "open", "pending", "solved", "closed")
NEW, OPEN, PENDING, SOLVED, CLOSED = range(5)
QUEUE, ASSISTANT = -2, -3  # system users, beside the persons' numbers

_SERVICE_HOURS = np.array([8, 24, 48, 96])
_SOLVED_IN_HOURS = np.array([5.0, 13.0, 22.0, 45.0])
_MOST_HOPS = 5


@dataclass(frozen=True)
class Tickets:
    """Cases in the order in which they were opened; moments in seconds, beyond `NEVER` if not (yet)."""

    customer: Ints
    assignee: Ints
    team: Ints
    opened: Ints
    first_reply: Ints
    solved: Ints
    closed: Ints
    due: Ints
    priority: Ints
    topic: Ints
    channel: Ints
    reopens: Ints
    hops: Ints

    def __len__(self) -> int:
        """How many there are."""
        return len(self.customer)

    @property
    def met_service_level(self) -> Bools:
        """Solved by the time that was due."""
        return np.asarray(self.solved <= self.due)


@dataclass(frozen=True)
class Steps:
    """What happened to each case, in order: who had it, in which team, in which state."""

    ticket: Ints
    at: Ints
    person: Ints
    team: Ints
    status: Ints


def draw_tickets(settings: Settings, customers: Customers, people: People, lives: Lives, trouble: Trouble,
                 holdings: Holdings, seats: Seats, service_seat: Ints, featured: int) -> tuple[Tickets, Steps]:  # fmt: skip
    """The tickets of the first 90 days (which weigh on staying) and those after, until today."""
    dice = settings.dice("tickets")
    customer, day, severe = _when(settings, customers, lives, trouble, dice)
    count = len(customer)
    topic = dice.integers(0, len(TOPICS), count)
    priority = np.where(severe, dice.integers(0, 2, count), dice.choice([2, 3], count, p=[0.7, 0.3]))
    opened = np.sort(office_hour(day, dice))
    hops = np.minimum(dice.poisson(0.35 + 0.5 * severe), _MOST_HOPS - 1)
    hops = np.where(customer == featured, np.maximum(hops, 2 * severe + 1), hops)
    seat = _seats_along(customer, topic, service_seat, seats, dice)
    person = holdings.holder_or_boss(seat.ravel(), np.repeat(opened // A_DAY, _MOST_HOPS), seats.boss).reshape(
        seat.shape
    )
    last = person[np.arange(count), hops]
    slowness = np.where(last == NOBODY, 0.0, people.slowness[last])
    hours = _SOLVED_IN_HOURS[priority] * np.exp(1.6 * slowness + 0.7 * dice.standard_normal(count)) * (1 + 0.45 * hops)
    channel = dice.integers(0, len(CHANNELS), count)
    reopens = (dice.random(count) < 0.07 + 0.10 * np.clip(slowness + 0.5, 0, 2)).astype(np.int64)
    solved_first = opened + (np.maximum(hours, 0.3) * 3600).astype(np.int64)
    reopened = solved_first + dice.integers(3600, 3 * A_DAY, count)
    solved = np.where(reopens > 0, reopened + dice.integers(3600, 2 * A_DAY, count), solved_first)
    steps = _steps(
        opened, channel, solved_first, reopened, solved, reopens, hops, seat, person, seats, dice, settings.end
    )
    first_reply = opened + ((solved_first - opened) * (0.05 + 0.3 * dice.random(count))).astype(np.int64)
    now = (settings.end + 1) * A_DAY
    beyond = NEVER * A_DAY
    tickets = Tickets(
        customer, last, seats.team[seat[np.arange(count), hops]], opened,
        np.where(first_reply < now, first_reply, beyond), np.where(solved < now, solved, beyond),
        np.where(solved + 4 * A_DAY < now, solved + 4 * A_DAY, beyond), opened + _SERVICE_HOURS[priority] * 3600,
        priority, topic, channel, reopens * (reopened < now), hops,
    )  # fmt: skip
    return tickets, steps


def _when(settings: Settings, customers: Customers, lives: Lives, trouble: Trouble, dice: np.random.Generator
          ) -> tuple[Ints, Ints, Bools]:  # fmt: skip
    """Customer, day and severity of each ticket, by day; none before the story, none after leaving."""
    early = spread(trouble.tickets)
    rank = np.arange(len(early)) - np.repeat(np.cumsum(trouble.tickets) - trouble.tickets, trouble.tickets)
    early_day = customers.signed[early] + dice.integers(12, 91, len(early))
    last = np.minimum(lives.left, settings.end + 1)
    since = np.maximum(customers.signed + 91, settings.start)
    months = np.maximum(last - since, 0) / 30.4
    rate = np.array([0.9, 0.45, 0.22])[customers.segment] * np.exp(0.25 * customers.difficulty - 0.25 * lives.mood)
    later = spread(dice.poisson(rate * months))
    later_day = since[later] + (dice.random(len(later)) * np.maximum(last - since, 1)[later]).astype(np.int64)
    customer = np.concatenate([early, later])
    day = np.concatenate([early_day, later_day])
    severe = np.concatenate([rank < trouble.severe[early], dice.random(len(later)) < 0.10])
    real = (day >= settings.start) & (day < last[customer])
    order = np.flatnonzero(real)[np.argsort(day[real], kind="stable")]
    return customer[order], day[order], severe[order]


def _seats_along(customer: Ints, topic: Ints, service_seat: Ints, seats: Seats, dice: np.random.Generator
                 ) -> Ints:  # fmt: skip
    """The seats a case goes through: one of its topic's team (or the named contact), others, now and then back."""
    count = len(customer)
    reps = seats.of("service_rep")
    billing = reps[[seats.team_names[team].startswith("Support Billing") for team in seats.team[reps]]]
    product = np.setdiff1d(reps, billing)
    seat = np.empty((count, _MOST_HOPS), dtype=np.int64)
    own_team = np.where(topic >= _BILLING_TOPICS, dice.choice(billing, count), dice.choice(product, count))
    known = (dice.random(count) < 0.4) & (topic < _BILLING_TOPICS)
    seat[:, 0] = np.where(known, service_seat[customer], own_team)
    for hop in range(1, _MOST_HOPS):
        back = dice.random(count) < (0.35 if hop > 1 else 0.0)
        seat[:, hop] = np.where(back, seat[:, max(hop - 2, 0)], dice.choice(reps, count))
    return seat


def _steps(opened: Ints, channel: Ints, solved_first: Ints, reopened: Ints, solved: Ints, reopens: Ints, hops: Ints, seat: Ints,
           person: Ints, seats: Seats, dice: np.random.Generator, today: int) -> Steps:  # fmt: skip
    """New in the queue (or with the assistant), open with each who had it, solved, reopened and solved again, closed."""
    count = len(opened)
    ticket = np.arange(count)
    last_seat, last = seat[ticket, hops], person[ticket, hops]
    share = np.sort(dice.random((count, _MOST_HOPS)), axis=1) * 0.8 + 0.02
    first = np.where(channel == CHANNELS.index("chat"), ASSISTANT, QUEUE)
    rows = [(ticket, opened, first, seats.team[seat[:, 0]], NEW)]
    for hop in range(_MOST_HOPS):
        had = np.flatnonzero(hops >= hop)
        at = opened[had] + ((solved_first - opened)[had] * share[had, hop]).astype(np.int64)
        rows.append((had, at, person[had, hop], seats.team[seat[had, hop]], OPEN))
    again = np.flatnonzero(reopens > 0)
    team = seats.team[last_seat]
    rows.append((ticket, solved_first, last, team, SOLVED))
    rows.append((again, reopened[again], last[again], team[again], OPEN))
    rows.append((again, solved[again], last[again], team[again], SOLVED))
    rows.append((ticket, solved + 4 * A_DAY, last, team, CLOSED))
    status = np.repeat([row[4] for row in rows], [len(row[0]) for row in rows])
    of, at, who, where = (np.concatenate([row[column] for row in rows]) for column in range(4))
    order = np.lexsort((np.arange(len(of)), at, of))
    order = order[at[order] < (today + 1) * A_DAY]
    return Steps(of[order], at[order], who[order], where[order], status[order])
