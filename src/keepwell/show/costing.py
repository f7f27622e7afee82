"""How is a contract's cost told: who was paid for it, and how is it written down month by month?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from keepwell.books.capitalising import Cost
from keepwell.books.cost_told import CostTold, PlanCost, Row
from keepwell.pay import say

_MOVES = ("additions", "taken_back", "amortised", "written_off")
_PAID = ("on_day", "person_id", "part", "fact_id", "amount", "paid", "counted", "of_counted")
_MONTH = ("state", "month", "opening", *_MOVES, "closing")


def costing_json(told: CostTold) -> dict[str, Any]:
    """The same as data."""
    return {"contract_id": told.contract_id, "customer_id": told.customer_id, "plans": [
        {"plan": one.cost.plan, "currency": one.cost.currency, "amount": one.cost.amount, "expensed": one.cost.expensed,
         **({} if one.cost.expensed else {"starts": one.cost.starts, "ends": one.cost.ends, "left": one.cost.left}),
         "paid": [{name: row[name] for name in _PAID} for row in one.paid],
         "months": [{name: row[name] for name in _MONTH} for row in one.months]} for one in told.plans
    ]}  # fmt: skip


def costing_lines(told: CostTold, person: Callable[[str], str], customer: Callable[[str], str]) -> list[str]:
    """The same as text."""
    lines = [f"{told.contract_id}, {customer(told.customer_id)}"]
    for one in told.plans:
        lines += ["", f"{one.cost.plan}: {say.money(one.cost.amount, one.cost.currency)}"]
        lines += [f"  {line}" for line in _columns(_paid(one, person), [3])]
        lines += ["", f"  {_asset(one.cost)}"]
        lines += [f"  {line}" for line in _columns(_months(one), range(2, 8))]
    return lines


def _paid(one: PlanCost, person: Callable[[str], str]) -> Iterator[tuple[str, ...]]:
    for row in one.paid:
        amount = say.money(row["amount"], one.cost.currency)
        yield (
            say.day(row["on_day"]),
            person(row["person_id"]),
            say.words(row["part"]),
            amount,
            _why(row, one.cost.currency),
        )


def _why(row: Row, currency: str) -> str:
    """A share of what the part pays for its window, where it does not pay for the fact."""
    if row["paid"] is None:
        return "lapsed or taken back" if row["amount"] < 0 else "for this contract"
    counted = f"{say.number(row['counted'])} of {say.number(row['of_counted'])}"
    return f"of {say.money(row['paid'], currency)}: it counted {counted}"


def _asset(cost: Cost) -> str:
    if cost.expensed:
        return f"expensed at once: {cost.expensed}"
    gone = f"; what was left on {say.day(cost.left)}, when the customer left, is written off" if cost.left else ""
    return f"written down in a straight line from {say.day(cost.starts)} to {say.day(cost.ends)}{gone}"


def _months(one: PlanCost) -> Iterator[tuple[str, ...]]:
    if one.months:
        yield "", *(name.replace("_", " ") for name in _MONTH[1:])
    for row in one.months:
        yield row["state"], row["month"], *(_plain(row[name]) for name in _MONTH[2:])


def _plain(amount: Decimal) -> str:
    return f"{amount:,.2f}".replace("-", "−")


def _columns(rows: Iterator[tuple[str, ...]], right: Sequence[int]) -> list[str]:
    """Cells in columns; those of `right` stand to the right."""
    table = list(rows)
    widths = [max(len(row[place]) for row in table) for place in range(len(table[0]))] if table else []
    return ["  ".join(cell.rjust(width) if place in right else cell.ljust(width)
                      for place, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip() for row in table]  # fmt: skip
