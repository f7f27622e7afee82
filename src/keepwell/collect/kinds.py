"""Which kind of export is a file, judged by its columns alone?

A preset knows several kinds of files of one system. Each names the columns that give it away (`recognised_by`) and, where
these are too common, a word that the file's name must hold (`named`). Names are compared by their letters and digits:
`AccountId`, `account_id` and `"ACCOUNT_ID"` are one name, so one preset fits an API's export and a warehouse's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from keepwell.collect.source import preset_names, read_preset
from keepwell.core.tables import Table
from keepwell.project.yaml import Node
from keepwell.record.tables import TABLES

_ORIGINS_OF_ONE = ("from", "when")
_ORIGINS_OF_SEVERAL = ("first", "join")


@dataclass(frozen=True)
class Kind:
    """One kind of file that a preset knows. `becomes` is None where nothing in the record is made of it."""

    preset: str
    name: str
    says: str
    recognised_by: tuple[str, ...]
    named: str
    words: Mapping[str, Node]
    becomes: Node | None


@dataclass(frozen=True)
class Fitted:
    """A kind's tables with the column names that one file really has; what the file lacks is left out.

    `lacks`: for each table the canonical columns whose source columns are not there. `without`: tables that cannot be
    made at all, since a column of their key is not there.
    """

    becomes: Node
    lacks: Mapping[str, tuple[str, ...]]
    without: tuple[str, ...]


def plain(name: str) -> str:
    """The letters and digits of a name, in lower case.

    >>> plain('"Account_ID"')
    'accountid'
    """
    return re.sub(r"[\W_]+", "", name.casefold())


def kinds_of(preset: str) -> list[Kind]:
    """The kinds of files that a preset knows, in its order. Raises `MissingError` (`preset-unknown`)."""
    node = read_preset(preset)
    shared = {word: said for word, said in node.block.items() if word not in ("files", "source")}
    return [_kind(preset, shared, item) for item in node.block["files"].items]


def all_kinds() -> list[Kind]:
    """The kinds of files of all presets."""
    return [kind for preset in preset_names() for kind in kinds_of(preset)]


def _kind(preset: str, shared: Mapping[str, Node], node: Node) -> Kind:
    block = node.block
    about = ("name", "says", "recognised_by", "named", "becomes")
    return Kind(
        preset=preset,
        name=block["name"].raw,
        says=block["says"].raw,
        recognised_by=tuple(item.raw for item in block["recognised_by"].items),
        named=block["named"].raw if "named" in block else "",
        words={word: said for word, said in {**shared, **block}.items() if word not in about},
        becomes=block.get("becomes"),
    )


def which_kind(columns: Sequence[str], file_name: str, kinds: Iterable[Kind]) -> Kind | None:
    """The kind whose columns are all in the header, the most telling one where several are; None where none is."""
    there = {plain(column) for column in columns}
    stem = plain(file_name)
    fitting = [
        kind
        for kind in kinds
        if all(plain(column) in there for column in kind.recognised_by) and plain(kind.named) in stem
    ]
    return max(fitting, key=lambda kind: (len(kind.recognised_by), bool(kind.named)), default=None)


def missing_columns(columns: Sequence[str], kind: Kind) -> list[str]:
    """The columns that would have to be there as well for the file to be of this kind."""
    there = {plain(column) for column in columns}
    return [column for column in kind.recognised_by if plain(column) not in there]


def fit(kind: Kind, columns: Sequence[str]) -> Fitted:
    """The kind's tables for a file with these columns. Where two columns have one plain name, the first counts."""
    own: dict[str, str] = {}
    for column in columns:
        own.setdefault(plain(column), column)
    tables: dict[str, Node] = {}
    lacks: dict[str, tuple[str, ...]] = {}
    without: list[str] = []
    block = kind.becomes.block if kind.becomes is not None else {}
    for name, said in block.items():
        fitted, lost = _fit_table(TABLES[name], said, own)
        if fitted is None:
            without.append(name)
        else:
            tables[name] = fitted
            lacks[name] = lost
    node = kind.becomes or Node({}, kind.preset, 1, {})
    return Fitted(replace(node, value=tables), lacks, tuple(without))


def _fit_table(table: Table, node: Node, own: Mapping[str, str]) -> tuple[Node | None, tuple[str, ...]]:
    """The table with the file's names and the columns it lost; None where it has lost one that it needs."""
    words: dict[str, Node] = {}
    lost: list[str] = []
    for word, said in node.block.items():
        fitted = _fit_word(word, said, own) if word not in table.by_name else fit_value(said, own)
        if fitted is not None:
            words[word] = fitted
        elif word in table.by_name:
            lost.append(word)
    needed = any(table.by_name[name].required for name in lost) or ("each" in node.block and "each" not in words)
    return (None if needed else replace(node, value=words)), tuple(lost)


def _fit_word(word: str, node: Node, own: Mapping[str, str]) -> Node | None:
    if word in ("where", "known"):
        kept = {own[plain(column)]: said for column, said in node.block.items() if plain(column) in own}
        return replace(node, value=dict(kept)) if kept else None
    if word == "keep":
        end, _, columns = node.raw.partition(" by ")
        names = [own.get(plain(column)) for column in columns.split(",")]
        found = [name for name in names if name is not None]
        return _scalar(node, f"{end} by {', '.join(found)}") if found else None
    return fit_value(node, own) if word == "each" else node


def fit_value(node: Node, own: Mapping[str, str]) -> Node | None:
    """A value with the file's own column names (`own`: by plain name); None where nothing of it is there."""
    if not isinstance(node.value, dict):
        name = own.get(plain(node.raw))
        return None if name is None else _scalar(node, name)
    words: dict[str, Node] = dict(node.block)
    for word in _ORIGINS_OF_ONE:
        if word in words:
            found = own.get(plain(words[word].raw))
            if found is None:
                return None
            words[word] = _scalar(words[word], found)
    for word in _ORIGINS_OF_SEVERAL:
        if word in words:
            parts = [part for item in words[word].items if (part := fit_value(item, own)) is not None]
            if not parts:
                return None
            if len(parts) == 1 and len(words) <= 1 + ("with" in words):
                return parts[0]
            words[word] = replace(words[word], value=parts)
    if "otherwise" in words and isinstance(words["otherwise"].value, dict):
        fitted = fit_value(words["otherwise"], own)
        words["otherwise"] = fitted if fitted is not None else Node(None, node.file, node.line, {}, "")
    return replace(node, value=words)


def _scalar(node: Node, text: str) -> Node:
    return Node(text, node.file, node.line, {}, text)
