"""Who leaves, and after what? The company's hazard of giving notice or leaving, fitted on its own months.

What lasts is fitted first; the signs of late are fitted upon it. Both are plain maximum likelihood; of what they say,
so much is believed as chance would leave of it: coefficients are multiplied by 1 − (covariates − 2) / (likelihood ratio
χ²), and where chance alone makes as large a ratio one time in twenty, the company's plain rate is all that is known.
Source of the factor: Copas (1983), Regression, Prediction and Shrinkage, Journal of the Royal Statistical Society B 45.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from scipy.special import chdtrc

from keepwell.core.errors import RefusedError
from keepwell.measure.columns import text_codes, whole_numbers
from keepwell.value.fit import Bools, Ints, Reals
from keepwell.value.hazard import Hazard, Signs, fit_hazard
from keepwell.value.person_periods import PersonPeriods
from keepwell.value.risk_covariates import COVARIATES, SEGMENT, Columns, Kind, matrix

FEWEST_LEFT = 20  # below, the company's plain rate
_CHANCE = 0.05
_FEWEST_WITH = 5  # who left with it, and without it, for a covariate to be asked
_ENOUGH_IN_STEP = 30
_FAR = 6.6  # χ² that chance alone reaches once in a hundred times
STEPS = ("below 3", "3 to 5", "6 to 11", "12 to 23", "24 to 35", "36 or more")
STEP_BEGINS = np.array([3, 6, 12, 24, 36])
TERMS = ("a term ends", "a term ends within three months")
SIGN_MONTHS = 3


@dataclass(frozen=True)
class Layer:
    """A fitted hazard of covariates less their `means`, and how much of them is believed: `factor`, 0..1."""

    hazard: Hazard
    means: Reals
    factor: float

    def centred(self, known: Known) -> Reals:
        """The covariates of customers, less the means."""
        return matrix(self.hazard.names, known.columns, known.segment, known.segments) - self.means


@dataclass(frozen=True)
class Known:
    """What was known of customers: columns of whole numbers by name, and the segment as codes into `segments`."""

    columns: Columns
    segment: Ints
    segments: tuple[str, ...]

    @classmethod
    def read(cls, rows: pa.Table) -> Known:
        """From rows of `risk_cells` or `risk_looks`."""
        coded = text_codes(rows["segment"])
        columns = {field.name: _whole(rows, field.name) for field in rows.schema
                   if pa.types.is_integer(field.type) or pa.types.is_boolean(field.type)}  # fmt: skip
        return cls(columns, coded.codes, coded.names)

    def only(self, rows: Bools) -> Known:
        """These rows of it."""
        return self.at(np.flatnonzero(rows))

    def at(self, rows: Ints) -> Known:
        """The rows at these places, in this order."""
        return Known({name: column[rows] for name, column in self.columns.items()}, self.segment[rows], self.segments)


@dataclass(frozen=True)
class RiskModel:
    """The hazard of a company. `groups`: to which step of the baseline each of `STEPS` belongs; `why`: in words."""

    lasts: Layer
    signs: Layer | None
    groups: tuple[int, ...]
    why: str

    @property
    def is_plain(self) -> bool:
        """Nothing but the company's plain rate."""
        return not self.lasts.hazard.names and self.signs is None

    def signs_of(self, known: Known) -> Signs | None:
        """What the signs of late add for each customer, in the next three months."""
        if self.signs is None:
            return None
        hazard, centred = self.signs.hazard, self.signs.centred(known)
        with_level = np.column_stack([np.ones(len(centred)), centred])
        error = np.sqrt(np.maximum(((with_level @ hazard.covariance) * with_level).sum(axis=1), 0.0))
        return Signs(with_level @ hazard.parameters, error, SIGN_MONTHS)

    def cells_ahead(self, known: Known, months: int) -> Ints:
        """In which cell of the baseline does each month ahead of each customer lie? (customers, months)"""
        columns = known.columns
        return cells_of(self.groups, columns["tenure"], columns["ends_in"], columns["term_months"], months)

    def monthly(self, known: Known) -> Reals:
        """The chance, in the month ahead, of deciding to leave, from what lasts alone: 0..1."""
        return self.lasts.hazard.hazards(self.lasts.centred(known), self.cells_ahead(known, 1)[:, 0])


