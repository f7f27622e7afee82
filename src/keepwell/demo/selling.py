"""What was sold to whom, by whom, when, at which discount; and what was lost or is still open?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from keepwell.demo.names import INDUSTRIES
from keepwell.demo.people import Holdings, People, Seats
from keepwell.demo.settings import (
    NOBODY,
    Bools,
    Ints,
    Reals,
    Settings,
    month_of,
    quarter_of,
    quarter_start,
    to_weekday,
)  # fmt: skip

REGIONS = ("DACH", "Nordics", "France & Benelux", "Iberia & Italy", "UK & Ireland", "North America")
CURRENCIES = ("EUR", "GBP", "USD")
CURRENCY_OF_REGION = np.array([0, 0, 0, 0, 1, 2])
EURO_OF_CURRENCY = np.array([1.0, 1.165, 0.905])  # when the story begins
COUNTRIES = ("Germany", "Sweden", "France", "Spain", "United Kingdom", "United States")
RUSH_DAYS = 14

SEGMENT_SHARES = (0.15, 0.40, 0.45)
LIST_VALUE = np.array([160_000.0, 46_000.0, 12_000.0])  # a year, median
VALUE_SPREAD = np.array([0.45, 0.40, 0.45])
USUAL_DISCOUNT = np.array([0.13, 0.09, 0.05])
_PRICE_OF_SEAT = 600


@dataclass(frozen=True)
class Customers:
    """The accounts that bought: who sold to them, and the seats that stand behind them."""

    segment: Ints
    industry: Ints
    region: Ints
    currency: Ints
    seller_seat: Ints
    delivery_seat: Ints
    success_seat: Ints
    seller: Ints
    opened: Ints
    signed: Ints
    rushed: Bools
    discount: Ints  # percent
    annual_value: Ints  # whole units of the currency
    seats: Ints
    difficulty: Reals  # how hard the case is by nature, in standard deviations

    def __len__(self) -> int:
        """How many there are."""
        return len(self.segment)


@dataclass(frozen=True)
class Chances:
    """Opportunities that were not won: lost ones, and open ones (`closed`: when they are expected)."""

    account: Ints  # a customer, or beyond their number a prospect
    seller: Ints
    segment: Ints
    currency: Ints
    opened: Ints
    closed: Ints
    is_open: Bools
    annual_value: Ints
    discount: Ints


@dataclass(frozen=True)
class Prospects:
    """Accounts that have not bought."""

    segment: Ints
    industry: Ints
    region: Ints

    def __len__(self) -> int:
        """How many there are."""
        return len(self.segment)


def draw_customers(settings: Settings, people: People, holdings: Holdings, seats: Seats, pair: Ints) -> Customers:
    """The accounts that bought, oldest first; three in ten did so in the year before the story begins.

    `pair`: the seats of the two sellers of the story, the careful one first.
    """
    dice = settings.dice("customers")
    count = settings.customers
    segment = _at_least_one_each(dice.choice(3, count, p=SEGMENT_SHARES))
    base_day = _days_of_signature(settings, count, dice)
    region = dice.choice(len(REGIONS), count, p=[0.28, 0.14, 0.22, 0.12, 0.13, 0.11])
    offers = _draw_offers(settings, segment, base_day, dice)
    seller_seat = _any_seat_of_segment(seats, segment, dice)
    today = np.full(2, settings.end)
    if_theirs = [offers.signed_under(chance)[3] * EURO_OF_CURRENCY[CURRENCY_OF_REGION[region]]
                 for chance in people.rushing[holdings.holder(pair, today)]]  # fmt: skip
    seller_seat = _share_alike(seller_seat, base_day, if_theirs, pair, settings.start)
    seller = holdings.holder_or_boss(seller_seat, base_day, seats.boss)
    signed, rushed, discount, annual_value = offers.signed_under(people.rushing[seller])
    seller = holdings.holder_or_boss(seller_seat, signed, seats.boss)
    opened = signed - 10 - (dice.gamma(3.0, np.array([40.0, 22.0, 10.0])[segment])).astype(np.int64)
    columns = (
        segment, dice.integers(0, len(INDUSTRIES), count), region, CURRENCY_OF_REGION[region], seller_seat,
        dice.choice(seats.of("delivery_lead"), count), dice.choice(seats.of("customer_success_manager"), count),
        seller, opened, signed, rushed, discount, annual_value, annual_value // _PRICE_OF_SEAT + 3,
        dice.standard_normal(count),
    )  # fmt: skip
    order = np.lexsort((np.arange(count), signed))
    ordered: list[Any] = [column[order] for column in columns]
    return Customers(*ordered)


def draw_prospects(settings: Settings) -> Prospects:
    """Accounts that were talked to and have not bought."""
    dice = settings.dice("prospects")
    count = settings.customers * 6 // 10 + 1
    return Prospects(dice.choice(3, count, p=SEGMENT_SHARES), dice.integers(0, len(INDUSTRIES), count),
                     dice.integers(0, len(REGIONS), count))  # fmt: skip


def draw_chances(settings: Settings, customers: Customers, prospects: Prospects, holdings: Holdings, seats: Seats
                 ) -> Chances:  # fmt: skip
    """Lost and open opportunities: most with prospects, some with customers."""
    dice = settings.dice("chances")
    lost, still_open = settings.customers * 12 // 10, settings.customers * 12 // 100 + 1
    count = lost + still_open
    is_open = np.arange(count) >= lost
    account = np.where(dice.random(count) < 0.8, len(customers) + dice.integers(0, len(prospects), count),
                       dice.integers(0, len(customers), count))  # fmt: skip
    account = np.where(is_open, len(customers) + dice.integers(0, len(prospects), count), account)
    segment = np.concatenate([customers.segment, prospects.segment])[account]
    region = np.concatenate([customers.region, prospects.region])[account]
    closed = to_weekday(settings.start + dice.integers(3, settings.end - settings.start + 1, count))
    closed = np.where(is_open, settings.end + dice.integers(1, 95, count), closed)
    opened = np.minimum(closed - 15 - dice.gamma(3.0, 25.0, count).astype(np.int64), settings.end - 3)
    seat = _any_seat_of_segment(seats, segment, dice)
    value = LIST_VALUE[segment] * np.exp(VALUE_SPREAD[segment] * dice.standard_normal(count))
    return Chances(
        account, holdings.holder_or_boss(seat, np.minimum(closed, settings.end), seats.boss), segment,
        CURRENCY_OF_REGION[region], opened, closed, is_open, (value / 100).astype(np.int64) * 100,
        dice.integers(0, 15, count),
    )  # fmt: skip


@dataclass(frozen=True)
class Shares:
    """Who shares in a won deal: `deal` is the customer's number; percent; overlays stand beside the own shares."""

    deal: Ints
    person: Ints
    percent: Ints
    overlay: Bools
    role: Ints


