"""Do two contenders agree? To the cent for every payee, and row by row in the tables that both wrote."""

from __future__ import annotations

from pathlib import Path

import duckdb

CENTS = ("earned", "held", "advanced", "released", "taken_back", "recovered", "payable")
# statistics rounded from exact numbers here and from floats there
_ROUNDED = ("mean_hours", "median_hours", "base", "attainment", "target", "pays", "fraction")


def disagreeing_payees(one: Path, other: Path) -> list[tuple[object, ...]]:
    """Payees' parts and periods of which an amount differs, or which one of the two does not have."""
    key = "person_id, plan, part, period"
    columns = f"{key}, {', '.join(CENTS)}"
    sides = [f"SELECT {columns} FROM read_parquet('{folder}/pay_totals.parquet')" for folder in (one, other)]
    first, second = sides
    sql = f"(({first}) EXCEPT ALL ({second})) UNION ALL (({second}) EXCEPT ALL ({first})) ORDER BY {key}"
    return duckdb.sql(sql).fetchall()


def differing_rows(one: Path, other: Path) -> dict[str, int]:
    """By table: how many rows, of the columns that both have, are in one of the two only?"""
    names = sorted({path.name for path in one.glob("*.parquet")} & {path.name for path in other.glob("*.parquet")})
    return {name.removesuffix(".parquet"): _differing(one / name, other / name) for name in names}


def _differing(one: Path, other: Path) -> int:
    """A table is a file, or a folder of files."""
    here, there = (f"read_parquet('{file}{'/*.parquet' if file.is_dir() else ''}')" for file in (one, other))
    shared = [name for name in _columns(here) if name in _columns(there) and name not in _ROUNDED]
    columns = ", ".join(f'"{name}"' for name in shared)
    counts = f"SELECT {columns}, 1 AS many FROM {here} UNION ALL SELECT {columns}, -1 FROM {there}"
    sql = (
        f"SELECT count(*) FROM (SELECT {columns}, sum(many) AS many FROM ({counts}) GROUP BY ALL HAVING sum(many) <> 0)"
    )
    return int(duckdb.sql(sql).fetchall()[0][0])


def _columns(source: str) -> list[str]:
    return [row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM {source}").fetchall()]


def payee_count(folder: Path) -> tuple[int, str]:
    """How many people were paid, and how much is payable in all?"""
    totals = f"read_parquet('{folder}/pay_totals.parquet')"
    people, payable = duckdb.sql(f"SELECT count(DISTINCT person_id), sum(payable) FROM {totals}").fetchall()[0]
    return int(people), f"{payable:,.2f}"
