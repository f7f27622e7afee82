"""Draws and guarantees, thrown."""

from __future__ import annotations

from typing import Any

from .dice import Dice

Words = dict[str, Any]


def add_lifts(dice: Dice, plan: Words) -> None:
    """A guarantee, a draw, or both."""
    if dice.one_in(2):
        plan["guarantee"] = {"amount": _amount(dice, plan), **_for(dice)}
        if dice.one_in(2):
            return
    draw: Words = {"amount": _amount(dice, plan), **_for(dice)}
    if "guarantee" not in plan and dice.one_in(3):
        draw["recoverable"] = "false"
    else:
        recovers: Words = {}
        if dice.one_in(2):
            recovers["from"] = f"period {dice.whole(1, 4)}"
        if dice.one_in(2):
            recovers["share"] = dice.pick(["100%", "50%", "33.33%"])
        if dice.one_in(2):
            recovers["at_most"] = "25% of each payout"
        if recovers:
            draw["recovers"] = recovers
    plan["draw"] = draw


def add_ramp(dice: Dice, plan: Words) -> None:
    """Quota and guarantee by months in the role."""
    ramp = {"quota": _steps(dice, ["0%", "25%", "33.33%", "50%", "100%"])} if dice.one_in(2) else {}
    if "guarantee" not in plan and (not ramp or dice.one_in(2)):
        ramp["guarantee"] = _steps(dice, ["100%", "50%", "33.33%", "0%"])
    if ramp:
        plan["ramp"] = ramp


def _steps(dice: Dice, shares: list[str]) -> Words:
    keys = dice.some(["1 month", "2 months", "3 months", "6 months", "12 months"])
    return {key: dice.pick(shares) for key in [*keys, "later"]}


def add_transition(dice: Dice, plan: Words, old: Words) -> None:
    """Not below the plan before, whose periods are no longer."""
    lengths = {"month": 1, "quarter": 3, "year": 12}
    if lengths[old["period"]] <= lengths[plan["period"]] and old["currency"] == plan["currency"]:
        plan["transition"] = {
            "not_below": old["plan"],
            "for": dice.pick(["1 quarter", "2 quarters", "7 months", "1 year"]),
        }


def _amount(dice: Dice, plan: Words) -> str:
    return dice.pick(["1000", "3000.55", "250", *(["50%", "33.33%"] if "target_pay" in plan else [])])


def _for(dice: Dice) -> Words:
    return {"for": f"{dice.whole(1, 6)} periods"} if dice.one_in(2) else {}


def add_on_leaving(dice: Dice, plan: Words) -> None:
    """What becomes of holds and advances when the person leaves; a part may say so for itself."""
    plan["on_leaving"] = {"holds": dice.pick(["lost", "lost", "kept"]), "advances": dice.pick(["earned", "kept"]),
                          "draw": dice.pick(["owed", "forgiven"])}  # fmt: skip
    for part in plan["parts"].values():
        if "holds" in part and dice.one_in(3):
            part["on_leaving"] = dice.pick(["kept", "lost"])