def cells_of(groups: tuple[int, ...], tenure: Ints, ends: Ints, term: Ints, months: int) -> Ints:
    """In which cell of the baseline does each month ahead lie? (customers, months); `ends`: months until a term ends."""
    ahead, until, length = np.arange(months), ends[:, None], term[:, None]
    step = np.array(groups)[step_of(tenure[:, None] + ahead)]
    to_end = np.where(ahead <= until, until - ahead, (until - ahead) % length)
    code = np.where(to_end == 0, 1, np.where(to_end <= 3, 2, 0))
    return np.asarray(step * 3 + np.where(until < 0, 0, code), dtype=np.int64)


def step_of(tenure: Ints) -> Ints:
    """Which of `STEPS` is a tenure (months) in?"""
    return np.asarray(np.searchsorted(STEP_BEGINS, tenure, side="right"), dtype=np.int64)


def fit_risk(cells: pa.Table) -> RiskModel:
    """The hazard that these months tell of (rows of `risk_cells`)."""
    known = Known.read(cells)
    months, left = known.columns["months"], known.columns["left_in"]
    events = int(left.sum())
    if events < FEWEST_LEFT:
        few = (
            f"only {events} gave notice or left, fewer than {FEWEST_LEFT}"
            if events
            else "nobody has given notice or left"
        )
        return _plain(int(months.sum()), events, f"{few}: the company's plain rate")
    known = _heard(known)
    groups = _groups(known)
    try:
        lasts = _lasting(known, groups)
    except RefusedError as error:
        return _plain(int(months.sum()), events, f"{error.message}: the company's plain rate")
    signs = _signs(known, lasts, groups)
    why = f"{events:,} gave notice or left in {int(months.sum()):,} months of customers"
    return RiskModel(lasts, signs, tuple(groups.tolist()), why)


def _plain(months: int, events: int, why: str) -> RiskModel:
    """One rate for all (Jeffreys), its logarithm as unsure as the number who left makes it."""
    rate = (events + 0.5) / (months + 1)
    hazard = Hazard("log-log", (), ("every month",), np.ones((3, 1)), np.array([np.log(-np.log1p(-rate))]),
                    np.array([[1 / (events + 0.5)]]), 0.0, months, events)  # fmt: skip
    return RiskModel(Layer(hazard, np.zeros(0), 0.0), None, (0,) * len(STEPS), why)


def _heard(known: Known) -> Known:
    """Without the months of a step of tenure in which nobody left though many would have: they say nothing of others."""
    months, left = (
        np.bincount(known.columns["step"], known.columns[name], len(STEPS)) for name in ("months", "left_in")
    )
    silent = (left == 0) & (months * left.sum() / months.sum() >= _FEWEST_WITH)
    return known.only(~silent[known.columns["step"]])


def _groups(known: Known) -> Ints:
    """Steps of tenure, joined until enough have left in each, or by far fewer or more than in the others."""
    months, left = (
        np.bincount(known.columns["step"], known.columns[name], len(STEPS)) for name in ("months", "left_in")
    )
    expected = months * left.sum() / months.sum()
    groups, so_far, awaited = np.zeros(len(STEPS), dtype=np.int64), 0.0, 0.0
    for step in range(1, len(STEPS)):
        so_far, awaited = so_far + left[step - 1], awaited + expected[step - 1]
        enough = min(so_far, left[step:].sum()) >= _ENOUGH_IN_STEP
        differs = (
            awaited >= _FEWEST_WITH and (so_far - awaited) ** 2 > _FAR * awaited and left[step:].sum() >= _FEWEST_WITH
        )
        full = so_far >= 1 and (enough or differs)
        groups[step] = groups[step - 1] + full
        so_far, awaited = (0.0, 0.0) if full else (so_far, awaited)
    return groups


