"""Who could leave in each period, and who did? The rows that a hazard is fitted on, grouped so that few are held.

Everybody who is there at a period's start could leave in it. Written out, that is a row of each person and period; held
is one row of each person (or of each distinct set of covariates), and for each cell of the baseline how many periods
that row could have left in, and in how many of them somebody did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from keepwell.core.errors import UsageError
from keepwell.value.fit import Bools, Ints, Reals
from keepwell.value.given import column_names


@dataclass(frozen=True)
class Block:
    """The rows from `first` to before `last`, in one cell of the baseline: their `periods` at risk, and the `events`."""

    cell: int
    first: int
    last: int
    periods: Reals
    events: Reals


@dataclass(frozen=True)
class PersonPeriods:
    """What a hazard is fitted on.

    `covariates` is rows × `names`; `baseline` is cells × `baseline_names`: what each cell of the baseline is made of
    (one step of tenure: a row with a single 1). `offset`, one for each row, is added to the linear predictor as it is.
    """

    covariates: Reals
    names: tuple[str, ...]
    baseline: Reals
    baseline_names: tuple[str, ...]
    blocks: tuple[Block, ...]
    offset: Reals

    @classmethod
    def of_lives(cls, covariates: Any, duration: npt.ArrayLike, left: npt.ArrayLike,
                 steps: Sequence[int] | None = None, names: Sequence[str] | None = None) -> Self:  # fmt: skip
        """Lives with covariates that do not change: `duration` periods at risk each (1, 2, …), `left` in the last.

        `covariates`: an Arrow table, a data frame, or a matrix with `names`. `steps`: the periods (from 0) with which
        each step of the baseline begins; otherwise each period is one, joined to the next where nobody left.
        """
        matrix, known = matrix_of(covariates, names)
        lasted, gone = _periods(duration, len(matrix)), np.asarray(left).astype(bool)
        begins = _steps_where_some_left(lasted, gone) if steps is None else np.asarray(steps, dtype=np.int64)
        ends = np.append(begins[1:], np.iinfo(np.int64).max)
        order = np.argsort(-lasted, kind="stable")
        lasted, gone = lasted[order], gone[order]
        blocks = []
        for cell, (begin, end) in enumerate(zip(begins, ends, strict=True)):
            there = int(np.searchsorted(-lasted, -begin, side="left"))  # those with more periods than `begin`
            within = np.minimum(lasted[:there], end) - begin
            blocks.append(Block(cell, 0, there, within.astype(np.float64),
                                (gone[:there] & (lasted[:there] <= end)).astype(np.float64)))  # fmt: skip
        labels = tuple(f"period {b + 1}" if e == b + 1 else f"periods {b + 1} to {e}" if e < ends[-1] else
                       f"from period {b + 1}" for b, e in zip(begins.tolist(), ends.tolist(), strict=True))  # fmt: skip
        return cls(matrix[order], known, np.eye(len(begins)), labels, tuple(b for b in blocks if b.last),
                   np.zeros(len(matrix)))  # fmt: skip

    @classmethod
    def of_rows(cls, covariates: Any, cell: npt.ArrayLike, periods: npt.ArrayLike, events: npt.ArrayLike,
                baseline: Reals, baseline_names: Sequence[str], names: Sequence[str] | None = None,
                offset: npt.ArrayLike | None = None) -> Self:  # fmt: skip
        """Rows that each stand in one `cell` of the `baseline`, for so many `periods`, in so many of which some left."""
        matrix, known = matrix_of(covariates, names)
        at, many, some = (np.asarray(one) for one in (cell, periods, events))
        if (some > many).any() or (some < 0).any():
            row = int(((some > many) | (some < 0)).argmax())
            raise UsageError("hazard-events", f"{some[row]} left in {many[row]} periods, in row {row + 1}")
        order = np.argsort(
            at.astype(np.int16) if len(baseline) < 2**15 else at, kind="stable"
        )  # small numbers: one pass
        counts = np.bincount(at, minlength=len(baseline))
        ends = np.cumsum(counts)
        many, some = many[order].astype(np.float64), some[order].astype(np.float64)
        blocks = tuple(Block(code, int(end - count), int(end), many[end - count : end], some[end - count : end])
                       for code, (count, end) in enumerate(zip(counts, ends, strict=True)) if count)  # fmt: skip
        added = np.zeros(len(matrix)) if offset is None else np.asarray(offset, dtype=np.float64)[order]
        return cls(matrix[order], known, np.asarray(baseline, dtype=np.float64), tuple(baseline_names), blocks, added)

    @property
    def periods(self) -> int:
        """Periods in which somebody could have left."""
        return int(sum(block.periods.sum() for block in self.blocks))

    @property
    def events(self) -> int:
        """Periods in which somebody did."""
        return int(sum(block.events.sum() for block in self.blocks))

    @property
    def by_cell(self) -> tuple[Reals, Reals]:
        """For each cell of the baseline: periods, and events."""
        periods, events = np.zeros(len(self.baseline)), np.zeros(len(self.baseline))
        for block in self.blocks:
            periods[block.cell] += block.periods.sum()
            events[block.cell] += block.events.sum()
        return periods, events

    @cached_property
    def spread(self) -> Reals:
        """Standard deviations of the covariates over the rows; 1 for one that does not vary."""
        rows = max(len(self.covariates), 1)
        means = self.covariates.sum(axis=0) / rows
        squares = np.einsum("ij,ij->j", self.covariates, self.covariates) / rows
        variance = squares - means**2
        return np.where(variance > 1e-12 * squares, np.sqrt(np.maximum(variance, 0.0)), 1.0)

    def beside(self, offset: Reals) -> PersonPeriods:
        """The same without covariates, with this offset (in the order of `covariates`) in their place."""
        return PersonPeriods(self.covariates[:, :0], (), self.baseline, self.baseline_names, self.blocks, offset)


def matrix_of(covariates: Any, names: Sequence[str] | None) -> tuple[Reals, tuple[str, ...]]:
    """Covariates as a matrix, rows × names. Raises `UsageError` (`hazard-covariate`) where a number is missing."""
    if isinstance(covariates, np.ndarray):
        matrix = np.asarray(covariates, dtype=np.float64)
        known = tuple(names) if names is not None else tuple(f"x{n + 1}" for n in range(matrix.shape[1]))
    else:
        named = column_names(covariates, "covariates", "hazard-covariate")
        known = tuple(names) if names is not None else tuple(named)
        columns = [np.asarray(covariates[name], dtype=np.float64) for name in known]
        matrix = np.column_stack(columns) if columns else np.zeros((len(covariates), 0))
    total = matrix.sum(axis=0)
    if not np.isfinite(total).all():
        place = int((~np.isfinite(total)).argmax())
        row = int((~np.isfinite(matrix[:, place])).argmax())
        raise UsageError("hazard-covariate", f"{known[place]} is no number in row {row + 1}",
                         hint="say what stands for not known: a value, and a covariate that tells it was not")  # fmt: skip
    return matrix, known


def _periods(duration: npt.ArrayLike, rows: int) -> Ints:
    lasted = np.asarray(duration)
    if len(lasted) != rows:
        raise UsageError("hazard-rows", f"{rows} rows of covariates, {len(lasted)} durations")
    wrong = ~(np.isfinite(lasted) & (lasted >= 1) & (lasted == np.floor(lasted)))
    if wrong.any():
        row = int(wrong.argmax())
        raise UsageError("hazard-duration", f"a duration is 1, 2, … periods, found {lasted[row]} in row {row + 1}")
    whole: Ints = lasted.astype(np.int64)
    return whole


def _steps_where_some_left(lasted: Ints, gone: Bools) -> Ints:
    """Each period in which somebody left is a step of its own, with those before it in which nobody did."""
    left = np.bincount(lasted[gone] - 1, minlength=1)
    ends = np.flatnonzero(left) + 1
    begins = np.append(0, ends[:-1]) if len(ends) else np.zeros(1, dtype=np.int64)
    return begins.astype(np.int64)
