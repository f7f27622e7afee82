"""The benchmark's record is one that a run values: every customer who ordered, at every moment, with an interval at the last."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_everybody_who_ordered_is_valued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import value_run

    value_run.make(tmp_path, 600)
    value_run.valued(tmp_path)
    values = pq.read_table(tmp_path / "tables" / "customer_values.parquet").to_pylist()
    assert json.loads((tmp_path / "told.json").read_text())["rows"] == len(values)
    last = [row for row in values if row["at_on"] == value_run.UNTIL]
    assert len(last) == 600
    assert all(row["low"] <= row["value"] <= row["high"] for row in last)
    assert len({row["at_on"] for row in values}) == 6
