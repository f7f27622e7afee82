"""How does credit read on a terminal? Tables that line up, and a sentence where one is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from keepwell.credit.outcome import METHODS, Outcome, Stake
from keepwell.credit.owen import NOBODY
from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned, wrapped
from keepwell.show.names import Names

Row = Mapping[str, Any]
CREDIT_METHODS = ("owen", "equal", "time_decay", "declared", "saves", "markov")
METHOD_WORDS = {
    "owen": "departments alike, within each its people alike: the ledger",
    "equal": "everybody who worked for the customer alike (the Shapley value over people)",
    "time_decay": "by days of work, a day half as much for each week it lies back",
    "declared": "deal shares, or else coverage",
    "saves": "only of what customers gained who were saved after they gave notice: by who tried first",
    "markov": "by how many of the customers' ways a department stands on, departments alone: reach, not cause",
}
# what an outcome's amount is: not lifetime value
_WORTH = {"won": " signed", "renewed": " a year", "saved": " a year", "ordered": " ordered"}
NOT_CAUSE = "Credit is a share of value, not its cause: what somebody changes is asked by keepwell credit --effect."


def overview_lines(by_department: Sequence[Row], by_person: Sequence[Row], names: Names, currency: str, span: tuple[date, date],
                   method: str, kept: Decimal, width: int = WIDTH, most: int = 15) -> list[str]:  # fmt: skip
    """What customers gained, by department and each method's shares of it, and the people with the most by one method.

    `kept`: how much of it was kept, which department accounts show apart.
    """
    title = f"Credit of what customers gained, {_span(span)}"
    if not by_department:
        return [title, "", "No customer gained any value in this time: there is nothing to credit."]
    totals = _totals(by_department)
    there = [one for one in CREDIT_METHODS if one in totals]
    listed = written.money(totals.get(method, Decimal(0)), currency, cents=False)
    lines = [f"{title}: {listed} by {written.words(method).lower()}", "",
             *_department_table(by_department, totals, there, currency, method, width), ""]  # fmt: skip
    people = [row for row in by_person if row["person_id"]]
    if people:
        rows = [(names.person(row["person_id"]), written.words(row["department"]),
                 written.money(row["amount"], currency, cents=False), written.share(row["share"], 1)) for row in people[:most]]  # fmt: skip
        lines += aligned([Column("Person", shrinks=True), Column("Department"), Column("Credit", right=True),
                          Column(f"Of {listed}", right=True)], rows, width)  # fmt: skip
        if len(people) > most:
            lines.append(f"… and {written.count(len(people) - most, 'other')}; --json lists them")
        lines.append("")
    for one in there:
        of = f" It shares out {written.money(totals[one], currency, cents=False)}." if _is_other(one, totals) else ""
        lines += wrapped(f"{written.words(one)}: {METHOD_WORDS[one]}.{of}", width)
    lines += wrapped(_base_words(totals, kept, currency), width)
    return [*lines, *wrapped(NOT_CAUSE, width)]


def _department_table(by_department: Sequence[Row], totals: Mapping[str, Decimal], there: Sequence[str], currency: str, method: str,
                      width: int) -> list[str]:  # fmt: skip
    """Departments with their credit by one method and their shares by all; last, what each method shares out."""
    shares = {(row["method"], row["department"]): row for row in by_department}
    departments = sorted({row["department"] for row in by_department}, key=lambda name: (name == NOBODY, name))
    columns = [Column("Department", shrinks=True), Column("Credit", right=True),
               *[Column(f"{written.words(one)}{'*' if _is_other(one, totals) else ''}", right=True) for one in there]]  # fmt: skip
    table = []
    for name in departments:
        mine = shares.get((method, name))
        cells = [written.share(shares[one, name]["share"], 1) if (one, name) in shares else "" for one in there]
        amount = "" if mine is None else written.money(mine["amount"], currency, cents=False)
        table.append((written.words(name), amount, *cells))
    unit = written.thousands(totals.values())
    label = f"100% is, {'thousand ' if unit > 1 else ''}{currency}"
    table.append((label, "", *(written.in_thousands(totals[one], unit, sign=False) or "0" for one in there)))
    return aligned(columns, table, width)


def _totals(by_department: Sequence[Row]) -> dict[str, Decimal]:
    """What each method shares out."""
    found: dict[str, Decimal] = {}
    for row in by_department:
        found[row["method"]] = found.get(row["method"], Decimal(0)) + row["amount"]
    return found


def _is_other(method: str, totals: Mapping[str, Decimal]) -> bool:
    """Does the method share out something else than the ledger does? Shares of other methods are rounded one by one."""
    whole = totals.get("owen", Decimal(0))
    return abs(totals[method] - whole) > max(Decimal(1), whole / 100_000)


def _base_words(totals: Mapping[str, Decimal], kept: Decimal, currency: str) -> str:
    whole = totals.get("owen", Decimal(0))
    words = f"What all customers gained is {written.money(whole, currency, cents=False)}: won, grown"
    if kept:
        words += (f" and, where their value rose, kept ({written.money(kept, currency, cents=False)}, which keepwell accounts shows "
                  "apart)")  # fmt: skip
    others = [written.words(one).lower() for one in totals if _is_other(one, totals)]
    return f"{words}." + (f" *{written.listed(others)} shares out another amount, so that its column does not compare with the others."
                          if others else "")  # fmt: skip


def customer_lines(customer: str, ledger: Sequence[Row], outcomes: Sequence[Outcome], names: Names, currency: str,
                   width: int = WIDTH) -> list[str]:  # fmt: skip
    """One customer: each change of lifetime value with who stood behind it, and the outcomes by every method."""
    lines = [f"Who stood behind {customer}", ""]
    columns = [Column("Until"), Column("Change"), Column("Who", shrinks=True), Column("Lifetime value", right=True)]
    rows = [(written.day(row["to_on"]), _cause(row["cause"]), _who(row["department"], row["person_id"], names),
             written.money(row["amount"], currency)) for row in ledger]  # fmt: skip
    lines += [*aligned(columns, _once(rows, 2), width), ""] if rows else ["No change of value is known.", ""]
    for one in outcomes:
        worth = f"{written.money(one.amount, one.currency)}{_WORTH.get(one.kind, '')}"
        title = f"{written.words(one.kind)} on {written.day(one.on_day)}: {worth}"
        lines += [title, *stake_lines(one.stakes, one.currency, names, width), ""]
    return [*lines, *wrapped(NOT_CAUSE, width)]


def stake_lines(stakes: Iterable[Stake], currency: str, names: Names, width: int = WIDTH) -> list[str]:
    """Who stood behind one outcome, with their days, their amount and their share by every method."""
    columns = [Column("Who", shrinks=True), Column("Days", right=True), Column("Last"), Column("Credit", right=True),
               *[Column(written.words(one), right=True) for one in METHODS]]  # fmt: skip
    rows = [
        (_who(one.department, one.person_id, names), str(one.days or ""), "" if one.last_on is None else written.day(one.last_on),
         written.money(one.amount, currency) if one.amount else "",
         *[written.share(one.shares[method], 1) if method in one.shares else "" for method in METHODS])
        for one in stakes
    ]  # fmt: skip
    return aligned(columns, rows, width, "  ")


def person_lines(person: str, rows: Sequence[Row], currency: str, names: Names, span: tuple[date, date],
                 width: int = WIDTH, most: int = 20) -> list[str]:  # fmt: skip
    """One person: the customers behind whose gains they stood, the most first."""
    whole = sum((row["amount"] for row in rows), Decimal(0))
    lines = [f"Credit of {person}, {_span(span)}: {written.money(whole, currency)}", ""]
    if not rows:
        return [*lines, "They stood behind no customer who gained value in this time."]
    table = [(names.customer(row["customer_id"]), _cause(row["cause"]), written.money(row["amount"], currency),
              written.share(row["part"], 1)) for row in rows[:most]]  # fmt: skip
    columns = [
        Column("Customer", shrinks=True),
        Column("Change"),
        Column("Credit", right=True),
        Column("Of it", right=True),
    ]
    lines += aligned(columns, table, width)
    if len(rows) > most:
        lines.append(f"… and {written.count(len(rows) - most, 'other')}; --json lists them")
    return [*lines, "", *wrapped(NOT_CAUSE, width)]


def _cause(cause: str) -> str:
    return "Estimated anew" if cause == "re_estimated" else written.words(cause)


def _who(department: str, person_id: str, names: Names) -> str:
    if department == NOBODY:
        return "Nobody"
    return f"{names.person(person_id)} ({department})" if person_id else f"{written.words(department)} department"


def _once(rows: Sequence[tuple[str, ...]], columns: int) -> list[tuple[str, ...]]:
    """The first columns are written where they change only."""
    shown, last = [], ("",) * columns
    for row in rows:
        same = row[:columns] == last
        shown.append((("",) * columns if same else row[:columns]) + row[columns:])
        last = row[:columns]
    return shown


def _span(span: tuple[date, date]) -> str:
    return f"{written.day(span[0])} to {written.day(span[1])}"
