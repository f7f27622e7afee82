"""What does the company see of itself on one page? `report.html`: one file, no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby

from markupsafe import Markup

from keepwell.pay.explain import Explanation
from keepwell.show import format as written
from keepwell.show.aftermath import Aftermath, NoPair, Outcome, caveat
from keepwell.show.customer_line import CustomerLine
from keepwell.show.equity_report import EquityView
from keepwell.show.equity_report import headline as equity_headline
from keepwell.show.figures import trend_figure
from keepwell.show.journey_map import JourneyMap, draw_map
from keepwell.show.names import Names
from keepwell.show.next_steps import NextSteps
from keepwell.show.page import render
from keepwell.show.readings import Reading, Trend, value_words
from keepwell.show.strips import bar_strip, dumbbell_strip, interval_strip, stacked_strip
from keepwell.show.summary import KIND_SAYS, KINDS, Change, Kind, PartPay, PaySplit, Unpaid
from keepwell.show.svg import Scale, scale_of

MOST_ROWS = 8
DRAWN = (
    "promises_kept", "nps", "first_90_days", "time_to_value", "csat", "ces", "service_level_met", "time_to_solve",
    "handoffs", "logo_retention", "grr", "nrr",
)  # fmt: skip
KIND_BRIEFLY: dict[Kind, str] = {
    "after_sale": "after the sale", "advance": "the sale, can be taken back", "sale": "the sale",
    "other": "speed, rules, learning",
}  # fmt: skip
KIND_CLASS: dict[Kind, str] = {"after_sale": "after", "advance": "at-risk", "sale": "at-sale", "other": "at-other"}


@dataclass(frozen=True)
class MeasureTable:
    """A measure for the page: the company's trend, and its units in the newest period."""

    trend: Trend
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
    before: str = ""
    parts: tuple[PartPay, ...] = ()
    changes: tuple[Change, ...] = ()
    unpaid: tuple[Unpaid, ...] = ()


@dataclass(frozen=True)
class Report:
    """All that the page shows; what is empty is said to be, with what would fill it."""

    company: str
    currency: str
    as_of: date
    run: str
    pay: PayView = PayView()
    headline: tuple[Trend, ...] = ()
    equity: EquityView | None = None
    next: NextSteps | None = None
    aftermath: Aftermath | NoPair | None = None
    customer: CustomerLine | None = None
    measures: tuple[MeasureTable, ...] = ()
    journey: JourneyMap | None = None
    promises: tuple[tuple[Reading, ...], ...] = ()
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
        equity=report.equity,
        next=report.next,
        worth=equity_headline(report.equity, report.currency) if report.equity else (),
        aftermath=_aftermath_rows(report.aftermath),
        pair=report.aftermath if isinstance(report.aftermath, Aftermath) else None,
        caveat=caveat(report.aftermath) if isinstance(report.aftermath, Aftermath) else "",
        no_pair=report.aftermath.says if isinstance(report.aftermath, NoPair) else "",
        measures=[_measure_card(table, names, report.currency) for table in report.measures if _drawn(table)],
        more=[(table.trend.words, table.trend.last) for table in report.measures if not _drawn(table)],
        map_lying=draw_map(report.journey) if report.journey else "",
        map_upright=draw_map(report.journey, upright=True) if report.journey else "",
        promise_tables=[(found[0].unit_kind, _interval_rows(found, names)) for found in report.promises],
        ownership_rows=[(o, bar_strip(o.share, Scale(0, 1))) for o in report.ownership],
        plans=_plan_rows(report.pay.parts),
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


def _drawn(table: MeasureTable) -> bool:
    """Is it drawn over time and by unit, or a row of the table below?"""
    return table.trend.words.name in DRAWN


def _measure_card(table: MeasureTable, names: Names, currency: str) -> dict[str, object]:
    words, last = table.trend.words, table.trend.last
    return {
        "words": words,
        "last": last,
        "says": value_words(last, words, currency) if last else "",
        "figure": trend_figure(table.trend),
        "unit_kind": table.units[0].unit_kind if table.units else "",
        "rows": _interval_rows(table.units, names, words.unit, last),
        "more": max(len(table.units) - MOST_ROWS, 0),
    }


def _interval_rows(
    found: Sequence[Reading], names: Names, unit: str = "share", whole: Reading | None = None
) -> list[tuple[Reading, str, Markup]]:
    """The units from the highest value to the lowest; of very many only those at both ends."""
    ordered = sorted(found, key=lambda r: (r.value is None, -(r.value or 0), r.unit))
    if len(ordered) > MOST_ROWS:
        known = [reading for reading in ordered if reading.value is not None]
        ordered = [*known[: MOST_ROWS // 2], *known[-(MOST_ROWS // 2) :]]
    ends = [end for r in ordered for end in (r.low, r.value, r.high) if end is not None]
    scale = Scale(0, 1) if unit == "share" else scale_of(ends, zero=unit != "points")
    reference = whole.value if whole else None
    return [
        (r, names.unit(r.unit_kind, r.unit), Markup("") if r.value is None
         else interval_strip(r.value, r.low, r.high, scale, reference=reference))
        for r in ordered
    ]  # fmt: skip


@dataclass(frozen=True)
class PlanPay:
    """A plan's parts with their bars, and what they gave together, now and in the period before."""

    title: str
    amount: Decimal
    before: Decimal
    parts: tuple[tuple[PartPay, str, Markup], ...]


def _plan_rows(parts: Sequence[PartPay]) -> list[PlanPay]:
    scale = scale_of([float(part.amount) for part in parts], zero=True)
    plans = []
    for plan, group in groupby(parts, key=lambda part: part.words.plan):
        own = tuple(group)
        rows = tuple(
            (
                part,
                KIND_BRIEFLY[part.words.kind],
                bar_strip(float(part.amount), scale, class_=KIND_CLASS[part.words.kind]),
            )
            for part in own
        )
        title = own[0].words.plan_title or written.words(plan)
        given = [sum(amounts, Decimal(0)) for amounts in ((p.amount for p in own), (p.before for p in own))]
        plans.append(PlanPay(title, given[0], given[1], rows))
    return plans
