"""What does a source file say: what is read, how it is written there, and which tables it becomes?

`sources/crm.yaml` becomes a `Source`: its readings (one kind of file or one query each), every word checked, unknown
words, tables and columns named with the nearest ones. `files:` holds several readings; they inherit what stands beside
them. `preset:` takes all of another source file that ships with Keepwell; words given here override it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Literal

from keepwell.collect.values import Value, constant_text, date_formats, formulas_of, read_value, zone_name
from keepwell.core.errors import ConfigurationError, MissingError, Problem, nearest, raise_problems
from keepwell.core.identifiers import content_hash
from keepwell.core.tables import Table
from keepwell.project.yaml import Node, parse_yaml, read_yaml, unknown_keys
from keepwell.record.tables import ENDS, LASTING, TABLES

FOLDER = "sources"
_FORMAT_WORDS = ("zone", "dates", "nothing", "encoding", "separator", "row_ends_with", "header", "header_rows", "sheet")
_READING_WORDS = ("reads", *_FORMAT_WORDS, "ids_of", "complete", "becomes")
_SOURCE_WORDS = ("source", "preset", "files", *_READING_WORDS)
_TABLE_WORDS = ("keep", "each", "where", "known", "until_next")


@dataclass(frozen=True)
class Query:
    """A query of a database. The address is stated or stands in an environment variable, never both."""

    address: str | None
    environment: str | None
    query: str
    line: int


@dataclass(frozen=True)
class Format:
    """How the files are written: characters, columns and rows; None where it is found out by looking."""

    encoding: str | None = None
    separator: str | None = None
    row_ends_with: str | None = None
    header: tuple[str, ...] | None = None
    header_rows: int = 1
    sheet: str | None = None


@dataclass(frozen=True)
class Keep:
    """Which of many rows of one key counts: the last or the first by these columns."""

    end: Literal["last", "first"]
    columns: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Condition:
    """Only rows whose column holds one of the words (`negate`: none of them)."""

    column: str
    words: tuple[str | None, ...]
    negate: bool
    line: int


@dataclass(frozen=True)
class Catalogue:
    """The words that a column may hold: a list, or a column of another file. Others are said, not dropped."""

    column: str
    reads: str
    listed: str
    line: int
    words: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """Where the words stand, for people."""
        return self.reads or "the known words"


@dataclass(frozen=True)
class TableMap:
    """How rows of a source become rows of one canonical table."""

    table: Table
    values: Mapping[str, Value]
    line: int
    keep: Keep | None = None
    each: str | None = None
    where: tuple[Condition, ...] = ()
    known: tuple[Catalogue, ...] = ()
    until_next: str | None = None

    @property
    def folds(self) -> bool:
        """Do several rows of the source become one here?"""
        return self.keep is not None or self.each is not None or self.combines

    @property
    def combines(self) -> bool:
        """Is some value made from all rows of one key?"""
        return any(value.combine for value in self.values.values())

    def used(self) -> list[tuple[str, int]]:
        """Every column of the source that is read, with its line; those of formulas aside."""
        named = [column for value in self.values.values() for column in value.columns]
        named += [(condition.column, condition.line) for condition in self.where]
        named += [(catalogue.column, catalogue.line) for catalogue in self.known]
        if self.each is not None:
            named.append((self.each, self.line))
        if self.keep is not None:
            named += [(column, self.keep.line) for column in self.keep.columns]
        return named

    def formulas(self) -> list[tuple[str, int]]:
        """Every formula, with its line."""
        return [found for value in self.values.values() for found in formulas_of(value)]


@dataclass(frozen=True)
class Reading:
    """One kind of file, or one query, and what it becomes. With a `preset` that follows from each file's columns."""

    file: str
    line: int
    reads: tuple[str, ...]
    query: Query | None
    format: Format
    becomes: tuple[TableMap, ...]
    zone: str | None = None
    dates: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    ids_of: str | Mapping[str, str] | None = None
    complete: bool = False
    preset: str | None = None
    own: Mapping[str, Node] = field(default_factory=dict, compare=False)
    kind: str = ""
    said: str = ""

    @property
    def name(self) -> str:
        """What it is called in counts and in quarantine: the pattern of its files, or its query."""
        if self.query is not None:
            return "query " + content_hash(self.query.query)[:8]
        return self.kind or ", ".join(self.reads)

    @property
    def mapping_hash(self) -> str:
        """Changes whenever anything that the reading says changes."""
        return content_hash(self.said)


