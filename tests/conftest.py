"""What every folder's tests share: the engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engines import ENGINE_PARAMS, ENGINES
from keepwell.engine import Engine


@pytest.fixture(params=ENGINE_PARAMS)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine in turn, empty: a test that takes it holds on all of them."""
    with ENGINES[request.param]() as one:
        yield one
