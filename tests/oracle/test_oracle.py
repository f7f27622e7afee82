"""The pipeline and the calculation here agree to the cent, on companies and plans of every kind, close after close.

`KEEPWELL_ORACLE_EXAMPLES=2000` pays so many companies in each calendar. A run of few is always of the same ones.
"""

from __future__ import annotations

import os
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from oracle.batch import Settings
from oracle.companies import Made, companies
from oracle.compare import Difference, differences, differing

EXAMPLES = int(os.environ.get("KEEPWELL_ORACLE_EXAMPLES", "0"))
FEW, AT_ONCE = 12, 100


def month(year: int, number: int) -> int:
    return year * 12 + number - 1


CALENDARS = {
    "quarters": Settings(((date(2026, 5, 20), month(2026, 1)), (date(2026, 11, 10), month(2026, 7)), (date(2027, 8, 1), None))),
    "months, a year from April, Berlin": Settings(
        ((date(2026, 4, 1), month(2026, 2)), (date(2026, 8, 31), month(2026, 7)), (date(2027, 5, 1), None)),
        "month", 4, "Europe/Berlin"),
    "a year from February, closed late, New York": Settings(
        ((date(2026, 12, 31), None), (date(2027, 2, 1), month(2026, 11)), (date(2028, 1, 1), None)),
        "quarter", 2, "America/New_York"),
}  # fmt: skip


def made(count: int, number: int) -> list[Made]:
    """So many companies, as Hypothesis makes them; they are paid together, for a run is dear and a company is not."""
    found: list[Made] = []

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(companies())
    def collect(company: Made) -> None:
        found.append(company)

    collect()
    return found


def told(found: list[Difference], paid: list[Made], calendar: Settings) -> str:
    """The differences, and the plans of the first company that has one, alone."""
    if not found:
        return ""
    (first, *_) = differing(paid, found)
    alone = differences([first], calendar)
    plans = "\n".join(first.plans) if alone else "agrees when it is paid alone"
    return "\n".join(["", *(str(one) for one in (alone or found)[:12]), plans])


@pytest.mark.parametrize("name", CALENDARS)
def test_both_calculations_agree_to_the_cent(name: str) -> None:
    calendar = CALENDARS[name]
    count = EXAMPLES or FEW
    for number, start in enumerate(range(0, count, AT_ONCE)):
        paid = made(min(AT_ONCE, count - start), number if not EXAMPLES else int.from_bytes(os.urandom(4), "big"))
        found = differences(paid, calendar)
        assert found == [], told(found, paid, calendar)
