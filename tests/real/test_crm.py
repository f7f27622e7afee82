"""A sales pipeline with gaps: what is not known is said, and nothing is dropped."""

from __future__ import annotations

from decimal import Decimal

import pytest

from real_projects import Collected, Examples


@pytest.fixture(scope="module")
def pipeline(examples: Examples) -> Collected:
    return examples.collected("crm")


def test_what_was_won(pipeline: Collected) -> None:
    assert pipeline.report.quarantine == ()
    assert pipeline.row("SELECT count(*), count(*) FILTER (outcome = 'won') FROM deals") == (8_800, 4_238)
    assert pipeline.row("SELECT sum(amount) FROM deals WHERE outcome = 'won'") == (Decimal(10005534),)


def test_opportunities_without_an_account_are_there(pipeline: Collected) -> None:
    assert pipeline.row("SELECT count(*) FROM deals WHERE customer_id IS NULL") == (1_425,)


def test_a_product_that_is_not_in_the_catalogue_is_said_not_dropped(pipeline: Collected) -> None:
    (warning,) = [problem for problem in pipeline.report.warnings if "GTXPro" in str(problem)]
    assert warning.severity == "warning"
    assert warning.nearest == "GTX Pro"
    assert "1,480" in str(warning) or "1480" in str(warning)
    assert pipeline.row("SELECT count(*) FROM deals WHERE product = 'GTXPro'") == (1_480,)


def test_managers_are_people_and_have_teams(pipeline: Collected) -> None:
    assert pipeline.row("SELECT count(*) FROM people") == (41,)
    assert pipeline.row("SELECT count(*) FROM teams") == (6,)
    assert pipeline.row("SELECT count(*), count(manager_id) FROM positions") == (35, 35)
    assert pipeline.row("SELECT count(*) FROM customers WHERE industry = 'technolgy'") == (0,)
