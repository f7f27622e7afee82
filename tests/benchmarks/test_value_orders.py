"""The benchmark's log is one of customers who order, and Keepwell's part of it finds whom it was made of."""

from __future__ import annotations

from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_the_log_is_valued_and_its_parameters_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import value_by
    import value_data as made

    log, steps = tmp_path / "log.parquet", {}
    assert made.write(4000, log) > 12_000
    told = value_by.keepwell(log, steps)
    assert list(steps) == ["import", "histories", "BG/NBD", "gamma-gamma", "value"]
    assert told["customers"] == 4000
    truth = [made._R, made._ALPHA, made._A, made._B, made._P, made._Q, made._GAMMA]
    assert told["parameters"] == pytest.approx(truth, rel=0.35)
    assert told["compared"] > 0
