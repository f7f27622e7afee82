"""How many of the ways to an outcome pass each stage? Reach, not cause: a stage that all pass has 1.

Customers' ways are taken as a Markov chain: what comes next depends on where one is. The reach of a stage (its removal
effect) is the part of what is won that would be lost if whoever came there went no further. It is in closed form: with N
= (I − Q)⁻¹ how often stages are visited, and b the chance to win from each, RE_c = N₀c · b_c / (N_cc · b₀).

Source: Anderl, Becker, von Wangenheim & Schumann (2016), Mapping the customer journey, Int. J. of Research in Marketing 33;
N and b as in Kemeny & Snell (1976), Finite Markov Chains, theorems 3.2.4 and 3.3.7.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from keepwell.core.errors import UsageError

START, WON, LOST = "(start)", "(won)", "(lost)"


@dataclass(frozen=True)
class Reach:
    """How far stages reach: the `chance` that a way is won, each stage's `reach` (0..1), and its `share` of them all."""

    chance: float
    reach: Mapping[str, float]

    @property
    def share(self) -> dict[str, float]:
        """Each stage's part of the sum of reaches; none where nothing was passed on the way to what was won."""
        total = sum(self.reach.values())
        return {stage: one / total for stage, one in self.reach.items()} if total else {}


def reach(ways: Iterable[tuple[Sequence[str], bool]]) -> Reach:
    """How far does each stage reach, given customers' ways and whether each was won?

    Raises `UsageError` (`reach-nothing-won`) where no way is won, (`reach-stage`) for a stage named `(start)`, `(won)`, `(lost)`.

    >>> found = reach([(["C1", "C2", "C3"], True), (["C1"], False), (["C2", "C3"], False)])
    >>> round(found.chance, 4), {stage: round(one, 4) for stage, one in found.reach.items()}
    (0.3333, {'C1': 0.5, 'C2': 1.0, 'C3': 1.0})
    >>> {stage: round(one, 4) for stage, one in found.share.items()}
    {'C1': 0.2, 'C2': 0.4, 'C3': 0.4}
    """
    steps: Counter[tuple[str, str]] = Counter()
    for stages, won in ways:
        steps.update(pairwise([START, *stages, WON if won else LOST]))
    return reach_of_steps(steps)


def reach_of_steps(steps: Mapping[tuple[str, str], int]) -> Reach:
    """The same, given how often customers went from one to the next; ways begin at `START` and end at `WON` or `LOST`.

    Raises `UsageError` (`reach-stage`) where a stage has the name of a beginning or an end.
    """
    taken = sorted({source for source, _ in steps} & {WON, LOST} | {to for _, to in steps} & {START})
    if taken:
        raise UsageError("reach-stage", f"{', '.join(taken)} is where ways begin or end, and no stage",
                         hint="give the stage another name")  # fmt: skip
    stages = sorted({stage for step in steps for stage in step} - {START, WON, LOST})
    place = {START: 0, **{stage: number for number, stage in enumerate(stages, start=1)}}
    counts = np.zeros((len(place), len(place)))
    wins, left = np.zeros(len(place)), np.zeros(len(place))
    for (source, to), many in steps.items():
        left[place[source]] += many
        if to == WON:
            wins[place[source]] += many
        elif to != LOST:
            counts[place[source], place[to]] += many
    passed = np.where(left > 0, left, 1.0)
    visits = np.linalg.inv(np.eye(len(place)) - counts / passed[:, None])
    chance = visits @ (wins / passed)
    if not chance[0] > 0:
        raise UsageError("reach-nothing-won", "no way was won, so that no stage reached anything")
    inner = np.arange(1, len(place))
    effect = visits[0, inner] * chance[inner] / (visits[inner, inner] * chance[0])
    return Reach(float(chance[0]), dict(zip(stages, effect.tolist(), strict=True)))
