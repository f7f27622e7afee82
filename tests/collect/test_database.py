"""Queries of SQLite and PostgreSQL: their rows are collected, and nothing can be written through them."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

POSTGRES = Path("/usr/lib/postgresql/15/bin")
BECOMES = """
becomes:
  customers: {customer_id: id, name: name}
  deals: {deal_id: {join: [{is: d}, id]}, customer_id: id, outcome: {is: won}, amount: amount, closed_on: closed}
"""
QUERY = "SELECT id, name, amount, closed FROM accounts ORDER BY id"


def source(company, address, query=QUERY):
    company.source(f'reads:\n  database: {address}\n  query: "{query}"\n{BECOMES}')


def sqlite(company, rows=3):
    path = company.file("erp.db", "")
    with sqlite3.connect(path) as con:
        con.execute("CREATE TABLE accounts (id INTEGER, name TEXT, amount REAL, closed TEXT)")
        con.executemany("INSERT INTO accounts VALUES (?, ?, ?, ?)",
                        [(n, f"N{n}", n * 1.5, "2024-01-31") for n in range(rows)])  # fmt: skip
    con.close()
    return path


def test_sqlite(company):
    sqlite(company)
    source(company, '"sqlite:///erp.db"')
    report = company.collect()
    assert company.rows("deals", "deal_id, customer_id, CAST(amount AS DOUBLE), CAST(closed_on AS VARCHAR)") == [
        ("crm:d0", "crm:0", 0.0, "2024-01-31"), ("crm:d1", "crm:1", 1.5, "2024-01-31"), ("crm:d2", "crm:2", 3.0, "2024-01-31"),
    ]  # fmt: skip
    assert [file.rows for file in report.files] == [3]
    again = company.collect()
    assert not again.changed
    assert again.collect_id is None


def test_what_changes_in_a_database_is_a_new_version_and_what_is_wrong_waits(company):
    path = sqlite(company)
    source(company, '"sqlite:///erp.db"')
    company.collect()
    with sqlite3.connect(path) as con:
        con.execute("UPDATE accounts SET amount = 9 WHERE id = 1")
        con.execute("UPDATE accounts SET closed = 'soon' WHERE id = 2")
    con.close()
    report = company.collect()
    assert {(one.table, one.changed, one.unchanged, one.quarantined) for one in report.tables} == {
        ("customers", 0, 3, 0), ("deals", 1, 1, 1),
    }  # fmt: skip
    assert [(row.file, row.line, row.value) for row in company.waiting()] == [
        (f"query {report.files[0].file.split()[1]}", 3, "soon")
    ]
    assert company.collect().tables[1].quarantined == 1
    assert len(company.waiting()) == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("DELETE FROM accounts", "not authorized"),
        ("ATTACH 'other.db' AS o", "not authorized"),
        ("PRAGMA table_info(accounts)", "not authorized"),
        ("SELECT absent FROM accounts", "no such column"),
        ("SELECT 1; DELETE FROM accounts", "one statement"),
        ("SELEC 1", "syntax error"),
    ],
)
def test_sqlite_is_only_read(company, query, said):
    path = sqlite(company)
    source(company, '"sqlite:///erp.db"', query)
    (problem,) = company.problems()
    assert (problem.code, problem.file, problem.line) == ("database-refused", "sources/crm.yaml", 2)
    assert said in problem.message
    with sqlite3.connect(path) as con:
        assert con.execute("SELECT count(*) FROM accounts").fetchone() == (3,)
    con.close()


def test_a_database_that_is_not_there_and_one_of_no_known_kind(company):
    source(company, '"sqlite:///other.db"')
    assert [one.code for one in company.problems()] == ["file-missing"]
    source(company, '"oracle://x"')
    assert [one.code for one in company.problems()] == ["database-unknown"]
    source(company, "{environment: KEEPWELL_TEST_DATABASE_THAT_IS_NOT}")
    (problem,) = company.problems()
    assert (problem.code, problem.line) == ("database-environment", 2)


def test_an_address_may_stand_in_the_environment(company, monkeypatch):
    sqlite(company)
    monkeypatch.setenv("KEEPWELL_TEST_DATABASE", "sqlite:///erp.db")
    source(company, "{environment: KEEPWELL_TEST_DATABASE}")
    assert len(company.collect().tables) == 2


def test_an_unknown_column_of_a_query_is_named(company):
    sqlite(company)
    source(company, '"sqlite:///erp.db"', "SELECT id, name, amount, closed AS closed_on FROM accounts")
    (problem,) = company.problems()
    assert (problem.code, problem.found, problem.nearest) == ("source-unknown-column", "closed", "closed_on")


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of our own on loopback, run as a user that is not root; skipped where there is none."""
    pytest.importorskip("psycopg")
    if not (POSTGRES / "initdb").exists():
        pytest.skip("no PostgreSQL 15 on this machine")
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        pytest.skip("PostgreSQL refuses root, and there is no way to be another user")
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="keepwell-pg-"))
    if as_user:
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*command: str) -> None:
        done = subprocess.run(
            [*as_user, *command], cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr

    try:
        run(
            str(POSTGRES / "initdb"),
            "-D",
            str(folder / "data"),
            "-U",
            "keeper",
            "--auth=trust",
            "-E",
            "UTF8",
            "--no-sync",
        )
        run(str(POSTGRES / "pg_ctl"), "-D", str(folder / "data"), "-w", "-l", str(folder / "log"), "-o",
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off", "start")  # fmt: skip
        yield f"postgresql://keeper@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*as_user, str(POSTGRES / "pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "stop"],
                       cwd=folder, capture_output=True, timeout=60, check=False)  # fmt: skip
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def accounts(postgres):
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as con:
        con.execute("DROP TABLE IF EXISTS accounts")
        con.execute("CREATE TABLE accounts (id int, name text, amount numeric(12, 2), closed timestamptz, ok boolean)")
        con.execute("INSERT INTO accounts SELECT n, 'N' || n, n + 0.10, '2024-01-31 23:30:00+00', true "
                    "FROM generate_series(1, 20000) AS n")  # fmt: skip
    return postgres


