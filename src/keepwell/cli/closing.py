"""`close`, `plan accept`, `adjust`, `audit`: what people decide, and who decided it."""

from __future__ import annotations

import getpass
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, Token

from keepwell.cli.exporting import costs_by
from keepwell.cli.exporting import proposed as proposed_by
from keepwell.cli.opened import Opened, open_latest
from keepwell.cli.paying import period_asked
from keepwell.cli.shell import Answer, Shell
from keepwell.core.errors import MissingError, RefusedError, UsageError, nearest
from keepwell.core.periods import month_index, period_of

if TYPE_CHECKING:
    from pathlib import Path

    from keepwell.books import PeriodState, Proposal
    from keepwell.pay.plan import Plan
    from keepwell.project.config import Project

Hidden = Annotated[Shell, Parameter(parse=False)]


def _amount(_type: Any, tokens: Sequence[Token]) -> Decimal:
    """An amount that was said: a number, not more. Raises ValueError, which the command line says as a wrong value."""
    text = tokens[0].value
    if re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,4})?", text) is None:
        raise ValueError(f"{text} is no amount: write it as 1250.00 or -20.50")
    return Decimal(text)


Amount = Annotated[Decimal, Parameter(converter=_amount)]


def close(period: str, *, approve: bool = False, calculate: bool = False, at_once: bool = False, by: str | None = None,
          dry_run: bool = False, shell: Hidden) -> Answer:  # fmt: skip
    """Show how far a period is, and do the next step: calculated, approved (with --approve), closed.

    Parameters
    ----------
    period
        such as 2026-Q3; it must be over on the run's day
    approve
        approve what was calculated; what is closed later is that, to the byte
    calculate
        take the latest run instead of the one that was calculated or approved before
    at_once
        calculate, approve and close in one go, where one person does it all
    by
        who takes the step; otherwise who is logged in, but an approval must say it
    dry_run
        say what would be done, and do nothing
    """
    from keepwell.books import books_head, books_of, period_state
    from keepwell.show.closed import state_data, state_lines

    project = shell.project()
    opened = open_latest(project)
    asked = period_asked(opened, period)
    proposed = proposed_by(opened, asked)
    books = books_of(project)
    chosen = [
        word for word, said in (("--approve", approve), ("--calculate", calculate), ("--at-once", at_once)) if said
    ]
    if len(chosen) > 1:
        raise UsageError("usage", f"{' and '.join(chosen)} do not go together", hint="one step at a time")
    if (approve or at_once) and not by:
        raise UsageError("usage", "an approval must say whose it is", hint=f"{chosen[0]} --by NAME")
    step = chosen[0] if chosen else ""
    try:
        state = _next_step(opened, books, proposed, step, by or _logged_in(), dry_run=dry_run)
    except RefusedError as refused:
        raise _with_inputs(refused, opened, period_state(books, asked)) from None
    head = books_head(books)
    return Answer(state_data(state, head) | {"dry_run": dry_run},
                  lambda: state_lines(state, head, dry_run=dry_run))  # fmt: skip


def _with_inputs(refused: RefusedError, opened: Opened, state: PeriodState) -> RefusedError:
    """The refusal, with what is different in what went into the two runs."""
    from keepwell.run import inputs_differing

    if refused.code != "period-changed" or not (found := inputs_differing(opened.project, state.run_id, opened.run)):
        return refused
    message = f"{refused.message}. What went into them differs in: {', '.join(found)}"
    return RefusedError(refused.code, message, hint=refused.hint, where=refused.where)


def _next_step(opened: Opened, books: Path, proposed: Proposal, asked: str, by: str, *, dry_run: bool) -> PeriodState:
    from keepwell.books import approve, calculate, close, close_at_once, period_state

    at = now()
    state = period_state(books, proposed.period)
    another = opened.project.approval == "another"
    if asked == "--at-once":
        if another:
            raise RefusedError("period-same-person", "keepwell.yaml says approval: another, so two people must close",
                               hint=f"keepwell close {proposed.period}")  # fmt: skip
        return close_at_once(books, proposed, by, at, costs=costs_by(opened, proposed), dry_run=dry_run)
    if asked == "--approve":
        return approve(books, proposed, by, at, by_another=another, dry_run=dry_run)
    if state.state in ("approved", "closed") and not asked:
        return close(books, proposed, by, at, costs=costs_by(opened, proposed), dry_run=dry_run)
    if state.state == "calculated" and state.lines_hash == proposed.hash and not asked:
        return state
    return calculate(books, proposed, by, at, dry_run=dry_run)


