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


def _amount(dice: Dice, plan: Words) -> str:
    return dice.pick(["1000", "3000.55", "250", *(["50%", "33.33%"] if "target_pay" in plan else [])])


def _for(dice: Dice) -> Words:
    return {"for": f"{dice.whole(1, 6)} periods"} if dice.one_in(2) else {}


def add_on_leaving(dice: Dice, plan: Words) -> None:
    """What becomes of holds and advances when the person leaves; a part may say so for itself."""
    plan["on_leaving"] = {"holds": dice.pick(["lost", "lost", "kept"]), "advances": dice.pick(["earned", "kept"])}
    for part in plan["parts"].values():
        if "holds" in part and dice.one_in(3):
            part["on_leaving"] = dice.pick(["kept", "lost"])
