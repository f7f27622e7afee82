"""What does a shape pay? Curve, steps, level, rate, per unit, amount, each by its own words."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .plans import is_percent, number

Words = dict[str, Any]


class Shape:
    """`pays:` of a part. `gives(k)`: the shape's value at k; `fee(k)`: what is paid once beside it."""

    def __init__(self, words: Words) -> None:
        self.kind = next(kind for kind in ("curve", "steps", "level", "rate", "per_unit", "amount") if kind in words)
        self.lower = words.get("ties") == "lower"
        said = words[self.kind]
        self.points: dict[str, Any] = said if isinstance(said, dict) else {}
        self.single = None if self.points else number(said)
        self.percent_keys = any(is_percent(key) for key in self.points)
        values = [said] if not self.points else list(self.points.values())
        self.percent_values = any(is_percent(text) for value in values for text in _texts(value))
        self.keys = [number(key) for key in self.points]
        self.rates = [_rate(value) for value in self.points.values()]
        self.fees = [_fee(value) for value in self.points.values()]

    def gives(self, k: Fraction) -> Fraction:
        """A curve's or amount's value; of steps, level, rate and per_unit what they make of k."""
        if self.single is not None:
            return self.single if self.kind == "amount" else self.single * k
        if self.kind == "curve":
            return self._curve(k)
        if self.kind == "steps":
            return self._steps(k)
        reached = self._reached(k)
        if not reached:
            return self.rates[0] * k if self.kind == "level" and self.keys[0] == 0 else Fraction(0)
        return self.rates[reached - 1] * (k if self.kind == "level" else 1)

    def fee(self, k: Fraction) -> Fraction:
        """Once per level entered; of `level`, that of the one reached."""
        reached = self._reached(k) if self.points and self.kind in ("steps", "level") else 0
        if not reached:
            return Fraction(0)
        return self.fees[reached - 1] if self.kind == "level" else sum(self.fees[:reached], Fraction(0))

    def _reached(self, k: Fraction) -> int:
        """How many levels are entered: a boundary opens its level; with ties lower only what lies above it does."""
        entered = [k >= key if place == 0 or not self.lower else k > key for place, key in enumerate(self.keys)]
        return sum(entered)

    def _steps(self, k: Fraction) -> Fraction:
        if k < 0 and self.keys[0] == 0:
            return self.rates[0] * k
        ends: list[Fraction | None] = [*self.keys[1:], None]
        total = Fraction(0)
        for start, end, rate in zip(self.keys, ends, self.rates, strict=True):
            top = k if end is None else min(k, end)
            total += max(top - start, Fraction(0)) * rate
        return total

    def _curve(self, k: Fraction) -> Fraction:
        pairs = [(number(value[0]), number(value[1])) if isinstance(value, list) else (number(value),) * 2
                 for value in self.points.values()]  # fmt: skip
        if k < self.keys[0]:
            return pairs[0][0]
        for place, key in enumerate(self.keys[:-1]):
            after = self.keys[place + 1]
            if k < after:
                start, end = pairs[place][1], pairs[place + 1][0]
                return start + (end - start) * (k - key) / (after - key)
        return pairs[-1][1]


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return list(value)
    if isinstance(value, dict):
        return [value["rate"] if "rate" in value else value["per_unit"]]
    return [value]


def _rate(value: Any) -> Fraction:
    return number(_texts(value)[-1])


def _fee(value: Any) -> Fraction:
    return number(value["plus"]) if isinstance(value, dict) and "plus" in value else Fraction(0)


def exact_pay(shape: Shape, counted: Fraction, base: Fraction | None, target: Fraction | None) -> Fraction:
    """What a shape pays for an amount: with a target shares of it, without one of the amount, or money.

    `base`: what the amount is set against; None: nothing.
    """
    attainment = counted / base if base is not None else None
    if target is not None:
        return _of_target(shape, counted, base, attainment, target)
    k = attainment if shape.percent_keys and attainment is not None else counted
    value, fee = shape.gives(k), shape.fee(k)
    if shape.kind in ("curve", "amount"):
        # a percentage is of the amount, a plain number is money
        return value * counted if shape.percent_values else value
    if shape.percent_keys and base is not None:
        # slices of attainment are slices of the amount: so much of it per unit
        return value * base + fee
    return value + fee


def _of_target(shape: Shape, counted: Fraction, base: Fraction | None, attainment: Fraction | None,
               target: Fraction) -> Fraction:  # fmt: skip
    if shape.kind in ("curve", "amount"):
        return target * shape.gives(attainment if shape.percent_keys and attainment is not None else counted)
    if base is None or attainment is None:
        raise AssertionError("with a weight, steps, level and rate are of attainment")
    if shape.percent_keys or shape.kind == "rate":
        return target * shape.gives(attainment) + shape.fee(attainment)
    # boundaries in the measure's unit: each slice is that part of what it is set against
    return target * shape.gives(counted) / base + shape.fee(counted)
