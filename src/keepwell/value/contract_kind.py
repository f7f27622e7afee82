"""How are customers under contract told to the models of renewal, and which models are these?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
from scipy.optimize import brentq

from keepwell.core.errors import RefusedError
from keepwell.measure.columns import Coded, day_numbers, text_codes, unscaled, whole_numbers
from keepwell.value.beta_discrete_weibull import BetaDiscreteWeibull
from keepwell.value.choose import ALL, Kind
from keepwell.value.contract_hazard import HAZARD, HazardModel, Sight
from keepwell.value.contract_worth import Contracts, Outlook, Survival, chances
from keepwell.value.fit import Bools, Fit, Ints, Reals
from keepwell.value.renewals import RenewalHistories, RenewalModel
from keepwell.value.shifted_beta_geometric import ShiftedBetaGeometric

CONSTANT = "constant_churn"
RENEWING: dict[str, type[RenewalModel]] = {
    "shifted_beta_geometric": ShiftedBetaGeometric,
    "beta_discrete_weibull": BetaDiscreteWeibull,
}
_MOST_CHURN, _LEAST = 0.999, 1e-12


class ContractKind(Kind["ContractsSeen"]):
    """Customers under contract; the plainest model is one chance to leave for all and for ever.

    Models are compared by who, of those under contract then, was still there at the end of the terms that have ended
    since, and who had left: that chance each model gives, and by it customers are valued. (How likely histories are does
    not compare: the hazard's are months, the others' renewals.)
    """

    name: ClassVar[str] = "contracts"
    models: ClassVar[tuple[str, ...]] = (CONSTANT, *RENEWING, HAZARD)
    of_all: ClassVar[tuple[str, ...]] = (HAZARD,)
    events_are: ClassVar[str] = "that left"
    foretold: ClassVar[str] = "who stayed and who left of those under contract on"

    def size(self, histories: ContractsSeen) -> tuple[int, int]:
        """Customers, and how many of them left."""
        seen = histories.renewals
        return int(seen.customers.sum()), int(seen.customers[seen.left].sum())

    def fit(self, model: str, histories: ContractsSeen) -> Fit:
        """The parameters."""
        if model == HAZARD:
            if histories.hazard is None:
                raise RefusedError("value-no-maximum", "the months of customers are not known so far back")
            return replace(histories.hazard.fit, customers=self.size(histories)[0])
        return self._renewal_fit(model, histories.renewals)

    def _renewal_fit(self, model: str, histories: RenewalHistories) -> Fit:
        if model == CONSTANT:
            return _constant(histories)
        seen, needed = len(np.unique(histories.passed[histories.left])), len(RENEWING[model].names)
        if seen < needed:
            raise RefusedError("value-no-maximum", f"customers left at {seen} different renewals: too few for "
                               f"{needed} parameters")  # fmt: skip
        fit = RENEWING[model]().fit(histories).fitted
        assert fit is not None, "fit gives a fitted model"  # noqa: S101
        return fit

    def log_likelihood(self, model: str, fit: Fit, histories: ContractsSeen) -> float:
        """How likely are these renewals; of the hazard, the months to which it was fitted?"""
        if model == HAZARD:
            return fit.log_likelihood
        if model == CONSTANT:
            return _constant_likelihood(fit.values[0], histories.renewals)
        return RENEWING[model](fit).log_likelihood(histories.renewals)

    def later(self, model: str, fit: Fit, then: ContractsSeen, now: ContractsSeen) -> float:
        """How likely did the model of then make it who is still there, and who has left?"""
        rows = np.flatnonzero(then.rows.of(then.segment) & then.rows.there)
        if not len(rows):
            return 0.0
        contracts = then.rows.contracts.apart().rows(rows)
        left, waits = now.rows.fate_of(then.rows.customer_id.only(rows))
        ended = contracts.ends_within((now.rows.at - then.rows.at) / 365.25)
        # who waits for an answer has not come to that end yet; who has left, has come to one
        ended = np.where(left, np.maximum(ended, 1), np.maximum(ended - waits, 0))
        ahead = chances(contracts, then.survival(model, fit), int(ended.max()), then.outlook)
        stays = ahead[np.arange(len(rows)), ended]
        return float(np.log(np.maximum(np.where(left, 1 - stays, stays), _LEAST)).sum())


@dataclass(frozen=True)
class ContractsSeen:
    """Customers of a segment (`*`: all) as known at a moment: their renewals; and all rows, with what tells of them."""

    renewals: RenewalHistories
    rows: ContractRows
    segment: str
    outlook: Outlook
    sight: Sight
    hazard: HazardModel | None

    def survival(self, model: str, fit: Fit) -> Survival:
        """The chance of each to have made each of the next renewals."""
        if model != HAZARD:
            return survival_of(model, self.rows.period, fit)
        assert self.hazard is not None, "what was fitted is there"  # noqa: S101
        return self.hazard.ahead(self.sight, self.outlook.months)(fit)


def survival_of(model: str, period: float, fit: Fit) -> Survival:
    """The chance of having made each of the next renewals, by the renewals made (not for the hazard).

    `period`: the years that are the model's unit of time.
    """
    if model == CONSTANT:
        return partial(_constant_survival, min(fit.values[0], _MOST_CHURN), period)
    return partial(_ahead, RENEWING[model].log_survival, np.array(fit.values), period)


def _ahead(log_survival: Callable[[Reals, Reals], Reals], parameters: Reals, period: float, contracts: Contracts,
           ahead: int) -> Reals:  # fmt: skip
    alike = np.stack([contracts.renewals.astype(np.float64), contracts.term / period], axis=1)
    distinct, place = np.unique(alike, axis=0, return_inverse=True)
    made, step = distinct.T
    there = log_survival(parameters, made * step)
    later = log_survival(parameters, (made[:, None] + np.arange(1.0, ahead + 1)) * step[:, None])
    return np.asarray(np.exp(later - there[:, None])[place.reshape(-1)])


def _constant_survival(churn: float, period: float, contracts: Contracts, ahead: int) -> Reals:
    return np.asarray((1 - churn) ** (contracts.term[:, None] / period * np.arange(1.0, ahead + 1)))


def _constant(histories: RenewalHistories) -> Fit:
    """One chance to leave in a period, by Jeffreys' prior: never nought, however few have left.

    Who has left did so within the step before they were missed: of steps of one length the chance is a share, of several
    the maximum is sought. The prior is half of one who left in a period, and half of one who stayed.
    """
    if not _occasions(histories)[0]:
        raise RefusedError("value-no-maximum", "no customer has come to a renewal yet")
    step = np.append(histories.step[histories.left], 1.0)
    left = np.append(histories.customers[histories.left], 0.5)
    stayed = float(histories.passed @ histories.customers) + 0.5
    if (step == step[0]).all():
        rate = float(np.log1p(left.sum() * step[0] / stayed)) / step[0]
    else:
        with np.errstate(over="ignore"):
            rate = float(brentq(lambda rate: left @ (step / np.expm1(rate * step)) - stayed, 1e-9, 1e3, xtol=1e-14))
    lost = -np.expm1(-rate * step)
    information = float(left @ (step**2 * (1 - lost) / lost**2))
    churn = -float(np.expm1(-rate))
    spread = ((1 - churn) / churn) ** 2 / information
    return Fit(
        ("churn",), (churn,), ((spread,),), _constant_likelihood(churn, histories), int(histories.customers.sum())
    )


def _constant_likelihood(churn: float, histories: RenewalHistories) -> float:
    rate = -np.log1p(-churn)
    lost = np.log(-np.expm1(-rate * histories.step[histories.left]))
    return float(histories.customers[histories.left] @ lost - rate * (histories.passed @ histories.customers))


def _occasions(histories: RenewalHistories) -> tuple[int, int]:
    came = int(((histories.renewals + histories.left) * histories.customers).sum())
    return came, int(histories.customers[histories.left].sum())


@dataclass(frozen=True)
class ContractRows:
    """The rows of `contract_histories` of one moment."""

    at: int
    customer_id: Coded
    segment: Coded
    renewals: Ints
    there: Bools  # has not left
    left: Bools  # and the renewal at which they count as gone has come
    since: Ints
    renews: Ints  # 0: no term has an end
    annual_value: Ints  # in ten-thousandths
    contracts: Contracts
    waiting: Bools

    @classmethod
    def read(cls, rows: pa.Table, at: int, before: int) -> ContractRows:
        """The rows of the moment `at` (days since 1970), at which what happened before `before` was known."""
        there = _is_null(rows["left_on"])
        term = whole_numbers(rows["term_months"]) / 12
        since, renews = whole_numbers(rows["since_on"]), day_numbers(rows["renews_on"])
        renewals = whole_numbers(rows["renewals"])
        open_end = _is_null(rows["renews_on"])
        # without an end a term follows a term from the first day on
        in_term = np.mod((at - since) / 365.25, term)
        to_next = np.where(open_end, term - in_term, np.maximum(renews - at, 0) / 365.25)
        waiting = there & ~open_end & (renews < before)
        contracts = Contracts(renewals, to_next, term, ~_is_null(rows["notice_on"]) & there, np.zeros_like(renewals))
        # who left within a term counts when its end has come, as those who stay do: else leavers come first
        due = (before - since) / 365.25 >= (renewals + 1) * term - 1 / 365.25
        return cls(at, text_codes(rows["customer_id"]), text_codes(rows["segment"]), renewals, there, ~there & due,
                   since, renews, unscaled(rows["annual_value"]), contracts, waiting)  # fmt: skip

    def histories(self, segment: str) -> RenewalHistories:
        """How often customers of a segment (`*`: all) have renewed, and who left."""
        chosen = self.of(segment)
        step = self.contracts.term[chosen] / self.period
        return RenewalHistories.read({"renewals": self.renewals[chosen], "left": self.left[chosen], "step": step})

    @cached_property
    def period(self) -> float:
        """The models' unit of time in years: the length that most customers' terms have; of two as frequent, the longer."""
        lengths, count = np.unique(self.contracts.term, return_counts=True)
        return float(lengths[count == count.max()].max(initial=0.0)) if len(lengths) else 1.0

    def of(self, segment: str) -> Bools:
        """Which rows are of the segment?"""
        if segment == ALL:
            return np.ones(len(self.renewals), dtype=bool)
        code = self.segment.names.index(segment) if segment in self.segment.names else -1
        found: Bools = self.segment.codes == code
        return found

    def fate_of(self, customers: Coded) -> tuple[Bools, Bools]:
        """Which of these customers have left, and which wait for the answer to a renewal?"""
        row_of = dict(zip(np.array(self.customer_id.names, dtype=object)[self.customer_id.codes].tolist(),
                          range(len(self.renewals)), strict=True))  # fmt: skip
        place = np.array([row_of[name] for name in customers.names], dtype=np.int64)[customers.codes]
        return self.left[place], self.waiting[place]

    def sight(self, looks: pa.Table) -> Sight:
        """What was known of these customers, from the rows of `risk_looks` of the day."""
        at, since, renews = (_month_no(day) for day in (np.array([self.at]), self.since, self.renews))
        ends = np.where(self.renews == 0, -1, np.maximum(renews - at, 0))
        term = np.rint(self.contracts.term * 12).astype(np.int64)
        return Sight.read(looks, self.customer_id, at - since, ends, term)


def outlook_of(settings: dict[str, Any], fates: tuple[int, int]) -> Outlook:
    """How far the company looks ahead, and what became of those who had given notice: how many (stayed, are gone)."""
    stayed, gone = fates
    return Outlook(settings["months"] / 12, float(settings["discount"]), (stayed + 0.5) / (stayed + gone + 1))


def _month_no(day: Ints) -> Ints:
    """Months since 1970, of days since 1970."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _is_null(column: Any) -> Bools:
    found: Bools = column.is_null().combine_chunks().to_numpy(zero_copy_only=False).astype(bool)
    return found
