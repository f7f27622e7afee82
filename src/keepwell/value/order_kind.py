"""How are purchases told to the models of ordering and of spending, and which models are these?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa

from keepwell.core.errors import RefusedError
from keepwell.measure.columns import Coded, text_codes, unscaled, whole_numbers
from keepwell.value.bg_nbd import BetaGeo
from keepwell.value.choose import ALL, Kind
from keepwell.value.constant_dropout import ConstantDropout
from keepwell.value.fit import Bools, Fit, Reals
from keepwell.value.gamma_gamma import GammaGamma
from keepwell.value.histories import Histories, histories_of
from keepwell.value.mbg_nbd import ModifiedBetaGeo
from keepwell.value.order_model import OrderModel
from keepwell.value.pareto_nbd import ParetoNbd

CONSTANT = "constant_dropout"  # where none of the others has a maximum
ORDERING: dict[str, type[OrderModel]] = {
    "bg_nbd": BetaGeo, "mbg_nbd": ModifiedBetaGeo, "pareto_nbd": ParetoNbd, CONSTANT: ConstantDropout,
}  # fmt: skip
GAMMA, MEAN = "gamma_gamma", "mean_purchase"
UNIT = "week"
_SAMPLE = 5_000
SLOW = ("pareto_nbd",)  # of many customers it is fitted to an even sample: its likelihood needs an integral for each


@dataclass(frozen=True)
class OrderRows:
    """The rows of `order_histories` of one moment, and the first purchase's amount beside the mean of the repeated ones."""

    customer_id: Coded
    segment: Coded
    all: Histories
    first: Reals

    @classmethod
    def read(cls, rows: pa.Table) -> OrderRows:
        """Histories in weeks; amounts in the company's currency."""
        frequency = whole_numbers(rows["frequency"])
        repeated = unscaled(rows["repeat_amount"]) / 10_000
        histories = histories_of(
            {"frequency": frequency, "recency": whole_numbers(rows["recency_days"]) / 7,
             "T": whole_numbers(rows["age_days"]) / 7, "monetary": repeated / np.maximum(frequency, 1)}, UNIT,
        )  # fmt: skip
        first = unscaled(rows["first_amount"]) / 10_000
        return cls(text_codes(rows["customer_id"]), text_codes(rows["segment"]), histories, first)

    def of(self, segment: str) -> Bools:
        """Which rows are of the segment (`*`: all)?"""
        if segment == ALL:
            return np.ones(len(self.all), dtype=bool)
        code = self.segment.names.index(segment) if segment in self.segment.names else -1
        found: Bools = self.segment.codes == code
        return found

    def histories(self, segment: str) -> Bought:
        """The histories of a segment."""
        chosen = np.flatnonzero(self.of(segment))
        return Bought(self.all.rows(chosen), self.first[chosen])


@dataclass(frozen=True)
class Bought:
    """Histories, and what was spent at the first purchase."""

    histories: Histories
    first: Reals


class OrderKind(Kind[Bought]):
    """When customers buy."""

    name: ClassVar[str] = "orders"
    models: ClassVar[tuple[str, ...]] = tuple(name for name in ORDERING if name != CONSTANT)
    events_are: ClassVar[str] = "repeat purchases"
    otherwise: ClassVar[str] = CONSTANT

    def size(self, histories: Bought) -> tuple[int, int]:
        """Customers, and how many purchases they repeated."""
        return len(histories.histories), int(histories.histories.frequency.sum())

    def fit(self, model: str, histories: Bought) -> Fit:
        """The parameters, times in weeks."""
        if not len(histories.histories):
            raise RefusedError("value-no-maximum", "nobody had bought yet")
        seen = histories.histories
        if len(seen) > 2 * _SAMPLE:
            some = _every(seen, _SAMPLE)
            # what has no maximum among these has none among all, and looking for it there takes long
            fitted = ORDERING[model](UNIT).fit(some).result
            if model in SLOW:
                return fitted
        return ORDERING[model](UNIT).fit(seen).result

    def log_likelihood(self, model: str, fit: Fit, histories: Bought) -> float:
        """How likely are these purchases?"""
        return ORDERING[model](UNIT, fit).log_likelihood(histories.histories) if len(histories.histories) else 0.0


class SpendKind(Kind[Bought]):
    """What customers spend at a purchase; the plainest model is one mean for all."""

    name: ClassVar[str] = "spend"
    models: ClassVar[tuple[str, ...]] = (GAMMA,)
    events_are: ClassVar[str] = "repeat purchases"
    otherwise: ClassVar[str] = MEAN

    def size(self, histories: Bought) -> tuple[int, int]:
        """Customers, and how many purchases they repeated."""
        return len(histories.histories), int(histories.histories.frequency.sum())

    def fit(self, model: str, histories: Bought) -> Fit:
        """The parameters."""
        if model == MEAN:
            return mean_spend(histories)
        fit = GammaGamma().fit(histories.histories).result if len(histories.histories) else None
        if fit is None:
            raise RefusedError("value-no-maximum", "nobody had bought yet")
        if fit["q"] <= 1:
            raise RefusedError("value-no-mean", "amounts differ so much between customers that their mean is not known")
        return fit

    def log_likelihood(self, model: str, fit: Fit, histories: Bought) -> float:
        """How likely are these amounts? Of who came back."""
        if model == MEAN or not (histories.histories.frequency > 0).any():
            return 0.0
        return GammaGamma(fit).log_likelihood(histories.histories)


def _every(seen: Histories, about: int) -> Histories:
    """About so many of them, evenly spaced."""
    step = -(-len(seen) // about)
    return seen.rows(np.arange(step // 2, len(seen), step))


def mean_spend(bought: Bought) -> Fit:
    """The mean of all purchases, and how far one purchase lies from it, as the spread of its logarithm."""
    seen = bought.histories
    spent = bought.first + seen.frequency * (seen.monetary if seen.monetary is not None else 0.0)
    count = seen.frequency + 1
    mean = float(spent.sum() / count.sum())
    far = float((count @ (spent / count / mean - 1) ** 2) / count.sum())
    return Fit(("mean",), (mean,), ((max(far, 1e-9),),), 0.0, len(seen))
