"""The sample company's report, made once."""

import pytest

from keepwell.show.report import Report
from show.sample_report import made_report


@pytest.fixture(scope="session")
def report() -> Report:
    return made_report()
