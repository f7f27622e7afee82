"""What can a pay plan say? The values that a plan file is read into; `parse` reads them, `compile` makes rows of them.

Percentages are exact fractions (60% is 3/5), money is `Decimal`, days are `date`, intervals are half-open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from keepwell.core.money import Tie
from keepwell.core.periods import PeriodKind
from keepwell.project.yaml import Node

ShapeKind = Literal["curve", "steps", "level", "rate", "per_unit", "amount", "matrix", "rank"]
Over = Literal["each", "period", "quarter", "year", "plan"]
Unit = Literal["own", "team", "roll_up", "company"]
Fallback = Literal["team", "company", "target", "reweight", "nothing"]
Among = Literal["plan", "team", "company"]
Shared = Literal["equal", "coverage", "target_pay", "shapley"]
Per = Literal["window", "period", "year"]
Test = Literal["at_least", "more_than", "at_most", "less_than"]

REWARDS = ("sale", "speed", "rules", "customer_outcome", "collaboration", "learning")
TESTS: tuple[Test, ...] = ("at_least", "more_than", "at_most", "less_than")
FALLBACKS: tuple[Fallback, ...] = ("team", "company", "target", "reweight", "nothing")
DAY_HOLD = "day"
MILESTONES = ("delivered", "installed", "went_live", "first_value", "trained", "adopted", "handed_over")


@dataclass(frozen=True)
class Value:
    """What a point of a shape pays: a percentage or a plain number, and a fee paid once on entering the level."""

    number: Fraction
    percent: bool
    fee: Fraction = Fraction(0)


@dataclass(frozen=True)
class Point:
    """A boundary and what is paid from it on; `below` is the value just under it where a curve jumps."""

    key: Fraction
    value: Value
    below: Value | None = None


@dataclass(frozen=True)
class Shape:
    """How what was reached becomes pay. Keys are attainment where `percent_keys`, else in the measure's unit."""

    kind: ShapeKind
    points: tuple[Point, ...]
    percent_keys: bool
    ties_lower: bool = False

    @property
    def percent_values(self) -> bool:
        """Are its values percentages (of the target, or of the amount), not money?"""
        return self.points[0].value.percent


@dataclass(frozen=True)
class Share:
    """A row of credit's share for `who`: `deal_shares`, `owner`, or a role of coverage."""

    who: str
    share: Fraction


@dataclass(frozen=True)
class CreditRow:
    """Who stands behind an outcome. Shares add to 100% unless the row is an overlay."""

    name: str
    shares: tuple[Share, ...]
    overlay: bool = False


@dataclass(frozen=True)
class Saved:
    """What counts as a save: notice, a rescue logged within days, still a customer after days, and content.

    Content is an answer to the survey of the kind `content` at `satisfied_from` of its scale or above; None: the
    company's own point.
    """

    rescue_within: int
    still_after: int
    content: str | None = None
    satisfied_from: Fraction | None = None


@dataclass(frozen=True)
class Grace:
    """A customer whom nobody covered for so many days before the person took over: losses are spared for `periods`."""

    unmanaged_days: int
    periods: int


@dataclass(frozen=True)
class BookException:
    """An approved exception for the facts of a customer's days: counts for a person or nobody, or losses are spared."""

    customer: str
    person: str
    does: Literal["person", "nobody", "spares"]
    from_on: date
    to_on: date
    because: str
    approved_by: str


@dataclass(frozen=True)
class Book:
    """Who holds a customer in a period: who covers them on the day `held_on`, for so long before.

    `held_on` is `first day`, `last day` or `last day but one` of the plan's period.
    """

    held_on: str
    held_months: int
    held_days: int
    grace: Grace | None
    exceptions: tuple[BookException, ...]


@dataclass(frozen=True)
class Step:
    """A share that holds up to and with day `until`; None is `later`."""

    until: int | None
    share: Fraction


@dataclass(frozen=True)
class RampStep:
    """The share that holds up to and with the month `until` in a role; None is `later`."""

    until: int | None
    share: Fraction


