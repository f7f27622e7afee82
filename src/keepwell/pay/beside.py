"""What would the person have under another plan for the same period, part by part, and why does it differ?

The other plan is one in the shadow, or the one before, as long as a transition looks back to it. Neither pays anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain

import pyarrow as pa

from keepwell.core.errors import MissingError
from keepwell.core.periods import Period
from keepwell.pay import say
from keepwell.pay.chosen import rows_where
from keepwell.pay.compile_lifts import SHADOW, TRANSITION, old_plans
from keepwell.pay.plan import Plan
from keepwell.pay.plan_tables import ACTUAL
from keepwell.pay.statement import Names, Statement, StatementPart, statement

ZERO = Decimal(0)


@dataclass(frozen=True)
class BesidePart:
    """A part under both plans: what it pays (None: the plan has no such part), and why that differs."""

    part: str
    title: str
    paid: Decimal | None
    beside: Decimal | None
    why: str

    @property
    def difference(self) -> Decimal:
        """What the other plan gives more."""
        return (self.beside or ZERO) - (self.paid or ZERO)


@dataclass(frozen=True)
class Beside:
    """A statement and the same period under another plan; what all parts come to, and what would be payable."""

    paid: Statement
    beside: Statement
    kind: str
    parts: tuple[BesidePart, ...]

    @property
    def difference(self) -> Decimal:
        """What would be payable more under the other plan."""
        return self.beside.payable - self.paid.payable


def statements_beside(tables: Mapping[str, pa.Table], plans: Sequence[Plan], person_id: str, period: Period, *,
                      as_of: date | None = None, customer: Names = str) -> list[Beside]:  # fmt: skip
    """The person's statement beside each other plan that is computed for them. Raises `MissingError` (`beside-missing`)."""
    rows = rows_where(tables["pay_lines"], person_id=person_id, period=period.first_month)
    others = sorted({row["scenario"] for row in rows} - {ACTUAL})
    if not others:
        raise MissingError("beside-missing", f"nothing is computed beside the pay of {person_id} in {period}",
                           hint="a plan with shadow: true, or with a transition, is")  # fmt: skip
    befores = [plan for plan, _ in old_plans(plans, ACTUAL, plans)]
    known = list({(plan.name, plan.version): plan for plan in chain(plans, befores)}.values())
    try:
        paid = statement(tables, known, person_id, period, as_of=as_of, customer=customer)
    except MissingError:
        paid = None
    found = []
    for scenario in others:
        other = statement(tables, known, person_id, period, as_of=as_of, customer=customer, scenario=scenario)
        first = paid or replace(
            other, plan="", plan_title="no plan", payable=ZERO, earned=ZERO, parts=(), lines=(), lifted=ZERO
        )
        kind = "in the shadow" if scenario.startswith(SHADOW) and TRANSITION not in scenario else "the plan before"
        found.append(Beside(first, other, kind, tuple(_parts(first, other))))
    return found


def _parts(paid: Statement, other: Statement) -> Iterator[BesidePart]:
    mine = {part.part: part for part in paid.parts}
    theirs = {part.part: part for part in other.parts}
    for name in dict.fromkeys((*mine, *theirs)):
        one, two = mine.get(name), theirs.get(name)
        title = (one or two or paid.parts[0]).title
        yield BesidePart(name, title, one.amount if one else None, two.amount if two else None,
                         _why(one, two, paid.currency, other.plan_title))  # fmt: skip
    for title, left, right in (("Guarantee, transition, draw", paid.lifted, other.lifted),
                               ("Held for now", -paid.held, -other.held)):  # fmt: skip
        if left or right:
            yield BesidePart("", title, left, right, "")


def _why(one: StatementPart | None, two: StatementPart | None, currency: str, other: str) -> str:
    if one is None or two is None:
        return f"Only {other} has this part." if one is None else f"{other} has no such part."
    if one.amount == two.amount:
        return "The same."
    said = [*_differences(one, two, currency)]
    if not said:
        return f"For the same result, {other} pays otherwise."
    return "; ".join(said) + "."


def _differences(one: StatementPart, two: StatementPart, currency: str) -> Iterator[str]:
    """What is otherwise in what a part looks at, in words; how it pays differs where nothing of that does."""
    if one.measure != two.measure:
        yield f"it looks at {two.measure}, not at {one.measure}"
    elif one.value != two.value:
        yield f"it counts {_value(two, currency)}, not {_value(one, currency)}"
    if one.against != two.against:
        yield f"against {_asked(two, currency)}, not {_asked(one, currency)}"
    if one.weight != two.weight:
        yield f"it has {_weight(two)} of target pay, not {_weight(one)}"
    elif one.target != two.target:
        yield f"its target is {say.money(two.target, currency)}, not {say.money(one.target, currency)}"


def _value(part: StatementPart, currency: str) -> str:
    if part.unit == "money":
        return say.amount_of(part.value, currency)
    return say.share(part.value) if part.unit == "share" else say.number(part.value, 2)


def _asked(part: StatementPart, currency: str) -> str:
    return "nothing" if part.against is None else say.amount_of(part.against, currency)


def _weight(part: StatementPart) -> str:
    return "no share" if part.weight is None else say.share(part.weight)
