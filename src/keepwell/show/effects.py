"""How is told what people and teams change? The shrunk effect with its interval, and a sentence on whom it can be told of.

What was seen before shrinking stands beside it only where it is asked for: of few customers it is mostly chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from keepwell.measure.credibility import TOO_FEW
from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned, wrapped
from keepwell.show.names import Names

Row = Mapping[str, Any]
MOST_NAMED = 4
TITLES = {
    "kept": "Customers kept, of a hundred: more or fewer than with colleagues of the department",
    "value": "Change of a customer's value: more or less than with colleagues of the department",
}
HOW = ("Effect: with customers like theirs (segment, region, tenure and stage are taken off), shrunk towards nought the more, the "
       "fewer customers it rests on. An association: who has which customers was not drawn by lot.")  # fmt: skip
RAW = "Unshrunk: the difference as it was seen, with what chance added to it: no ranking."


def effect_lines(rows: Sequence[Row], names: Names, currency: str, span: tuple[date, date] | None, width: int = WIDTH,
                 *, raw: bool = False) -> list[str]:  # fmt: skip
    """What people and teams change, by outcome, over a time; `raw`: with the differences before shrinking."""
    if not rows or span is None:
        return ["No effects are known: customers with a value are needed, and colleagues to compare with."]
    lines = [
        f"What people and teams change, with customers like theirs, {written.day(span[0])} to {written.day(span[1])}",
        "",
    ]
    for outcome, title in TITLES.items():
        lines += [title, ""]
        for kind in ("team", "person"):
            mine = [row for row in rows if row["outcome"] == outcome and row["unit_kind"] == kind]
            if mine:
                lines += (
                    _effect_table(mine, names, currency, width, raw=raw) + _sentences(mine, kind, names, width) + [""]
                )
    return [*lines, *wrapped(HOW, width), *(wrapped(RAW, width) if raw else [])]


def _effect_table(rows: Sequence[Row], names: Names, currency: str, width: int, *, raw: bool) -> list[str]:
    shown = sorted((row for row in rows if raw or not row["words"]),
                   key=lambda row: (row["department"], -row["effect"], row["unit"]))  # fmt: skip
    if not shown:
        return []
    kind = rows[0]["unit_kind"]
    unit = "points" if rows[0]["outcome"] == "kept" else currency
    columns = [Column(written.words(kind), shrinks=True), Column("Department"), Column("Customers", right=True),
               *([Column("Unshrunk", right=True)] if raw else []), Column(f"Effect, {unit}", right=True),
               Column("95% interval", right=True)]  # fmt: skip
    table = []
    for row in shown:
        number = _points if row["outcome"] == "kept" else _amount
        silent = bool(row["words"])
        cells = [names.unit(kind, row["unit"]), written.words(row["department"]), f"{row['customers']:,}"]
        cells += [number(row["difference"])] if raw else []
        cells += (
            [written.NONE, ""]
            if silent
            else [number(row["effect"]), f"[{number(row['low'])} to {number(row['high'])}]"]
        )
        table.append(cells)
    return [*aligned(columns, table, width), ""]


def _sentences(rows: Sequence[Row], kind: str, names: Names, width: int) -> list[str]:
    """Of whom can it be told? A sentence for each department; those of whom it is the same share one."""
    by_department: dict[str, list[Row]] = {}
    for row in rows:
        by_department.setdefault(row["department"], []).append(row)
    said: dict[str, list[str]] = {}
    for department, mine in sorted(by_department.items()):
        said.setdefault(_sentence(mine, kind, names), []).append(written.words(department))
    return [
        line
        for words, departments in said.items()
        for line in wrapped(f"{written.listed(departments)}: {words}", width)
    ]


def _sentence(rows: Sequence[Row], kind: str, names: Names) -> str:
    who = "no team" if kind == "team" else "no one"
    words = rows[0]["words"]
    if words == TOO_FEW:
        return f"too few {'teams' if kind == 'team' else 'people'} or customers to tell differences from chance."
    sure = [row for row in rows if not words and not row["low"] <= 0 <= row["high"]]
    above, below = (
        [names.unit(kind, row["unit"]) for row in sure if (row["effect"] > 0) is up] for up in (True, False)
    )
    open_ = [names.unit(kind, row["unit"]) for row in rows if row not in sure]
    if not words and not sure:
        told = (
            f"of {names.unit(kind, rows[0]['unit'])} it cannot be told"
            if len(rows) == 1
            else f"they differ, but of {who} can it be told"
        )
        return f"{told}: the interval holds nought."
    if words:
        return f"{who} differs from the average of the department by more than chance."
    parts = [f"{where} the average by more than chance: {written.listed(some)}"
             for where, some in (("above", above), ("below", below)) if some]  # fmt: skip
    if open_:
        parts.append(
            f"of {written.listed(open_) if len(open_) <= MOST_NAMED else f'the other {len(open_)}'} it cannot be told"
        )
    return f"{'; '.join(parts)}."


def _points(value: Decimal | None) -> str:
    return written.NONE if value is None else ("+" if value > 0 else "") + written.plain(value * 100, 1)


def _amount(value: Decimal | None) -> str:
    return written.money(value, cents=False, sign=True)
