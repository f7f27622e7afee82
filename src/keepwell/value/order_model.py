"""What can be asked of any model of customers who order, and leave without a word?

Every such model says how likely a customer is still with us given their history, how many purchases one who is will
make in a time to come, and how likely what was seen is. The rest is the same for all and stands here. Models differ in
their own files: `bg_nbd`, `mbg_nbd`, `pareto_nbd`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np

from keepwell.core.errors import RefusedError, UsageError
from keepwell.value.asked import (
    comes_evenly,
    margins,
    mean_amounts,
    positive_spread,
    share_held,
    time_ahead,
    times_ahead,
    whole_months,
    yearly_discount,
)
from keepwell.value.discounting import as_they_come
from keepwell.value.fit import Fit, Ints, Reals
from keepwell.value.gamma_gamma import GammaGamma
from keepwell.value.histories import DAYS_OF, Histories, histories_of
from keepwell.value.maximise import LogLikelihood, maximise
from keepwell.value.order_intervals import Cells, alive_draws, read_intervals, simulate_cells, with_spread
from keepwell.value.smooth import table
from keepwell.value.summary import Summary
from keepwell.value.sums import dot

# From more distinct histories than these a sample of so many leads to the neighbourhood of the maximum
_SAMPLE = 20_000
# A perpetuity ends where a later purchase would count for less than this
_NOTHING = 1e-4


class OrderModel(ABC):
    """A model of repeat purchases. `fit` finds its parameters; the questions below are answered with them.

    Histories are what `histories_of` understands: a data frame or table with the columns frequency, recency, T (and
    customers, monetary, customer_id), or `Histories`. Times are in their unit (`unit` for plain tables).
    """

    title: ClassVar[str]
    names: ClassVar[tuple[str, ...]]
    rates: ClassVar[tuple[str, ...]]  # parameters that are times: they grow with a finer unit
    edges: ClassVar[Mapping[str, tuple[str, str]]]

    def __init__(self, unit: str = "week", fitted: Fit | None = None) -> None:
        if unit not in DAYS_OF:
            raise UsageError("value-unit", f"time is counted in {', '.join(DAYS_OF)}; found {unit}")
        self.unit = unit
        self.fitted = fitted

    @classmethod
    def known(cls, unit: str = "week", **parameters: float) -> Self:
        """The model with these parameters, as they were published or found before, without standard errors."""
        return cls(unit, Fit.known(cls.names, parameters, cls.title))

    @property
    def result(self) -> Fit:
        """What the fit says. Raises `UsageError` (`value-not-fitted`) before there is one."""
        if self.fitted is None:
            raise UsageError(
                "value-not-fitted", f"{self.title} has no parameters yet", hint="call fit(histories) first"
            )
        return self.fitted

    def fit(self, histories: Any) -> Self:
        """Which parameters make these histories likeliest? The model itself is given back, with `result`.

        Raises `RefusedError` (`value-no-maximum`) where no parameters do: nobody came back, or all customers are alike.
        """
        seen = self._seen(histories)
        self.unit = seen.unit
        grouped = seen.grouped()
        _refuse_empty(grouped)
        scale = _mean_age(grouped)
        starts = self._starts(_rate(grouped) * scale)
        if len(grouped) > _SAMPLE:
            starts = [*self._from_sample(grouped, scale, starts)]
        found = maximise(self._likelihood(grouped, scale), starts, self.names, grouped.count, self.edges)
        factors = [scale if name in self.rates else 1.0 for name in self.names]
        purchases = dot(grouped.weights, grouped.frequency.astype(np.float64))
        self.fitted = found.scaled(factors, -purchases * float(np.log(scale)))
        return self

    def summary(self) -> Summary:
        """What are the parameters? One row each: value, standard error, 90% interval."""
        return self.result.summary()

    def log_likelihood(self, histories: Any) -> float:
        """How likely are these histories under the parameters? The sum of logarithms over customers.

        Of the same customers later, less that of what was known of them before: how well the model foretold what came.
        """
        grouped = self._seen(histories).grouped()
        return float(self._likelihood(grouped, 1.0)(np.log(np.array(self.result.values)))[0])

    def probability_alive(self, histories: Any) -> Reals:
        """How likely is each customer still with us at the end of their history? A share 0..1 for each row."""
        seen = self._seen(histories)
        alive = np.empty(len(seen))
        for rows, piece in seen.chunks():
            alive[rows] = self._alive(np.array(self.result.values), piece)
        return alive

    def expected_purchases(self, t: Reals | float, histories: Any = None) -> Reals | float:
        """How many purchases are expected within `t` from the end of each history?

        `t`, in `unit`s, is one for all, or one for each. Without histories: how many repeat purchases of a new customer
        within `t` of the first one; of several times, as many numbers. Raises `UsageError` (`value-time`).
        """
        parameters = np.array(self.result.values)
        if histories is None:
            times = times_ahead(t, self.unit)
            of_new = self._of_new(parameters, np.atleast_1d(times))
            return of_new if times.ndim else float(of_new[0])
        seen = self._seen(histories)
        times = times_ahead(t, self.unit, len(seen))
        if not times.ndim:
            return self._purchases(seen, times[None], np.ones(1))
        purchases = np.empty(len(seen))
        for rows, piece in seen.chunks():
            count = piece.frequency.astype(np.float64)
            there = self._if_alive(parameters, count, piece.age.numbers, times[rows])
            purchases[rows] = there * self._alive(parameters, piece)
        return purchases

    def discounted_purchases(self, histories: Any, months: int | None = 12, discount: float = 0.10,
                             paid: str = "at month end") -> Reals:  # fmt: skip
        """How many purchases are expected within the next `months`, later ones discounted?

        A month is 365.25 / 12 days; a purchase in month m counts (1 + discount) ^ (−m / 12), `discount` being per year;
        with `paid` "as they come" one after u months counts (1 + discount) ^ (−u / 12), whenever it is. `months` None: for
        ever, which needs a discount above 0. Raises `UsageError` (`value-discount`, `value-months`, `value-paid`) for a
        discount that is no share of 0 to 1 (10% is 0.1), a horizon of less than a month, and another word.
        Source of the latter, for ever: Fader, Hardie & Lee (2005), RFM and CLV, Journal of Marketing Research 42, DERT.
        """
        times, weights = self._times(months, discount, paid)
        return self._purchases(self._seen(histories), times, weights)

    def lifetime_value(self, histories: Any, spend: Any, months: int | None = 12, discount: float = 0.10,
                       margin: Reals | float = 1.0, paid: str = "at month end") -> Reals:  # fmt: skip
        """What will each customer's purchases of the next `months` be worth today, in the currency of `spend`?

        Discounted purchases (see there) × mean amount of a purchase × `margin` (share of an amount that is kept, at most 1).
        `spend`: a fitted `GammaGamma`, or the mean amount itself. Spend and margin are one number, or one for each row. What was
        bought before is not part of it. Raises `UsageError` (`value-spend`, `value-margin`) for what is no amount and no share.
        """
        seen = self._seen(histories)
        mean = spend.expected_spend(seen) if isinstance(spend, GammaGamma) else mean_amounts(spend, len(seen))
        kept = margins(margin, len(seen))
        return self.discounted_purchases(seen, months, discount, paid) * mean * kept

    def purchases_interval(self, t: float, histories: Any, share: float = 0.9, seed: int = 0) -> tuple[Reals, Reals]:
        """Between which numbers will each customer's purchases within `t` lie, with probability `share` or a little more?

        What is uncertain is the parameters, the customer, and what they will do. The same `seed` gives the same intervals.
        """
        share, t = share_held(share), time_ahead(t, self.unit)
        seen = self._seen(histories)
        cells = Cells.of_histories(seen, self._nearest_singularity(np.array(self.result.values)))
        draws = simulate_cells(self, self.result, None, 0.0, cells, t, 0.0, seed)
        return read_intervals(draws, cells.of, self._alive_on_average(seen, seed), share)

    def interval(self, histories: Any, spend: Any, months: int | None = 12, discount: float = 0.10, margin: Reals | float = 1.0,
                 share: float = 0.9, seed: int = 0, spread: float = 0.0, paid: str = "at month end") -> tuple[Reals, Reals]:  # fmt: skip
        """Between which amounts will the value of each customer's purchases of the next `months` lie, with `share`?

        The value is that of `lifetime_value`, and `share` its probability. What is uncertain is the parameters, the customer,
        what they will do, and what they spend. Where `spend` is mean amounts, a customer's own lies about it with the standard
        deviation `spread`, as a share of it; 0: they are as given. The same `seed` gives the same intervals.
        """
        share, horizon = share_held(share), self._horizon(months, yearly_discount(discount)) * self.month()
        until_paid = 0.0 if comes_evenly(paid) else 0.5
        seen, shape = self._seen(histories), self.result.values[0]
        kept = margins(margin, len(seen))
        shift = self._nearest_singularity(np.array(self.result.values))
        cells = Cells.of_histories(seen, shift)
        if isinstance(spend, GammaGamma):
            spending, (scale, mean) = spend.result, spend.scales(seen)
        else:
            spending, scale, mean = None, mean_amounts(spend, len(seen)), 0.0
        monthly = float(np.log1p(discount)) / 12
        draws = simulate_cells(self, self.result, spending, mean, cells, horizon, monthly / self.month(), seed)
        draws = draws if spending else with_spread(draws, positive_spread(spread), seed)
        low, high = read_intervals(draws, cells.of, self._alive_on_average(seen, seed), share)
        # cells are wide: a customer's own rate within theirs; and a month's purchases may count at its end
        own = (shape + seen.frequency) / (shape + cells.frequency[cells.of])
        own = own * (shift + cells.age[cells.of]) / (shift + seen.age.numbers)
        own = own * scale * kept * np.exp(-monthly * until_paid)
        return np.minimum(low * own, high * own), np.maximum(low * own, high * own)

    def _alive_on_average(self, seen: Histories, seed: int) -> Reals:
        """The chance to be alive, over what the parameters may be."""
        many = alive_draws(len(seen))
        if many < 2:
            return self.probability_alive(seen)
        total = np.zeros(len(seen))
        for parameters in self.result.draws(many, seed):
            total += self._alive(parameters, seen)
        return total / many

    def month(self) -> float:
        """How long is a month (365.25 / 12 days), in the unit of the parameters?"""
        return DAYS_OF["month"] / DAYS_OF[self.unit]

    def _horizon(self, months: int | None, discount: float, nothing: float = _NOTHING) -> int:
        """How many months are looked ahead? For ever ends where a later purchase would count for less than `nothing`."""
        if months is not None:
            return whole_months(months)
        if discount == 0:
            raise UsageError("value-discount", "purchases for ever need a discount above 0; found 0",
                             hint="give a discount, or a number of months")  # fmt: skip
        return int(np.ceil(-12 * np.log(nothing) / np.log1p(discount)))

    def _times(self, months: int | None, discount: float, paid: str) -> tuple[Reals, Reals]:
        """At which times are expected purchases looked at, and with what weights do they add up to discounted ones?"""
        discount = yearly_discount(discount)
        if comes_evenly(paid):
            horizon, rate = self._horizon(months, discount, _NOTHING**2), float(np.log1p(discount)) / 12
            bend = self._nearest_singularity(np.array(self.result.values))
            return as_they_come(horizon * self.month(), rate / self.month(), bend)
        months = self._horizon(months, discount)
        worth: Reals = (1 + discount) ** (-np.arange(1, months + 1) / 12)
        # Σ worthₘ · (Kₘ − Kₘ₋₁), written as Σ weightₘ · Kₘ
        weights: Reals = worth - np.append(worth[1:], 0.0)
        times: Reals = np.arange(1, months + 1, dtype=np.float64) * self.month()
        return times, weights

    def _purchases(self, seen: Histories, times: Reals, weights: Reals) -> Reals:
        """Σ weights · expected purchases by times, for each row: what one who is alive will buy × chance to be alive."""
        parameters = np.array(self.result.values)
        counts, place = np.unique(seen.frequency, return_inverse=True)
        used = np.flatnonzero(np.bincount(seen.age.codes, minlength=len(seen.age.levels)))
        column = np.zeros(len(seen.age.levels), dtype=np.int64)
        column[used] = np.arange(len(used))

        def if_alive(count: Reals, age: Reals, time: Reals) -> Reals:
            return self._if_alive(parameters, count, age, time)

        tabulated = table(
            if_alive,
            counts.astype(np.float64),
            seen.age.levels[used],
            times,
            weights,
            self._nearest_singularity(parameters),
        )
        purchases = tabulated[place, column[seen.age.codes]]
        for rows, piece in seen.chunks():
            purchases[rows] *= self._alive(parameters, piece)
        return purchases

    def _seen(self, histories: Any) -> Histories:
        seen = histories_of(histories, self.unit)
        if self.fitted is not None and seen.unit != self.unit:
            raise UsageError("value-unit", f"the model counts in {self.unit}s, the histories in {seen.unit}s")
        return seen

    def _from_sample(self, grouped: Histories, scale: float, starts: list[list[float]]) -> list[list[float]]:
        """Where to start on all of them: at the likeliest parameters of a sample, if it has any."""
        step = -(-len(grouped) // _SAMPLE)
        sample = grouped.rows(np.arange(step // 2, len(grouped), step))
        try:
            near = maximise(self._likelihood(sample, scale), starts, self.names, sample.count, self.edges)
        except RefusedError:
            return starts
        return [list(near.values)]

    @abstractmethod
    def _likelihood(self, grouped: Histories, scale: float) -> LogLikelihood:
        """The log-likelihood by log-parameters, time being counted in `scale` units."""

    @abstractmethod
    def _starts(self, rate: float) -> list[list[float]]:
        """Parameters to begin with, where customers buy `rate` times in a unit of time."""

    @abstractmethod
    def _alive(self, parameters: Reals, histories: Histories) -> Reals:
        """The chance to be alive, for each row."""

    @abstractmethod
    def _if_alive(self, parameters: Reals, frequency: Reals, age: Reals, t: Reals) -> Reals:
        """Expected purchases within `t` of one who is alive, by broadcasting."""

    @abstractmethod
    def simulate(self, parameters: Reals, frequency: Reals, age: Reals, horizon: float, draw: np.random.Generator
                 ) -> tuple[Ints, Reals]:  # fmt: skip
        """For each row of `parameters`: how many purchases one who is alive makes within `horizon`, and until when."""

    @abstractmethod
    def _of_new(self, parameters: Reals, t: Reals) -> Reals:
        """Expected repeat purchases of a new customer within each of `t`."""

    def _nearest_singularity(self, parameters: Reals) -> float:
        """How far before time 0 lies the first moment at which expected purchases are no smooth function of age?"""
        return float(parameters[1])


def _refuse_empty(grouped: Histories) -> None:
    if not grouped.age.levels[grouped.age.codes].max() > 0:
        raise _refused("all histories are of one day: nobody had time to come back")
    if not grouped.weights @ grouped.frequency > 0:
        raise _refused("nobody came back: no customer has a second purchase day")


def _refused(why: str) -> RefusedError:
    return RefusedError("value-no-maximum", f"no parameters fit best: {why}", hint="wait for a longer history")


def _mean_age(grouped: Histories) -> float:
    return dot(grouped.weights, grouped.age.numbers) / grouped.count


def _rate(grouped: Histories) -> float:
    """Repeat purchases per unit of time over all customers."""
    return dot(grouped.weights, grouped.frequency.astype(np.float64)) / dot(grouped.weights, grouped.age.numbers)


def starts_about(rate: float, others: Sequence[Sequence[float]]) -> list[list[float]]:
    """Starts whose purchase rate r / α is that of the data, for a few shapes r, with other parameters as given."""
    return [[r, r / rate, *rest] for r in (0.4, 2.0) for rest in others]
