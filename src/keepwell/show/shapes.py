"""What must be known of a statement and of an explanation so that they can be shown?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True)
class StatementPart:
    """A part of the plan in this period: what it rewards, what was reached, and what that pays.

    `weight` is a share of the target, `target` money. `value` of `measure` is in `unit` (share, points, days, money);
    `attainment` is a share of what was asked (`against` words). `n`, `low`, `high` where the value is a statistic.
    """

    part: str
    title: str
    says: str
    rewards: str
    amount: Decimal
    weight: Decimal | None = None
    target: Decimal | None = None
    measure: str = ""
    unit: str = "number"
    value: Decimal | None = None
    against: Decimal | None = None
    attainment: Decimal | None = None
    n: int | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    evidence: str = ""


@dataclass(frozen=True)
class StatementLine:
    """A movement of money, with its reason in a sentence. `belongs_to` is the period whose pay it corrects."""

    line_id: str
    on: date
    customer_id: str
    part: str
    movement: str
    amount: Decimal
    sentence: str
    belongs_to: str


@dataclass(frozen=True)
class StatementHold:
    """An amount that waits, for what, and until when."""

    customer_id: str
    part: str
    amount: Decimal
    sentence: str
    until: date | None = None


@dataclass(frozen=True)
class Statement:
    """One person's pay in one period, in the plan's currency."""

    person_id: str
    period: str
    currency: str
    plan: str
    plan_title: str
    status: Literal["open", "closed"]
    payable: Decimal
    earned: Decimal
    held: Decimal
    released: Decimal
    taken_back: Decimal
    parts: tuple[StatementPart, ...]
    lines: tuple[StatementLine, ...]
    holds: tuple[StatementHold, ...] = ()
    notes: tuple[str, ...] = ()
    as_of: date | None = None


@dataclass(frozen=True)
class ExplanationStep:
    """A step on the way from a source row to a cent: its question, its answer, and its figures."""

    title: str
    says: str
    figures: tuple[tuple[str, str], ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Explanation:
    """The whole way of one line."""

    line_id: str
    sentence: str
    amount: Decimal
    currency: str
    steps: tuple[ExplanationStep, ...]
