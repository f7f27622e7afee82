"""What was recorded when a customer left is found, by its day or by the marks it leaves; what was known before passes."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from keepwell.core.errors import RefusedError
from keepwell.value.leakage import leaks, refuse_leaks

DICE = np.random.default_rng(4)
COUNT = 400
LEFT = DICE.random(COUNT) < 0.25
NOTICE = [
    date(2026, 3, 1) + timedelta(int(n)) if left else None
    for n, left in zip(DICE.integers(0, 90, COUNT), LEFT, strict=True)
]
SCORE = np.where(LEFT, DICE.integers(0, 9, COUNT), DICE.integers(2, 11, COUNT))


def days(shift: int) -> list[date]:
    """So many days from the notice; of who stays, any day."""
    return [date(2026, 1, 5) if day is None else day + timedelta(shift) for day in NOTICE]


def test_the_day_of_knowledge_against_the_day_of_notice() -> None:
    """Recorded the day before is known before; on the day itself it is not."""
    assert leaks({"score": SCORE}, LEFT, {"score": days(-1)}, NOTICE) == []
    for shift in (0, 12):
        [leak] = leaks({"score": SCORE}, LEFT, {"score": days(shift)}, NOTICE)
        assert (
            leak.why
            == f"it was recorded on or after the day of notice or leaving for {LEFT.sum()} of {LEFT.sum()} who left"
        )


def test_one_late_row_is_enough() -> None:
    late = days(-1)
    late[int(LEFT.argmax())] += timedelta(1)
    with pytest.raises(
        RefusedError, match=f"score: it was recorded on or after .* for 1 of {LEFT.sum()} who left"
    ) as no:
        refuse_leaks({"score": SCORE}, LEFT, {"score": late}, NOTICE)
    assert no.value.code == "hazard-leak"


def test_recorded_for_leavers_only() -> None:
    reason = ["price" if left else None for left in LEFT]
    [leak] = leaks({"seats": SCORE, "reason": reason}, LEFT)
    assert leak.name == "reason"
    assert leak.why == f"it is recorded for leavers only: {LEFT.sum()} of {LEFT.sum()} of them, and nobody else"
    # a few others have it as well
    reason[int((~LEFT).argmax())] = "price"
    assert "1 of" in leaks({"reason": reason}, LEFT)[0].why


def test_values_that_only_leavers_have() -> None:
    answer = np.where(LEFT, DICE.integers(1, 3, COUNT), DICE.integers(2, 6, COUNT))
    [leak] = leaks(pa.table({"satisfaction": answer}), LEFT)
    assert leaks(pa.RecordBatch.from_pydict({"satisfaction": answer}), LEFT) == [leak]
    assert leak.why.startswith(f"of the {(answer == 1).sum()} with 1, {(answer == 1).sum()} left")
    number = np.where(LEFT, 80.0, 20.0) + DICE.standard_normal(COUNT)
    assert leaks({"churn score": number}, LEFT)[0].why.endswith("it was recorded when they left")


def test_a_strong_predictor_is_no_leak() -> None:
    """Four in five with it leave, and one in ten without: it may well have been known before."""
    dice = np.random.default_rng(1)
    bad = dice.random(2000) < 0.2
    left = dice.random(2000) < np.where(bad, 0.8, 0.1)
    seen = {"broken promises": bad * 1, "months": dice.integers(1, 72, 2000), "bill": dice.random(2000) + bad}
    assert leaks(seen, left) == []
    sparse = [1 if one else None for one in dice.random(2000) < 0.02]
    assert leaks({"rare": sparse}, left) == []
