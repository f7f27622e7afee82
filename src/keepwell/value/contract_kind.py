"""How are customers under contract told to the models of renewal, and which models are these?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from keepwell.core.errors import RefusedError
from keepwell.measure.columns import Coded, text_codes, unscaled, whole_numbers
from keepwell.value.beta_discrete_weibull import BetaDiscreteWeibull
from keepwell.value.choose import ALL, Kind
from keepwell.value.contract_worth import Contracts, Outlook, Survival
from keepwell.value.fit import Bools, Fit, Ints, Reals
from keepwell.value.renewals import RenewalHistories, RenewalModel
from keepwell.value.shifted_beta_geometric import ShiftedBetaGeometric

CONSTANT = "constant_churn"
RENEWING: dict[str, type[RenewalModel]] = {
    "shifted_beta_geometric": ShiftedBetaGeometric,
    "beta_discrete_weibull": BetaDiscreteWeibull,
}
_MOST_CHURN = 0.999


class ContractKind(Kind[RenewalHistories]):
    """Histories of renewals; the plainest model is one chance to leave for all and for ever."""

    name: ClassVar[str] = "contracts"
    models: ClassVar[tuple[str, ...]] = (CONSTANT, *RENEWING)
    events_are: ClassVar[str] = "that left"

    def size(self, histories: RenewalHistories) -> tuple[int, int]:
        """Customers, and how many of them left."""
        return int(histories.customers.sum()), int(histories.customers[histories.left].sum())

    def fit(self, model: str, histories: RenewalHistories) -> Fit:
        """The parameters."""
        if model == CONSTANT:
            return _constant(histories)
        seen, needed = len(np.unique(histories.renewals[histories.left])), len(RENEWING[model].names)
        if seen < needed:
            raise RefusedError("value-no-maximum", f"customers left at {seen} different renewals: too few for "
                               f"{needed} parameters")  # fmt: skip
        fit = RENEWING[model]().fit(histories).fitted
        assert fit is not None, "fit gives a fitted model"  # noqa: S101
        return fit

    def log_likelihood(self, model: str, fit: Fit, histories: RenewalHistories) -> float:
        """How likely are these renewals?"""
        if model == CONSTANT:
            return _constant_likelihood(fit.values[0], histories)
        return RENEWING[model](fit).log_likelihood(histories)


def survival_of(model: str, fit: Fit) -> Survival:
    """The chance of having made each of the next renewals, by the renewals made."""
    if model == CONSTANT:
        return partial(_constant_survival, min(fit.values[0], _MOST_CHURN))
    return partial(_ahead, RENEWING[model].log_survival, np.array(fit.values))


def _ahead(log_survival: Callable[[Reals, Reals], Reals], parameters: Reals, renewals: Ints, ahead: int) -> Reals:
    made, place = np.unique(renewals, return_inverse=True)
    there = log_survival(parameters, made.astype(np.float64))
    later = log_survival(parameters, made[:, None] + np.arange(1.0, ahead + 1))
    return np.asarray(np.exp(later - there[:, None])[place.reshape(-1)])


def _constant_survival(churn: float, renewals: Ints, ahead: int) -> Reals:
    return np.tile((1 - churn) ** np.arange(1.0, ahead + 1), (len(renewals), 1))


def _constant(histories: RenewalHistories) -> Fit:
    """One chance to leave, by Jeffreys' prior: never nought, however few have left."""
    occasions, left = _occasions(histories)
    if not occasions:
        raise RefusedError("value-no-maximum", "no customer has come to a renewal yet")
    churn = (left + 0.5) / (occasions + 1)
    spread = 1 / (left + 0.5) - 1 / (occasions + 1)
    return Fit(
        ("churn",), (churn,), ((spread,),), _constant_likelihood(churn, histories), int(histories.customers.sum())
    )


def _constant_likelihood(churn: float, histories: RenewalHistories) -> float:
    occasions, left = _occasions(histories)
    return left * float(np.log(churn)) + (occasions - left) * float(np.log1p(-churn))


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
    left: Bools  # and the renewal at which they count as gone has come
    annual_value: Ints  # in ten-thousandths
    contracts: Contracts
    waiting: Bools

    @classmethod
    def read(cls, rows: pa.Table, at: int, before: int) -> ContractRows:
        """The rows of the moment `at` (days since 1970), at which what happened before `before` was known."""
        left = ~_is_null(rows["left_on"])
        term = whole_numbers(rows["term_months"]) / 12
        since, renews = whole_numbers(rows["since_on"]), _days(rows["renews_on"])
        renewals = whole_numbers(rows["renewals"])
        open_end = _is_null(rows["renews_on"])
        # without an end a term follows a term from the first day on
        in_term = np.mod((at - since) / 365.25, term)
        to_next = np.where(open_end, term - in_term, np.maximum(renews - at, 0) / 365.25)
        waiting = ~left & ~open_end & (renews < before)
        contracts = Contracts(renewals, to_next, term, ~_is_null(rows["notice_on"]) & ~left)
        # who left within a term counts when its end has come, as those who stay do: else leavers come first
        due = (before - since) / 365.25 >= (renewals + 1) * term - 1 / 365.25
        return cls(at, text_codes(rows["customer_id"]), text_codes(rows["segment"]), renewals, left & due,
                   unscaled(rows["annual_value"]), contracts, waiting)  # fmt: skip

    def histories(self, segment: str) -> RenewalHistories:
        """How often customers of a segment (`*`: all) have renewed, and who left."""
        chosen = self.of(segment)
        return RenewalHistories.read({"renewals": self.renewals[chosen], "left": self.left[chosen]})

    def of(self, segment: str) -> Bools:
        """Which rows are of the segment?"""
        if segment == ALL:
            return np.ones(len(self.renewals), dtype=bool)
        code = self.segment.names.index(segment) if segment in self.segment.names else -1
        found: Bools = self.segment.codes == code
        return found


def outlook_of(settings: dict[str, Any], fates: tuple[int, int]) -> Outlook:
    """How far the company looks ahead, and what became of those who had given notice: how many (stayed, are gone)."""
    stayed, gone = fates
    return Outlook(settings["months"] / 12, float(settings["discount"]), (stayed + 0.5) / (stayed + gone + 1))


def _is_null(column: Any) -> Bools:
    found: Bools = column.is_null().combine_chunks().to_numpy(zero_copy_only=False).astype(bool)
    return found


def _days(column: Any) -> Ints:
    """Dates as days since 1970; 0 where there is none."""
    return whole_numbers(column.fill_null(pa.scalar(0, pa.int32()).cast(pa.date32())))
