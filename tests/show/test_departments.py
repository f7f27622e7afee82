"""Department accounts on a page: a department that saved while the company lost equity is seen, and all of it adds up."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from rich.cells import cell_len

from credited import TODAY, Work
from keepwell.core.tables import Table
from keepwell.engine import DuckDBEngine, run_graph
from keepwell.show.departments import Accounts, account_lines, department_accounts
from record_rows import Rows, given_tables, nodes

FIRST, MIDDLE, LAST = date(2026, 2, 1), date(2026, 5, 1), date(2026, 8, 1)
SPAN = (FIRST, LAST)
WORTH = {FIRST: 100_000, MIDDLE: 110_000, LAST: 99_000}


def company(support_later: str = "8800.00", last_cost: date = date(2026, 7, 31), currency: str = "EUR") -> Rows:
    """Support and sales, each with a person at work for both customers; what support costs in the second half is said."""
    rows = Rows(today=TODAY).person("p:1", "t:1", "sales").person("p:2", "t:2", "support")
    for number in (1, 2):
        rows.add("customers", customer_id=f"c:{number}", customer_since_on=date(2025, 1, 1))
        for person in ("p:1", "p:2"):
            rows.add("touches", touch_id=f"x:{number}{person}", customer_id=f"c:{number}", person_id=person, kind="call",
                     at=datetime(2026, 4, 1))  # fmt: skip
    booked = [("sales", FIRST, "5000.00", "EUR"), ("support", FIRST, "10000.00", "EUR"), ("sales", MIDDLE, "5000.00", "EUR"),
              ("support", MIDDLE, support_later, currency), ("sales", last_cost, "1.00", "EUR")]  # fmt: skip
    for number, (department, on, amount, unit) in enumerate(booked):
        rows.add("costs", cost_id=f"e:{number}", on=on, department=department, amount=amount, currency=unit)
    return rows


def changes() -> pa.Table:
    work = Work().change("c:1", "grown", "12000.00", FIRST, MIDDLE).change("c:2", "shrunk", "-2000.00", FIRST, MIDDLE)
    work.change("c:1", "kept", "-500.00", MIDDLE, LAST).change("c:2", "lost", "-10000.00", MIDDLE, LAST)
    return work.change("c:1", "re_estimated", "-500.00", MIDDLE, LAST).given()["equity_changes"]


def told(rows: Rows, span: tuple[date, date] = SPAN) -> Accounts:
    given: dict[str, Table] = {node.name: node.gives for node in nodes()}
    wanted = ("department_accounts", "credit_ledger")
    with DuckDBEngine(memory="1GB", threads=1) as engine:
        for name, table in rows.tables().items():
            engine.add_arrow(name, table, given_tables()[name])
        engine.add_arrow("equity_changes", changes(), given["equity_changes"])
        run_graph(engine, [node for node in nodes() if node.name != "equity_changes"], wanted=wanted)
        made: dict[str, Any] = {name: engine.fetch(name) for name in wanted}
        made["costs"] = engine.fetch("costs")
    made["value_moments"] = pa.table({"at_on": [*WORTH]})
    made["customer_values"] = pa.table({"at_on": [*WORTH], "value": [Decimal(worth) for worth in WORTH.values()]})
    return department_accounts(made, span)


@pytest.fixture(scope="module")
def accounts() -> Accounts:
    return told(company())


def test_a_department_that_saved_while_the_company_lost_equity_is_seen(accounts: Accounts) -> None:
    [words] = accounts.saving_words("EUR")
    assert words.startswith(
        "Support spent 15% less from 1 May 2026 to 1 Aug 2026 than from 1 Feb 2026 to 1 May 2026, counted for as many days: "
        "€8,800 instead of €10,337. Equity lost of the customers that it worked for rose from €1,034 to €5,000, by its credit."
    )
    lines = account_lines(accounts, "EUR", 90)
    assert any(line.startswith("Support spent 15% less") for line in lines)
    assert max(map(cell_len, lines)) <= 90


def test_it_adds_up_from_what_customers_were_worth_to_what_they_are(accounts: Accounts) -> None:
    amounts = [amount for _, amount in accounts.proof]
    assert sum(amounts[:-1]) == amounts[-1] == 99_000
    whole = accounts.whole
    assert (whole.gained, whole.lost, whole.kept, whole.anew) == (12_000, -12_000, -500, -500)
    assert whole.net == -whole.cost == -28_801
    by_name = {row.department: row for row in accounts.rows}
    assert (by_name["support"].net, by_name["support"].customers) == (-18_800, 2)
    assert (by_name["nobody"].anew, by_name["nobody"].customers) == (-500, 0)
    line = next(line for line in account_lines(accounts, "EUR") if line.startswith("All "))
    assert line.split() == ["All", "28,801", "+12,000", "−12,000", "−28,801", "−500", "−500"]


def test_nobody_saved_too_much(accounts: Accounts) -> None:
    [words] = told(company("9900.00")).saving_words("EUR")
    assert words.startswith("No department that spent at least 5% less")
    # of one span alone, the one before it is compared with
    assert told(company(), (MIDDLE, LAST)).savings == accounts.savings
    assert told(company(), (FIRST, MIDDLE)).saving_words("EUR") == []


def test_costs_that_are_not_there_are_no_saving() -> None:
    late = told(company(last_cost=MIDDLE))
    assert late.saving_words("EUR") == []
    assert any("The last cost was booked on 1 May 2026" in words for words in late.notes)
    unrated = told(company(currency="XXX"))
    assert unrated.savings == ()
    assert "1 cost is in a currency without a rate on their day: in no amount." in unrated.notes
    none = company()
    del none.rows["costs"]
    assert told(none).notes == ("No costs are recorded: net is equity alone.",)
