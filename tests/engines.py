"""Every engine that this machine has, and how a test holds them to the same rows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any

import pyarrow as pa
import pytest

from keepwell.core.tables import Table
from keepwell.engine import DuckDBEngine, Engine, Model, Node, SparkEngine, run_graph, start_spark


def duckdb_engine() -> DuckDBEngine:
    """DuckDB, as a small machine would have it."""
    return DuckDBEngine(memory="1GB", threads=2)


def sail_engine() -> SparkEngine:
    """Sail, the tests' fast stand-in for Spark."""
    return SparkEngine(_sail())


def spark_engine() -> SparkEngine:
    """Real Spark, in this process."""
    return SparkEngine(_spark())


ENGINES: dict[str, Callable[[], DuckDBEngine | SparkEngine]] = {
    "duckdb": duckdb_engine,
    "sail": sail_engine,
    "spark": spark_engine,
}
ENGINE_PARAMS = [
    pytest.param("duckdb"),
    pytest.param("sail", marks=pytest.mark.skipif(not find_spec("pysail"), reason="pysail is not installed")),
    pytest.param(
        "spark",
        marks=[
            pytest.mark.slow,
            pytest.mark.skipif(not (find_spec("pyspark") and shutil.which("java")), reason="no pyspark or no Java"),
        ],
    ),
]


def rows_on(
    engine: Engine,
    nodes: Iterable[Node],
    inputs: Mapping[str, pa.Table],
    wanted: Iterable[str] | None = None,
    tables: Mapping[str, Table] | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """The rows that each of the nodes gives on this engine, ordered by key."""
    for name, rows in inputs.items():
        engine.add_arrow(name, rows, (tables or {}).get(name))
    nodes = list(nodes)
    names = sorted(wanted) if wanted is not None else sorted(node.name for node in nodes)
    run_graph(engine, nodes, wanted=names)
    return {name: engine.fetch(name).to_pylist() for name in names}


def assert_same_on_engines(
    models: Iterable[Model], inputs: Mapping[str, pa.Table], on: Iterable[str] = ("sail",)
) -> dict[str, list[dict[str, Any]]]:
    """Every model gives on each of the engines `on` the rows that it gives on DuckDB, to the cent; returns them.

    `inputs` are the tables that the models read and that none of them gives; give them rows that matter.
    """
    models = list(models)
    with duckdb_engine() as engine:
        expected = rows_on(engine, models, inputs)
    for table in (model.gives for model in models):
        keys = [tuple(row[name] for name in table.key) for row in expected[table.name]]
        assert len(set(keys)) == len(keys), f"{table.name}: its key {table.key} is not unique"
        assert None not in {part for key in keys for part in key}, f"{table.name}: a part of its key is null"
    for name in on:
        with ENGINES[name]() as engine:
            found = rows_on(engine, models, inputs)
        for table, rows in expected.items():
            assert found[table] == rows, f"{table} differs between duckdb and {name}"
    return expected


@cache
def _sail() -> Any:
    # Its engine is chosen by the environment, when the server starts.
    os.environ.setdefault("SAIL_MODE", "local")
    os.environ.setdefault("RUST_LOG", "error")
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    _, port = server.listening_address
    session = start_spark(f"sc://127.0.0.1:{port}")
    session._keepwell_server = server
    return session


@cache
def _spark() -> Any:
    return start_spark("local[2]", memory="2g")
