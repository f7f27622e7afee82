"""What does the report show of the customers' worth? The bridge, segments, cohorts, departments, and what was foretold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
from markupsafe import Markup

from keepwell.core.periods import month_index, period_of
from keepwell.show import format as written
from keepwell.show.ask import Row, ask
from keepwell.show.bridge import CAUSE_SAYS, CAUSE_WORDS, Bridge, bridge_steps, bridges, moments_since, unit_name
from keepwell.show.departments import Account, Accounts, department_accounts
from keepwell.show.margins import margin_words
from keepwell.show.names import Names
from keepwell.show.strips import Step, bar_strip, dumbbell_strip, waterfall_strips
from keepwell.show.svg import Scale, scale_of
from keepwell.show.unrated import unrated, unrated_words
from keepwell.show.unvalued import Unvalued, unvalued, unvalued_words
from keepwell.show.valued import calibration, calibration_words

Tables = Mapping[str, pa.Table]
NEEDED = {"value_moments", "customer_values", "equity_changes", "equity", "value_calibration"}
MOST_COHORTS, MOST_AT_RISK = 12, 8
_NTH = ("first", "second", "third", "fourth", "last")


@dataclass(frozen=True)
class Cohort:
    """Who first bought in a quarter: how many, how many are still there, and what those are worth."""

    name: str
    won: int
    there: int
    value: Decimal
    low: Decimal
    high: Decimal

    @property
    def share(self) -> float:
        """Which share of them is still there?"""
        return self.there / self.won if self.won else 0.0


@dataclass(frozen=True)
class AtRisk:
    """Of a customer: what comes after the running term if they stay, the chance that they leave within a year, what is lost
    by that on average, and what goes with it.
    """

    customer_id: str
    value_after: Decimal
    chance: float
    at_stake: Decimal
    drivers: str


@dataclass(frozen=True)
class EquityView:
    """What customers are worth: the bridge from `from_on` to `to_on`, and what it is made of."""

    from_on: date
    to_on: date
    bridge: Bridge
    segments: tuple[Bridge, ...] = ()
    cohorts: tuple[Cohort, ...] = ()
    accounts: Accounts | None = None
    foretold: tuple[Row, ...] = ()
    at_risk: tuple[AtRisk, ...] = ()
    unrated: tuple[Row, ...] = ()
    unvalued: tuple[Unvalued, ...] = ()
    margins: tuple[str, ...] = ()

    def left_out(self, currency: str) -> list[str]:
        """What counts for nothing for want of an exchange rate, in sentences."""
        return unrated_words(self.unrated, currency)

    @property
    def cautions(self) -> list[str]:
        """Where margins say little, and when orders could not be valued, in sentences."""
        said = [*self.margins, *unvalued_words(self.unvalued, self.to_on)]
        return [f"{one[:1].upper()}{one[1:]}." for one in said]

    @property
    def steps(self) -> list[tuple[Step, Decimal, Markup]]:
        """The bridge's rows: the step, its amount, its bar."""
        steps = bridge_steps(self.bridge, self.from_on, self.to_on)
        amounts = [self.bridge.start, *self.bridge.changes.values(), self.bridge.end]
        return list(zip(steps, amounts, waterfall_strips(steps), strict=True))

    @property
    def causes(self) -> str:
        """What each cause means, in one line."""
        return " · ".join(f"{CAUSE_WORDS[cause]}: {CAUSE_SAYS[cause]}" for cause in self.bridge.changes)

    @property
    def segment_rows(self) -> list[tuple[str, Bridge, Markup]]:
        """Segments with their intervals on one scale."""
        scale = scale_of([float(one.high) for one in self.segments], zero=True)
        return [
            (unit_name("segment", one.unit, Names()), one, _bar(one.end, one.low, one.high, scale))
            for one in self.segments
        ]

    @property
    def cohort_rows(self) -> list[tuple[Cohort, Markup, Markup]]:
        """Cohorts with who is still there, and their value."""
        scale = scale_of([float(one.high) for one in self.cohorts], zero=True)
        return [
            (one, bar_strip(one.share, Scale(0, 1)), _bar(one.value, one.low, one.high, scale)) for one in self.cohorts
        ]

    @property
    def account_rows(self) -> list[tuple[Account, Markup, Markup]]:
        """Departments with what they cost and what was lost of their customers' value, on one scale."""
        rows = () if self.accounts is None else self.accounts.rows
        scale = scale_of([float(end) for one in rows for end in (one.cost, -one.lost)], zero=True)
        return [
            (
                one,
                bar_strip(float(one.cost), scale, class_="at-sale"),
                bar_strip(float(-one.lost), scale, class_="minus"),
            )
            for one in rows
        ]

    @property
    def risk_rows(self) -> list[tuple[AtRisk, Markup]]:
        """The customers of whose value most is to be lost, on one scale."""
        scale = scale_of([float(one.at_stake) for one in self.at_risk], zero=True)
        return [(one, bar_strip(float(one.at_stake), scale, class_="minus")) for one in self.at_risk]

    @property
    def foretold_rows(self) -> list[tuple[str, Row, Markup]]:
        """What was foretold beside what came, by fifths of customers."""
        found = []
        one_kind = len({row["kind"] for row in self.foretold}) == 1
        for kind in ("contracts", "orders"):
            rows = [row for row in self.foretold if row["kind"] == kind and row["segment"] == "*" and row["part"]]
            scale = scale_of([float(row[name]) for row in rows for name in ("high", "came")], zero=True)
            for row in rows:
                came = float(row["came"])
                strip = dumbbell_strip(
                    (float(row["foretold"]), float(row["low"]), float(row["high"])), (came, None, None), scale
                )
                what = "" if one_kind else ("Customers, " if kind == "contracts" else "Purchases, ")
                found.append((f"{what}{_NTH[row['part'] - 1]} fifth", row, strip))
        return found

    @property
    def foretold_words(self) -> list[str]:
        """Whether what was foretold came, in sentences."""
        return [calibration_words(row) for row in self.foretold if row["segment"] == "*" and not row["part"]]


