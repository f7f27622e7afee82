"""Which tables do the commands print? One look for all: figures at the right, names that give way, no boxes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import pyarrow as pa

from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned
from keepwell.show.ask import ask
from keepwell.show.journey_map import JourneyMap
from keepwell.show.names import Names
from keepwell.show.readings import MeasureWords, Reading
from keepwell.show.summary import PartWords


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
               Column("95% interval", right=True), Column("n", right=True), Column("Credible", right=True)]  # fmt: skip
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
    totals: pa.Table, parts: Mapping[tuple[str, str], PartWords], names: Names, period: str, currency: str, *, width: int = WIDTH,
) -> list[str]:  # fmt: skip
    """Who earns what in a period: one row per payee, one column per part while there is room, and the sum."""
    rows = ask(
        "SELECT person_id, plan, part, sum(earned) AS earned FROM totals WHERE period = $1 GROUP BY ALL "
        "ORDER BY person_id, plan, part",
        period, totals=totals,
    )  # fmt: skip
    if not rows:
        return [f"Nobody earned anything in {written.period(period)}."]
    by_payee: dict[tuple[str, str], list[tuple[str, Decimal]]] = {}
    for row in rows:
        words = parts.get((row["plan"], row["part"]))
        title = words.title if words else written.words(row["part"])
        by_payee.setdefault((row["person_id"], row["plan"]), []).append((title, row["earned"]))
    shown = []
    for (person, plan), earned in sorted(by_payee.items(), key=lambda item: (names.person(item[0][0]), item[0])):
        whole = sum((amount for _, amount in earned), Decimal(0))
        shown.append((names.person(person), plan, "", written.money(whole, currency)))
        shown += [("", "", title, written.money(amount, currency)) for title, amount in earned]
    columns = [Column("Payee", shrinks=True), Column("Plan", shrinks=True), Column("Part", shrinks=True),
               Column("Earned", right=True)]  # fmt: skip
    return aligned(columns, shown, width)


def count_lines(
    heading: str, counts: Iterable[tuple[str, Sequence[int]]], of: Sequence[str], width: int = WIDTH
) -> list[str]:
    """Names with their counts: what a collect read, what the record holds."""
    rows = [(written.clean(name), *[f"{number:,}" for number in numbers]) for name, numbers in counts]
    return aligned([Column(heading, shrinks=True), *[Column(title, right=True) for title in of]], rows, width)
