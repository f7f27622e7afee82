"""A model is left out only where its SELECT can give no row: the rules by hand, and every model of Keepwell by trial."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pyarrow as pa
import pytest

import keepwell.run
from keepwell.core.quoting import quoted
from keepwell.core.tables import Table
from keepwell.engine import Model, Step
from keepwell.engine.emptiness import gives_nothing, nothing_without
from keepwell.engine.model import parse_select
from keepwell.engine.quotient import duckdb_macros
from keepwell.record.snapshot import SNAPSHOT_TABLES

CASES = {
    "SELECT x FROM a": [["a"]],
    "SELECT x FROM a JOIN b USING (x)": [["a"], ["b"]],
    "SELECT a.x FROM a, b": [["a"], ["b"]],
    "SELECT x FROM a LEFT JOIN b USING (x)": [["a"]],
    "SELECT x FROM a RIGHT JOIN b USING (x)": [["b"]],
    "SELECT x FROM a FULL JOIN b USING (x)": [["a", "b"]],
    "SELECT x FROM a SEMI JOIN b USING (x)": [["a"], ["b"]],
    "SELECT x FROM a ANTI JOIN b USING (x)": [["a"]],
    "SELECT x FROM a UNION ALL SELECT x FROM b": [["a", "b"]],
    "SELECT x FROM a EXCEPT SELECT x FROM b": [["a"]],
    "SELECT x FROM a INTERSECT SELECT x FROM b": [["a"], ["b"]],
    "SELECT sum(x) AS x FROM a": [],
    "SELECT count(*) FILTER (WHERE x > 1) AS n FROM a": [],
    "SELECT x, sum(x) OVER (PARTITION BY x) AS n FROM a": [["a"]],
    "SELECT x, (SELECT max(x) FROM b) AS most FROM a": [["a"]],
    "SELECT x, count(*) AS n FROM a GROUP BY x": [["a"]],
    "SELECT x, count(*) AS n FROM a GROUP BY ROLLUP (x)": [],
    "SELECT x FROM (VALUES (1)) AS v(x)": [],
    "SELECT a.x FROM a CROSS JOIN (VALUES (1)) AS v(y)": [["a"]],
    "SELECT x FROM (SELECT x FROM a) AS i LEFT JOIN b USING (x)": [["a"]],
    "WITH c AS (SELECT x FROM a), d AS (SELECT sum(x) AS x FROM b) SELECT c.x FROM c JOIN d USING (x)": [["a"]],
    "WITH a AS (SELECT x FROM a WHERE x > 0) SELECT x FROM a": [["a"]],
    "WITH RECURSIVE c AS (SELECT x FROM a UNION ALL SELECT c.x FROM c JOIN b USING (x)) SELECT x FROM c": [["a"]],
    "SELECT 1 AS x": [],
}


@pytest.mark.parametrize(("sql", "sets"), CASES.items())
def test_without_which_tables_a_select_gives_nothing(sql: str, sets: list[list[str]]) -> None:
    assert sorted(sorted(one) for one in nothing_without(parse_select(sql, "m.sql"))) == sets
    with duckdb.connect() as con:
        for one in sets:
            for name in "ab":
                con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT 1 AS x WHERE {name not in one}")
            assert con.execute(sql).fetchall() == []


def test_all_tables_of_a_set_have_to_be_empty() -> None:
    sets = nothing_without(parse_select("SELECT x FROM a UNION ALL SELECT x FROM b", "m.sql"))
    assert gives_nothing(sets, {"a", "b"}.__contains__)
    assert not gives_nothing(sets, {"a"}.__contains__)


def models() -> Iterator[tuple[Model, list[str]]]:
    """Every model that may be left out, with its shortest set of tables."""
    for node in keepwell.run.nodes():
        if isinstance(node, Model) and node.nothing_without:
            yield node, min(sorted(map(sorted, node.nothing_without)), key=len)


def test_every_model_gives_nothing_without_what_it_is_said_to_need() -> None:
    given = (*keepwell.run.given_tables(), *SNAPSHOT_TABLES.values())
    tables: dict[str, Table] = {table.name: table for table in given}
    tables |= {node.name: node.gives for node in keepwell.run.nodes()}
    with duckdb.connect(":memory:", config={"python_enable_replacements": "false"}) as con:
        con.execute(duckdb_macros())
        for table in tables.values():
            con.execute(f"CREATE TABLE {quoted(table.name)} ({', '.join(column.sql for column in table.columns)})")
            values = ", ".join(VALUES[column.type] for column in table.columns)
            con.execute(f"INSERT INTO {quoted(table.name)} VALUES ({values})")
        tried = 0
        for model, needs in models():
            con.execute("BEGIN")
            for name in needs:
                con.execute(f"DELETE FROM {quoted(name)}")
            assert con.execute(f"SELECT 1 FROM ({model.sql}) LIMIT 1").fetchall() == [], model.name
            con.execute("ROLLBACK")
            tried += 1
    assert tried > 90


VALUES = {
    "text": "'a'", "integer": "1", "boolean": "true", "date": "DATE '2026-01-01'",
    "timestamp": "TIMESTAMP '2026-01-01'", "money": "1", "share": "1", "exact": "1", "number": "1", "real": "1.5",
}  # fmt: skip


def test_every_step_gives_nothing_without_what_it_is_said_to_need() -> None:
    given = {table.name: table for table in (*keepwell.run.given_tables(), *SNAPSHOT_TABLES.values())}
    given |= {node.name: node.gives for node in keepwell.run.nodes()}
    steps = [node for node in keepwell.run.nodes() if isinstance(node, Step) and node.nothing_without]
    assert len(steps) > 2
    for step in steps:
        inputs = {name: given[name].arrow.empty_table() for name in step.inputs}
        told = pa.Table.from_pylist([{"today": date(2026, 1, 1), "year_starts": 1}], schema=given["run_settings"].arrow)
        assert step.run(inputs | {"run_settings": told}).num_rows == 0, step.name
