"""How is a ramp read: what share of the quota, or of a guarantee, holds in the first months in a role?"""

from __future__ import annotations

import re

from keepwell.pay.plan import RampStep
from keepwell.pay.vocabulary import RAMP
from keepwell.pay.words import Words
from keepwell.project.yaml import Node

_MONTHS = re.compile(r"(\d+)\s+months?")


def read_ramp(words: Words, node: Node | None) -> dict[str, tuple[RampStep, ...]]:
    """The steps of each kind of ramp; keys are the last month inside, ascending, with `later` at the end."""
    if node is None:
        return {}
    block = words.block(node, "ramp", RAMP)
    return {word: _steps(words, child, f"ramp: {word}") for word, child in block.items()}


def _steps(words: Words, node: Node, what: str) -> tuple[RampStep, ...]:
    steps: list[RampStep] = []
    for text, child in node.block.items():
        match, line = _MONTHS.fullmatch(text.strip()), node.key_lines[text]
        until = int(match[1]) if match else None
        if match is None and text != "later":
            words.say(
                node, "plan-months", f"{what}: {text} is no number of months", expected="3 months, or later", line=line
            )
        elif steps and (steps[-1].until is None or (until is not None and until <= steps[-1].until)):
            words.say(node, "plan-ramp", f"{what}: months must ascend, with later at the end", line=line)
        share = words.percent(child, what)
        if share < 0 or (share * 10**4).denominator != 1:
            words.say(child, "plan-ramp", f"{what}: a share has at most two decimals", expected="such as 33.33%")
        steps.append(RampStep(until, share))
    if not steps or steps[-1].until is not None:
        words.say(node, "plan-ramp", f"{what} does not say what holds later", expected="later: 100%")
    return tuple(steps)
