"""A plan file as the language's documents explain it: every scalar is text, every number a fraction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

import yaml

from .days import LENGTHS

Words = dict[str, Any]
AMOUNTS = frozenset({"signed_annual_value", "signed_amount", "order_amount", "annual_value_due", "renewed_annual_value",
                     "saved", "invoiced_amount", "paid_amount"})  # fmt: skip
_OVER = {"quarter to date": 3, "year to date": 12}


def is_percent(text: str) -> bool:
    """Is it written as a percentage?"""
    return text.strip().endswith("%")


@cache
def number(text: str) -> Fraction:
    """The exact number that a text means: 12.5% is an eighth."""
    bare = text.strip().replace("_", "")
    return Fraction(bare.rstrip("%").strip()) / 100 if is_percent(bare) else Fraction(bare)


def days(text: str) -> int:
    """`90 days`."""
    return int(text.split(maxsplit=1)[0])


def named(value: Any) -> list[str]:
    """One name, or a list of them."""
    return list(value) if isinstance(value, list) else [value]


def schedule(words: Words) -> list[tuple[int | None, Fraction]]:
    """Shares by their last day; None: later."""
    return [(None if key == "later" else days(key), number(value)) for key, value in words.items()]


def share_on(steps: list[tuple[int | None, Fraction]], day: int) -> Fraction:
    """What a schedule says of a day."""
    return next(share for last, share in steps if last is None or day <= last)


@dataclass(frozen=True)
class CreditRow:
    """Who stands behind an outcome, in the order in which the plan says it."""

    name: str
    shares: tuple[tuple[str, Fraction], ...]
    overlay: bool


@dataclass(frozen=True, eq=False)
class Plan:
    """One version of a plan, as its file says it."""

    words: Words

    @cached_property
    def name(self) -> str:
        return str(self.words["plan"])

    @cached_property
    def from_on(self) -> date:
        return date.fromisoformat(self.words["effective"]["from"])

    @cached_property
    def version(self) -> str:
        return self.from_on.isoformat()

    @cached_property
    def to_on(self) -> date | None:
        until = self.words["effective"].get("to")
        return date.fromisoformat(until) if until else None

    @cached_property
    def months(self) -> int:
        return LENGTHS[self.words["period"]]

    @property
    def currency(self) -> str:
        return str(self.words.get("currency", "EUR"))

    @cached_property
    def target_pay(self) -> Fraction | None:
        return number(self.words["target_pay"]) if "target_pay" in self.words else None

    @cached_property
    def parts(self) -> dict[str, Words]:
        return {name: _named_measure(words) for name, words in self.words["parts"].items()}

    @cached_property
    def also_pays(self) -> dict[str, Words]:
        return dict(self.words.get("also_pays", {}))

    @cached_property
    def credit(self) -> dict[str, CreditRow]:
        rows = {}
        for name, words in self.words.get("credit", {}).items():
            shares = tuple((who, number(share)) for who, share in words.items() if who != "overlay")
            rows[name] = CreditRow(name, shares, words.get("overlay") == "true")
        return rows

    def weight(self, part: str) -> Fraction | None:
        """A part's share of the target."""
        words = self.parts[part]
        return number(words["weight"]) if "weight" in words else None

    def on_top(self, part: str) -> bool:
        """Is it paid beside the parts that add to 100%?"""
        return self.parts[part].get("on_top") == "true"

    def span(self, part: str) -> int | str:
        """How many months a part's window has; or `plan`, or `each`."""
        if "spiff" in self.parts[part]:
            return f"spiff {part}"
        over = self.parts[part].get("over", "period")
        if over in ("each", "plan to date"):
            return str(over).split()[0]
        return max(_OVER.get(over, 0), self.months)

    def rounded(self, amount: Fraction) -> Fraction:
        """Rounded once, as the plan says."""
        said = self.words.get("rounding", {})
        return round_to(amount, number(said.get("to", "0.01")), half_up=said.get("tie") == "half_up")

    @cached_property
    def grain(self) -> Fraction:
        """To what pay is rounded."""
        return number(self.words.get("rounding", {}).get("to", "0.01"))

    @property
    def recovered_at_most(self) -> Fraction:
        """The share of a payout that may be recovered: the least that any part says."""
        said = [part["takes_back"].get("recovered", {}).get("at_most") for part in self.parts.values()
                if "takes_back" in part]  # fmt: skip
        said.append(self.words.get("draw", {}).get("recovers", {}).get("at_most"))
        return min((number(text.removesuffix("of each payout")) for text in said if text), default=Fraction(1))


def _named_measure(words: Words) -> Words:
    """A part whose measure has a name: that of a blend is `blend`."""
    return {**words, **words["measure"], "measure": "blend"} if isinstance(words["measure"], dict) else words


def read(text: str) -> Plan:
    """The plan that a file says."""
    return Plan(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - texts only


def round_to(amount: Fraction, step: Fraction, *, half_up: bool = False) -> Fraction:
    """The nearest multiple; ties to the even one, or away from zero."""
    whole, rest = divmod(abs(amount) / step, 1)
    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and (half_up or whole % 2 == 1))
    return (whole + up) * step * (-1 if amount < 0 else 1)


def away_from_zero(amount: Fraction, step: Fraction) -> Fraction:
    """The next multiple away from zero."""
    whole, rest = divmod(abs(amount) / step, 1)
    return (whole + (rest > 0)) * step * (-1 if amount < 0 else 1)
