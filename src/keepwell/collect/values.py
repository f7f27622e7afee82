"""How is one value of the record made from the columns of a source?

A source file says it in one of a few ways: a column's name, or a block with one *origin* (`from`, `is`, `join`, `first`,
`when`, `formula`, `row`) and words that change it (`as`, `otherwise`, `dates`, `zone`, `epoch`, `shift`, `fold`,
`divide_by`, `combine`, `ids_of`). Nothing here reads data: `map.py` turns a `Value` into SQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from keepwell.core.errors import Problem, nearest
from keepwell.project.yaml import Node, unknown_keys

Fold = Literal["lower", "upper", "title"]
Epoch = Literal["seconds", "milliseconds"]
Combine = Literal["all", "any", "min", "max", "first", "last", "sum"]

FOLDS: tuple[Fold, ...] = ("lower", "upper", "title")
EPOCHS: tuple[Epoch, ...] = ("seconds", "milliseconds")
COMBINES: tuple[Combine, ...] = ("all", "any", "min", "max", "first", "last", "sum")
ORIGINS = ("from", "is", "join", "first", "when", "formula", "row")
CHANGES = ("as", "otherwise", "dates", "zone", "epoch", "shift", "fold", "divide_by", "combine", "ids_of")
_BESIDE: Mapping[str, tuple[str, ...]] = {"join": ("with",), "when": ("in", "not_in")}
_Word = TypeVar("_Word", bound=str)
_SHIFT = re.compile(r"(?P<count>[+-]?\d+)\s+(?P<unit>year|month|day)s?")
_DATE_PARTS = set("YymdHIMSfpbBjaAzZ%-gnTdeF")


@dataclass(frozen=True)
class ColumnOf:
    """What the source has in a column."""

    name: str


@dataclass(frozen=True)
class Constant:
    """The same text in every row; None for nothing."""

    text: str | None


@dataclass(frozen=True)
class Joined:
    """Several values with something between them; those that are empty are left out.

    Where only constants are left, there is nothing: `Team of` without a name is no team.
    """

    parts: tuple[Value, ...]
    between: str


@dataclass(frozen=True)
class FirstOf:
    """The first of several values that is there."""

    parts: tuple[Value, ...]


@dataclass(frozen=True)
class When:
    """True where a column holds one of the words (`negate`: none of them), false elsewhere."""

    column: str
    words: tuple[str, ...]
    negate: bool


@dataclass(frozen=True)
class Formula:
    """Arithmetic over columns."""

    text: str


@dataclass(frozen=True)
class RowNumber:
    """The number of the row in its file, the first data row being 1."""


Origin: TypeAlias = ColumnOf | Constant | Joined | FirstOf | When | Formula | RowNumber


@dataclass(frozen=True)
class Shift:
    """A date moved by so many years, months or days."""

    count: int
    unit: str


@dataclass(frozen=True)
class Value:
    """One value: where it comes from and what is done to it, in this order: fold, look-up, date or number, shift."""

    origin: Origin
    line: int
    pairs: Mapping[str, str | None] | None = None
    otherwise: Value | None = None
    dates: tuple[str, ...] = ()
    zone: str | None = None
    epoch: Epoch | None = None
    shift: tuple[Shift, ...] = ()
    fold: Fold | None = None
    divide_by: Decimal | None = None
    combine: Combine | None = None
    ids_of: str | None = None

    @property
    def columns(self) -> Iterator[tuple[str, int]]:
        """The source's columns that it reads, each with its line; a formula's are found by the formula's parser."""
        match self.origin:
            case ColumnOf(name) | When(column=name):
                yield name, self.line
            case Joined(parts=parts) | FirstOf(parts=parts):
                for part in parts:
                    yield from part.columns
            case _:
                pass
        if self.otherwise is not None:
            yield from self.otherwise.columns


def formulas_of(value: Value) -> list[tuple[str, int]]:
    """The formulas in a value, its parts included, each with its line."""
    match value.origin:
        case Formula(text):
            own = [(text, value.line)]
        case Joined(parts=parts) | FirstOf(parts=parts):
            own = [found for part in parts for found in formulas_of(part)]
        case _:
            own = []
    return own + (formulas_of(value.otherwise) if value.otherwise is not None else [])


def read_value(node: Node, problems: list[Problem]) -> Value | None:
    """The value that `node` says. Problems (`source-value…`) are added to the list; None where there is no value."""
    if isinstance(node.value, list):
        problems.append(node.problem("source-value", "a value is a column's name or one block, not a list",
                                     expected="{first: [a, b]} or {join: [a, b]}"))  # fmt: skip
        return None
    if not isinstance(node.value, dict):
        if node.value is None:
            problems.append(node.problem("source-value", "no column is named", expected="a column's name, or {is: …}"))
            return None
        return Value(ColumnOf(node.raw), node.line)
    return _read_block(node, problems)


def _read_block(node: Node, problems: list[Problem]) -> Value | None:
    found = [word for word in ORIGINS if word in node.block]
    if len(found) != 1:
        said = "says nothing of where it comes from" if not found else "comes from " + " and from ".join(found)
        problems.extend(
            unknown_keys(node, (*ORIGINS, *CHANGES, "with", "in", "not_in"), "a value", "source-unknown-word")
        )
        problems.append(Problem("source-value", f"the value {said}", node.file, node.line,
                                expected="one of " + ", ".join(ORIGINS)))  # fmt: skip
        return None
    word = found[0]
    known = (word, *CHANGES, *_BESIDE.get(word, ()))
    problems.extend(unknown_keys(node, known, f"a value with {word}", "source-unknown-word"))
    origin = _read_origin(word, node, problems)
    return None if origin is None else _with_changes(origin, node, problems)


