"""What does a preset make of one file?

`preset: zendesk` with `reads: exports/*.csv` stands for a whole source file: each file's columns tell its kind, and the
preset says what that kind becomes. Words of the company's own file override the preset's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath

from keepwell.collect.kinds import Kind, fit, kinds_of, missing_columns, which_kind
from keepwell.collect.source import Reading, reading_of
from keepwell.core.errors import Problem, raise_problems
from keepwell.project.yaml import Node


def resolve_preset(reading: Reading, file: str, header: tuple[str, ...]) -> Reading | Problem | None:
    """The reading of one file by its preset; None for a kind of which nothing is made; a `Problem` (`preset-…`) if unknown.

    Raises `ConfigurationError` where the company's own words do not fit.
    """
    kinds = kinds_of(reading.preset or "")
    kind = which_kind(header, PurePath(file).name, kinds)
    if kind is None:
        return _unknown(reading, file, header, kinds)
    if kind.becomes is None:
        return None
    fitted = fit(kind, header)
    if fitted.without:
        needs = ", ".join(fitted.without)
        return Problem("preset-column-missing", f"{kind.name}: the file has no column for what {needs} needs", file, 1,
                       found=", ".join(header[:12]))  # fmt: skip
    own = reading.own.get("becomes")
    becomes = fitted.becomes if own is None else _overlaid(fitted.becomes, own)
    problems: list[Problem] = []
    words: Mapping[str, Node] = {**kind.words, **reading.own, "becomes": becomes}
    node = Node(dict(words), reading.file, reading.line, {})
    made = reading_of(node, words, problems)
    raise_problems(problems)
    return replace(made, kind=f"{reading.preset} {kind.name}")


def _unknown(reading: Reading, file: str, header: tuple[str, ...], kinds: list[Kind]) -> Problem:
    """A warning with the kind that comes nearest and what it lacks."""
    near = min(kinds, key=lambda kind: len(missing_columns(header, kind)) / len(kind.recognised_by))
    lacks = ", ".join(missing_columns(header, near))
    return Problem("preset-file-unknown", f"the preset {reading.preset} does not know this file; it is left unread", file, 1,
                   expected=f"for {near.name} also the columns {lacks}" if lacks else f"a file named for {near.name}",
                   severity="warning")  # fmt: skip


def _overlaid(preset: Node, own: Node) -> Node:
    """The preset's tables of one kind of file, with the values that the company's file gives for those tables."""
    tables = {
        name: _merged(table, own.block[name]) if name in own.block else table for name, table in preset.block.items()
    }
    return Node(tables, preset.file, preset.line, preset.key_lines)


def _merged(under: Node, over: Node) -> Node:
    return Node({**under.block, **over.block}, over.file, over.line, {**under.key_lines, **over.key_lines})
