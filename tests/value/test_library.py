"""The models are a library: each by its name from the package, and the package itself costs nothing to import."""

from __future__ import annotations

import subprocess
import sys

import pytest

from keepwell import value


@pytest.mark.parametrize("name", sorted(value.LIBRARY))
def test_each_is_there_by_its_name(name: str) -> None:
    assert callable(getattr(value, name))
    assert name in value.__all__


def test_another_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="has no BetaGoe"):
        _ = value.BetaGoe


def test_the_package_alone_reads_no_model() -> None:
    code = "import sys, keepwell.value; print(sorted(set(sys.modules) & {'scipy', 'duckdb', 'keepwell.value.bg_nbd'}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
