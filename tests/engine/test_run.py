"""A run leaves whole files, the same bytes at any number of threads, and no table longer than it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keepwell.core.errors import BrokenError, UsageError
from keepwell.core.tables import Column, Table
from keepwell.engine import DuckDBEngine, Engine, Model, Step, run_graph

SALES = pa.table({
    "deal_id": [f"crm:{number * 7919 % 1000:04d}" for number in range(1000)],
    "person_id": [f"hr:{number % 13}" for number in range(1000)],
    "amount": pa.array([Decimal(number).scaleb(-2) for number in range(1000)], pa.decimal128(18, 4)),
})  # fmt: skip
MONEY = Table("by_person", (Column("person_id", "text", key=True), Column("amount", "money")))
SHARES = Table("shares", (Column("person_id", "text", key=True), Column("share", "exact")))

BY_PERSON = Model(
    MONEY,
    "SELECT s.person_id, CAST(sum(s.amount) AS DECIMAL(18, 4)) AS amount FROM sales AS s GROUP BY s.person_id",
    file="by_person.sql",
)
PART = Model(
    SHARES,
    "SELECT p.person_id, quotient(p.amount, t.amount) AS share FROM by_person AS p CROSS JOIN in_all AS t",
    kept=True,
    file="shares.sql",
)


def add_up(inputs: Mapping[str, pa.Table]) -> pa.Table:
    total = sum(inputs["by_person"]["amount"].to_pylist(), Decimal(0))
    return pa.table({"n": [1], "amount": pa.array([total], pa.decimal128(18, 4))})


IN_ALL = Step("in_all", ("by_person",), Table("in_all", (Column("n", "integer", key=True), Column("amount", "money"))),
              add_up, kept=True)  # fmt: skip


def test_models_and_steps_run_in_order_on_every_engine(engine: Engine, tmp_path: Path) -> None:
    engine.add_arrow("sales", SALES)
    seen: list[tuple[str, int, int]] = []
    ran = run_graph(engine, [PART, IN_ALL, BY_PERSON], tmp_path / "tables", lambda *one: seen.append(one))
    assert seen == [("by_person", 0, 3), ("in_all", 1, 3), ("shares", 2, 3), ("", 3, 3)]
    assert ran.files == {name: tmp_path / "tables" / f"{name}.parquet" for name in ("in_all", "shares")}
    assert list(ran.seconds) == ["by_person", "in_all", "shares"]
    assert sorted(path.name for path in (tmp_path / "tables").iterdir()) == ["in_all.parquet", "shares.parquet"]
    shares = pq.read_table(ran.files["shares"])
    assert [(field.name, field.type) for field in shares.schema] == [(field.name, field.type) for field in SHARES.arrow]
    assert shares["person_id"].to_pylist() == sorted(f"hr:{number}" for number in range(13))
    assert sum(shares["share"].to_pylist()) == Decimal(1)
    assert engine.fetch("shares").to_pylist() == shares.to_pylist()
    assert engine.fetch("in_all")["amount"].to_pylist() == [Decimal("4995.0000")]


def test_what_lies_between_is_dropped_after_its_last_use(engine: Engine, tmp_path: Path) -> None:
    engine.add_arrow("sales", SALES)
    run_graph(engine, [PART, IN_ALL, BY_PERSON], tmp_path)
    assert engine.tables == {"sales", "in_all", "shares"}


def test_what_is_wanted_stays_and_nothing_else_is_computed(engine: Engine) -> None:
    engine.add_arrow("sales", SALES)
    ran = run_graph(engine, [PART, IN_ALL, BY_PERSON], wanted=["by_person"])
    assert engine.tables == {"sales", "by_person"}
    assert list(ran.seconds) == ["by_person"]
    assert ran.files == {}


def test_a_step_that_gives_other_than_it_declares_is_refused() -> None:
    wrong = Step("in_all", ("sales",), IN_ALL.gives, lambda _: pa.table({"n": [1], "amount": [1.0]}))
    less = Step("in_all", ("sales",), IN_ALL.gives, lambda _: pa.table({"n": [1]}))
    for step, says in ((wrong, "as double"), (less, "other columns")):
        with DuckDBEngine() as engine:
            engine.add_arrow("sales", SALES)
            with pytest.raises(UsageError, match=says):
                run_graph(engine, [step])


def test_a_step_may_give_its_table_in_pieces(engine: Engine) -> None:
    engine.add_arrow("sales", SALES)

    def in_pieces(inputs: Mapping[str, pa.Table]) -> Iterator[pa.Table]:
        rows = inputs["sales"].select(["deal_id", "amount"])
        yield from (rows.slice(start, 400) for start in range(0, len(rows), 400))

    table = Table("again", (Column("deal_id", "text", key=True), Column("amount", "money")))
    none = Step("none", ("sales",), replace(table, name="none"), lambda _: iter(()))
    run_graph(engine, [Step("again", ("sales",), table, in_pieces), none])
    assert engine.fetch("again").to_pylist() == SALES.select(["deal_id", "amount"]).sort_by("deal_id").to_pylist()
    assert engine.fetch("none").num_rows == 0
    wrong = Step("wrong", ("sales",), replace(table, name="wrong"), lambda given: iter([given["sales"]]))
    with pytest.raises(UsageError, match="other columns"):
        run_graph(engine, [wrong])


def test_a_model_that_fails_leaves_the_old_file_and_no_half_one(tmp_path: Path) -> None:
    table = Table("shares", (Column("n", "integer", key=True),))
    good = Model(table, "SELECT CAST(1 AS BIGINT) AS n", kept=True)
    bad = Model(table, "SELECT CAST(s.deal_id AS BIGINT) AS n FROM sales AS s", kept=True, file="pay/shares.sql")
    with DuckDBEngine() as engine:
        run_graph(engine, [good], tmp_path)
    before = (tmp_path / "shares.parquet").read_bytes()
    with DuckDBEngine() as engine:
        engine.add_arrow("sales", SALES)
        with pytest.raises(BrokenError, match="crm:") as caught:
            run_graph(engine, [bad], tmp_path)
    assert caught.value.code == "model-failed"
    assert [path.name for path in tmp_path.iterdir()] == ["shares.parquet"]
    assert (tmp_path / "shares.parquet").read_bytes() == before


MANY = Table("many", (Column("k", "text", key=True), Column("i", "integer", key=True), Column("m", "money"),
                      Column("q", "exact"), Column("running", "money")))  # fmt: skip
# Half a million rows in no order at all, several row groups, a window and a sum that would differ if they were floats.
MANY_SQL = """
WITH numbers AS (
  SELECT a.n * 1000 + b.n AS i FROM small AS a CROSS JOIN small AS b WHERE a.n < 500
),
mixed AS (SELECT (n.i * 7919) % 500000 AS i FROM numbers AS n)
SELECT
  concat('k', CAST(x.i % 97 AS VARCHAR)) AS k, x.i,
  CAST(x.i AS DECIMAL(18, 4)) AS m, quotient(x.i, 7) AS q,
  CAST(sum(CAST(x.i AS DECIMAL(18, 4))) OVER (PARTITION BY x.i % 97 ORDER BY x.i ROWS UNBOUNDED PRECEDING)
    AS DECIMAL(18, 4)) AS running
