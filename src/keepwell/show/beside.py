"""How are two plans shown side by side for one person's period? As text, HTML and data."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from keepwell.pay.beside import Beside
from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned, sides, with_notes, wrapped
from keepwell.show.names import Names
from keepwell.show.page import render
from keepwell.show.statement import statement_json


def beside_text(found: Sequence[Beside], names: Names, width: int = WIDTH) -> str:
    """The comparisons for a terminal, one after the other."""
    return "\n\n".join("\n".join(_lines(one, names, width)) for one in found) + "\n"


def beside_html(found: Sequence[Beside], names: Names) -> str:
    """The comparisons as one page that stands alone. There is one at least, all of one person and period."""
    return render("beside.html", found=found, person=names.person(found[0].paid.person_id), period=found[0].paid.period)


def beside_json(found: Sequence[Beside], names: Names) -> list[dict[str, Any]]:
    """The comparisons as data: both statements, and each part under both."""
    return [
        {
            "kind": one.kind, "paid": statement_json(one.paid, names), "beside": statement_json(one.beside, names),
            "difference": format(one.difference, "f"),
            "parts": [{"part": part.part, "title": part.title, "paid": _text(part.paid), "beside": _text(part.beside),
                       "difference": format(part.difference, "f"), "why": part.why} for part in one.parts],
        }
        for one in found
    ]  # fmt: skip


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")


def _money(amount: Decimal | None, currency: str) -> str:
    return "–" if amount is None else written.money(amount, currency)


def _lines(one: Beside, names: Names, width: int) -> list[str]:
    currency = one.paid.currency
    rows = [(written.clean(part.title), _money(part.paid, currency), _money(part.beside, currency),
             written.money(part.difference, currency, sign=True)) for part in one.parts]  # fmt: skip
    rows.append(("Payable", written.money(one.paid.payable, currency), written.money(one.beside.payable, currency),
                 written.money(one.difference, currency, sign=True)))  # fmt: skip
    columns = [Column("", shrinks=True), Column("Paid", right=True), Column("Beside", right=True),
               Column("Difference", right=True)]  # fmt: skip
    table = aligned(columns, rows, width)
    told = [wrapped(written.clean(part.why), width, "    ") if part.why else [] for part in one.parts] + [[]]
    return [
        sides(names.person(one.paid.person_id), f"Side by side, {written.period(one.paid.period)}", width),
        f"Paid: {written.clean(one.paid.plan_title)}",
        f"Beside: {written.clean(one.beside.plan_title)}, {one.kind}; it pays nothing",
        "", *with_notes(table, told),
    ]  # fmt: skip
