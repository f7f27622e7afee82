"""How is a period settled, so that nothing in it changes afterwards? Its lines are written down as they stand.

What is learned later differs from them, and the difference is a line of the next open period.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from keepwell.books.store import add_rows, opened
from keepwell.core.errors import RefusedError
from keepwell.core.periods import MONTHS_IN, Period
from keepwell.pay.nodes import SETTLED_PERIODS, settled_lines_table
from keepwell.pay.plan_tables import ACTUAL

Row = dict[str, Any]


@dataclass(frozen=True)
class Closed:
    """What was settled: the periods, how many lines and people, and what is payable in each currency."""

    periods: tuple[Period, ...]
    lines: int
    people: int
    payable: dict[str, Decimal]


def close_periods(books: Path, period: Period, run_id: str, lines: pa.Table, today: date, at: datetime, *,
                  dry_run: bool = False) -> Closed:  # fmt: skip
    """Settle `period`, and any before it that is still open, with the lines of a run.

    `lines` is the run's `pay_lines`, `today` its day, `at` the moment (UTC). With `dry_run` nothing is written. Raises `RefusedError`: `period-closed`,
    `period-not-over`, or `run-outdated` where the run was computed before the books were last closed.
    """
    if today < period.to_on:
        raise RefusedError("period-not-over", f"{period} is not over on {today}", hint="run again after its last day")
    with opened(books) as connection:
        closed = [row[0] for row in connection.execute("SELECT period FROM settled_periods ORDER BY period")]
        if closed and period.first_month <= closed[-1]:
            raise RefusedError(
                "period-closed", f"{period} is closed already", hint="corrections appear in the next one"
            )
        known = connection.execute("SELECT count(*) FROM settled_lines").fetchone()[0]
        settled = lines.filter(pc.field("status") == pc.scalar("settled")).num_rows
        if known != settled:
            raise RefusedError("run-outdated", "the run was computed before the books were last closed",
                               hint="keepwell run, then close again")  # fmt: skip
        rows = _open_lines(lines, period)
        periods = _periods(period, rows, closed)
        if not dry_run:
            closing = [{"period": one.first_month, "closed_at": at, "run_id": run_id} for one in periods]
            add_rows(connection, SETTLED_PERIODS, closing)
            add_rows(connection, settled_lines_table(), [{**row, "status": "settled"} for row in rows])
    currencies = sorted({row["currency"] for row in rows})
    payable = {
        currency: sum((row["payable"] for row in rows if row["currency"] == currency), Decimal(0))
        for currency in currencies
    }
    return Closed(tuple(periods), len(rows), len({row["person_id"] for row in rows}), payable)


def _open_lines(lines: pa.Table, period: Period) -> list[Row]:
    actual = (pc.field("status") == pc.scalar("open")) & (pc.field("scenario") == pc.scalar(ACTUAL))
    rows: list[Row] = lines.filter(actual & (pc.field("period") <= pc.scalar(period.first_month))).to_pylist()
    return rows


def _periods(period: Period, rows: list[Row], closed: list[int]) -> list[Period]:
    """From the first open one that has lines (or follows the last closed one) up to `period`."""
    step = MONTHS_IN[period.kind]
    first = closed[-1] + step if closed else min((row["period"] for row in rows), default=period.first_month)
    return [period.shift(-back) for back in range((period.first_month - first) // step, -1, -1)]