def _baseline(known: Known, groups: Ints) -> tuple[Reals, tuple[str, ...]]:
    """Cells (step × term) by parameters: a level for each step, and what the end of a term adds where enough left."""
    count = int(groups.max()) + 1
    left = np.bincount(known.columns["term"], known.columns["left_in"], 3)
    asked = [code for code in (1, 2) if left[code] >= _FEWEST_WITH and left[0] >= _FEWEST_WITH]
    design = np.zeros((count * 3, count + len(asked)))
    for cell in range(count * 3):
        design[cell, cell // 3] = 1
        for place, code in enumerate(asked):
            design[cell, count + place] = cell % 3 == code
    names = [_months_of(np.flatnonzero(groups == group)) for group in range(count)]
    return design, (*names, *(TERMS[code - 1] for code in asked))


def _months_of(steps: Ints) -> str:
    first, last = STEPS[steps[0]], STEPS[steps[-1]]
    if len(steps) == len(STEPS):
        return "every month"
    words = first if len(steps) == 1 else f"{first} and up to {last}"
    return f"months here {words}"


def _lasting(known: Known, groups: Ints) -> Layer:
    names = (*_segments(known), *_asked(known, "lasts"))
    design, labels = _baseline(known, groups)
    cell = groups[known.columns["step"]] * 3 + known.columns["term"]
    return _layer(known, names, cell, design, labels, np.zeros(len(cell)))


def _signs(known: Known, lasts: Layer, groups: Ints) -> Layer | None:
    names = tuple(_asked(known, "sign"))
    if not names:
        return None
    cell = groups[known.columns["step"]] * 3 + known.columns["term"]
    height = lasts.hazard.baseline @ lasts.hazard.parameters[: len(lasts.hazard.baseline_names)]
    offset = height[cell] + lasts.hazard.predictor(lasts.centred(known))
    try:
        layer = _layer(known, names, np.zeros(len(cell), dtype=np.int64), np.ones((1, 1)), ("signs",), offset)
    except RefusedError:
        return None
    return layer if layer.hazard.names else None


def _layer(known: Known, names: tuple[str, ...], cell: Ints, design: Reals, labels: tuple[str, ...],
           offset: Reals) -> Layer:  # fmt: skip
    """Fit, say how much is believed, and fit the baseline again beside what is."""
    months, left = known.columns["months"], known.columns["left_in"]
    order = np.argsort(cell, kind="stable")  # the order in which the rows are held
    covariates = matrix(names, known.columns, known.segment, known.segments)
    means = months @ covariates / months.sum()
    seen = PersonPeriods.of_rows(covariates - means, cell, months, left, design, labels, names, offset)
    alone = fit_hazard(seen.beside(offset[order]))
    full = fit_hazard(seen) if names else alone
    ratio = 2 * (full.log_likelihood - alone.log_likelihood)
    if not names or chdtrc(len(names), max(ratio, 0.0)) > _CHANCE:
        return Layer(alone, np.zeros(0), 0.0)
    factor = 1 - max(len(names) - 2, 1) / ratio
    believed = factor * full.coefficients
    level = fit_hazard(seen.beside(offset[order] + seen.covariates @ believed))
    count = len(labels)
    covariance = np.zeros_like(full.covariance)
    covariance[:count, :count] = level.covariance
    covariance[count:, count:] = full.covariance[count:, count:]
    parameters = np.concatenate([level.parameters, believed])
    return Layer(replace(full, parameters=parameters, covariance=covariance), means, factor)


def _segments(known: Known) -> Iterator[str]:
    """A covariate for each segment in which enough have left, but the largest, against which they are told."""
    months = np.bincount(known.segment, known.columns["months"], len(known.segments))
    left = np.bincount(known.segment, known.columns["left_in"], len(known.segments))
    largest = int(months.argmax())
    for code, name in enumerate(known.segments):
        if code != largest and left[code] >= _FEWEST_WITH and left[largest] >= _FEWEST_WITH:
            yield SEGMENT + name


def _asked(known: Known, kind: Kind) -> Iterator[str]:
    """Covariates with which, and without which, enough have left, and with which somebody stayed."""
    months, left = known.columns["months"], known.columns["left_in"]
    for covariate in COVARIATES:
        if covariate.kind != kind:
            continue
        value = covariate.of(known.columns)
        low = value == value.min()
        stayed = months - left
        if min(left[low].sum(), left[~low].sum(), stayed[~low].sum(), stayed[low].sum()) >= _FEWEST_WITH:
            yield covariate.name


def _whole(rows: pa.Table, name: str) -> Ints:
    column = rows[name]
    return whole_numbers(column.cast(pa.int64()) if pa.types.is_boolean(column.type) else column)