@dataclass(frozen=True)
class Source:
    """One source: a name in the record, and its readings in order."""

    name: str
    files: tuple[str, ...]
    readings: tuple[Reading, ...]


def read_sources(root: Path, names: Sequence[str] = ()) -> list[Source]:
    """The sources of a project, all or those named. Raises `ConfigurationError` with every problem, each with its line.

    Source files that name the same `source` are one source, in the order of their names.
    """
    problems: list[Problem] = []
    by_name: dict[str, Source] = {}
    for path in sorted((root / FOLDER).glob("*.y*ml")):
        try:
            found = read_source(path, f"{FOLDER}/{path.name}")
        except ConfigurationError as error:
            problems.extend(error.problems)
            continue
        before = by_name.get(found.name)
        by_name[found.name] = found if before is None else _joined(before, found)
    raise_problems(problems)
    if not by_name:
        raise MissingError("sources-missing", f"no source file in {FOLDER}/",
                           hint="make one: keepwell init DIR exports/*.csv")  # fmt: skip
    for name in names:
        if name not in by_name:
            near = nearest(name, by_name)
            raise MissingError("source-unknown", f"no source {name}", hint=f"did you mean {near}?" if near else None)
    return [source for name, source in sorted(by_name.items()) if not names or name in names]


def _joined(first: Source, second: Source) -> Source:
    return Source(first.name, first.files + second.files, first.readings + second.readings)


def read_source(path: Path, shown_as: str | None = None) -> Source:
    """The source that one file says. Raises `ConfigurationError`."""
    return source_of(read_yaml(path, shown_as), path.stem)


def parse_source(text: str, name: str) -> Source:
    """The source that `text` says; `name` is its name where it states none. Raises `ConfigurationError`."""
    return source_of(parse_yaml(text, f"{FOLDER}/{name}.yaml"), name)


def source_of(node: Node, stem: str) -> Source:
    """The source that a YAML document says. Raises `ConfigurationError` (`source-…`)."""
    problems = unknown_keys(node, _SOURCE_WORDS, "a source", "source-unknown-word")
    block = node.block
    name = block["source"].raw if "source" in block else stem
    if "preset" in block:
        readings = [_preset_reading(node, problems)]
    elif "files" in block:
        readings = _several_readings(block, problems)
    else:
        readings = [reading_of(node, block, problems)]
    raise_problems(problems)
    return Source(name, (node.file,), tuple(readings))


def _several_readings(outer: Mapping[str, Node], problems: list[Problem]) -> list[Reading]:
    readings = []
    for item in outer["files"].items:
        problems.extend(unknown_keys(item, _READING_WORDS, "a file of a source", "source-unknown-word"))
        inherited = {word: said for word, said in outer.items() if word not in ("files", "source", "preset")}
        readings.append(reading_of(item, {**inherited, **item.block}, problems))
    if not readings:
        problems.append(outer["files"].problem("source-word-missing", "files lists none", expected="- reads: …"))
    return readings


def preset_names() -> list[str]:
    """The presets that ship with Keepwell."""
    folder = resources.files("keepwell.collect") / "presets"
    if not folder.is_dir():
        return []
    return sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def read_preset(name: str) -> Node:
    """The YAML of a preset. Raises `MissingError` (`preset-unknown`)."""
    if name not in preset_names():
        near = nearest(name, preset_names())
        raise MissingError("preset-unknown", f"no preset {name}", hint=f"did you mean {near}?" if near else None)
    folder = resources.files("keepwell.collect") / "presets"
    return parse_yaml((folder / f"{name}.yaml").read_text(encoding="utf-8"), f"preset {name}")


def _preset_reading(node: Node, problems: list[Problem]) -> Reading:
    """A reading whose tables follow from the preset and from each file's columns (see `preset.py`)."""
    said = node.block["preset"]
    if said.raw not in preset_names():
        problems.append(said.problem("preset-unknown", "no such preset", known=iter(preset_names()),
                                     expected="one of " + ", ".join(preset_names())))  # fmt: skip
    own = {word: value for word, value in node.block.items() if word not in ("source", "preset", "files")}
    if "becomes" in own:
        problems.extend(unknown_keys(own["becomes"], tuple(TABLES), "the record", "source-unknown-table"))
    return replace(reading_of(node, {**own, "preset": said}, problems), preset=said.raw, own=own)


