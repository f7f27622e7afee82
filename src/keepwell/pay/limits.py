"""What do limits leave of a part's pay, window after window?

Looks are evaluations of one part of one person under one plan version, in the order of time; each says what its window
has come to so far, before limits. Limits work from the narrowest: window, then plan period, then fiscal year.

| limit        | cuts                                                                                           |
|--------------|------------------------------------------------------------------------------------------------|
| window       | what the window has come to so far                                                             |
| period       | what the window has come to since its look before                                              |
| year         | what the fiscal year has come to so far; its least is paid at the last look of a year that is over |

What a window's or a period's limit cuts is lost, or carried: it is then paid later, as far as that limit leaves room.
With U what has come up in all and C what the limits allow in all, each from the beginning, P = C + min(0, U - C, what
U - C was at the end of each window or period before): room that was not used is gone, and what was cut is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

ZERO = Fraction(0)


@dataclass(frozen=True)
class Look:
    """An evaluation: what the window has come to so far, before limits, and the part's target in the window.

    `goes_on`: its fiscal year may still bring a look that nobody knows yet.
    """

    window: int
    period: int
    year: int
    pay: Fraction
    target: Fraction | None = None
    goes_on: bool = False


@dataclass(frozen=True)
class Ceiling:
    """The most (or the least) that a part pays per window, period or year; a share of its target where `percent`."""

    per: str
    is_most: bool
    amount: Fraction
    percent: bool = False
    carried: bool = False


@dataclass(frozen=True)
class Cut:
    """A limit that changed what is paid: to what, and what is still to come from it (where it is carried)."""

    kind: str
    per: str
    limit: Fraction
    pay: Fraction
    later: Fraction | None = None


@dataclass
class Left:
    """What is left of a look: what its window pays so far, and which limits made it so."""

    pay: Fraction
    cuts: list[Cut] = field(default_factory=list)


def limited(looks: Sequence[Look], ceilings: Sequence[Ceiling]) -> list[Left]:
    """What each look's window pays so far, within the limits."""
    left = [Left(look.pay) for look in looks]
    for per, step in (("window", _windows), ("period", _periods), ("year", _years)):
        for ceiling in sorted((one for one in ceilings if one.per == per), key=lambda one: one.is_most):
            step(looks, left, ceiling)
    return left


def _amount(ceiling: Ceiling, target: Fraction | None) -> Fraction:
    return ceiling.amount * (target or 0) if ceiling.percent else ceiling.amount


def _within(pay: Fraction, ceiling: Ceiling, limit: Fraction) -> Fraction:
    return min(pay, limit) if ceiling.is_most else max(pay, limit)


def _say(left: Left, ceiling: Ceiling, limit: Fraction, pay: Fraction, later: Fraction | None = None) -> None:
    if pay != left.pay or later:
        left.cuts.append(Cut("at_most" if ceiling.is_most else "at_least", ceiling.per, limit, pay, later))
    left.pay = pay


def _windows(looks: Sequence[Look], left: Sequence[Left], ceiling: Ceiling) -> None:
    """The limit of each window; carried from one window to the next."""
    carry = _Carry()
    for place, (look, one) in enumerate(zip(looks, left, strict=True)):
        limit = _amount(ceiling, look.target)
        if ceiling.carried:
            pay, later = carry.paid(one.pay, limit)
            if place + 1 == len(looks) or looks[place + 1].window != look.window:
                carry.close(one.pay, limit)
            _say(one, ceiling, limit, pay, later)
        else:
            _say(one, ceiling, limit, _within(one.pay, ceiling, limit))


def _periods(looks: Sequence[Look], left: Sequence[Left], ceiling: Ceiling) -> None:
    """The limit of each plan period: of what a window has come to since its look before."""
    carry = _Carry()
    before = paid = ZERO
    for place, (look, one) in enumerate(zip(looks, left, strict=True)):
        if place == 0 or looks[place - 1].window != look.window:
            before = paid = ZERO
        more, limit, later = one.pay - before, _amount(ceiling, look.target), None
        before = one.pay
        if ceiling.carried:
            pay, later = carry.paid(more, limit)
            carry.close(more, limit)
        else:
            pay = _within(more, ceiling, limit)
        paid += pay
        _say(one, ceiling, limit, paid, later)


def _years(looks: Sequence[Look], left: Sequence[Left], ceiling: Ceiling) -> None:
    """The limit of each fiscal year: of all that the part has come to in it so far."""
    pays = [one.pay for one in left]
    taken: dict[int, Fraction] = {}  # by year: what it has come to before limits
    given: dict[int, Fraction] = {}  # and within them
    targets: dict[int, dict[int, Fraction]] = {}
    for place, (look, one) in enumerate(zip(looks, left, strict=True)):
        first = place == 0 or looks[place - 1].window != look.window
        taken[look.year] = taken.get(look.year, ZERO) + pays[place] - (ZERO if first else pays[place - 1])
        targets.setdefault(look.year, {})[look.window] = look.target or ZERO
        limit = _amount(ceiling, sum(targets[look.year].values(), ZERO))
        is_last = not look.goes_on and (place + 1 == len(looks) or looks[place + 1].year != look.year)
        within = _within(taken[look.year], ceiling, limit) if ceiling.is_most or is_last else taken[look.year]
        more, given[look.year] = within - given.get(look.year, ZERO), within
        _say(one, ceiling, limit, (ZERO if first else left[place - 1].pay) + more)


@dataclass
class _Carry:
    """What has come up and what was allowed, from the beginning up to the last that is closed."""

    came: Fraction = ZERO
    allowed: Fraction = ZERO
    least: Fraction = ZERO
    paid_before: Fraction = ZERO

    def paid(self, more: Fraction, limit: Fraction) -> tuple[Fraction, Fraction]:
        """What is paid of the open window or period, and what is still to come."""
        room = self.came + more - self.allowed - limit
        paid = self.allowed + limit + min(self.least, room)
        return paid - self.paid_before, self.came + more - paid

    def close(self, more: Fraction, limit: Fraction) -> None:
        """The open window or period is over."""
        paid, _ = self.paid(more, limit)
        self.paid_before += paid
        self.came, self.allowed = self.came + more, self.allowed + limit
        self.least = min(self.least, self.came - self.allowed)
