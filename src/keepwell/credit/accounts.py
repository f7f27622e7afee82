"""What does each department cost, beside what the customers that it worked for gained and lost of their value?

A department's costs are what was booked on it; those of departments that work for the others (`accounts: shared:` in
keepwell.yaml) are shared among the rest by a stated key. So costs add up to the company's, and equity to its change,
both to the cent. Where the key is nought for all (nobody took an order), it is equal parts.

`net = gained + lost − cost`. What was kept and what was estimated anew are in `change`, and not in `net`: a customer who stays
pays what was expected of them, so that it is no longer to come; and a later estimate is nobody's work.
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
CHANGES = ("gained", "lost", "kept", "re_estimated")
LEAST_SAVED = Decimal("0.05")  # a smaller saving is told of nobody: costs vary by as much

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
        Column("shared_by", "text", "the key by which the others bear its costs: headcount, revenue, equal or stated; where none of them "
               "has any, equal_without_headcount or equal_without_revenue; '' they do not", required=True),
        Column("cost", "money", "both together; over all departments the company's costs", required=True),
        Column("unrated", "integer", "costs in a currency without a rate: in no amount", required=True),
        Column("unrated_revenue", "integer", "deals and orders in a currency without a rate: they count for nothing where costs are "
               "shared by revenue", required=True),
        Column("customers", "integer", "of whom it has credit", required=True),
        Column("gained", "money", "its credit of what was won and grew", required=True),
        Column("lost", "money", "its part of what was lost and shrank; negative", required=True),
        Column("kept", "money", "its part of what became of those who stayed at the same spending: renewals made raise their value, "
               "time passed lowers it", required=True),
        Column("re_estimated", "money", "changes of mere estimate: nobody's work", required=True),
        Column("change", "money", "gained, lost, kept and estimated anew; over all departments the change of equity", required=True),
        Column("net", "money", "gained and lost, less its cost", required=True),
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
    moved, keys_used = _moved(direct, {name for name in (*costs, *credited, *keys) if name != NOBODY}, keys, rules)
    rows = []
    unrated = {name for name, row in keys.items() if row["unrated"]}
    for name in sorted({*costs, *credited, *unrated, *(name for name, amount in moved.items() if amount)}):
        got = credited.get(name, {})
        changes = {word: got.get(word, ZERO) for word in CHANGES}
        own, shared = direct.get(name, ZERO), moved.get(name, ZERO)
        cost = own + shared
        rows.append({"from_on": span[0], "to_on": span[1], "department": name, "direct_cost": own, "shared_cost": shared,
                     "shared_by": keys_used.get(name, ""), "cost": cost, "unrated": costs.get(name, {}).get("unrated", 0),
                     "unrated_revenue": keys.get(name, {}).get("unrated", 0), "customers": got.get("customers", 0), **changes,
                     "change": sum(changes.values(), ZERO), "net": changes["gained"] + changes["lost"] - cost})  # fmt: skip
    return rows


def _moved(direct: Mapping[str, Decimal], there: set[str], keys: Mapping[str, Row],
           rules: Sequence[Row]) -> tuple[dict[str, Decimal], dict[str, str]]:  # fmt: skip
    """What each department bears of the others' costs (what it hands on, negative: adds up to nothing), and by which key."""
    shared = sorted({row["shared"] for row in rules})
    bearing = sorted(there - set(shared))
    moved: dict[str, Decimal] = {}
    used: dict[str, str] = {}
    for name in shared:
        amount = direct.get(name, ZERO)
        used[name], weights = _weights([row for row in rules if row["shared"] == name], bearing, keys)
        if not amount or not weights:
            del used[name]
            continue
        to = CENT if amount == round_money(amount) else FINEST
        moved[name] = moved.get(name, ZERO) - amount
        for other, part in zip(weights, share_out(amount, list(weights.values()), to), strict=True):
            moved[other] = moved.get(other, ZERO) + part
    return moved, used


def _weights(rules: Sequence[Row], bearing: Sequence[str], keys: Mapping[str, Row]) -> tuple[str, dict[str, Fraction]]:
    """By which key does who bear how much of one department's costs? Equal parts where the key is nought for all."""
    by = rules[0]["by"]
    if by == "stated":
        return by, {row["department"]: Fraction(row["share"]) for row in rules if row["share"]}
    column = {"headcount": "days", "revenue": "revenue"}.get(by)
    found = {name: max(Fraction(keys.get(name, {}).get(column, 0)), Fraction(0)) for name in bearing} if column else {}
    if any(found.values()):
        return by, found
    return f"equal_without_{by}" if column else by, dict.fromkeys(bearing, Fraction(1))


@dataclass(frozen=True)
class Half:
    """One half of a time, by department: what each spent itself, and its part of the equity lost (0 or more).

    `worth` is what all customers were worth at its start; `days` is how long it is.
    """

    days: int
    worth: Decimal
    spent: Mapping[str, Decimal]
    lost: Mapping[str, Decimal]


@dataclass(frozen=True)
class Saving:
    """A department that spent less than in the half before, while more was lost of the value of the customers it worked for.

    What is of before is counted for as many days as the later half has.
    """

    department: str
    spent_before: Decimal
    spent: Decimal
    lost_before: Decimal
    lost: Decimal

    @property
    def saved(self) -> Decimal:
        """How much less it spent."""
        return self.spent_before - self.spent


def savings_that_cost(before: Half, later: Half) -> list[Saving]:
    """Where did a department save expense and the company lose equity? The largest rise of what was lost comes first.

    Told is who spent at least a twentieth less, where the equity lost rose by more than was saved, and also as a part of what all
    customers were worth: a company that grows has more to lose.
    """
    by_days = Fraction(later.days, before.days)
    found = []
    for name in sorted({*before.spent} & {*later.spent} - {NOBODY}):
        spent, lost = later.spent[name], later.lost.get(name, ZERO)
        spent_before, lost_before = (
            round_money(Fraction(half.get(name, ZERO)) * by_days) for half in (before.spent, before.lost)
        )
        one = Saving(name, spent_before, spent, lost_before, lost)
        rose = lost * before.worth > lost_before * later.worth
        if one.saved > 0 and one.saved >= LEAST_SAVED * spent_before and lost - lost_before > one.saved and rose:
            found.append(one)
    return sorted(found, key=lambda one: (one.lost_before - one.lost, one.department))