def _read_origin(word: str, node: Node, problems: list[Problem]) -> Origin | None:
    said = node.block[word]
    match word:
        case "from":
            return _column_of(said, problems)
        case "is":
            return Constant(constant_text(said))
        case "join" | "first":
            return _several(word, said, node, problems)
        case "when":
            return _when(said, node, problems)
        case "formula":
            return Formula(said.raw)
        case _:
            if said.raw != "number":
                problems.append(said.problem("source-value", "row knows one word", expected="{row: number}"))
            return RowNumber()


def _column_of(said: Node, problems: list[Problem]) -> ColumnOf | None:
    if isinstance(said.value, dict | list) or said.value is None:
        problems.append(said.problem("source-value", "from names one column", expected="a column's name"))
        return None
    return ColumnOf(said.raw)


def _several(word: str, said: Node, node: Node, problems: list[Problem]) -> Origin | None:
    parts = tuple(part for item in said.items if (part := read_value(item, problems)) is not None)
    if not parts:
        problems.append(said.problem("source-value", f"{word} has nothing to take", expected=f"{word}: [a, b]"))
        return None
    if word == "first":
        return FirstOf(parts)
    return Joined(parts, node.block["with"].raw if "with" in node.block else "")


def _when(said: Node, node: Node, problems: list[Problem]) -> Origin | None:
    sides = [side for side in ("in", "not_in") if side in node.block]
    if len(sides) != 1:
        problems.append(
            said.problem("source-value", "when needs the words to look for", expected="in: […] or not_in: […]")
        )
        return None
    return When(said.raw, tuple(item.raw for item in node.block[sides[0]].items), sides[0] == "not_in")


def constant_text(node: Node) -> str | None:
    """The text of a scalar as the user wrote it; None for nothing."""
    return None if node.value is None else node.raw


def _with_changes(origin: Origin, node: Node, problems: list[Problem]) -> Value:
    block = node.block
    return Value(
        origin=origin,
        line=node.line,
        pairs=_pairs(block["as"], problems) if "as" in block else None,
        otherwise=_otherwise(block.get("otherwise"), problems),
        dates=date_formats(block.get("dates"), problems),
        zone=zone_name(block.get("zone"), problems),
        epoch=one_of(block.get("epoch"), EPOCHS, "epoch", problems),
        shift=_shift(block.get("shift"), problems),
        fold=one_of(block.get("fold"), FOLDS, "fold", problems),
        divide_by=_divisor(block.get("divide_by"), problems),
        combine=one_of(block.get("combine"), COMBINES, "combine", problems),
        ids_of=block["ids_of"].raw if "ids_of" in block else None,
    )


def _pairs(node: Node, problems: list[Problem]) -> Mapping[str, str | None]:
    if not isinstance(node.value, dict):
        problems.append(node.problem("source-value", "as is a block of pairs", expected="as: {theirs: ours}"))
    return {theirs: constant_text(ours) for theirs, ours in node.block.items()}


def _otherwise(node: Node | None, problems: list[Problem]) -> Value | None:
    if node is None:
        return None
    if isinstance(node.value, dict | list):
        return read_value(node, problems)
    return Value(Constant(constant_text(node)), node.line)


def date_formats(node: Node | None, problems: list[Problem]) -> tuple[str, ...]:
    """The formats that `dates:` lists, each checked to be one (`source-dates`)."""
    if node is None:
        return ()
    for item in node.items:
        marks = set(re.findall(r"%-?(.)", item.raw))
        if not marks or marks - _DATE_PARTS:
            problems.append(item.problem("source-dates", "not a date format", expected='such as "%d/%m/%Y %H:%M"'))
    return tuple(item.raw for item in node.items)


def zone_name(node: Node | None, problems: list[Problem]) -> str | None:
    """The time zone that `zone:` names, checked to exist (`source-zone`)."""
    if node is None:
        return None
    try:
        ZoneInfo(node.raw)
    except (ValueError, OSError, KeyError):
        problems.append(node.problem("source-zone", "no such time zone", expected="an IANA name such as Europe/Paris"))
        return None
    return node.raw


def one_of(node: Node | None, allowed: tuple[_Word, ...], what: str, problems: list[Problem]) -> _Word | None:
    """The word of `allowed` that the node says; a problem (`source-value`) with the nearest where it is none."""
    if node is None:
        return None
    for word in allowed:
        if node.raw == word:
            return word
    problems.append(Problem("source-value", f"{what} is none of the known", node.file, node.line, node.raw,
                            " or ".join(allowed), nearest(node.raw, allowed)))  # fmt: skip
    return None


def _shift(node: Node | None, problems: list[Problem]) -> tuple[Shift, ...]:
    shifts = []
    for item in node.items if node is not None else ():
        match = _SHIFT.fullmatch(item.raw.strip())
        if match is None:
            problems.append(item.problem("source-value", "not a shift of a date", expected="such as -11 years"))
        else:
            shifts.append(Shift(int(match["count"]), match["unit"]))
    return tuple(shifts)


def _divisor(node: Node | None, problems: list[Problem]) -> Decimal | None:
    if node is None:
        return None
    if isinstance(node.value, bool) or not isinstance(node.value, int | Decimal) or node.value == 0:
        problems.append(node.problem("source-value", "not a number to divide by", expected="such as 100"))
        return None
    return Decimal(node.value)
