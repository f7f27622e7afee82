"""What is known of a customer before a month that may tell whether they leave in it, and how is it said in words?

Two kinds. What lasts: how the first 90 days went, promises, how the deal was made, who looks after them. It weighs on
every month to come. Signs: what was seen of late. They tell of the next three months and are then forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from keepwell.measure.columns import Coded
from keepwell.value.fit import Ints, Reals

Kind = Literal["lasts", "sign"]
Columns = Mapping[str, Ints]
# what customers are one of several of: each of them a covariate
GROUPS = ("segment", "industry", "region")


@dataclass(frozen=True)
class Covariate:
    """A number known before the month, made from the columns of `risk_cells` or `risk_looks`.

    `usual`: the value against which its effect is told. `told_by`: the columns that its words need; none: it stands for
    what the company cannot change, and is told to nobody as a driver. `told_from`: how far from usual it is worth telling.
    """

    name: str
    kind: Kind
    of: Callable[[Columns], Reals]
    told_by: tuple[str, ...] = ()
    says: Callable[..., str] | None = None
    usual: float = 0.0
    told_from: float = 0.0


def _column(name: str) -> Callable[[Columns], Reals]:
    return lambda columns: columns[name].astype(np.float64)


def _fall(columns: Columns) -> Reals:
    """By how much use fell, a fifth or more being one.

    A tenth lies within the usual ups and downs, of which the cube makes little; and it differs enough from none for the
    others to be told by, where everybody left whose use fell by more.
    """
    return np.asarray((np.minimum(columns["use_fell"], 2) / 2.0) ** 3)


def _is(name: str, value: int) -> Callable[[Columns], Reals]:
    return lambda columns: (columns[name] == value).astype(np.float64)


def _many(count: int, one: str, more: str) -> str:
    return one if count == 1 else more.format(count)


def _late(days: int, live: int) -> str:
    return f"went live {days} days late" if live else f"{days} days past the day planned for going live, and not live"


def _answered(words: str) -> Callable[[int], str]:
    return lambda months: f"{words} {_many(months, 'a month', '{} months')} ago" if months else f"{words} this month"


COVARIATES: tuple[Covariate, ...] = (
    Covariate("weeks late going live", "lasts", _column("weeks_late"), ("days_late", "is_live"), _late),
    Covariate("no first value", "lasts", _column("no_value"), ("no_value",), lambda _: "no first value after 90 days"),
    Covariate("early promises broken", "lasts", _column("broken_early"), ("broken_early",),
              lambda n: _many(n, "a promise of the first 90 days not kept in time",
                              "{} promises of the first 90 days not kept in time")),
    Covariate("later promises broken", "lasts", _column("broken_later"), ("broken_later",),
              lambda n: _many(n, "a later promise not kept in time", "{} later promises not kept in time")),
    Covariate("promises kept", "lasts", _column("kept"), ("kept",),
              lambda n: _many(n, "a promise kept so far", "{} promises kept so far") if n else "no promise kept so far",
              1.0),
    Covariate("early severe tickets", "lasts", _column("severe_early"), ("severe_early",),
              lambda n: _many(n, "a severe ticket in the first 90 days", "{} severe tickets in the first 90 days")),
    Covariate("signed in a rush", "lasts", _column("rushed"), ("rushed",),
              lambda _: "signed in the last days of a quarter"),
    Covariate("nobody named", "lasts", _column("unowned"), ("unowned",), lambda _: "nobody is named for them"),
    Covariate("came before tickets were recorded", "lasts", _column("unseen")),
    Covariate("use fell", "sign", _fall, ("use_fell",),
              lambda n: f"use fell by {10 * n}% in the last month", told_from=0.5),
    Covariate("severe tickets lately", "sign", _column("severe_lately"), ("severe_lately",),
              lambda n: _many(n, "a severe ticket in the last three months", "{} severe tickets in the last three months")),
    Covariate("tickets unsolved", "sign", _column("unsolved"), ("unsolved",),
              lambda n: "a ticket unsolved" if n == 1 else f"{n} tickets unsolved" if n < 3 else "3 or more tickets unsolved"),
    Covariate("discontented of late", "sign", _is("answer", 1), ("answer_months",),
              _answered("a discontented answer")),
    Covariate("discontented before", "sign", _is("answer", 2), ("answer_months",), _answered("a discontented answer")),
    Covariate("contented", "sign", _is("answer", 4), ("answer_months",), _answered("a contented answer")),
    Covariate("silent for a year", "sign", _is("answer", 0), ("answer",), lambda _: "no answer for a year"),
)  # fmt: skip
BY_NAME = {covariate.name: covariate for covariate in COVARIATES}


def matrix(names: tuple[str, ...], columns: Columns, groups: Mapping[str, Coded], rows: int) -> Reals:
    """The covariates of these names, rows × names."""
    made = [BY_NAME[name].of(columns) if name in BY_NAME else _is_one_of(name, groups) for name in names]
    return np.column_stack(made) if made else np.zeros((rows, 0))


def _is_one_of(name: str, groups: Mapping[str, Coded]) -> Reals:
    """1 for who is of `segment small`, 0 for others."""
    group, value = name.split(" ", 1)
    coded = groups[group]
    code = coded.names.index(value) if value in coded.names else -1
    return np.asarray(coded.codes == code, dtype=np.float64)
