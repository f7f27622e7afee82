"""How is an amount rounded, and how is it shared out so that nothing is lost?

Money is a `Decimal` with its currency; there is no way from a float to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Literal

Tie = Literal["half_even", "half_up"]
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Money:
    """An exact amount in a currency. Adding different currencies is a `ValueError`."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"money is a Decimal, not {type(self.amount).__name__}")

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add")
        return Money(self.amount + other.amount, self.currency)

    def __str__(self) -> str:
        return f"{self.amount:,.2f} {self.currency}"


def round_money(amount: Decimal | Fraction, to: Decimal = CENT, tie: Tie = "half_even") -> Decimal:
    """The amount rounded once, to a multiple of `to`.

    >>> round_money(Decimal("2.345")), round_money(Decimal("2.345"), tie="half_up")
    (Decimal('2.34'), Decimal('2.35'))
    """
    steps = Fraction(amount) / Fraction(to)
    whole, rest = divmod(steps, 1)
    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and (tie == "half_up" or whole % 2 == 1))
    if tie == "half_up" and steps < 0 and rest == Fraction(1, 2):
        up = False
    return ((whole + up) * to).quantize(to)


def share_out(amount: Decimal, shares: Sequence[Decimal | Fraction], to: Decimal = CENT) -> list[Decimal]:
    """Split an amount by shares so that the parts add up to it: what was given so far is rounded away from zero.

    >>> share_out(Decimal("100.00"), [Decimal(1)] * 3)
    [Decimal('33.34'), Decimal('33.33'), Decimal('33.33')]
    """
    total = sum((Fraction(share) for share in shares), Fraction(0))
    if total == 0:
        raise ValueError("shares add up to nothing")
    parts: list[Decimal] = []
    given, so_far = Decimal(0), Fraction(0)
    for share in shares:
        so_far += Fraction(share)
        exact = Fraction(amount) * so_far / total / Fraction(to)
        reached = ((ceil(exact) if exact > 0 else floor(exact)) * to).quantize(to)
        parts.append(reached - given)
        given = reached
    return parts
