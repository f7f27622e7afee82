"""What does the company see of itself on one page? `report.html`: one file, no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from keepwell.show import format as written
from keepwell.show.aftermath import Aftermath, NoPair, Outcome, caveat
from keepwell.show.customer_line import CustomerLine
from keepwell.show.figures import trend_figure
from keepwell.show.journey_map import JourneyMap, draw_map
from keepwell.show.names import Names
from keepwell.show.page import render
from keepwell.show.readings import Reading, Trend, latest, value_words
from keepwell.show.shapes import Explanation
from keepwell.show.strips import bar_strip, dumbbell_strip, interval_strip, stacked_strip
from keepwell.show.summary import KIND_SAYS, KINDS, Change, Kind, PartPay, PaySplit
from keepwell.show.svg import Scale, scale_of

KIND_CLASS: dict[Kind, str] = {"after_sale": "after", "advance": "at-risk", "sale": "at-sale", "other": "at-other"}


@dataclass(frozen=True)
class MeasureTable:
    """A measure for the page: the company's trend, and its units in the newest period."""

    trend: Trend
    unit_kind: str = ""
    units: tuple[Reading, ...] = ()


@dataclass(frozen=True)
class Missing:
    """A table that is empty, and what it would give."""

    table: str
    gives: str


@dataclass(frozen=True)
class Quarantined:
    """Rows that wait because they broke a rule."""

    source: str
    rule: str
    rows: int


@dataclass(frozen=True)
class Ownership:
    """How well customers are owned in a stage: the share of customer-days with a named owner, and who has none."""

    stage: str
    share: float
    customers_without: int


@dataclass(frozen=True)
class PayView:
    """What was given: `over` says in which periods, `split` by what it depends on; the rest is of the newest period."""

    over: str = ""
    split: tuple[PaySplit, ...] = ()
    period: str = ""
    parts: tuple[PartPay, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Report:
    """All that the page shows; what is empty is said to be, with what would fill it."""

    company: str
    currency: str
    as_of: date
    run: str
    pay: PayView = PayView()
    headline: tuple[Trend, ...] = ()
    aftermath: Aftermath | NoPair | None = None
    customer: CustomerLine | None = None
    measures: tuple[MeasureTable, ...] = ()
    journey: JourneyMap | None = None
    promises: tuple[Reading, ...] = ()
    ownership: tuple[Ownership, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    missing: tuple[Missing, ...] = ()
    explanations: Mapping[str, Explanation] = field(default_factory=dict)


def report_html(report: Report, names: Names) -> str:
    """The report as one file."""
    return render(
        "report.html",
        report=report,
        names=names,
        headline=headline_words(report),
        advance=advance_words(report),
        split_rows=[_split_row(split) for split in report.pay.split],
        kinds=[(KIND_CLASS[kind], KIND_SAYS[kind]) for kind in KINDS if _paid(report.pay.split, kind)],
        cards=[(trend, trend.last, value_words, trend_figure(trend)) for trend in report.headline],
        aftermath=_aftermath_rows(report.aftermath),
        pair=report.aftermath if isinstance(report.aftermath, Aftermath) else None,
        caveat=caveat(report.aftermath) if isinstance(report.aftermath, Aftermath) else "",
        no_pair=report.aftermath.says if isinstance(report.aftermath, NoPair) else "",
        measures=[_measure_card(table, names, report.currency) for table in report.measures],
        map_lying=draw_map(report.journey) if report.journey else "",
        map_upright=draw_map(report.journey, upright=True) if report.journey else "",
        promise_rows=_interval_rows(report.promises, report.promises[0].unit_kind if report.promises else "", names),
        ownership_rows=[(o, bar_strip(o.share, Scale(0, 1))) for o in report.ownership],
        part_rows=_part_rows(report.pay.parts),
        value_words=value_words,
    )


def headline_words(report: Report) -> tuple[str, str, str] | None:
    """The first sentence in three pieces (before, the amount, after); None where nothing was paid."""
    if not report.pay.split or report.pay.split[0].whole <= 0:
        return None
    hundred = written.money(Decimal(100), report.currency, cents=False)
    amount = written.money(report.pay.split[0].of_hundred("after_sale"), report.currency, cents=False)
    return f"Of every {hundred} of variable pay,", amount, "depends on what happens after the sale."


def advance_words(report: Report) -> str:
    """What else hangs on the customer: pay for the sale that is taken back."""
    if not report.pay.split:
        return ""
    part = report.pay.split[0].of_hundred("advance")
    if not part:
        return ""
    return f"Another {written.money(part, report.currency, cents=False)} is paid for the sale and taken back where the customer leaves early."


def _paid(split: Sequence[PaySplit], kind: Kind) -> bool:
    return any(one.amounts[kind] > 0 for one in split)


def _split_row(split: PaySplit) -> tuple[PaySplit, str, Markup]:
    parts = [(float(split.amounts[kind]), KIND_CLASS[kind]) for kind in KINDS]
    return split, written.words(split.name) or "The company", stacked_strip(parts)


def _aftermath_rows(found: Aftermath | NoPair | None) -> list[tuple[Outcome, tuple[str, str], tuple[str, str], Markup]]:
    if not isinstance(found, Aftermath):
        return []
    rows = []
    for outcome in found.outcomes:
        ends, unit = (outcome.first, outcome.second), outcome.words.unit
        scale = Scale(0, 1) if unit == "share" else Scale(-100, 100)
        chart = Markup("")
        if all(reading.value is not None for reading in ends):
            first, second = [(reading.value or 0.0, reading.low, reading.high) for reading in ends]
            chart = dumbbell_strip(first, second, scale)
        rows.append((outcome, _value_and_spread(outcome.first, unit), _value_and_spread(outcome.second, unit), chart))
    return rows


def _value_and_spread(reading: Reading, unit: str) -> tuple[str, str]:
    if reading.hidden:
        return written.NONE, reading.hidden
    return written.in_unit(reading.value, unit), written.interval(reading.low, reading.high, unit)


def _measure_card(table: MeasureTable, names: Names, currency: str) -> dict[str, object]:
    words, last = table.trend.words, table.trend.last
    return {
        "words": words,
        "last": last,
        "says": value_words(last, words, currency) if last else "",
        "figure": trend_figure(table.trend),
        "unit_kind": table.unit_kind,
        "rows": _interval_rows(latest(table.units), table.unit_kind, names, words.unit, last),
    }


def _interval_rows(
    found: Sequence[Reading], unit_kind: str, names: Names, unit: str = "share", whole: Reading | None = None
) -> list[tuple[Reading, str, Markup]]:
    shown = [reading for reading in found if reading.value is not None]
    ends = [end for r in shown for end in (r.low, r.value, r.high) if end is not None]
    scale = Scale(0, 1) if unit == "share" else scale_of(ends, zero=unit != "points")
    reference = whole.value if whole else None
    ordered = sorted(found, key=lambda r: (r.value is None, -(r.value or 0), r.unit))
    return [
        (r, names.unit(unit_kind, r.unit), Markup("") if r.value is None
         else interval_strip(r.value, r.low, r.high, scale, reference=reference))
        for r in ordered
    ]  # fmt: skip


def _part_rows(parts: Sequence[PartPay]) -> list[tuple[PartPay, str, Markup]]:
    scale = scale_of([float(part.amount) for part in parts], zero=True)
    return [(part, KIND_SAYS[part.words.kind], bar_strip(float(part.amount), scale)) for part in parts]
