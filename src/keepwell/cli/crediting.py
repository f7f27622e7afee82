"""`credit`, `accounts`: who stood behind what customers gained, and what departments cost beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from keepwell.cli.opened import Opened, open_latest
from keepwell.cli.shell import Answer, Shell, check_word, refuse_options
from keepwell.cli.since import CREDIT, tables_since
from keepwell.core.errors import MissingError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from keepwell.show.departments import Account

Hidden = Annotated[Shell, Parameter(parse=False)]
Span = tuple[date, date]
Row = dict[str, Any]


def credit(who: str | None = None, *, method: str | None = None, effect: bool = False, raw: bool = False,
           since: str | None = None, shell: Hidden) -> Answer:  # fmt: skip
    """Show who stood behind what customers gained: all, one customer with each outcome, or one person.

    Parameters
    ----------
    who
        a customer or a person: an id (with or without its namespace) or a name; none: departments and people
    method
        owen (otherwise), equal, time_decay, declared, saves or markov: by which people are listed
    effect
        show what people and teams change with customers like theirs, in place of their credit
    raw
        with --effect: also the differences as they were seen, before they are shrunk
    since
        the day from which it is told, such as 2026-01-01; otherwise four quarters back
    """
    from keepwell.show.credited import CREDIT_METHODS

    if method is not None:
        check_word("--method", method, CREDIT_METHODS)
    if raw and not effect:
        raise UsageError("usage", "--raw belongs to --effect", hint="keepwell credit --effect --raw")
    if effect:
        refuse_options(
            "an effect is of the whole time that is valued, and knows no method",
            ("--method", method),
            ("--since", since),
        )
    opened = open_latest(shell.project())
    if who is not None:
        return _credit_of(opened, who, method, since, effect=effect, raw=raw, shell=shell)
    if effect:
        return _effect_answer(_effects(opened), opened, {}, shell, raw=raw)
    return _overview(opened, method or "owen", since, shell)


def _overview(opened: Opened, method: str, since: str | None, shell: Shell) -> Answer:
    from keepwell.show.ask import ask
    from keepwell.show.credited import overview_lines

    tables, told = tables_since(opened, since, shell, CREDIT)
    shares, span = tables["credit_shares"], _known(told)
    by_department = _summed(shares, span, "method, department")
    people = [row for row in _summed(shares, span, "method, department, person_id") if opened.project.persons]
    mine = [row for row in people if row["method"] == method and row["person_id"]]
    [row] = ask("SELECT coalesce(sum(amount), 0) AS kept FROM ledger WHERE from_on >= $1 AND cause = 'kept' AND amount > 0",
                span[0], ledger=tables["credit_ledger"])  # fmt: skip
    data = {"from_on": span[0], "to_on": span[1], "kept": row["kept"], "departments": by_department,
            "people": [{**row, "name": opened.names.person(row["person_id"])} for row in people if row["person_id"]]}  # fmt: skip
    currency = opened.project.currency
    return Answer(data, lambda: overview_lines(by_department, mine, opened.names, currency, span, method, row["kept"], shell.width),
                  bool(by_department), why="no customer gained any value in this time")  # fmt: skip


def accounts(department: str | None = None, *, since: str | None = None, shell: Hidden) -> Answer:
    """Show what each department cost, beside what the customers that it worked for gained and lost of their value.

    Parameters
    ----------
    department
        one department: quarter by quarter, and the customers of whom most was lost and gained; none: all
    since
        the day from which it is told, such as 2026-01-01; otherwise four quarters back
    """
    from keepwell.show.departments import account_lines, department_accounts
    from keepwell.show.margins import margin_words
    from keepwell.show.unvalued import unvalued_words

    opened = open_latest(shell.project())
    tables, span = tables_since(opened, since, shell, CREDIT)
    if department is not None:
        return _department(opened, department, tables, _known(span), shell)
    told, currency = department_accounts(tables, _known(span)), opened.project.currency
    words = told.saving_words(currency)
    data = {"from_on": told.span[0], "to_on": told.span[1], "currency": currency, "start": told.start, "end": told.end,
            "departments": [_account(row) for row in told.rows], "all": _account(told.whole), "notes": told.notes, "unvalued": told.unvalued,
            "spans": tables["department_accounts"].to_pylist(),
            "savings_that_cost": [{"department": one.department, "spent_before": one.spent_before, "spent": one.spent,
                                   "lost_before": one.lost_before, "lost": one.lost, "words": said}
                                  for one, said in zip(told.savings, words, strict=False)]}  # fmt: skip
    notes = [*margin_words(tables), *unvalued_words(told.unvalued, told.span[1])]
    return Answer(data, lambda: account_lines(told, currency, shell.width), bool(told.rows), notes)


def _department(opened: Opened, department: str, tables: Mapping[str, pa.Table], span: Span, shell: Shell) -> Answer:
    from keepwell.core.departments import DEPARTMENTS
    from keepwell.credit.owen import NOBODY
    from keepwell.show.one_department import department_lines, one_department

    check_word("the department", department, (*DEPARTMENTS, NOBODY))
    found, currency = one_department(tables, span, department), opened.project.currency
    data = {"from_on": span[0], "to_on": span[1], "currency": currency, "department": department,
            "spans": [{"to_on": to_on, **_account(row)} for to_on, row in found.spans],
            "customers": [{**row, "name": opened.names.customer(row["customer_id"])} for row in found.customers]}  # fmt: skip
    return Answer(data, lambda: department_lines(found, opened.names, currency, span, shell.width), bool(found.spans),
                  why=f"{department} cost nothing and has no credit in this time")  # fmt: skip


def _account(row: Account) -> dict[str, Any]:
    return {"department": row.department, "direct_cost": row.own, "shared_cost": row.shared, "cost": row.cost, "gained": row.gained,
            "lost": row.lost, "net": row.net, "kept": row.kept, "re_estimated": row.anew, "customers": row.customers}  # fmt: skip


def _credit_of(opened: Opened, who: str, method: str | None, since: str | None, *, effect: bool, raw: bool,
               shell: Shell) -> Answer:  # fmt: skip
    """The answer for a customer or, where none is called so, for a person."""
    from keepwell.cli.looking import find_customer_or_person

    if not opened.project.persons:
        raise UsageError("persons-off", "credit of single persons is off in this company",
                         hint="persons: true in keepwell.yaml turns it on; keepwell credit shows departments")  # fmt: skip
    what, full = find_customer_or_person(who, opened)
    if what == "customer":
        refuse_options("one customer is shown with every method", ("--method", method))
        refuse_options("people and teams have effects, a customer has none", ("--effect", effect))
        return _customer(opened, full, since, shell)
    refuse_options(
        "one person is shown as in the ledger, by owen; keepwell credit --method lists people by another",
        ("--method", method),
    )
    effects = [row for row in _effects(opened) if row["unit_kind"] == "person" and row["unit"] == full]
    if effect:
        return _effect_answer(effects, opened, {"person_id": full, "name": opened.names.person(full)}, shell, raw=raw)
    return _person(opened, full, effects, since, shell)


def _customer(opened: Opened, customer: str, since: str | None, shell: Shell) -> Answer:
    from keepwell.credit.outcome import outcomes_of
    from keepwell.show.ask import ask
    from keepwell.show.credited import customer_lines

    tables, told = tables_since(opened, since, shell, CREDIT)
    span = _known(told)
    ledger = ask("SELECT from_on, to_on, cause, department, person_id, share, amount FROM ledger WHERE customer_id = $1 "
                 "AND from_on >= $2 ORDER BY to_on DESC, cause, amount < 0, department, person_id", customer, span[0],
                 ledger=tables["credit_ledger"])  # fmt: skip
    days = (opened.project.windows or {}).get("credit")
    outcomes = [
        one for one in outcomes_of(opened.tables, customer, most=5, days=days) if since is None or one.on_day >= span[0]
    ]
    name = opened.names.customer(customer)
    data = {
        "customer_id": customer,
        "name": name,
        "from_on": span[0],
        "to_on": span[1],
        "changes": ledger,
        "outcomes": outcomes,
    }
    return Answer(data, lambda: customer_lines(name, ledger, outcomes, opened.names, opened.project.currency, shell.width),
                  bool(ledger or outcomes), why=f"no change of {name}'s value is known in this time")  # fmt: skip


def _person(opened: Opened, person: str, effects: list[Row], since: str | None, shell: Shell) -> Answer:
    from keepwell.show.ask import ask
    from keepwell.show.credited import person_lines

    name, currency = opened.names.person(person), opened.project.currency
    tables, told = tables_since(opened, since, shell, CREDIT)
    ledger, span = tables["credit_ledger"], _known(told)
    rows = ask(
        "WITH mine AS (SELECT customer_id, cause, sum(amount) AS amount FROM ledger WHERE person_id = $1 AND from_on >= $2 "
        "GROUP BY customer_id, cause), whole AS (SELECT customer_id, cause, sum(amount) AS whole FROM ledger WHERE "
        "from_on >= $2 AND amount > 0 GROUP BY customer_id, cause) SELECT mine.*, mine.amount / whole.whole AS part FROM mine "
        "JOIN whole USING (customer_id, cause) ORDER BY mine.amount DESC, customer_id, cause",
        person, span[0], ledger=ledger,
    )  # fmt: skip
    shown = _effect_answer(effects, opened, {}, shell, raw=False).shown if effects else list
    data = {"person_id": person, "name": name, "from_on": span[0], "to_on": span[1],
            "customers": [{**row, "name": opened.names.customer(row["customer_id"])} for row in rows], "effects": effects}  # fmt: skip
    return Answer(data, lambda: [*person_lines(name, rows, currency, opened.names, span, shell.width), "", *shown()], bool(rows),
                  why=f"{name} stood behind no customer who gained value in this time")  # fmt: skip


def _effect_answer(rows: list[Row], opened: Opened, head: dict[str, Any], shell: Shell, *, raw: bool) -> Answer:
    from keepwell.show.bridge import moments_since
    from keepwell.show.effects import effect_lines

    span, currency = moments_since(opened.tables, None), opened.project.currency
    data = {**head, "from_on": span and span[0], "to_on": span and span[1], "effects": rows}
    return Answer(data, lambda: effect_lines(rows, opened.names, currency, span, shell.width, raw=raw), bool(rows),
                  why="no effects are known: customers with a value are needed, and colleagues to compare with")  # fmt: skip


def _effects(opened: Opened) -> list[Row]:
    if not opened.project.persons:
        raise UsageError("persons-off", "effects of single persons are off in this company",
                         hint="persons: true in keepwell.yaml turns them on")  # fmt: skip
    return [
        {**row, "name": opened.names.unit(row["unit_kind"], row["unit"])}
        for row in opened.tables["credit_effects"].to_pylist()
    ]


def _known(span: Span | None) -> Span:
    """From which day to which is told. Raises `MissingError` where no value is known at two moments."""
    if span is None or span[0] >= span[1]:
        raise MissingError("value-missing", "no change of customers' value is known yet",
                           hint="it needs contracts or orders of more than one quarter: keepwell journey shows what is there")  # fmt: skip
    return span


def _summed(shares: pa.Table, span: Span, by: str) -> list[Row]:
    from keepwell.show.ask import ask

    sql = (f"WITH parts AS (SELECT {by}, sum(amount) AS amount FROM shares WHERE from_on >= $1 GROUP BY {by}), "  # noqa: S608 our own columns
           "whole AS (SELECT method, sum(amount) AS whole FROM parts GROUP BY method) "
           "SELECT parts.*, CASE WHEN whole = 0 THEN 0 ELSE round(parts.amount / whole, 9) END AS share FROM parts "
           f"JOIN whole USING (method) ORDER BY method, amount DESC, {by}")  # fmt: skip
    return ask(sql, span[0], shares=shares)
