"""How much of a unit's own result is to be believed, and how much of its peers' in its place?

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

    @property
    def k(self) -> float:
        """How many answers make Z one half; infinite where nothing is between."""
        return self.within / self.between if self.between > 0 else float("inf")

    @property
    def words(self) -> str:
        """Whether a ranking is warranted, in words; empty: it is."""
        if self.between > 0:
            return ""
        return TOO_FEW if np.isnan(self.p) else NO_RANKING


@dataclass(frozen=True)
class Leagues:
    """The same for many leagues of units at once: `within`, `between` and `p` have one value of each league."""

    z: Reals
    collective: Reals
    credible: Reals
    within: Reals
    between: Reals
    p: Reals


def credibility_factor(n: Numbers, within: Numbers, between: Numbers) -> Reals:
    """How much of a result that rests on n answers is to be believed? Z = n / (n + within / between).

    >>> float(credibility_factor(5, within=25_000, between=5_000))
    0.5
    """
    many, inside, outside = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (n, within, between)))
    return np.where(outside > 0, np.nan_to_num(ratio(many * outside, many * outside + inside)), 0.0)


def buhlmann_straub(values: Numbers, weights: Numbers, within: float, groups: Numbers | None = None) -> Credibility:
    """What is believed of each unit's value, given what one answer varies `within` units?

    `weights` are numbers of answers (effective ones where weighted). With `groups` (a team for each person) units are
    compared within their group, and the collective is the group's; for one who is alone in a group it is that of all.
    Units without answers get the collective. Source: Bühlmann & Gisler (2005), A Course in Credibility Theory, ch. 4.

    >>> found = buhlmann_straub([1.0, 2.0, 8.0, 9.0], [50, 50, 50, 50], within=10.0)
    >>> round(found.between, 4), [round(float(z), 4) for z in found.z]
    (16.4667, [0.988, 0.988, 0.988, 0.988])
    """
    x = np.asarray(values, dtype=np.float64)
    one = np.zeros(len(x), dtype=np.int64)
    group = one if groups is None else np.asarray(groups)
    found = believe(x, np.asarray(weights, dtype=np.float64), one, np.array([within], dtype=np.float64), group)
    return Credibility(found.z, found.collective, found.credible, within, float(found.between[0]), float(found.p[0]))


def believe(values: Reals, weights: Reals, league: Ints, within: Reals, groups: Ints) -> Leagues:
    """`buhlmann_straub` for many leagues at once (one for each period): units of one `league` are weighed together."""
    there = np.isfinite(values) & np.isfinite(weights) & (weights > 0)
    many = len(within)
    peers = _peers(league, groups, there, many)
    own, weight = np.where(there, values, 0.0), np.where(there, weights, 0.0)
    between, p = _between(own, weight, there & (peers >= 0), league, peers, within)
    z = np.where(there, credibility_factor(weight, within[league], between[league]), 0.0)
    believed = np.where(between[league] > 0, z, weight)
    collective = _collective(own, believed, there, league, peers, many)
    return Leagues(z, collective, z * own + (1 - z) * collective, within, between, p)


def _peers(league: Ints, groups: Ints, there: npt.NDArray[np.bool_], leagues: int) -> Ints:
    """Groups as 0, 1, … over all leagues; −1 for who is alone in theirs. Where everybody is, the league is one group."""
    if not len(groups):
        return np.zeros(0, dtype=np.int64)
    low = int(groups.min())
    _, group = np.unique(league * (int(groups.max()) - low + 1) + (groups - low), return_inverse=True)
    sizes = np.bincount(group[there], minlength=int(group.max()) + 1)[group]
    has_peers = np.bincount(league[there & (sizes > 1)], minlength=leagues) > 0
    whole = int(group.max()) + 1 + league
    return np.where(has_peers[league], np.where(sizes > 1, group, -1), whole).astype(np.int64)


def _collective(own: Reals, weight: Reals, there: npt.NDArray[np.bool_], league: Ints, peers: Ints,
                leagues: int) -> Reals:  # fmt: skip
    """For each unit the weighted mean of its group; of the league for who has no group."""
    total, mass = (np.bincount(league[there], one[there], leagues) for one in (weight * own, weight))
    everybody = ratio(total, mass)[league]
    among = there & (peers >= 0)
    if not among.any():
        return everybody
    size = int(peers.max()) + 1
    means = ratio(*(np.bincount(peers[among], one[among], size) for one in (weight * own, weight)))
    return np.where(peers >= 0, means[peers], everybody)


def _between(own: Reals, weight: Reals, among: npt.NDArray[np.bool_], league: Ints, peers: Ints,
             within: Reals) -> tuple[Reals, Reals]:  # fmt: skip
    """By league: the variance between units within groups (0 where chance explains it), and the p-value of none."""
    many = len(within)
    x, w, of, group = own[among], weight[among], league[among], peers[among]
    if not len(x):
        return np.zeros(many), np.full(many, np.nan)
    _, first, group = np.unique(group, return_index=True, return_inverse=True)
    mass = np.bincount(group, w)
    means = ratio(np.bincount(group, w * x), mass)
    free = np.bincount(of, minlength=many) - np.bincount(of[first], minlength=many)
    spread = np.bincount(of, w * (x - means[group]) ** 2, many)
    scale = np.bincount(of[first], mass - ratio(np.bincount(group, w**2), mass), many)
    known = (free > 0) & np.isfinite(within)
    noise = np.where(within > 0, within, 1.0)
    p = np.where(within > 0, chdtrc(np.maximum(free, 1), spread / noise), np.where(spread > 0, 0.0, 1.0))
    between = ratio(spread - free * np.nan_to_num(within), scale)
    told = known & (p < SIGNIFICANT) & (np.nan_to_num(between) > 0)
    return np.where(told, between, 0.0), np.where(known, p, np.nan)


def pooled_variance(squares_within: Numbers, n: Numbers) -> float:
    """What does one answer vary within a unit? Sums of squares within units, over answers less one each; nan: untold.

    >>> pooled_variance([8.0, 10.0], [5, 6])
    2.0
    """
    squares, many = np.asarray(squares_within, dtype=np.float64), np.asarray(n, dtype=np.float64)
    return float(pooled_variances(squares, many, np.zeros(len(many), dtype=np.int64), 1)[0])


def pooled_variances(squares_within: Reals, n: Reals, league: Ints, leagues: int) -> Reals:
    """The same for each league at once."""
    more = np.nan_to_num(n) > 1
    free = np.bincount(league[more], (n - 1)[more], leagues)
    return np.where(free > 0, ratio(np.bincount(league[more], squares_within[more], leagues), free), np.nan)


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
