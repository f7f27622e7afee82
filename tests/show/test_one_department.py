"""One department's account: its spans add up, and its customers come the largest first."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
from rich.cells import cell_len

from keepwell.show.names import Names
from keepwell.show.one_department import OneDepartment, department_lines, one_department

SPAN = (date(2026, 1, 1), date(2026, 7, 1))
MIDDLE = date(2026, 4, 1)
ZERO = Decimal(0)


def tables() -> dict[str, pa.Table]:
    accounts = [
        {"from_on": from_on, "to_on": to_on, "department": "support", "direct_cost": Decimal(10), "shared_cost": Decimal(1),
         "gained": Decimal(gained), "lost": Decimal(lost), "kept": Decimal(-3), "re_estimated": ZERO, "customers": 2}
        for from_on, to_on, gained, lost in ((SPAN[0], MIDDLE, 100, -20), (MIDDLE, SPAN[1], 0, -70))
    ]  # fmt: skip
    ledger = [
        {"from_on": from_on, "to_on": to_on, "department": department, "customer_id": customer, "cause": cause, "amount": Decimal(amount)}
        for from_on, to_on, department, customer, cause, amount in (
            (SPAN[0], MIDDLE, "support", "c:1", "won", 60), (SPAN[0], MIDDLE, "support", "c:1", "grown", 40),
            (SPAN[0], MIDDLE, "support", "c:2", "shrunk", -20), (MIDDLE, SPAN[1], "support", "c:2", "lost", -30),
            (MIDDLE, SPAN[1], "support", "c:3", "lost", -40), (MIDDLE, SPAN[1], "support", "c:1", "kept", -6),
            (MIDDLE, SPAN[1], "sales", "c:1", "grown", 999))
    ]  # fmt: skip
    return {"department_accounts": pa.Table.from_pylist(accounts), "credit_ledger": pa.Table.from_pylist(ledger)}


def test_its_spans_and_its_customers_add_up() -> None:
    found = one_department(tables(), SPAN, "support")
    assert [(row["customer_id"], row["gained"], row["lost"]) for row in found.customers] == [
        ("c:2", 0, -50), ("c:3", 0, -40), ("c:1", 100, 0)]  # fmt: skip
    assert [(to_on, row.net) for to_on, row in found.spans] == [(MIDDLE, 69), (SPAN[1], -81)]
    assert sum(row.gained + row.lost for _, row in found.spans) == sum(
        row["gained"] + row["lost"] for row in found.customers
    )


def test_it_reads_as_tables_that_line_up() -> None:
    names = Names(customers={"c:2": "王小明"})
    lines = department_lines(one_department(tables(), SPAN, "support"), names, "EUR", SPAN)
    whole = next(line for line in lines if line.startswith("All"))
    assert whole.split() == ["All", "20", "+2", "+100", "−90", "−12", "−6"]
    lost = lines.index(next(line for line in lines if line.startswith("Most was lost of")))
    assert [line.split() for line in lines[lost + 2 : lost + 4]] == [["王小明", "−€50"], ["3", "−€40"]]
    assert max(map(cell_len, lines)) <= 80
    nothing = department_lines(OneDepartment("it", (), ()), names, "EUR", SPAN)
    assert nothing[-1] == "It cost nothing and has no credit in this time."
