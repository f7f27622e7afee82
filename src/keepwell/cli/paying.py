"""`pay`, `statement`, `explain`: what is earned, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from keepwell.cli.opened import Opened, open_latest
from keepwell.cli.shell import Answer, Shell, as_json, check_word
from keepwell.cli.writing import write_file
from keepwell.core.errors import UsageError
from keepwell.core.periods import Period, month_index, parse_period, period_of

if TYPE_CHECKING:
    from keepwell.pay.explain import Explanation
    from keepwell.pay.statement import Statement

Hidden = Annotated[Shell, Parameter(parse=False)]
FORMATS = ("text", "html", "json", "pdf", "xlsx")
FILES = ("pdf", "xlsx")


def pay(*, period: str | None = None, shell: Hidden) -> Answer:
    """Show who earns what in a period: payees by parts, and what could not be paid and why.

    Parameters
    ----------
    period
        such as 2026-Q3; otherwise the last one that the run saw
    """
    from keepwell.pay.chosen import rows_where
    from keepwell.pay.plan_tables import ACTUAL
    from keepwell.show.summary import words_of
    from keepwell.show.terminal import pay_lines

    opened = open_latest(shell.project())
    chosen = period_asked(opened, period)
    totals = rows_where(opened.tables["pay_totals"], scenario=ACTUAL)
    mine = [row for row in totals if row["period"] == chosen.first_month]
    unpaid = rows_where(opened.tables["pay_unpaid"], scenario=ACTUAL)
    conflicts = rows_where(opened.tables["pay_conflicts"], scenario=ACTUAL)
    named = [{**row, "name": opened.names.person(row["person_id"])} for row in mine]
    warnings = []
    if unpaid:
        warnings.append(f"{len(unpaid)} facts paid nobody; keepwell pay --json lists them with the reason")
    if conflicts:
        warnings.append(
            f"two plans claim one person on one day, {len(conflicts)} times: neither is paid then; see --json"
        )
    data = {
        "period": chosen.name,
        "run_id": opened.run.run_id,
        "totals": named,
        "unpaid": unpaid,
        "conflicts": conflicts,
    }
    return Answer(
        data,
        lambda: pay_lines(opened.tables["pay_totals"], words_of(opened.plans), opened.names, chosen.name,
                          chosen.first_month, opened.project.currency, width=shell.width),
        bool(mine), warnings,
    )  # fmt: skip


def statement(person: str, *, period: str | None = None, format: str = "text", to: Path | None = None,  # noqa: A002
              beside: bool = False, shell: Hidden) -> Answer:  # fmt: skip
    """Show one person's statement of a period, each line with its reason.

    Parameters
    ----------
    person
        an id (with or without its namespace) or a name
    period
        such as 2026-Q3; otherwise the last one that the run saw
    format
        text, html, json, pdf or xlsx; the last two need --to
    to
        write it to this file instead of printing it
    beside
        show it beside what a plan in the shadow, or the plan before, would pay: part by part, with why it differs
    """
    from keepwell.cli.looking import find_named
    from keepwell.pay.statement import statement as make_statement
    from keepwell.show.statement import statement_html, statement_json, statement_text

    check_word("--format", format, FORMATS)
    if format in FILES and (to is None or beside):
        raise UsageError("usage", f"a {format} is not printed" if to is None else f"two plans side by side make no {format}",
                         hint=f"--to FILE.{format}" if to is None else "--format html")  # fmt: skip
    opened = open_latest(shell.project())
    chosen = period_asked(opened, period)
    full = find_named(person, opened.names.people, opened.tables["pay_totals"]["person_id"].to_pylist(), "payee")
    if beside:
        return _beside(opened, full, chosen, format, to, shell.width)
    made = make_statement(opened.tables, opened.plans, full, chosen, as_of=opened.run.today,
                          customer=opened.names.customer, person=opened.names.person)  # fmt: skip
    made = _with_state(opened, made, chosen)
    data = statement_json(made, opened.names)
    if to is not None and format in FILES:
        write_file(to, _file(opened, made, chosen, format))
        return Answer({"file": str(to), "statement": data}, lambda: [f"written: {to}"])
    if format == "html":
        explain_line = explainer(opened)
        explained = {line.line_id: explain_line(line.line_id) for line in made.lines}
        text = statement_html(made, opened.names, explained, opened.plans)
    else:
        text = statement_text(made, opened.names, shell.width) if format == "text" else as_json(data)
    if to is not None:
        write_file(to, text)
        return Answer({"file": str(to), "statement": data}, lambda: [f"written: {to}"])
    return Answer(data, lambda: [text])


def _file(opened: Opened, made: Statement, period: Period, format: str) -> bytes:  # noqa: A002
    from keepwell.books import books_head, books_of
    from keepwell.show.statement_files import statement_pdf, statement_xlsx

    if format == "xlsx":
        return statement_xlsx(made, opened.names, period.from_on)
    project = opened.project
    return statement_pdf(made, opened.names, project.company, opened.run.run_id, books_head(books_of(project)))


def _beside(opened: Opened, person_id: str, period: Period, format: str, to: Path | None, width: int) -> Answer:  # noqa: A002
    from keepwell.pay.beside import statements_beside
    from keepwell.show.beside import beside_html, beside_json, beside_text

    found = statements_beside(opened.tables, opened.plans, person_id, period, as_of=opened.run.today,
                              customer=opened.names.customer)  # fmt: skip
    data = {"beside": beside_json(found, opened.names)}
    if format == "html":
        text = beside_html(found, opened.names)
    else:
        text = beside_text(found, opened.names, width) if format == "text" else as_json(data)
    if to is not None:
        write_file(to, text)
        return Answer({"file": str(to), **data}, lambda: [f"written: {to}"])
    return Answer(data, lambda: [text])


def _with_state(opened: Opened, made: Statement, period: Period) -> Statement:
    """The statement with how far its period is in the books, where it is of the run that the books speak of."""
    from keepwell.books import books_of, period_state

    state = period_state(books_of(opened.project), period)
    if state.state == "open" or (made.status == "open" and state.run_id != opened.run.run_id):
        return made
    return replace(made, status=state.state, status_by=state.steps[-1].by, status_at=state.steps[-1].at)


def explain(line: str, *, shell: Hidden) -> Answer:
    """Show why a line is what it is: every step from the source row to the cent.

    Parameters
    ----------
    line
        the line's id, or the beginning of it; statements print it
    """
    from keepwell.show.explanation import explanation_json, explanation_text

    opened = open_latest(shell.project())
    found = explainer(opened)(line)
    return Answer(explanation_json(found), lambda: [explanation_text(found, shell.width)])


def period_asked(opened: Opened, period: str | None) -> Period:
    """The settlement period that was named, or the one that the day before the run's day is in."""
    project = opened.project
    if period is None:
        return period_of(month_index(opened.run.today - timedelta(days=1)), project.closes, project.year_starts)
    found = parse_period(period, project.year_starts)
    if found.kind != project.closes:
        raise UsageError("period-kind", f"{project.company} settles by the {project.closes}, and {period} is none",
                         hint="such as " + period_of(found.first_month, project.closes, project.year_starts).name)  # fmt: skip
    return found


def explainer(opened: Opened) -> Callable[[str], Explanation]:
    """Why is a line there? A function of the line's id, over one run."""
    from keepwell.pay.explain import explain as explain_line

    project = opened.project

    def of_month(month: int) -> Period:
        return period_of(month, project.closes, project.year_starts)

    def explained(line_id: str) -> Explanation:
        return explain_line(opened.tables, opened.plans, line_id, of_month, opened.names.customer, opened.names.person)

    return explained
