"""How is a line told that belongs to a whole period: a guarantee, a draw and its recovery, a transition?"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from keepwell.pay import say
from keepwell.pay.plan import Plan

LIFTED = ("guaranteed", "transition", "drawn")
MOVEMENTS = (*LIFTED, "draw_due", "forgiven")
TITLES = {
    "guaranteed": "Guarantee",
    "transition": "Transition",
    "drawn": "Draw",
    "draw_due": "Draw",
    "forgiven": "Draw",
}
Row = dict[str, Any]


def sentence(row: Row, plan: Plan | None) -> str:
    """Why a line of the whole period is there, as now known, with its numbers."""
    money: Callable[[Any], str] = lambda amount: say.money(amount, row["currency"])  # noqa: E731
    now = abs(row["settled"] + row["amount"])
    pay, level = row["counted"] or Decimal(0), row["part_pay"]
    match row["movement"]:
        case "guaranteed":
            return _lifted(money(pay), "the guarantee", money(level), money(now), "is paid on top") if now else \
                f"Your pay of {money(pay)} is not below the guarantee, so nothing is paid on top."  # fmt: skip
        case "transition":
            before = plan.lifts.transition.not_below if plan and plan.lifts.transition else "the plan before"
            told = f"{before} would have paid {money(level)} for this period, and this plan pays {money(pay)}"
            return f"{told}, so {money(now)} is paid on top." if now else f"{told}, so nothing is paid on top."
        case "drawn":
            if not now:
                return f"Your pay of {money(pay)} is not below the draw, so nothing is paid on top."
            said = _lifted(
                money(pay), "the draw", money(level), money(now), "is advanced" if row["draw"] else "is paid on top"
            )
            return said + (
                f" You owe {money(row['balance'])} of it{_recovered(plan)}." if row["draw"] else " You do not owe it."
            )
        case "draw_due":
            return _due(row, money)
    return f"You have left, and what was left of the draw is written off: {money(now)}."


def _lifted(pay: str, name: str, level: str, top: str, verb: str) -> str:
    return f"Your pay of {pay} is below {name} of {level}, so {top} {verb}."


def _recovered(plan: Plan | None) -> str:
    draw = plan.lifts.draw if plan else None
    if draw is None:
        return ""
    share = "" if draw.share == 1 else f"{say.share(draw.share)} of "
    when = "" if draw.recovers_from == 1 else f" from your {say.ordinal(draw.recovers_from)} period on"
    return f"; it is recovered{when} from {share}what your pay is above the draw"


def _due(row: Row, money: Callable[[Any], str]) -> str:
    now = abs(row["settled"] + row["amount"])
    left = f" {money(row['balance'])} of the draw is then still owed." if row["balance"] else ""
    if row["part_pay"] is None and not row["counted"]:
        return f"You are no longer under the plan, so what is left of the draw is due: {money(now)}."
    if not now:
        return f"Your pay of {money(row['counted'])} leaves nothing to recover of the draw.{left}"
    level = f"the draw of {money(row['part_pay'])}" if row["part_pay"] is not None else "any draw"
    return f"Your pay of {money(row['counted'])} is above {level}, so {money(now)} of what was drawn is due.{left}"