@dataclass(frozen=True)
class Hold:
    """What waits: `share` of the pay of each fact until a milestone, a payment (`paid`) or the day `until_on`."""

    share: Fraction
    until: str
    schedule: tuple[Step, ...]
    until_on: date | None = None

    @property
    def is_certain(self) -> bool:
        """Is all of it released in the end, so that it is earned at once and only not yet payable?"""
        return all(step.share == 1 for step in self.schedule)


@dataclass(frozen=True)
class Amount:
    """An amount per period of the plan: money, or a share of the person's target pay."""

    number: Fraction
    percent: bool


@dataclass(frozen=True)
class Draw:
    """What a period's pay is lifted to. Recoverable: the person owes it, and it is taken from pay above the draw.

    `periods` from the person's first one (0: without end); recovered from period `recovers_from` on, `share` of what is
    above the draw, at most `at_most` of each payout.
    """

    amount: Amount
    recoverable: bool
    periods: int
    recovers_from: int
    share: Fraction
    at_most: Fraction


@dataclass(frozen=True)
class Guarantee:
    """What a period's pay is lifted to and never recovered, for so many periods (0: without end)."""

    amount: Amount
    periods: int


@dataclass(frozen=True)
class Transition:
    """For so many months, a period's pay is not below what the plan `not_below` would have paid."""

    not_below: str
    months: int
    line: int = 1


@dataclass(frozen=True)
class Lifts:
    """What a period's pay is lifted to, where it is lower."""

    draw: Draw | None = None
    guarantee: Guarantee | None = None
    transition: Transition | None = None


@dataclass(frozen=True)
class OnLeaving:
    """What becomes of holds, advances and an unrecovered draw when the person leaves."""

    holds_lost: bool = False
    advances_earned: bool = False
    draw_forgiven: bool = False


@dataclass(frozen=True)
class TakeBack:
    """What is taken back when the customer leaves, by the days since signing; what is paid is an advance until then."""

    says: str
    schedule: tuple[Step, ...]
    not_for: tuple[str, ...]
    recovered_at_most: Fraction


@dataclass(frozen=True)
class Evidence:
    """How much a measure needs before it pays, and what is paid where there is less.

    `looking_back` is in months (0: the part's own window). Fallbacks are tried in their order.
    """

    at_least: int
    looking_back: int
    credible: bool
    otherwise: tuple[Fallback, ...]


@dataclass(frozen=True)
class Limit:
    """The most or least that a part pays `per` window, plan period or fiscal year: money, or a share of its target."""

    number: Fraction
    percent: bool
    per: Per = "window"


@dataclass(frozen=True)
class Reading:
    """Something else that a part looks at, over its own window: a condition's measure, for example. It pays nothing.

    `name` is what it is called beside the part; with fewer than `answers` a score is unknown.
    """

    name: str
    measure: str
    unit: Unit
    credit: tuple[str, ...]
    against: str
    to_date: bool
    answers: int = 1


@dataclass(frozen=True)
class Gate:
    """What must hold for a part to pay in full; where it does not, the share `otherwise` is paid."""

    reading: Reading
    test: Test
    bound: Fraction
    percent: bool
    otherwise: Fraction
    unknown_pays: bool


@dataclass(frozen=True)
class Blend:
    """Attainments of several amounts, averaged by weight; one below `each_at_least` counts nothing."""

    of: tuple[tuple[Reading, Fraction], ...]
    each_at_least: Fraction


@dataclass(frozen=True)
class Cell:
    """What a matrix pays from a level of the part's measure (`outer`) and a level of the other one (`inner`) on."""

    outer: Fraction
    inner: Fraction
    value: Value


@dataclass(frozen=True)
class Matrix:
    """What is paid by two measures: the part's own and `by`."""

    by: Reading
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Kicker:
    """By what a fact counts more (or less) in a part's pay, if it has one of the values of each word."""

    fits: tuple[tuple[str, tuple[str, ...]], ...]
    factor: Fraction


