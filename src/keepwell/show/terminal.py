"""Which tables do the commands print? One look for all: figures at the right, names that give way, no boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from keepwell.pay import say
from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned
from keepwell.show.ask import Row, ask
from keepwell.show.journey_map import JourneyMap
from keepwell.show.names import Names
from keepwell.show.readings import MeasureWords, Reading
from keepwell.show.summary import Parts


def measure_lines(found: Sequence[Reading], words: MeasureWords, names: Names, width: int = WIDTH) -> list[str]:
    """One measure by unit and period: its value with the interval, what it rests on, and the credible value."""
    if not found:
        return [f"{words.title}: no value yet."]
    rows = [
        (
            names.unit(r.unit_kind, r.unit), written.period(r.period),
            r.hidden or written.in_unit(r.value, words.unit),
            "" if r.hidden else written.interval(r.low, r.high, words.unit), f"{r.n:,}",
            "" if r.hidden or r.credible is None else written.in_unit(r.credible, words.unit),
        )
        for r in found
    ]  # fmt: skip
    columns = [Column(written.words(found[0].unit_kind), shrinks=True), Column("Period"), Column("Value", right=True),
               Column(words.spread, right=True), Column("n", right=True), Column("Credible", right=True)]  # fmt: skip
    return aligned(columns, rows, width)


def measures_lines(rows: Iterable[tuple[MeasureWords, str]], width: int = WIDTH) -> list[str]:
    """The catalogue: each measure's name and question, and whether it is available or what is missing."""
    columns = [Column("Measure"), Column("It asks", shrinks=True), Column("Status", shrinks=True)]
    return aligned(columns, [(words.name, words.question, status) for words, status in rows], width)


def journey_lines(found: JourneyMap, width: int = WIDTH) -> list[str]:
    """The map as two tables: the stages, and the ways between them."""
    stages = [
        (written.words(s.name), f"{s.customers:,}", f"{s.now:,}", written.days(s.median_days)) for s in found.stages
    ]
    ways = [
        (written.words(way.from_stage), written.words(way.to_stage), f"{way.count:,}", written.days(way.median_days))
        for way in found.ways
    ]
    numbers = [Column("Customers", right=True), Column("Now", right=True), Column("Median stay", right=True)]
    to = [Column("From"), Column("To"), Column("Times", right=True), Column("Median", right=True)]
    return [*aligned([Column("Stage"), *numbers], stages, width), "", *aligned(to, ways, width)]


def pay_lines(
    totals: pa.Table, parts: Parts, names: Names, period: str, month: int, currency: str, *, width: int = WIDTH
) -> list[str]:
    """Who earns what in the settlement period that begins in `month`: payees by name with their parts, and the whole.

    New, less what went on hold (and came off it), less what was recovered of what was taken back, is payable.
    `currency` is the company's: of several currencies its own comes last.
    """
    rows = ask(
        "SELECT person_id, part, plan, currency, sum(payable + held + recovered) AS given, sum(held) AS held, "
        "sum(recovered) AS recovered, sum(payable) AS payable FROM totals WHERE scenario = 'actual' AND period = $1 "
        "GROUP BY person_id, part, plan, currency ORDER BY part = '', plan, part",
        month, totals=totals,
    )  # fmt: skip
    if not rows:
        return [f"Nobody is paid anything in {written.period(period)}."]
    lines: list[tuple[str, ...]] = []
    for person, own in _by(rows, lambda row: (names.person(row["person_id"]), row["person_id"])):
        for unit, same in _by(own, lambda row: row["currency"]):
            lines.append((person[0], *_amounts(same, unit)))
            lines += [(f"  {_part_title(parts, row)}", *_amounts([row], unit)) for row in same]
    for unit, same in _by(rows, lambda row: (row["currency"] == currency, row["currency"])):
        lines.append(("All", *_amounts(same, unit[1])))
    columns = [
        Column("Payee", shrinks=True),
        *[Column(title, right=True) for title in ("New", "Held, net", "Recovered", "Payable")],
    ]
    return [f"Pay in {written.period(period)}", "", *aligned(columns, lines, width)]


def _by(rows: Iterable[Row], key: Callable[[Row], Any]) -> list[tuple[Any, list[Row]]]:
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return sorted(groups.items(), key=lambda group: group[0])


def _amounts(rows: Sequence[Row], currency: str) -> list[str]:
    sums = [sum((row[name] for row in rows), Decimal(0)) for name in ("given", "held", "recovered", "payable")]
    return ["" if not amount and place < 3 else written.money(amount, currency) for place, amount in enumerate(sums)]


def _part_title(parts: Parts, row: Row) -> str:
    words = parts.get((row["plan"], row["part"]))
    whole = "Paid on top, recovered, put off" if row["given"] else "Recovered and put off"
    return words.title if words else say.title(row["part"]) or whole
