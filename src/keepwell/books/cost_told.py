"""Why is what a contract cost what it is? From who was paid for it, over its asset, to each month's amount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from keepwell.books.capitalising import Cost
from keepwell.books.schedule import Schedule
from keepwell.core.errors import UsageError, nearest

Row = Mapping[str, Any]


@dataclass(frozen=True)
class PlanCost:
    """What a contract cost by one plan: `paid` are rows of `contract_costs`, `months` those of the schedule, in their order.

    The amounts of `paid` add up to `cost.amount`. Where the cost is expensed there are no months.
    """

    cost: Cost
    paid: Sequence[Row]
    months: Sequence[Row]


@dataclass(frozen=True)
class CostTold:
    """What a contract cost, plan by plan."""

    contract_id: str
    customer_id: str
    plans: Sequence[PlanCost]


def cost_told(contract: str, rows: Sequence[Row], costs: Sequence[Cost], schedule: Schedule) -> CostTold:
    """The cost of a contract, by its id with or without the namespace. Raises `UsageError` (`contract-unknown`)."""
    known = sorted({cost.contract_id for cost in costs if cost.contract_id})
    fits = [one for one in known if contract == one] or [one for one in known if one.endswith(f":{contract}")]
    if len(fits) != 1:
        near = nearest(contract, known)
        what = "several contracts" if fits else "nobody was paid for a contract"
        raise UsageError(
            "contract-unknown",
            f"{what} {contract}",
            hint=", ".join(fits) or (f"did you mean {near}?" if near else None),
        )
    mine = [cost for cost in costs if cost.contract_id == fits[0]]
    return CostTold(fits[0], mine[0].customer_id, [_of_plan(cost, rows, schedule) for cost in mine])


def _of_plan(cost: Cost, rows: Sequence[Row], schedule: Schedule) -> PlanCost:
    paid = [row for row in rows if (row["plan"], row["contract_id"], row["currency"]) == cost.key]
    months = [row for row in schedule.rows if (row["plan"], row["contract_id"], row["currency"]) == cost.key]
    order = ("on_day", "part", "person_id", "fact_id")
    return PlanCost(cost, sorted(paid, key=lambda row: tuple(row[name] for name in order)), months)
