"""Blends, matrices and ranks, thrown."""

from __future__ import annotations

from typing import Any

from .dice import Dice

Words = dict[str, Any]


def add_compared(dice: Dice, part: Words) -> None:
    """Instead of its shape a matrix or a rank; or instead of its measure a blend."""
    weighted = "weight" in part
    if part.get("over") == "each":
        return
    kind = dice.pick(["blend", "matrix", "rank"])
    if kind == "rank" and part.get("of") != "company":
        values = ["100%", "66.67%", "33.33%"] if weighted else ["500.55", "300", "100"]
        part["pays"] = {"rank": {str(place): value for place, value in enumerate(dice.some(values), 1)}}
        part["among"] = dice.pick(["plan", "team", "company"])
    elif kind == "matrix":
        _matrix(dice, part, weighted=weighted)
    elif kind == "blend":
        _blend(dice, part, weighted=weighted)


def _matrix(dice: Dice, part: Words, *, weighted: bool) -> None:
    by: Words = dice.pick([{"measure": "nps"}, {"measure": "csat", "answers": "30"}, {"measure": "order_amount"},
                           {"measure": "order_amount", "against": "quota"}, {"measure": "invoiced_amount", "of": "team"}])  # fmt: skip
    shares = by["measure"] == "csat" or "against" in by
    inner = ["0%", "66.67%", "100%"] if shares else ["-20", "20", "5000"]
    outer = ["0%", "50%", "100%"] if part.get("against", "nothing") != "nothing" else ["0", "1000", "60000.5"]
    values = ["0%", "50%", "120%", "33.33%"] if weighted else ["0", "100", "250.55", "1000"]
    inner, outer = dice.some(inner), dice.some(outer)
    part["pays"] = {
        "matrix": {"by": by, "levels": {key: {other: dice.pick(values) for other in inner} for key in outer}}
    }


def _blend(dice: Dice, part: Words, *, weighted: bool) -> None:
    weights = dice.pick([["60%", "40%"], ["33.33%", "66.67%"], ["50%", "25%", "25%"]])
    measures = ["signed_annual_value", "order_amount", "invoiced_amount"]
    part["measure"] = {"blend": dict(zip(measures, weights, strict=False))}
    if dice.one_in(2):
        part["measure"]["each_at_least"] = dice.pick(["50%", "85%"])
    part["against"] = dice.pick(["quota", "quota_to_date"])
    values = ["0%", "50%", "100%", "200%"] if weighted else ["0", "100", "250.55", "1000"]
    keys = dice.some(["0%", "50%", "85%", "120%"], 2)
    part["pays"] = {dice.pick(["curve", "amount"]): {key: dice.pick(values) for key in keys}}
