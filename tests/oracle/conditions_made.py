"""Conditions, multipliers and limits by period and year, thrown."""

from __future__ import annotations

from typing import Any

from .dice import Dice

Words = dict[str, Any]


def add_conditions(dice: Dice, part: Words) -> None:
    """A gate or two, a multiplier or two, limits by period and year."""
    each = part.get("over") == "each"
    if dice.one_in(2):
        part["only_if"] = _one_or_more([_gate(dice) for _ in range(dice.whole(1, 2))])
    if dice.one_in(2):
        part["times"] = _one_or_more([_times(dice) for _ in range(dice.whole(1, 2))])
    if not each and dice.one_in(2):
        _limits(dice, part)
    elif each and ("at_most" in part or dice.one_in(3)):
        most = {"fact": part["at_most"]} if "at_most" in part else {}
        most |= {of: dice.pick(["5000", "700.5", "1000.005"]) for of in ("period", "year") if dice.one_in(2)}
        part |= {"at_most": most} if most else {}


def _one_or_more(found: list[Words]) -> Any:
    return found[0] if len(found) == 1 else found


def _measured(dice: Dice) -> tuple[Words, str]:
    """What is looked at, and of which kind its numbers are: share, score or money."""
    measure = dice.pick(
        ["nps", "csat", "order_amount", "signed_annual_value", "invoiced_amount", "renewed_annual_value"]
    )
    if measure in ("nps", "csat"):
        more = {"answers": "30"} if dice.one_in(2) else {}
        return {"measure": measure, **more}, "score" if measure == "nps" else "share"
    against = dice.pick(["quota", "quota", "quota_to_date", "annual_value_due", None])
    more = {"against": against} if against else {}
    if dice.one_in(3):
        more["credit"] = dice.pick(["signed", "owned", "covered", "together"])
    if dice.one_in(4):
        more["of"] = dice.pick(["team", "roll_up", "company"])
    return {"measure": measure, **more}, "share" if against else "money"


def _gate(dice: Dice) -> Words:
    found, kind = _measured(dice)
    bounds = {"share": ["70%", "100%", "33.33%", "0%"], "score": ["20", "-10", "40.5"], "money": ["0", "1000", "20000"]}
    found[dice.pick(["at_least", "more_than", "at_most", "less_than"])] = dice.pick(bounds[kind])
    if dice.one_in(2):
        found["otherwise"] = dice.pick(["50%", "33.33%", "0%"])
    if dice.one_in(2):
        found["unknown"] = dice.pick(["pays", "fails"])
    return found


def _times(dice: Dice) -> Words:
    found, kind = _measured(dice)
    keys = {"share": ["0%", "60%", "80%", "95%"], "score": ["0", "20", "60"], "money": ["0", "5000", "60000"]}[kind]
    return {**found, "curve": {key: dice.pick(["80%", "100%", "120%", "33.33%", "0%"]) for key in keys}}


def _limits(dice: Dice, part: Words) -> None:
    if dice.one_in(3):
        part.pop("at_least", None)
        part["at_most"] = dice.pick(["5000", "300", "1000.005"])
        part["excess"] = "carried"
        return
    most = {of: dice.pick(["5000", "300", "1000.005"]) for of in ("period",) if dice.one_in(2)}
    most |= {of: dice.pick(["9000", "700.5"]) for of in ("year",) if dice.one_in(2)}
    least = {of: dice.pick(["25.5", "10"]) for of in ("period", "year") if dice.one_in(3)}
    for word, said in (("at_most", most), ("at_least", least)):
        part.pop(word, None)
        if said:
            part[word] = said
    if "period" in most and dice.one_in(2):
        part["excess"] = "carried"
