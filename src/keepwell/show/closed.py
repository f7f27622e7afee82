"""How far is a period, and who decided what? The states of a period and the audit trail, as lines and as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from keepwell.books import PeriodState
from keepwell.books.audit import Audit, told
from keepwell.show import format as written

NEXT = {
    "calculated": "next: keepwell close {} --approve --by NAME",
    "approved": "next: keepwell close {}",
    "closed": "what is learnt from now on appears in the next period, with the period it belongs to",
}


def state_lines(state: PeriodState, head: str, *, dry_run: bool = False) -> list[str]:
    """The state of a period, its steps, and what comes next."""
    periods = ", ".join(one.name for one in state.periods) or state.period.name
    what = f"{written.count(state.lines, 'line')} of {written.count(state.people, 'person', 'people')}"
    said = [f"{periods}: {'would be ' if dry_run else ''}{state.state}; {what}, {amounts(state.payable or {})} payable"]
    if dry_run:
        return said
    said += [f"  {step.state:<10}  {moment(step.at)}  {written.clean(step.by)}" for step in state.steps]
    said.append(NEXT[state.state].format(state.period))
    return [*said, f"head of the books: {head}"] if state.state == "closed" else said


def state_data(state: PeriodState, head: str) -> dict[str, Any]:
    """The state of a period for machines."""
    return {
        "period": state.period.name, "state": state.state, "periods": [one.name for one in state.periods],
        "steps": [{"state": step.state, "by": step.by, "at": step.at} for step in state.steps],
        "run_id": state.run_id, "lines_hash": state.lines_hash, "lines": state.lines, "people": state.people,
        "payable": dict(state.payable or {}), "head": head,
    }  # fmt: skip


def audit_lines(found: Audit) -> list[str]:
    """The trail, oldest first, and what is wrong with it."""
    width = max((len(one.by) for one in found.decisions), default=0)
    lines = [f"{one.place:>5}  {moment(one.at)}  {written.clean(one.by):<{width}}  {one.kind:<10}  {written.clean(told(one))}"
             for one in found.decisions]  # fmt: skip
    if found.wrong:
        return [*lines, "", "broken:", *(f"  {what}" for what in found.wrong)]
    if not found.decisions:
        return ["nothing was decided yet"]
    count = written.count(len(found.decisions), "decision")
    return [*lines, "", f"unbroken: {count}, and every settled line as it was closed", f"head: {found.head}"]


def amounts(by_currency: Mapping[str, Decimal]) -> str:
    """Amounts in several currencies: `€1,200.00 and $300.00`."""
    return " and ".join(written.money(amount, currency) for currency, amount in by_currency.items()) or "nothing"


def moment(at: datetime) -> str:
    """A moment to the minute: `2026-10-05 08:12 UTC`."""
    return f"{at:%Y-%m-%d %H:%M} UTC"
