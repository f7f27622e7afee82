"""How are the words read that say what a fact counts and for whom: plan rates, books of customers, saves?

Where something cannot be read, what is returned does not matter: the problems in `words` stop the plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from keepwell.pay.measures import IN_BOOKS
from keepwell.pay.plan import Book, BookException, CreditRow, Grace, Part, Saved
from keepwell.pay.vocabulary import BOOK, BOOK_EXCEPTION, GRACE, SAID_AND, SAVED, words_of
from keepwell.pay.words import Words, days_of
from keepwell.project.yaml import Node

_PERIODS = re.compile(r"period|([1-9]\d*) periods")


def read_rates(words: Words, node: Node | None, currency: str) -> dict[str, Decimal]:
    """What one unit of each other currency is worth in the plan's: `rates: {USD: 0.92}`."""
    if node is None:
        return {}
    if not node.block:
        words.say(node, "plan-rates", "rates names no currency", expected="rates: {USD: 0.92}")
    found = {}
    for name, child in node.block.items():
        line = node.key_lines[name]
        if not is_currency(name):
            words.say(node, "plan-currency", f"rates: {name} is no currency", expected="such as USD", line=line)
        elif name == currency:
            words.say(
                node, "plan-rates", f"rates: {name} is the plan's own currency", expected="another one", line=line
            )
        rate = words.money(child, f"rates: {name}")
        places = rate.as_tuple().exponent
        if not 0 < rate < 10**9 or not isinstance(places, int) or places < -9:
            words.say(child, "plan-rates", f"rates: one {name} must be worth something in {currency}",
                      expected="such as 0.92, with at most nine decimals")  # fmt: skip
        found[name] = rate
    return found


def is_currency(text: str) -> bool:
    """Is this written as a currency is: three capitals?"""
    return len(text) == 3 and text.isalpha() and text.isupper() and text.isascii()


def read_saved(words: Words, node: Node | None) -> Saved | None:
    """What the plan calls a save."""
    if node is None:
        return None
    block = words.block(node, "saved", SAVED)
    words.choice(block.get("after"), "saved after", words_of(SAVED["after"]), "notice")
    for word in ("rescue_logged_within", "still_customer_after"):
        if word not in block:
            words.say(node, "plan-word-missing", f"saved does not say {word}", expected=f"{word}: 90 days")
    within = words.days(block["rescue_logged_within"], "rescue_logged_within") if "rescue_logged_within" in block else 0
    after = words.days(block["still_customer_after"], "still_customer_after") if "still_customer_after" in block else 0
    content = None
    if "and" in block:
        asked = words.block(block["and"], "saved: and", SAID_AND)
        content = next(iter(asked), None)
        for child in asked.values():
            words.choice(child, "saved: and", words_of(SAID_AND["csat"]), "satisfied")
    return Saved(within, after, content, _satisfied_from(words, block.get("satisfied_from"), content))


def _satisfied_from(words: Words, node: Node | None, content: str | None) -> Fraction | None:
    if node is None:
        return None
    found = words.percent(node, "saved: satisfied_from")
    if content is None:
        words.say(node, "plan-satisfied", "saved: satisfied_from is of which answers? no survey is asked for",
                  expected="and: {csat: satisfied} beside it")  # fmt: skip
    elif not 0 < found <= 1:
        words.say(
            node, "plan-satisfied", "saved: satisfied_from is a point on the survey's scale", expected="such as 80%"
        )
    return found


