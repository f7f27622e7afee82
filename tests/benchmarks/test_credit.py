"""The benchmark of credit makes what it says, and what it times adds up."""

from __future__ import annotations

import sys
from argparse import Namespace
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest

from shown import ROOT


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    yield import_module("credit")
    sys.modules.pop("credit", None)


def test_every_touch_is_credited_and_every_cent_is_there(benchmark, tmp_path: Path) -> None:
    files = benchmark._make(tmp_path, Namespace(touches=4_000, customers=200, people=40, memory="1GB"))
    benchmark._credit(files, tmp_path / "out", benchmark.ALL_METHODS)
    rows, difference = benchmark._adds_up(files, tmp_path / "out")
    assert rows > 1_000
    assert difference == Decimal(0)
