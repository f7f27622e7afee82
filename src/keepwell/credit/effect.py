"""What does a person or a team change, with customers like theirs? Not credit: a share of value says nothing of cause.

| step       | how                                                                                          |
|------------|----------------------------------------------------------------------------------------------|
| case mix   | least squares of the outcome on what customers are like (segment, region, tenure, stage), within people: what comes with the customers is taken off, what comes with the person stays |
| difference | the mean of what is left, less that of those compared with: of the team, or of all           |
| shrinking  | Bühlmann–Straub: `effect = Z · difference`, Z = n / (n + σ²/τ²)                              |
| interval   | 95%, of the true effect given the difference: ± 1.96 · τ · √(1 − Z)                          |

Where differences between people cannot be told from chance, nobody has an effect, and the words say that a ranking is not
warranted. It is an association: who is given which customers was not drawn by lot.

Source: Bühlmann & Gisler (2005), A Course in Credibility Theory, ch. 4; the interval is that of the normal–normal model,
Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., eq. 5.17 to 5.20.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from keepwell.core.errors import UsageError
from keepwell.measure.columns import Ints, Reals
from keepwell.measure.credibility import buhlmann_straub, credibility_factor
from keepwell.measure.intervals import Z95, ratio

FEWEST = 5  # customers of a kind: a rarer kind is taken together with the other rare ones
FEWEST_FREE = (
    10  # customers more than people and kinds: from fewer it is not known how much customers of one person vary
)
RARE = "(rare)"
CaseMix = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Effects:
    """What each of `who` changes, in the outcome's unit.

    `n` customers it rests on; `difference` from those compared with, adjusted for case mix, and its standard error `se`;
    `effect` is that shrunk by `z`, with the ends of its 95% interval (nan: no ranking is warranted). `within` is the
    standard deviation of one customer's outcome, `between` that of true effects (0: none that can be told from chance).
    `words` say that a ranking is not warranted; empty: it is.
    """

    who: tuple[str, ...]
    n: Ints
    difference: Reals
    se: Reals
    effect: Reals
    low: Reals
    high: Reals
    z: Reals
    within: float
    between: float
    words: str


def effects(outcomes: Sequence[float], people: Sequence[str], case_mix: CaseMix | None = None,
            teams: Mapping[str, str] | None = None) -> Effects:  # fmt: skip
    """What does each person change, given the outcome of each customer they stood behind? One row per person and customer.

    `case_mix` says of each row what the customer is like, as words by kind (`{"segment": [...], "region": [...]}`).
    `teams`, by person: people are compared within them; otherwise with all. Raises `UsageError` (`effect-rows`).

    >>> found = effects([1, 2, 3, 2, 11, 12, 13, 12, 1, 3, 2, 2, 12, 11, 13, 12], [who for who in "abcd" for _ in range(4)])
    >>> [round(float(one), 2) for one in found.effect], found.words
    ([-4.98, 4.98, -4.98, 4.98], '')
    """
    y = np.asarray(outcomes, dtype=np.float64)
    return effects_of_sums(np.ones(len(y), dtype=np.int64), y, y * y, people, case_mix, teams)


def effects_of_sums(n: Ints, total: Reals, squares: Reals, people: Sequence[str], case_mix: CaseMix | None = None,
                    teams: Mapping[str, str] | None = None) -> Effects:  # fmt: skip
    """The same from sums: one row per person and kind of customer, with how many, the sum of outcomes, and of their squares."""
    mix = case_mix or {}
    if not len(n) == len(total) == len(squares) == len(people) or any(len(column) != len(n) for column in mix.values()):
        raise UsageError("effect-rows", "outcomes, people and case mix have one value for each row")
    if not (np.isfinite(total).all() and np.isfinite(squares).all() and (n > 0).all()):
        raise UsageError("effect-rows", "each row has customers, and outcomes that are numbers")
    who, of = np.unique(np.asarray(people, dtype=str), return_inverse=True)
    weight = n.astype(np.float64)
    many = np.bincount(of, weight, len(who))
    shift, used = _case_mix(total / np.maximum(weight, 1), weight, of, [_kinds(column, n) for column in mix.values()])
    means = ratio(np.bincount(of, total - weight * shift, len(who)), many)
    # each outcome less its own case mix and its person's mean, squared and added up
    taken = shift + means[of]
    left = float(np.sum(squares - 2 * taken * total + weight * taken**2))
    free = weight.sum() - len(who) - used
    within = max(left, 0.0) / free if free >= FEWEST_FREE else float("nan")
    groups = (
        None if teams is None else np.unique([teams.get(name, "") for name in who.tolist()], return_inverse=True)[1]
    )
    believed = buhlmann_straub(means, many, within, groups)
    difference = means - believed.collective
    tau = float(np.sqrt(believed.between))
    half = np.where(believed.between > 0, Z95 * tau * np.sqrt(1 - believed.z), np.nan)
    effect = believed.z * difference
    return Effects(
        tuple(who.tolist()), many.astype(np.int64), difference, np.sqrt(ratio(within, many)), effect, effect - half,
        effect + half, believed.z, float(np.sqrt(within)), tau, believed.words,
    )  # fmt: skip


def shrink(difference: float, n: int, within: float, between: float) -> tuple[float, float, float]:
    """What is believed of a difference that rests on n customers, and the ends of its 95% interval?

    `within` is the standard deviation of one customer's outcome, `between` that of true effects.

    >>> [round(one, 4) for one in shrink(8, 12, within=40, between=5)]
    [1.2632, -7.7298, 10.2561]
    """
    z = float(credibility_factor(n, within**2, between**2))
    half = Z95 * between * float(np.sqrt(1 - z))
    return z * difference, z * difference - half, z * difference + half


def _kinds(column: Sequence[str], n: Ints) -> Reals:
    """A 0/1 column for each kind but one; kinds of fewer than `FEWEST` customers are one kind."""
    words = np.asarray(column, dtype=str)
    kinds, of = np.unique(words, return_inverse=True)
    if not len(kinds):
        return np.zeros((0, 0))
    words = np.where(np.bincount(of, n)[of] < FEWEST, RARE, words)
    kinds, of = np.unique(words, return_inverse=True)
    return np.eye(len(kinds))[of][:, 1:]


def _case_mix(y: Reals, weight: Reals, of: Ints, mix: Sequence[Reals]) -> tuple[Reals, int]:
    """By how much each row's outcome is shifted by its case mix (in the mean of all rows by nothing), from how many kinds."""
    if not len(y) or not sum(part.shape[1] for part in mix):
        return np.zeros(len(y)), 0
    x = np.column_stack(mix)
    many = np.bincount(of, weight)
    inside = np.column_stack([column - (np.bincount(of, weight * column) / many)[of] for column in x.T])
    left = y - (np.bincount(of, weight * y) / many)[of]
    root = np.sqrt(weight)
    slopes, _, rank, _ = np.linalg.lstsq(inside * root[:, None], left * root, rcond=None)
    shift: Reals = (x - np.average(x, axis=0, weights=weight)) @ slopes
    return shift, int(rank)
