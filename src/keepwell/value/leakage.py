"""Was a covariate known before the customer made up their mind, or was it written down when they left?

What is recorded on or after the day of notice or leaving tells who left, and foretells nobody. Where the day of
knowledge is there, it is compared; without it there are three marks of such a covariate: it is recorded for leavers
only, or hardly for others; or, some of its values are found with leavers only, and with most of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.core.errors import RefusedError
from keepwell.value.fit import Bools, Ints
from keepwell.value.given import column_names

# Values found with leavers only, together with so many of all leavers, are too good to have been known before.
_MOST_OF_THEM = 0.4
_ONLY = 0.98
# So many customers of one value, all leavers, are no accident where fewer than nine in ten leave.
_FEWEST = 20
_BANDS = 20


@dataclass(frozen=True)
class Leak:
    """A covariate that is no predictor, and why in words."""

    name: str
    why: str


def leaks(covariates: Any, left: npt.ArrayLike, known_on: Mapping[str, npt.ArrayLike] | None = None,
          decided_on: npt.ArrayLike | None = None) -> list[Leak]:  # fmt: skip
    """Which of these covariates cannot have been known before, and how is that seen?

    By its days a covariate is one if a single leaver's value was recorded on or after the day of notice. Without days: if it is
    recorded for 20 leavers or more, 40% of all leavers or more, and 98% of those with it left; or, where no more than nine in
    ten with it left, if values that 20 customers or more have, of whom 98% left, are those of 40% of all leavers or more.
    Numbers of more than 80 different values are looked at in twenty bands of about as many customers.

    `covariates`: an Arrow table, a data frame or a mapping, a row for each customer; `left`: who did. `known_on`: for a
    covariate the day on which each row's value was recorded; `decided_on`: each customer's day of notice, or of leaving
    (empty: neither).

    >>> seen = {"seats": [3, 3, 8, 8] * 20, "reason": ["price", None] * 40}
    >>> [(leak.name, leak.why) for leak in leaks(seen, [True, False] * 40)]
    [('reason', 'it is recorded for leavers only: 40 of 40 of them, and nobody else')]
    """
    gone = np.asarray(left).astype(bool)
    found = []
    for name in column_names(covariates, "covariates", "hazard-covariate"):
        column = _column(covariates[name])
        there = np.asarray(column.is_valid().to_numpy(zero_copy_only=False))
        why = _by_day(gone & there, (known_on or {}).get(name), decided_on) or _by_presence(there, gone)
        why = why or _by_value(column, there, gone)
        if why:
            found.append(Leak(name, why))
    return found


def refuse_leaks(covariates: Any, left: npt.ArrayLike, known_on: Mapping[str, npt.ArrayLike] | None = None,
                 decided_on: npt.ArrayLike | None = None) -> None:  # fmt: skip
    """Are all of these covariates such as can have been known before? Thresholds and parameters are those of `leaks`.

    Raises `RefusedError` (`hazard-leak`) with all that cannot.
    """
    found = leaks(covariates, left, known_on, decided_on)
    if found:
        words = "; ".join(f"{leak.name}: {leak.why}" for leak in found)
        raise RefusedError("hazard-leak", f"no predictor of leaving: {words}",
                           hint="leave it out, or take what was recorded before the day of notice")  # fmt: skip


def _by_day(leavers: Bools, known_on: npt.ArrayLike | None, decided_on: npt.ArrayLike | None) -> str:
    """Recorded on or after the day on which they made up their mind?"""
    if known_on is None or decided_on is None or not leavers.any():
        return ""
    known, decided = (np.asarray(days).astype("datetime64[D]")[leavers] for days in (known_on, decided_on))
    both = ~(np.isnat(known) | np.isnat(decided))
    late = int((known[both] >= decided[both]).sum())
    if not late:
        return ""
    of = int(both.sum())
    return f"it was recorded on or after the day of notice or leaving for {late} of {of} who left"


def _by_presence(there: Bools, gone: Bools) -> str:
    """Recorded for leavers only?"""
    with_leavers, with_others = int((there & gone).sum()), int((there & ~gone).sum())
    leavers, others = int(gone.sum()), int((~gone).sum())
    if with_leavers < _FEWEST or with_leavers < _MOST_OF_THEM * leavers or not others:
        return ""
    if with_others > (1 - _ONLY) * (with_leavers + with_others):
        return ""
    whom = "nobody else" if not with_others else f"{with_others} of {others} others"
    return f"it is recorded for leavers only: {with_leavers} of {leavers} of them, and {whom}"


def _by_value(column: pa.Array[Any], there: Bools, gone: Bools) -> str:
    """Values that only leavers have, and most of them?"""
    codes, names = _banded(column)
    leavers = gone[there]
    total = np.bincount(codes, minlength=len(names))
    lost = np.bincount(codes[leavers], minlength=len(names))
    if leavers.mean() > 0.9 if len(leavers) else True:
        return ""
    telling = (total >= _FEWEST) & (lost >= _ONLY * total)
    if lost[telling].sum() < max(_MOST_OF_THEM * leavers.sum(), 1):
        return ""
    shown = sorted(name for name, one in zip(names, telling, strict=True) if one)
    words = ", ".join(shown[:3]) + (" …" if len(shown) > 3 else "")
    return (f"of the {int(total[telling].sum())} with {words}, {int(lost[telling].sum())} left, as many as "
            f"{lost[telling].sum() / leavers.sum():.0%} of all who did: it was recorded when they left")  # fmt: skip


def _banded(column: pa.Array[Any]) -> tuple[Ints, list[str]]:
    """Distinct values as codes; of numbers with many values, bands of about as many customers each."""
    known = column.drop_null()
    encoded: Any = known.dictionary_encode()
    if len(encoded.dictionary) <= 4 * _BANDS or not _is_number(known.type):
        return np.asarray(encoded.indices.to_numpy(zero_copy_only=False), np.int64), [
            str(v) for v in encoded.dictionary.to_pylist()
        ]
    values = np.asarray(pc.cast(known, pa.float64()).to_numpy(zero_copy_only=False))
    edges = np.unique(np.quantile(values, np.linspace(0, 1, _BANDS + 1)[1:-1]))
    codes = np.searchsorted(edges, values, side="left").astype(np.int64)
    bounds = [f"{edge:g}" for edge in edges]
    return codes, [
        f"up to {bounds[0]}",
        *(f"{a} to {b}" for a, b in pairwise(bounds)),
        f"above {bounds[-1]}",
    ]


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _column(values: Any) -> pa.Array[Any]:
    if isinstance(values, pa.ChunkedArray):
        whole: pa.Array[Any] = values.combine_chunks()
        return whole
    made: pa.Array[Any] = values if isinstance(values, pa.Array) else pa.array(values, from_pandas=True)
    return made
