"""Are the parameters of simulated populations found again, within two standard errors 95 times of 100?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from keepwell.value.fit import Fit


def off_by(fits: Iterable[Fit], truth: Sequence[float]) -> npt.NDArray[np.float64]:
    """How many standard errors do parameters lie from the truth? A row for each fit."""
    return np.array([(np.array(fit.values) - list(truth)) / fit.standard_errors for fit in fits])


def hold(fits: Iterable[Fit], truth: Sequence[float]) -> None:
    """Within two standard errors lie 95.4% of all parameters, and of none far less; on average the truth is met."""
    off = off_by(fits, truth)
    within = np.abs(off) < 2
    # 3.4 standard deviations of a share of as many fits, within each of which parameters go together
    chance = 3.4 * (0.954 * 0.046 / len(off)) ** 0.5
    assert abs(within.mean() - 0.954) < 0.035
    assert within.mean(axis=0).min() > 0.954 - chance
    assert np.abs(off.mean(axis=0)).max() < 0.4
