"""How is a graph of models and steps run? In order, each once; what is kept lies in Parquet files afterwards.

A kept table is written under a temporary name, renamed when whole, and read from its file by whoever comes after, so
memory holds only what lies between. A table in between is dropped after the last node that reads it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import pyarrow.parquet as pq

from keepwell.core.progress import Progress
from keepwell.engine.buckets import Buckets, Reuse, keep_by_bucket
from keepwell.engine.duckdb import DuckDBEngine
from keepwell.engine.emptiness import gives_nothing
from keepwell.engine.engine import Engine
from keepwell.engine.graph import Node, last_uses, order_nodes
from keepwell.engine.model import Model
from keepwell.engine.step import run_step


@dataclass(frozen=True)
class Ran:
    """What a run left behind: the file of each kept table, and how many seconds each node took."""

    files: Mapping[str, Path]
    seconds: Mapping[str, float]


def run_graph(
    engine: Engine,
    nodes: Iterable[Node],
    out: Path | None = None,
    progress: Progress | None = None,
    wanted: Collection[str] | None = None,
    reuse: Reuse | None = None,
) -> Ran:
    """Which tables come of these nodes, over the tables that the engine has already?

    `progress` is told each node before it is run. With `wanted`, only these and what they need are computed. A model
    that gives nothing, because what it reads has no rows, is not planned. Afterwards the engine has: the wanted tables,
    the kept ones, and those that no node reads. Kept tables are files in `out`, or stay in the engine where `out` is
    None. With `reuse`, models per key are run by buckets (see `buckets`): for large tables, of which an earlier run's may
    be taken.
    Raises `ConfigurationError` before anything is run if the graph is wrong; `BrokenError` if a node fails.
    """
    ordered = order_nodes(nodes, engine.tables, wanted)
    buckets = Buckets(engine, ordered, reuse, out) if reuse and out and isinstance(engine, DuckDBEngine) else None
    last = last_uses(ordered) if buckets is None else buckets.last_uses()
    stays = {node.name for node in ordered if node.kept or node.name not in last} | set(wanted or ())
    files: dict[str, Path] = {}
    seconds: dict[str, float] = {}
    for place, node in enumerate(ordered):
        if progress is not None:
            progress(node.name, place, len(ordered))
        started = perf_counter()
        if buckets is not None and buckets.run(node, files):
            pass
        elif node.kept and out is not None:
            files[node.name] = _keep(engine, node, out, files, by_bucket=reuse is not None)
        else:
            _build(engine, node, files)
        if buckets is not None and node.name in buckets.split and not buckets.has(node.name):
            buckets.split_built(node.gives)
        seconds[node.name] = perf_counter() - started
        for name in sorted(seconds.keys() - stays):
            if last.get(name) == place:
                (engine if buckets is None else buckets).drop(name)
    if buckets is not None:
        buckets.close()
    if progress is not None:
        progress("", len(ordered), len(ordered))
    return Ran(files, seconds)


def _build(engine: Engine, node: Node, files: Mapping[str, Path]) -> None:
    if _gives_nothing(engine, node):
        engine.add_arrow(node.name, node.gives.arrow.empty_table(), node.gives)
    elif isinstance(node, Model):
        engine.build(node)
    else:
        # a kept table lies in the order of its key already: reading its file saves the engine sorting it once more
        inputs = {name: pq.read_table(files[name]) if name in files else engine.fetch(name) for name in node.inputs}
        engine.add_arrow(node.name, run_step(node, inputs), node.gives)


def _gives_nothing(engine: Engine, node: Node) -> bool:
    return gives_nothing(node.nothing_without, engine.is_empty)


def _keep(engine: Engine, node: Node, out: Path, files: Mapping[str, Path], *, by_bucket: bool = False) -> Path:
    """Write the node's table; the file is there whole or not at all."""
    out.mkdir(parents=True, exist_ok=True)
    if by_bucket and isinstance(node, Model) and node.per:
        engine.build(node)
        return keep_by_bucket(engine, node, out)
    file, unfinished = out / f"{node.name}.parquet", out / f".{node.name}.parquet.unfinished"
    try:
        if isinstance(node, Model) and not _gives_nothing(engine, node):
            engine.write(node.gives, node.sql, unfinished)
        else:
            _build(engine, node, files)
            engine.write(node.gives, f'SELECT * FROM "{node.name}"', unfinished)
            engine.drop(node.name)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    engine.add_parquet(node.name, [file], node.gives)
    return file
