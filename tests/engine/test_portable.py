"""Everything that models may use means the same on every engine: each of it is run on each, on rows made to differ."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from keepwell.core.tables import Column, ColumnType, Table
from keepwell.engine import Engine, Model, check_models
from keepwell.engine.portable import FUNCTIONS, OWN_FUNCTIONS

D = Decimal
ROWS = Table(
    "rows",
    (
        Column("i", "integer", key=True), Column("n", "integer"), Column("m", "money"), Column("e", "exact"),
        Column("t", "text"), Column("d", "date"), Column("d2", "date"), Column("ts", "timestamp"), Column("b", "boolean"),
        Column("r", "real"),
    ),
)  # fmt: skip
VALUES: list[tuple[Any, ...]] = [
    (1, 7, D("2.3450"), D("2.500000000000"), "Ärger ", date(2024, 2, 29), date(2023, 12, 31),
     datetime(2024, 2, 29, 23, 59, 59, 999999), True, 2.25),
    (2, -7, D("-2.3450"), D("-3.500000000000"), "b", date(2024, 3, 1), date(2024, 2, 28),
     datetime(1969, 12, 31, 23, 59, 59, 1), False, 4.0),
    (3, None, None, None, None, None, None, None, None, None),
    (4, 0, D("0.0050"), D("0.000000000001"), "B", date(1999, 12, 31), date(2000, 1, 1),
     datetime(2000, 1, 1, 0, 0, 0), True, 0.0),
]  # fmt: skip

# An expression, the type it has, and its value on each of the four rows.
SCALARS: list[tuple[str, ColumnType, list[Any]]] = [
    ("abs(m)", "money", [D("2.3450"), D("2.3450"), None, D("0.0050")]),
    ("CAST(floor(m) AS BIGINT)", "integer", [2, -3, None, 0]),
    ("CAST(ceil(m) AS BIGINT)", "integer", [3, -2, None, 1]),
    ("CAST(round_even(m, 2) AS DECIMAL(18, 4))", "money", [D("2.3400"), D("-2.3400"), None, D("0.0000")]),
    ("CAST(round(m, 2) AS DECIMAL(18, 4))", "money", [D("2.3500"), D("-2.3500"), None, D("0.0100")]),
    ("CAST(round(e, 0) AS BIGINT)", "integer", [3, -4, None, 0]),
    ("CAST(round_even(e, 0) AS BIGINT)", "integer", [2, -4, None, 0]),
    ("quotient(m, n)", "exact", [D("0.335000000000"), D("0.335000000000"), None, None]),
    ("CAST(round_even(quotient(m, 3), 4) AS DECIMAL(18, 4))", "money", [D("0.7817"), D("-0.7817"), None, D("0.0017")]),
    ("CAST(m * n AS DECIMAL(18, 4))", "money", [D("16.4150"), D("16.4150"), None, D("0.0000")]),
    ("CAST(CAST(m AS DECIMAL(38, 4)) * e AS DECIMAL(38, 12))", "exact",
     [D("5.862500000000"), D("8.207500000000"), None, D("0.000000000000")]),
    ("CAST(m + e - 1 AS DECIMAL(38, 12))", "exact",
     [D("3.845000000000"), D("-6.845000000000"), None, D("-0.994999999999")]),
    ("CAST(m AS DECIMAL(18, 6))", "number", [D("2.345000"), D("-2.345000"), None, D("0.005000")]),
    ("CAST(m AS VARCHAR)", "text", ["2.3450", "-2.3450", None, "0.0050"]),
    ("CAST(d AS VARCHAR)", "text", ["2024-02-29", "2024-03-01", None, "1999-12-31"]),
    ("CAST(n AS VARCHAR)", "text", ["7", "-7", None, "0"]),
    ("CAST(b AS VARCHAR)", "text", ["true", "false", None, "true"]),
    ("n // 2", "integer", [3, -3, None, 0]),
    ("n % 2", "integer", [1, -1, None, 0]),
    ("-n", "integer", [-7, 7, None, 0]),
    ("CAST(n AS DOUBLE) / 2", "real", [3.5, -3.5, None, 0.0]),
    ("sqrt(r)", "real", [1.5, 2.0, None, 0.0]),
    ("coalesce(n, 9)", "integer", [7, -7, 9, 0]),
    ("nullif(n, 7)", "integer", [None, -7, None, 0]),
    ("least(n, 1)", "integer", [1, -7, 1, 0]),
    ("greatest(n, 1)", "integer", [7, 1, 1, 1]),
    ("CASE WHEN n > 0 THEN 'more' WHEN n IS NULL THEN 'none' ELSE 'less' END", "text", ["more", "less", "none", "less"]),
    ("concat(t, '-', t)", "text", ["Ärger -Ärger ", "b-b", "-", "B-B"]),
    ("concat_ws('|', t, CAST(n AS VARCHAR), '')", "text", ["Ärger |7|", "b|-7|", "", "B|0|"]),
    ("t || '!'", "text", ["Ärger !", "b!", None, "B!"]),
    ("lower(t)", "text", ["ärger ", "b", None, "b"]),
    ("upper(t)", "text", ["ÄRGER ", "B", None, "B"]),
    ("length(t)", "integer", [6, 1, None, 1]),
    ("trim(t)", "text", ["Ärger", "b", None, "B"]),
    ("substring(t, 2, 3)", "text", ["rge", "", None, ""]),
    ("replace(t, 'r', 'rr')", "text", ["Ärrgerr ", "b", None, "B"]),
    ("starts_with(t, 'Är')", "boolean", [True, False, None, False]),
    ("strpos(t, 'g')", "integer", [3, 0, None, 0]),
    ("md5('a')", "text", ["0cc175b9c0f1b6a831c399e269772661"] * 4),
    ("t LIKE '%r_'", "boolean", [True, False, None, False]),
    ("t < 'a'", "boolean", [False, False, None, True]),
    ("t IS DISTINCT FROM 'b'", "boolean", [True, False, True, True]),
    ("t IS NOT DISTINCT FROM 'b'", "boolean", [False, True, False, False]),
    ("t IN ('b', 'B')", "boolean", [False, True, None, True]),
    ("n BETWEEN 0 AND 7 AND NOT b", "boolean", [False, False, None, False]),
    ("n = 7 OR n <> 0", "boolean", [True, True, None, False]),
    ("n >= 7 OR n <= -7", "boolean", [True, True, None, False]),
    ("year(d)", "integer", [2024, 2024, None, 1999]),
    ("quarter(d)", "integer", [1, 1, None, 4]),
    ("month(d)", "integer", [2, 3, None, 12]),
    ("day(d)", "integer", [29, 1, None, 31]),
    ("year(d) * 12 + month(d) - 1", "integer", [24289, 24290, None, 23999]),
    ("make_date(CAST(year(d) AS INTEGER), 1, 1)", "date", [date(2024, 1, 1), date(2024, 1, 1), None, date(1999, 1, 1)]),
    ("d + 1", "date", [date(2024, 3, 1), date(2024, 3, 2), None, date(2000, 1, 1)]),
    ("d - CAST(n AS INTEGER)", "date", [date(2024, 2, 22), date(2024, 3, 8), None, date(1999, 12, 31)]),
    ("d >= DATE '2024-02-29'", "boolean", [True, True, None, False]),
    ("date_diff('day', d2, d)", "integer", [60, 2, None, -1]),
    ("date_diff('day', ts, TIMESTAMP '2024-03-01 00:00:00')", "integer", [1, 19784, None, 8826]),
    ("CAST(ts AS DATE)", "date", [date(2024, 2, 29), date(1969, 12, 31), None, date(2000, 1, 1)]),
    ("CAST(d AS TIMESTAMP)", "timestamp", [datetime(2024, 2, 29), datetime(2024, 3, 1), None, datetime(1999, 12, 31)]),
    ("epoch_us(ts)", "integer", [1709251199999999, -999999, None, 946684800000000]),
    ("ts < TIMESTAMP '2024-02-29 23:59:59.999999'", "boolean", [False, True, None, True]),
    ("EXISTS (SELECT 1 FROM rows AS o WHERE o.n = -rows.n AND o.i <> rows.i)", "boolean", [True, True, False, False]),
    ("row_number() OVER (ORDER BY n NULLS FIRST, i)", "integer", [4, 2, 1, 3]),
    ("row_number() OVER (ORDER BY n DESC NULLS LAST, i)", "integer", [1, 3, 4, 2]),
    ("row_number() OVER (ORDER BY n, i)", "integer", [3, 1, 4, 2]),
    ("row_number() OVER (ORDER BY t NULLS LAST, i)", "integer", [3, 2, 4, 1]),
    ("rank() OVER (ORDER BY b NULLS LAST)", "integer", [2, 1, 4, 2]),
    ("dense_rank() OVER (ORDER BY b NULLS LAST)", "integer", [2, 1, 3, 2]),
    ("lag(n) OVER (ORDER BY i)", "integer", [None, 7, -7, None]),
    ("lag(n, 2, 99) OVER (ORDER BY i)", "integer", [99, 99, 7, -7]),
    ("lead(d) OVER (ORDER BY i)", "date", [date(2024, 3, 1), None, date(1999, 12, 31), None]),
    ("first_value(n) OVER (PARTITION BY b ORDER BY i)", "integer", [7, -7, None, 7]),
    ("last_value(n IGNORE NULLS) OVER (ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)", "integer",
     [7, -7, -7, 0]),
    ("CAST(sum(m) OVER (ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS DECIMAL(18, 4))", "money",
     [D("2.3450"), D("0.0000"), D("0.0000"), D("0.0050")]),
    ("CAST(sum(n) OVER (PARTITION BY b ORDER BY i ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS BIGINT)", "integer",
     [7, -7, None, 7]),
    ("max(t) OVER ()", "text", ["Ärger "] * 4),
    ("count(*) OVER (PARTITION BY b)", "integer", [2, 1, 1, 2]),
]  # fmt: skip

AGGREGATES: list[tuple[str, ColumnType, list[Any]]] = [
    ("count(*)", "integer", [1, 1, 2]),
    ("count(n)", "integer", [0, 1, 2]),
    ("count(DISTINCT t)", "integer", [0, 1, 2]),
    ("count(*) FILTER (WHERE n > 0)", "integer", [0, 0, 1]),
    ("CAST(sum(m) AS DECIMAL(18, 4))", "money", [None, D("-2.3450"), D("2.3500")]),
    ("CAST(sum(n) AS BIGINT)", "integer", [None, -7, 7]),
    ("CAST(sum(e) AS DECIMAL(38, 12))", "exact", [None, D("-3.500000000000"), D("2.500000000001")]),
    ("min(t)", "text", [None, "b", "B"]),
    ("max(ts)", "timestamp", [None, datetime(1969, 12, 31, 23, 59, 59, 1), datetime(2024, 2, 29, 23, 59, 59, 999999)]),
    ("bool_or(n > 0)", "boolean", [None, False, True]),
    ("bool_and(n > 0)", "boolean", [None, False, False]),
]

# A whole SELECT of two columns k and v, and its rows.
SELECTS: list[tuple[str, list[tuple[int, int | None]]]] = [
    ("SELECT CAST(1 AS BIGINT) AS k, CAST(NULL AS BIGINT) AS v UNION ALL SELECT i AS k, n AS v FROM rows WHERE i = 2",
     [(1, None), (2, -7)]),
    ("SELECT i AS k, n AS v FROM rows UNION SELECT i AS k, n AS v FROM rows", [(1, 7), (2, -7), (3, None), (4, 0)]),
    ("SELECT i AS k, n AS v FROM rows EXCEPT SELECT i AS k, n AS v FROM rows WHERE n IS NULL", [(1, 7), (2, -7), (4, 0)]),
    ("SELECT i AS k, n AS v FROM rows INTERSECT SELECT i AS k, n AS v FROM rows WHERE n IS NULL", [(3, None)]),
    ("WITH a AS (SELECT i, n FROM rows WHERE n <> 0), b AS (SELECT i AS k, n AS v FROM a) SELECT k, v FROM b",
     [(1, 7), (2, -7)]),
    ("SELECT l.i AS k, r.i AS v FROM rows AS l LEFT JOIN rows AS r ON r.n = -l.n AND r.i <> l.i",
     [(1, 2), (2, 1), (3, None), (4, None)]),
    ("SELECT i AS k, r.n AS v FROM rows AS l INNER JOIN rows AS r USING (i) WHERE l.b", [(1, 7), (4, 0)]),
    ("SELECT l.i AS k, r.i AS v FROM rows AS l CROSS JOIN rows AS r WHERE r.i = 4", [(1, 4), (2, 4), (3, 4), (4, 4)]),
    ("SELECT i AS k, n AS v FROM rows QUALIFY row_number() OVER (PARTITION BY b ORDER BY i DESC) = 1",
     [(2, -7), (3, None), (4, 0)]),
    ("""SELECT CAST(grouping(b) AS BIGINT) * 10 + CASE WHEN b THEN 1 ELSE 0 END AS k, count(*) AS v FROM rows
     WHERE b IS NOT NULL GROUP BY GROUPING SETS ((b), ())""", [(0, 1), (1, 2), (10, 3)]),
    ("SELECT coalesce(n, -1) AS k, count(*) AS v FROM rows GROUP BY n HAVING count(*) = 1 AND n IS NOT NULL",
     [(-7, 1), (0, 1), (7, 1)]),
    ("SELECT CAST(v.k AS BIGINT) AS k, CAST(v.v AS BIGINT) AS v FROM (VALUES (1, 2), (3, NULL)) AS v(k, v)",
     [(1, 2), (3, None)]),
    ("SELECT DISTINCT CAST(abs(n) AS BIGINT) AS k, CAST(1 AS BIGINT) AS v FROM rows WHERE n IS NOT NULL",
     [(0, 1), (7, 1)]),
]  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> pa.Table:
    return pa.table([pa.array(column, field.type) for column, field in zip(zip(*VALUES, strict=True), ROWS.arrow,
                                                                          strict=True)], schema=ROWS.arrow)  # fmt: skip


def a_model(name: str, key: Column, columns: list[Column], sql: str) -> Model:
    return Model(Table(name, (key, *columns)), sql, file=f"{name}.sql")


def test_every_scalar_means_the_same_on_every_engine(engine: Engine, rows: pa.Table) -> None:
    columns = [Column(f"c{number}", kind) for number, (_, kind, _) in enumerate(SCALARS)]
    listed = ",\n".join(f"{sql} AS c{number}" for number, (sql, _, _) in enumerate(SCALARS))
    model = a_model("scalars", Column("i", "integer", key=True), columns, f"SELECT i,\n{listed}\nFROM rows")
    engine.add_arrow("rows", rows)
    engine.build(model)
    found = engine.fetch("scalars")
    assert {sql: found[f"c{number}"].to_pylist() for number, (sql, _, _) in enumerate(SCALARS)} == {
        sql: expected for sql, _, expected in SCALARS
    }


def test_every_aggregate_means_the_same_on_every_engine(engine: Engine, rows: pa.Table) -> None:
    columns = [Column(f"c{number}", kind) for number, (_, kind, _) in enumerate(AGGREGATES)]
    listed = ",\n".join(f"{sql} AS c{number}" for number, (sql, _, _) in enumerate(AGGREGATES))
    model = a_model("sums", Column("b", "boolean", key=True), columns, f"SELECT b,\n{listed}\nFROM rows GROUP BY b")
    engine.add_arrow("rows", rows)
    engine.build(model)
    found = engine.fetch("sums")
    assert {sql: found[f"c{number}"].to_pylist() for number, (sql, _, _) in enumerate(AGGREGATES)} == {
        sql: expected for sql, _, expected in AGGREGATES
    }


def test_every_form_of_select_means_the_same_on_every_engine(engine: Engine, rows: pa.Table) -> None:
    engine.add_arrow("rows", rows)
    for number, (sql, expected) in enumerate(SELECTS):
        engine.build(a_model(f"select_{number}", Column("k", "integer", key=True), [Column("v", "integer")], sql))
        found = engine.fetch(f"select_{number}").to_pylist()
        assert [(row["k"], row["v"]) for row in found] == expected, sql


def test_what_is_run_here_is_what_is_allowed() -> None:
    text = " ".join([sql for sql, _, _ in (*SCALARS, *AGGREGATES)] + [sql for sql, _ in SELECTS]).lower()
    tried = set(re.findall(r"\b([a-z_0-9]+)\(", text))
    assert sorted({*FUNCTIONS, *OWN_FUNCTIONS} - tried) == []
    models = [
        a_model(f"m{number}", Column("i", "integer", key=True), [Column("v", kind)], f"SELECT i, {sql} AS v FROM rows")
        for number, (sql, kind, _) in enumerate(SCALARS)
    ]
    assert [str(problem) for problem in check_models(models, {"rows": ROWS})] == []


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("m / 2", "quotient"),
        ("n / 2", "quotient"),
        ("quotient(m, 2) / 2", "quotient"),
        ("CAST(m AS BIGINT)", "rounds here and cuts there"),
        ("CAST(quotient(m, 2) AS BIGINT)", "rounds here and cuts there"),
        ("d2 - d", "date_diff"),
        ("date_diff('month', d, d2)", "other units"),
        ("sum(r) OVER ()", "order of rows"),
        ("lag(m) OVER ()", "has no order"),
        ("CAST(r AS VARCHAR)", "as text"),
        ("m // 2", "whole numbers"),
        ("m::HUGEINT", "not a type"),
        ("round(r, 2)", "round of a DOUBLE"),
        ("round(m)", "literal number of places"),
        ("isodow(d)", "not known to mean the same"),
        ("trunc(m)", "not known to mean the same"),
        ("strftime(d, '%Y')", "not known to mean the same"),
        ("d + INTERVAL 1 DAY", "no interval"),
        ("n IN (SELECT i FROM rows)", "EXISTS"),
        ("max_by(m, n) OVER ()", "not known to mean the same"),
        ("avg(m) OVER ()", "not known to mean the same"),
        ("trim(t, 'x')", "spaces only"),
        ("sum(n) OVER (ORDER BY i RANGE BETWEEN 1 PRECEDING AND CURRENT ROW)", "RANGE frames"),
        ("(SELECT max(x.n) FROM (SELECT * EXCLUDE (m) FROM rows) AS x)", "leave out"),
    ],
)
def test_what_differs_between_engines_is_refused_with_its_line(sql: str, says: str) -> None:
    model = a_model(
        "wrong", Column("i", "integer", key=True), [Column("v", "text")], f"SELECT i,\n  {sql} AS v\nFROM rows"
    )
    found = [one for one in check_models([model], {"rows": ROWS}) if one.code == "model-not-portable"]
    assert found, sql
    assert any(says in str(problem) for problem in found), [str(problem) for problem in found]
    assert {problem.line for problem in found} == {2}
