"""What did one department cost and gain, quarter by quarter, and of which customers? What its head asks of the account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pyarrow as pa

from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned, wrapped
from keepwell.show.ask import Row, ask
from keepwell.show.departments import NET, Account
from keepwell.show.names import Names

Tables = Mapping[str, pa.Table]
MOST = 10
PART = ("A customer's amount is the department's part by credit: where several departments worked for the customer, each has an "
        "equal one.")  # fmt: skip


@dataclass(frozen=True)
class OneDepartment:
    """A department's account of each span (by its last day), and its part of each customer's gains and losses, the largest first.

    `customers` have `customer_id`, `gained` and `lost` (negative).
    """

    department: str
    spans: tuple[tuple[date, Account], ...]
    customers: tuple[Row, ...]


def one_department(tables: Tables, span: tuple[date, date], department: str) -> OneDepartment:
    """The account of one department over a time."""
    accounts = ask(
        "SELECT to_on, department, direct_cost AS own, shared_cost AS shared, gained, lost, kept, re_estimated AS anew, customers "
        "FROM accounts WHERE department = $1 AND from_on >= $2 AND to_on <= $3 ORDER BY to_on",
        department, *span, accounts=tables["department_accounts"],
    )  # fmt: skip
    customers = ask(
        "SELECT customer_id, sum(CASE WHEN cause IN ('won', 'grown') THEN amount ELSE 0 END) AS gained, "
        "sum(CASE WHEN cause IN ('lost', 'shrunk') THEN amount ELSE 0 END) AS lost FROM ledger WHERE department = $1 "
        "AND from_on >= $2 AND to_on <= $3 GROUP BY customer_id ORDER BY lost, gained DESC, customer_id",
        department, *span, ledger=tables["credit_ledger"],
    )  # fmt: skip
    return OneDepartment(department, tuple((row.pop("to_on"), Account(**row)) for row in accounts), tuple(customers))


def department_lines(
    found: OneDepartment, names: Names, currency: str, span: tuple[date, date], width: int = WIDTH
) -> list[str]:
    """The department's account as tables: by span, and the customers of whom most was lost and gained."""
    title = f"{written.words(found.department)}, {written.day(span[0])} to {written.day(span[1])}"
    if not found.spans:
        return [title, "", "It cost nothing and has no credit in this time."]
    lines = [f"{title}, in {currency}", "", *_spans(found, width), "", *wrapped(f"{NET} Kept stands apart.", width)]
    for heading, column, way in (("Most was lost of", "lost", -1), ("Most was gained by", "gained", 1)):
        some = sorted(
            (row for row in found.customers if row[column]), key=lambda row: (-way * row[column], row["customer_id"])
        )
        if some:
            rows = [
                (names.customer(row["customer_id"]), written.money(row[column], currency, cents=False))
                for row in some[:MOST]
            ]
            more = f"… and {written.count(len(some) - MOST, 'other')}; --json lists them"
            lines += ["", *aligned([Column(heading, shrinks=True), Column("Its part", right=True)], rows, width),
                      *([more] if len(some) > MOST else [])]  # fmt: skip
    return [*lines, "", *wrapped(PART, width)]


def _spans(found: OneDepartment, width: int) -> list[str]:
    columns = [Column("Until"), *[Column(title, right=True) for title in
               ("Customers", "Own cost", "Shared", "Gained", "Lost", "Net", "Kept")]]  # fmt: skip
    rows = [
        (written.day(to_on), f"{row.customers:,}" if row.customers else "", *_amounts([row]))
        for to_on, row in found.spans
    ]
    rows.append(("All", "", *_amounts([row for _, row in found.spans])))
    return aligned(columns, rows, width)


def _amounts(rows: list[Account]) -> list[str]:
    names = ("own", "shared", "gained", "lost", "net", "kept")
    sums = [sum((getattr(row, name) for row in rows), Decimal(0)) for name in names]
    return [written.in_thousands(amount, 1, sign=place > 0) for place, amount in enumerate(sums)]
