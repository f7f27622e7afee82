"""Kickers, offers of their own days and plan rates, thrown."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from .dice import Dice

Words = dict[str, Any]
PRODUCTS = ("Care", "Help", "Other")


def add_kickers(dice: Dice, part: Words) -> None:
    """One to three kickers beside what else multiplies."""
    said = part.get("times", [])
    found = [{"for": _for(dice), "kicker": dice.pick(["120%", "150%", "33.33%", "110.5%", "0%"])}
             for _ in range(dice.whole(1, 3))]  # fmt: skip
    both = [*(said if isinstance(said, list) else [said]), *found]
    part["times"] = both[0] if len(both) == 1 else both


def _for(dice: Dice) -> Words:
    choices: list[Words] = [
        {"product": ["Care", "Help"]}, {"product": "Other"}, {"kind": ["new", "renewal"]}, {"first_deal": "true"},
        {"segment": "small"}, {"customer": ["c1", "@:c3"]}, {"product": "Care", "kind": "new"},
        {"segment": ["small", "large"], "first_deal": "true"},
    ]  # fmt: skip
    return dice.pick(choices)


def add_spiff(dice: Dice, part: Words) -> Words:
    """The same part as an offer of its own days: beside the target, against nothing."""
    starts = dice.day(date(2025, 12, 1), date(2026, 12, 1))
    ends = starts + timedelta(days=dice.pick([1, 14, 30, 61, 200]))
    kept = {word: value for word, value in part.items() if word not in ("weight", "against", "over", "excess")}
    if isinstance(kept.get("at_most"), dict):
        kept["at_most"] = {of: most for of, most in kept["at_most"].items() if of != "fact"} or "5000"
    return {**kept, "on_top": "true", "spiff": {"from": starts.isoformat(), "to": ends.isoformat()}}


def plan_rates(dice: Dice, currency: str) -> Words:
    """What the plan says one unit of other currencies is worth."""
    said = {"USD": "0.92", "EUR": "1.08", "CHF": "1.05", "JPY": "0.0061234", "GBP": "1.15"}
    rates = {name: said[name] for name in dice.some([*said]) if name != currency}
    return {"rates": rates} if rates else {}
