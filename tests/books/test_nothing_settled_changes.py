"""Whatever is learnt, decided or amended between closes, at whatever calendar: what was settled stays as it was."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keepwell.books import adjust, approve, calculate, close, proposal, settled_tables
from keepwell.books.audit import audit
from keepwell.books.capitalising import costs_of
from keepwell.books.exporting import ledger, payroll, settled_lines
from keepwell.books.schedule import schedule
from keepwell.core.periods import Period, parse_period
from keepwell.pay.parse import read_plan
from keepwell.pay.plan import Plan
from keepwell.pay.statement import statement
from keepwell.project.finance import Capitalisation
from pay_company import SELLER, Company, Paid, busy_company

QUARTERS = [parse_period(f"2026-Q{number}") for number in (1, 2, 3, 4)]
AT = datetime(2027, 4, 1, 9)
POLICY = Capitalisation(benefit=30)
AMENDED = SELLER.replace("{rate: 2%}", "{rate: 3%}")


def all_that_is_said(books: Path, closed: list[Period], found: Paid, plans: list[Plan]) -> list[object]:
    """Everything that leaves the house of the closed periods."""
    tables = {name: found.engine.fetch(name) for name in ("pay_lines", "part_totals", "adjustments")}
    said: list[object] = []
    for period in closed:
        settled = settled_lines(books, period)
        booked = [row for row in schedule(books, period, [], "").rows if row["state"] == "closed"]
        told = statement(tables, plans, "x:1", period)
        said.append((settled.lines.to_pylist(), payroll(settled, {}), ledger(settled, {}), booked, told.payable,
                     told.status, [(line.line_id, line.amount) for line in told.lines]))  # fmt: skip
    return said


def step(books: Path, small: Company, plan_text: str, period: Period) -> None:
    """Calculate, approve and close a period by three people, with a run that knows all that was decided."""
    small.settled = settled_tables(books)
    found = small.pay(plan_text)
    lines = found.engine.fetch("pay_lines")
    told = {name: small.settled[name] for name in ("acceptances", "adjustments")}
    run = proposal(period, f"run {period}", small.today, lines, told)
    contracts = [
        {"ends_on": None, "ended_on": None, "renews_id": None, **row} for row in small.rows.get("contracts", [])
    ]
    costs = costs_of(
        pa.concat_tables([run.settled, run.lines]), found.engine.fetch("pay_trace"), contracts, period.to_on, POLICY
    )
    calculate(books, run, "Ann", AT)
    approve(books, run, "Ben", AT, by_another=True)
    close(books, run, "Cleo", AT, costs=costs)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_nothing_settled_ever_changes(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311
    books = tmp_path / f"{seed}-{dice.random()}.sqlite"
    whole = busy_company(dice)
    facts, fates = list(whole.rows["amount_facts"]), list(whole.rows.get("contracts", []))
    dice.shuffle(facts)
    small = Company(rows=dict(whole.rows), today=date(2027, 3, 31))
    closed: list[Period] = []
    before: list[object] = []
    for period in sorted(dice.sample(QUARTERS, dice.choice([2, 3])), key=lambda one: one.first_month):
        small.rows["amount_facts"] = facts[: dice.randrange(len(facts) + 1)]  # some come, and some are withdrawn
        small.rows["contracts"] = fates[: dice.randrange(len(fates) + 1)]
        day = period.from_on + timedelta(days=dice.randrange(80))
        if dice.random() < 0.7:
            amount = Decimal(dice.randrange(-50000, 50000)) / 100 or Decimal(1)
            adjust(books, "x:1", amount, "EUR", "why", day, None, period, "Ben", AT)
        plan_text = dice.choice([SELLER, AMENDED])  # amended in arrears
        step(books, small, plan_text, period)
        closed.append(period)
        small.settled = settled_tables(books)
        plans = [read_plan(plan_text)]
        again = small.pay(plan_text)
        assert not [row for row in again.lines(status="open", scenario="actual") if row["period"] <= period.first_month]
        now = all_that_is_said(books, closed, again, plans)
        assert now[: len(before)] == before
        assert not audit(books).wrong
        before = now
    small.rows["amount_facts"] = facts
    final = small.pay(SELLER)
    assert all_that_is_said(books, closed, final, [read_plan(SELLER)])[: len(before)] == before
    assert all(row["period"] > closed[-1].first_month for row in final.lines(status="open", scenario="actual"))
