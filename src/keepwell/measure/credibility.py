"""How much of a unit's own result is to be believed, and how much of everybody's in its place?

`credible = Z · own + (1 − Z) · collective`, `Z = n / (n + K)`: the more answers, the more one's own result counts. `K`
is the variance of one answer within a unit over the variance of true values between units, both estimated from the
data. Where what is between is not distinguishable from zero, the table is a league table of noise: Z is 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from keepwell.measure.intervals import Numbers, Reals, ratio

Ints = npt.NDArray[np.int64]

NO_RANKING = "The differences between them are no larger than chance would make them: a ranking is not warranted."
TOO_FEW = "Too few units or answers to tell their differences from chance: a ranking is not warranted."
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Credibility:
    """What is believed of each unit. `z` own weight, `collective` what the rest comes from, `credible` both together.

    `within` is the variance of one answer within a unit, `between` that of true values between units (0: none that can
    be told from chance), `p` how often chance alone would make such differences. `words` say whether ranking is
    warranted; empty: it is.
    """

    z: Reals
    collective: Reals
    credible: Reals
    within: float
    between: float
    p: float
    words: str

    @property
    def k(self) -> float:
        """How many answers make Z one half; infinite where nothing is between."""
        return self.within / self.between if self.between > 0 else float("inf")


def credibility_factor(n: Numbers, within: float, between: float) -> Reals:
    """How much of a result that rests on n answers is to be believed? Z = n / (n + within / between).

    >>> float(credibility_factor(5, within=25_000, between=5_000))
    0.5
    """
    many = np.asarray(n, dtype=np.float64)
    return many / (many + within / between) if between > 0 else np.zeros_like(many)


def buhlmann_straub(values: Numbers, weights: Numbers, within: float, groups: Numbers | None = None) -> Credibility:
    """What is believed of each unit's value, given what one answer varies `within` units?

    `weights` are numbers of answers (effective ones where weighted). With `groups` (a team for each person) units are
    compared within their group, and the collective is the group's; for one who is alone in a group it is that of all.
    Units without answers get the collective. Source: Bühlmann & Gisler (2005), A Course in Credibility Theory, ch. 4.

    >>> found = buhlmann_straub([1.0, 2.0, 8.0, 9.0], [50, 50, 50, 50], within=10.0)
    >>> round(found.between, 4), [round(float(z), 4) for z in found.z]
    (16.4667, [0.988, 0.988, 0.988, 0.988])
    """
    x, w = np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    there = np.isfinite(x) & np.isfinite(w) & (w > 0)
    group = _peers(np.zeros(len(x), dtype=np.int64) if groups is None else np.asarray(groups), there)
    between, p = _between(x[there], w[there], group[there], within)
    z = np.zeros_like(x)
    z[there] = credibility_factor(w[there], within, between)
    collective = _collective(x, z if between > 0 else w, there, group)
    credible = z * np.where(there, x, 0.0) + (1 - z) * collective
    return Credibility(z, collective, credible, within, between, p, _words(between, p))


def _peers(groups: npt.NDArray[np.int64], there: npt.NDArray[np.bool_]) -> Ints:
    """Groups as 0, 1, …; −1 for who is alone in theirs. Where everybody is, all are one group."""
    if not len(groups):
        return np.zeros(0, dtype=np.int64)
    _, group = np.unique(groups, return_inverse=True)
    sizes = np.bincount(group[there], minlength=int(group.max()) + 1)
    if (sizes < 2).all():
        return np.zeros(len(groups), dtype=np.int64)
    return np.where(sizes[group] < 2, -1, group).astype(np.int64)


def _collective(x: Reals, w: Reals, there: npt.NDArray[np.bool_], group: Ints) -> Reals:
    """For each unit the weighted mean of its group; of all for who has no group."""
    own = np.where(there, x, 0.0)
    everybody = ratio((w * own)[there].sum(), w[there].sum())
    among = there & (group >= 0)
    if not among.any():
        return np.full(len(x), float(everybody))
    size = int(group.max()) + 1
    means = ratio(np.bincount(group[among], (w * own)[among], size), np.bincount(group[among], w[among], size))
    return np.where(group >= 0, means[group], everybody)


def _between(x: Reals, w: Reals, group: Ints, within: float) -> tuple[float, float]:
    """The variance between units within groups (0 where chance explains it), and the p-value of no difference."""
    among = group >= 0
    x, w, group = x[among], w[among], group[among]
    free = len(x) - len(np.unique(group))
    if free < 1 or not np.isfinite(within):
        return 0.0, float("nan")
    mass = np.bincount(group, w)
    means = ratio(np.bincount(group, w * x), mass)
    spread = float((w * (x - means[group]) ** 2).sum())
    scale = float((mass - ratio(np.bincount(group, w**2), mass))[mass > 0].sum())
    between = (spread - free * within) / scale if scale > 0 else 0.0
    if within > 0:
        p = float(chdtrc(free, spread / within))
    else:
        p = 0.0 if spread > 0 else 1.0
    return (between if p < SIGNIFICANT else 0.0), p


def _words(between: float, p: float) -> str:
    if between > 0:
        return ""
    return TOO_FEW if np.isnan(p) else NO_RANKING


def pooled_variance(squares_within: Numbers, n: Numbers) -> float:
    """What does one answer vary within a unit? Sums of squares within units, over answers less one each; nan: untold.

    >>> pooled_variance([8.0, 10.0], [5, 6])
    2.0
    """
    squares, many = np.asarray(squares_within, dtype=np.float64), np.asarray(n, dtype=np.float64)
    more = many > 1
    free = float((many - 1)[more].sum())
    return float(squares[more].sum()) / free if free > 0 else float("nan")


def james_stein(values: Numbers, variance: float) -> tuple[float, Reals]:
    """By which factor do k values of one known variance keep their distance from the mean, and what do they become?

    1 − (k − 3)·variance / Σ(x − mean)². An independent check of the shrinkage: with equal numbers of answers it is
    nearly Z. Source: Efron & Morris (1975), JASA 70; (1977), Scientific American 236.

    >>> factor, shrunk = james_stein([0.40, 0.30, 0.30, 0.25, 0.20], 0.001)
    >>> round(factor, 4), round(float(shrunk[0]), 4)
    (0.9091, 0.39)
    """
    x = np.asarray(values, dtype=np.float64)
    mean = x.mean()
    factor = 1 - (len(x) - 3) * variance / float(((x - mean) ** 2).sum())
    return factor, mean + factor * (x - mean)
