"""Which facts count more in a part's pay, and which facts does an offer of its own days count?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from .conditions import listed
from .facts import Fact, Record, Row
from .plans import named, number, round_to

Words = dict[str, Any]
PERCENT_OF_FOUR = Fraction(1, 10**6)


def kickers(words: Words) -> Iterator[Words]:
    """What a part's `times` says of facts."""
    return (one for one in listed(words, "times") if "kicker" in one)


def factor_of(record: Record, words: Words, fact: Fact) -> Fraction:
    """By how much more a fact counts in the part's pay: one kicker that fits after the other, each time to four decimals."""
    found = Fraction(1)
    for one in kickers(words):
        if all(_fits(record, fact, word, value) for word, value in one["for"].items()):
            found = round_to(found * number(one["kicker"]), PERCENT_OF_FOUR)
    return found


def weighed(counted: Fraction, factor: Fraction) -> Fraction:
    """What a fact weighs in the part's pay, to four decimals."""
    return counted if factor == 1 else round_to(counted * factor, Fraction(1, 10**4))


def _fits(record: Record, fact: Fact, word: str, value: Any) -> bool:
    deal = record.one("deals", "deal_id", fact.deal_id or None)
    if word == "first_deal":
        return bool(deal) and deal is first_deal(record, deal.get("customer_id"))
    if word == "customer":
        return any(fact.customer_id in (one, f"{fact.customer_id.split(':')[0]}:{one}") for one in named(value))
    is_what = {"product": deal.get("product"), "kind": (deal.get("kind") or "new") if deal else None,
               "segment": record.one("customers", "customer_id", fact.customer_id or None).get("segment")}[word]  # fmt: skip
    return is_what is not None and is_what in named(value)


def first_deal(record: Record, customer: str | None) -> Row | None:
    """The first deal that a customer made."""
    made = [deal for deal in record.all("deals") if customer is not None and deal.get("customer_id") == customer
            and deal["outcome"] == "won" and deal.get("closed_on") is not None]  # fmt: skip
    return min(made, key=lambda deal: (deal["closed_on"], deal["deal_id"]), default=None)


def spiff(words: Words) -> tuple[date, date] | None:
    """The days of an offer: the first, and the first after."""
    said = words.get("spiff")
    return (date.fromisoformat(said["from"]), date.fromisoformat(said["to"])) if said else None


def is_on(words: Words, day: date) -> bool:
    """Does a part count facts of this day?"""
    days = spiff(words)
    return days is None or days[0] <= day < days[1]
