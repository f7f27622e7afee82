"""In which order are models and steps run, and which of them are needed at all?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from keepwell.core.errors import MissingError, Problem, nearest, raise_problems
from keepwell.engine.model import Model
from keepwell.engine.step import Step

Node = Model | Step


def order_nodes(nodes: Iterable[Node], given: Collection[str], wanted: Collection[str] | None = None) -> list[Node]:
    """Which nodes are run, and in which order, so that each finds its inputs? Ties are in the order of names.

    `given` are the tables that are there already. With `wanted`, only these nodes and what they need are run.
    Raises `ConfigurationError` (`model-input-unknown`, `model-cycle`, `model-twice`), `MissingError` (`model-missing`).
    """
    by_name = _by_name(nodes, given)
    chosen = by_name if wanted is None else _needed(by_name, wanted)
    raise_problems(_unknown_inputs(chosen, by_name, given))
    waits = {name: [one for one in node.inputs if one in by_name] for name, node in sorted(chosen.items())}
    sorter = TopologicalSorter(waits)
    try:
        sorter.prepare()
    except CycleError as error:
        ring = " → ".join(reversed(error.args[1]))
        raise_problems([Problem("model-cycle", f"models wait for each other: {ring}", by_name[error.args[1][0]].file)])
    ordered: list[Node] = []
    while sorter.is_active():
        for name in sorted(sorter.get_ready()):
            ordered.append(by_name[name])
            sorter.done(name)
    return ordered


def last_uses(ordered: Sequence[Node]) -> dict[str, int]:
    """After which place in the order is a table read no more? Tables that nobody reads are not in the answer."""
    return {name: place for place, node in enumerate(ordered) for name in node.inputs}


def _by_name(nodes: Iterable[Node], given: Collection[str]) -> dict[str, Node]:
    by_name: dict[str, Node] = {}
    problems: list[Problem] = []
    for node in nodes:
        if node.name in by_name or node.name in given:
            other = by_name[node.name].file if node.name in by_name else "a table that is there already"
            problems.append(Problem("model-twice", f"two tables are named {node.name}", node.file, found=other))
        by_name[node.name] = node
    raise_problems(problems)
    return by_name


def _needed(by_name: Mapping[str, Node], wanted: Collection[str]) -> dict[str, Node]:
    needed: dict[str, Node] = {}
    waiting = sorted(wanted)
    for name in waiting:
        if name not in by_name:
            near = nearest(name, by_name)
            raise MissingError("model-missing", f"no model {name}", hint=f"did you mean {near}?" if near else None)
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in needed:
            needed[name] = by_name[name]
            waiting.extend(by_name[name].inputs)
    return needed


def _unknown_inputs(
    chosen: Mapping[str, Node], by_name: Mapping[str, Node], given: Collection[str]
) -> Iterable[Problem]:
    known = {*by_name, *given}
    for node in chosen.values():
        for name in node.inputs:
            if name not in known:
                yield Problem("model-input-unknown", f"{node.name} reads {name}, which no one gives", node.file,
                              found=name, nearest=nearest(name, known))  # fmt: skip
