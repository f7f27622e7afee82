"""From which answer on is a customer satisfied? Each survey has its point, a company may state one for all."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from record_rows import Rows


def satisfied(kind: str, scores: list[int], satisfied_from: str | None = None, **scale: int) -> list[int]:
    """The scores that count as satisfied."""
    rows = Rows(today=date(2026, 3, 31), satisfied_from=None if satisfied_from is None else Decimal(satisfied_from))
    rows.add("customers", customer_id="c")
    for score in scores:
        rows.add("surveys", invitation_id=f"{score:02}", customer_id="c", kind=kind, score=score,
                 answered_at=datetime(2026, 2, 1), **scale)  # fmt: skip
    return sorted(int(row["seen"]) for row in rows.table(kind) if row["a"] == 1)


@pytest.mark.parametrize(("kind", "scores", "expected"), [
    ("csat", [1, 3, 4, 5], [4, 5]), ("choose_again", [3, 4, 5], [4, 5]), ("ces", [4, 5, 6, 7], [5, 6, 7]),
])  # fmt: skip
def test_each_survey_has_its_point(kind: str, scores: list[int], expected: list[int]) -> None:
    assert satisfied(kind, scores) == expected


@pytest.mark.parametrize(("kind", "expected"), [("csat", [5]), ("choose_again", [5]), ("ces", [6, 7])])
def test_a_company_may_state_its_own(kind: str, expected: list[int]) -> None:
    assert satisfied(kind, [3, 4, 5, *([6, 7] if kind == "ces" else [])], "0.8") == expected


def test_a_stated_scale_counts_however_wide() -> None:
    assert satisfied("csat", [749, 750, 1000], scale_min=0, scale_max=1000) == [750, 1000]
    assert satisfied("csat", [0, 7, 8, 10], scale_min=0, scale_max=10) == [8, 10]
