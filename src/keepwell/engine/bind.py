"""Does each model give what it says it gives? Bound on empty tables of the declared types, without a row of data.

Nothing is cast to fit: a model that gives a HUGEINT where it declares an integer is told so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import duckdb

from keepwell.core.errors import Problem, nearest
from keepwell.core.quoting import quoted
from keepwell.core.tables import SQL_TYPES, Column, Table
from keepwell.engine.graph import Node
from keepwell.engine.model import Model
from keepwell.engine.portable import check_portable
from keepwell.engine.quotient import duckdb_macros

_LINE = re.compile(r"^LINE (\d+):", re.MULTILINE)


def check_models(nodes: Iterable[Node], given: Mapping[str, Table]) -> list[Problem]:
    """What is wrong with these models, of all that can be known without data?

    `given` are the tables that no node gives. Problems: `model-input-unknown`, `model-bind` (DuckDB does not accept
    it), `model-columns` and `model-types` (it gives others than it declares), `model-not-portable`.
    """
    nodes = list(nodes)
    tables = {**given, **{node.name: node.gives for node in nodes}}
    problems: list[Problem] = []
    with duckdb.connect(":memory:", config={"python_enable_replacements": "false"}) as con:
        con.execute(duckdb_macros())
        for name, table in tables.items():
            con.execute(f"CREATE TABLE {quoted(name)} ({', '.join(column.sql for column in table.columns)})")
        for node in nodes:
            if isinstance(node, Model):
                problems += _check(con, node, tables)
    return problems


def _check(con: duckdb.DuckDBPyConnection, model: Model, tables: Mapping[str, Table]) -> Iterator[Problem]:
    unknown = [name for name in model.inputs if name not in tables]
    for name in unknown:
        yield Problem("model-input-unknown", f"{model.name} reads {name}, which no one gives", model.file,
                      found=name, nearest=nearest(name, tables))  # fmt: skip
    if unknown:
        return
    try:
        gives = {row[0]: row[1] for row in con.execute(f"DESCRIBE {model.sql}").fetchall()}
    except duckdb.Error as error:
        yield _unbound(model, str(error))
        return
    yield from _compare(model, gives)
    yield from check_portable(model, {name: tables[name] for name in model.inputs})


def _unbound(model: Model, error: str) -> Problem:
    line = _LINE.search(error)
    # DuckDB's grammar reads a bare `at` or `on` as its own word, wherever it may be a column.
    reserved = "Parser Error" in error and re.search(r"\b(at|on)\b", error.partition("LINE")[2])
    expected = f'"{reserved[1]}" in double quotes, or behind its table\'s name' if reserved else None
    return Problem("model-bind", f"{model.name}: {error.splitlines()[0]}", model.file, int(line[1]) if line else None,
                   expected=expected)  # fmt: skip


def _compare(model: Model, gives: Mapping[str, str]) -> Iterator[Problem]:
    if tuple(gives) != model.gives.names:
        yield Problem("model-columns", f"{model.name} gives other columns than it declares", model.file,
                      found=", ".join(gives), expected=", ".join(model.gives.names))  # fmt: skip
    for column in model.gives.columns:
        if column.name in gives and gives[column.name] != _type(column):
            yield Problem("model-types", f"{model.name}.{column.name} is of another type than declared", model.file,
                          found=gives[column.name], expected=f"{_type(column)} ({column.type})")  # fmt: skip


def _type(column: Column) -> str:
    return SQL_TYPES[column.type].replace(" ", "")