def read_book(words: Words, node: Node | None) -> Book | None:
    """When a customer is in somebody's book, what is spared who takes over, and what was approved otherwise."""
    if node is None:
        return None
    block = words.block(node, "book", BOOK)
    if "held_on" not in block:
        words.say(node, "plan-word-missing", "book does not say on which day a customer must be held",
                  expected="held_on: last day but one")  # fmt: skip
    held_on = words.choice(block.get("held_on"), "book: held_on", words_of(BOOK["held_on"]), "last day")
    months, days = _held(words, block.get("held_at_least"))
    grace = _grace(words, block["grace"]) if "grace" in block else None
    found = [_exception(words, item, number)
                  for number, item in enumerate(block["exceptions"].items if "exceptions" in block else (), 1)]  # fmt: skip
    for place, one in enumerate(found):
        for other in found[:place]:
            if (one.customer, one.does == "spares") == (other.customer, other.does == "spares") \
                    and one.from_on < other.to_on and other.from_on < one.to_on:  # fmt: skip
                words.say(block["exceptions"].items[place], "plan-book-exception",
                          f"book: two exceptions say for whom {one.customer} counts on the same days")  # fmt: skip
    return Book(held_on, months, days, grace, tuple(found))


def _held(words: Words, node: Node | None) -> tuple[int, int]:
    if node is None:
        return 0, 0
    days = days_of(node.raw)
    return (words.months(node, "book: held_at_least"), 0) if days is None else (0, days)


def _grace(words: Words, node: Node) -> Grace:
    block = words.block(node, "book: grace", GRACE)
    if "unmanaged_for" not in block:
        words.say(node, "plan-word-missing", "book: grace does not say for how long nobody had the customer",
                  expected="unmanaged_for: 90 days")  # fmt: skip
    days = words.days(block["unmanaged_for"], "book: unmanaged_for") if "unmanaged_for" in block else 0
    words.choice(block.get("spares"), "book: spares", words_of(GRACE["spares"]), "losses")
    match = _PERIODS.fullmatch(block["for"].raw.strip()) if "for" in block else None
    if "for" in block and match is None:
        words.say(block["for"], "plan-span", "book: for how long are losses spared?", expected="period, or 2 periods")
    return Grace(days, int(match[1] or 1) if match else 1)


def _exception(words: Words, node: Node, number: int) -> BookException:
    what = f"book: exception {number}"
    block = words.block(node, what, BOOK_EXCEPTION)
    for word in ("customer", "from", "to", "because", "approved_by"):
        if word not in block and isinstance(node.value, dict):
            words.say(node, "plan-word-missing", f"{what} does not say its {word}", expected=f"{word}: …")
    if ("person" in block) == ("spares" in block) and isinstance(node.value, dict):
        words.say(node, "plan-book-exception", f"{what} says either for whom the customer counts, or what is spared",
                  expected="person: Ann, person: nobody, or spares: losses")  # fmt: skip
    from_on = words.day(block.get("from"), f"{what}: from", node)
    to_on = words.day(block.get("to"), f"{what}: to", node)
    if from_on and to_on and to_on <= from_on:
        words.say(node, "plan-book-exception", f"{what} ends before it begins", expected="to after from")
    words.choice(block.get("spares"), f"{what}: spares", words_of(GRACE["spares"]), "losses")
    person = words.text(block.get("person"))
    does: Literal["person", "nobody", "spares"] = (
        "spares" if "spares" in block else "nobody" if person == "nobody" else "person"
    )
    return BookException(words.text(block.get("customer")), person if does == "person" else "", does,
                         from_on or date.min, to_on or date.max, words.text(block.get("because")),
                         words.text(block.get("approved_by")))  # fmt: skip


def check_book(words: Words, node: Node, parts: Iterable[Part], credit: Iterable[CreditRow]) -> None:
    """Does a part count renewals or invoices by a role, so that the book says anything?"""
    roles = {row.name for row in credit if any(share.who not in ("deal_shares", "owner") for share in row.shares)}
    if not any({part.measure, part.against} & IN_BOOKS and roles & set(part.credit) for part in parts):
        words.say(node, "plan-book", "book: no part counts what existing customers bring by a role that covers them",
                  expected="a part with credit to a role on one of " + ", ".join(sorted(IN_BOOKS)))  # fmt: skip
