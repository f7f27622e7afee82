"""DuckDB keeps within its memory, reads what files have, and says in words when the machine fails."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keepwell.core.errors import BrokenError, MissingError
from keepwell.core.tables import Column, Table
from keepwell.engine import DuckDBEngine, Engine, Model

T = Table(
    "t", (Column("id", "text", key=True), Column("m", "money"), Column("at", "timestamp"), Column("n", "integer"))
)


def test_files_are_read_as_one_table_and_columns_they_lack_are_null(engine: Engine, tmp_path: Path) -> None:
    whole = pa.table({"id": ["b"], "m": pa.array([Decimal("1.5")], pa.decimal128(18, 4)),
                      "at": pa.array([datetime(2024, 2, 29, 12)], pa.timestamp("us")), "n": [7]})  # fmt: skip
    pq.write_table(whole, tmp_path / "one.parquet")
    pq.write_table(whole.select(["id", "m"]).set_column(0, "id", [["a"]]), tmp_path / "two.parquet")
    engine.add_parquet("t", [tmp_path / "one.parquet", str(tmp_path / "two.parquet")], T)
    assert engine.fetch("t").to_pylist() == [
        {"id": "a", "m": Decimal("1.5"), "at": None, "n": None},
        {"id": "b", "m": Decimal("1.5"), "at": datetime(2024, 2, 29, 12), "n": 7},
    ]


def test_no_files_are_an_empty_table_of_its_types(engine: Engine) -> None:
    engine.add_parquet("t", [], T)
    assert engine.fetch("t").schema.equals(T.arrow)
    assert engine.fetch("t").num_rows == 0


def test_a_table_may_be_given_again_and_dropped(engine: Engine) -> None:
    engine.add_parquet("t", [], T)
    engine.add_arrow("t", pa.table({"id": ["a"]}))
    assert engine.fetch("t").to_pylist() == [{"id": "a"}]
    engine.add_parquet("t", [], T)
    assert engine.fetch("t").num_rows == 0
    engine.drop("t")
    assert engine.tables == frozenset()
    with pytest.raises(MissingError):
        engine.fetch("t")


def test_a_table_that_is_not_there_names_the_nearest(engine: Engine) -> None:
    engine.add_arrow("deals", pa.table({"id": ["a"]}))
    with pytest.raises(MissingError) as caught:
        engine.fetch("deal")
    assert "deals" in (caught.value.hint or "")


def test_a_variable_of_this_program_is_no_table() -> None:
    secrets = pa.table({"n": [1]})
    with DuckDBEngine() as engine, pytest.raises(BrokenError, match="secrets"):
        engine.build(Model(Table("x", (Column("n", "integer", key=True),)), "SELECT n FROM secrets"))
    assert secrets.num_rows == 1


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["a"] * 1000}), tmp_path / "t.parquet")
    whole = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "t.parquet").write_bytes(whole[: len(whole) // 2])
    with DuckDBEngine() as engine, pytest.raises(BrokenError, match=r"t\.parquet"):
        engine.add_parquet("t", [tmp_path / "t.parquet"], T)


def test_overflow_is_an_error_and_never_a_wrong_number(engine: Engine) -> None:
    amounts = pa.array([Decimal("90000000000000.0000")] * 2, pa.decimal128(18, 4))
    engine.add_arrow("t", pa.table({"id": ["a", "b"], "m": amounts}))
    gives = Table("x", (Column("m", "money", key=True),))
    sums = (
        "CAST(sum(t.m) * 1 AS DECIMAL(18, 4))",
        "CAST(max(t.m) * 100 AS DECIMAL(18, 4))",
        "CAST(quotient(max(t.m), CAST(0.0001 AS DECIMAL(18, 4))) AS DECIMAL(18, 4))",
    )
    for number, sql in enumerate(sums):
        with pytest.raises(BrokenError):
            engine.build(Model(Table(f"x{number}", gives.columns), f"SELECT {sql} AS m FROM t"))


def test_a_spill_folder_that_is_full_is_said_as_such(tmp_path: Path) -> None:
    spill = tmp_path / "spill"
    with DuckDBEngine(memory="80MB", spill=spill, threads=2) as engine:
        engine._con.execute("SET max_temp_directory_size = '1MB'")
        with pytest.raises(BrokenError) as caught:
            engine.build(Model(Table("x", (Column("n", "integer", key=True),)),
                               "SELECT n, md5(CAST(n AS VARCHAR)) AS h FROM range(20000000) AS r(n) ORDER BY h"))  # fmt: skip
    assert caught.value.code == "disk-full"


def test_a_disk_that_is_full_is_said_as_such() -> None:
    with DuckDBEngine() as engine, pytest.raises(BrokenError) as caught:
        engine.write(T, "SELECT CAST(n AS VARCHAR) AS id, CAST(n AS DECIMAL(18, 4)) AS m, "
                        "CAST(NULL AS TIMESTAMP) AS at, n FROM range(1000000) AS r(n)", Path("/dev/full"))  # fmt: skip
    assert caught.value.code == "disk-full"


BOUNDED = """
import sys
from pathlib import Path
from peak import peak_mb
from keepwell.core.tables import Column, Table
from keepwell.engine import DuckDBEngine, Model, run_graph
rows = int(sys.argv[1])
many = Table("many", (Column("h", "text", key=True), Column("n", "integer", key=True)))
sql = f"SELECT md5(CAST(n AS VARCHAR)) AS h, n FROM range({rows}) AS r(n)"
top = Model(Table("top", (Column("n", "integer", key=True),)), "SELECT count(*) AS n FROM many", kept=True)
with DuckDBEngine(memory="200MB", spill=Path(sys.argv[2]) / "spill", threads=2) as engine:
    run_graph(engine, [Model(many, sql, kept=True), top], Path(sys.argv[2]))
    assert engine.fetch("top")["n"].to_pylist() == [rows]
print(peak_mb())
"""


def test_memory_is_bounded_however_much_there_is(tmp_path: Path) -> None:
    # Four million rows of 40 bytes and their order are several times the limit: the rest is spilled, and cleaned up.
    done = subprocess.run([sys.executable, "-c", BOUNDED, "4000000", str(tmp_path)], cwd=Path(__file__).parents[1],
                          capture_output=True, text=True, check=False, timeout=300)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 600
    assert not list((tmp_path / "spill").glob("**/*.tmp"))


def test_many_branches_beyond_memory_are_sorted_all_the_same(tmp_path: Path) -> None:
    table = Table("wide", (Column("n", "integer", key=True), Column("t", "text"), Column("team", "text")))
    branch = ("SELECT {0} * 100000 + i * 7919 % 100000 AS n, repeat(md5(CAST(i AS VARCHAR)), 2) AS t, i % 100 AS team_no "
              "FROM range(100000) AS r(i)")  # fmt: skip
    branches = "\nUNION ALL ".join(branch.format(place) for place in range(20))
    sql = f"SELECT b.n, b.t, teams.team FROM ({branches}) AS b LEFT JOIN teams ON teams.team_no = b.team_no"
    with DuckDBEngine(memory="150MB", spill=tmp_path / "spill", threads=2) as engine:
        engine.add_arrow("teams", pa.table({"team_no": list(range(100)), "team": [f"team {n}" for n in range(100)]}))
        engine.write(table, sql, tmp_path / "wide.parquet")
    numbers = pq.read_table(tmp_path / "wide.parquet", columns=["n"])["n"].to_numpy()
    assert (numbers[1:] > numbers[:-1]).all()
    assert len(numbers) == 2_000_000
