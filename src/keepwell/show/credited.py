"""How do credit and effects read on a terminal? Tables that line up, and a sentence where one is needed."""

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
    "saves": "of customers who were saved, who rescued them",
    "markov": "how many of the customers' ways a department stands on: reach, not cause",
}
NOT_CAUSE = "Credit is a share of value, not its cause: what somebody changes is asked by keepwell credit --effect."
ASSOCIATION = ("Compared with colleagues of the department, adjusted for segment, region, tenure and stage, and shrunk. "
               "An association: who has which customers was not drawn by lot.")  # fmt: skip


def overview_lines(by_department: Sequence[Row], by_person: Sequence[Row], names: Names, currency: str,
                   span: tuple[date, date], method: str, width: int = WIDTH, most: int = 15) -> list[str]:  # fmt: skip
    """What customers gained, by department and each method's shares of it, and the people with the most by one method."""
    there = [one for one in CREDIT_METHODS if any(row["method"] == one for row in by_department)]
    shares = {(row["method"], row["department"]): row for row in by_department}
    departments = sorted({row["department"] for row in by_department}, key=lambda name: (name == NOBODY, name))
    columns = [Column("Department", shrinks=True), Column("Credit", right=True),
               *[Column(written.words(one), right=True) for one in there]]  # fmt: skip
    table = []
    for name in departments:
        mine = shares.get((method, name))
        cells = [written.share(shares[one, name]["share"], 1) if (one, name) in shares else "" for one in there]
        table.append(
            (written.words(name), "" if mine is None else written.money(mine["amount"], currency, cents=False), *cells)
        )
    lines = [f"Credit of what customers gained, {_span(span)}, by {written.words(method).lower()}", ""]
    lines += [*aligned(columns, table, width), ""]
    people = [row for row in by_person if row["person_id"]]
    if people:
        rows = [(names.person(row["person_id"]), written.words(row["department"]),
                 written.money(row["amount"], currency, cents=False), written.share(row["share"], 1)) for row in people[:most]]  # fmt: skip
        lines += aligned([Column("Person", shrinks=True), Column("Department"), Column("Credit", right=True),
                          Column("Of all", right=True)], rows, width)  # fmt: skip
        if len(people) > most:
            lines.append(f"… and {written.count(len(people) - most, 'other')}; --json lists them")
        lines.append("")
    lines += [line for one in there for line in wrapped(f"{written.words(one)}: {METHOD_WORDS[one]}.", width)]
    return [*lines, *wrapped(NOT_CAUSE, width)]


def customer_lines(customer: str, ledger: Sequence[Row], outcomes: Sequence[Outcome], names: Names, currency: str,
                   width: int = WIDTH) -> list[str]:  # fmt: skip
    """One customer: each change of value with who stood behind it, and the outcomes by every method."""
    lines = [f"Who stood behind {customer}", ""]
    columns = [Column("Until"), Column("Change"), Column("Who", shrinks=True), Column("Amount", right=True)]
    rows = [(written.day(row["to_on"]), _cause(row["cause"]), _who(row["department"], row["person_id"], names),
             written.money(row["amount"], currency)) for row in ledger]  # fmt: skip
    lines += [*aligned(columns, _once(rows, 2), width), ""] if rows else ["No change of value is known.", ""]
    for one in outcomes:
        title = f"{written.words(one.kind)} {written.money(one.amount, one.currency)} on {written.day(one.on_day)}"
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


def person_lines(person: str, rows: Sequence[Row], effects: Sequence[Row], names: Names, currency: str,
                 span: tuple[date, date], width: int = WIDTH, most: int = 20) -> list[str]:  # fmt: skip
    """One person: the customers behind whose gains they stood, the most first, and what they are believed to change."""
    whole = sum((row["amount"] for row in rows), Decimal(0))
    table = [(names.customer(row["customer_id"]), _cause(row["cause"]), written.money(row["amount"], currency),
              written.share(row["part"], 1)) for row in rows[:most]]  # fmt: skip
    columns = [
        Column("Customer", shrinks=True),
        Column("Change"),
        Column("Credit", right=True),
        Column("Of it", right=True),
    ]
    lines = [
        f"Credit of {person}, {_span(span)}: {written.money(whole, currency)}",
        "",
        *aligned(columns, table, width),
    ]
    if len(rows) > most:
        lines.append(f"… and {written.count(len(rows) - most, 'other')}; --json lists them")
    lines += ["", *wrapped(NOT_CAUSE, width)]
    return [*lines, "", *effect_lines(effects, names, currency, width)] if effects else lines


def effect_lines(rows: Sequence[Row], names: Names, currency: str, width: int = WIDTH) -> list[str]:
    """What people and teams change, by outcome: difference, what is believed of it, and where no ranking is warranted."""
    lines: list[str] = []
    for outcome, title in (
        ("kept", "Customers kept, in percentage points against colleagues"),
        ("value", "Change of a customer's value, against colleagues"),
    ):
        for kind in ("team", "person"):
            mine = [row for row in rows if row["outcome"] == outcome and row["unit_kind"] == kind]
            if mine:
                lines += [title, "", *_effect_table(mine, outcome, kind, names, currency, width), ""]
    return (
        [*lines, *wrapped(ASSOCIATION, width)]
        if lines
        else ["No effects are known: customers with a value are needed."]
    )


def _effect_table(rows: Sequence[Row], outcome: str, kind: str, names: Names, currency: str, width: int) -> list[str]:
    def number(value: Decimal | None) -> str:
        if value is None:
            return written.NONE
        if outcome == "value":
            return written.money(value, currency, cents=False, sign=True)
        return ("+" if value > 0 else "") + written.plain(value * 100, 1)

    ordered = sorted(rows, key=lambda row: (row["department"], -row["effect"], row["unit"]))
    unit = "€" if currency == "EUR" else currency
    columns = [Column(written.words(kind), shrinks=True), Column("Department"), Column("Customers", right=True),
               Column("Points" if outcome == "kept" else unit, right=True), Column("Believed", right=True),
               Column("95% interval", right=True)]  # fmt: skip
    table = []
    for row in ordered:
        silent = bool(row["words"])
        interval = "" if silent else f"[{number(row['low'])} to {number(row['high'])}]"
        table.append((names.unit(kind, row["unit"]), written.words(row["department"]), f"{row['customers']:,}",
                      number(row["difference"]), written.NONE if silent else number(row["effect"]), interval))  # fmt: skip
    why: dict[str, list[str]] = {row["words"]: [] for row in ordered if row["words"]}
    for row in ordered:
        if row["words"] and row["department"] not in why[row["words"]]:
            why[row["words"]].append(row["department"])
    said = [line for words, departments in why.items()
            for line in wrapped(f"{written.listed(map(written.words, departments))}: {words[0].lower()}{words[1:]}", width)]  # fmt: skip
    return [*aligned(columns, table, width), *said]


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
