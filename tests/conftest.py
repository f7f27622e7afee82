"""What every folder's tests share: the engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from keepwell.engine import DuckDBEngine, Engine


@pytest.fixture(params=["duckdb"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine in turn, empty: a test that takes it holds on all of them."""
    with DuckDBEngine(memory="1GB", threads=2) as one:
        yield one
