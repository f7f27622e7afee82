"""What does each department cost, beside what the customers that it worked for gained and lost of their value?

A department's costs are what was booked on it; those of departments that work for the others (`accounts: shared:` in
keepwell.yaml) are shared among the rest by a stated key. So costs add up to the company's, and equity to its change,
both to the cent. Where the key is nought for all (nobody took an order), it is equal parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

from keepwell.core.money import CENT, round_money, share_out
from keepwell.core.tables import Column, Table
from keepwell.credit.owen import NOBODY
from keepwell.engine import Step
from keepwell.project.accounts import Accounts

Row = dict[str, Any]
ZERO, FINEST = Decimal(0), Decimal("0.0001")
CHANGES = ("gained", "passed", "lost", "re_estimated")

SHARED_COSTS = Table(
    "shared_costs",
    (
        Column("shared", "text", "the department whose costs the others bear", key=True, required=True),
        Column("by", "text", "headcount, revenue, equal or stated", required=True),
        Column("department", "text", "who bears a stated share; '' all others, by the key", key=True, required=True),
        Column("share", "share", "the stated share; null: by the key"),
    ),
    "one row per department that works for the others, and who bears a stated share of it",
)
ACCOUNTS = Table(
    "department_accounts",
    (
        Column("from_on", "date", "the span's first day", key=True, required=True),
        Column("to_on", "date", "the day as of which it ends", key=True, required=True),
        Column("department", "text", "the department; nobody: costs and changes of value that are no department's", key=True,
               required=True),
        Column("direct_cost", "money", "what was booked on it", required=True),
        Column("shared_cost", "money", "its part of the others' shared costs; negative: what the others bear of its own",
               required=True),
        Column("cost", "money", "both together; over all departments the company's costs", required=True),
        Column("unrated", "integer", "costs in a currency without a rate: in no amount", required=True),
        Column("customers", "integer", "of whom it has credit", required=True),
        Column("gained", "money", "its credit of what customers gained: won, kept, grown", required=True),
        Column("passed", "money", "its part of what time used up of the value of those who stayed; negative", required=True),
        Column("lost", "money", "its part of what was lost and shrank; negative", required=True),
        Column("re_estimated", "money", "changes of mere estimate: nobody's work", required=True),
        Column("net", "money", "gained, passed, lost and estimated anew; over all the change of equity", required=True),
    ),
    says="a department's account of a span: its cost beside the change of value of the customers that it worked for",
    gives="where a department saves expense and the company loses value",
)  # fmt: skip


def shared_costs(accounts: Accounts) -> pa.Table:
    """The company's rules as the table that a run is told."""
    rows = []
    for name, shared in sorted(accounts.shared.items()):
        stated: Iterable[tuple[str, Decimal | None]] = sorted(shared.shares.items()) or [("", None)]
        rows += [{"shared": name, "by": shared.key, "department": other, "share": share} for other, share in stated]
    return pa.Table.from_pylist(rows, schema=SHARED_COSTS.arrow)


def department_accounts(inputs: Mapping[str, pa.Table]) -> pa.Table:
    """Every department's account of every span. Reads `account_costs`, `account_credit`, `account_keys`, `shared_costs`."""
    costs, credits_, keys = (_by_span(inputs[name]) for name in ("account_costs", "account_credit", "account_keys"))
    rules = inputs["shared_costs"].to_pylist()
    rows: list[Row] = []
    for span in sorted({*costs, *credits_}):
        rows += _accounts(span, costs.get(span, {}), credits_.get(span, {}), keys.get(span, {}), rules)
    return pa.Table.from_pylist(rows, schema=ACCOUNTS.arrow)


STEP = Step("department_accounts", ("account_costs", "account_credit", "account_keys", "shared_costs"), ACCOUNTS,
            department_accounts, kept=True,
            nothing_without=frozenset({frozenset({"account_costs", "account_credit"})}))  # fmt: skip


