"""How are the words read that say what a fact counts and for whom: plan rates, books of customers, saves?"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from keepwell.pay.plan import Saved
from keepwell.pay.vocabulary import SAID_AND, SAVED, words_of
from keepwell.pay.words import Words
from keepwell.project.yaml import Node


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


def _satisfied_from(words: Words, node: Node | None, content: str | None) -> Fraction:
    if node is None:
        return Fraction(3, 4)
    found = words.percent(node, "saved: satisfied_from")
    if content is None:
        words.say(node, "plan-satisfied", "saved: satisfied_from is of which answers? no survey is asked for",
                  expected="and: {csat: satisfied} beside it")  # fmt: skip
    elif not 0 < found <= 1:
        words.say(
            node, "plan-satisfied", "saved: satisfied_from is a point on the survey's scale", expected="such as 80%"
        )
    return found