def reading_of(node: Node, words: Mapping[str, Node], problems: list[Problem]) -> Reading:
    """The reading that these words say; `node` is where it stands. Problems (`source-…`) are added to the list."""
    for word in ("reads",) if "preset" in words else ("reads", "becomes"):
        if word not in words:
            missing = Problem("source-word-missing", f"{word} is not said", node.file, node.line, expected=f"{word}: …")
            problems.append(missing)
    reads, query = _reads(words.get("reads"), problems)
    return Reading(
        file=node.file,
        line=node.line,
        reads=reads,
        query=query,
        format=_format(words, problems),
        becomes=() if "preset" in words else _becomes(words.get("becomes"), problems),
        zone=zone_name(words.get("zone"), problems),
        dates=date_formats(words.get("dates"), problems),
        nothing=tuple(item.raw for item in words["nothing"].items) if "nothing" in words else (),
        ids_of=_ids_of(words.get("ids_of"), problems),
        complete=words["complete"].value is True if "complete" in words else False,
        said=repr(sorted((word, said.plain()) for word, said in words.items() if word not in ("reads", "source"))),
    )


def _reads(node: Node | None, problems: list[Problem]) -> tuple[tuple[str, ...], Query | None]:
    if node is None:
        return (), None
    if isinstance(node.value, dict):
        return (), _query(node, problems)
    patterns = tuple(item.raw for item in node.items)
    for item, pattern in zip(node.items, patterns, strict=True):
        if Path(pattern).is_absolute() or "://" in pattern:
            problems.append(item.problem("source-reads", "files are named relative to the project's folder",
                                         expected="such as exports/*.csv"))  # fmt: skip
    return patterns, None


def _query(node: Node, problems: list[Problem]) -> Query | None:
    problems.extend(unknown_keys(node, ("database", "query"), "reads", "source-unknown-word"))
    for word in ("database", "query"):
        if word not in node.block:
            problems.append(node.problem("source-word-missing", f"{word} is not said", expected=f"{word}: …"))
            return None
    database = node.block["database"]
    if not isinstance(database.value, dict):
        return Query(database.raw, None, node.block["query"].raw, database.line)
    problems.extend(unknown_keys(database, ("environment",), "database", "source-unknown-word"))
    named = database.block.get("environment")
    if named is None:
        problems.append(
            database.problem("source-word-missing", "environment is not said", expected="environment: NAME")
        )
        return None
    return Query(None, named.raw, node.block["query"].raw, database.line)


def _format(words: Mapping[str, Node], problems: list[Problem]) -> Format:
    rows = words["header_rows"].value if "header_rows" in words else 1
    if not isinstance(rows, int) or isinstance(rows, bool) or rows < 1:
        problems.append(words["header_rows"].problem("source-value", "not a number of rows", expected="1 or more"))
        rows = 1
    encoding = words["encoding"].raw if "encoding" in words else None
    if encoding is not None and not _is_encoding(encoding):
        problems.append(words["encoding"].problem("source-encoding", "no such encoding", expected="such as latin-1"))
        encoding = None
    return Format(
        encoding=encoding,
        separator=words["separator"].raw if "separator" in words else None,
        row_ends_with=words["row_ends_with"].raw if "row_ends_with" in words else None,
        header=tuple(item.raw for item in words["header"].items) if "header" in words else None,
        header_rows=rows,
        sheet=words["sheet"].raw if "sheet" in words else None,
    )


def _is_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except LookupError:
        return False
    return True


def _ids_of(node: Node | None, problems: list[Problem]) -> str | Mapping[str, str] | None:
    if node is None:
        return None
    if not isinstance(node.value, dict):
        return node.raw
    problems.extend(unknown_keys(node, tuple(TABLES), "ids_of", "source-unknown-table"))
    return {table: said.raw for table, said in node.block.items()}


def _becomes(node: Node | None, problems: list[Problem]) -> tuple[TableMap, ...]:
    if node is None:
        return ()
    problems.extend(unknown_keys(node, tuple(TABLES), "the record", "source-unknown-table"))
    if not node.block:
        problems.append(node.problem("source-word-missing", "becomes names no table", expected="customers: {…}"))
    return tuple(_table_map(TABLES[name], said, problems) for name, said in node.block.items() if name in TABLES)


