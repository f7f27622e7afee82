"""How is a period closed? In three steps, each a decision that somebody took: calculated, approved, closed.

What was approved is what is closed: an approval holds the hash of a run's lines, and closing takes only lines of the
same hash. What is learned later differs from settled lines, and the difference is a line of the next open period.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from keepwell.books.capitalising import SETTLED_COSTS, Cost, booked
from keepwell.books.chain import Decision, Kind, decide, decisions, last_head
from keepwell.books.deciding import DECIDED, decided_rows
from keepwell.books.lines import KEY, Change, Proposal, changes, read_totals, rows_hash
from keepwell.books.store import AT_ONCE, add_rows, last_closed, read_rows, reading, writing
from keepwell.core.errors import RefusedError
from keepwell.core.periods import MONTHS_IN, Period
from keepwell.pay.evidence_levels import SETTLED_EVIDENCE
from keepwell.pay.nodes import SETTLED_PERIODS, settled_lines_table

State = Literal["open", "calculated", "approved", "closed"]
STEPS: tuple[Kind, ...] = ("calculated", "approved", "closed")


@dataclass(frozen=True)
class Step:
    """A step that somebody took: `state` is what the period became by it; `at` is UTC."""

    state: State
    by: str
    at: datetime


@dataclass(frozen=True)
class PeriodState:
    """How far a period is: its steps so far, of which run, and what is payable by it.

    `periods` are those that close with it: itself, and any before that were open.
    """

    period: Period
    state: State
    steps: tuple[Step, ...] = ()
    run_id: str = ""
    lines_hash: str = ""
    lines: int = 0
    people: int = 0
    payable: Mapping[str, Decimal] | None = None
    periods: tuple[Period, ...] = ()


def period_state(books: Path, period: Period) -> PeriodState:
    """How far is this period?"""
    with reading(books) as connection:
        return _state(connection, period)


def books_head(books: Path) -> str:
    """The head of the books: what to print on what leaves the house, so that an outside copy can show what was here."""
    with reading(books) as connection:
        return last_head(connection)


def calculate(books: Path, proposed: Proposal, by: str, at: datetime, *, dry_run: bool = False) -> PeriodState:
    """Say which run's lines are to be approved. An approval of others, given before, counts no more.

    Raises `RefusedError`: `period-not-over`, `period-closed`, `run-outdated`.
    """
    with writing(books, dry_run=dry_run) as connection:
        _ready(connection, proposed)
        return _step(connection, "calculated", proposed, by, at)


def approve(books: Path, proposed: Proposal, by: str, at: datetime, *, by_another: bool = False,
            dry_run: bool = False) -> PeriodState:  # fmt: skip
    """Approve what was calculated. With `by_another`, whoever calculated it may not be who approves.

    Raises `RefusedError`, as `calculate` does, and: `period-not-calculated`, `period-changed` where the run has other lines
    than those that were calculated, `period-same-person`.
    """
    with writing(books, dry_run=dry_run) as connection:
        _ready(connection, proposed)
        state = _state(connection, proposed.period)
        if state.state == "open":
            raise RefusedError("period-not-calculated", f"{proposed.period} was not calculated yet",
                               hint=f"keepwell close {proposed.period}")  # fmt: skip
        _unchanged(connection, state, proposed)
        if by_another and by == state.steps[0].by:
            raise RefusedError("period-same-person", f"{by} calculated {proposed.period}, so another must approve it",
                               hint="keepwell.yaml says approval: another")  # fmt: skip
        return _step(connection, "approved", proposed, by, at)


def close(books: Path, proposed: Proposal, by: str, at: datetime, *, costs: Sequence[Cost] = (),
          dry_run: bool = False) -> PeriodState:  # fmt: skip
    """Settle what was approved: its lines are written down, and never change; so is how the `costs` of contracts moved.

    Raises `RefusedError`, as `calculate` does, and: `period-not-approved`, `period-changed`.
    """
    with writing(books, dry_run=dry_run) as connection:
        _ready(connection, proposed)
        state = _state(connection, proposed.period)
        if state.state != "approved":
            raise RefusedError("period-not-approved", f"{proposed.period} was not approved yet",
                               hint=f"keepwell close {proposed.period} --approve --by NAME")  # fmt: skip
        _unchanged(connection, state, proposed)
        return _close(connection, proposed, by, at, costs)


def close_at_once(books: Path, proposed: Proposal, by: str, at: datetime, *, costs: Sequence[Cost] = (),
                  dry_run: bool = False) -> PeriodState:  # fmt: skip
    """Calculate, approve and close in one go, where one person does all three. Raises `RefusedError` as `calculate`."""
    with writing(books, dry_run=dry_run) as connection:
        _ready(connection, proposed)
        _step(connection, "calculated", proposed, by, at)
        _step(connection, "approved", proposed, by, at)
        return _close(connection, proposed, by, at, costs)


def _ready(connection: sqlite3.Connection, proposed: Proposal) -> None:
    """Is the period over and open, and does the run know all that was decided?"""
    period = proposed.period
    state = _state(connection, period)
    if state.state == "closed":
        step = state.steps[-1]
        raise RefusedError("period-closed", f"{period} is closed already, by {step.by} on {step.at:%Y-%m-%d at %H:%M} UTC",
                           hint="what is learnt since appears in the next period")  # fmt: skip
    if proposed.today < period.to_on:
        raise RefusedError("period-not-over", f"{period} is not over on {proposed.today}",
                           hint="run again after its last day")  # fmt: skip
    table = settled_lines_table()
    knows_lines = rows_hash(proposed.settled, KEY) == rows_hash(read_rows(connection, table), KEY)
    now = decided_rows(connection)
    knows = knows_lines and all(
        rows_hash(rows, DECIDED[name].key) == rows_hash(now[name], DECIDED[name].key)
        for name, rows in proposed.decided.items() if name in DECIDED
    )  # fmt: skip
    if not knows:
        raise RefusedError("run-outdated", "the run was made before the books were last changed",
                           hint="keepwell run, then this again")  # fmt: skip


def _unchanged(connection: sqlite3.Connection, state: PeriodState, proposed: Proposal) -> None:
    if state.lines_hash == proposed.hash:
        return
    raise RefusedError("period-changed", f"{state.period} was {state.state} as run {state.run_id} has it, and run "
                       f"{proposed.run_id} differs: {_told(what_changed(connection, proposed))}",
                       hint=f"look at it again: keepwell close {state.period} --calculate")  # fmt: skip


def what_changed(connection: sqlite3.Connection, proposed: Proposal) -> list[Change]:
    """Who is payable something else than was calculated last."""
    last = [one for one in _steps(connection, proposed.period) if one.kind == "calculated"][-1]
    return changes(read_totals(last.content["people"]), proposed.people)


def _told(found: list[Change]) -> str:
    if not found:
        return "the same is payable to everybody, by other lines"
    some = ", ".join(f"{one.person_id} {one.before:.2f} → {one.now:.2f} {one.currency}" for one in found[:5])
    return some if len(found) <= 5 else f"{some} and {len(found) - 5} more"


def _step(connection: sqlite3.Connection, kind: Kind, proposed: Proposal, by: str, at: datetime,
          **more: Any) -> PeriodState:  # fmt: skip
    content: dict[str, Any] = {
        "period": proposed.period.name, "month": proposed.period.first_month, "run_id": proposed.run_id,
        "lines_hash": proposed.hash, "lines": proposed.lines.num_rows, "payable": proposed.payable,
        "months": [one.first_month for one in _periods(connection, proposed)],
    }  # fmt: skip
    people = proposed.people
    content["people"] = people if kind == "calculated" else len(people)
    decide(connection, kind, by, at, content | more)
    return _state(connection, proposed.period)


def _close(connection: sqlite3.Connection, proposed: Proposal, by: str, at: datetime,
           costs: Sequence[Cost]) -> PeriodState:  # fmt: skip
    periods = _periods(connection, proposed)
    months = [(month, one.first_month) for one in periods for month in range(one.first_month, one.last_month + 1)]
    moved = pa.Table.from_pylist(
        booked(costs, read_rows(connection, SETTLED_COSTS), months), schema=SETTLED_COSTS.arrow
    )
    state = _step(connection, "closed", proposed, by, at, costs_hash=rows_hash(moved, SETTLED_COSTS.key),
                  evidence_hash=rows_hash(proposed.evidence, SETTLED_EVIDENCE.key))  # fmt: skip
    lines = ({**row, "status": "settled"} for some in proposed.lines.to_batches(AT_ONCE) for row in some.to_pylist())
    add_rows(connection, settled_lines_table(), lines)
    add_rows(connection, SETTLED_COSTS, moved.to_pylist())
    add_rows(connection, SETTLED_EVIDENCE, proposed.evidence.to_pylist())
    closing = [{"period": one.first_month, "closed_at": at, "run_id": proposed.run_id} for one in periods]
    add_rows(connection, SETTLED_PERIODS, closing)
    return state


def _periods(connection: sqlite3.Connection, proposed: Proposal) -> tuple[Period, ...]:
    """Which periods close: from the first open one that has lines (or follows the last closed one) up to this one."""
    period = proposed.period
    last = last_closed(connection)
    months: list[int] = proposed.lines["period"].to_pylist()  # type: ignore[assignment]
    first = min(months, default=period.first_month) if last is None else last + MONTHS_IN[period.kind]
    back = (period.first_month - first) // MONTHS_IN[period.kind]
    return tuple(period.shift(-by) for by in range(back, -1, -1))


def _steps(connection: sqlite3.Connection | None, period: Period) -> list[Decision]:
    """The decisions about a period: from the last time it was calculated, or the one that closed it."""
    found: list[Decision] = []
    for one in decisions(connection, *STEPS):
        closes_it = one.kind == "closed" and period.first_month in one.content["months"]
        if one.content["month"] == period.first_month:
            found = [one] if one.kind == "calculated" else [*found, one]
        elif closes_it:
            found = [one]
    return found


def _state(connection: sqlite3.Connection | None, period: Period) -> PeriodState:
    made = _steps(connection, period)
    if not made:
        return PeriodState(period, "open")
    last = made[-1].content
    steps = tuple(Step(_became(one), one.by, one.at) for one in made)
    people = last["people"] if isinstance(last["people"], int) else len(last["people"])
    return PeriodState(
        period, steps[-1].state, steps, last["run_id"], last["lines_hash"], last["lines"], people,
        {currency: Decimal(amount) for currency, amount in last["payable"].items()},
        tuple(replace(period, first_month=month) for month in last["months"]),
    )  # fmt: skip


def _became(one: Decision) -> State:
    return "calculated" if one.kind == "calculated" else "approved" if one.kind == "approved" else "closed"
