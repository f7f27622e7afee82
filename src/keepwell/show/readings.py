"""What does a measure say, for whom, and how sure are we? Rows of `measures` as values that pages show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from keepwell.measure.catalogue import CATALOGUE
from keepwell.show import format as written
from keepwell.show.ask import ask

FEWEST = 5
SHOWN_PERIODS = 8
ANSWERED = frozenset({"nps", "csat", "ces", "choose_again", "word_of_mouth", "lasting_satisfaction"})


@dataclass(frozen=True)
class MeasureWords:
    """What a measure is called, what it asks, its unit, whether more is better (None: neither), what its ends are."""

    name: str
    title: str
    question: str = ""
    unit: str = "number"
    better: str | None = None
    spread: str = "95% interval"


@dataclass(frozen=True)
class Reading:
    """A measure's value for one unit and period: `value` in the measure's unit, `n` what it rests on, a 95% interval.

    `hidden` says why nothing is shown, where too few answered.
    """

    measure: str
    unit_kind: str
    unit: str
    period: str
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    credible: float | None = None
    hidden: str = ""


@dataclass(frozen=True)
class Trend:
    """A measure over the periods, oldest first, with its words."""

    words: MeasureWords
    readings: tuple[Reading, ...]

    @property
    def last(self) -> Reading | None:
        """The newest reading that has a value."""
        return next((reading for reading in reversed(self.readings) if reading.value is not None), None)


def measure_words(name: str) -> MeasureWords:
    """The words of a measure; one that is not in the catalogue is called by its name."""
    known = CATALOGUE.get(name)
    if known is None:
        return MeasureWords(name, written.words(name))
    return MeasureWords(known.name, known.title, known.question, known.unit, known.better, known.spread)


def readings(measures: pa.Table, measure: str, unit_kind: str, period_kind: str) -> tuple[Reading, ...]:
    """All readings of a measure by one kind of unit and period, oldest first; answers of fewer than five are hidden."""
    rows = ask(
        "SELECT measure, unit_kind, unit, period, CAST(value AS DOUBLE) AS value, CAST(n AS DOUBLE) AS n, "
        "CAST(low AS DOUBLE) AS low, CAST(high AS DOUBLE) AS high, CAST(credible AS DOUBLE) AS credible "
        "FROM measures WHERE measure = $1 AND unit_kind = $2 AND period_kind = $3 ORDER BY period, unit",
        measure, unit_kind, period_kind, measures=measures,
    )  # fmt: skip
    return tuple(_suppressed(Reading(**{**row, "n": int(row["n"] or 0)})) for row in rows)


def trend(measures: pa.Table, measure: str, period_kind: str = "quarter") -> Trend:
    """The company's trend of a measure, over the last periods."""
    return Trend(measure_words(measure), readings(measures, measure, "company", period_kind)[-SHOWN_PERIODS:])


def latest(found: Sequence[Reading]) -> tuple[Reading, ...]:
    """The readings of the newest period alone."""
    newest = max((reading.period for reading in found), default="")
    return tuple(reading for reading in found if reading.period == newest)


def unlike(found: Sequence[Reading]) -> float:
    """How unlike are units, compared with what chance would make of equals (1)? Nought where fewer than two are known."""
    known = [
        (r.value, (r.high - r.low) / 3.92)
        for r in found
        if r.value is not None and r.low is not None and r.high is not None
    ]
    sure = [(value, error) for value, error in known if error > 0]
    if len(sure) < 2:
        return 0.0
    weights = [1 / error**2 for _, error in sure]
    middle = sum(weight * value for weight, (value, _) in zip(weights, sure, strict=True)) / sum(weights)
    return sum(weight * (value - middle) ** 2 for weight, (value, _) in zip(weights, sure, strict=True)) / (
        len(sure) - 1
    )


def names_of(measures: pa.Table) -> tuple[str, ...]:
    """The measures that have a value somewhere, in the catalogue's order, then by name."""
    found = {row["measure"] for row in ask("SELECT DISTINCT measure FROM measures WHERE n > 0", measures=measures)}
    return (*(name for name in CATALOGUE if name in found), *sorted(found - CATALOGUE.keys()))


def value_words(reading: Reading, words: MeasureWords, currency: str = "") -> str:
    """`46 [31–58]`: the value with its interval, or why it is not shown."""
    if reading.hidden:
        return reading.hidden
    value = written.in_unit(reading.value, words.unit, currency)
    return f"{value} {written.interval(reading.low, reading.high, words.unit, currency)}".rstrip()


def _suppressed(reading: Reading) -> Reading:
    if reading.measure not in ANSWERED or reading.n >= FEWEST:
        return reading
    why = f"fewer than {FEWEST} answers" if reading.n else "no answers"
    return Reading(reading.measure, reading.unit_kind, reading.unit, reading.period, None, reading.n, hidden=why)
