"""`credit`, `accounts`: who stood behind what customers gained, and what departments cost beside it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from keepwell.cli.opened import Opened, open_latest
from keepwell.cli.shell import Answer, Shell, check_word
from keepwell.cli.since import CREDIT, tables_since
from keepwell.core.errors import MissingError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from keepwell.show.departments import Account

Hidden = Annotated[Shell, Parameter(parse=False)]
Span = tuple[date, date]
Row = dict[str, Any]


def credit(who: str | None = None, *, method: str = "owen", effect: bool = False, since: str | None = None,
           shell: Hidden) -> Answer:  # fmt: skip
    """Show who stood behind what customers gained: all, one customer with each outcome, or one person.

    Parameters
    ----------
    who
        a customer or a person: an id (with or without its namespace) or a name; none: departments and people
    method
        owen, equal, time_decay, declared, saves or markov: by which people are listed
    effect
        show what people and teams change with customers like theirs, in place of their credit
    since
        the day from which it is told, such as 2026-01-01; otherwise four quarters back
    """
    from keepwell.show.credited import CREDIT_METHODS, effect_lines, overview_lines

    check_word("--method", method, CREDIT_METHODS)
    opened = open_latest(shell.project())
    if who is not None:
        return _credit_of(opened, who, since, effect=effect, shell=shell)
    currency = opened.project.currency
    if effect:
        rows = _effects(opened)
        return Answer({"effects": rows}, lambda: effect_lines(rows, opened.names, currency, shell.width), bool(rows))
    tables, told = tables_since(opened, since, shell, CREDIT)
    shares, span = tables["credit_shares"], _known(told)
    by_department = _summed(shares, span, "method, department")
    people = [row for row in _summed(shares, span, "method, department, person_id") if opened.project.persons]
    mine = [row for row in people if row["method"] == method and row["person_id"]]
    data = {"from_on": span[0], "to_on": span[1], "departments": by_department,
            "people": [{**row, "name": opened.names.person(row["person_id"])} for row in people if row["person_id"]]}  # fmt: skip
    return Answer(data, lambda: overview_lines(by_department, mine, opened.names, currency, span, method, shell.width),
                  bool(by_department))  # fmt: skip


def accounts(*, since: str | None = None, shell: Hidden) -> Answer:
    """Show what each department cost, beside what the customers that it worked for gained and lost of their value.

    Parameters
    ----------
    since
        the day from which it is told, such as 2026-01-01; otherwise four quarters back
    """
    from keepwell.show.departments import account_lines, department_accounts

    opened = open_latest(shell.project())
    tables, span = tables_since(opened, since, shell, CREDIT)
    told, currency = department_accounts(tables, _known(span)), opened.project.currency
    words = told.saving_words(currency)
    data = {"from_on": told.span[0], "to_on": told.span[1], "currency": currency, "start": told.start, "end": told.end,
            "departments": [_account(row) for row in told.rows], "all": _account(told.whole), "notes": told.notes,
            "spans": tables["department_accounts"].to_pylist(),
            "savings_that_cost": [{"department": one.department, "spent_before": one.spent_before, "spent": one.spent,
                                   "lost_before": one.lost_before, "lost": one.lost, "words": said}
                                  for one, said in zip(told.savings, words, strict=False)]}  # fmt: skip
    return Answer(data, lambda: account_lines(told, currency, shell.width), bool(told.rows))


def _account(row: Account) -> dict[str, Any]:
    return {"department": row.department, "direct_cost": row.own, "shared_cost": row.shared, "cost": row.cost, "gained": row.gained,
            "lost": row.lost, "net": row.net, "kept": row.kept, "re_estimated": row.anew, "customers": row.customers}  # fmt: skip


def _credit_of(opened: Opened, who: str, since: str | None, *, effect: bool, shell: Shell) -> Answer:
    """The answer for a customer or, where none is called so, for a person."""
    from keepwell.cli.looking import find_named

    if not opened.project.persons:
        raise UsageError("persons-off", "credit of single persons is off in this company",
                         hint="persons: true in keepwell.yaml turns it on; keepwell credit shows departments")  # fmt: skip
    customers = opened.tables["customers"]["customer_id"].to_pylist()
    try:
        customer = find_named(who, opened.names.customers, customers, "customer")
    except MissingError as no_customer:
        people = opened.tables["people"]["person_id"].to_pylist()
        try:
            person = find_named(who, opened.names.people, people, "person")
        except MissingError as no_person:
            hint = no_customer.hint or no_person.hint
            raise MissingError(no_customer.code, f"no customer or person {who}", hint=hint) from None
        return _person(opened, person, since, effect=effect, shell=shell)
    return _customer(opened, customer, shell.width)


def _customer(opened: Opened, customer: str, width: int) -> Answer:
    from keepwell.credit.outcome import outcomes_of
    from keepwell.show.ask import ask
    from keepwell.show.credited import customer_lines

    ledger = ask("SELECT from_on, to_on, cause, department, person_id, share, amount FROM ledger WHERE customer_id = $1 "
                 "ORDER BY to_on DESC, cause, amount < 0, department, person_id", customer,
                 ledger=opened.tables["credit_ledger"])  # fmt: skip
    days = (opened.project.windows or {}).get("credit")
    outcomes = outcomes_of(opened.tables, customer, most=5, days=days)
    name = opened.names.customer(customer)
    data = {"customer_id": customer, "name": name, "changes": ledger, "outcomes": outcomes}
    return Answer(data, lambda: customer_lines(name, ledger, outcomes, opened.names, opened.project.currency, width),
                  bool(ledger or outcomes))  # fmt: skip


def _person(opened: Opened, person: str, since: str | None, *, effect: bool, shell: Shell) -> Answer:
    from keepwell.show.ask import ask
    from keepwell.show.credited import effect_lines, person_lines

    effects = [row for row in _effects(opened) if row["unit_kind"] == "person" and row["unit"] == person]
    name, currency = opened.names.person(person), opened.project.currency
    if effect:
        return Answer({"person_id": person, "name": name, "effects": effects},
                      lambda: effect_lines(effects, opened.names, currency, shell.width), bool(effects))  # fmt: skip
    tables, told = tables_since(opened, since, shell, CREDIT)
    ledger, span = tables["credit_ledger"], _known(told)
    rows = ask(
        "WITH mine AS (SELECT customer_id, cause, sum(amount) AS amount FROM ledger WHERE person_id = $1 AND from_on >= $2 "
        "GROUP BY customer_id, cause), whole AS (SELECT customer_id, cause, sum(amount) AS whole FROM ledger WHERE "
        "from_on >= $2 AND amount > 0 GROUP BY customer_id, cause) SELECT mine.*, mine.amount / whole.whole AS part FROM mine "
        "JOIN whole USING (customer_id, cause) ORDER BY mine.amount DESC, customer_id, cause",
        person, span[0], ledger=ledger,
    )  # fmt: skip
    data = {"person_id": person, "name": name, "from_on": span[0], "to_on": span[1],
            "customers": [{**row, "name": opened.names.customer(row["customer_id"])} for row in rows], "effects": effects}  # fmt: skip
    return Answer(
        data, lambda: person_lines(name, rows, effects, opened.names, currency, span, shell.width), bool(rows)
    )


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
