"""How does a run become the company's report? From the run's and the record's tables to one `Report`.

`tables` are the run's kept tables and the record's (as known then), by name; a table that is not there leaves its part
of the page empty, and the page says what it needs. Files and books are for others to read: nothing here does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc

from keepwell.core.periods import MONTHS_IN, PeriodKind, month_index, period_of
from keepwell.pay.explain import Explanation
from keepwell.pay.plan import Plan
from keepwell.record.tables import STAGES, TABLES
from keepwell.show import format as written
from keepwell.show.aftermath import Aftermath, NoPair, Signed, find_aftermath
from keepwell.show.ask import ask
from keepwell.show.customer_line import CustomerLine, choose_customer, customer_line
from keepwell.show.equity_report import equity_view
from keepwell.show.journey_map import JourneyMap, journey_map
from keepwell.show.names import Names
from keepwell.show.next_steps import next_steps
from keepwell.show.readings import Reading, latest, names_of, readings, trend, unlike
from keepwell.show.report import MeasureTable, Missing, Ownership, PayView, Quarantined, Report
from keepwell.show.summary import Parts, changes, departments, paid_months, pay_by_part, pay_split, unpaid, words_of

HEADLINE = ("promises_kept", "nps")
UNITS = ("department", "team", "segment", "region", "stage")
FEWEST_UNITS = 2
Tables = Mapping[str, pa.Table]


@dataclass(frozen=True)
class Company:
    """Whose report it is, of which day and run, and how its periods run. `persons`: are people measured one by one?"""

    name: str
    currency: str
    today: date
    run_id: str
    year_starts: int = 1
    closes: str = "quarter"
    persons: bool = True

    def period_name(self, month: int) -> str:
        """The name of the settlement period that begins in a month."""
        return period_of(month, cast("PeriodKind", self.closes), self.year_starts).name


def make_report(
    company: Company, tables: Tables, names: Names, plans: Iterable[Plan], *,
    quarantined: Sequence[Quarantined] = (), empty: Iterable[str] = (),
    explain: Callable[[str], Explanation | None] | None = None,
) -> Report:  # fmt: skip
    """The report of a run. `empty` are the record's tables without rows; `explain` says why a line of pay is there."""
    parts = words_of(plans)
    customer = _customer(tables, names, parts, company.currency)
    measures = _over(tables["measures"], company) if "measures" in tables else None
    return Report(
        company=company.name, currency=company.currency, as_of=company.today, run=company.run_id,
        headline=() if measures is None else tuple(trend(measures, name) for name in HEADLINE),
        equity=equity_view(tables, company.year_starts),
        next=next_steps(tables, company.today, names),
        aftermath=_aftermath(tables, company),
        customer=customer,
        measures=() if measures is None else _measures(measures),
        journey=_journey(tables),
        promises=() if measures is None else _promises(measures),
        ownership=_ownership(tables),
        pay=_pay(tables, parts, company),
        quarantined=tuple(quarantined),
        missing=tuple(Missing(name, TABLES[name].gives) for name in empty),
        explanations=_explanations(customer, explain),
    )  # fmt: skip


def _over(measures: pa.Table, company: Company) -> pa.Table:
    """The measures of periods that are over: one that has only begun would stand beside whole ones."""
    kinds: tuple[PeriodKind, ...] = ("month", "quarter", "year")
    begun = [period_of(month_index(company.today), kind, company.year_starts).name for kind in kinds]
    return measures.filter(~pc.field("period").isin(begun))


def _customer(tables: Tables, names: Names, parts: Parts, currency: str) -> CustomerLine | None:
    chosen = choose_customer(tables)
    return customer_line(chosen, tables, names, parts, currency) if chosen else None


def _aftermath(tables: Tables, company: Company) -> Aftermath | NoPair | None:
    if not company.persons:
        return NoPair("Measures of single persons are off.")
    if not {"deals", "contracts"} <= tables.keys():
        return None
    return find_aftermath(
        Signed(
            tables["deals"], tables["contracts"], company.currency, tables.get("exchange_rates"), tables.get("first_days"),
            tables.get("measures"),
        ),
        company.today,
    )  # fmt: skip


def _measures(measures: pa.Table) -> tuple[MeasureTable, ...]:
    return tuple(_measure(measures, name) for name in names_of(measures))


def _measure(measures: pa.Table, name: str) -> MeasureTable:
    """The measure by the kind of unit by which it differs most in the newest period."""
    by_kind = [latest([r for r in readings(measures, name, kind, "quarter") if r.unit]) for kind in UNITS]
    several = [units for units in by_kind if len(units) >= FEWEST_UNITS]
    return MeasureTable(trend(measures, name), max(several, key=unlike, default=()))


def _journey(tables: Tables) -> JourneyMap | None:
    if not {"transitions", "stages"} <= tables.keys():
        return None
    return journey_map(tables["transitions"], tables["stages"], STAGES)


def _promises(measures: pa.Table) -> tuple[tuple[Reading, ...], ...]:
    """Promises kept over all periods, by who made them and by stage."""
    by_kind = [
        tuple(r for r in readings(measures, "promises_kept", kind, "all") if r.unit) for kind in ("department", "stage")
    ]
    return tuple(found for found in by_kind if found)


def _ownership(tables: Tables) -> tuple[Ownership, ...]:
    if "ownership" not in tables or "coverage" not in tables:
        return ()
    rows = ask(
        "SELECT stage, CAST(sum(owned_days) AS DOUBLE) / sum(days) AS share, "
        "count(*) FILTER (is_now AND NOT has_owner) AS customers_without "
        "FROM ownership GROUP BY stage HAVING sum(days) > 0",
        ownership=tables["ownership"],
    )  # fmt: skip
    order = {stage: place for place, stage in enumerate(STAGES)}
    return tuple(Ownership(**row) for row in sorted(rows, key=lambda row: (order.get(row["stage"], 99), row["stage"])))


def _pay(tables: Tables, parts: Parts, company: Company) -> PayView:
    """What was given in the year up to the run's day, and in its newest settlement period."""
    totals = tables.get("pay_totals")
    months = () if totals is None else paid_months(totals)
    if totals is None or not months:
        return PayView()
    length, now = MONTHS_IN[cast("PeriodKind", company.closes)], month_index(company.today)
    last = max([month for month in months if month + length <= now], default=months[0])
    before = last - length
    first = min(month for month in months if last - 12 < month <= last)
    names = [written.period(company.period_name(month)) for month in (first, last)]
    return PayView(
        over=f"Given from {names[0]} to {names[1]}" if first < last else f"Given in {names[1]}",
        split=pay_split(totals, parts, _in_department(tables, company.today), company.currency, (first, last)),
        period=company.period_name(last),
        before=company.period_name(before) if before in months else "",
        parts=pay_by_part(totals, parts, company.currency, last, before),
        unpaid=unpaid(tables["pay_unpaid"]) if "pay_unpaid" in tables else (),
        changes=changes(tables["pay_lines"], company.currency, last) if "pay_lines" in tables else (),
    )


def _in_department(tables: Tables, on: date) -> dict[str, str]:
    if not {"positions", "teams"} <= tables.keys():
        return {}
    return departments(tables["positions"], tables["teams"], on)


def _explanations(
    customer: CustomerLine | None, explain: Callable[[str], Explanation | None] | None
) -> dict[str, Explanation]:
    if customer is None or explain is None:
        return {}
    lines = [moment.line_id for moment in customer.moments if moment.line_id]
    found = {line: explain(line) for line in lines}
    return {line: explanation for line, explanation in found.items() if explanation is not None}
