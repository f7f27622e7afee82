"""`promises`, `onboarding`, `handoffs`: what to do next for customers, the most value at stake first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from cyclopts import Parameter

from keepwell.cli.looking import find_owner
from keepwell.cli.opened import Opened, open_with
from keepwell.cli.shell import Answer, Shell, check_count, check_word, refuse_options
from keepwell.show.promised import BEHIND, WITHIN

Hidden = Annotated[Shell, Parameter(parse=False)]


def promises(*, by: str = "customer", owner: str | None = None, within: int = WITHIN, behind: int = BEHIND, most: int = 25,
             shell: Hidden) -> Answer:  # fmt: skip
    """Show which promises are owed or soon due, to those first with whom most value is at stake.

    Parameters
    ----------
    by
        customer (the list), department, stage or kind (what became of all promises)
    owner
        only the customers for whom this person is named: an id or a name; nobody: those for whom nobody is
    within
        how many days ahead count as soon
    behind
        how many days back what was broken is listed; older ones are counted
    most
        how many customers are listed; 0: all
    """
    from keepwell.show import promised

    check_word("--by", by, promised.UNITS)
    if by != "customer":
        refuse_options("promises of all customers are counted", ("--owner", owner))
    for name, number in (("--most", most), ("--within", within), ("--behind", behind)):
        check_count(name, number)
    opened = _opened(shell)
    units = [] if by == "customer" else promised.promises_by(opened.tables, by, opened.run.today)
    rows = promised.promises_owed(opened.tables, opened.run.today, within, behind, find_owner(owner, opened))
    kept = _figure(opened, "promises_kept", "Promises kept in time")

    def shown() -> list[str]:
        if by != "customer":
            return promised.unit_lines(units, by, shell.width)
        return promised.promise_lines(
            rows, _figure_words(kept, "promise"), opened.names, opened.project.currency, within, most, shell.width
        )

    return Answer(
        {**_data(opened, rows), "within": within, "behind": behind, "figure": kept, "by": by, "units": units}, shown
    )


def onboarding(*, owner: str | None = None, most: int = 25, shell: Hidden) -> Answer:
    """Show who is in their first 90 days: how they stand, how those ended who stood so, and what is due next.

    Parameters
    ----------
    owner
        only the customers for whom this person is named: an id or a name; nobody: those for whom nobody is
    most
        how many customers are listed; 0: all
    """
    from keepwell.show import onboarding as shown

    check_count("--most", most)
    opened = _opened(shell)
    rows = shown.onboarding(opened.tables, opened.run.today, find_owner(owner, opened))
    ended = _figure(opened, "first_90_days", "First 90 days that ended well")
    return Answer({**_data(opened, rows), "figure": ended}, lambda: shown.onboarding_lines(
        rows, _figure_words(ended, "customer"), opened.run.today, opened.names, opened.project.currency, most,
        shell.width))  # fmt: skip


def handoffs(*, owner: str | None = None, most: int = 25, shell: Hidden) -> Answer:
    """Show between whom customers change hands, whose open cases are passed around, and for whom nobody is named.

    Parameters
    ----------
    owner
        only the customers for whom this person is named: an id or a name; nobody: those for whom nobody is
    most
        how many customers are listed; 0: all
    """
    from keepwell.show import passed_on as shown

    check_count("--most", most)
    opened = _opened(shell)
    pairs, rows = shown.between(opened.tables), shown.passed_on(opened.tables, find_owner(owner, opened))
    return Answer({**_data(opened, rows), "pairs": pairs}, lambda: shown.handoff_lines(
        pairs, rows, opened.names, opened.project.currency, most, shell.width))  # fmt: skip


def _data(opened: Opened, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    from keepwell.show.worth import sums

    named = [{**row, "name": opened.names.customer(row["customer_id"])} for row in rows]
    return {"at_on": opened.run.today, "currency": opened.project.currency, "whole": sums(rows), "customers": named}


def _figure(opened: Opened, measure: str, words: str) -> dict[str, Any] | None:
    """The company's measure over all time; none where it cannot be had."""
    from keepwell.show.readings import readings

    found = readings(opened.tables["measures"], measure, "company", "all")
    if not found or found[0].value is None:
        return None
    return {"measure": measure, "words": words, "value": found[0].value, "n": found[0].n, "low": found[0].low,
            "high": found[0].high}  # fmt: skip


def _figure_words(figure: dict[str, Any] | None, what: str) -> str:
    from keepwell.show import format as written

    if figure is None:
        return "Too few to give a share of all so far."
    between = written.interval(figure["low"], figure["high"], "share")
    return f"{figure['words']}: {written.share(figure['value'])} {between} of {written.count(figure['n'], what)}."


def _opened(shell: Shell) -> Opened:
    return open_with(shell.project(), "customer_stakes", "values no customers")
