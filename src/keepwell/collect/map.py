"""How do rows of a source become rows of a canonical table, and which of them break a rule on the way?

raw rows (text) → one mapped row each: the canonical columns typed, `__bad` = the first rule it breaks. What a row must
be *beside others* (required after merging, keys, references, shares) is `check.py`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from keepwell.collect.expressions import (
    WIDE,
    Scope,
    literal,
    local_sql,
    looked_up_sql,
    text_sql,
    typed_sql,
    unknown_word_sql,
)  # fmt: skip
from keepwell.collect.formulas import FormulaColumns
from keepwell.collect.source import Condition, Reading, TableMap
from keepwell.collect.stage import RawTable, Stage
from keepwell.collect.values import RowNumber, Value, formulas_of
from keepwell.core.errors import Problem, nearest
from keepwell.core.tables import SQL_TYPES, Column, Table
from keepwell.engine.formula import check_formula

_NOT = {
    "integer": "not a whole number",
    "boolean": "neither true nor false",
    "date": "not a date such as 2026-03-31, nor in a format that dates: lists",
    "timestamp": "not a time such as 2026-03-31 17:05, nor in a format that dates: lists",
}


@dataclass(frozen=True)
class Rule:
    """What a mapped row may break by itself: the code, the column, and what is expected there."""

    code: str
    column: str
    message: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mapped:
    """A table of mapped rows in the stage: which source rows, for which table, and the rules that `__bad` numbers."""

    name: str
    map: TableMap
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class _Test:
    """A rule as SQL: when it is broken, and what is shown as found."""

    broken: str
    shown: str
    rule: Rule


@dataclass(frozen=True)
class _Cell:
    """One canonical column's expressions: `inner` ones over the source's columns, `typed` over its text `__tN`."""

    column: Column
    inner: tuple[str, ...]
    typed: str
    kind: str
    tests: tuple[_Test, ...]
    combined: bool


def map_rows(stage: Stage, raw: RawTable, reading: Reading, table_map: TableMap, namespace: str, company_zone: str,
             name: str) -> Mapped:  # fmt: skip
    """Make the table `name` of mapped rows: source rows that the reading's words admit, each typed and judged.

    Columns: `__id`, `__file`, `__entry`, `__row`, `__line`, every canonical column, what `keep` sorts by, `__bad`
    (number of the rule it breaks, or NULL), `__bad_value`, `__bad_all` (a rule in a combined column is broken).
    """
    formulas = FormulaColumns(raw.places)
    scope = Scope(raw.places, reading, company_zone, formulas.sql)
    ids = Ids(reading, namespace)
    cells = [_cell(table_map, column, value, scope, ids, formulas) for column, value in _values(table_map)]
    inner = _inner(raw, table_map, cells, scope, formulas)
    stage.con.execute(f"CREATE TABLE {name} AS {_judged(table_map, cells, inner)}")
    return Mapped(name, table_map, tuple(test.rule for cell in cells for test in cell.tests))


def _values(table_map: TableMap) -> list[tuple[Column, Value]]:
    values = dict(table_map.values)
    if table_map.table.name == "ticket_steps" and "seq" not in values:
        values["seq"] = Value(RowNumber(), table_map.line)
    return [(column, values[column.name]) for column in table_map.table.columns if column.name in values]


# -- one cell ---------------------------------------------------------------------------------------------------


def _cell(table_map: TableMap, column: Column, value: Value, scope: Scope, ids: Ids, formulas: FormulaColumns) -> _Cell:
    number = table_map.table.names.index(column.name)
    text = f"__t{number}"
    inner = [f"{text_sql(value, scope)} AS {text}"]
    tests = []
    for place, (broken, shown, rule) in enumerate(_inner_faults(column, value, scope, formulas)):
        inner += [f"{broken} AS __u{number}_{place}", f"{shown} AS __w{number}_{place}"]
        tests.append(_Test(f"__u{number}_{place}", f"__w{number}_{place}", rule))
    typed = ids.prefixed(table_map.table, column, value, typed_sql(column, value, text, scope))
    if column.key and not column.required:
        typed = f"coalesce({typed}, '')"
    wide = value.combine == "sum" and column.type in ("money", "share", "number")
    kind = WIDE if wide else SQL_TYPES[column.type]
    tests += _tests(column, text, f"__v{number}")
    return _Cell(column, tuple(inner), typed, kind, tuple(tests), value.combine is not None)


def _inner_faults(column: Column, value: Value, scope: Scope, formulas: FormulaColumns) -> list[tuple[str, str, Rule]]:
    """What is wrong before there is a text: a formula that cannot be reckoned, a word that a look-up does not know."""
    faults = []
    for text, _ in formulas_of(value):
        broken, shown = formulas.fault(text)
        faults.append((broken, shown, Rule("value-number", column.name, f"cannot be reckoned: {text}")))
    unknown = unknown_word_sql(value, scope)
    if unknown is not None:
        words = tuple(value.pairs or ())
        said = "not among the words that as: lists: " + ", ".join(words[:20])
        faults.append((unknown, looked_up_sql(value, scope), Rule("value-not-in-lookup", column.name, said, words)))
    return faults


def _tests(column: Column, text: str, typed: str) -> list[_Test]:
    """What a value must be in its column: of its type, one of its words, there where it is part of the key."""
    tests = []
    if column.type != "text":
        rule = Rule(f"value-{_kind_word(column)}", column.name, _NOT.get(column.type, "not a number that fits"))
        tests.append(_Test(f"{text} IS NOT NULL AND {typed} IS NULL", text, rule))
    if column.allowed:
        listed = ", ".join(literal(word) for word in column.allowed)
        rule = Rule("value-not-allowed", column.name, "none of " + ", ".join(column.allowed), column.allowed)
        tests.append(_Test(f"{text} NOT IN ({listed})", text, rule))
    if column.key and column.required:
        tests.append(_Test(f"{typed} IS NULL", text, Rule("key-missing", column.name, "a part of the key is empty")))
    return tests


def _kind_word(column: Column) -> str:
    return {"money": "number", "share": "number", "integer": "number", "timestamp": "date"}.get(
        column.type, column.type
    )


@dataclass(frozen=True)
class Ids:
    """Whose ids are these? Puts the namespace before every id that names a row of an entity table."""

    reading: Reading
    namespace: str

    def of(self, table: str, value: Value) -> str:
        """The namespace of ids of a table: the value's, the source file's for that table, or the source's own."""
        said = self.reading.ids_of
        if value.ids_of is not None:
            return value.ids_of
        if isinstance(said, Mapping):
            return said.get(table, self.namespace)
        return said or self.namespace

    def prefixed(self, table: Table, column: Column, value: Value, typed: str) -> str:
        """The typed expression with its namespace, where the column is an id."""
        target = named_table(table, column)
        return typed if target is None else f"{literal(self.of(target, value) + ':')} || {typed}"


