"""Do the worked examples in the plans come out? They are paid through the very same models as everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from keepwell import journey, measure
from keepwell.core.errors import Problem
from keepwell.core.periods import MONTHS_IN, PeriodKind
from keepwell.engine import DuckDBEngine, Engine, Node, run_graph
from keepwell.measure.rows import INPUTS
from keepwell.pay.compile import Calendar, compile_plans
from keepwell.pay.decided import ACCEPTANCES
from keepwell.pay.example_record import Small, example_record
from keepwell.pay.measures import AMOUNTS
from keepwell.pay.nodes import input_tables, nodes, nothing_settled
from keepwell.pay.plan import Example, Plan
from keepwell.pay.words import Words
from keepwell.record.tables import STAMPS, TABLES

LONG_AGO = datetime(1990, 1, 1)  # noqa: DTZ001 - stored moments are UTC without a zone
_SKIPPED = frozenset({*INPUTS, "local_days", "measures"})
_SETTINGS: dict[str, pa.DataType] = {
    "as_of": pa.timestamp("us"), "today": pa.date32(), "currency": pa.string(), "year_starts": pa.int64(),
    "closes_months": pa.int64(), "time_zone": pa.string(),
    "satisfied_from": pa.decimal128(18, 9),
}  # fmt: skip
Small_ = tuple[Plan, Example, Small]
# what an example may expect of whole periods, beside its parts, and the column of lifted_periods that says it
LIFTED = {"guarantee": "guaranteed", "transition": "transition", "draw": "drawn", "due": "due", "owed": "owed"}


@dataclass(frozen=True)
class PartResult:
    """What a part should come to, and what it came to."""

    part: str
    expected: Decimal
    found: Decimal

    @property
    def is_right(self) -> bool:
        """Do they agree to the cent?"""
        return self.expected == self.found


@dataclass(frozen=True)
class ExampleResult:
    """A worked example and its parts."""

    plan: str
    example: str
    file: str
    line: int
    parts: tuple[PartResult, ...]

    @property
    def is_right(self) -> bool:
        """Does every part come out?"""
        return all(part.is_right for part in self.parts)

    def problems(self) -> list[Problem]:
        """One for each part that does not come out."""
        return [
            Problem("plan-example", f"{self.example}: {part.part} comes out otherwise", self.file, self.line,
                    f"{part.found:,.2f}", f"{part.expected:,.2f}")
            for part in self.parts if not part.is_right
        ]  # fmt: skip


def run_examples(plans: Iterable[Plan], *, year_starts: int = 1, closes: PeriodKind = "quarter",
                 engine: Callable[[], Engine] = DuckDBEngine) -> tuple[list[ExampleResult], list[Problem]]:  # fmt: skip
    """Every example of these plans with what came out, and what could not be read in what they give."""
    words, plans = Words(), list(plans)
    smalls: list[Small_] = []
    for plan in plans:
        for example in plan.examples:
            smalls.append((plan, example, example_record(plan, example, f"e{len(smalls) + 1}", words, year_starts)))
    if words.problems:
        return [], words.problems
    found: dict[str, ExampleResult] = {}
    latest = max((small.today for _, _, small in smalls), default=None)
    for _, _, small in smalls:
        small.today = latest if small.is_final and latest else small.today
    for group in _together(smalls):
        with closing(engine()) as one_engine:
            found |= _pay(group, Calendar(group[0][2].today, year_starts, closes), one_engine, plans)
    return [found[small.prefix] for _, _, small in smalls], []


def _together(smalls: Iterable[Small_]) -> Iterable[list[Small_]]:
    """Which examples can be paid in one run? Those looked at on one day; one that pays on all facts stands alone."""
    groups: dict[tuple[date, str], list[Small_]] = {}
    for plan, example, small in smalls:
        alone = small.prefix if _sees_all(plan) else ""
        groups.setdefault((small.today, alone), []).append((plan, example, small))
    return [groups[key] for key in sorted(groups)]


def _sees_all(plan: Plan) -> bool:
    """Does it pay on an amount of the whole company, to which the facts of other examples would belong?"""
    looks = [(look.unit, look.measure) for part in plan.parts for look in part.readings]
    looks += [(part.unit, part.measure) for part in plan.parts]
    return any(unit == "company" and measure in AMOUNTS for unit, measure in looks)


def _pay(
    group: Sequence[Small_], calendar: Calendar, engine: Engine, plans: Sequence[Plan]
) -> dict[str, ExampleResult]:
    for name, rows in _tables(group, calendar, plans).items():
        engine.add_arrow(name, rows)
    steps: list[Node] = [*journey.nodes(), *measure.nodes(), *nodes()]
    run_graph(engine, [node for node in steps if node.name not in _SKIPPED], wanted=["pay_lines", "lifted_periods"])
    paid: dict[tuple[str, str], dict[int, Decimal]] = {}
    others = {person for _, _, small in group for person in small.others}
    last = {small.prefix: small.last_period for _, _, small in group}
    for row in engine.fetch("pay_lines").to_pylist():
        key = (row["scenario"], row["part"])
        if (
            row["scenario"] in last
            and row["person_id"] not in others
            and row["part"]
            and (row["fact_id"] or row["plan_period"] <= last[row["scenario"]])
        ):
            periods = paid.setdefault(key, {})
            periods[row["plan_period"]] = (
                periods.get(row["plan_period"], Decimal(0)) + row["payable"] - row["recoverable"]
            )
    for row in engine.fetch("lifted_periods").to_pylist():
        if row["scenario"] in last and row["person_id"] not in others and row["period"] <= last[row["scenario"]]:
            for word, column in LIFTED.items():
                paid.setdefault((row["scenario"], word), {})[row["period"]] = row[column]
    return {small.prefix: _result(plan, example, small, paid) for plan, example, small in group}


def _result(
    plan: Plan, example: Example, small: Small, paid: Mapping[tuple[str, str], Mapping[int, Decimal]]
) -> ExampleResult:
    parts = [PartResult(part, expected, _in_all(part, paid.get((small.prefix, part), {})))
             for part, expected in example.expect.items()]  # fmt: skip
    months = MONTHS_IN[plan.period]
    for part, each in example.by_period.items():
        found = paid.get((small.prefix, part), {})
        first = small.last_period - months * (len(each) - 1)
        parts += [PartResult(f"{part} of period {place + 1}", expected, found.get(first + months * place, Decimal(0)))
                  for place, expected in enumerate(each)]  # fmt: skip
    return ExampleResult(plan.name, example.name, plan.file, example.line, tuple(parts))


def _in_all(part: str, periods: Mapping[int, Decimal]) -> Decimal:
    """The sum of all periods; of what is owed, where it stands in the end."""
    if part == "owed" and periods:
        return periods[max(periods)]
    return sum(periods.values(), Decimal(0))


def _tables(group: Sequence[Small_], calendar: Calendar, plans: Sequence[Plan]) -> dict[str, pa.Table]:
    tables: dict[str, pa.Table] = {}
    for name, table in TABLES.items():
        rows = [{"known_at": LONG_AGO, **row} for _, _, small in group for row in small.rows.get(name, ())]
        tables[name] = pa.Table.from_pylist(rows, schema=table.plus(STAMPS).arrow)
    for node in measure.nodes():
        if node.name in INPUTS:
            tables[node.name] = node.gives.arrow.empty_table()
    tables |= nothing_settled() | {"run_settings": _settings(group, calendar), "windows": _no_windows()}
    declared = {table.name: table for table in input_tables()}
    given = [row for _, _, small in group for row in small.measures]
    tables["given_measures"] = pa.Table.from_pylist(given, schema=declared["given_measures"].arrow)
    # each example is a scenario of its own, so that plans of one name do not meet
    compiled = [
        compile_plans([replace(plan, applies_to={"person": (small.you, *small.others)}, acceptance=small.accepted_on is not None)],
                      calendar, small.prefix, among=plans)
        for plan, _, small in group
    ]  # fmt: skip
    accepted = [{"person_id": small.you, "plan": plan.name, "version": plan.version, "accepted_on": small.accepted_on}
                for plan, _, small in group if small.accepted_on is not None]  # fmt: skip
    tables["acceptances"] = pa.Table.from_pylist(accepted, schema=ACCEPTANCES.arrow)
    for name in compiled[0]:
        tables[name] = pa.concat_tables([one[name] for one in compiled])
    first = min(small.first for _, _, small in group) - timedelta(days=800)
    tables["local_days"] = journey.local_days("UTC", first, calendar.today + timedelta(days=1))
    return tables


def _settings(group: Sequence[Small_], calendar: Calendar) -> pa.Table:
    row: dict[str, Any] = {
        "as_of": datetime(calendar.today.year, calendar.today.month, calendar.today.day),  # noqa: DTZ001
        "today": calendar.today, "currency": group[0][0].currency, "year_starts": calendar.year_starts,
        "closes_months": MONTHS_IN[calendar.closes], "time_zone": "UTC", "satisfied_from": None,
    }  # fmt: skip
    return pa.table({name: pa.array([value], _SETTINGS[name]) for name, value in row.items()})


def _no_windows() -> pa.Table:
    return pa.table({"name": pa.array([], pa.string()), "days": pa.array([], pa.int64())})
