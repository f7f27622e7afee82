"""What does a `.sql` file say of itself: what one row is, its key, its columns, and which tables it reads?

A model is one SELECT in DuckDB's dialect. Above it stand comments that people and the engine both read:

    -- one row per customer and stage: when they entered it, and why it matters
    -- key: customer_id, stage
    -- kept: yes
    -- gives:
    --   customer_id text     whose stage it is
    --   stage text           one of the company's stages
    --   entered_on date      the first day in it
    SELECT …

`key: none` is for a table of one row. `kept: yes` writes the table into the run's folder. A type followed by `!` is
never null; key columns never are. `per: person_id of credited, members` says that the rows of one person follow from the
rows of that person in these inputs, and from the other inputs as a whole (see `buckets`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import get_args

import sqlglot
from sqlglot import exp

from keepwell.core.errors import MissingError, Problem, nearest, raise_problems
from keepwell.core.tables import Column, ColumnType, Table
from keepwell.engine.emptiness import Sets, nothing_without

TYPES: tuple[ColumnType, ...] = get_args(ColumnType)
_COLUMN = re.compile(r"^(?P<name>[a-z_][a-z0-9_]*)\s+(?P<type>[a-z]+)(?P<required>!?)(?:\s+(?P<says>.*))?$")
_PER = re.compile(r"^(?P<key>[a-z_][a-z0-9_]*) of (?P<inputs>[a-z_][a-z0-9_]*(?:, *[a-z_][a-z0-9_]*)*)$")
_WORDS = ("key", "kept", "per", "gives")


@dataclass(frozen=True)
class Model:
    """One SELECT: the table it `gives`, whether that is `kept` with the run, its text, and the file it stands in.

    `per`: its rows of one key of this name follow from such rows of the inputs that are `split`; '' they may not.
    """

    gives: Table
    sql: str
    kept: bool = False
    file: str = ""
    per: str = ""
    split: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The table's name, which is the file's stem."""
        return self.gives.name

    @property
    def tree(self) -> exp.Query:
        """The SELECT as SQLGlot reads it. Shared by all who ask: copy it before changing it."""
        return parse_select(self.sql, self.file or self.name)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The tables that the SELECT reads, by name, sorted: not those it defines itself in a WITH."""
        own = {cte.alias for cte in self.tree.find_all(exp.CTE)}
        read = {table.name for table in self.tree.find_all(exp.Table) if table.name}  # a function's rows have no name
        return tuple(sorted(read - own))

    @cached_property
    def nothing_without(self) -> Sets:
        """Without which tables it gives no row: see `emptiness`."""
        return nothing_without(self.tree)


@lru_cache(maxsize=1024)
def parse_select(sql: str, file: str) -> exp.Query:
    """The one SELECT in `sql` as a tree. Raises `ConfigurationError` (`model-sql`) with the line where reading ended."""
    try:
        statements = sqlglot.parse(sql, read="duckdb")
    except sqlglot.errors.SqlglotError as error:
        details = error.errors[0] if isinstance(error, sqlglot.errors.ParseError) and error.errors else {}
        problem = Problem("model-sql", details.get("description") or str(error), file, details.get("line"))
        raise_problems([problem])
        raise AssertionError from error
    if len(statements) == 1 and isinstance(statements[0], exp.Query):
        return statements[0]
    raise_problems([Problem("model-sql", "a model is one SELECT", file, 1, found=f"{len(statements)} statements")])
    raise AssertionError


def read_model(text: str, name: str, file: str = "") -> Model:
    r"""The model that `text` is. Raises `ConfigurationError` with every problem of its header.

    >>> header = "-- one row per deal won\n-- key: id\n-- gives:\n--   id text  its id\n"
    >>> model = read_model(header + "SELECT id FROM deals WHERE outcome = 'won'", "won")
    >>> model.gives.key, model.inputs, model.kept
    (('id',), ('deals',), False)
    """
    header = _Header(text, file or f"{name}.sql")
    table = Table(name, header.columns(), header.says())
    model = Model(table, text, header.kept(), file or f"{name}.sql", *header.per())
    raise_problems(header.problems)
    return model


def load_models(where: str | ModuleType | Path) -> list[Model]:
    """Which models stand in this package or folder, and below it? Sorted by name.

    Raises `ConfigurationError` with the problems of all files together; `MissingError` where there is no such folder.
    """
    models: list[Model] = []
    problems: list[Problem] = []
    for folder in _folders(where):
        for path in sorted(folder.rglob("*.sql")):
            header = _Header(path.read_text(encoding="utf-8"), _shown(path))
            table = Table(path.stem, header.columns(), header.says())
            models.append(Model(table, header.text, header.kept(), header.file, *header.per()))
            problems.extend(header.problems)
    problems.extend(_twice(models))
    raise_problems(problems)
    return sorted(models, key=lambda model: model.name)


def _folders(where: str | ModuleType | Path) -> list[Path]:
    if isinstance(where, Path):
        if not where.is_dir():
            raise MissingError("models-missing", f"no folder {where}")
        return [where]
    module = import_module(where) if isinstance(where, str) else where
    return [Path(folder) for folder in module.__path__]


def _shown(path: Path) -> str:
    """The path as people name it: from the package's root on."""
    parts = path.parts
    return "/".join(parts[parts.index("keepwell") :]) if "keepwell" in parts else str(path)


