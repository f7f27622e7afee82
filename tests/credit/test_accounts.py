"""Department accounts: costs and equity add up to the company's, to the cent."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credited import FROM, TO, TODAY, Work, credit_nodes
from keepwell.core.tables import Table
from keepwell.credit.accounts import Half, Saving, department_accounts, savings_that_cost, shared_costs
from keepwell.credit.owen import NOBODY
from keepwell.engine import DuckDBEngine, run_graph
from keepwell.project.accounts import Accounts, Shared
from record_rows import Rows, given_tables, nodes

NODES = {node.name: node for node in credit_nodes()}
SALES_AND_SUPPORT = Shared("stated", {"sales": Decimal("0.3"), "support": Decimal("0.7")})


def account(costs: dict[str, str | Decimal], rules: dict[str, Shared] | None = None, credited: dict[str, tuple[str, str]] | None = None,
            keys: dict[str, tuple[int, str]] | None = None) -> dict[str, dict[str, Any]]:  # fmt: skip
    span = {"from_on": FROM, "to_on": TO}
    places = Decimal("0.0001")
    rows = {
        "account_costs": [{**span, "department": name, "amount": Decimal(amount).quantize(places), "unrated": 0}
                          for name, amount in costs.items()],
        "account_credit": [{**span, "department": name, "gained": Decimal(gained).quantize(places),
                            "lost": Decimal(lost).quantize(places), "kept": Decimal(0), "re_estimated": Decimal(0), "customers": 1}
                           for name, (gained, lost) in (credited or {}).items()],
        "account_keys": [{**span, "department": name, "days": days, "revenue": Decimal(revenue).quantize(places), "unrated": 0}
                         for name, (days, revenue) in (keys or {}).items()],
    }  # fmt: skip
    tables = {name: pa.Table.from_pylist(given, schema=NODES[name].gives.arrow) for name, given in rows.items()}
    found = department_accounts({**tables, "shared_costs": shared_costs(Accounts(rules or {}))}).to_pylist()
    return {row["department"]: row for row in found}


def test_direct_costs_stand_beside_the_credit() -> None:
    found = account({"sales": "100.00"}, credited={"sales": ("250.00", "-40.00"), "support": ("0", "-1.00")})
    assert (found["sales"]["cost"], found["sales"]["change"], found["sales"]["net"]) == (100, 210, 110)
    assert (found["support"]["cost"], found["support"]["lost"]) == (0, -1)


def test_shared_costs_go_by_headcount_revenue_equal_parts_or_as_stated() -> None:
    costs = {"it": "90.00", "sales": "10.00"}
    keys = {"sales": (200, "500"), "support": (100, "0"), "it": (300, "0")}
    for rule, sales in (
        (Shared("headcount"), 60),
        (Shared("revenue"), 90),
        (Shared("equal"), 45),
        (SALES_AND_SUPPORT, 27),
    ):
        found = account(costs, {"it": rule}, keys=keys)
        assert (found["it"]["direct_cost"], found["it"]["shared_cost"], found["it"]["cost"]) == (90, -90, 0)
        assert found["sales"]["shared_cost"] == sales
        assert found["it"]["shared_by"] == rule.key
        assert found.get("support", {"cost": 0})["cost"] == 90 - sales
    nothing_sold = account(costs, {"it": Shared("revenue")}, keys={"sales": (1, "0"), "support": (1, "0")})
    assert nothing_sold["sales"]["shared_cost"] == 45
    assert nothing_sold["it"]["shared_by"] == "equal_without_revenue"


money = st.integers(-(10**7), 10**7).map(lambda units: Decimal(units).scaleb(-2)) | st.integers(0, 10**6).map(
    lambda units: Decimal(units).scaleb(-4)
)
names = st.sampled_from(["sales", "support", "it", "finance", NOBODY])


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(names, money), st.dictionaries(names, st.tuples(st.integers(0, 999), st.integers(0, 99))),
       st.sampled_from([Shared("headcount"), Shared("revenue"), Shared("equal"), SALES_AND_SUPPORT]))  # fmt: skip
def test_costs_add_up_whatever_is_shared(
    costs: dict[str, Decimal], keys: dict[str, tuple[int, int]], rule: Shared
) -> None:
    staff = {name: (days, str(revenue)) for name, (days, revenue) in keys.items() if name != NOBODY}
    found = account(costs, {"it": rule, "finance": Shared("equal")}, keys=staff)
    assert sum(row["cost"] for row in found.values()) == sum(costs.values())
    assert sum(row["shared_cost"] for row in found.values()) == 0


def half(days: int, worth: int, **departments: tuple[int, int]) -> Half:
    """Days, what all customers were worth, and what each department spent and lost."""
    spent, lost = ({name: Decimal(two[place]) for name, two in departments.items()} for place in (0, 1))
    return Half(days, Decimal(worth), spent, lost)


def test_a_saving_that_cost_is_found_and_compared_by_the_day() -> None:
    before = half(100, 10_000, support=(1000, 50), sales=(100, 5), success=(100, 90), nobody=(9, 0), it=(500, 0))
    later = half(50, 10_000, support=(440, 180), sales=(49, 900), success=(10, 50), nobody=(1, 900), new=(1, 900))
    # sales spent 2% less, success lost 5 more and saved 40
    assert savings_that_cost(before, later) == [
        Saving("support", Decimal("500.00"), Decimal(440), Decimal("25.00"), Decimal(180))
    ]


def test_a_company_that_grew_has_more_to_lose() -> None:
    before = half(90, 1000, support=(100, 10))
    assert savings_that_cost(before, half(90, 9000, support=(90, 80))) == []
    assert [one.saved for one in savings_that_cost(before, half(90, 7000, support=(90, 80)))] == [10]


def company() -> Rows:
    rows = Rows(today=TODAY).person("p:1", "t:1", "sales").person("p:2", "t:2", "support").person("p:3", "t:2")
    rows.add("customers", customer_id="c:1", customer_since_on=date(2025, 1, 1))
    rows.add("exchange_rates", currency="USD", on=date(2026, 1, 1), rate="0.5")
    rows.add("deals", deal_id="d:1", customer_id="c:1", owner_id="p:1", outcome="won", opened_on=FROM, closed_on=FROM,
             amount=1000, currency="USD")  # fmt: skip
    rows.add("deals", deal_id="d:2", customer_id="c:1", owner_id="p:1", outcome="won", opened_on=FROM, closed_on=FROM,
             amount=1000, currency="XXX")  # fmt: skip
    rows.add("touches", touch_id="x:1", customer_id="c:1", person_id="p:2", kind="call", at=datetime(2026, 4, 1))
    for number, (department, on, amount, currency) in enumerate([
        ("sales", FROM, "100.01", "EUR"), ("sales", TO, "7", "EUR"), ("support", FROM, "50", "USD"),
        ("support", FROM, "50", "XXX"), (None, FROM, "9", None), ("it", FROM, "90.00", "EUR"), ("it", TODAY, "1", None),
    ]):  # fmt: skip
        rows.add("costs", cost_id=f"e:{number}", on=on, department=department, amount=amount, currency=currency)
    rows.accounts = Accounts({"it": Shared("headcount")})
    return rows


def given_nodes() -> dict[str, Table]:
    return {node.name: node.gives for node in nodes()}


def changes() -> pa.Table:
    work = (
        Work()
        .change("c:1", "kept", "100.00")
        .change("c:1", "re_estimated", "-3.00")
        .change("c:1", "lost", "-5", TO, TODAY)
    )
    return work.given()["equity_changes"]


def test_from_the_record_to_the_accounts() -> None:
    wanted = ("department_accounts", "account_keys")
    with DuckDBEngine(memory="1GB", threads=1) as engine:
        for name, rows in company().tables().items():
            engine.add_arrow(name, rows, given_tables()[name])
        engine.add_arrow("equity_changes", changes(), given_nodes()["equity_changes"])
        run_graph(engine, [node for node in nodes() if node.name != "equity_changes"], wanted=wanted)
        accounts, keys = (engine.fetch(name).to_pylist() for name in wanted)
    assert [(row["department"], row["days"], row["revenue"], row["unrated"]) for row in keys if row["from_on"] == FROM] == [
        ("sales", 91, 500, 1), ("support", 182, 0, 0)]  # fmt: skip
    found = {(row["from_on"], row["department"]): row for row in accounts}
    assert {name: (row["direct_cost"], row["shared_cost"], row["change"]) for (day, name), row in found.items() if day == FROM} == {
        "it": (Decimal(90), Decimal(-90), 0), "sales": (Decimal("100.01"), 30, 50), "support": (25, 60, 50),
        NOBODY: (9, 0, -3),
    }  # fmt: skip
    assert found[FROM, "support"]["unrated"] == 1
    assert found[FROM, "sales"]["unrated_revenue"] == 1
    assert (found[FROM, "sales"]["kept"], found[FROM, "sales"]["gained"]) == (50, 0)
    assert found[TO, "it"]["direct_cost"] == 1  # the run's own day counts
    assert found[TO, "sales"]["direct_cost"] == 7
    assert found[TO, "support"]["lost"] + found[TO, "sales"]["lost"] == -5


@pytest.mark.parametrize(
    "rows",
    [[], [{"from_on": FROM, "to_on": TO, "department": "sales", "days": 1, "revenue": Decimal(0), "unrated": 0}]],
)
def test_no_changes_of_value_no_accounts(rows: list[dict[str, Any]]) -> None:
    empty = {name: NODES[name].gives.arrow.empty_table() for name in ("account_costs", "account_credit")}
    keys = pa.Table.from_pylist(rows, schema=NODES["account_keys"].gives.arrow)
    told = {**empty, "account_keys": keys, "shared_costs": shared_costs(Accounts())}
    assert department_accounts(told).num_rows == 0
