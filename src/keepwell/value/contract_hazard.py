"""How likely does each customer make the next renewals, after what is known of them? The hazard as a model of renewal.

A month's hazard is that of deciding to leave (see `risk_model`): what lasts weighs on every month, signs of late on the
next three. A term is renewed by who has not left by the end of the month in which the one before it ends; of those who
decide to, the share leaves that left of those who gave notice, term by term: who was kept may decide again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from keepwell.core.errors import RefusedError
from keepwell.measure.columns import Coded
from keepwell.value.contract_worth import Contracts, Survival
from keepwell.value.customer_risks import Lost
from keepwell.value.fit import Bools, Fit, Ints, Reals
from keepwell.value.hazard import Hazard
from keepwell.value.risk_baseline import STEP_BEGINS, cells_of
from keepwell.value.risk_model import SIGN_MONTHS, Known, RiskModel

HAZARD = "hazard"
SHARE = "share of notices that end in leaving"
_LEAST = 1e-7  # of the correlations' eigenvalues: below, the parameters cannot be told apart
_FEWEST_MONTHS = 24


@dataclass(frozen=True)
class Sight:
    """What was known at a moment of customers under contract, in their order: `looks` of them, and where a term stands.

    `there`: who is among the looks; of others nothing is known, and they count as the company's middle. Months: `tenure`,
    `ends` until the month in which the running term ends (−1: it has no end), `term`.
    """

    known: Known
    there: Bools
    tenure: Ints
    ends: Ints
    term: Ints

    @classmethod
    def read(cls, looks: pa.Table, customer_id: Coded, tenure: Ints, ends: Ints, term: Ints) -> Sight:
        """From the rows of `risk_looks` of the moment's day; `tenure` is by the contract, where there is no look."""
        row_of = {name: row for row, name in enumerate(looks["customer_id"].to_pylist())}
        place = np.array([row_of.get(name, -1) for name in customer_id.names], dtype=np.int64)[customer_id.codes]
        there = place >= 0
        known = Known.read(looks).at(np.where(there, place, 0)) if looks.num_rows else Known({}, {}, 0)
        own = np.where(there, known.columns["tenure"], tenure) if there.any() else tenure
        return cls(known, there, np.clip(own, 0, STEP_BEGINS[-1]), ends, term)


@dataclass(frozen=True)
class HazardModel:
    """The company's hazard at a moment, and which share of notices ended in leaving by then."""

    risk: RiskModel
    lost: Lost

    @cached_property
    def fit(self) -> Fit:
        """The hazard's factors as a fit: those of what lasts, of signs, and the share of notices.

        Raises `RefusedError` (`value-no-maximum`) where nothing tells customers apart.
        """
        if self.risk.is_plain:
            raise RefusedError("value-no-maximum", f"nothing tells who leaves from who stays ({self.risk.why})")
        parts = [part.hazard for part in (self.risk.lasts, self.risk.signs) if part is not None]
        names = [name for part in parts for name in (*part.baseline_names, *part.names)]
        logs, blocks = [part.parameters for part in parts], [part.covariance for part in parts]
        if self.lost.error:
            names.append(SHARE)
            logs.append(np.array([np.log(self.lost.share)]))
            blocks.append(np.array([[(self.lost.error / self.lost.share) ** 2]]))
        covariance = _joined(blocks)
        scale = np.sqrt(np.diag(covariance))
        if float(np.linalg.eigvalsh(covariance / scale[:, None] / scale)[0]) < _LEAST:
            raise RefusedError("value-no-maximum", "what is known of customers says the same twice")
        return Fit(tuple(names), tuple(np.exp(np.concatenate(logs)).tolist()), tuple(map(tuple, covariance.tolist())),
                   parts[-1].log_likelihood, parts[-1].periods)  # fmt: skip

    def ahead(self, sight: Sight, months: int) -> Callable[[Fit], Survival]:
        """The chance of each customer of `sight` to have made each of the next renewals, by the parameters.

        Contracts say by `who` which customer they are of. `months`: as far is looked.
        """
        return _Ahead(self, sight, months).under


class _Ahead:
    """The months ahead of customers, and their covariates: what stays the same whatever the parameters."""

    def __init__(self, model: HazardModel, sight: Sight, months: int) -> None:
        risk = model.risk
        self.share, self.lasts = model.lost.share, risk.lasts.hazard
        self.signs = None if risk.signs is None else risk.signs.hazard
        self.most = np.inf if risk.signs is None else risk.signs.most[0]
        told = sight.there[:, None]
        self.lasting = risk.lasts.centred(sight.known) * told if sight.there.any() else _none(sight, self.lasts)
        self.of_late = _none(sight, self.signs)
        if risk.signs is not None and sight.there.any():
            self.of_late = risk.signs.centred(sight.known)
        self.there = sight.there
        paths = np.stack([sight.tenure, sight.ends, sight.term], axis=1)
        distinct, place = np.unique(paths, axis=0, return_inverse=True)
        self.path, self.tenure, self.ends, self.term = place.reshape(-1), *distinct.T
        self.most = max(months, _FEWEST_MONTHS) + int((self.ends + self.term).max(initial=0)) + 1
        self.cells = cells_of(risk.groups, self.tenure, self.ends, self.term, self.most)

    def under(self, fit: Fit) -> Survival:
        """The survival under these parameters."""
        logs, count = np.log(np.array(fit.values)), len(self.lasts.baseline_names)
        early = 0 if self.signs is None else len(self.signs.parameters)
        lasting, of_late = logs[: len(self.lasts.parameters)], logs[len(self.lasts.parameters) :][:early]
        height = np.exp(self.lasts.baseline @ lasting[:count])
        so_far = np.cumsum(height[self.cells], axis=1)
        soon = np.minimum(SIGN_MONTHS, self.cells.shape[1])
        part = np.exp(np.einsum("ij,j->i", self.lasting, lasting[count:]))
        share = min(fit.values[-1], 1.0) if fit.names[-1] == SHARE else self.share
        shift = np.zeros(len(part))
        if early:
            sign = np.minimum(of_late[0] + np.einsum("ij,j->i", self.of_late, of_late[1:]), self.most)
            shift = np.where(self.there, np.expm1(sign), 0.0)

        def survival(contracts: Contracts, ahead: int) -> Reals:
            path, who = self.path[contracts.who], contracts.who
            until = np.maximum(self.ends, 0)[:, None] + self.term[:, None] * np.arange(ahead)
            until = np.minimum(until, self.most - 1)
            whole = np.take_along_axis(so_far, until, axis=1)
            first = np.take_along_axis(so_far, np.minimum(until, soon - 1), axis=1)
            hazard = part[who, None] * (whole[path] + shift[who, None] * first[path])
            term_by_term = np.diff(hazard, axis=1, prepend=0.0)
            return np.asarray(np.cumprod(1 + share * np.expm1(-term_by_term), axis=1))

        return survival


def _none(sight: Sight, hazard: Hazard | None) -> Reals:
    return np.zeros((len(sight.there), 0 if hazard is None else len(hazard.names)))


def _joined(blocks: list[Reals]) -> Reals:
    """The covariance of what is independent of each other."""
    size = sum(len(block) for block in blocks)
    whole, first = np.zeros((size, size)), 0
    for block in blocks:
        whole[first : first + len(block), first : first + len(block)] = block
        first += len(block)
    return whole
