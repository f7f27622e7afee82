"""How are the words read that lift a period's pay: draw, guarantee, transition? And what holds on leaving?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from keepwell.pay.plan import Amount, Draw, Guarantee, Lifts, OnLeaving, Transition
from keepwell.pay.read_part import read_at_most_of_payout
from keepwell.pay.vocabulary import DRAW, DRAW_RECOVERS, GUARANTEE, ON_LEAVING, TRANSITION, words_of
from keepwell.pay.words import Words, number_of, percent_of
from keepwell.project.yaml import Node

_PERIOD = re.compile(r"period\s+(\d+)")
_PERIODS = re.compile(r"(\d+)\s+periods?")


def read_lifts(words: Words, block: Mapping[str, Node]) -> Lifts:
    """What a period's pay is lifted to, of the words of a plan."""
    draw = _draw(words, block["draw"]) if "draw" in block else None
    guarantee = _guarantee(words, block["guarantee"]) if "guarantee" in block else None
    if draw is not None and guarantee is not None and not draw.recoverable:
        words.say(block["draw"], "plan-draw", "a draw that is not recovered is a guarantee, and the plan has both",
                  expected="one of them")  # fmt: skip
    return Lifts(draw, guarantee, _transition(words, block["transition"]) if "transition" in block else None)


def read_on_leaving(words: Words, node: Node | None) -> OnLeaving:
    """What becomes of holds, advances and draws when the person leaves."""
    if node is None:
        return OnLeaving()
    block = words.block(node, "on_leaving", ON_LEAVING)

    def says(word: str, otherwise: str) -> str:
        return words.choice(block.get(word), f"on_leaving: {word}", words_of(ON_LEAVING[word]), otherwise)

    return OnLeaving(says("holds", "kept") == "lost", says("advances", "kept") == "earned",
                     says("draw", "owed") == "forgiven")  # fmt: skip


def _draw(words: Words, node: Node) -> Draw | None:
    block = words.block(node, "draw", DRAW)
    recoverable = words.boolean(block["recoverable"], "draw: recoverable") if "recoverable" in block else True
    amount = _amount(words, node, block, "draw")
    if "recovers" in block and not recoverable:
        words.say(block["recovers"], "plan-draw", "recovers: a draw that is not recoverable is never recovered",
                  expected="recoverable: true, or no recovers", line=node.key_lines["recovers"])  # fmt: skip
    recovers = words.block(block["recovers"], "draw: recovers", DRAW_RECOVERS) if "recovers" in block else {}
    share = words.percent(recovers["share"], "draw: recovers: share") if "share" in recovers else Fraction(1)
    if not 0 < share <= 1:
        words.say(recovers["share"], "plan-draw", "recovers: share is of what is above the draw", expected="1% to 100%")
    at_most = (
        read_at_most_of_payout(words, recovers["at_most"], "draw: recovers") if "at_most" in recovers else Fraction(1)
    )
    first = _PERIOD.fullmatch(recovers["from"].raw.strip()) if "from" in recovers else None
    if "from" in recovers and (first is None or not int(first[1])):
        words.say(recovers["from"], "plan-draw", "recovers: from which period on?", expected="such as period 4")
    periods = _periods(words, block.get("for"), "draw")
    return Draw(amount, recoverable, periods, int(first[1]) if first else 1, share, at_most) if amount else None


def _guarantee(words: Words, node: Node) -> Guarantee | None:
    block = words.block(node, "guarantee", GUARANTEE)
    amount = _amount(words, node, block, "guarantee")
    periods = _periods(words, block.get("for"), "guarantee")
    return Guarantee(amount, periods) if amount else None


def _transition(words: Words, node: Node) -> Transition:
    block = words.block(node, "transition", TRANSITION)
    for word, such_as in (("not_below", "old-plan"), ("for", "2 quarters")):
        if word not in block and isinstance(node.value, dict):
            words.say(node, "plan-word-missing", f"transition does not say {word}", expected=f"{word}: {such_as}")
    months = words.months(block["for"], "transition: for") if "for" in block else 0
    return Transition(words.text(block.get("not_below")), months, node.line)


def _amount(words: Words, node: Node, block: Mapping[str, Node], what: str) -> Amount | None:
    if "amount" not in block:
        if isinstance(node.value, dict):
            words.say(node, "plan-word-missing", f"{what} does not say its amount", expected="amount: 1000, or 50%")
        return None
    raw = block["amount"].raw
    percent, plain = percent_of(raw), number_of(raw)
    number = percent if percent is not None else plain
    if number is None or number <= 0:
        words.say(block["amount"], "plan-amount", f"{what}: the amount is money, or a share of the target pay",
                  expected="1000 or 50%")  # fmt: skip
        return None
    return Amount(number, percent is not None)


def _periods(words: Words, node: Node | None, what: str) -> int:
    if node is None:
        return 0
    match = _PERIODS.fullmatch(node.raw.strip())
    if match is None or not int(match[1]):
        words.say(node, "plan-periods", f"{what}: for how many periods of the plan?", expected="such as 6 periods")
        return 0
    return int(match[1])
