"""What is a person's target pay under a plan? For letters; pay itself takes it day by day from the models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from keepwell.core.money import CENT, round_money
from keepwell.core.periods import MONTHS_IN
from keepwell.pay.plan import Plan

_FAR = date.max


def target_of_person(plan: Plan, positions: Iterable[Mapping[str, Any]]) -> Decimal | None:
    """Variable pay at target for a full period, by the person's first position under the plan; None where none is said.

    The plan's own target pay, or the position's (per year), times the position's part of full time.
    """
    ends = plan.to_on or _FAR
    under = [row for row in positions if row["from_on"] < ends and (row["to_on"] or _FAR) > plan.from_on
             and _claimed(plan, row)]  # fmt: skip
    if not under:
        return plan.target_pay
    row = min(under, key=lambda one: one["from_on"])
    whole = Fraction(plan.target_pay) if plan.target_pay is not None else \
        Fraction(row["target_pay"]) * MONTHS_IN[plan.period] / 12 if row["target_pay"] is not None else None  # fmt: skip
    if whole is None:
        return None
    full_time = Fraction(row["fte"]) if row["fte"] is not None else Fraction(1)
    exact = whole * full_time
    return round_money(Decimal(exact.numerator) / Decimal(exact.denominator), CENT)


def _claimed(plan: Plan, row: Mapping[str, Any]) -> bool:
    known = {"role": "role", "segment": "segment", "region": "region", "team": "team_id", "person": "person_id"}
    return all(row.get(known[word]) in values for word, values in plan.applies_to.items() if word in known)