SHARE_ROLES = ("account_executive", "solution_engineer", "sales_development", "marketing_specialist", "sales_manager")


def draw_shares(settings: Settings, customers: Customers, holdings: Holdings, seats: Seats, pair: Ints) -> Shares:
    """The seller's share, now and then split with a colleague, and the overlays of those who helped or led."""
    dice = settings.dice("shares")
    count = len(customers)
    deal = np.arange(count)
    colleague = holdings.holder(_any_seat_of_segment(seats, customers.segment, dice), customers.signed)
    split = (dice.random(count) < 0.12) & (colleague != NOBODY) & (colleague != customers.seller)
    split &= ~np.isin(customers.seller_seat, pair)
    given = np.where(split, dice.choice([20, 30, 40, 50], count), 0)
    parts = [(deal, customers.seller, 100 - given, False, 0), (deal[split], colleague[split], given[split], False, 0)]
    for role, name, chances in ((1, "solution_engineer", (0.9, 0.5, 0.1)), (2, "sales_development", (0.3, 0.5, 0.4)),
                                (3, "marketing_specialist", (0.2, 0.4, 0.6))):  # fmt: skip
        helper = holdings.holder(dice.choice(seats.of(name), count), customers.signed)
        helped = (dice.random(count) < np.array(chances)[customers.segment]) & (helper != NOBODY)
        percent = np.full(count, 50 if role == 1 else 100)
        parts.append((deal[helped], helper[helped], percent[helped], True, role))
    manager = holdings.holder(seats.boss[customers.seller_seat], customers.signed)
    led = np.flatnonzero((manager != NOBODY) & (manager != customers.seller))
    parts.append((deal[led], manager[led], np.full(len(led), 100), True, SHARE_ROLES.index("sales_manager")))
    return Shares(
        np.concatenate([part[0] for part in parts]),
        np.concatenate([part[1] for part in parts]),
        np.concatenate([part[2] for part in parts]),
        np.repeat([part[3] for part in parts], [len(part[0]) for part in parts]),
        np.repeat([part[4] for part in parts], [len(part[0]) for part in parts]),
    )