def _table_map(table: Table, node: Node, problems: list[Problem]) -> TableMap:
    known = (*table.names, *_TABLE_WORDS)
    problems.extend(unknown_keys(node, known, table.name, "source-unknown-column"))
    values = {}
    for name, said in node.block.items():
        if name in table.by_name and (value := read_value(said, problems)) is not None:
            values[name] = value
    _need_key(table, node, problems)
    return TableMap(
        table=table,
        values=values,
        line=node.line,
        keep=_keep(node.block.get("keep"), problems),
        each=node.block["each"].raw if "each" in node.block else None,
        where=_where(node.block.get("where"), problems),
        known=_catalogues(node.block.get("known"), problems),
        until_next=_until_next(table, node.block.get("until_next"), problems),
    )


def _need_key(table: Table, node: Node, problems: list[Problem]) -> None:
    """A key's column without a value is a mistake, unless it may be empty or numbers the rows."""
    for column in table.columns:
        fills_itself = (table.name, column.name) == ("ticket_steps", "seq")
        if column.key and column.required and column.name not in node.block and not fills_itself:
            problems.append(Problem("source-key-missing", f"{table.name} needs {column.name}, which is part of its key",
                                    node.file, node.line, expected=f"{column.name}: …"))  # fmt: skip


def _keep(node: Node | None, problems: list[Problem]) -> Keep | None:
    if node is None:
        return None
    end, by, columns = node.raw.partition(" by ")
    names = tuple(name.strip() for name in columns.split(",") if name.strip())
    if not by or not names or end.strip() not in ("last", "first"):
        problems.append(node.problem("source-keep", "keep says which end, and by which column",
                                     expected="last by COLUMN, or first by COLUMN"))  # fmt: skip
        return None
    return Keep("last" if end.strip() == "last" else "first", names, node.line)


def _where(node: Node | None, problems: list[Problem]) -> tuple[Condition, ...]:
    if node is None:
        return ()
    if not isinstance(node.value, dict):
        problems.append(node.problem("source-where", "where pairs columns with words", expected="where: {stage: Won}"))
    conditions = []
    for column, said in node.block.items():
        negate = isinstance(said.value, dict)
        if negate:
            problems.extend(unknown_keys(said, ("not",), "where", "source-unknown-word"))
        words = said.block.get("not", said) if negate else said
        texts = tuple(constant_text(item) for item in words.items) if words.value is not None else (None,)
        conditions.append(Condition(column, texts, negate, said.line))
    return tuple(conditions)


def _until_next(table: Table, node: Node | None, problems: list[Problem]) -> str | None:
    if node is None:
        return None
    if table.name not in LASTING:
        problems.append(node.problem("source-until-next", f"rows of {table.name} do not follow each other",
                                     expected="one of the tables " + ", ".join(LASTING)))  # fmt: skip
    elif node.raw != ENDS:
        problems.append(node.problem("source-until-next", "until_next names the day on which a row ends",
                                     expected=f"until_next: {ENDS}"))  # fmt: skip
    else:
        return ENDS
    return None


def _catalogues(node: Node | None, problems: list[Problem]) -> tuple[Catalogue, ...]:
    if node is None:
        return ()
    if not isinstance(node.value, dict):
        problems.append(node.problem("source-known", "known pairs columns with the words that they may hold",
                                     expected="known: {product: {reads: exports/products.csv}}"))  # fmt: skip
    return tuple(_catalogue(column, said, problems) for column, said in node.block.items())


def _catalogue(column: str, said: Node, problems: list[Problem]) -> Catalogue:
    if not isinstance(said.value, dict):
        return Catalogue(column, "", column, said.line, tuple(item.raw for item in said.items))
    problems.extend(unknown_keys(said, ("reads", "column"), "known", "source-unknown-word"))
    if "reads" not in said.block:
        problems.append(said.problem("source-word-missing", "reads is not said", expected="reads: exports/list.csv"))
        return Catalogue(column, "", column, said.line)
    reads, _ = _reads(said.block["reads"], problems)
    listed = said.block["column"].raw if "column" in said.block else column
    return Catalogue(column, reads[0] if reads else "", listed, said.line)
