"""Which contracts' costs are carried, how did they move in a period, and how will they be written down?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from keepwell.books.capitalising import SETTLED_COSTS, Cost, booked, planned, positions, roll_forward
from keepwell.books.chain import decisions, last_head
from keepwell.books.lines import rows_hash
from keepwell.books.store import last_closed, read_rows, reading
from keepwell.core.errors import BrokenError, RefusedError
from keepwell.core.periods import MONTHS_IN, Period, first_day, month_index

Row = dict[str, Any]
COLUMNS = ("state", "month", "contract_id", "customer_id", "plan", "currency", "opening", "additions", "taken_back",
           "amortised", "written_off", "closing")  # fmt: skip


@dataclass(frozen=True)
class Schedule:
    """How contracts' costs moved in a period, by contract and month, and what is planned after it.

    `rows` have the columns of `COLUMNS`; opening + additions − taken_back − amortised − written_off = closing.
    `carried` is what all assets are carried at when the period ends, by currency.
    """

    period: Period
    state: Literal["closed", "draft"]
    run_id: str
    head: str
    rows: Sequence[Row]
    carried: dict[str, Decimal]
    expensed: Sequence[Row]


def schedule(books: Path, period: Period, costs: Sequence[Cost], run_id: str, *, draft: bool = False) -> Schedule:
    """The schedule of a closed period as it was booked; of an open one as `costs` propose it, where a draft is asked for.

    Months after the last closed one are `planned`, as now known. Raises `RefusedError` (`period-not-closed`), `BrokenError`
    (`books-changed`).
    """
    with reading(books) as connection:
        settled = read_rows(connection, SETTLED_COSTS)
        last, head = last_closed(connection), last_head(connection)
        closing = next(
            (one for one in decisions(connection, "closed") if period.first_month in one.content["months"]), None
        )
    if closing is None:
        if not draft:
            raise RefusedError("period-not-closed", f"{period} is not closed", hint="--draft to see what it would be")
        return _drafted(settled, last, period, costs, run_id, head)
    together = settled.filter(pc.field("period").isin(pa.array(closing.content["months"], pa.int64())))
    if rows_hash(together, SETTLED_COSTS.key) != closing.content["costs_hash"]:
        raise BrokenError("books-changed", f"the settled costs of {period} are not those that were closed",
                          hint="keepwell audit says what was changed")  # fmt: skip
    before = settled.filter(pc.field("period") < pc.scalar(period.first_month))
    own = settled.filter(pc.field("period") == pc.scalar(period.first_month))
    after = planned(costs, settled, period.last_month + 1) if last == period.first_month else []
    rows = [*_named(before, own.to_pylist(), "closed"), *_named(pa.concat_tables([before, own]), after, "planned")]
    carried = _carried(pa.concat_tables([before, own]))
    return Schedule(period, "closed", closing.content["run_id"], head, rows, carried, _expensed(costs))


def _drafted(settled: pa.Table, last: int | None, period: Period, costs: Sequence[Cost], run_id: str,
             head: str) -> Schedule:  # fmt: skip
    """What would be booked if the period were closed now."""
    began = min(
        (month_index(day) for cost in costs if not cost.expensed for day, _ in cost.layers), default=period.first_month
    )
    first = began if last is None else last + MONTHS_IN[period.kind]
    earlier = booked(costs, settled, [(month, month) for month in range(first, period.first_month)])
    before = _with(settled, earlier)
    own = booked(costs, before, [(month, month) for month in range(period.first_month, period.last_month + 1)])
    until = _with(before, own)
    rows = [*_named(before, own, "draft"), *_named(until, planned(costs, until, period.last_month + 1), "planned")]
    return Schedule(period, "draft", run_id, head, rows, _carried(until), _expensed(costs))


def summary(rows: Sequence[Row]) -> list[Row]:
    """The movements of all contracts together, by month and currency."""
    moves = ("additions", "taken_back", "amortised", "written_off")
    found: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        key = row["state"], row["month"], row["currency"]
        sums = found.setdefault(
            key, dict(zip(("state", "month", "currency"), key, strict=True)) | dict.fromkeys(moves, Decimal(0))
        )
        for move in moves:
            sums[move] += row[move]
    return [found[key] for key in sorted(found, key=lambda key: (key[1], key[2]))]


def _named(before: pa.Table, rows: Sequence[Row], state: str) -> list[Row]:
    return [{name: {**row, "state": state, "month": f"{first_day(row['month']):%Y-%m}"}[name] for name in COLUMNS}
            for row in roll_forward(before, rows)]  # fmt: skip


def _with(settled: pa.Table, rows: Sequence[Row]) -> pa.Table:
    return pa.concat_tables([settled, pa.Table.from_pylist(list(rows), schema=SETTLED_COSTS.arrow)])


def _carried(rows: pa.Table) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for (_, _, currency), position in positions(rows).items():
        found[currency] = found.get(currency, Decimal(0)) + position.closing
    return dict(sorted(found.items()))


def _expensed(costs: Sequence[Cost]) -> list[Row]:
    return [{"contract_id": one.contract_id, "customer_id": one.customer_id, "plan": one.plan, "currency": one.currency,
             "amount": one.amount, "why": one.expensed} for one in costs if one.expensed]  # fmt: skip
