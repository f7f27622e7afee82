"""Which segments, roles and regions do keepwell.yaml and the plans name, and does anybody have them?

A margin of a segment that no customer is in changes nothing, and a plan for a role that nobody has pays nobody: neither
is wrong in itself, so it can only be known beside a record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from keepwell.core.errors import ConfigurationError, Problem, nearest
from keepwell.project.config import FILE
from keepwell.project.valuation import OTHERWISE
from keepwell.project.yaml import Node, read_yaml

Known = Mapping[tuple[str, str], Collection[str]]
ASKED = (("customers", "segment"), ("positions", "segment"), ("positions", "role"), ("positions", "region"))
_SAYS = {
    ("customers", "segment"): "no customer is in this segment",
    ("positions", "segment"): "nobody works for this segment",
    ("positions", "role"): "nobody has this role",
    ("positions", "region"): "nobody works for this region",
}
_MOST = 6


@dataclass(frozen=True)
class Named:
    """A text that is meant to stand in a column of the record, and where it is said."""

    table: str
    column: str
    text: str
    file: str
    line: int


def named_values(root: Path) -> Iterator[Named]:
    """What keepwell.yaml and plans/*.yaml name; files that cannot be read are passed over: other checks say why."""
    for path, name in [(root / FILE, FILE), *((p, f"plans/{p.name}") for p in sorted((root / "plans").glob("*.yaml")))]:
        try:
            node = read_yaml(path, name)
        except ConfigurationError:
            continue
        yield from _margins(node) if name == FILE else _of_plan(node)


def unknown_values(named: Iterable[Named], known: Known) -> list[Problem]:
    """A warning for each text that nobody in the record has. `known`: texts by table and column; none, nothing is known."""
    return [_problem(one, known[one.table, one.column]) for one in named
            if (one.table, one.column) in known and one.text not in known[one.table, one.column]]  # fmt: skip


def _problem(one: Named, known: Collection[str]) -> Problem:
    some = sorted(known)
    more = f" … ({len(some)} in all)" if len(some) > _MOST else ""
    expected = "one of " + ", ".join(some[:_MOST]) + more if some else None
    says = _SAYS[one.table, one.column] + ("" if some else f": the record knows no {one.column} of {one.table}")
    return Problem(
        f"{one.column}-unheard", says, one.file, one.line, one.text, expected, nearest(one.text, some), "warning"
    )


def _margins(node: Node) -> Iterator[Named]:
    margin = node.block["value"].block.get("margin") if "value" in node.block else None
    if margin is not None:
        for segment in margin.block:
            if segment != OTHERWISE:
                yield Named("customers", "segment", segment, margin.file, margin.key_lines[segment])


def _of_plan(node: Node) -> Iterator[Named]:
    if "applies_to" in node.block:
        for column in ("segment", "role", "region"):
            yield from _texts("positions", column, node.block["applies_to"])
    for kicker in _kickers(node):
        yield from _texts("customers", "segment", kicker)


def _texts(table: str, column: str, node: Node) -> Iterator[Named]:
    for item in node.block[column].items if column in node.block else ():
        if not isinstance(item.value, dict | list) and item.raw:
            yield Named(table, column, item.raw, item.file, item.line)


def _kickers(node: Node) -> Iterator[Node]:
    """Every `for:` of a plan, in whose words customers are named; a plan's examples are made up."""
    for key, child in node.block.items():
        if key == "examples":
            continue
        if key == "for":
            yield child
        yield from _kickers(child)
    for item in node.value if isinstance(node.value, list) else ():
        yield from _kickers(item)
