"""What did it cost to obtain each contract, and how is that written down? ASC 340-40, IFRS 15.91–104.

The cost of a contract is what people are paid because it was signed, renewed or saved. It is an asset from the day of
signing, written down in a straight line from the contract's start over the period of benefit, month by month, to the
cent; a part of a month counts by its days. What lapses or is taken back makes the asset smaller; when the customer
leaves, what remains is written off. As with pay, what is booked in a month is what the asset has come to as now known
less what was booked before, so that booked months never change.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from keepwell.core.money import round_money
from keepwell.core.periods import add_months, first_day, month_index
from keepwell.core.tables import Column, Table
from keepwell.engine import DuckDBEngine, Model, load_models
from keepwell.project.finance import Capitalisation

Row = dict[str, Any]
ZERO = Decimal(0)
YEAR = 12
SETTLED_COSTS = Table(
    "settled_costs",
    (
        Column("period", "integer", "first month of the settlement period in which it is booked", key=True),
        Column("month", "integer", "the month", key=True),
        Column("plan", "text", "the plan that paid for it", key=True),
        Column("contract_id", "text", "the contract", key=True),
        Column("currency", "text", "of the amounts", key=True),
        Column("customer_id", "text", "whose contract"),
        Column("additions", "money", "added to the asset"),
        Column("taken_back", "money", "deducted: lapsed or taken back"),
        Column("amortised", "money", "written down"),
        Column(
            "written_off", "money", "written off when the customer left; below zero: more was taken back than was left"
        ),
    ),
    "how the cost of obtaining a contract moved in a closed month",
)


@dataclass(frozen=True)
class Position:
    """What an asset has come to: all that was added, taken back, written down and written off so far."""

    additions: Decimal = ZERO
    taken_back: Decimal = ZERO
    amortised: Decimal = ZERO
    written_off: Decimal = ZERO

    @property
    def closing(self) -> Decimal:
        """What the asset is still carried at."""
        return self.additions - self.taken_back - self.amortised - self.written_off

    def less(self, before: Position) -> Position:
        """What moved since."""
        return Position(*(getattr(self, one.name) - getattr(before, one.name) for one in fields(self)))

    def plus(self, more: Position) -> Position:
        """Both together."""
        return Position(*(getattr(self, one.name) + getattr(more, one.name) for one in fields(self)))


@dataclass(frozen=True)
class Cost:
    """What obtaining a contract cost by one plan: `layers` are the days on which that changed, and by how much.

    It is written down from `starts` to `ends`, and written off on the day on which the customer `left`. `expensed` says why
    it is no asset; '' it is one.
    """

    plan: str
    contract_id: str
    customer_id: str
    currency: str
    layers: tuple[tuple[date, Decimal], ...]
    starts: date = date.min
    ends: date = date.min
    left: date | None = None
    expensed: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """Which asset it is."""
        return self.plan, self.contract_id, self.currency

    @property
    def amount(self) -> Decimal:
        """What it cost in all."""
        return sum((amount for _, amount in self.layers), ZERO)

    def position(self, until: date) -> Position:
        """What it has come to before the day `until`."""
        if self.expensed:
            return Position()
        layers = [layer for layer in self.layers if layer[0] < until]
        additions = sum((amount for _, amount in layers if amount > 0), ZERO)
        taken_back = -sum((amount for _, amount in layers if amount < 0), ZERO)
        over = min(until, self.left) if self.left else until
        amortised = round_money(sum((Fraction(amount) * self._share(on, over) for on, amount in layers), Fraction(0)))
        gone = self.left is not None and self.left < until
        return Position(additions, taken_back, amortised, additions - taken_back - amortised if gone else ZERO)

    def _share(self, on: date, until: date) -> Fraction:
        """Which share of a layer is written down by then: its months over all of its months."""
        begins = _months(max(on, self.starts))
        whole = _months(self.ends) - begins
        done = min(_months(until), _months(self.ends)) - begins
        return Fraction(1) if whole <= 0 else max(done, Fraction(0)) / whole


def costs_of(pay_lines: pa.Table, pay_trace: pa.Table | Path, contracts: Iterable[Row], to_on: date,
             policy: Capitalisation) -> list[Cost]:  # fmt: skip
    """What obtaining each contract cost, by plan, of all facts before `to_on`.

    `pay_lines` are those of closed periods and of the one that ends before `to_on`; `pay_trace` is the run's, or its file;
    `contracts` are the record's.
    """
    return costs_from(cost_rows(pay_lines, pay_trace, to_on, policy), contracts, policy)


def cost_rows(pay_lines: pa.Table, pay_trace: pa.Table | Path, to_on: date, policy: Capitalisation) -> list[Row]:
    """Who was paid what for which fact of which contract: rows of `contract_costs`, without what the policy leaves out."""
    with DuckDBEngine() as engine:
        engine.add_arrow("pay_lines", pay_lines)
        if isinstance(pay_trace, Path):
            engine.add_parquet("pay_trace", [pay_trace], _model("keepwell.pay", "pay_trace").gives)
        else:
            engine.add_arrow("pay_trace", pay_trace)
        engine.add_arrow("until", pa.table({"to_on": pa.array([to_on], pa.date32())}))
        engine.build(_model("keepwell.books", "contract_costs"))
        rows: list[Row] = engine.fetch("contract_costs").to_pylist()
    return [row for row in rows
            if row["part"] not in policy.leaves_out and f"{row['plan']}.{row['part']}" not in policy.leaves_out]  # fmt: skip


def costs_from(rows: Iterable[Row], contracts: Iterable[Row], policy: Capitalisation) -> list[Cost]:
    """The costs that these rows come to: a layer for each day, part and customer."""
    known = {row["contract_id"]: row for row in contracts}
    sums: dict[tuple[str, str, str], dict[tuple[Any, ...], Decimal]] = {}
    for row in rows:
        layers = sums.setdefault(_key(row), {})
        layer = row["on_day"], row["part"], row["customer_id"]
        layers[layer] = layers.get(layer, ZERO) + row["amount"]
    found = {}
    for key, layers in sums.items():
        told = [{"on_day": on, "customer_id": customer, "amount": amount}
                for (on, _, customer), amount in sorted(layers.items()) if amount]  # fmt: skip
        if told:
            found[key] = told
    return [_cost(key, layers, known.get(key[1]), policy) for key, layers in sorted(found.items())]


def _cost(key: tuple[str, str, str], rows: Sequence[Row], contract: Row | None, policy: Capitalisation) -> Cost:
    plan, contract_id, currency = key
    layers = tuple((row["on_day"], row["amount"]) for row in rows)
    customer = rows[0]["customer_id"]
    if contract is None:
        why = "no contract is recorded" if not contract_id else "the contract is not in the record"
        return Cost(plan, contract_id, customer if contract_id else "", currency, layers, expensed=why)
    months = None if contract["renews_id"] else policy.months(plan)
    starts, ends = contract["starts_on"], contract["ends_on"]
    if months is not None or ends is None:
        over = months if months is not None else policy.without_end
        ends = add_months(starts, over) if over else None
    if ends is None:
        return Cost(plan, contract_id, customer, currency, layers, expensed="the contract has no end")
    short = _months(ends) - _months(starts) <= YEAR
    left = contract["ended_on"] if contract["ended_on"] and contract["ended_on"] < ends else None
    why = "written down within a year" if short and policy.short == "expensed" else ""
    return Cost(plan, contract_id, customer, currency, layers, starts, ends, left, why)


def booked(costs: Iterable[Cost], before: pa.Table, months: Iterable[tuple[int, int]]) -> list[Row]:
    """What is to be booked in these months (each with its settlement period): rows of `settled_costs`.

    `before` are the rows of closed months; what they do not have yet, of earlier months too, comes in the first month.
    """
    so_far = positions(before)
    customers = {_key(row): row["customer_id"] for row in before.to_pylist()}
    known = {cost.key: cost for cost in costs if not cost.expensed}
    rows = []
    for month, period in months:
        for key in sorted({*so_far, *known}):
            cost, was = known.get(key), so_far.get(key, Position())
            now = cost.position(first_day(month + 1)) if cost else Position()
            so_far[key] = now
            if now != was:
                customer = cost.customer_id if cost else customers[key]
                rows.append({"period": period, "month": month, "plan": key[0], "contract_id": key[1], "currency": key[2],
                             "customer_id": customer, **vars(now.less(was))})  # fmt: skip
    return rows


def planned(costs: Sequence[Cost], before: pa.Table, month: int) -> list[Row]:
    """What is expected to be booked from `month` on, as now known, until every asset is written down."""
    ends = [month_index(cost.ends) + 1 for cost in costs if not cost.expensed]
    return booked(costs, before, [(one, one) for one in range(month, max(ends, default=month))])


def positions(rows: pa.Table) -> dict[tuple[str, str, str], Position]:
    """What each asset has come to by the rows of closed months."""
    found: dict[tuple[str, str, str], Position] = {}
    for row in rows.to_pylist():
        moved = Position(*(row[one.name] for one in fields(Position)))
        found[_key(row)] = found.get(_key(row), Position()).plus(moved)
    return found


def roll_forward(before: pa.Table, rows: Iterable[Row]) -> list[Row]:
    """The rows with what each asset was carried at before and after: opening + additions − taken back − amortised −
    written off = closing.
    """
    carried = {key: position.closing for key, position in positions(before).items()}
    found = []
    for row in sorted(rows, key=lambda row: (row["plan"], row["contract_id"], row["currency"], row["month"])):
        opening = carried.get(_key(row), ZERO)
        moved = Position(*(row[one.name] for one in fields(Position)))
        carried[_key(row)] = opening + moved.closing
        found.append({**row, "opening": opening, "closing": opening + moved.closing})
    return found


def _key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["plan"], row["contract_id"], row["currency"]


def _months(day: date) -> Fraction:
    """The day on a line on which each month is one long."""
    return month_index(day) + Fraction(day.day - 1, monthrange(day.year, day.month)[1])


@cache
def _model(package: str, name: str) -> Model:
    return next(model for model in load_models(package) if model.name == name)
