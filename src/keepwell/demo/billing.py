"""What was invoiced and paid, what did each department cost, what was each currency worth, and what was asked of whom?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepwell.demo.contracting import Contracts, invoice_counts
from keepwell.demo.delivering import Delivery
from keepwell.demo.people import Holdings, Seats
from keepwell.demo.selling import (
    EURO_OF_CURRENCY,
    LIST_VALUE,
    SEGMENT_SHARES,
    USUAL_DISCOUNT,
    VALUE_SPREAD,
    Customers,
)  # fmt: skip
from keepwell.demo.settings import (
    NEVER,
    Ints,
    Reals,
    Settings,
    add_months,
    month_of,
    month_start,
    quarter_of,
    quarter_start,
)  # fmt: skip
from keepwell.demo.staying import Lives

COST_DEPARTMENTS = ("marketing", "sales", "delivery", "success", "support", "product")
COST_KINDS = ("salaries", "tools", "travel", "installation")
_PAYMENT_DAYS = 30
_A_HEAD = np.array([5200, 6100, 5600, 5300, 4300, 6400])  # salaries a month


@dataclass(frozen=True)
class Invoices:
    """Invoices in the order in which they were issued; amounts in cents of the contract's currency."""

    contract: Ints
    issued: Ints
    due: Ints
    paid: Ints
    cents: Ints

    def __len__(self) -> int:
        """How many there are."""
        return len(self.contract)


@dataclass(frozen=True)
class Costs:
    """What was spent: `customer` is -1 where it was for all."""

    on: Ints
    department: Ints
    kind: Ints
    customer: Ints
    amount: Ints


@dataclass(frozen=True)
class Quotas:
    """What a person was asked to sign, EUR of annual value, half-open intervals."""

    person: Ints
    from_on: Ints
    to_on: Ints
    target: Ints


