"""`risk`: who may leave, what is at stake, and what speaks for it."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from keepwell.cli.looking import find_customer, find_owner
from keepwell.cli.opened import Opened, open_with
from keepwell.cli.shell import Answer, Shell, check_count, check_word, refuse_options

Hidden = Annotated[Shell, Parameter(parse=False)]
UNIT_KINDS = ("customer", "owner", "segment")


def risk(customer: str | None = None, *, owner: str | None = None, by: str | None = None, most: int = 25,
         calibration: bool = False, shell: Hidden) -> Answer:  # fmt: skip
    """Show who may leave, the most at stake first, and what speaks for it; or one customer.

    Parameters
    ----------
    customer
        an id (with or without its namespace) or the customer's name; none: the list
    owner
        only the customers for whom this person is named: an id or a name; nobody: those for whom nobody is
    by
        customer (otherwise), owner or segment
    most
        how many customers are listed; 0: all
    calibration
        what was foretold a year ago beside what came
    """
    from keepwell.show import at_risk

    check_word("--by", by or "customer", UNIT_KINDS)
    check_count("--most", most)
    if calibration or customer is not None:
        why = "one customer is shown" if customer else "all customers are judged together"
        refuse_options(why, ("--owner", owner), ("--by", by))
    if calibration:
        refuse_options("all customers are judged together", ("a customer", customer))
    opened = open_with(shell.project(), "customer_stakes", "foretells nothing")
    tables, names, currency = opened.tables, opened.names, opened.project.currency
    found = sorted(tables["risk_calibration"].to_pylist(), key=lambda row: row["part"])
    if calibration:
        return Answer(found, lambda: at_risk.calibration_lines(found, shell.width), bool(found))
    if customer is not None:
        return _one(opened, customer, shell)
    rows = at_risk.at_risk(tables, find_owner(owner, opened))
    notes = [*at_risk.missed_words(found), *at_risk.leak_words(tables)]
    if owner is not None and not rows:
        none = f"no customer of {owner} is under contract"
        if owner.casefold() == "nobody":
            none = "for every customer under contract somebody is named"
        return Answer({"at_on": opened.run.today, "currency": currency, "customers": []}, lambda: [f"{none[0].upper()}{none[1:]}."],
                      ok=False, why=none)  # fmt: skip
    if by not in (None, "customer"):
        units = at_risk.by_unit(rows, by)
        return Answer({"by": by, "currency": currency, "units": units},
                      lambda: at_risk.unit_lines(rows, by, names, currency, shell.width), bool(rows), notes)  # fmt: skip
    listed = [{**row, "name": names.customer(row["customer_id"])} for row in rows]
    return Answer({"at_on": opened.run.today, "currency": currency, "customers": listed},
                  lambda: at_risk.risk_lines(rows, names, currency, most, shell.width), bool(rows), notes)  # fmt: skip


def _one(opened: Opened, customer: str, shell: Shell) -> Answer:
    from keepwell.show import at_risk

    tables, names = opened.tables, opened.names
    full = find_customer(customer, opened)
    rows = at_risk.at_risk(tables, customer=full)
    model = [row for row in tables["hazard_models"].to_pylist() if not row["judges"]]
    if not rows:
        words = f"{names.customer(full)} is not under contract: nothing can end."
        return Answer({"customer_id": full, "risk": None}, lambda: [words], ok=False)
    data = {"customer_id": full, "name": names.customer(full), "currency": opened.project.currency, "risk": rows[0]}
    return Answer(data, lambda: at_risk.customer_lines(rows[0], names, opened.project.currency, model, shell.width))
