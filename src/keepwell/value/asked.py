"""Are a discount, a margin, a horizon, a time such as can be meant? What is not is refused in words, and never becomes a NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

from keepwell.core.errors import UsageError
from keepwell.value.fit import Reals

PAID = ("at month end", "as they come")


def yearly_discount(said: Any, per: str = "year") -> float:
    """A discount as a share per year (or term), 0..1. Raises `UsageError` (`value-discount`)."""
    discount = _number(said)
    if not 0 <= discount <= 1:
        raise UsageError("value-discount", f"the discount is a share per {per} from 0 to 1, such as 0.1; found {said}",
                         hint=_in_hundredths(discount))  # fmt: skip
    return discount


def margins(said: Any, rows: int) -> Reals:
    """A margin as a share of an amount, at most 1, for all or for each row. Raises `UsageError` (`value-margin`)."""
    margin = _numbers(said)
    if not (np.isfinite(margin).all() and (margin <= 1).all()):
        raise UsageError("value-margin", f"the margin is what is kept of an amount, a share of at most 1, such as 0.7; found {said}",
                         hint=_in_hundredths(float(margin.max(initial=0.0))))  # fmt: skip
    return _for_each(margin, rows, "value-margin", "the margin is one share")


def mean_amounts(said: Any, rows: int) -> Reals:
    """Mean amounts of a purchase, one for all or one for each row, 0 or more. Raises `UsageError` (`value-spend`)."""
    amounts = _numbers(said) if said is not None else np.array(np.nan)
    if not (np.isfinite(amounts).all() and (amounts >= 0).all()):
        found = "nothing" if said is None else said
        raise UsageError("value-spend", f"what customers spend is a fitted GammaGamma, or a mean amount; found {found}")
    return _for_each(amounts, rows, "value-spend", "mean amounts are one")


def whole_months(said: Any) -> int:
    """So many months, one or more. Raises `UsageError` (`value-months`)."""
    months = _number(said)
    if not (months >= 1 and months == np.floor(months) and np.isfinite(months)):
        raise UsageError("value-months", f"the horizon is one month or more, a whole number; found {said}")
    return int(months)


def comes_evenly(said: Any) -> bool:
    """Does each purchase count on its own day, rather than at its month's end? Raises `UsageError` (`value-paid`)."""
    if said not in PAID:
        raise UsageError("value-paid", f"purchases are paid {' or '.join(map(repr, PAID))}; found {said!r}")
    return bool(said == PAID[1])


def time_ahead(said: Any, unit: str) -> float:
    """A time to look ahead, from 0 on. Raises `UsageError` (`value-time`)."""
    time = _number(said)
    if not (time >= 0 and np.isfinite(time)):
        raise UsageError("value-time", f"the time to look ahead is a number of {unit}s from 0 on; found {said}")
    return time


def times_ahead(said: Any, unit: str, rows: int | None = None) -> Reals:
    """A time to look ahead or, of so many `rows`, one for each; without rows as many as are asked. Raises as `time_ahead`."""
    times = _numbers(said)
    if times.ndim > 1 or not (np.isfinite(times).all() and (times >= 0).all()):
        raise UsageError("value-time", f"the time to look ahead is a number of {unit}s from 0 on; found {said}")
    return times if rows is None else _for_each(times, rows, "value-time", "the time to look ahead is one")


def share_held(said: Any) -> float:
    """The share that an interval holds, between 0 and 1. Raises `UsageError` (`value-share`)."""
    share = _number(said)
    if not 0 < share < 1:
        raise UsageError("value-share", f"an interval holds a share between 0 and 1, such as 0.9; found {said}",
                         hint=_in_hundredths(share))  # fmt: skip
    return share


def positive_spread(said: Any) -> float:
    """A standard deviation as a share, 0 or more. Raises `UsageError` (`value-spend`)."""
    spread = _number(said)
    if not (spread >= 0 and np.isfinite(spread)):
        raise UsageError("value-spend", f"the spread of what is spent is a share of 0 or more; found {said}")
    return spread


def _number(said: Any) -> float:
    """The number; nan where it is none, or several."""
    found = _numbers(said)
    return float(found) if found.ndim == 0 else float("nan")


def _numbers(said: Any) -> Reals:
    try:
        return np.asarray(said, dtype=np.float64)
    except (TypeError, ValueError):
        return np.array(np.nan)


def _for_each(numbers: Reals, rows: int, code: str, what: str) -> Reals:
    if numbers.ndim and numbers.shape != (rows,):
        raise UsageError(
            code, f"{what}, or one for each of {rows} customers; found {'×'.join(map(str, numbers.shape))}"
        )
    return numbers


def _in_hundredths(found: float) -> str | None:
    """What was meant by 10 or 70, if they are percentages."""
    return f"{found:g}% is {found / 100:g}" if 1 < found <= 100 else None
