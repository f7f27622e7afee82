"""Which yearly terms, renewals and expansions make a customer's contracts, and which deals stand behind them?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo.people import Holdings, Seats
from keepwell.demo.selling import Chances, Customers
from keepwell.demo.settings import NEVER, NOBODY, Bools, Ints, Settings, add_months, places_within, spread
from keepwell.demo.staying import Lives

NEW, EXPANSION, RENEWAL = range(3)
WON, LOST, OPEN = range(3)


@dataclass(frozen=True)
class Lines:
    """What is bought and renewed together: the first purchase of each customer, then each expansion."""

    customer: Ints
    signed: Ints
    annual_value: Ints
    owner: Ints  # who sold it


@dataclass(frozen=True)
class Contracts:
    """Yearly terms; `renews` and `deal` are row numbers (`NOBODY`: none). Days half-open; `NEVER`: not."""

    customer: Ints
    line: Ints
    term: Ints
    starts: Ints
    ends: Ints
    annual_value: Ints
    renews: Ints
    deal: Ints
    notice: Ints
    ended: Ints

    def __len__(self) -> int:
        """How many there are."""
        return len(self.customer)


@dataclass(frozen=True)
class Deals:
    """All opportunities: new ones, expansions, renewals; won, lost and open. `account`: customers, then prospects."""

    account: Ints
    owner: Ints
    kind: Ints
    outcome: Ints
    opened: Ints
    closed: Ints
    annual_value: Ints
    amount: Ints
    currency: Ints
    discount: Ints

    def __len__(self) -> int:
        """How many there are."""
        return len(self.account)


def draw_lines(settings: Settings, customers: Customers, lives: Lives, live: Ints, holdings: Holdings, seats: Seats
               ) -> Lines:  # fmt: skip
    """First purchases, and what contented customers bought on top; success managers sell expansions."""
    dice = settings.dice("expansions")
    last = np.minimum(np.minimum(lives.left, lives.notice), settings.end)
    months = np.maximum(last - live - 60, 0) / 30.4
    count = np.minimum(dice.poisson(0.016 * months * np.exp(0.7 * lives.mood)), 3)
    customer = spread(count)
    room = np.maximum(last - live - 60, 1)[customer]
    signed = live[customer] + 60 + (dice.random(len(customer)) * room).astype(np.int64)
    value = customers.annual_value[customer] * dice.integers(10, 40, len(customer)) // 10_000 * 100
    owner = holdings.holder_or_boss(customers.success_seat[customer], signed, seats.boss)
    return Lines(
        np.concatenate([np.arange(len(customers)), customer]),
        np.concatenate([customers.signed, signed]),
        np.concatenate([customers.annual_value, np.maximum(value, 400)]),
        np.concatenate([customers.seller, owner]),
    )


def draw_contracts(settings: Settings, lines: Lines, lives: Lives) -> Contracts:
    """The terms of every line that have begun, each renewing the one before; renewed a little dearer, or smaller."""
    dice = settings.dice("contracts")
    first = lines.signed + dice.integers(0, 8, len(lines.customer))
    left = lives.left[lines.customer]
    most = (settings.end - int(first.min())) // 365 + 2
    begun = np.stack([add_months(first, 12 * term) for term in range(most)], axis=1)
    exists = (begun < np.minimum(left, settings.end + 1)[:, None]) | (np.arange(most) == 0)
    value = _values(lines.annual_value, lives.mood[lines.customer], most, dice)
    line, term = np.nonzero(exists)  # by line, then term
    starts, ends = begun[line, term], add_months(first[line], 12 * (term + 1))
    ended = np.where((left[line] <= ends) & (left[line] <= settings.end), np.maximum(left[line], starts), NEVER)
    notice = lives.notice[lines.customer][line]
    in_term = (notice >= starts) & (notice < ends) & (notice <= settings.end)
    in_term |= (ended < NEVER) & (notice <= settings.end)
    rows = np.arange(len(line))
    return Contracts(lines.customer[line], line, term, starts, ends, value[line, term],
                     np.where(term > 0, rows - 1, NOBODY), np.full(len(line), NOBODY),
                     np.where(in_term, notice, NEVER), ended)  # fmt: skip


def gather_deals(settings: Settings, customers: Customers, chances: Chances, lines: Lines, contracts: Contracts,
                 holdings: Holdings, seats: Seats) -> tuple[Deals, Ints]:  # fmt: skip
    """All opportunities in one list, and for each contract the row of the deal that made it.

    Rows: first purchases and expansions (as `lines`), renewals won (as contracts with a later term), renewals lost
    or still open, then what was not won.
    """
    dice = settings.dice("renewals")
    count = len(lines.customer)
    main = np.arange(count) < len(customers)
    renewed = np.flatnonzero(contracts.term > 0)
    signed_renewal = contracts.starts[renewed] - dice.integers(0, 30, len(renewed))
    due, lost = _not_renewed(settings, contracts)
    parts = [
        _part(lines.customer, lines.owner, np.where(main, NEW, EXPANSION), np.zeros(count, np.int64),
              np.where(main, customers.opened[lines.customer], lines.signed - 30), lines.signed, lines.annual_value,
              customers.discount[lines.customer] * main),
        _renewals(contracts, customers, renewed, np.zeros(len(renewed), np.int64), signed_renewal, holdings, seats,
                  contracts.starts),
        _renewals(contracts, customers, due, np.where(lost, LOST, OPEN), contracts.ends[due], holdings, seats,
                  contracts.ends),
        _part(chances.account, chances.seller, np.zeros(len(chances.account), np.int64),
              np.where(chances.is_open, OPEN, LOST), chances.opened, chances.closed, chances.annual_value,
              chances.discount),
    ]  # fmt: skip
    account, owner, kind, outcome, opened, closed, value, discount = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    currency = np.concatenate([customers.currency[lines.customer], customers.currency[contracts.customer[renewed]],
                               customers.currency[contracts.customer[due]], chances.currency])  # fmt: skip
    services = np.where(kind == NEW, value * 15 // 10_000 * 100, 0)  # set-up, paid once
    deal_of = np.where(contracts.term == 0, contracts.line, NOBODY)
    deal_of[renewed] = count + np.arange(len(renewed))
    return Deals(account, owner, kind, outcome, opened, closed, value, value + services, currency, discount), deal_of


def _values(annual_value: Ints, mood: np.ndarray, most: int, dice: np.random.Generator) -> Ints:
    """The annual value of each term: three percent dearer each year, but some renew for less, the discontented more."""
    smaller = dice.random((len(mood), most)) < np.clip(0.12 - 0.08 * mood, 0.02, 0.5)[:, None]
    factor = np.where(smaller, 0.75 + 0.2 * dice.random((len(mood), most)), 1.03)
    factor[:, 0] = 1.0
    return np.maximum((annual_value[:, None] * np.cumprod(factor, axis=1) / 100).astype(np.int64) * 100, 400)


def _not_renewed(settings: Settings, contracts: Contracts) -> tuple[Ints, Bools]:
    """Last terms with an opportunity to renew that was lost, or is open since the term ends within 90 days."""
    last = np.append(contracts.line[1:] != contracts.line[:-1], True)
    at_term = (contracts.ended == contracts.ends) & last
    pending = last & (contracts.ended >= NEVER) & (contracts.ends <= settings.end + 90)
    rows = np.flatnonzero(at_term | pending)
    return rows, at_term[rows]


def _renewals(contracts: Contracts, customers: Customers, rows: Ints, outcome: Ints, closed: Ints, holdings: Holdings,
              seats: Seats, term_day: Ints) -> tuple[Ints, ...]:  # fmt: skip
    customer = contracts.customer[rows]
    owner = holdings.holder_or_boss(customers.success_seat[customer], closed, seats.boss)
    kind = np.full(len(rows), RENEWAL)
    return _part(customer, owner, kind, outcome, term_day[rows] - 90, closed, contracts.annual_value[rows],
                 np.zeros(len(rows), np.int64))  # fmt: skip


def _part(*columns: Ints) -> tuple[Ints, ...]:
    return columns


def invoice_counts(contracts: Contracts, settings: Settings, a_year: Ints) -> tuple[Ints, Ints]:
    """Each contract's invoices that have been written: the contract's row and the number within the term."""
    months = 12 // a_year
    last = np.minimum(np.minimum(contracts.ended, contracts.ends) - 1, settings.end)
    elapsed = np.maximum((last - contracts.starts) // 30, 0)
    count = np.minimum(elapsed // months + 1, a_year)
    return spread(count), places_within(count)
