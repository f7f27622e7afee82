"""How is `pool: {shared: …}` of a part read, and where does it not fit?"""

from __future__ import annotations

from typing import cast

from keepwell.pay.plan import Part, Shared
from keepwell.pay.vocabulary import POOL, SHARED
from keepwell.pay.words import Words
from keepwell.project.yaml import Node


def read_pool(words: Words, node: Node | None, what: str) -> Shared | None:
    """How the unit's amount is shared; None where there is no pool."""
    if node is None:
        return None
    block = words.block(node, f"{what}: pool", POOL)
    if "shared" not in block:
        if isinstance(node.value, dict) and not node.block:
            words.say(
                node, "plan-word-missing", f"{what}: pool does not say how it is shared", expected="shared: equal"
            )
        return None
    return cast("Shared", words.choice(block["shared"], f"{what}: pool: shared", SHARED, "equal"))


def check_pool(words: Words, node: Node, part: Part, *, is_amount: bool) -> None:
    """May this part pay one amount for a unit, and share it so?"""
    if part.pool is None:
        return
    own = [one.measure for one in part.readings if one != part.pooled and one.unit not in ("team", "company")]
    by_facts = part.pool in ("coverage", "shapley")
    for wrong, says, expected in (
        (part.unit not in ("team", "company"), "one amount for whom? a pool is of a team or of the company",
         "of: team, or of: company"),
        (part.over == "each", "facts are paid one by one here, and a pool is one amount for a window", "over: period"),
        (part.shape.kind == "rank", "people are ranked one by one, and a pool pays for a unit", "another shape, or no pool"),
        (bool(part.hold or part.take_back), "a share of the unit's amount is of no fact to be held or taken back with",
         f"no {'holds' if part.hold else 'takes_back'}"),
        (bool(own) and part.unit in ("team", "company"), f"what decides about the unit's amount is the unit's: of whom is {', '.join(own)}?",
         "of: team, or of: company"),
        (by_facts and (not is_amount or part.blend is not None),
         f"shared by {part.pool} goes by whose facts they are, and {part.measure} has none",
         "shared: equal, or shared: target_pay"),
        (part.pool == "target_pay" and part.weight is None, "shared by target_pay, and without a weight there is no target",
         "a weight, or shared: equal"),
    ):  # fmt: skip
        if wrong:
            words.say(node.block["pool"], "plan-pool", f"part {part.name}: {says}", expected=expected,
                      line=node.key_lines["pool"])  # fmt: skip