def _share_alike(seat: Ints, base_day: Ints, if_theirs: list[Reals], pair: Ints, start: int) -> Ints:
    """Deal the pair's customers out two by two, so that both sign nearly the same in each part of the story.

    `if_theirs`: what each of the two would sign with each customer. Two customers next to each other in quarter and
    value go one to each seller; which to whom is decided so that the sums meet, beginning with the two that differ
    most. (The pair has some 140 customers in a company of any size.)
    """
    mine = np.flatnonzero(np.isin(seat, pair))
    careful, careless = if_theirs
    shared = seat.copy()
    for some in (mine[base_day[mine] < start], mine[base_day[mine] >= start]):
        order = some[np.lexsort((some, -careful[some], quarter_of(base_day[some])))]
        one, other = order[0 : len(order) // 2 * 2 : 2], order[1::2]
        straight, crossed = careful[one] - careless[other], careful[other] - careless[one]
        ahead = float(careful[order[-1:]].sum()) * (len(order) % 2) + float((straight + crossed).sum()) / 2
        shared[order[-1:]] = pair[0]  # where their number is odd
        for couple in np.argsort(-np.abs(straight - crossed), kind="stable").tolist():
            change = float(straight[couple] - crossed[couple]) / 2
            to_careful, to_careless = (one, other) if abs(ahead + change) < abs(ahead - change) else (other, one)
            shared[to_careful[couple]], shared[to_careless[couple]] = pair
            ahead += change if to_careful is one else -change
    return shared


def _at_least_one_each(segment: Ints) -> Ints:
    """Even the smallest company has a mid-market customer."""
    segment[0] = 1
    return segment


def _days_of_signature(settings: Settings, count: int, dice: np.random.Generator) -> Ints:
    """Three in ten in the year before; the others in the story, more towards its end."""
    length = settings.end - settings.start - 2
    before = settings.start - 1 - dice.integers(0, 365, count)
    u = dice.random(count)
    grown = (-1 + np.sqrt(1 + 3 * u)) * length  # density rises linearly to twice its start
    inside = settings.start + 1 + grown.astype(np.int64)
    return to_weekday(np.where(dice.random(count) < 0.3, before, inside))


@dataclass(frozen=True)
class _Offers:
    """What is decided of a deal before it is known who signs it: both possible days, both discounts, and the luck."""

    base_day: Ints
    late_day: Ints
    may_rush: Bools
    luck: Reals
    usual_discount: Ints
    rush_discount: Ints
    list_value: Reals

    def signed_under(self, chance: Reals | float) -> tuple[Ints, Bools, Ints, Ints]:
        """Day, whether rushed, discount in percent and annual value, by the seller's `chance` to rush."""
        rushed = (self.luck < chance) & self.may_rush
        discount = np.where(rushed, self.rush_discount, self.usual_discount)
        value = (self.list_value * (1 - discount / 100) / 100).round().astype(np.int64) * 100
        return np.where(rushed, self.late_day, self.base_day), rushed, discount, np.maximum(value, 1200)


def _draw_offers(settings: Settings, segment: Ints, base_day: Ints, dice: np.random.Generator) -> _Offers:
    """Some deals may be pulled into the last two weeks of their quarter, where the story lasts so long."""
    count = len(segment)
    late_day = to_weekday(quarter_start(quarter_of(base_day) + 1) - 1 - dice.integers(0, RUSH_DAYS - 2, count))
    usual = USUAL_DISCOUNT[segment] + 0.03 * dice.standard_normal(count)
    usual_discount, rush_discount = (
        np.clip(np.round(100 * share), 0, 40).astype(np.int64)
        for share in (usual, usual + 0.05 + 0.06 * dice.random(count))
    )
    list_value = LIST_VALUE[segment] * np.exp(VALUE_SPREAD[segment] * dice.standard_normal(count))
    return _Offers(
        base_day, late_day, late_day <= settings.end, dice.random(count), usual_discount, rush_discount, list_value
    )


def _any_seat_of_segment(seats: Seats, segment: Ints, dice: np.random.Generator) -> Ints:
    """A seller's seat for each account, any of its segment."""
    seat = np.empty(len(segment), dtype=np.int64)
    for code in range(3):
        mine = np.flatnonzero(segment == code)
        seat[mine] = dice.choice(seats.of("account_executive", code), len(mine))
    return seat


def in_last_two_weeks(day: Ints) -> Bools:
    """Is the day among the last fourteen of its quarter?"""
    return np.asarray(quarter_start(quarter_of(day) + 1) - day <= RUSH_DAYS)


def months_between(first: int, last: int) -> int:
    """How many calendar months are touched from the first to the last day?"""
    return int(month_of(np.array([last]))[0] - month_of(np.array([first]))[0]) + 1
