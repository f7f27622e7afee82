"""Which plan versions do the files say? A plan may be `like` another with changes, and be amended from a day on.

What a plan says replaces what the other one says, word by word; only `parts`, `credit` and `also_pays` are gone through
name by name, and a part word by word. `none` leaves out what the other one says. Neither amendments nor examples are
taken over: they tell of the plan in whose file they stand. Every word keeps its file and line, so that an error points
to the place where it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from keepwell.core.errors import LineOf
from keepwell.pay.vocabulary import AMENDMENT, NOT_AMENDED
from keepwell.pay.words import Words
from keepwell.project.yaml import Node

_OWN = ("plan", "like", "amendments", "examples")
_BY_NAME: Mapping[str, Any] = {"parts": {"": {}}, "credit": {}, "also_pays": {}}


@dataclass(frozen=True)
class Version:
    """What one version of a plan says, and why it was amended (nothing: it is the first)."""

    node: Node
    amended: str = ""


def find_versions(files: Sequence[Node], words: Words) -> list[Version]:
    """The versions that the files say, in their order; what is wrong with `like` and amendments is kept in `words`."""
    named = _latest_by_name(files)
    found: list[Version] = []
    for node in files:
        whole = _whole(node, named, (), words)
        if whole is not None:
            found += _amended(whole, words)
    return found


def _latest_by_name(files: Iterable[Node]) -> dict[str, Node]:
    """Each plan by its name; of several files that say one plan, the one that begins last."""
    named: dict[str, Node] = {}
    for node in files:
        name = _raw(node, "plan")
        if name and (name not in named or _begins(node) >= _begins(named[name])):
            named[name] = node
    return named


def _raw(node: Node, word: str) -> str:
    return node.block[word].raw if word in node.block else ""


def _begins(node: Node) -> date:
    from_on = node.block["effective"].block.get("from") if "effective" in node.block else None
    return from_on.value if from_on is not None and isinstance(from_on.value, date) else date.min


def _whole(node: Node, named: Mapping[str, Node], inside: tuple[str, ...], words: Words) -> Node | None:
    """The plan with all that it takes over from those it is like; None where that cannot be found."""
    if "like" not in node.block:
        return node
    like, name = node.block["like"], _raw(node, "like")
    if name in (*inside, _raw(node, "plan")):
        words.say(like, "plan-like-circle", "a plan cannot be like itself, not by way of others either",
                  expected="a plan that says everything")  # fmt: skip
        return None
    if name not in named:
        words.say(like, "plan-like-missing", "there is no such plan to be like", known=sorted(named),
                  expected="the name of another plan")  # fmt: skip
        return None
    other = _whole(named[name], named, (*inside, _raw(node, "plan")), words)
    if other is None:
        return None
    kept = {word: child for word, child in other.block.items() if word not in _OWN}
    return _over(Node(kept, other.file, other.line, other.key_lines), node, _BY_NAME, words)


def _over(base: Node, top: Node, by_name: Mapping[str, Any], words: Words) -> Node:
    """What `top` says over what `base` says; the words of `by_name` are gone through one by one."""
    said: dict[str, Node] = {}
    lines: dict[str, int] = {}
    for word, child in base.block.items():
        if word not in top.block:
            said[word], lines[word] = child, _line_of(base, word, top.file)
    for word, child in top.block.items():
        below = by_name.get(word, by_name.get(""))
        under = base.block.get(word)
        if child.raw == "none" and not isinstance(child.value, dict | list):
            if under is None:
                words.say(child, "plan-like-none", f"there is no {word} that could be left out",
                          expected="one of " + ", ".join(base.block), line=top.key_lines[word])  # fmt: skip
        elif below is not None and under is not None and child.block and under.block:
            said[word], lines[word] = _over(under, child, below, words), top.key_lines[word]
        else:
            said[word], lines[word] = child, top.key_lines[word]
    ordered = [word for word in (*base.block, *top.block) if word in said]
    return Node({word: said[word] for word in ordered}, top.file, top.line, lines)


def _line_of(node: Node, word: str, file: str) -> int:
    line = node.key_lines[word]
    if isinstance(line, LineOf) or node.file == file:
        return line
    return LineOf.at(line, node.file)


def _amended(node: Node, words: Words) -> list[Version]:
    """The plan as first said, and one version more from the day of each amendment; each ends where the next begins."""
    amendments = node.block["amendments"].items if "amendments" in node.block else []
    whole = Node({word: child for word, child in node.block.items() if word != "amendments"}, node.file, node.line,
                 node.key_lines)  # fmt: skip
    versions = [Version(whole)]
    begins = [_begins(whole)]
    for number, amendment in enumerate(amendments, 1):
        asked = words.block(amendment, f"amendment {number}", AMENDMENT)
        from_on = _amendment_day(asked.get("from"), amendment, begins[-1], whole, words)
        if from_on is None:
            continue
        changes = _changes(asked.get("changes"), amendment, words)
        before = versions[-1].node
        told = {word: child for word, child in before.block.items() if word != "examples"}
        base = Node(told, before.file, before.line, before.key_lines)
        versions.append(Version(_over(base, changes, _BY_NAME, words), words.text(asked.get("says")) or "amended"))
        begins.append(from_on)
    asks = ["acceptance" in version.node.block for version in versions[1:]] + [False]
    return [Version(_in_force(version.node, begins, place, goes_on=asks[place]), version.amended)
            for place, version in enumerate(versions)
            if place + 1 == len(begins) or begins[place] < begins[place + 1]]  # fmt: skip


def _amendment_day(node: Node | None, amendment: Node, not_before: date, whole: Node, words: Words) -> date | None:
    if node is None:
        words.say(amendment, "plan-word-missing", "an amendment says from which day it holds",
                  expected="from: 2026-07-01")  # fmt: skip
        return None
    from_on = words.day(node, "amendment from", amendment)
    ends = whole.block["effective"].block.get("to") if "effective" in whole.block else None
    last = ends.value if ends is not None and isinstance(ends.value, date) else date.max
    if from_on is not None and not not_before <= from_on < last:
        words.say(node, "plan-amendment", "the amendment begins outside the plan, or before the one above it",
                  expected=f"a day from {max(not_before, date(1, 1, 1)).isoformat()} on, before the plan ends")  # fmt: skip
        return None
    return from_on


def _changes(node: Node | None, amendment: Node, words: Words) -> Node:
    """What an amendment changes; a plan's name and days are not among it."""
    if node is None or not node.block:
        words.say(node or amendment, "plan-word-missing", "the amendment changes nothing",
                  expected="changes: {parts: {…}}")  # fmt: skip
        return Node({}, amendment.file, amendment.line, {})
    for word in node.block:
        if word in NOT_AMENDED:
            words.say(node, "plan-amendment", f"an amendment cannot change {word}", line=node.key_lines[word],
                      expected="the plan's own words for pay")  # fmt: skip
    kept = {word: child for word, child in node.block.items() if word not in NOT_AMENDED}
    return Node(kept, node.file, node.line, node.key_lines)


def _in_force(node: Node, begins: Sequence[date], place: int, *, goes_on: bool) -> Node:
    """The version with the days in which it is in force.

    It `goes_on` beside the next one where that must be accepted, for whoever has not.
    """
    if len(begins) == 1 or "effective" not in node.block:
        return node
    effective = node.block["effective"]
    days = dict(effective.block)
    if place:
        days["from"] = _day(begins[place], days["from"])
    if place + 1 < len(begins) and not goes_on:
        days["to"] = _day(begins[place + 1], days.get("to", effective))
    said = Node(days, effective.file, effective.line, {"from": effective.line, "to": effective.line})
    return Node({**node.block, "effective": said}, node.file, node.line, node.key_lines)


def _day(on: date, near: Node) -> Node:
    return Node(on, near.file, near.line, {}, on.isoformat())
