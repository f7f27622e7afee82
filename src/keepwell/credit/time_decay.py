"""What is each moment's part of an outcome, if a moment counts half as much for each so many days it lies back?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keepwell.core.errors import UsageError
from keepwell.measure.columns import Reals

HALF_LIFE = 7.0


def time_decay(days_before: Sequence[float], half_life: float = HALF_LIFE) -> Reals:
    """Which share has each moment, so many days before the outcome? Shares add up to 1; none where there is no moment.

    Weight 2^(−days / half-life). Raises `UsageError` (`decay-days`, `decay-half-life`).

    >>> [round(float(share), 6) for share in time_decay([10, 6, 2, 0])]
    [0.135392, 0.201191, 0.298969, 0.364448]
    """
    days = np.asarray(days_before, dtype=np.float64)
    if not half_life > 0 or not np.isfinite(half_life):
        raise UsageError("decay-half-life", f"{half_life} is no half-life", hint="days, more than 0")
    if not np.isfinite(days).all() or (days < 0).any():
        raise UsageError("decay-days", "a moment that is credited lies before the outcome", hint="days, 0 or more")
    if not len(days):
        return days
    weights: Reals = 2.0 ** (
        -(days - days.min()) / half_life
    )  # from the last one on, so that old ones do not vanish together
    shares: Reals = weights / weights.sum()
    return shares