def equity_view(tables: Tables, year_starts: int) -> EquityView | None:
    """What the run's tables say of it; None: no customer is valued."""
    if not tables.keys() >= NEEDED:
        return None
    span = moments_since(tables, None)
    found = () if span is None else bridges(tables, *span)
    if span is None or not found:
        return None
    return EquityView(
        *span, bridge=found[0], segments=bridges(tables, *span, "segment"), cohorts=_cohorts(tables, span[1], year_starts),
        accounts=_accounts(tables, span), foretold=tuple(calibration(tables)),
        at_risk=_at_risk(tables, span[1]), unrated=tuple(unrated(tables)) if "value_left_out" in tables else (),
        unvalued=tuple(unvalued(tables, span)), margins=tuple(margin_words(tables)),
    )  # fmt: skip


def _cohorts(tables: Tables, to_on: date, year_starts: int) -> tuple[Cohort, ...]:
    """The last quarters in which customers came, the latest last."""
    if "customers_now" not in tables:
        return ()
    rows = ask("SELECT purchased_on, left_on, count(*) AS n FROM customers WHERE purchased_on <= $1 GROUP BY ALL", to_on,
               customers=tables["customers_now"])  # fmt: skip
    counts: dict[str, list[int]] = {}
    for row in rows:
        name = period_of(month_index(row["purchased_on"]), "quarter", year_starts).name
        count = counts.setdefault(name, [0, 0])
        count[0] += row["n"]
        count[1] += 0 if row["left_on"] is not None and row["left_on"] <= to_on else row["n"]
    worth = {row["unit"]: row for row in ask("SELECT * FROM equity WHERE at_on = $1 AND unit_kind = 'cohort'", to_on,
                                              equity=tables["equity"])}  # fmt: skip
    nothing: dict[str, Any] = {"value": Decimal(0), "low": Decimal(0), "high": Decimal(0)}
    made = [Cohort(name, won, there, *(worth.get(name, nothing)[end] for end in ("value", "low", "high")))
            for name, (won, there) in sorted(counts.items())]  # fmt: skip
    return tuple(made[-MOST_COHORTS:])


def _accounts(tables: Tables, span: tuple[date, date]) -> Accounts | None:
    if not tables.keys() >= {"department_accounts", "credit_ledger"} or span[0] >= span[1]:
        return None
    return department_accounts(tables, span)


def _at_risk(tables: Tables, at_on: date) -> tuple[AtRisk, ...]:
    """Who is likeliest to take most value along within a year."""
    if not tables.keys() >= {"customer_stakes", "risk_drivers"}:
        return ()
    rows = ask(
        "SELECT k.customer_id, k.value_after, CAST(k.chance AS DOUBLE) AS chance, k.at_stake, "
        "(SELECT string_agg(says, '; ' ORDER BY effect DESC, says) FROM (SELECT says, effect FROM drivers AS d "
        "WHERE d.customer_id = k.customer_id AND d.effect > 0 ORDER BY effect DESC, says LIMIT 2)) AS drivers "
        "FROM stakes AS k WHERE k.at_on = $1 AND k.at_stake IS NOT NULL ORDER BY k.at_stake DESC, k.customer_id LIMIT $2",
        at_on, MOST_AT_RISK, stakes=tables["customer_stakes"], drivers=tables["risk_drivers"],
    )  # fmt: skip
    return tuple(AtRisk(**{**row, "drivers": row["drivers"] or ""}) for row in rows)


def _bar(value: Decimal, low: Decimal, high: Decimal, scale: Scale) -> Markup:
    return bar_strip(float(value), scale, float(low), float(high))


def headline(view: EquityView, currency: str) -> Sequence[str]:
    """What all customers are worth, in three pieces: before, the amount, after."""
    low, high, change = (written.money(amount, currency, cents=False)
                         for amount in (view.bridge.low, view.bridge.high, abs(view.bridge.change)))  # fmt: skip
    way = "more" if view.bridge.change >= 0 else "less"
    customers = written.count(view.bridge.customers, "customer is", "customers are")
    worth = written.money(view.bridge.end, currency, cents=False)
    since = "" if view.unvalued else f", {change} {way} than on {written.day(view.from_on)}"
    return f"{customers} worth", worth, f"(90%: {low} to {high}){since}."
