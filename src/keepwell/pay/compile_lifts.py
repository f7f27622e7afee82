"""Which rows do a draw, a guarantee and a transition become, and in which scenario is a plan computed?

A shadow plan is computed in the scenario `shadow:PLAN`, and what the plan before would have paid in `transition:PLAN`:
neither pays anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from keepwell.core.periods import add_months, month_index
from keepwell.pay.plan import Amount, Plan
from keepwell.pay.plan_tables import ACTUAL

SHADOW, TRANSITION = "shadow:", "transition:"
Row = dict[str, Any]


def scenario_of(plan: Plan, scenario: str) -> str:
    """In which scenario is a plan computed? Only what is paid has a shadow; within a what-if or example it stands itself."""
    return f"{SHADOW}{plan.name}" if plan.shadow and scenario == ACTUAL else scenario


def old_scenario(plan: Plan, scenario: str) -> str:
    """In which scenario is what the plan before would have paid?"""
    return f"{'' if scenario == ACTUAL else scenario + '/'}{TRANSITION}{plan.name}"


def old_plans(plans: Iterable[Plan], scenario: str, among: Sequence[Plan]) -> Iterator[tuple[Plan, str]]:
    """The plans that transitions look back to, for the people and days of the new plan, each with its scenario."""
    seen: set[str] = set()
    for plan in sorted(plans, key=lambda one: one.from_on):
        transition = plan.lifts.transition
        if transition is None or plan.name in seen:
            continue
        seen.add(plan.name)
        old = old_plan(plan, among)
        if old is not None:
            until = add_months(plan.from_on, transition.months)
            yield replace(old, applies_to=plan.applies_to, from_on=plan.from_on, to_on=until, shadow=False, acceptance=False,
                          lifts=replace(old.lifts, transition=None)), old_scenario(plan, scenario_of(plan, scenario))  # fmt: skip


def old_plan(plan: Plan, among: Iterable[Plan]) -> Plan | None:
    """The version of the plan before that was in force when the new one began."""
    name = plan.lifts.transition.not_below if plan.lifts.transition else ""
    versions = sorted((one for one in among if one.name == name), key=lambda one: one.from_on)
    return next((one for one in reversed(versions) if one.from_on <= plan.from_on), next(iter(versions), None))


def floor_rows(plan: Plan, first: Plan, scenario: str) -> Iterator[Row]:
    """What a period's pay is lifted to; `first` is the plan's first version with a transition, from which it counts."""
    draw, guarantee, transition = plan.lifts.draw, plan.lifts.guarantee, plan.lifts.transition
    if draw is not None:
        yield _floor("draw" if draw.recoverable else "free_draw", draw.amount, draw.periods) | {
            "recovers_from": draw.recovers_from, "recovers_share": _decimal(draw.share, 6),
            "forgiven": plan.on_leaving.draw_forgiven,
        }  # fmt: skip
    if guarantee is not None:
        yield _floor("guarantee", guarantee.amount, guarantee.periods)
    if "guarantee" in plan.ramp:
        yield _floor("ramp", None, 0)
    if transition is not None:
        yield _floor("transition", None, 0) | {
            "old_scenario": old_scenario(plan, scenario), "old_plan": transition.not_below,
            "until_month": month_index(first.from_on) + transition.months,
        }  # fmt: skip


def _floor(kind: str, amount: Amount | None, periods: int) -> Row:
    number = _decimal(amount.number, 4) if amount else None
    return {
        "kind": kind, "amount": number if amount and not amount.percent else None,
        "share": number if amount and amount.percent else None, "periods": periods, "recovers_from": 1,
        "recovers_share": Decimal(1), "forgiven": False, "old_scenario": "", "old_plan": "", "until_month": None,
    }  # fmt: skip


def _decimal(number: Fraction, places: int) -> Decimal:
    return Decimal(round(number * 10**places)).scaleb(-places)
