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
_NEXT = 1e-9  # shares this near to each other are the same
_MOST_GROWN = 50.0  # an exponent that no column of numbers holds any more
_MOST_SPREAD = 1.0  # beyond, the lognormal's mean is that of a few that grow without end, and says nothing of most
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
    by_spend = _spend_spread(worth, spend)
    mean = (leaves * brought).sum(axis=1)
    square = (leaves * brought**2 * np.exp(by_spend**2)).sum(axis=1)
    low, high = _ends(leaves, brought, by_spend)
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


def _spend_spread(worth: Reals, spend: float) -> Reals:
    """How far does what is brought by each last term spread, by how the yearly value moves? A standard deviation of its
    logarithm; (customers, terms).

    At each renewal the yearly value is multiplied by a lognormal number whose mean is 1, and so is all that comes later.
    The sum of the terms is taken as lognormal, with its own mean and variance: Fenton (1960), The Sum of Log-Normal
    Probability Distributions in Scatter Transmission Systems, IRE Transactions on Communications Systems 8. The variance of
    the logarithm ends at 1, whatever single renewals may have multiplied a value by.
    """
    grown = np.exp(np.minimum(np.arange(worth.shape[1]) * spend**2, _MOST_GROWN))
    before = np.cumsum(worth * grown, axis=1) - worth * grown
    square = np.cumsum(worth**2 * grown + 2 * worth * before, axis=1)
    mean = np.cumsum(worth, axis=1)
    ratio = square / np.where(mean > 0, mean, 1.0) ** 2
    return np.asarray(np.sqrt(np.minimum(np.log(np.where(ratio > 1 + _NEXT, ratio, 1.0)), _MOST_SPREAD)))


def _ends(leaves: Reals, brought: Reals, by_spend: Reals) -> tuple[Reals, Reals]:
    """The ends of the 90% interval of what is brought: which term is the last one, and how the yearly value moves.

    What comes in lumps (a contract that is not renewed brings its running term, no more and no less) is in an interval
    whole or not at all. One in twenty lie below the interval, or fewer where the lowest lump is larger; it ends where nine
    of ten are in it; and if more are, because of a lump at that end, it begins as high as nine of ten allow.
    """
    outcomes = _Outcomes.of(leaves, brought, by_spend)
    low, below, _ = outcomes.at(np.full(len(leaves), LOW))
    high, _, so_far = outcomes.at(below + (HIGH - LOW))
    spare = so_far - (HIGH - LOW)
    raised, _, _ = outcomes.at(np.maximum(spare, 0) + 2 * _NEXT)
    return np.where(spare > below + _NEXT, raised, low), high


@dataclass(frozen=True)
class _Outcomes:
    """What may be brought, in rising order: the chance of each, those up to it, and which are lumps; (customers, points)."""

    brought: Reals
    chance: Reals
    so_far: Reals
    lump: Bools

    @classmethod
    def of(cls, leaves: Reals, brought: Reals, by_spend: Reals) -> _Outcomes:
        spread = by_spend[:, :, None]
        points = (brought[:, :, None] * np.exp(spread * _PIECES - spread**2 / 2)).reshape(len(brought), -1)
        order = np.argsort(points, axis=1, kind="stable")
        chance, lump = (np.take_along_axis(np.repeat(values, len(_PIECES), axis=1), order, 1)
                        for values in (leaves / len(_PIECES), by_spend == 0))  # fmt: skip
        return cls(np.take_along_axis(points, order, 1), chance, np.cumsum(chance, axis=1), lump)

    def at(self, level: Reals) -> tuple[Reals, Reals, Reals]:
        """Up to what do `level` of all lie; and what share lies below that, and up to it? (The same, but in a lump.)"""
        rows, last = np.arange(len(level)), self.brought.shape[1] - 1
        place = np.minimum((self.so_far < (level - _NEXT)[:, None]).sum(axis=1), last)
        found, middle = self.brought[rows, place], self.so_far[rows, place] - self.chance[rows, place] / 2
        # a piece stands at its middle; between two of them shares grow evenly
        other = np.clip(np.where(level > middle, place + 1, place - 1), 0, last)
        apart = self.so_far[rows, other] - self.chance[rows, other] / 2 - middle
        part = np.where(apart == 0, 0.0, (level - middle) / np.where(apart == 0, 1.0, apart))
        within = found + np.clip(part, 0, 1) * (self.brought[rows, other] - found)
        lump = self.lump[rows, place]
        same = self.brought == found[:, None]
        beneath = ((self.brought < found[:, None]) * self.chance).sum(axis=1)
        return (
            np.where(lump, found, within),
            np.where(lump, beneath, level),
            np.where(lump, beneath + (same * self.chance).sum(axis=1), level),
        )
