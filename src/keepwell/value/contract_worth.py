"""How many discounted years of its present value is a running contract expected to bring, and how sure is that?

The running term is paid to its end; each renewal after it is made with the chance that the model says. Nothing is added
for what customers may buy on top, and nothing taken off: a contract stays at its present yearly value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from keepwell.value.discounting import present_years
from keepwell.value.fit import Ints, Reals

Bools = npt.NDArray[np.bool_]
LOW, HIGH = 0.05, 0.95
_AT_ONCE = 20_000  # customers at a time: memory is bounded
# a normal distribution in nine equally likely pieces, by the middle of each
_PIECES = np.array([-1.5932, -0.9674, -0.5895, -0.2822, 0.0, 0.2822, 0.5895, 0.9674, 1.5932])


@dataclass(frozen=True)
class Contracts:
    """Customers under contract on a day: renewals made, years to the next one, years of a term, whether notice was given.

    `who`: which customer each is of, where a model tells customers apart who are alike in all of this; or else 0.
    """

    renewals: Ints
    to_next: Reals
    term: Reals
    notice: Bools
    who: Ints

    def __len__(self) -> int:
        return len(self.renewals)

    def distinct(self) -> tuple[Contracts, Ints]:
        """The distinct ones, and for each customer which of them."""
        if len(self.who) and self.who.any():  # told apart: none is like another
            return self, np.arange(len(self.who))
        rows = np.stack([self.renewals, np.rint(self.to_next * 1461), np.rint(self.term * 12), self.notice], axis=1)
        _, first, place = np.unique(rows, axis=0, return_index=True, return_inverse=True)
        return self.rows(first), place.reshape(len(rows))

    def rows(self, taken: Ints | Bools) -> Contracts:
        """These of them."""
        return Contracts(
            self.renewals[taken], self.to_next[taken], self.term[taken], self.notice[taken], self.who[taken]
        )

    def apart(self) -> Contracts:
        """The same, each customer told apart."""
        return replace(self, who=np.arange(len(self)))

    def ends_within(self, years: float) -> Ints:
        """How many ends of a term come within so many years?"""
        return np.maximum(np.floor((years - self.to_next) / self.term + 1), 0).astype(np.int64)


# the chance of each customer to have made each of the next renewals: (customers, renewals ahead)
Survival = Callable[[Contracts, int], Reals]


@dataclass(frozen=True)
class Outlook:
    """How far ahead is looked (years), what a year takes off, and how likely it is to stay in spite of a notice."""

    horizon: float
    discount: float
    stays: float = 0.0

    @property
    def months(self) -> int:
        """How many whole months ahead are looked at?"""
        return int(np.ceil(self.horizon * 12))


def weights(contracts: Contracts, outlook: Outlook) -> Reals:
    """What each term ahead brings, discounted, if it comes: the running one first. Years, (customers, terms)."""
    most = int(np.ceil(((outlook.horizon - contracts.to_next) / contracts.term).max(initial=0.0)))
    ends = contracts.to_next[:, None] + contracts.term[:, None] * np.arange(max(most, 0) + 1)
    ends = np.minimum(ends, outlook.horizon)
    starts = np.concatenate([np.zeros((len(ends), 1)), ends[:, :-1]], axis=1)
    return present_years(starts, ends, outlook.discount)


def chances(contracts: Contracts, survival: Survival, ahead: int, outlook: Outlook) -> Reals:
    """How likely is each term ahead to come? 1 for the running one; (customers, terms)."""
    later = survival(contracts, ahead)
    if contracts.notice.any() and ahead:
        given = contracts.notice
        first = later[given, :1]
        later[given] *= outlook.stays / np.where(first > 0, first, 1.0)
    return np.concatenate([np.ones((len(later), 1)), later], axis=1)


def expected_years(contracts: Contracts, survival: Survival, outlook: Outlook) -> Reals:
    """The discounted years that are expected of each."""
    one, place = contracts.distinct()
    worth = weights(one, outlook)
    years = (worth * chances(one, survival, worth.shape[1] - 1, outlook)).sum(axis=1)
    return np.asarray(years[place])


@dataclass(frozen=True)
class Sureness:
    """How sure are the years of each? The 90% interval, the standard deviation, the chance of the next renewal.

    `after`: the years that come after the end of a term at which they may leave within a year, if they stay then.
    """

    low: Reals
    high: Reals
    spread: Reals
    renews: Reals
    after: Reals


def sureness(contracts: Contracts, survivals: list[Survival], outlook: Outlook, spend: float) -> Sureness:
    """How far may what comes lie from what is expected? `survivals`: the model, then models as likely by what was seen.

    `spend` is the standard deviation of the logarithm of the yearly value from one renewal to the next.
    """
    one, place = contracts.distinct()
    parts = [_sureness(one.rows(np.arange(first, min(first + _AT_ONCE, len(one)))), survivals, outlook, spend)
             for first in range(0, len(one), _AT_ONCE)]  # fmt: skip
    columns = (
        np.concatenate([getattr(part, field.name) for part in parts] or [np.zeros(0)])[place]
        for field in fields(Sureness)
    )
    return Sureness(*columns)


def _sureness(one: Contracts, survivals: list[Survival], outlook: Outlook, spend: float) -> Sureness:
    worth = weights(one, outlook)
    ahead = worth.shape[1] - 1
    drawn = [chances(one, survival, ahead, outlook) for survival in survivals]
    reached = np.mean(drawn[1:] or drawn, axis=0)
    leaves = reached - np.concatenate([reached[:, 1:], np.zeros((len(reached), 1))], axis=1)
    brought = np.cumsum(worth, axis=1)
    by_spend = _spend_spread(brought) * spend
    mean = (leaves * brought).sum(axis=1)
    square = (leaves * brought**2 * (1 + by_spend**2)).sum(axis=1)
    low, high = _quantiles(leaves, brought, by_spend)
    renews = drawn[0][:, 1] if ahead else np.ones(len(reached))
    after = years_after(worth, drawn[0], np.maximum(one.ends_within(1.0), 1))
    return Sureness(low, high, np.sqrt(np.maximum(square - mean**2, 0)), renews, after)


def years_after(worth: Reals, reached: Reals, ends: Ints) -> Reals:
    """How many discounted years would be lost by leaving at one of the next `ends` of a term? nan: they surely leave.

    `worth` and `reached`: what each term ahead brings if it comes, and the chance that it does; (customers, terms). What
    comes after an end, if they stay then; of several ends the mean, each as likely as it is to be the last.
    """
    if worth.shape[1] < 2:
        return np.zeros(len(worth))
    to_come = np.cumsum((worth * reached)[:, :0:-1], axis=1)[:, ::-1]
    stays = reached[:, 1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        after = to_come / stays
    leaves = np.where(np.arange(stays.shape[1]) < ends[:, None], reached[:, :-1] - stays, 0.0)
    leaves[:, 0] += leaves.sum(axis=1) <= 0  # nobody leaves: what comes after the next end
    return np.asarray(np.where(leaves > 0, leaves * after, 0.0).sum(axis=1) / leaves.sum(axis=1))


def _spend_spread(brought: Reals) -> Reals:
    """By how much a change of one at each renewal spreads what is brought, as a share of it; (customers, terms).

    The change at a renewal moves all that is brought after it: the root of the sum of ((Bⱼ − Bᵣ) / Bⱼ)² over renewals r.
    """
    before = np.concatenate([np.zeros((len(brought), 1)), brought[:, :-1]], axis=1)
    count = np.arange(brought.shape[1])
    reached = np.where(brought > 0, brought, 1.0)
    squares = count - 2 * np.cumsum(before, axis=1) / reached + np.cumsum(before**2, axis=1) / reached**2
    return np.asarray(np.sqrt(np.maximum(squares, 0)))


def _quantiles(leaves: Reals, brought: Reals, by_spend: Reals) -> tuple[Reals, Reals]:
    """The ends of the 90% interval of what is brought: which term is the last one, and how the yearly value moves."""
    points = (brought[:, :, None] * np.exp(by_spend[:, :, None] * _PIECES)).reshape(len(brought), -1)
    weight = np.repeat(leaves / len(_PIECES), len(_PIECES), axis=1)
    order = np.argsort(points, axis=1, kind="stable")
    points, so_far = np.take_along_axis(points, order, 1), np.cumsum(np.take_along_axis(weight, order, 1), axis=1)
    rows, last = np.arange(len(points)), points.shape[1] - 1
    ends = [points[rows, np.minimum((so_far < part - 1e-9).sum(axis=1), last)] for part in (LOW, HIGH)]
    return ends[0], ends[1]
