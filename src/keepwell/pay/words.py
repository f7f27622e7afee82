"""How are the small words of a plan read: 60%, 90 days, 30 answers, 2 quarters, {per_unit: 5, plus: 3}?

A `Words` reader collects a `Problem` for everything it cannot read and goes on, so that all is said at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from keepwell.core.errors import Problem, nearest
from keepwell.project.yaml import Node

_PERCENT = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*%")
_PLAIN = re.compile(r"[+-]?\d+(?:_?\d+)*(?:\.\d+)?")
_DAYS = re.compile(r"(\d+)\s+days?")
_COUNT = re.compile(r"(\d+)(?:\s+[a-z_ ]+)?")
_SPAN = re.compile(r"(\d+)\s+(month|quarter|year)s?")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def percent_of(text: str) -> Fraction | None:
    """The fraction that a percentage means; None where the text is none.

    >>> percent_of("12.5%")
    Fraction(1, 8)
    """
    match = _PERCENT.fullmatch(text.strip())
    return Fraction(match[1]) / 100 if match else None


def number_of(text: str) -> Fraction | None:
    """The number a plain text means; None where it is none."""
    return Fraction(text.replace("_", "")) if _PLAIN.fullmatch(text.strip()) else None


class Words:
    """Reads the words of one plan file, and keeps what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def say(self, node: Node, code: str, message: str, *, expected: str | None = None,
            known: Iterable[str] | None = None, line: int | None = None) -> None:  # fmt: skip
        """Keep a problem at the node's place."""
        known_words = None if known is None else iter(tuple(known))
        self.problems.append(node.problem(code, message, expected=expected, known=known_words, line=line))

    def block(self, node: Node, what: str, known: Iterable[str], later: Iterable[str] = ()) -> Mapping[str, Node]:
        """The words of a block; each that is unknown, or not yet built, is a problem with the nearest known word."""
        words, not_yet = tuple(known), frozenset(later)
        if not isinstance(node.value, dict):
            self.say(node, "plan-shape-of-words", f"{what} needs words below it",
                     expected="one of " + ", ".join(words))  # fmt: skip
            return {}
        for key in node.block:
            line = node.key_lines[key]
            if key in not_yet:
                self.problems.append(
                    Problem("plan-word-later", f"{what}: {key} is a word of the plan language that is not built yet; "
                            "it is refused rather than ignored", node.file, line, key)
                )  # fmt: skip
            elif key not in words:
                self.problems.append(
                    Problem("plan-unknown-word", f"{what} has no word {key}", node.file, line, key,
                            "one of " + ", ".join(words), nearest(key, words))
                )  # fmt: skip
        return {key: child for key, child in node.block.items() if key in words}

    def text(self, node: Node | None, otherwise: str = "") -> str:
        """A text; `otherwise` where nothing is said."""
        if node is None or node.value is None:
            return otherwise
        if isinstance(node.value, dict | list):
            self.say(node, "plan-text", "this must be words", expected="one text")
            return otherwise
        return node.raw

    def choice(self, node: Node | None, what: str, allowed: Iterable[str], otherwise: str,
               later: Iterable[str] = ()) -> str:  # fmt: skip
        """One of the allowed words; `otherwise` where nothing or something else is said."""
        if node is None:
            return otherwise
        text, known = self.text(node), tuple(allowed)
        if text in later:
            self.say(node, "plan-word-later", f"{what}: {text} is not built yet; it is refused rather than ignored")
        elif text not in known:
            self.say(node, "plan-unknown-value", f"{what} cannot be this", known=known,
                     expected="one of " + ", ".join(known) if known else "nothing")  # fmt: skip
        return text if text in known else otherwise

    def percent(self, node: Node, what: str) -> Fraction:
        """A percentage, as a fraction."""
        found = percent_of(node.raw)
        if found is None:
            self.say(node, "plan-percent", f"{what} must be a percentage", expected="such as 60%")
        return Fraction(0) if found is None else found

    def boolean(self, node: Node | None, what: str) -> bool:
        """True or false; false where nothing is said."""
        if node is None:
            return False
        if not isinstance(node.value, bool):
            self.say(node, "plan-boolean", f"{what} is true or false", expected="true or false")
        return node.value is True

    def money(self, node: Node, what: str) -> Decimal:
        """An amount: a plain number, never below zero."""
        found = number_of(node.raw)
        if found is None or found < 0:
            self.say(node, "plan-amount", f"{what} must be an amount", expected="a number such as 12000 or 0.01")
            return Decimal(0)
        return Decimal(node.raw.replace("_", "").strip())

    def day(self, node: Node | None, what: str, near: Node) -> date | None:
        """A day such as 2026-01-01."""
        if node is None:
            return None
        if not isinstance(node.value, date):
            self.say(node if node.raw else near, "plan-day", f"{what} must be a day", expected="such as 2026-01-01")
            return None
        return node.value

    def days(self, node: Node, what: str) -> int:
        """A number of days."""
        found = days_of(node.raw)
        if found is None:
            self.say(node, "plan-days", f"{what} must be a number of days", expected="such as 90 days")
        return found or 0

    def count(self, node: Node, what: str) -> int:
        """A count, with or without its unit: `30 answers`."""
        match = _COUNT.fullmatch(node.raw.strip())
        if match is None:
            self.say(node, "plan-count", f"{what} must be a count", expected="such as 30 answers")
        return int(match[1]) if match else 1

    def months(self, node: Node, what: str) -> int:
        """A span of whole months: `2 quarters` is 6."""
        match = _SPAN.fullmatch(node.raw.strip())
        if match is None or match[1] == "0":
            self.say(node, "plan-span", f"{what} must be a span of time", expected="such as 2 quarters or 6 months")
            return 0
        return int(match[1]) * _MONTHS[match[2]]

    def names(self, node: Node | None) -> tuple[str, ...]:
        """One name or a list of them."""
        return tuple(self.text(item) for item in node.items) if node is not None else ()


def days_of(text: str) -> int | None:
    """How many days does `90 days` mean? None where it is no such text."""
    match = _DAYS.fullmatch(text.strip())
    return int(match[1]) if match else None