FROM mixed AS x
"""


def write_many(out: Path, threads: int, memory: str) -> str:
    with DuckDBEngine(memory=memory, threads=threads, spill=out) as engine:
        engine.add_arrow("small", pa.table({"n": pa.array(range(1000), pa.int64())}))
        ran = run_graph(engine, [Model(MANY, MANY_SQL, kept=True)], out)
    return sha256(ran.files["many"].read_bytes()).hexdigest()


def test_the_bytes_are_the_same_at_any_number_of_threads_and_any_memory(tmp_path: Path) -> None:
    hashes = {write_many(tmp_path / f"{threads}-{memory}", threads, memory)
              for threads, memory in ((1, "1GB"), (2, "1GB"), (4, "1GB"), (2, "150MB"))}  # fmt: skip
    assert len(hashes) == 1
    rows = pq.ParquetFile(tmp_path / "1-1GB" / "many.parquet")
    assert rows.metadata.num_rows == 500_000
    assert rows.metadata.num_row_groups > 2


def test_the_bytes_are_the_same_whatever_lies_beside_the_rows(tmp_path: Path) -> None:
    table = Table("kept", (Column("i", "integer", key=True), Column("t", "text")))
    model = Model(table, "SELECT f.i, f.t FROM facts AS f WHERE f.i < 3", kept=True)
    beside: dict[str, list[dict[str, object]]] = {
        "alone": [],
        "null": [{"i": 5, "t": None}],
        "late": [{"i": 9, "t": "z"}],
    }
    for name, more in beside.items():
        rows = [{"i": 1, "t": "a"}, {"i": 2, "t": "b"}, *more]
        pq.write_table(pa.Table.from_pylist(rows, table.arrow), tmp_path / f"{name}.parquet")
        with DuckDBEngine() as engine:
            engine.add_parquet("facts", [tmp_path / f"{name}.parquet"], table)
            run_graph(engine, [model], tmp_path / name)
    assert len({(tmp_path / name / "kept.parquet").read_bytes() for name in beside}) == 1


def test_every_engine_writes_the_same_bytes(engine: Engine, tmp_path: Path) -> None:
    engine.add_arrow("sales", SALES)
    run_graph(engine, [PART, IN_ALL, BY_PERSON], tmp_path / "here")
    with DuckDBEngine() as duckdb:
        duckdb.add_arrow("sales", SALES)
        run_graph(duckdb, [PART, IN_ALL, BY_PERSON], tmp_path / "there")
    for name in ("shares", "in_all"):
        files = [tmp_path / place / f"{name}.parquet" for place in ("here", "there")]
        assert files[0].read_bytes() == files[1].read_bytes()
