"""What customers are worth together: sums to the cent, intervals that do not wear off where parameters are in common."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from value.test_customer_values import TODAY, add_terms, company

TABLES = ("equity", "customer_values", "value_calibration")


@pytest.fixture(scope="module")
def valued():
    """Forty customers: thirty who renewed, ten who did not."""
    rows = company()
    for number in range(30):
        add_terms(rows, f"d:{number}", date(2024, 5, 1), [1000, 1000, 1000], segment="b" if number % 2 else "a")
    for number in range(10):
        add_terms(rows, f"e:{number}", date(2024, 5, 1), [1000], ended_on=date(2025, 5, 1))
    return rows.run(*TABLES)


def test_each_kind_of_unit_adds_up_to_the_company(valued) -> None:
    total = sum(row["value"] for row in valued["customer_values"] if row["at_on"] == TODAY)
    for kind in ("company", "segment", "owner", "stage", "cohort"):
        units = [row for row in valued["equity"] if (row["at_on"], row["unit_kind"]) == (TODAY, kind)]
        assert sum(row["value"] for row in units) == total
        assert sum(row["customers"] for row in units) == 33


def test_the_interval_of_the_sum_is_narrower_than_the_sum_of_intervals(valued) -> None:
    [whole] = [row for row in valued["equity"] if (row["at_on"], row["unit_kind"]) == (TODAY, "company")]
    rows = [row for row in valued["customer_values"] if row["at_on"] == TODAY]
    assert (
        sum(row["low"] for row in rows)
        < whole["low"]
        < whole["value"]
        < whole["high"]
        < sum(row["high"] for row in rows)
    )


def test_what_was_foretold_a_year_ago_stands_beside_what_came(valued) -> None:
    told = {row["part"]: row for row in valued["value_calibration"] if row["segment"] == "*"}
    # of thirty with a renewal in the year: ten of forty had left at the first, by Jeffreys 10.5 of 41
    assert told[0]["came"] == sum(told[part]["came"] for part in range(1, 6))
    assert told[0]["customers"] == 34
    assert told[0]["low"] < told[0]["foretold"] < told[0]["high"]
    stays = 30 * (1 - 10.5 / 41) + 4 * (1 - 10.5 / 41)
    assert told[0]["foretold"] == pytest.approx(Decimal(stays), abs=Decimal("0.001"))
    assert told[0]["came"] == 33
