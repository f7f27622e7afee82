"""Every test of collecting may have a company's project to try things in."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect.trial import Company, make_company


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """An empty project: euros, Paris time."""
    return make_company(tmp_path / "company")
