"""`value`, `equity`: what each customer is worth, all of them together, and what changed it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from keepwell.cli.looking import find_customer, find_owner
from keepwell.cli.opened import Opened, open_with
from keepwell.cli.shell import Answer, Shell, check_count, check_word, refuse_options
from keepwell.cli.since import tables_since

if TYPE_CHECKING:
    from keepwell.show.valued import Terms

Hidden = Annotated[Shell, Parameter(parse=False)]
UNIT_KINDS = ("company", "segment", "owner", "stage", "cohort")


def value(customer: str | None = None, *, owner: str | None = None, most: int = 25, calibration: bool = False,
          shell: Hidden) -> Answer:  # fmt: skip
    """Show what customers are worth, or what one customer's value is made of.

    Parameters
    ----------
    customer
        an id (with or without its namespace) or the customer's name; none: the list, the dearest first
    owner
        only the customers for whom this person is named: an id or a name; nobody: those for whom nobody is
    most
        how many customers are listed; 0: all
    calibration
        what was foretold a year ago beside what came
    """
    from keepwell.show import valued
    from keepwell.show.aligned import wrapped
    from keepwell.show.left_out import left_out_words
    from keepwell.show.margins import margin_words
    from keepwell.show.unrated import unrated, unrated_words

    check_count("--most", most)
    opened = _valued(shell)
    tables, at_on = opened.tables, valued.last_moment(opened.tables)
    terms = _terms(opened)
    if calibration or customer is not None:
        refuse_options("one customer is shown" if customer else "all customers are judged together", ("--owner", owner))
    if calibration:
        refuse_options("all customers are judged together", ("a customer", customer))
        found = valued.calibration(tables)
        return Answer(found, lambda: valued.calibration_lines(found, shell.width), bool(found))
    if customer is not None:
        return _one(opened, find_customer(customer, opened), at_on, terms, shell)
    person = find_owner(owner, opened)
    listed = [
        row for row in ([] if at_on is None else valued.values(tables, at_on)) if person in (None, row["owner_id"])
    ]
    whole = _whole(opened, at_on, person)
    left_out = unrated(tables)
    data = {"at_on": at_on, "currency": terms.currency, "discount": terms.discount, "months": terms.months, "whole": whole,
            "left_out": left_out,
            "customers": [{**row, "name": opened.names.customer(row["customer_id"])} for row in listed]}  # fmt: skip

    def shown() -> list[str]:
        lines = [line for text in unrated_words(left_out, terms.currency) for line in wrapped(text, shell.width)]
        if not listed:
            return [*lines, *wrapped(none, shell.width)]
        table = valued.value_lines(listed, whole, opened.names, terms, most, shell.width)
        return [*lines, *([""] if lines else []), *table]

    none = (
        f"No customer {_of(person, owner)} is valued."
        if person is not None
        else valued.none_valued_words(tables, at_on)
    )
    notes = [] if at_on is None else [*valued.silence_words(tables, at_on), *valued.model_words(tables, at_on)]
    return Answer(data, shown, bool(listed), [*margin_words(tables), *notes, *left_out_words(tables)], why=none)


def _one(opened: Opened, customer: str, at_on: date | None, terms: Terms, shell: Shell) -> Answer:
    from keepwell.show import valued
    from keepwell.show.aligned import wrapped

    tables, name = opened.tables, opened.names.customer(customer)
    parts = [] if at_on is None else valued.customer_parts(customer, tables, at_on)
    because = None if parts else valued.no_value_words(customer, tables, at_on)
    data = {"customer_id": customer, "name": name, "at_on": at_on, "currency": terms.currency,
            "value": sum(row["value"] for row in parts) if parts else None, "because": because, "parts": parts,
            "changes": valued.customer_changes(customer, tables)}  # fmt: skip

    def shown() -> list[str]:
        if at_on is None:
            return [name, "", *wrapped(because or "", shell.width)]
        return [name, "", *valued.customer_value_lines(customer, tables, at_on, terms, shell.width)]

    return Answer(data, shown, bool(parts), code="value-none", why=f"{name}: {because}")


def equity(*, since: str | None = None, by: str | None = None, owner: str | None = None, shell: Hidden) -> Answer:
    """Show what all customers are worth together, and what changed it since an earlier day.

    Parameters
    ----------
    since
        the earlier day; otherwise four quarters back
    by
        company (otherwise), segment, owner, stage or cohort (the quarter of the first purchase)
    owner
        only the customers for whom this person is named: an id or a name; nobody: those for whom nobody is
    """
    from keepwell.show.aligned import wrapped
    from keepwell.show.bridge import CAUSES, ZERO, bridge_lines, bridges
    from keepwell.show.margins import margin_words
    from keepwell.show.unrated import unrated, unrated_words
    from keepwell.show.unvalued import unvalued, unvalued_words
    from keepwell.show.valued import none_valued_words

    check_word("--by", by or "company", UNIT_KINDS)
    if owner is not None:
        refuse_options("the customers of one owner are shown together", ("--by", by))
    opened = _valued(shell)
    person = find_owner(owner, opened)
    tables, span = tables_since(opened, since, shell)
    by = by or "company"
    found = () if span is None else bridges(tables, *span, by if person is None else "owner")
    found = tuple(one for one in found if person in (None, one.unit))
    currency = opened.project.currency
    missing = [] if span is None else unvalued(tables, span)
    data = {"from_on": span and span[0], "to_on": span and span[1], "currency": currency, "by": by,
            "unvalued": missing,
            "units": [{"unit": one.unit, "start": one.start, **{cause: one.changes.get(cause, ZERO) for cause in CAUSES},
                       "end": one.end, "low": one.low, "high": one.high, "customers": one.customers,
                       "unvalued_at_start": one.unvalued} for one in found]}  # fmt: skip
    none = (
        f"No customer {_of(person, owner)} was valued in this time."
        if person is not None
        else none_valued_words(tables, span and span[1])
    )

    def shown() -> list[str]:
        lines = [line for text in unrated_words(unrated(tables), currency) for line in wrapped(text, shell.width)]
        if span is None or not found:
            return [*lines, *wrapped(none, shell.width)]
        return [*lines, *([""] if lines else []), *bridge_lines(found, *span, by, opened.names, currency, shell.width)]

    notes = [] if span is None else unvalued_words(missing, span[1])
    return Answer(data, shown, bool(found), [*margin_words(tables), *notes], why=none)


def _of(person: str, said: str | None) -> str:
    return f"of {said}" if person else "for whom nobody is named"


def _valued(shell: Shell) -> Opened:
    return open_with(shell.project(), "customer_values", "values no customers")


def _terms(opened: Opened) -> Terms:
    """How the run valued: by its own configuration, not by what stands in the project now."""
    from keepwell.project.config import read_project
    from keepwell.run import CONFIGURATION
    from keepwell.show.valued import Terms

    told = read_project(opened.run.folder / CONFIGURATION)
    return Terms(told.valuation.discount, told.valuation.months, told.currency)


def _whole(opened: Opened, at_on: date | None, owner: str | None) -> dict[str, Any]:
    rows = opened.tables["equity"].to_pylist() if at_on is not None else []
    kind = "company" if owner is None else "owner"
    mine = (row for row in rows if row["at_on"] == at_on and row["unit_kind"] == kind and owner in (None, row["unit"]))
    return next(mine, {})
