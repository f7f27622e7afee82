"""Who leaves, and after what? The company's hazard of giving notice or leaving, fitted on its own months.

What lasts is fitted first; the signs of late are fitted upon it. Both are plain maximum likelihood; of what they say,
so much is believed as chance would leave of it: coefficients are multiplied by 1 − (covariates − 2) / (likelihood ratio
χ²), and where chance alone makes as large a ratio one time in twenty, the company's plain rate is all that is known. A
covariate that follows from others, or tells by itself who left, is left out, and that is said. Signs say no more than the
number of those who left with signs as strong allows.
Source of the factor: Copas (1983), Regression, Prediction and Shrinkage, Journal of the Royal Statistical Society B 45.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from scipy.special import betaincinv, chdtrc

from keepwell.core.errors import RefusedError
from keepwell.measure.columns import Coded, text_codes, whole_numbers
from keepwell.value.fit import Z90, Bools, Ints, Reals
from keepwell.value.hazard import CovariateError, Hazard, Signs, fit_hazard
from keepwell.value.person_periods import PersonPeriods
from keepwell.value.risk_baseline import CHANCE, FEWEST_WITH, STEPS, TERMS, Baseline, Spans, baseline_of, cells_of
from keepwell.value.risk_covariates import COVARIATES, GROUPS, Columns, Kind, matrix

FEWEST_LEFT = 20  # below, the company's plain rate
SIGN_MONTHS = 3
_SURE = 0.5  # of a chance to decide within `SIGN_MONTHS`, by signs, to be asked how many are known to have


@dataclass(frozen=True)
class Layer:
    """A fitted hazard of covariates less their `means`, and how much of them is believed: `factor`, 0..1.

    `most`: what the linear predictor says at most, with the standard error that it has there at least. `left_out`: which
    covariates, and why.
    """

    hazard: Hazard
    means: Reals
    factor: float
    most: tuple[float, float] = (np.inf, 0.0)
    left_out: tuple[str, ...] = ()

    def centred(self, known: Known) -> Reals:
        """The covariates of customers, less the means."""
        return matrix(self.hazard.names, known.columns, known.groups, known.rows) - self.means

    def says(self, known: Known) -> Reals:
        """Of signs: what they add for each customer, before what is said at most."""
        return np.asarray(self.hazard.parameters[0] + self.hazard.predictor(self.centred(known)))


@dataclass(frozen=True)
class Known:
    """What was known of customers (`rows` of them): columns of whole numbers by name, and of `GROUPS` which they are of."""

    columns: Columns
    groups: Mapping[str, Coded]
    rows: int

    @classmethod
    def read(cls, rows: pa.Table) -> Known:
        """From rows of `risk_cells` or `risk_looks`."""
        groups = {name: text_codes(rows[name]) for name in GROUPS if name in rows.column_names}
        columns = {field.name: _whole(rows, field.name) for field in rows.schema
                   if pa.types.is_integer(field.type) or pa.types.is_boolean(field.type)}  # fmt: skip
        return cls(columns, groups, rows.num_rows)

    def only(self, rows: Bools) -> Known:
        """These rows of it."""
        return self.at(np.flatnonzero(rows))

    def at(self, rows: Ints) -> Known:
        """The rows at these places, in this order."""
        return Known({name: column[rows] for name, column in self.columns.items()},
                     {name: coded.only(rows) for name, coded in self.groups.items()}, len(rows))  # fmt: skip

    def without(self, names: Collection[str]) -> Known:
        """The same without these groups."""
        return replace(self, groups={name: coded for name, coded in self.groups.items() if name not in names})


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
        value, (most, at_least) = self.signs.says(known), self.signs.most
        return Signs(np.minimum(value, most), np.where(value > most, np.maximum(error, at_least), error), SIGN_MONTHS)

    def cells_ahead(self, known: Known, months: int) -> Ints:
        """In which cell of the baseline does each month ahead of each customer lie? (customers, months)"""
        columns = known.columns
        return cells_of(self.groups, columns["tenure"], columns["ends_in"], columns["term_months"], months)

    def monthly(self, known: Known) -> Reals:
        """The chance, in the month ahead, of deciding to leave, from what lasts alone: 0..1."""
        return self.lasts.hazard.hazards(self.lasts.centred(known), self.cells_ahead(known, 1)[:, 0])


def fit_risk(cells: pa.Table, refused: Mapping[str, str] | None = None) -> RiskModel:
    """The hazard that these months tell of (rows of `risk_cells`); of `refused` groups nothing is asked: why, in words."""
    known = Known.read(cells).without(refused or {})
    months, left = known.columns["months"], known.columns["left_in"]
    events = int(left.sum())
    if events < FEWEST_LEFT:
        few = (
            f"only {events} gave notice or left, fewer than {FEWEST_LEFT}"
            if events
            else "nobody has given notice or left"
        )
        return _plain(int(months.sum()), events, f"{few}: the company's plain rate")
    known, baseline = _heard(known)
    try:
        lasts = _lasting(known, baseline)
    except RefusedError as error:
        return _plain(int(months.sum()), events, f"{error.message}: the company's plain rate")
    signs = _signs(known, lasts, baseline)
    why = f"{events:,} gave notice or left in {int(months.sum()):,} months of customers"
    quiet = [f"nobody left where {name}" for name, one in zip(TERMS, baseline.silent, strict=True) if one]
    out = [f"left out: {words}" for part in (lasts, signs) if part is not None for words in part.left_out]
    out += [f"left out: {name} ({words})" for name, words in (refused or {}).items()]
    return RiskModel(lasts, signs, tuple(baseline.groups.tolist()), "; ".join([why, *quiet, *out]))


def _heard(known: Known) -> tuple[Known, Baseline]:
    """Without the months of what nobody left in though many would have, which say nothing of others; and the baseline."""
    spans = Spans(known.columns["step"], known.columns["term"], known.columns["months"], known.columns["left_in"])
    some = ~spans.silent_steps[spans.step]
    known, spans = known.only(some), spans.only(some)
    silent = spans.silent_terms
    quiet = silent[spans.term]
    return known.only(~quiet), baseline_of(spans.only(~quiet), silent, int(spans.months[quiet].sum()))


def _plain(months: int, events: int, why: str) -> RiskModel:
    """One rate for all (Jeffreys), its logarithm as unsure as the number who left makes it."""
    rate = (events + 0.5) / (months + 1)
    hazard = Hazard("log-log", (), ("every month",), np.ones((3, 1)), np.array([np.log(-np.log1p(-rate))]),
                    np.array([[1 / (events + 0.5)]]), 0.0, months, events)  # fmt: skip
    return RiskModel(Layer(hazard, np.zeros(0), 0.0), None, (0,) * len(STEPS), why)


def _lasting(known: Known, baseline: Baseline) -> Layer:
    cell = baseline.cell(known.columns["step"], known.columns["term"])
    names, left_out = list(_one_of_several(known, "segment")), []
    for group in GROUPS[1:]:
        if group not in known.groups:
            continue
        own = tuple(_one_of_several(known, group))
        if own and _tells(known, own, cell, baseline):
            names += own
        elif own:
            left_out.append(f"{group} tells no more than chance would")
    layer = _layer(known, (*names, *_asked(known, "lasts")), cell, baseline.design, baseline.names, np.zeros(len(cell)))
    return replace(layer, hazard=baseline.whole(layer.hazard), left_out=(*layer.left_out, *left_out))


def _tells(known: Known, names: tuple[str, ...], cell: Ints, baseline: Baseline) -> bool:
    """Do these covariates, beside the baseline alone, tell more than chance would one time in twenty?"""
    covariates = matrix(names, known.columns, known.groups, known.rows)
    seen = PersonPeriods.of_rows(covariates, cell, known.columns["months"], known.columns["left_in"], baseline.design,
                                 baseline.names, names)  # fmt: skip
    alone = fit_hazard(seen.beside(np.zeros(len(cell))))
    try:
        ratio = 2 * (fit_hazard(seen).log_likelihood - alone.log_likelihood)
    except CovariateError:
        return True  # which of them it is, is said when all are fitted
    return bool(chdtrc(len(names), max(ratio, 0.0)) <= CHANCE)


def _signs(known: Known, lasts: Layer, baseline: Baseline) -> Layer | None:
    names = tuple(_asked(known, "sign"))
    if not names:
        return None
    cell = baseline.cell(known.columns["step"], known.columns["term"])
    height = lasts.hazard.baseline @ lasts.hazard.parameters[: len(lasts.hazard.baseline_names)]
    offset = height[cell] + lasts.hazard.predictor(lasts.centred(known))
    try:
        layer = _layer(known, names, np.zeros(len(cell), dtype=np.int64), np.ones((1, 1)), ("signs",), offset)
    except RefusedError:
        return None
    return replace(layer, most=_most(known, layer, offset)) if layer.hazard.names else None


def _most(known: Known, layer: Layer, offset: Reals) -> tuple[float, float]:
    """What signs say at most, and how unsure that is at least: as sure as the number who left with such signs allows.

    Who left with signs by which half or more decide within their months, and half of one who did not: by that share
    (Jeffreys), and by its lower end, customers of the usual hazard decide.
    """
    months, left = known.columns["months"], known.columns["left_in"]
    strong = -np.expm1(-SIGN_MONTHS * np.exp(np.minimum(offset + layer.says(known), 10.0))) >= _SURE
    those = float(left[strong].sum())
    if not those:
        return np.inf, 0.0
    usual = SIGN_MONTHS * left.sum() / months.sum()
    share, low = (those + 0.5) / (those + 1), float(betaincinv(those + 0.5, 0.5, 0.05))
    high, low = -np.log1p(-share), -np.log1p(-low)
    return float(np.log(high / usual)), float(np.log(high / low) / Z90)


def _layer(known: Known, names: tuple[str, ...], cell: Ints, design: Reals, labels: tuple[str, ...],
           offset: Reals) -> Layer:  # fmt: skip
    """The layer of those of the covariates with which the likelihood has one maximum."""
    left_out: list[str] = []
    while True:
        try:
            return replace(_fitted(known, names, cell, design, labels, offset), left_out=tuple(left_out))
        except CovariateError as error:
            names = tuple(name for name in names if name not in error.names)
            left_out.append(error.message)


def _fitted(known: Known, names: tuple[str, ...], cell: Ints, design: Reals, labels: tuple[str, ...],
            offset: Reals) -> Layer:  # fmt: skip
    """Fit, say how much is believed, and fit the baseline again beside what is."""
    months, left = known.columns["months"], known.columns["left_in"]
    order = np.argsort(cell, kind="stable")  # the order in which the rows are held
    covariates = matrix(names, known.columns, known.groups, known.rows)
    means = months @ covariates / months.sum()
    seen = PersonPeriods.of_rows(covariates - means, cell, months, left, design, labels, names, offset)
    alone = fit_hazard(seen.beside(offset[order]))
    full = fit_hazard(seen) if names else alone
    ratio = 2 * (full.log_likelihood - alone.log_likelihood)
    if not names or chdtrc(len(names), max(ratio, 0.0)) > CHANCE:
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


def _one_of_several(known: Known, group: str) -> Iterator[str]:
    """A covariate for each segment (industry, region) in which enough have left, but the largest, against which they are told."""
    coded = known.groups[group]
    months, left = (np.bincount(coded.codes, known.columns[name], len(coded.names)) for name in ("months", "left_in"))
    largest = int(months.argmax())
    for code, name in enumerate(coded.names):
        if code != largest and left[code] >= FEWEST_WITH and left[largest] >= FEWEST_WITH:
            yield f"{group} {name}"


def _asked(known: Known, kind: Kind) -> Iterator[str]:
    """Covariates with which, and without which, enough have left, and with which somebody stayed."""
    months, left = known.columns["months"], known.columns["left_in"]
    for covariate in COVARIATES:
        if covariate.kind != kind:
            continue
        value = covariate.of(known.columns)
        low = value == value.min()
        stayed = months - left
        if min(left[low].sum(), left[~low].sum(), stayed[~low].sum(), stayed[low].sum()) >= FEWEST_WITH:
            yield covariate.name


def _whole(rows: pa.Table, name: str) -> Ints:
    column = rows[name]
    return whole_numbers(column.cast(pa.int64()) if pa.types.is_boolean(column.type) else column)
