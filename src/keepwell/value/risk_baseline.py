"""What is the hazard of giving notice or leaving made of before anything is known of a customer? How long they are here,
and whether a term ends.

Steps of tenure and ends of terms count where they tell more than chance would one time in twenty; a part that nobody left
in, though many would have, says nothing of the others, and has a level of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import chdtrc

from keepwell.core.errors import RefusedError
from keepwell.value.fit import Bools, Ints, Reals
from keepwell.value.hazard import Hazard, fit_hazard
from keepwell.value.person_periods import PersonPeriods

CHANCE = 0.05
FEWEST_WITH = 5  # who left with something, and without it, for it to be asked
_ENOUGH_IN_STEP = 30
_FAR = 6.6  # χ² that chance alone reaches once in a hundred times
STEPS = ("below 3", "3 to 5", "6 to 11", "12 to 23", "24 to 35", "36 or more")
STEP_BEGINS = np.array([3, 6, 12, 24, 36])
TERMS = ("no term ends within three months", "a term ends", "a term ends within three months")


@dataclass(frozen=True)
class Spans:
    """Months of customers, rows by step of tenure (`step`) and code of `TERMS` (`term`): how many `months`, who `left`."""

    step: Ints
    term: Ints
    months: Ints
    left: Ints

    def only(self, rows: Bools) -> Spans:
        """These rows of it."""
        return Spans(self.step[rows], self.term[rows], self.months[rows], self.left[rows])

    @property
    def silent_steps(self) -> Bools:
        """In which steps of tenure did nobody leave, though many would have?"""
        return self._silent(self.step, len(STEPS))

    @property
    def silent_terms(self) -> Bools:
        """In which months, by the end of a term, did nobody leave, though many would have?"""
        return self._silent(self.term, len(TERMS))

    def _silent(self, code: Ints, count: int) -> Bools:
        months, left, expected = self.by(code, count)
        return np.asarray((left == 0) & (expected >= FEWEST_WITH) & (months > 0))

    def by(self, code: Ints, count: int) -> tuple[Reals, Reals, Reals]:
        """Months, who left, and who would have at the rate of all, by a code."""
        months, left = (np.bincount(code, many, count).astype(np.float64) for many in (self.months, self.left))
        return months, left, months * left.sum() / max(months.sum(), 1)


@dataclass(frozen=True)
class Baseline:
    """Cells (step × term) by parameters; `groups`: to which step of the baseline each of `STEPS` belongs."""

    groups: Ints
    design: Reals
    names: tuple[str, ...]
    silent: Bools
    silent_months: int = 0

    def cell(self, step: Ints, term: Ints) -> Ints:
        """In which cell are these months?"""
        return np.asarray(self.groups[step] * len(TERMS) + term)

    def whole(self, hazard: Hazard) -> Hazard:
        """The hazard with the level of months in which nobody left (Jeffreys: half of one)."""
        if not self.silent.any():
            return hazard
        count = len(self.names)
        rate = 0.5 / (self.silent_months + 1)
        own = self.silent[np.arange(len(self.design)) % len(TERMS)]
        design = np.column_stack([np.where(own[:, None], 0.0, self.design), own.astype(np.float64)])
        words = "; ".join(name for name, one in zip(TERMS, self.silent, strict=True) if one)
        covariance = np.insert(np.insert(hazard.covariance, count, 0.0, axis=0), count, 0.0, axis=1)
        covariance[count, count] = 1 / 0.5
        return replace(hazard, baseline=design, baseline_names=(*self.names, f"{words}: nobody left"),
                       parameters=np.insert(hazard.parameters, count, np.log(-np.log1p(-rate))),
                       covariance=covariance)  # fmt: skip


def baseline_of(heard: Spans, silent: Bools, silent_months: int) -> Baseline:
    """The baseline that these months tell of: those of `silent` codes of terms are not among them."""
    plain = _baseline(np.zeros(len(STEPS), dtype=np.int64), ())
    groups = _groups(heard)
    steps, terms = _baseline(groups, ()), _baseline(plain.groups, _asked_terms(heard))
    groups = groups if _tells(heard, plain, steps) else plain.groups
    asked = _asked_terms(heard) if _tells(heard, plain, terms) else ()
    return replace(_baseline(groups, asked), silent=silent, silent_months=silent_months)


def _tells(heard: Spans, plain: Baseline, more: Baseline) -> bool:
    """Does a baseline fit better than the plain one by more than chance would one time in twenty?"""
    added = len(more.names) - len(plain.names)
    if not added:
        return False
    try:
        ratio = 2 * (_log_likelihood(heard, more) - _log_likelihood(heard, plain))
    except RefusedError:
        return False
    return bool(chdtrc(added, max(ratio, 0.0)) <= CHANCE)


def _log_likelihood(heard: Spans, baseline: Baseline) -> float:
    cell = baseline.cell(heard.step, heard.term)
    months, left = (np.bincount(cell, many, len(baseline.design)) for many in (heard.months, heard.left))
    there = np.flatnonzero(months)
    rows = PersonPeriods.of_rows(np.zeros((len(there), 0)), there, months[there], left[there], baseline.design,
                                 baseline.names, ())  # fmt: skip
    return fit_hazard(rows).log_likelihood


def _baseline(groups: Ints, asked: tuple[int, ...]) -> Baseline:
    """A level for each step, and what the asked codes of terms add."""
    count = int(groups.max()) + 1
    step, term = np.divmod(np.arange(count * len(TERMS)), len(TERMS))
    design = np.column_stack([step[:, None] == np.arange(count), term[:, None] == np.array(asked, dtype=np.int64)])
    names = (*(_months_of(np.flatnonzero(groups == group)) for group in range(count)), *(TERMS[code] for code in asked))
    return Baseline(groups, design.astype(np.float64), names, np.zeros(len(TERMS), dtype=bool))


def _asked_terms(heard: Spans) -> tuple[int, ...]:
    """Codes of terms in which enough left, or would have, beside those against which they are told."""
    _, left, expected = heard.by(heard.term, len(TERMS))
    enough = (left >= 1) & (np.maximum(left, expected) >= FEWEST_WITH)
    against = 0 if left[0] else int(left.argmax())
    return tuple(code for code in range(len(TERMS)) if code != against and enough[code] and enough[against])


def _groups(heard: Spans) -> Ints:
    """Steps of tenure, joined until enough have left in each, or by far fewer or more than in the others."""
    _, left, expected = heard.by(heard.step, len(STEPS))
    groups, so_far, awaited = np.zeros(len(STEPS), dtype=np.int64), 0.0, 0.0
    for step in range(1, len(STEPS)):
        so_far, awaited = so_far + left[step - 1], awaited + expected[step - 1]
        enough = min(so_far, left[step:].sum()) >= _ENOUGH_IN_STEP
        differs = (
            awaited >= FEWEST_WITH and (so_far - awaited) ** 2 > _FAR * awaited and left[step:].sum() >= FEWEST_WITH
        )
        full = so_far >= 1 and (enough or differs)
        groups[step] = groups[step - 1] + full
        so_far, awaited = (0.0, 0.0) if full else (so_far, awaited)
    return groups


def _months_of(steps: Ints) -> str:
    first, last = STEPS[steps[0]], STEPS[steps[-1]]
    if len(steps) == len(STEPS):
        return "every month"
    words = first if len(steps) == 1 else f"{first} and up to {last}"
    return f"months here {words}"


def cells_of(groups: tuple[int, ...], tenure: Ints, ends: Ints, term: Ints, months: int) -> Ints:
    """In which cell of the baseline does each month ahead lie? (customers, months); `ends`: months until a term ends."""
    ahead, until, length = np.arange(months), ends[:, None], term[:, None]
    step = np.array(groups)[step_of(tenure[:, None] + ahead)]
    to_end = np.where(ahead <= until, until - ahead, (until - ahead) % length)
    code = np.where(to_end == 0, 1, np.where(to_end <= 3, 2, 0))
    return np.asarray(step * len(TERMS) + np.where(until < 0, 0, code), dtype=np.int64)


def step_of(tenure: Ints) -> Ints:
    """Which of `STEPS` is a tenure (months) in?"""
    return np.asarray(np.searchsorted(STEP_BEGINS, tenure, side="right"), dtype=np.int64)
