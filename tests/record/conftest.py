"""A record in a folder, and a collect in one line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from keepwell.record import Record
from record.record_rows import Rows, rows


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "record", memory="500MB", threads=1)


@pytest.fixture
def collect(record: Record) -> Callable[..., Any]:
    """One table in one collect: `collect(moment, table, rows, source)`."""

    def _collect(moment: datetime | None, table: str, given: Rows, source: str = "crm", **how: Any) -> Any:
        with record.begin(moment) as commit:
            commit.put(table, rows(table, given), source, **how)
            return commit.finish({})

    return _collect
