"""How do customers' renewals run, when each has a chance of their own to leave? What both models of renewal share.

Time counts renewals: t = 0 is the day a contract begins, t = 1 the first renewal. `survival(t)` is the share still there
after t renewals. A model is its parameters and the logarithm of that share; everything else follows. Where terms differ in
length, time counts terms of one length, and other terms are so much of it: of yearly ones, a month is a twelfth.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from keepwell.core.errors import RefusedError, UsageError
from keepwell.value.asked import share_held, yearly_discount
from keepwell.value.fit import Fit, Reals
from keepwell.value.given import column_names
from keepwell.value.maximise import maximise
from keepwell.value.summary import Summary

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Numbers = npt.ArrayLike

# A term so far away that its discounted value is below one part in a million million adds nothing.
_NOTHING = 1e-12
_MOST_TERMS = 100_000
_DRAWS = 400


@dataclass(frozen=True)
class RenewalHistories:
    """How often customers have renewed, and whether they left at the next occasion or are still there.

    `renewals` made, `left` (at the renewal after those), and how many `customers` share that history: one row of each
    distinct history. `step`: how long a term of theirs is, in the model's unit of time: 1, where all terms are alike.
    """

    renewals: Ints
    left: Bools
    customers: Ints
    step: Reals

    @classmethod
    def read(cls, histories: Any) -> Self:
        """Histories from an Arrow table or batch, a data frame or a mapping with columns `renewals`, `left` and, where rows
        stand for several, `customers`; where terms differ in length, `step`.

        Raises `UsageError` (`value-column`, `value-renewals`) for a missing column, columns of different lengths, a negative
        or fractional number.

        >>> found = RenewalHistories.read({"renewals": [0, 2, 0], "left": [True, False, True]})
        >>> found.renewals.tolist(), found.left.tolist(), found.customers.tolist()
        ([0, 2], [True, False], [2, 1])
        """
        if isinstance(histories, cls):
            return histories
        renewals, left = _whole(histories, "renewals"), _whole(histories, "left")
        customers = _whole(histories, "customers") if _has(histories, "customers") else np.ones_like(renewals)
        step = _lengths(histories) if _has(histories, "step") else np.ones(len(renewals))
        if not len(renewals) == len(left) == len(customers) == len(step):
            found = f"renewals {len(renewals)}, left {len(left)}, customers {len(customers)}, step {len(step)}"
            raise UsageError("value-renewals", f"the columns are of different lengths: {found} rows")
        if (left > 1).any():
            raise UsageError("value-renewals", f"left is true or false, found {int(left.max())}")
        steps, length = np.unique(step, return_inverse=True)
        code = (renewals * len(steps) + length.reshape(-1)) * 2 + left
        distinct, place = np.unique(code, return_inverse=True)
        many = np.bincount(place, weights=customers, minlength=len(distinct)).astype(np.int64)
        code, many = distinct[many > 0], many[many > 0]
        return cls(code // 2 // len(steps), code % 2 == 1, many, steps[code // 2 % len(steps)])

    @property
    def passed(self) -> Reals:
        """The time at which each had made their renewals."""
        return self.renewals * self.step

    @property
    def occasions(self) -> tuple[Ints, Ints]:
        """For the first, second … occasion to renew: how many customers came to it, and how many of them left?"""
        most = int((self.renewals + self.left).max(initial=0))
        left = np.bincount(self.renewals[self.left], self.customers[self.left], most)[:most].astype(np.int64)
        reached = np.array([int(self.customers[self.renewals + self.left > t].sum()) for t in range(most)], np.int64)
        return reached, left


@dataclass(frozen=True)
class RenewalModel(ABC):
    """A model of renewal, unfitted (`fitted` is None) or fitted."""

    fitted: Fit | None = None
    title: ClassVar[str] = ""
    names: ClassVar[tuple[str, ...]] = ()
    starts: ClassVar[tuple[tuple[float, ...], ...]] = ()
    edges: ClassVar[Mapping[str, tuple[str, str]]] = {}

    @staticmethod
    @abstractmethod
    def log_survival(parameters: Reals, t: Reals) -> Reals:
        """The logarithm of the share still there after t renewals."""

    @staticmethod
    @abstractmethod
    def slopes(parameters: Reals, t: Reals) -> Reals:
        """The derivatives of that by the parameters: one row for each."""

    @classmethod
    def known(cls, **parameters: float) -> Self:
        """The model with these parameters, as they were published or found before, without standard errors."""
        return cls(Fit.known(cls.names, parameters, cls.title))

    def fit(self, histories: Any) -> Self:
        """The model with the parameters that make these histories likeliest (see `RenewalHistories.read`).

        Raises `RefusedError` (`value-no-maximum`) where no parameters do: nobody left, all did, or all are alike.
        """
        seen = RenewalHistories.read(histories)
        _refuse_hopeless(seen)

        def log_likelihood(log_parameters: Reals) -> tuple[float, Reals, None]:
            parameters = np.exp(log_parameters)
            value, slopes = _likelihood(type(self), parameters, seen)
            return float(value @ seen.customers), (slopes @ seen.customers) * parameters, None

        return type(self)(maximise(log_likelihood, self.starts, self.names, int(seen.customers.sum()), self.edges))

    @cached_property
    def parameters(self) -> Reals:
        """The fitted parameters. Raises `UsageError` (`value-not-fitted`)."""
        return np.array(self._fit.values)

    @property
    def _fit(self) -> Fit:
        if self.fitted is None:
            raise UsageError("value-not-fitted", "the model was not fitted yet", hint="model = model.fit(histories)")
        return self.fitted

    def summary(self) -> Summary:
        """What are the parameters, and how sure are they? One row each, with the 90% interval."""
        return self._fit.summary()

    def log_likelihood(self, histories: Any) -> float:
        """How likely are these histories under the fitted parameters?

        That of histories as now known, less that of the same customers as known earlier, is how well the model
        foretold what came between.
        """
        seen = RenewalHistories.read(histories)
        value, _ = _likelihood(type(self), self.parameters, seen)
        return float(value @ seen.customers)

    def survival(self, t: Numbers) -> Reals:
        """Which share of customers is still there after t renewals? 0..1."""
        return np.exp(self.log_survival(self.parameters, _renewals_made(t)))

    def retention(self, t: Numbers) -> Reals:
        """Which share of those who came to the t-th renewal (1, 2, …) renews? 0..1, rising with t."""
        nth = _renewals_made(t, 1)
        return np.exp(self.log_survival(self.parameters, nth) - self.log_survival(self.parameters, nth - 1))

    def churn(self, renewals: Numbers) -> Reals:
        """How likely does a customer who has renewed so often leave at the next occasion? 0..1."""
        return 1 - self.retention(_renewals_made(renewals) + 1)

    def lifetime(self, discount: float, terms: int | None = None) -> float:
        """How many terms will a new customer be there, discounted, the first paid now?

        Σ S(t) / (1 + d)ᵗ from t = 0, with `discount` d per term; for ever, or the first `terms`. Source: Fader &
        Hardie (2010), Customer-Base Valuation in a Contractual Setting, Marketing Science 29, equation 3.
        """
        later = None if terms is None else terms - 1
        return 1 + float(self.residual_lifetime(0, discount, later)) / (1 + discount)

    def residual_lifetime(self, renewals: Numbers, discount: float, terms: int | None = None) -> Reals:
        """How many discounted terms are to come of customers who have renewed so often and now come to the next?

        Σ S(k + t) / S(k) / (1 + d)ᵗ⁻¹ from t = 1: seen just before they decide. Raises `UsageError`
        (`value-discount`) where terms for ever are not discounted. Source: the same, equation 6.
        """
        made = _renewals_made(renewals)
        ahead = np.arange(1.0, _terms(discount, terms) + 1)
        worth = np.exp(-(ahead - 1) * np.log1p(discount))
        distinct, place = np.unique(made, return_inverse=True)
        before = self.log_survival(self.parameters, distinct)
        left = [float(np.exp(self.log_survival(self.parameters, k + ahead) - now) @ worth)
                for k, now in zip(distinct, before, strict=True)]  # fmt: skip
        return np.array(left)[place.reshape(made.shape)]

    def interval(self, of: Callable[[Self], Numbers], level: float = 0.9, seed: int = 0) -> tuple[Reals, Reals]:
        """Between which values does lie what `of` says of a model, for the uncertainty of the parameters?"""
        fit, level = self._fit, share_held(level)
        values = [np.asarray(of(type(self)(replace(fit, values=tuple(row))))) for row in fit.draws(_DRAWS, seed)]
        low, high = np.quantile(np.array(values), [(1 - level) / 2, (1 + level) / 2], axis=0)
        return low, high


@dataclass(frozen=True)
class ChurnRate:
    """Which share of customers leaves at a renewal, whichever it is: the rate, its interval, and what it rests on."""

    rate: float
    low: float
    high: float
    occasions: int
    left: int


def constant_churn(histories: Any, level: float = 0.9) -> ChurnRate:
    """How likely is it to leave at a renewal, where too few have left for more than one rate of all?

    Jeffreys' interval. Raises `RefusedError` (`value-no-maximum`) where nobody has come to a renewal yet.

    >>> found = constant_churn({"renewals": [1, 0], "left": [False, True], "customers": [18, 2]})
    >>> round(found.rate, 3), round(found.low, 3), round(found.high, 3), found.occasions
    (0.1, 0.029, 0.25, 20)
    """
    seen, level = RenewalHistories.read(histories), share_held(level)
    occasions = int(((seen.renewals + seen.left) * seen.customers).sum())
    left = int(seen.customers[seen.left].sum())
    if not occasions:
        _refuse("no customer has come to a renewal yet")
    low = betaincinv(left + 0.5, occasions - left + 0.5, (1 - level) / 2) if left else 0.0
    high = betaincinv(left + 0.5, occasions - left + 0.5, (1 + level) / 2) if left < occasions else 1.0
    return ChurnRate(left / occasions, float(low), float(high), occasions, left)


def _likelihood(model: type[RenewalModel], parameters: Reals, seen: RenewalHistories) -> tuple[Reals, Reals]:
    """The log-likelihood of each distinct history, and its derivatives by the parameters.

    Still there: ln S(t). Left at the renewal that comes a term later: ln(S(t) − S(t + step)).
    """
    now, after = seen.passed, seen.passed + seen.step
    there, slope = model.log_survival(parameters, now), model.slopes(parameters, now)
    then, then_slope = model.log_survival(parameters, after), model.slopes(parameters, after)
    kept = np.exp(then - there)
    lost = -np.expm1(then - there)
    value = np.where(seen.left, there + np.log(np.where(seen.left, lost, 1.0)), there)
    change = np.where(seen.left, kept / np.where(seen.left, lost, 1.0), 0.0)
    return value, slope - change * (then_slope - slope)


def _refuse_hopeless(seen: RenewalHistories) -> None:
    """Say at once what no search can mend."""
    reached, left = seen.occasions
    if not left.any():
        _refuse("nobody has left yet, so that the longer a lifetime is said to be, the better it fits")
    if left[0] == reached.sum():
        _refuse("whoever came to a renewal left at the first, so that nothing is known of later ones")


def _refuse(why: str) -> None:
    raise RefusedError("value-no-maximum", f"no parameters fit best: {why}",
                       hint="wait for more renewals, or use the plain rate: constant_churn")  # fmt: skip


def _terms(discount: float, terms: int | None) -> int:
    discount = yearly_discount(discount, "term")
    if discount == 0 and terms is None:
        raise UsageError("value-discount", f"terms for ever need a discount above 0, found {discount}",
                         hint="give a discount, or a number of terms")  # fmt: skip
    if terms is not None:
        if not (terms >= 0 and terms == int(terms)):
            raise UsageError("value-terms", f"terms are a whole number from 0 on; found {terms}")
        return int(terms)
    return min(int(np.ceil(-np.log(_NOTHING) / np.log1p(discount))), _MOST_TERMS)


def _renewals_made(said: Numbers, least: int = 0) -> Reals:
    """So many renewals, from `least` on."""
    numbers = np.asarray(said, dtype=np.float64)
    if not (numbers >= least).all():
        raise UsageError("value-renewals", f"renewals are counted from {least} on; found {said!r}")
    return numbers


def _has(histories: Any, name: str) -> bool:
    return name in column_names(histories, "histories", "value-renewals")


def _lengths(histories: Any) -> Reals:
    """Of terms: numbers above 0."""
    try:
        found = np.atleast_1d(np.asarray(histories["step"], dtype=np.float64))
    except (TypeError, ValueError):
        raise UsageError("value-renewals", "step is a length, found something that is no number") from None
    if not (np.isfinite(found) & (found > 0)).all():
        raise UsageError("value-renewals", f"step is a length above 0, found {found[~(found > 0)][:1]}")
    return found


def _whole(histories: Any, name: str) -> Ints:
    if not _has(histories, name):
        raise UsageError("value-column", f"the histories have no column {name}", hint="renewals, left, customers")
    column = histories[name]
    try:
        values = np.atleast_1d(
            np.asarray(column.to_numpy() if hasattr(column, "to_numpy") else column, dtype=np.float64)
        )
    except (TypeError, ValueError):
        raise UsageError("value-renewals", f"{name} counts, found something that is no number") from None
    wrong = ~(np.isfinite(values) & (values >= 0) & (values == np.floor(values)))
    if wrong.any():
        row = int(wrong.argmax())
        raise UsageError("value-renewals", f"{name} counts, found {values[row]:g} in row {row + 1}")
    return values.astype(np.int64)
