"""What must an engine be able to do? The few verbs that the runner uses; everything else is the engine's own affair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import pyarrow as pa

from keepwell.core.tables import Table
from keepwell.engine.model import Model


@runtime_checkable
class Engine(Protocol):
    """Tables by name, and SELECTs over them."""

    @property
    def name(self) -> str:
        """`duckdb`, `spark` …"""
        ...

    @property
    def tables(self) -> frozenset[str]:
        """The names of the tables that a model may read now."""
        ...

    def add_arrow(self, name: str, rows: pa.Table | Iterable[pa.Table], table: Table | None = None) -> None:
        """Copy these rows (or pieces of them, at least one) in, as the table `name`; `table` says their key, where known."""
        ...

    def add_parquet(self, name: str, files: Sequence[str | Path], table: Table) -> None:
        """Let `name` be the rows of these files, read when they are needed; columns a file lacks are null."""
        ...

    def build(self, model: Model) -> None:
        """Compute the model's rows and hold them under its name."""
        ...

    def write(self, table: Table, sql: str, file: Path) -> None:
        """Write the rows of the SELECT into one Parquet file, ordered by the table's full key."""
        ...

    def fetch(self, name: str) -> pa.Table:
        """The rows of a table, ordered by its key where one is declared and by all columns where none is."""
        ...

    def is_empty(self, name: str) -> bool:
        """Is it known that the table has no rows? False where finding out would cost as much as reading it."""
        ...

    def drop(self, name: str) -> None:
        """Forget the table."""
        ...

    def close(self) -> None:
        """Let go of memory and of what was spilled."""
        ...