def _by_span(table: pa.Table) -> dict[tuple[date, date], dict[str, Row]]:
    found: dict[tuple[date, date], dict[str, Row]] = {}
    for row in table.to_pylist():
        found.setdefault((row["from_on"], row["to_on"]), {})[row["department"]] = row
    return found


def _accounts(span: tuple[date, date], costs: Mapping[str, Row], credited: Mapping[str, Row], keys: Mapping[str, Row],
              rules: Sequence[Row]) -> list[Row]:  # fmt: skip
    direct = {name: row["amount"] for name, row in costs.items()}
    moved = _moved(direct, {name for name in (*costs, *credited, *keys) if name != NOBODY}, keys, rules)
    rows = []
    for name in sorted({*costs, *credited, *(name for name, amount in moved.items() if amount)}):
        got = credited.get(name, {})
        changes = {word: got.get(word, ZERO) for word in CHANGES}
        own, shared = direct.get(name, ZERO), moved.get(name, ZERO)
        rows.append({"from_on": span[0], "to_on": span[1], "department": name, "direct_cost": own, "shared_cost": shared,
                     "cost": own + shared, "unrated": costs.get(name, {}).get("unrated", 0),
                     "customers": got.get("customers", 0), **changes, "net": sum(changes.values(), ZERO)})  # fmt: skip
    return rows


def _moved(direct: Mapping[str, Decimal], there: set[str], keys: Mapping[str, Row],
           rules: Sequence[Row]) -> dict[str, Decimal]:  # fmt: skip
    """What each department bears of the others' costs (and what it hands on, negative): adds up to nothing."""
    shared = sorted({row["shared"] for row in rules})
    bearing = sorted(there - set(shared))
    moved: dict[str, Decimal] = {}
    for name in shared:
        amount = direct.get(name, ZERO)
        weights = _weights([row for row in rules if row["shared"] == name], bearing, keys)
        if not amount or not weights:
            continue
        to = CENT if amount == round_money(amount) else FINEST
        moved[name] = moved.get(name, ZERO) - amount
        for other, part in zip(weights, share_out(amount, list(weights.values()), to), strict=True):
            moved[other] = moved.get(other, ZERO) + part
    return moved


def _weights(rules: Sequence[Row], bearing: Sequence[str], keys: Mapping[str, Row]) -> dict[str, Fraction]:
    """Who bears how much of one department's costs; equal parts where the key is nought for all."""
    by = rules[0]["by"]
    if by == "stated":
        return {row["department"]: Fraction(row["share"]) for row in rules if row["share"]}
    column = {"headcount": "days", "revenue": "revenue"}.get(by)
    found = {name: max(Fraction(keys.get(name, {}).get(column, 0)), Fraction(0)) for name in bearing} if column else {}
    return found if any(found.values()) else dict.fromkeys(bearing, Fraction(1))


@dataclass(frozen=True)
class Saving:
    """A department that spent less than in the span before (a day of it, times days) while its customers lost value."""

    department: str
    saved: Decimal
    lost: Decimal


def savings_that_cost(now: Sequence[Row], before: Sequence[Row]) -> list[Saving]:
    """Where did a department save expense and the company lose equity? Rows of one span, and of the one before it.

    Costs of spans of unequal length are compared by the day. `lost` is by how much the customers that it worked for lost more
    than they gained, by its credit; what time used up and what was estimated anew is in neither. The largest comes first.
    """
    earlier = {row["department"]: row for row in before}
    found = []
    for row in now:
        was = earlier.get(row["department"])
        if was is None or row["department"] == NOBODY or row["gained"] + row["lost"] >= 0:
            continue
        days, days_before = ((one["to_on"] - one["from_on"]).days for one in (row, was))
        saved = round_money(Fraction(was["cost"]) * days / days_before) - round_money(row["cost"])
        if saved > 0:
            found.append(Saving(row["department"], saved, -row["gained"] - row["lost"]))
    return sorted(found, key=lambda one: (-one.lost, one.department))
