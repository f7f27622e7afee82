"""What is variable pay paid for, by department and by part, and what changed since the last period?

The first question of the first screen: of every 100 of variable pay, how much depends on what happens after the sale?
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import pyarrow as pa

from keepwell.pay import say
from keepwell.pay.plan import Plan
from keepwell.show.ask import ask

Kind = Literal["after_sale", "advance", "sale", "other"]
KINDS: tuple[Kind, ...] = ("after_sale", "advance", "sale", "other")
KIND_SAYS: dict[Kind, str] = {
    "after_sale": "what becomes of the customer after the sale",
    "advance": "the sale, and taken back if the customer leaves early",
    "sale": "the sale, for good",
    "other": "speed, rules or learning",
}
_AFTER = frozenset({"customer_outcome", "collaboration"})


@dataclass(frozen=True)
class PartWords:
    """What a part of a plan is called and rewards; `can_be_lost` where a take-back or a hold may end it."""

    plan: str
    part: str
    title: str
    says: str
    rewards: str
    plan_title: str = ""
    can_be_lost: bool = False

    @property
    def kind(self) -> Kind:
        """Which of the four kinds of pay is this?"""
        if self.rewards in _AFTER:
            return "after_sale"
        if self.rewards != "sale":
            return "other"
        return "advance" if self.can_be_lost else "sale"


Parts = Mapping[tuple[str, str], PartWords]


@dataclass(frozen=True)
class PaySplit:
    """A department's variable pay (or the company's), by what it depends on, in one currency."""

    name: str
    people: int
    amounts: Mapping[Kind, Decimal]

    @property
    def whole(self) -> Decimal:
        """All of it."""
        return sum(self.amounts.values(), Decimal(0))

    def of_hundred(self, kind: Kind) -> Decimal:
        """How much of every 100 is of this kind; nought where nothing was paid."""
        return self.amounts[kind] * 100 / self.whole if self.whole > 0 else Decimal(0)


@dataclass(frozen=True)
class PartPay:
    """What a part of a plan gave in a period, to how many, and what it gave in the one before."""

    words: PartWords
    people: int
    amount: Decimal
    before: Decimal


@dataclass(frozen=True)
class Change:
    """What moved pay in a period beside new facts: a reason, how many lines, and their sum."""

    reason: str
    lines: int
    amount: Decimal


def departments(positions: pa.Table, teams: pa.Table, on: date) -> dict[str, str]:
    """The department in which each person is on a day, or was last before it."""
    rows = ask(
        "SELECT person_id, coalesce(nullif(department, ''), 'other') AS department FROM positions "
        "LEFT JOIN teams USING (team_id) WHERE from_on <= $1 "
        "QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY from_on DESC, team_id) = 1",
        on, positions=positions, teams=teams,
    )  # fmt: skip
    return {row["person_id"]: row["department"] for row in rows}


def words_of(plans: Iterable[Plan]) -> dict[tuple[str, str], PartWords]:
    """What the parts of plans are called and reward, by plan and part; the last of several versions."""
    found = {}
    for plan in plans:
        for part in plan.parts:
            lost = part.take_back is not None or (part.hold is not None and not part.hold.is_certain)
            found[plan.name, part.name] = PartWords(
                plan.name, part.name, say.title(part.name), part.says, part.rewards, plan.title, can_be_lost=lost
            )
        for also in plan.also_pays:
            title = f"{say.title(also.row)}, for the {say.words(also.role)}"
            found[plan.name, also.role] = PartWords(plan.name, also.role, title, also.says, also.rewards, plan.title)
    return found


def pay_split(
    totals: pa.Table, parts: Parts, in_department: Mapping[str, str], currency: str, months: tuple[int, int]
) -> tuple[PaySplit, ...]:
    """Variable pay by what it depends on: the company first, then its departments, the most dependent first.

    Counted is what was given in the settlement periods from the first to the last of `months`: payable or held, less what
    was taken back. What a person was given less than nothing in counts as nothing; other currencies are left out.
    """
    rows = ask(
        "SELECT person_id, plan, part, sum(payable + held - taken_back) AS given FROM totals "
        "WHERE scenario = 'actual' AND part <> '' AND currency = $1 AND period BETWEEN $2 AND $3 GROUP BY ALL ORDER BY ALL",
        currency, *months, totals=totals,
    )  # fmt: skip
    sums: dict[str, dict[Kind, Decimal]] = {"": dict.fromkeys(KINDS, Decimal(0))}
    people: dict[str, set[str]] = {"": set()}
    for row in rows:
        words = parts.get((row["plan"], row["part"]))
        kind = words.kind if words else "other"
        for name in ("", in_department.get(row["person_id"], "other")):
            sums.setdefault(name, dict.fromkeys(KINDS, Decimal(0)))[kind] += max(row["given"], Decimal(0))
            people.setdefault(name, set()).add(row["person_id"])
    splits = [PaySplit(name, len(people[name]), amounts) for name, amounts in sums.items()]
    company, rest = splits[0], [split for split in splits[1:] if split.whole > 0]
    return (company, *sorted(rest, key=lambda split: (-split.of_hundred("after_sale"), split.name)))


def pay_by_part(totals: pa.Table, parts: Parts, currency: str, month: int, before: int) -> tuple[PartPay, ...]:
    """What each part gave in the settlement period that begins in `month`, and in the one before: by plan, the plan that
    gave most first.
    """
    rows = ask(
        "SELECT plan, part, count(DISTINCT person_id) FILTER (period = $2) AS people, "
        "coalesce(sum(payable + held - taken_back) FILTER (period = $2), 0) AS given, "
        "coalesce(sum(payable + held - taken_back) FILTER (period = $3), 0) AS given_before, "
        "sum(given) OVER (PARTITION BY plan) AS of_plan FROM totals "
        "WHERE scenario = 'actual' AND part <> '' AND currency = $1 AND period IN ($2, $3) "
        "GROUP BY plan, part ORDER BY of_plan DESC, plan, given DESC, part",
        currency, month, before, totals=totals,
    )  # fmt: skip
    return tuple(
        PartPay(_words(parts, row["plan"], row["part"]), row["people"], row["given"], row["given_before"])
        for row in rows if row["given"] or row["given_before"]
    )  # fmt: skip


def _words(parts: Parts, plan: str, part: str) -> PartWords:
    return parts.get((plan, part)) or PartWords(plan, part, say.title(part), "", "other")


@dataclass(frozen=True)
class Unpaid:
    """Something that pays nobody though somebody should look at it: what kind, how often, and one reason in words."""

    kind: str
    times: int
    reason: str


def unpaid(rows: pa.Table) -> tuple[Unpaid, ...]:
    """What pays nobody, by kind, the most frequent first; `rows` is `pay_unpaid`."""
    found = ask(
        "SELECT kind, count(*) AS times, min(reason) AS reason FROM rows WHERE scenario = 'actual' GROUP BY kind "
        "ORDER BY times DESC, kind",
        rows=rows,
    )  # fmt: skip
    return tuple(Unpaid(**row) for row in found)


def changes(lines: pa.Table, currency: str, month: int) -> tuple[Change, ...]:
    """What moved pay in the settlement period that begins in `month`, by reason, the largest first."""
    rows = ask(
        "SELECT reason, count(*) AS lines, sum(amount) AS amount FROM lines WHERE scenario = 'actual' AND currency = $1 "
        "AND period = $2 GROUP BY reason ORDER BY abs(sum(amount)) DESC, reason",
        currency, month, lines=lines,
    )  # fmt: skip
    return tuple(Change(row["reason"], row["lines"], row["amount"]) for row in rows)


def paid_months(totals: pa.Table) -> tuple[int, ...]:
    """The settlement periods in which something was given, by their first months, oldest first."""
    rows = ask("SELECT DISTINCT period FROM totals WHERE scenario = 'actual' ORDER BY period", totals=totals)
    return tuple(row["period"] for row in rows)