def named_table(table: Table, column: Column) -> str | None:
    """Which table's ids does a column hold? None where it holds none.

    >>> from keepwell.record.tables import TABLES
    >>> named_table(TABLES["tickets"], TABLES["tickets"].by_name["assignee_id"])
    'people'
    """
    if column.references is not None:
        return column.references
    own_id = table.key == (column.name,) and column.name.endswith("_id")
    return table.name if own_id or column.name in ("about", "contact_id") else None


# -- the whole query --------------------------------------------------------------------------------------------


def _inner(raw: RawTable, table_map: TableMap, cells: list[_Cell], scope: Scope, formulas: FormulaColumns) -> str:
    """Source rows with the text of each value, what look-ups do not know, and what `keep` sorts by."""
    extra = [expression for cell in cells for expression in cell.inner]
    for n, column in enumerate(table_map.keep.columns if table_map.keep else ()):
        place = scope.place(column)
        extra += [f"{place} AS __k{n}", f"{local_sql(place, scope.reading.dates)} AS __k{n}_at"]
    wanted = [f"(__entry IS NULL OR __entry = {literal(table_map.table.name)})"]
    wanted += [_condition_sql(condition, scope) for condition in table_map.where]
    if table_map.each is not None:
        wanted.append(f"{scope.place(table_map.each)} IS NOT NULL")
    source = f"(SELECT *{formulas.columns()} FROM {raw.name})" if formulas.used else raw.name
    return f"SELECT __id, __file, __entry, __row, __line, {', '.join(extra)} FROM {source} WHERE {' AND '.join(wanted)}"


def _condition_sql(condition: Condition, scope: Scope) -> str:
    place = scope.place(condition.column)
    words = [literal(word) for word in condition.words if word is not None]
    found = [f"coalesce({place} IN ({', '.join(words)}), false)"] if words else []
    if None in condition.words or len(words) < len(condition.words):
        found.append(f"{place} IS NULL")
    whole = "(" + " OR ".join(found or ["false"]) + ")"
    return f"NOT {whole}" if condition.negate else whole


def _judged(table_map: TableMap, cells: list[_Cell], inner: str) -> str:
    """Typed rows over the inner query, each with the first rule that it breaks."""
    number = {name: place for place, name in enumerate(table_map.table.names)}
    given = {cell.column.name for cell in cells}
    typed = ", ".join(f"CAST({cell.typed} AS {cell.kind}) AS __v{number[cell.column.name]}" for cell in cells)
    columns = ", ".join(
        f'__v{number[column.name]} AS "{column.name}"' if column.name in given
        else f'CAST({_filler(column)} AS {SQL_TYPES[column.type]}) AS "{column.name}"'
        for column in table_map.table.columns
    )  # fmt: skip
    sort = "".join(f", __k{n}, __k{n}_at" for n, _ in enumerate(table_map.keep.columns if table_map.keep else ()))
    tests = [test for cell in cells for test in cell.tests]
    bad = " ".join(f"WHEN {test.broken} THEN {place}" for place, test in enumerate(tests))
    shown = " ".join(f"WHEN {place} THEN {test.shown}" for place, test in enumerate(tests))
    judged, found = (f"CASE {bad} END", f"CASE __bad {shown} END") if tests else ("NULL::INTEGER", "NULL::VARCHAR")
    combined = [f"({test.broken})" for cell in cells if cell.combined for test in cell.tests] or ["false"]
    return (
        f"SELECT __id, __file, __entry, __row, __line, {columns}{sort}, __bad, {found} AS __bad_value, "
        f"coalesce({' OR '.join(combined)}, false) AS __bad_all FROM ("
        f"SELECT *, {judged} AS __bad FROM (SELECT *, {typed} FROM ({inner}) AS a) AS b) AS c"
    )


def _filler(column: Column) -> str:
    """What a column holds that the source does not give: an optional part of a key is '', all else nothing."""
    return "''" if column.key and not column.required else "NULL"


def unknown_columns(table_map: TableMap, header: tuple[str, ...], file: str, shown: str) -> list[Problem]:
    """A problem for each column that the mapping reads and the file's header lacks, with the nearest that it has."""
    found: dict[str, Problem] = {}
    for column, line in table_map.used():
        if column not in header and column not in found:
            found[column] = Problem(
                "source-unknown-column", f"{shown} has no column {column}", file, line, column,
                "one of " + ", ".join(header[:40]), nearest(column, header),
            )  # fmt: skip
    wrong = [problem for text, line in table_map.formulas() for problem in check_formula(text, header, file, line)]
    return [*found.values(), *wrong]
