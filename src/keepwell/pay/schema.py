"""What may stand in a plan file, as JSON Schema for editors? Made of the words that the reader itself knows.

A schema says which words there are and what each takes; what must fit together (weights that add to 100%, a base for
percentages) is the reader's to say: `keepwell plan check`.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from keepwell.measure.catalogue import CATALOGUE
from keepwell.pay.example_record import CONTRACT, GIVEN, SOLD
from keepwell.pay.vocabulary import (
    ALSO_PAYS,
    AMENDMENT,
    ANY,
    COUNT,
    CREDIT_ROW,
    DAY,
    EITHER,
    EXAMPLE,
    NOT_AMENDED,
    NUMBER,
    PART,
    PERCENT,
    PLAN,
    PLAN_NEEDS,
    TEXT,
    Block,
    Takes,
    any_of,
    block,
    named,
    some,
)

NONE: Takes = {"const": "none"}
_SCORE = any_of(EITHER, block({"answers": COUNT, "value": EITHER}, "value"))
_GIVEN: Block = {
    "period": TEXT,
    "as_of": DAY,
    "quota": any_of(NUMBER, named(NUMBER)),
    "contracts": some(block(dict.fromkeys(CONTRACT, TEXT))),
    "orders": some(any_of(NUMBER, block(dict.fromkeys(SOLD, TEXT), "amount"))),
    "invoices": some(any_of(NUMBER, block(dict.fromkeys(SOLD, TEXT), "amount"))),
    "covered_since": DAY,
    "objectives": some(block({"name": TEXT, "weight": PERCENT, "score": PERCENT})),
    "renewals": block({"due": NUMBER, "renewed": NUMBER, "saved": NUMBER, "content": PERCENT}),
}


def plan_schema() -> dict[str, Any]:
    """The JSON Schema of a plan file: one that says everything, or one that is like another and says its changes."""
    cases = {"if": {"required": ["like"]}, "then": _changed(PLAN, "plan", "like"), "else": _whole()}
    shared = _Shared(cases)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Keepwell pay plan",
        "type": "object",
        **shared.written(cases),
        "$defs": shared.definitions,
    }


def _whole() -> dict[str, Any]:
    words = {word: takes for word, takes in PLAN.items() if word != "like"}
    return dict(block({**words, **_examples(), **_amendments()}, *PLAN_NEEDS))


def _changed(words: Block, *needs: str) -> dict[str, Any]:
    """The words of a plan that says only changes: nothing else is needed, and what is there may be left out."""
    own = {word: takes if word in NOT_AMENDED else _or_none(takes) for word, takes in words.items()}
    parts = named(_or_none(block({word: _or_none(takes) for word, takes in PART.items()})))
    also = named(_or_none(block({word: _or_none(takes) for word, takes in ALSO_PAYS.items()})))
    by_name = {"parts": _or_none(parts), "also_pays": _or_none(also), "credit": _or_none(named(_or_none(CREDIT_ROW)))}
    kept = {word: {**takes, **({"description": words[word]["description"]} if word in words else {})}
            for word, takes in by_name.items()}  # fmt: skip
    return dict(block({**own, **kept, **_examples(), **(_amendments() if "amendments" in words else {})}, *needs))


def _or_none(takes: Takes) -> Takes:
    about = {"description": takes["description"]} if "description" in takes else {}
    return {**about, "anyOf": [{key: value for key, value in takes.items() if key != "description"}, dict(NONE)]}


def _amendments() -> Block:
    changes = _changed({word: takes for word, takes in PLAN.items() if word not in NOT_AMENDED})
    about = {"description": PLAN["amendments"]["description"]}
    return {"amendments": {**about, **some(block({**AMENDMENT, "changes": changes}, "from", "changes"))}}


def _examples() -> Block:
    """What an example gives: the words of its small company, and each measure by its name."""
    given = {word: _GIVEN.get(word, ANY) for word in GIVEN} | dict.fromkeys(CATALOGUE, _SCORE)
    about = {"description": PLAN["examples"]["description"]}
    return {"examples": {**about, **some(block({**EXAMPLE, "given": block(given)}, "given", "expect"))}}


class _Shared:
    """Writes what stands in several places once, under `$defs`, named by the word under which it first stands."""

    def __init__(self, whole: Takes) -> None:
        self.definitions: dict[str, Any] = {}
        self._names: dict[str, str] = {}
        self._seen: Counter[str] = Counter()
        self._count(whole)

    def _count(self, node: Any) -> None:
        if isinstance(node, dict | list):
            text = json.dumps(node, sort_keys=True)
            self._seen[text] += 1
            if self._seen[text] == 1:
                for child in node.values() if isinstance(node, dict) else node:
                    self._count(child)

    def written(self, node: Any, word: str = "shape", *, is_schema: bool = False) -> Any:
        """The same with references in place of what is shared."""
        if isinstance(node, list):
            return [self.written(child, word, is_schema=True) for child in node]
        if not isinstance(node, dict):
            return node
        text = json.dumps(node, sort_keys=True)
        if not is_schema or self._seen[text] < 2 or len(text) < 80:
            named = {"properties", "$defs"}
            return {key: self._below(key, child, word, named) for key, child in node.items()}
        if text not in self._names:
            self._names[text] = self._free(word)
            self.definitions[self._names[text]] = self.written(node, word)
        return {"$ref": f"#/$defs/{self._names[text]}"}

    def _below(self, key: str, child: Any, word: str, named: set[str]) -> Any:
        if key in named:
            return {one: self.written(takes, one, is_schema=True) for one, takes in child.items()}
        schemas = ("additionalProperties", "items", "then", "else", "propertyNames")
        return self.written(child, word, is_schema=key in schemas)

    def _free(self, word: str) -> str:
        taken = set(self._names.values())
        return next(name for name in (word, *(f"{word}_{number}" for number in range(2, 1000))) if name not in taken)
