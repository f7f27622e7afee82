"""Time decay: the published shares, and what it refuses."""

from __future__ import annotations

import pytest

from keepwell.core.errors import UsageError
from keepwell.credit.time_decay import time_decay


def test_the_published_shares() -> None:
    found = time_decay([10, 6, 2, 0])
    assert [round(float(share), 6) for share in found] == [0.135392, 0.201191, 0.298969, 0.364448]
    assert found.sum() == pytest.approx(1)


def test_only_distances_between_moments_count() -> None:
    assert time_decay([10010, 10003]).tolist() == pytest.approx(time_decay([7, 0]).tolist())
    assert time_decay([7, 0]).tolist() == pytest.approx([1 / 3, 2 / 3])


def test_what_is_refused_and_what_is_empty() -> None:
    assert time_decay([]).tolist() == []
    for days, half_life in (([-1.0], 7.0), ([float("nan")], 7.0), ([1.0], 0.0), ([1.0], float("inf"))):
        with pytest.raises(UsageError):
            time_decay(days, half_life)
