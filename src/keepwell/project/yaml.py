"""What does a YAML file say, and on which line does it say each thing?

PyYAML composes the nodes; this module turns them into `Node`s that keep their lines, and refuses what YAML lets pass in
silence: duplicate keys, and `on`, `off`, `yes`, `no` as keys or values where they would turn into true and false.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeAlias

import yaml

from keepwell.core.errors import ConfigurationError, Problem, nearest

Scalar: TypeAlias = str | int | bool | date | Decimal | None

_TRAPS = {"on", "off", "yes", "no", "y", "n"}
_MAX_NODES = 100_000
_MAX_DEPTH = 40


@dataclass(frozen=True)
class Node:
    """A value with its place. `value` is a scalar, a dict of nodes by key, or a list of nodes."""

    value: Scalar | dict[str, Node] | list[Node]
    file: str
    line: int
    key_lines: Mapping[str, int]
    raw: str = ""

    def problem(self, code: str, message: str, *, expected: str | None = None, known: Iterator[str] | None = None,
                line: int | None = None) -> Problem:  # fmt: skip
        """A `Problem` at this place; what was found is this value."""
        found = self.raw if not isinstance(self.value, dict | list) else None
        near = nearest(self.raw, known) if known is not None else None
        return Problem(code, message, self.file, line or self.line, found, expected, near)

    @property
    def block(self) -> dict[str, Node]:
        """The nodes by key; empty where this is no mapping."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Node]:
        """The nodes of a list; a scalar counts as a list of one, nothing as an empty one."""
        if isinstance(self.value, list):
            return self.value
        return [] if self.value is None else [self]

    def plain(self) -> object:
        """The value without lines: dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def read_yaml(path: Path, shown_as: str | None = None) -> Node:
    """Read one YAML file. Raises `ConfigurationError` (`yaml-…`) with the line of each thing that is wrong."""
    name = shown_as or str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError([Problem("file-missing", "there is no such file", name)]) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            [Problem("yaml-encoding", f"not UTF-8 text at byte {error.start}", name, expected="UTF-8")]
        ) from None
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str = "text") -> Node:
    """Read YAML from `text`; `name` is the file named in problems."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        said = " ".join(part for part in (error.context, error.problem) if part)
        raise ConfigurationError([Problem("yaml-syntax", f"not YAML: {said}", name, line)]) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigurationError([Problem("yaml-syntax", f"not YAML: {error}", name)]) from None
    if root is None:
        return Node({}, name, 1, {})
    reader = _Reader(name)
    node = reader.node(root, 0)
    if reader.problems:
        raise ConfigurationError(reader.problems)
    return node


class _Reader:
    """Turns composed nodes into ours, collecting problems on the way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.count = 0

    def node(self, node: yaml.Node, depth: int) -> Node:
        self.count += 1
        line = node.start_mark.line + 1
        if depth > _MAX_DEPTH or self.count > _MAX_NODES:
            raise ConfigurationError([Problem("yaml-too-deep", "nested or repeated too deeply", self.name, line)])
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        if isinstance(node, yaml.SequenceNode):
            return Node([self.node(child, depth + 1) for child in node.value], self.name, line, {})
        return Node(self._scalar(node), self.name, line, {}, str(node.value))

    def _mapping(self, node: yaml.MappingNode, depth: int) -> Node:
        block: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._say("yaml-key", "a key must be one word or number", line)
                continue
            key = str(key_node.value)
            if key_node.style is None and key.casefold() in _TRAPS:
                self._say("yaml-trap", f"the key {key} means true or false in YAML", line, expected=f'"{key}" quoted')
            elif key in block:
                self._say("yaml-duplicate-key", f"{key} is said twice, first on line {lines[key]}", line)
            block[key] = self.node(value_node, depth + 1)
            lines[key] = line
        return Node(block, self.name, node.start_mark.line + 1, lines)

    def _scalar(self, node: yaml.Node) -> Scalar:
        text = str(node.value)
        if isinstance(node, yaml.ScalarNode) and node.style in ("'", '"', "|", ">"):
            return text
        tag = node.tag.rpartition(":")[2]
        if tag == "null":
            return None
        if tag == "bool":
            if text.casefold() in _TRAPS:
                self._say("yaml-trap", f"{text} means true or false in YAML", node.start_mark.line + 1,
                          expected="true or false, or the word in quotes")  # fmt: skip
            return text.casefold() in ("true", "yes", "on")
        if tag == "timestamp":
            return _date_or_text(text)
        if tag in ("int", "float"):
            return _number_or_text(text)
        return text

    def _say(self, code: str, message: str, line: int, expected: str | None = None) -> None:
        self.problems.append(Problem(code, message, self.name, line, expected=expected))


def _date_or_text(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _number_or_text(text: str) -> int | Decimal | str:
    """Only plain decimal numbers are numbers: YAML's octal, hexadecimal and base-60 readings are text."""
    plain = text.replace("_", "")
    try:
        return int(plain) if plain.lstrip("+-").isdigit() else Decimal(plain)
    except (InvalidOperation, ValueError):
        return text


def unknown_keys(node: Node, known: tuple[str, ...], what: str, code: str = "unknown-word") -> list[Problem]:
    """A problem for each key of `node` that is not `known`, with its line and the nearest known word."""
    expected = "one of " + ", ".join(known)
    return [
        Problem(code, f"{what} has no word {key}", node.file, node.key_lines[key], key, expected, nearest(key, known))
        for key in node.block
        if key not in known
    ]
