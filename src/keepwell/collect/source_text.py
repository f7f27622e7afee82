"""How is a source file written so that a person can read, check and change it?

Values come from presets as nodes; every text is quoted where YAML would read something else into it. Comments say what
each table is, which columns stay empty, and which of the file's columns nothing is made of.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from glob import escape

import yaml

from keepwell.collect.kinds import Fitted, Kind
from keepwell.collect.recognise import Guess, shown
from keepwell.core.tables import Column
from keepwell.project.yaml import Node
from keepwell.record.tables import ENDS, LASTING, TABLES

_WIDTH = 116
_TRAPS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
_PLAIN = re.compile(r"[A-Za-z_][\w./*-]*(?: [\w./*-]+)*", re.ASCII)
_INHERITED = ("zone", "dates", "nothing", "encoding", "separator")


@dataclass(frozen=True)
class FileEntry:
    """Files of one kind with the same columns, as one entry of a source file. `reads`: paths inside the project."""

    kind: Kind
    fitted: Fitted
    columns: tuple[str, ...]
    reads: tuple[str, ...]


def quoted(text: str) -> str:
    r"""Text as YAML reads it back, plain where that is safe.

    >>> quoted("customer_id"), quoted("yes"), quoted('a "b": c'), quoted("2026")
    ('customer_id', '"yes"', '"a \\"b\\": c"', '"2026"')
    """
    if _PLAIN.fullmatch(text) and text.casefold() not in _TRAPS:
        return text
    return yaml.safe_dump(text, default_style='"', width=float("inf"), allow_unicode=True).rstrip("\n")


def flow(node: Node) -> str:
    """A value in one line."""
    if isinstance(node.value, dict):
        return "{" + ", ".join(f"{quoted(key)}: {flow(value)}" for key, value in node.value.items()) + "}"
    if isinstance(node.value, list):
        return "[" + ", ".join(flow(item) for item in node.value) + "]"
    if node.value is None:
        return "null"
    return quoted(node.raw) if isinstance(node.value, str) else node.raw


def comment(text: str, indent: int = 0) -> list[str]:
    """Text as comment lines."""
    start = " " * indent + "# "
    return textwrap.wrap(shown(text), _WIDTH, initial_indent=start, subsequent_indent=start, break_long_words=False)


def source_text(source: str, entries: Sequence[FileEntry]) -> str:
    """The whole source file of one system."""
    shared = {word: said for word, said in entries[0].kind.words.items()
              if word in _INHERITED and all(word in one.kind.words and flow(one.kind.words[word]) == flow(said) for one in entries)}  # fmt: skip
    lines = [
        f"# {source}: how its exports become the record. Made by `keepwell init`; change what is not so with you, then",
        "# run `keepwell check`. A pattern such as exports/tickets-*.csv reads every month's file.",
        f"source: {quoted(source)}",
        *(f"{word}: {flow(said)}" for word, said in shared.items()),
        "",
        "files:",
    ]
    for entry in entries:
        lines += _entry_lines(entry, shared)
    return "\n".join(lines).rstrip("\n") + "\n"


def _entry_lines(entry: FileEntry, shared: Mapping[str, Node]) -> list[str]:
    kind = entry.kind
    lines = comment(f"{kind.name}: {kind.says}", 2)
    paths = [quoted(escape(path)) for path in entry.reads]
    lines.append(f"  - reads: {paths[0] if len(paths) == 1 else '[' + ', '.join(paths) + ']'}")
    lines += [
        f"    {word}: {flow(said)}" for word, said in kind.words.items() if word not in shared and word != "reads"
    ]
    lines.append("    becomes:")
    for name, node in entry.fitted.becomes.block.items():
        lines += _table_lines(name, node)
    for name in entry.fitted.without:
        lines += comment(f"no {name}: the file has no column for what they need", 6)
    lines += _unread(entry)
    return [*lines, ""]


def _table_lines(name: str, node: Node) -> list[str]:
    table = TABLES[name]
    lines = [f"      {name}:  # {table.says}"]
    lines += [f"        {quoted(word)}: {flow(said)}" for word, said in node.block.items()]
    empty = [column.name for column in table.columns if column.name not in node.block]
    if name == "ticket_steps":
        empty = [column for column in empty if column != "seq"]
    return lines + (comment("nothing yet for: " + ", ".join(empty), 8) if empty else [])


def _unread(entry: FileEntry) -> list[str]:
    used = " ".join(flow(node) for node in entry.fitted.becomes.block.values())
    left = [column for column in entry.columns if not re.search(rf"(?<!\w){re.escape(column)}(?!\w)", used)]
    if not left:
        return []
    listed = ", ".join(left[:12]) + (f" and {len(left) - 12} more" if len(left) > 12 else "")
    return comment("not read: " + listed, 4)


def draft_text(
    path: str, columns: Sequence[str], guess: Guess | None, headless: bool, lacks: Sequence[str] = ()
) -> str:
    """A source file to be finished by a person: the nearest table and columns, and all that could be said."""
    lines = comment(f"No preset knows {path}. This is a draft: put right what is wrong, rename it so that it ends in .yaml, "
                    "and run `keepwell check`.")  # fmt: skip
    lines += comment("Its columns: " + ", ".join(columns) if not headless else
                     "Its first row looks like data. Name its columns, in order: header: [a, b, c]")  # fmt: skip
    lines += [line for lack in lacks for line in comment(f"To be said: {lack}")]
    lines += [f"reads: {quoted(escape(path))}"]
    lines += ["# header: [" + ", ".join(f"column_{n}" for n in range(1, len(columns) + 1)) + "]"] if headless else []
    lines += ['# dates: "%d/%m/%Y %H:%M"      # where dates are not written 2026-03-31', '# nothing: ["?", "N/A"]', ""]
    if guess is None:
        lines += comment("Nothing in the record comes near. The tables: " + ", ".join(TABLES))
        return "\n".join([*lines, "becomes:", *comment("customers:", 2), *comment("  customer_id: …", 2)]) + "\n"
    lines += ["becomes:", f"  {guess.table.name}:  # {guess.table.says}; it gives {guess.table.gives}"]
    if guess.table.name in LASTING and ENDS not in guess.columns:
        lines.append(f"    until_next: {ENDS}  # the file states no end: a row lasts until the next one begins")
    lines += [_draft_line(column, guess.columns) for column in guess.table.columns]
    unused = [column for column in columns if column not in guess.columns.values()]
    lines += comment("not used yet: " + ", ".join(unused), 4) if unused else []
    return "\n".join(lines) + "\n"


def _draft_line(column: Column, found: Mapping[str, str]) -> str:
    words = [column.type, *(["part of the key"] if column.key else []), *(["needed"] if column.required else [])]
    words += [f"names one of {column.references}"] if column.references else []
    words += ["one of " + ", ".join(column.allowed)] if column.allowed else []
    said = "; ".join(words) + (f": {column.says}" if column.says else "")
    if column.name in found:
        return f"    {column.name}: {quoted(found[column.name])}  # {said}"
    return f"    # {column.name}: …  ({said})"