def draw_invoices(settings: Settings, customers: Customers, contracts: Contracts, lives: Lives) -> Invoices:
    """Yearly for enterprises, quarterly for the others; who is discontented pays late, some never."""
    dice = settings.dice("invoices")
    a_year = np.where(customers.segment[contracts.customer] == 0, 1, 4)
    contract, number = invoice_counts(contracts, settings, a_year)
    issued = add_months(contracts.starts[contract], number * (12 // a_year[contract]))
    cents = contracts.annual_value[contract] * 100 // a_year[contract]
    customer = contracts.customer[contract]
    late = dice.random(len(contract)) < np.clip(0.15 - 0.10 * lives.mood[customer], 0.03, 0.6)
    delay = np.where(late, dice.integers(5, 70, len(contract)), -dice.integers(0, 20, len(contract)))
    leaving = (issued + 45 > lives.left[customer]) & (dice.random(len(contract)) < 0.4)
    paid = np.where(leaving, NEVER, issued + _PAYMENT_DAYS + delay)
    paid = np.where(paid <= settings.end, paid, NEVER)
    rows = np.flatnonzero(issued <= settings.end)
    rows = rows[np.lexsort((contract[rows], issued[rows]))]
    return Invoices(contract[rows], issued[rows], issued[rows] + _PAYMENT_DAYS, paid[rows], cents[rows])


def draw_costs(settings: Settings, customers: Customers, delivery: Delivery, seats: Seats) -> Costs:
    """Salaries, tools and travel by department and month, and what each installation cost."""
    dice = settings.dice("costs")
    first, last = month_of(np.array([settings.start, settings.end]))
    months = np.arange(first, last + 1)
    heads = np.array([sum(seats.team_departments[team] == name for team in seats.team) for name in COST_DEPARTMENTS])
    rows = len(months) * len(COST_DEPARTMENTS) * 3
    month, department, kind = (
        grid.ravel() for grid in np.meshgrid(months, np.arange(len(COST_DEPARTMENTS)), np.arange(3), indexing="ij")
    )
    share = np.array([1.0, 0.12, 0.06])[kind] * (0.95 + 0.1 * dice.random(rows))
    amount = (heads[department] * _A_HEAD[department] * share).astype(np.int64)
    installed = np.flatnonzero((delivery.live <= settings.end) & (delivery.live >= settings.start))
    effort = (customers.annual_value[installed] * 0.08 * delivery.factor[installed]).astype(np.int64)
    return Costs(
        np.concatenate([month_start(month + 1) - 1, delivery.live[installed]]),
        np.concatenate([department, np.full(len(installed), COST_DEPARTMENTS.index("delivery"))]),
        np.concatenate([kind, np.full(len(installed), COST_KINDS.index("installation"))]),
        np.concatenate([np.full(rows, -1), installed]),
        np.concatenate([amount, effort]),
    )


def draw_rates(settings: Settings, first_day: int) -> tuple[Ints, Ints]:
    """Days, and for each what a pound and a dollar were worth in euro, in ten-thousandths (days × 2)."""
    dice = settings.dice("rates")
    day = np.arange(min(first_day, settings.start), settings.end + 1)
    walk = np.cumsum(dice.standard_normal((len(day), 2)) * 0.002, axis=0)
    rates = EURO_OF_CURRENCY[1:] * np.exp(walk - 0.0008 * walk**2)
    return day, np.round(rates * 10_000).astype(np.int64)


def draw_quotas(settings: Settings, holdings: Holdings, seats: Seats) -> Quotas:
    """Quarterly for account executives and their managers, yearly for who brings leads; by days for who held the seat for a part."""
    parts = [_of_seats(holdings, seats.of("account_executive", code), _a_quarter(settings, seats, code), 3)
             for code in range(3)]  # fmt: skip
    for code in range(3):
        managers = seats.of("sales_manager", code)
        quarters, target = _a_quarter(settings, seats, code)
        led = target * len(seats.of("account_executive", code)) // len(managers) // 100 * 100
        parts.append(_of_seats(holdings, managers, (quarters, led), 3))
    brought = _brought_in_a_quarter(settings, seats)
    parts.append(_of_seats(holdings, seats.of("marketing_specialist"), brought, 12))
    columns = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Quotas(*columns)


def _expected_by_quarter(settings: Settings, segment: int) -> tuple[Ints, Reals]:
    """The quarters of the story, and the annual value which a segment may be expected to sign in each."""
    mean = LIST_VALUE[segment] * np.exp(VALUE_SPREAD[segment] ** 2 / 2) * (1.06 - USUAL_DISCOUNT[segment])
    first, last = quarter_of(np.array([settings.start, settings.end]))
    quarters = np.arange(first, last + 1)
    bounds = np.append(quarter_start(quarters), quarter_start(quarters[-1:] + 1))
    x = np.clip((bounds - settings.start) / max(settings.end - settings.start, 1), 0, 1)
    share = np.diff(((x + 1) ** 2 - 1) / 3)
    return quarters, settings.customers * 0.7 * SEGMENT_SHARES[segment] * mean * share


def _a_quarter(settings: Settings, seats: Seats, segment: int) -> tuple[Ints, Ints]:
    quarters, expected = _expected_by_quarter(settings, segment)
    step = (5000, 5000, 1000)[segment]
    target = np.maximum(np.round(expected / len(seats.of("account_executive", segment)) / step), 1) * step
    return quarters, target.astype(np.int64)


def _brought_in_a_quarter(settings: Settings, seats: Seats) -> tuple[Ints, Ints]:
    quarters, _ = _expected_by_quarter(settings, 0)
    expected = sum(chance * _expected_by_quarter(settings, code)[1] for code, chance in enumerate((0.2, 0.4, 0.6)))
    target = np.maximum(np.round(expected / len(seats.of("marketing_specialist")) / 1000), 1) * 1000
    return quarters, target.astype(np.int64)


def _of_seats(holdings: Holdings, seat: Ints, quarterly: tuple[Ints, Ints], months: int
              ) -> tuple[Ints, Ints, Ints, Ints]:  # fmt: skip
    """A row per holder and quarter (or calendar year), the target by the days within it."""
    quarters, target = quarterly
    group = quarters if months == 3 else quarters // 4
    firsts = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
    sums = np.add.reduceat(target, firsts)
    from_on = quarter_start(quarters[firsts])
    to_on = quarter_start(np.append(quarters[firsts[1:]], quarters[-1] + 1))
    held = np.flatnonzero(np.isin(holdings.seat, seat))
    row, place = (grid.ravel() for grid in np.meshgrid(held, np.arange(len(firsts)), indexing="ij"))
    start = np.maximum(from_on[place], holdings.from_on[row])
    stop = np.minimum(to_on[place], holdings.to_on[row])
    real = start < stop
    share = (stop - start)[real] / (to_on - from_on)[place[real]]
    prorated = np.maximum((sums[place[real]] * share / 100).astype(np.int64), 1) * 100
    return holdings.person[row[real]], start[real], stop[real], prorated
