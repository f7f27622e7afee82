"""Books of customers, thrown. `@` stands for the company."""

from __future__ import annotations

from typing import Any

from .books import MEASURES
from .dice import Dice
from .plans import named

Words = dict[str, Any]


def goes_by_books(plan: Words) -> bool:
    """Does some part count what existing customers bring by a role?"""
    ordinary = ("signed", "owned")
    return any({str(part["measure"]), part.get("against")} & MEASURES and set(named(part.get("credit", ordinary[0]))) - set(ordinary)
               for part in plan["parts"].values())  # fmt: skip


def add_book(dice: Dice, plan: Words) -> None:
    """When a customer is somebody's, where some part goes by it."""
    if not goes_by_books(plan):
        return
    book: Words = {"held_on": dice.pick(["first day", "last day", "last day but one"])}
    if dice.one_in(2):
        book["held_at_least"] = dice.pick(["1 month", "30 days", "90 days", "2 months"])
    if not dice.one_in(3):
        book["grace"] = {"unmanaged_for": dice.pick(["90 days", "30 days", "0 days"]), "spares": "losses",
                         "for": dice.pick(["period", "2 periods"])}  # fmt: skip
    if dice.one_in(3):
        book["exceptions"] = [_exception(dice, f"c{number}") for number in range(1, dice.whole(1, 2) + 1)]
    plan["book"] = book


def _exception(dice: Dice, customer: str) -> Words:
    start, end = dice.pick([("2026-01-01", "2026-07-01"), ("2026-03-10", "2027-01-01"), ("2025-12-01", "2028-01-01")])
    does = dice.pick(
        [{"person": "@:p1"}, {"person": "@:p2"}, {"person": "nobody"}, {"spares": "losses"}, {"spares": "losses"}]
    )
    return {
        "customer": f"@:{customer}",
        "from": start,
        "to": end,
        "because": "so it was agreed",
        "approved_by": "Ann",
        **does,
    }
