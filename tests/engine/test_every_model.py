"""Every model that Keepwell has is bound on empty tables, uses portable SQL only, and gives the same on every engine."""

from __future__ import annotations

from pathlib import Path

import pytest

import keepwell.run
from engines import ENGINE_PARAMS, ENGINES
from keepwell.collect import collect
from keepwell.demo import make_company
from keepwell.engine import check_models, order_nodes
from keepwell.project.config import Project, read_project
from keepwell.record.snapshot import SNAPSHOT_TABLES

GIVEN = {table.name: table for table in keepwell.run.given_tables()}
NODES = keepwell.run.nodes()


def test_every_model_is_bound_and_portable() -> None:
    problems = check_models(NODES, {**SNAPSHOT_TABLES, **GIVEN})
    assert [str(problem) for problem in problems] == []


def test_the_models_have_an_order() -> None:
    assert len(order_nodes(NODES, {*SNAPSHOT_TABLES, *GIVEN})) == len(NODES)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A small company's record, with a life in it."""
    made = make_company(tmp_path_factory.mktemp("every") / "acme", customers=30, months=12)
    project = read_project(made.folder)
    collect(project)
    return project


def hashes(project: Project, monkeypatch: pytest.MonkeyPatch, engine: str) -> dict[str, str]:
    """A run's tables on one engine, each by its bytes."""
    monkeypatch.setattr(keepwell.run, "_engine", lambda _kind, _project: ENGINES[engine]())
    return keepwell.run.run(project, engine="duckdb" if engine == "duckdb" else "spark", again=True).hashes


@pytest.mark.parametrize("other", [param for param in ENGINE_PARAMS if param.values != ("duckdb",)])
def test_a_whole_run_is_the_same_bytes_on_every_engine(
    company: Project, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    here = hashes(company, monkeypatch, "duckdb")
    assert len(here) > 15
    assert hashes(company, monkeypatch, other) == here


def test_a_whole_run_is_the_same_bytes_when_memory_is_short(company: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from keepwell.engine import DuckDBEngine

    here = hashes(company, monkeypatch, "duckdb")
    monkeypatch.setattr(keepwell.run, "_engine", lambda _kind, _project: DuckDBEngine("300MB", threads=1))
    assert keepwell.run.run(company, engine="duckdb", again=True).hashes == here


def test_the_spill_folder_is_left_empty(company: Project) -> None:
    keepwell.run.run(company, engine="duckdb", again=True)
    assert not [path for path in Path(company.spill).rglob("*") if path.is_file()]
