"""What is each one's part of what a group brought about, if every order in which they could have come counts alike?

The Shapley value: add up what each brings to whoever was there before, over all orders, and take the mean. It adds up
to the whole, is the same for equals, and nothing for who brings nothing to anybody.

| function        | for                                                                                        |
|-----------------|--------------------------------------------------------------------------------------------|
| `shapley`       | a worth for each coalition, by names                                                       |
| `shapley_dense` | the same by bit masks, for many players: 20 of them have a million coalitions              |
| `shared_by_all` | outcomes that each needed everybody behind them: exact for any number of players           |

Source: L. S. Shapley (1953), A value for n-person games, Contributions to the Theory of Games II, eq. 12.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from math import comb
from typing import Literal

import numpy as np

from keepwell.core.errors import UsageError
from keepwell.measure.columns import Ints, Reals

Missing = Literal["refuse", "best_part"]
MOST_PLAYERS = 24


def shapley(worth: Mapping[Collection[str], float], missing: Missing = "refuse") -> dict[str, float]:
    """What is each player's part of the worth of all, given the worth of each coalition?

    Players are all who stand in any coalition. The empty coalition is worth 0 unless it is stated. A coalition whose
    worth is not stated is refused; or, with `missing="best_part"`, is worth as much as the best of its stated parts
    (one more colleague does no harm), and 0 where no part of it is stated.
    Raises `UsageError` (`coalition-missing`, `coalition-no-number`, `coalition-too-many`).

    >>> worth = {("A",): 80, ("B",): 56, ("C",): 70, ("A", "B"): 80, ("A", "C"): 85, ("B", "C"): 72, ("A", "B", "C"): 90}
    >>> {player: round(part, 4) for player, part in shapley(worth).items()}
    {'A': 39.1667, 'B': 20.6667, 'C': 30.1667}
    """
    players = sorted({player for coalition in worth for player in coalition})
    _check_many(len(players))
    place = {player: 1 << number for number, player in enumerate(players)}
    values = np.full(1 << len(players), np.nan)
    values[0] = 0.0
    for coalition, value in worth.items():
        if not np.isfinite(value):
            raise UsageError("coalition-no-number", f"the worth of {_named(coalition)} is no number", hint=str(value))
        values[sum(place[player] for player in set(coalition))] = value
    unknown = np.flatnonzero(np.isnan(values))
    if len(unknown) and missing == "refuse":
        first = [player for player in players if place[player] & int(unknown[0])]
        hint = 'state it, or missing="best_part": as much as the best of its stated parts'
        message = f"the worth of {len(unknown)} coalitions is not stated, {_named(first)} among them"
        raise UsageError("coalition-missing", message, hint=hint)
    return dict(zip(players, shapley_dense(_best_parts(values)).tolist(), strict=True))


def shapley_dense(worth: Reals) -> Reals:
    """The same by masks: `worth[m]` is that of the coalition whose members are the bits of m, so 2ⁿ numbers for n players.

    Raises `UsageError` (`coalition-missing`, `coalition-too-many`).

    >>> shapley_dense(np.array([0.0, 0.0, 0.0, 10.0])).tolist()
    [5.0, 5.0]
    """
    many = len(worth).bit_length() - 1
    _check_many(many)
    if len(worth) != 1 << many or not np.isfinite(worth).all():
        raise UsageError("coalition-missing", "the worth of each of the 2ⁿ coalitions is needed, as a number")
    by_size = np.array([1.0 / (many * comb(many - 1, size)) for size in range(many)])
    weights = by_size[_sizes(many - 1)] if many else np.zeros(0)
    return np.array([_marginal(worth, player) @ weights for player in range(many)])


def shared_by_all(outcomes: Iterable[tuple[Collection[str], Fraction]]) -> dict[str, Fraction]:
    """What is each player's part, where each outcome needed everybody behind it? Equal parts of each, exactly.

    The game of one outcome is worth it with all of its players and nothing without one of them: everybody adds that
    worth in the orders in which they come last, which are equally many for each. Values of sums are sums of values.

    >>> shared_by_all([(("Ann", "Ben"), Fraction(10)), (("Ann",), Fraction(3))])
    {'Ann': Fraction(8, 1), 'Ben': Fraction(5, 1)}
    """
    found: dict[str, Fraction] = defaultdict(Fraction)
    for players, amount in outcomes:
        distinct = set(players)
        for player in distinct:
            found[player] += amount / len(distinct)
    return dict(sorted(found.items()))


def _marginal(worth: Reals, player: int) -> Reals:
    """What the player adds to each coalition without them, in the order of the others' masks."""
    split = worth.reshape(-1, 2, 1 << player)
    added: Reals = (split[:, 1] - split[:, 0]).reshape(-1)
    return added


def _best_parts(values: Reals) -> Reals:
    """Each coalition that has no worth gets that of its best part that has one."""
    if not np.isnan(values).any():
        return values
    best = np.where(np.isnan(values), -np.inf, values)
    for player in range(len(values).bit_length() - 1):
        split = best.reshape(-1, 2, 1 << player)
        split[:, 1] = np.maximum(split[:, 1], split[:, 0])
    return np.where(np.isnan(values), best, values)


def _sizes(many: int) -> Ints:
    """How many bits each mask of `many` bits has."""
    sizes = np.zeros(1, dtype=np.int64)
    for _ in range(many):
        sizes = np.concatenate([sizes, sizes + 1])
    return sizes


def _check_many(many: int) -> None:
    if many > MOST_PLAYERS:
        message = f"{many} players have 2^{many} coalitions, too many to weigh one by one"
        raise UsageError("coalition-too-many", message, hint=f"at most {MOST_PLAYERS}, or shared_by_all")


def _named(coalition: Iterable[str]) -> str:
    return " + ".join(sorted(coalition)) or "nobody"
