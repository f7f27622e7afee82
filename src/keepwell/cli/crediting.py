"""`credit`, `accounts`: who stood behind what customers gained, and what departments cost beside it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from keepwell.cli.opened import Opened, open_latest
from keepwell.cli.shell import Answer, Shell, check_word, day_said
from keepwell.core.errors import MissingError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

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
        a day such as 2026-01-01: spans that begin on it or later; otherwise the last year's
    """
    from keepwell.show.credited import CREDIT_METHODS, effect_lines, overview_lines

    check_word("--method", method, CREDIT_METHODS)
    opened = open_latest(shell.project())
    if who is not None:
        return _credit_of(opened, who, since, effect=effect, width=shell.width)
    currency = opened.project.currency
    if effect:
        rows = _effects(opened)
        return Answer({"effects": rows}, lambda: effect_lines(rows, opened.names, currency, shell.width), bool(rows))
    shares = opened.tables["credit_shares"]
    span = _span(opened, shares, since)
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
        a day such as 2026-01-01: spans that begin on it or later; otherwise the last year's
    """
    from keepwell.credit.accounts import savings_that_cost
    from keepwell.show.ask import ask
    from keepwell.show.credited import account_lines, saving_words

    opened = open_latest(shell.project())
    table = opened.tables["department_accounts"]
    span, currency = _span(opened, table, since), opened.project.currency
    amounts = ", ".join(
        f"sum({name}) AS {name}" for name in table.column_names if name not in ("from_on", "to_on", "department")
    )
    rows = ask(f"SELECT department, {amounts} FROM accounts WHERE from_on >= $1 GROUP BY department ORDER BY department = 'nobody', "  # noqa: S608 the table's own columns
               "department", span[0], accounts=table)  # fmt: skip
    spans = [ask("SELECT * FROM accounts WHERE from_on = $1 ORDER BY department", one[0], accounts=table)
             for one in _spans(table)[-2:]]  # fmt: skip
    savings = savings_that_cost(spans[1], spans[0]) if len(spans) == 2 else []
    last = _spans(table)[-1]
    data = {"from_on": span[0], "to_on": span[1], "departments": rows, "spans": table.to_pylist(),
            "savings_that_cost": [{"department": one.department, "saved": one.saved, "lost": one.lost,
                                   "words": saving_words(one, currency, last)} for one in savings]}  # fmt: skip
    return Answer(data, lambda: account_lines(rows, currency, span, savings, last, shell.width), bool(rows))


def _credit_of(opened: Opened, who: str, since: str | None, *, effect: bool, width: int) -> Answer:
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
        return _person(opened, person, since, effect=effect, width=width)
    return _customer(opened, customer, width)


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


def _person(opened: Opened, person: str, since: str | None, *, effect: bool, width: int) -> Answer:
    from keepwell.show.ask import ask
    from keepwell.show.credited import effect_lines, person_lines

    effects = [row for row in _effects(opened) if row["unit_kind"] == "person" and row["unit"] == person]
    name, currency = opened.names.person(person), opened.project.currency
    if effect:
        return Answer({"person_id": person, "name": name, "effects": effects},
                      lambda: effect_lines(effects, opened.names, currency, width), bool(effects))  # fmt: skip
    ledger = opened.tables["credit_ledger"]
    span = _span(opened, ledger, since)
    rows = ask(
        "WITH mine AS (SELECT customer_id, cause, sum(amount) AS amount FROM ledger WHERE person_id = $1 AND from_on >= $2 "
        "GROUP BY customer_id, cause), whole AS (SELECT customer_id, cause, sum(amount) AS whole FROM ledger WHERE "
        "from_on >= $2 AND amount > 0 GROUP BY customer_id, cause) SELECT mine.*, mine.amount / whole.whole AS part FROM mine "
        "JOIN whole USING (customer_id, cause) ORDER BY mine.amount DESC, customer_id, cause",
        person, span[0], ledger=ledger,
    )  # fmt: skip
    data = {"person_id": person, "name": name, "from_on": span[0], "to_on": span[1],
            "customers": [{**row, "name": opened.names.customer(row["customer_id"])} for row in rows], "effects": effects}  # fmt: skip
    return Answer(data, lambda: person_lines(name, rows, effects, opened.names, currency, span, width), bool(rows))


def _effects(opened: Opened) -> list[Row]:
    if not opened.project.persons:
        raise UsageError("persons-off", "effects of single persons are off in this company",
                         hint="persons: true in keepwell.yaml turns them on")  # fmt: skip
    return [
        {**row, "name": opened.names.unit(row["unit_kind"], row["unit"])}
        for row in opened.tables["credit_effects"].to_pylist()
    ]


def _spans(table: pa.Table) -> list[Span]:
    from keepwell.show.ask import ask

    rows = ask("SELECT DISTINCT from_on, to_on FROM credited ORDER BY from_on, to_on", credited=table)
    return [(row["from_on"], row["to_on"]) for row in rows]


def _span(opened: Opened, table: pa.Table, since: str | None) -> Span:
    """From which day to which is shown: whole spans from `since`, or from a year before the run's day."""
    spans = _spans(table)
    if not spans:
        raise MissingError("value-missing", "no change of customers' value is known yet",
                           hint="it needs contracts or orders of more than one quarter: keepwell journey shows what is there")  # fmt: skip
    first = opened.run.today - timedelta(366) if since is None else day_said("--since", since)
    begins = [span for span in spans if span[0] >= first]
    if not begins:
        raise UsageError("since-late", f"no span begins on {since} or later", hint=f"the last begins on {spans[-1][0]}")
    return begins[0][0], spans[-1][1]


def _summed(shares: pa.Table, span: Span, by: str) -> list[Row]:
    from keepwell.show.ask import ask

    sql = (f"WITH parts AS (SELECT {by}, sum(amount) AS amount FROM shares WHERE from_on >= $1 GROUP BY {by}), "  # noqa: S608 our own columns
           "whole AS (SELECT method, sum(amount) AS whole FROM parts GROUP BY method) "
           "SELECT parts.*, CASE WHEN whole = 0 THEN 0 ELSE round(parts.amount / whole, 9) END AS share FROM parts "
           f"JOIN whole USING (method) ORDER BY method, amount DESC, {by}")  # fmt: skip
    return ask(sql, span[0], shares=shares)
