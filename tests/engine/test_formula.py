"""A formula says what it says, exactly; and nothing that a hostile hand writes becomes anything else."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keepwell.core.errors import ConfigurationError
from keepwell.core.tables import Column, ColumnType, Table
from keepwell.engine import Engine, Model
from keepwell.engine.formula import check_formula, formula_sql
from keepwell.engine.quotient import duckdb_macros

COLUMNS: dict[str, ColumnType] = {
    "price": "money", "qty": "integer", "discount": "share", "Unit Price": "number", "kind": "text", "d": "date",
    "ok": "boolean", "rate": "real", 'a"b': "text",
}  # fmt: skip
D = Decimal


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    one = duckdb.connect(":memory:")
    one.execute(duckdb_macros())
    columns = ", ".join(
        column.sql for column in (Column(name, kind) for name, kind in COLUMNS.items() if name != 'a"b')
    )
    one.execute(f'CREATE TABLE t ({columns}, "a""b" VARCHAR)')
    one.execute("INSERT INTO t VALUES (100, 3, 0.1, 7.5, 'it''s', '2024-05-01', true, 1.5, 'x')")
    one.execute("SET enable_external_access = false")
    return one


GOOD = [
    ("price * qty * (1 - discount)", D(270)),
    ('"unit price" * 2', D(15)),
    ("PRICE + .5", D("100.5")),
    ("price / 3", D("33.333333333333")),
    ("round_even(price / 7, 2)", D("14.29")),
    ("-price - (-qty)", D(-97)),
    ("if(kind = 'it''s', price * 0.1, 0)", D(10)),
    ("case when qty > 3 then 1 when ok and not qty is null then 2 else 3 end", D(2)),
    ("case when qty > 3 then price end", None),
    ("least(price, qty, 5.25)", D(3)),
    ("greatest(price, qty)", D(100)),
    ("coalesce(null, nullif(qty, 3), 8)", D(8)),
    ("abs(-qty) + floor(discount) + ceil(discount)", D(4)),
    ("d between '2024-01-01' and '2024-12-31'", True),
    ("d < '2024-05-01' or kind in ('a', 'it''s') and qty in (3, 4)", True),
    ("qty <> 3", False),
    ("price * 99999999999.999", D("9999999999999.9")),
]


@pytest.mark.parametrize(("text", "value"), GOOD)
def test_a_formula_gives_its_value(con: duckdb.DuckDBPyConnection, text: str, value: object) -> None:
    assert con.sql(f"SELECT {formula_sql(text, COLUMNS).sql} FROM t").fetchall() == [(value,)]


def test_a_formula_names_the_columns_it_uses_as_they_are_written_in_the_table() -> None:
    assert formula_sql('qty * "unit price" + QTY', COLUMNS)[1] == ("qty", "Unit Price")


def test_formulas_mean_the_same_on_every_engine(engine: Engine) -> None:
    named = {"price": "money", "qty": "integer", "discount": "share"}
    given = Table("t", tuple(Column(name, kind) for name, kind in COLUMNS.items() if name in named))
    engine.add_arrow("t", pa.Table.from_pylist([{"price": D(-100), "qty": 3, "discount": D("0.125")}], given.arrow))
    texts = [
        "price * qty * (1 - discount)",
        "round_even(price / 7, 2)",
        "if(qty > 2, price / qty, 0)",
        "least(price, qty)",
    ]
    listed = ", ".join(f"{formula_sql(text, named).sql} AS c{number}" for number, text in enumerate(texts))
    columns = tuple(Column(f"c{number}", "exact", key=number == 0) for number in range(len(texts)))
    engine.build(Model(Table("values", columns), f"SELECT {listed} FROM t"))
    assert list(engine.fetch("values").to_pylist()[0].values()) == [
        D("-262.5"), D("-14.29"), D("-33.333333333333"), D(-100),
    ]  # fmt: skip


HOSTILE = [
    "", "   ", "price; DROP TABLE t", "price) FROM t; DROP TABLE t; --", "(SELECT 1)", "EXISTS (SELECT 1)",
    "qty IN (SELECT 1)", "qty = ANY (SELECT 1)", "read_csv('/etc/passwd')", "read_text('/etc/passwd')", "getenv('HOME')",
    "current_setting('threads')", "query('SELECT 1')", "price::VARCHAR", "CAST(price AS VARCHAR)", "t.price",
    "main.t.price", "price[1]", "price -> 1", "x -> x", "lambda x: x", "[1, 2]", "{'a': 1}", "sum(price)",
    "sum(price) OVER ()", "count(*)", "*", "t.*", "repeat('a', 1000000000)", "lpad('a', 1000000000)", "price % 2",
    "price ^ 99", "2 ** 99", "~qty", "qty << 60", "'a' || 'b'", "kind LIKE '%a%'", "kind ~ '(a+)+b'", "$1", "?", ":x",
    "#1", "1e308", "1e9", "9" * 19, "0." + "1" * 10, "0x1F", "1.5.2", "NaN", "inf", "'inf'::DOUBLE",
    "price -- gone", "a--1", "price /* hi */", "random()", "now()", "current_date", "INTERVAL 1 DAY", "DATE '2024-01-01'",
    "uuid()", "nextval('s')", "case qty when 1 then 2 end", "qty BETWEEN SYMMETRIC 3 AND 1", "round_even(price)",
    "round_even(price, 99)", "round_even(price, qty)", "round_even(price, '2')", "round_even(price, 1, 2)", "rate * 2",
    "kind + 1", "not price", "if(price, 1, 2)", "if(ok, 1, 'a')", "d > 'yesterday'", "d = 5", "ok = 1", "priec",
    "\x00", "'\x00'", "price AS p", "price, qty", "price qty", "VALUES (1)", "SET threads = 1", "PRAGMA version",
    "COPY t TO 'x'", "ATTACH 'x'", "INSTALL httpfs", "(" * 100 + "1" + ")" * 100, "(" * 600 + "1" + ")" * 600,
    "not " * 240 + "ok", "-(" * 30 + "1" + ")" * 30, "- " * 400 + "1", "1" + " + 1" * 200, "1" + "+1" * 600,
    "1" + " / 2" * 20, "case when ok then " * 40 + "1" + " end" * 40, "price COLLATE NOCASE", "TRY(price)",
    "columns('.*')", "COLUMNS(*)", "struct_pack(a := 1)", "price IS DISTINCT FROM 1", "{{ price }}", "${price}", "`price`",
    "😀", "price × qty", "if(ok, 1, 2, 3)", "coalesce()", "abs(price, 1)", "least()", "kind COLLATE x = 'a'",
    "quotient(price, 0)", "in_trillionths(1)", "error('x')", "E'\\x41'", "x'41'", "'a' = 'b' 'c' OR 1",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:30]))
def test_what_a_hostile_hand_writes_is_refused_in_words(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        formula_sql(text, COLUMNS)
    assert caught.value.code.startswith("formula-")


def test_a_text_stays_a_text(con: duckdb.DuckDBPyConnection) -> None:
    sql = formula_sql("kind = '''; DROP TABLE t; --'", COLUMNS).sql
    assert con.sql(f"SELECT {sql} FROM t").fetchall() == [(False,)]
    assert formula_sql('"a""b" = \'x\'', COLUMNS).columns == ('a"b',)


def test_a_problem_says_where_and_what_is_near() -> None:
    assert check_formula("price * 2", COLUMNS, "sources/erp.yaml", 7) == []
    (problem,) = check_formula("priec * 2", COLUMNS, "sources/erp.yaml", 7)
    assert (problem.where, problem.code, problem.nearest) == ("sources/erp.yaml:7", "formula-column", "price")


_WORD = st.sampled_from(
    ["price", "qty", "discount", "kind", "d", "ok", "1", "2.5", "'a'", "null", "true", "+", "-", "*", "/", "(", ")", ",",
     "case", "when", "then", "else", "end", "if(", "coalesce(", "least(", "round_even(", "abs(", "floor(", "and", "or",
     "not", "=", "<", "in", "between", "is", "select", "from", "t", ";", "--", '"', "'", "::", ".", "\\", "%"]
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=60), st.lists(_WORD, max_size=15).map(" ".join)))
def test_whatever_is_written_is_refused_in_words_or_runs(con: duckdb.DuckDBPyConnection, text: str) -> None:
    problems = check_formula(text, COLUMNS)
    if problems:
        assert problems[0].code.startswith("formula-")
    else:
        sql, used, _ = formula_sql(text, COLUMNS)
        assert set(used) <= set(COLUMNS)
        assert len(con.sql(f"SELECT {sql} FROM t").fetchall()) == 1