@dataclass(frozen=True)
class Multiplier:
    """By what a part's pay is multiplied, as a curve on another measure; by 1 where that is unknown."""

    reading: Reading
    curve: Shape


@dataclass(frozen=True)
class Part:
    """One reason for pay: what it measures, over which window, what it pays, holds and takes back.

    `on_leaving`: kept or lost, where it says something else of its holds than the plan.
    `despite` is the reason for paying on what `plan check` would refuse.
    """

    name: str
    weight: Fraction | None
    on_top: bool
    rewards: str
    says: str
    measure: str
    unit: Unit
    credit: tuple[str, ...]
    against: str
    to_date: bool
    over: Over
    shape: Shape
    evidence: Evidence | None
    hold: Hold | None
    take_back: TakeBack | None
    at_most: Limit | None
    at_least: Limit | None
    line: int
    on_leaving: str = ""
    gates: tuple[Gate, ...] = ()
    times: tuple[Multiplier, ...] = ()
    most: tuple[Limit, ...] = ()
    least: tuple[Limit, ...] = ()
    carried: bool = False
    blend: Blend | None = None
    matrix: Matrix | None = None
    among: Among | None = None
    pool: Shared | None = None
    kickers: tuple[Kicker, ...] = ()
    spiff: tuple[date, date] | None = None
    despite: str = ""

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Everything else that it looks at."""
        blended = tuple(reading for reading, _ in self.blend.of) if self.blend else ()
        crossed = (self.matrix.by,) if self.matrix else ()
        own = (self.pooled,) if self.pooled else ()
        return (*blended, *crossed, *own, *(gate.reading for gate in self.gates), *(one.reading for one in self.times))

    @property
    def pooled(self) -> Reading | None:
        """What each member's own facts are, where the unit's amount is shared by them."""
        if self.pool not in ("coverage", "shapley"):
            return None
        return Reading(f"{self.name}: shared", self.measure, "own", self.credit, "nothing", self.to_date)

    @property
    def span(self) -> str:
        """Its window by name: a spiff has one of its own; a fact paid by itself lies in a period."""
        return f"spiff {self.name}" if self.spiff else "period" if self.over == "each" else self.over

    @property
    def is_adjusted(self) -> bool:
        """Does more than its shape and a limit of its window decide what it pays?"""
        return bool(self.readings or self.most or self.least or self.carried or self.among or self.kickers or self.pool)


@dataclass(frozen=True)
class AlsoPays:
    """What people in `role` get for their credited share under the credit row `row`, beside any plan of their own."""

    role: str
    row: str
    shape: Shape
    rewards: str
    says: str
    line: int


@dataclass(frozen=True)
class Example:
    """A worked example: what is given, and what each part must come to, in all or (`by_period`) period by period."""

    name: str
    given: Node
    expect: dict[str, Decimal]
    line: int
    by_period: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Rounding:
    """The one declared rounding of pay."""

    to: Decimal
    tie: Tie


@dataclass(frozen=True)
class Plan:
    """A version of a pay plan, read and checked. `applies_to` maps a word (role, segment, …) to the values it may have.

    `amended` says why it replaces the version before it. `rates` are what one unit of another
    currency is worth in the plan's, whatever the day. `ramp` has steps for `quota` and for `guarantee`.
    """

    name: str
    title: str
    applies_to: dict[str, tuple[str, ...]]
    from_on: date
    to_on: date | None
    period: PeriodKind
    currency: str
    target_pay: Decimal | None
    rounding: Rounding
    credit: tuple[CreditRow, ...]
    saved: Saved | None
    parts: tuple[Part, ...]
    also_pays: tuple[AlsoPays, ...]
    examples: tuple[Example, ...]
    file: str
    amended: str = ""
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    book: Book | None = None
    lifts: Lifts = field(default_factory=Lifts)
    on_leaving: OnLeaving = field(default_factory=OnLeaving)
    shadow: bool = False
    acceptance: bool = False
    ramp: Mapping[str, tuple[RampStep, ...]] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Which version this is: the day from which it is in force."""
        return self.from_on.isoformat()