def _twice(models: Sequence[Model]) -> Iterator[Problem]:
    first: dict[str, Model] = {}
    for model in models:
        if model.name in first:
            yield Problem("model-twice", f"two models are named {model.name}", model.file, found=first[model.name].file)
        first.setdefault(model.name, model)


class _Header:
    """The comment lines above the SELECT, taken apart; what is wrong with them gathers in `problems`."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.problems: list[Problem] = []
        self.prose: list[str] = []
        self.words: dict[str, tuple[int, str]] = {}
        self.lines: list[tuple[int, str]] = []
        self._read()

    def _read(self) -> None:
        for number, line in enumerate(self.text.splitlines(), start=1):
            if not line.strip():
                continue
            if not line.startswith("--"):
                break
            self._take(number, line[2:].strip())

    def _take(self, number: int, line: str) -> None:
        word, colon, rest = line.partition(":")
        if colon and word in _WORDS:
            self.words[word] = (number, rest.strip())
        elif "gives" in self.words:
            self.lines.append((number, line))
        elif not self.words:
            self.prose.append(line)
        elif line:
            self._wrong(
                "model-header", "not a line that is understood here", number, line, "key:, kept:, per: or gives:"
            )

    def _wrong(self, code: str, message: str, line: int, found: str | None, expected: str | None,
               *, near: str | None = None) -> None:  # fmt: skip
        self.problems.append(Problem(code, message, self.file, line, found, expected, near))

    def says(self) -> str:
        """What one row is."""
        if not self.prose:
            self._wrong("model-says", "the first line says what one row is", 1, None, "-- one row per …")
        return " ".join(self.prose)

    def kept(self) -> bool:
        """Whether the table is written into the run's folder."""
        line, word = self.words.get("kept", (0, "no"))
        if word not in ("yes", "no"):
            self._wrong("model-kept", "kept is yes or no", line, word, "yes or no")
        return word == "yes"

    def per(self) -> tuple[str, tuple[str, ...]]:
        """The key by which it may be computed apart, and the inputs that are split by it."""
        line, words = self.words.get("per", (0, ""))
        match = _PER.match(words)
        names = {text.split()[0] for _, text in self.lines if text}
        if words and (match is None or match["key"] not in names):
            self._wrong(
                "model-per", "per is a column that is given, of inputs", line, words, "per: person_id of credited"
            )
        return (match["key"], tuple(name.strip() for name in match["inputs"].split(","))) if match else ("", ())

    def columns(self) -> tuple[Column, ...]:
        """The declared columns, those of the key marked."""
        key = self._key()
        found = [column for number, line in self.lines if line and (column := self._column(number, line, key))]
        names = [column.name for column in found]
        if not found and not self.problems:
            self._wrong(
                "model-gives", "no columns are declared", self.words.get("gives", (1, ""))[0], None, "-- gives:"
            )
        for name in sorted(set(names)):
            if names.count(name) > 1:
                self._wrong("model-column-twice", f"{name} is declared twice", self.words["gives"][0], None, None)
        for name in key:
            if name not in names and found:
                self._wrong("model-key", f"the key's {name} is not among the columns", self.words["key"][0], name,
                            "a column that is given", near=nearest(name, names))  # fmt: skip
        return tuple(found)

    def _key(self) -> tuple[str, ...]:
        line, words = self.words.get("key", (1, ""))
        if not words:
            self._wrong("model-key", "the key is not said", line, None, "-- key: column, column (or none: one row)")
        return () if words == "none" else tuple(word.strip() for word in words.split(",") if word.strip())

    def _column(self, number: int, line: str, key: tuple[str, ...]) -> Column | None:
        match = _COLUMN.match(line)
        if match is None:
            self._wrong("model-column", "not a column", number, line, "name type words")
            return None
        kind = next((word for word in TYPES if word == match["type"]), None)
        if kind is None:
            self._wrong("model-type", f"no type {match['type']}", number, match["type"], ", ".join(TYPES),
                        near=nearest(match["type"], TYPES))  # fmt: skip
            return None
        name, is_key = match["name"], match["name"] in key
        return Column(name, kind, match["says"] or "", key=is_key, required=is_key or bool(match["required"]))