def test_postgresql(company, accounts, monkeypatch):
    monkeypatch.setenv("KEEPWELL_TEST_DATABASE", accounts)
    source(company, "{environment: KEEPWELL_TEST_DATABASE}")
    report = company.collect()
    assert {(one.table, one.new) for one in report.tables} == {("customers", 20000), ("deals", 20000)}
    assert company.rows("deals", "amount, CAST(closed_on AS VARCHAR)", "deal_id = 'crm:d7'") == [
        (Decimal("7.1000"), "2024-02-01")  # the day in Paris
    ]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("DELETE FROM accounts RETURNING id, name, amount, closed", "DELETE"),
        ("SELECT 1; DELETE FROM accounts", "multiple commands"),
        ("SELECT absent FROM accounts", "does not exist"),
        ("WITH d AS (DELETE FROM accounts RETURNING *) SELECT * FROM d", "data-modifying"),
        ("SELECT setval('s', 1) FROM accounts", "does not exist"),
        ("SELECT id, name, amount, closed FROM accounts FOR UPDATE", "read-only transaction"),
    ],
)
def test_postgresql_is_only_read(company, accounts, query, said):
    import psycopg

    source(company, f'"{accounts}"', query)
    (problem,) = company.problems()
    assert (problem.code, problem.line) == ("database-refused", 2)
    assert said in problem.message
    with psycopg.connect(accounts) as con:
        assert con.execute("SELECT count(*) FROM accounts").fetchone() == (20000,)


def test_a_postgresql_that_does_not_answer_is_said_without_its_password(company):
    source(company, '"postgresql://u:secret@127.0.0.1:1/x"')
    (problem,) = company.problems()
    assert problem.code == "database-refused"
    assert "secret" not in str(problem)
