"""What is later money worth on the day of valuing? Time in years of 365.25 days; the discount is per year and compounds."""

from __future__ import annotations

import numpy as np

from keepwell.value.fit import Reals


def present_years(start: Reals, end: Reals, discount: float) -> Reals:
    """What one a year, coming evenly from `start` to `end` (years from now), is worth now.

    >>> np.round(present_years(np.array([0.0, 1.0]), np.array([1.0, 2.0]), 0.1), 4).tolist()
    [0.9538, 0.8671]
    >>> present_years(np.array([0.0]), np.array([2.0]), 0.0).tolist()
    [2.0]
    """
    rate = np.log1p(discount)
    later = np.maximum(end, start)
    if rate == 0:
        return np.asarray(later - start)
    return np.asarray((np.exp(-rate * start) - np.exp(-rate * later)) / rate)
