"""How is `pays:` read: curve, steps, level, rate, per_unit, amount?

Boundaries ascend, keys are all percentages or all plain, values too; what a value means is decided by the part's weight.
"""

from __future__ import annotations

from fractions import Fraction
from typing import cast

from keepwell.pay.plan import Point, Shape, ShapeKind, Value
from keepwell.pay.vocabulary import FEE, PAYS, SHAPES, words_of
from keepwell.pay.words import Words, number_of, percent_of
from keepwell.project.yaml import Node

KINDS = cast("tuple[ShapeKind, ...]", tuple(SHAPES))
_NOTHING = Value(Fraction(0), percent=True)


def read_shape(words: Words, node: Node, what: str) -> Shape | None:
    """The shape that `pays:` says, or None with problems kept in `words`."""
    block = words.block(node, what, PAYS)
    said = [kind for kind in KINDS if kind in block]
    if len(said) != 1:
        if said or all(key in PAYS for key in node.block):
            words.say(node, "plan-shape", f"{what} must have one shape of pay", expected="one of " + ", ".join(KINDS))
        return None
    ties = words.choice(block.get("ties"), f"{what}: ties", words_of(PAYS["ties"]), "upper")
    return _points(words, block[said[0]], said[0], f"{what}: {said[0]}", ties_lower=ties == "lower")


def _points(words: Words, node: Node, kind: ShapeKind, what: str, *, ties_lower: bool) -> Shape | None:
    before = len(words.problems)
    if kind in ("rate", "per_unit") or (kind == "amount" and not node.block):
        return _single(words, node, kind, what)
    if not node.block:
        words.say(node, "plan-shape", f"{what} needs points, each a boundary and what it pays",
                  expected="such as {0%: 0%, 100%: 100%}")  # fmt: skip
        return None
    keys = [_key(words, node, text, what) for text in node.block]
    points = [
        Point(key, *_pair(words, child, kind, what))
        for (key, _), child in zip(keys, node.block.values(), strict=True)
    ]  # fmt: skip
    percent_keys = {percent for _, percent in keys}
    if len(words.problems) > before:
        return None
    if len(percent_keys) > 1:
        words.say(node, "plan-mixed-keys", f"{what} mixes percentages and plain numbers as boundaries",
                  expected="all of one kind")  # fmt: skip
        return None
    shape = Shape(kind, tuple(points), percent_keys == {True}, ties_lower)
    _check_points(words, node, shape, what)
    return shape if len(words.problems) == before else None


def _single(words: Words, node: Node, kind: ShapeKind, what: str) -> Shape | None:
    value = _value(words, node, what)
    if kind == "rate" and not value.percent:
        words.say(node, "plan-percent", f"{what} must be a percentage", expected="such as 2%; per_unit pays money")
        return None
    if kind == "per_unit" and value.percent:
        words.say(node, "plan-amount", f"{what} must be money per unit", expected="such as 5; rate pays a percentage")
        return None
    return Shape(kind, (Point(Fraction(0), value),), percent_keys=False)


def _key(words: Words, node: Node, text: str, what: str) -> tuple[Fraction, bool]:
    percent, plain = percent_of(text), number_of(text)
    if percent is None and plain is None:
        words.say(node, "plan-boundary", f"{what}: the boundary {text} is no number", expected="such as 50% or 10000",
                  line=node.key_lines[text])  # fmt: skip
    return (percent if percent is not None else plain or Fraction(0)), percent is not None


def _pair(words: Words, node: Node, kind: ShapeKind, what: str) -> tuple[Value, Value | None]:
    """A point's value and, where a curve jumps there, the value below it."""
    if not isinstance(node.value, list):
        return _value(words, node, what), None
    if kind != "curve" or len(node.value) != 2:
        words.say(node, "plan-jump", f"{what}: only a curve's point may be a pair, below it and from it on",
                  expected="[0%, 90%]")  # fmt: skip
        return _NOTHING, None
    below, value = (_value(words, item, what) for item in node.value)
    return value, below


def _value(words: Words, node: Node, what: str) -> Value:
    if isinstance(node.value, dict):
        block = words.block(node, what, FEE)
        rate = block.get("rate") or block.get("per_unit")
        if rate is None or ("rate" in block and "per_unit" in block):
            words.say(node, "plan-fee", f"{what} needs rate or per_unit beside plus",
                      expected="{per_unit: 5, plus: 3} or {rate: 2%, plus: 300}")  # fmt: skip
            return _NOTHING
        value = _value(words, rate, what)
        fee = number_of(block["plus"].raw) if "plus" in block else Fraction(0)
        if fee is None:
            words.say(block["plus"], "plan-fee", f"{what}: plus must be money", expected="such as 300")
        if value.percent != ("rate" in block):
            words.say(rate, "plan-fee", f"{what}: a rate is a percentage, per_unit is money")
        return Value(value.number, value.percent, fee or Fraction(0))
    percent, plain = percent_of(node.raw), number_of(node.raw)
    if percent is None and plain is None:
        words.say(node, "plan-value", f"{what} pays no number here", expected="such as 60% or 500")
    return Value(percent if percent is not None else plain or Fraction(0), percent is not None)


def _check_points(words: Words, node: Node, shape: Shape, what: str) -> None:
    texts = list(node.block)
    for (text, point), before in zip(list(zip(texts, shape.points, strict=True))[1:], shape.points, strict=False):
        if point.key <= before.key:
            words.say(node, "plan-boundaries", f"{what}: boundaries must ascend, {text} does not",
                      expected="each above the one before", line=node.key_lines[text])  # fmt: skip
    values = [value for point in shape.points for value in (point.value, point.below) if value is not None]
    if len({value.percent for value in values if value.percent or value.number}) > 1:
        words.say(node, "plan-mixed-values", f"{what} mixes percentages and plain numbers as values",
                  expected="all of one kind")  # fmt: skip
    if shape.kind in ("curve", "amount") and any(value.fee for value in values):
        words.say(node, "plan-fee", f"{what}: plus belongs to steps and level")
    if shape.kind == "curve" and len(shape.points) < 2 and shape.points[0].below is None:
        words.say(node, "plan-shape", f"{what} needs two points at least")
    if shape.ties_lower and shape.kind == "curve":
        words.say(node, "plan-ties", f"{what}: a curve has no ties; give a jump as a pair")
