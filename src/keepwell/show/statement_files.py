"""How does a person's statement leave the house? As a PDF to keep, and as a workbook to reckon with.

A PDF names the head of the books' chain of decisions: a chain that were rewritten whole would no longer fit it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from keepwell.pay import say
from keepwell.pay.statement import Statement, StatementPart
from keepwell.show import format as written
from keepwell.show.names import Names
from keepwell.show.sheets import Sheet, xlsx_bytes
from keepwell.show.statement import (
    REWARDS_SAY,
    add_up,
    lines_add_up,
    measured_words,
    moved_words,
    short_ids,
    status_words,
    summary_words,
)
from keepwell.show.typeset import typeset


def statement_pdf(statement: Statement, names: Names, company: str, run_id: str, head: str = "") -> bytes:
    """The statement as PDF. `head` is the head of the books' chain. The same statement gives the same bytes."""
    return typeset("statement.typ", _document(statement, names, company, run_id, head))


def statement_xlsx(statement: Statement, names: Names, made: date) -> bytes:
    """The statement as a workbook: how it adds up, the parts, the lines, what waits. `made` is the day that it bears."""
    return xlsx_bytes(statement_sheets(statement, names), made)


def statement_sheets(statement: Statement, names: Names) -> list[Sheet]:
    """The workbook's sheets; amounts are in the statement's currency, in a column of its own."""
    currency, titles = statement.currency, _titles(statement)
    steps = [*add_up(statement).steps, ("Payable", statement.payable)]
    parts = [
        (part.title, part.weight, part.target, part.measure, part.value, part.against, part.attainment, part.n, part.low,
         part.high, part.amount, currency, measured_words(part, currency))
        for part in statement.parts
    ]  # fmt: skip
    lines = [
        (line.line_id, line.on, names.customer(line.customer_id), titles[line.part], line.movement, line.belongs_to,
         line.amount, line.payable, currency, line.sentence)
        for line in statement.lines
    ]  # fmt: skip
    holds = [
        (names.customer(hold.customer_id), titles[hold.part], hold.amount, currency, hold.until, hold.sentence)
        for hold in statement.holds
    ]
    return [
        Sheet("Payable", ("step", "amount", "currency"), [(label, amount, currency) for label, amount in steps]),
        Sheet("Parts", ("part", "weight", "target", "measure", "value", "against", "attainment", "answers", "low", "high",
                        "amount", "currency", "says"), parts),
        Sheet("Lines", ("line", "on", "customer", "part", "movement", "belongs_to", "amount", "payable", "currency", "says"),
              lines),
        Sheet("Waiting", ("customer", "part", "amount", "currency", "until", "says"), holds),
    ]  # fmt: skip


def _titles(statement: Statement) -> dict[str, str]:
    known = {part.part: part.title for part in statement.parts}
    others = ({line.part for line in statement.lines} | {hold.part for hold in statement.holds}) - known.keys()
    return known | {part: say.title(part) for part in others}


def _document(statement: Statement, names: Names, company: str, run_id: str, head: str) -> dict[str, Any]:
    """All that the PDF says, as texts."""
    period, person = written.period(statement.period), names.person(statement.person_id)
    books = f" · head of the books {head}" if head else ""
    told = [("Plan", statement.plan_title), ("State", status_words(statement)),
            ("Payable", _money(statement.payable, statement)), ("In short", summary_words(statement))]  # fmt: skip
    short = short_ids(line.line_id for line in statement.lines)
    titles = _titles(statement)
    return {
        "company": written.clean(company), "kind": f"Statement of {period}", "title": written.clean(person),
        "footer": written.clean(f"{statement.plan} · {statement.period} · run {run_id}{books}"),
        "head": [{"about": about, "says": written.clean(says)} for about, says in told],
        "adds_up": [[written.clean(label), _money(amount, statement)]
                    for label, amount in (*add_up(statement).steps, ("Payable", statement.payable))],
        "parts": [_part(part, statement) for part in statement.parts],
        "lines": [{"on": written.day(line.on), "who": _who(line.customer_id, names), "says": written.clean(line.sentence),
                   "what": written.clean(f"{titles[line.part]}, {line.movement}"), "line": short[line.line_id],
                   "amount": moved_words(line, statement.currency)} for line in statement.lines],
        "lines_add_up": lines_add_up(statement),
        "holds": [{"who": _who(hold.customer_id, names), "says": written.clean(hold.sentence),
                   "amount": _money(hold.amount, statement)} for hold in statement.holds],
        "notes": [written.clean(note) for note in statement.notes],
    }  # fmt: skip


def _part(part: StatementPart, statement: Statement) -> dict[str, str]:
    weight = "" if part.weight is None else f"{written.share(part.weight)} of target pay, "
    paid_for = f"For {REWARDS_SAY.get(part.rewards, part.rewards)}"
    return {
        "title": written.clean(part.title), "amount": _money(part.amount, statement), "says": written.clean(part.says),
        "measured": written.clean(measured_words(part, statement.currency)), "weight": written.clean(f"{weight}{paid_for.lower()}."
                                                                                       if weight else f"{paid_for}."),
    }  # fmt: skip


def _who(customer_id: str, names: Names) -> str:
    return written.clean(names.customer(customer_id) or "All customers")


def _money(amount: Decimal, statement: Statement) -> str:
    return written.money(amount, statement.currency)
