"""Real data, read where it lies beside the repository; every test here is skipped where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from real_projects import DATA, ROOT, Examples


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the data, and skip it where there is none."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.real)
            if not DATA.is_dir():
                item.add_marker(pytest.mark.skip(reason=f"no data in {DATA.relative_to(ROOT.parent)}"))


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of public data."""
    return DATA


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Examples:
    """The example projects."""
    return Examples(tmp_path_factory.mktemp("examples"))