def accept(plan: str, *, person: str, on: date, version: str | None = None, by: str | None = None, dry_run: bool = False,
           shell: Hidden) -> Answer:  # fmt: skip
    """Write down that a person has signed a plan.

    Parameters
    ----------
    plan
        the plan's name
    person
        an id (with or without its namespace) or a name
    on
        the day of the signature, such as 2026-01-15
    version
        the day from which the signed version is in force; otherwise the last one that had begun on that day, or the first
    by
        who writes it down; otherwise who is logged in
    dry_run
        say what would be written, and write nothing
    """
    from keepwell.books import accept as write_acceptance
    from keepwell.books import books_of
    from keepwell.pay.parse import read_plans

    project = shell.project()
    signed = _version(plan, version, on, read_plans(project.root / "plans", project.currency))
    who = _person(project, person)
    write_acceptance(
        books_of(project), who, signed.name, signed.version, on, by or _logged_in(), now(), dry_run=dry_run
    )
    data = {"person_id": who, "plan": signed.name, "version": signed.version, "accepted_on": on, "dry_run": dry_run}
    said = f"{'would be ' if dry_run else ''}written down: {who} accepted {signed.name} of {signed.version} on {on}"
    return Answer(data, lambda: [said, *_unless(dry_run, "the next run knows it: keepwell run")])


def adjust(person: str, amount: Amount, *, reason: str, by: str, on: date | None = None, period: str | None = None,
           currency: str | None = None, dry_run: bool = False, shell: Hidden) -> Answer:  # fmt: skip
    """Pay a person more or less, beside all plans: a line of its own, with its reason and who decided it.

    Parameters
    ----------
    person
        an id (with or without its namespace) or a name
    amount
        to the cent; below zero: less
    reason
        why, as it stands on the statement
    by
        who decided it
    on
        the day it is given for; otherwise today
    period
        such as 2026-Q3; otherwise the first one that is not closed
    currency
        otherwise the company's
    dry_run
        say what would be written, and write nothing
    """
    from keepwell.books import adjust as write_adjustment
    from keepwell.books import books_of
    from keepwell.core.periods import parse_period
    from keepwell.show.format import money

    project = shell.project()
    who = _person(project, person)
    day = on or now().date()
    of_day = period_of(month_index(day), project.closes, project.year_starts)
    asked = parse_period(period, project.year_starts) if period else None
    if asked is not None and asked.kind != project.closes:
        raise UsageError("period-kind", f"{project.company} settles by the {project.closes}, and {period} is none",
                         hint=f"such as {of_day}")  # fmt: skip
    made = write_adjustment(books_of(project), who, amount, currency or project.currency, reason, day, asked, of_day, by,
                            now(), dry_run=dry_run)  # fmt: skip
    data = {"adjustment_id": made.adjustment_id, "person_id": who, "period": made.period.name, "on": day,
            "amount": amount, "currency": made.currency, "reason": made.reason, "dry_run": dry_run}  # fmt: skip
    said = f"{'would be ' if dry_run else ''}written down: {money(amount, made.currency, sign=True)} for {who} in {made.period}"
    return Answer(data, lambda: [said, *_unless(dry_run, "the next run knows it: keepwell run")])


def audit(*, head: str | None = None, shell: Hidden) -> Answer:
    """Print who decided what and when, and verify that nothing was changed since: every hash, every settled line.

    Parameters
    ----------
    head
        the head that was printed on an export or when a period was closed: was it ever that of these books?
    """
    from keepwell.books import books_of
    from keepwell.books.audit import as_data
    from keepwell.books.audit import audit as audit_books
    from keepwell.show.closed import audit_lines

    found = audit_books(books_of(shell.project()), head)
    return Answer(as_data(found), lambda: audit_lines(found), not found.wrong, code="books-changed",
                  why="broken: " + "; ".join(found.wrong))  # fmt: skip


def now() -> datetime:
    """This moment, UTC, to the second."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def _unless(dry_run: bool, text: str) -> list[str]:
    return [] if dry_run else [text]


def _logged_in() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _person(project: Project, person: str) -> str:
    """Who is meant, of the people that the record knows."""
    from keepwell.cli.looking import find_named
    from keepwell.record import Record
    from keepwell.record.snapshot import Snapshot

    snapshot = Snapshot(Record(project.record), None, project.sources)
    ids = snapshot.fetch("people")["person_id"].to_pylist() if "people" in snapshot.filled else []
    return find_named(person, snapshot.names("people"), ids, "person")


def _version(name: str, version: str | None, on: date, plans: list[Plan]) -> Plan:
    """The version of a plan that was signed."""
    mine = sorted((plan for plan in plans if plan.name == name), key=lambda plan: plan.from_on)
    if not mine:
        near = nearest(name, [plan.name for plan in plans])
        raise MissingError("plan-missing", f"there is no plan {name}", hint=f"did you mean {near}?" if near else None)
    if version is None:
        return [mine[0], *(plan for plan in mine if plan.from_on <= on)][-1]
    for plan in mine:
        if plan.version == version:
            return plan
    raise MissingError("plan-version-missing", f"{name} has no version of {version}",
                       hint="one of " + ", ".join(plan.version for plan in mine))  # fmt: skip
