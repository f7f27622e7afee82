"""What is each person's part, where departments come first and people within them after?

The Owen value is the Shapley value over departments, and within each department over its people: a person's part does
not grow because the department sent five. It adds up, equals have the same, who brings nothing has nothing.

Source: G. Owen (1977), Values of games with a priori unions, in Henn & Moeschlin, Mathematical Economics and Game Theory.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np

from keepwell.core.errors import UsageError
from keepwell.core.money import CENT, share_out
from keepwell.credit.shapley import shapley_dense
from keepwell.measure.columns import Reals

NOBODY = "nobody"


def owen(worth: Callable[[frozenset[str]], float], departments: Mapping[str, Collection[str]]) -> dict[str, float]:
    """What is each person's part of the worth of all, given the worth of any group of people?

    `departments` are disjoint groups of people. In two steps: what each part of a department is worth is its Shapley value
    among the other departments, whole; a person's is the Shapley value of that. Asks for the worth of 2ᵐ⁻¹ · 2ᵇ groups for
    a department of b people among m. Raises `UsageError` (`owen-overlap`, `coalition-too-many`).

    >>> departments = {"Sales": ["A", "B"], "Support": ["C"]}
    >>> owen(lambda people: 90.0 if len(people) == 3 else 0.0, departments)
    {'A': 22.5, 'B': 22.5, 'C': 45.0}
    """
    groups = [sorted(set(people)) for _, people in sorted(departments.items()) if people]
    everybody = [person for group in groups for person in group]
    if len(everybody) != len(set(everybody)):
        twice = sorted({person for person in everybody if everybody.count(person) > 1})
        raise UsageError("owen-overlap", f"{', '.join(twice)} stands in two departments", hint="one department each")
    found: dict[str, float] = {}
    for number, group in enumerate(groups):
        inside = np.array([_worth_among(worth, groups, number, part) for part in _parts(group)])
        found |= dict(zip(group, shapley_dense(inside).tolist(), strict=True))
    return found


def owen_shares(
    amount: Decimal, departments: Mapping[str, Collection[str]], to: Decimal = CENT
) -> dict[tuple[str, str], Decimal]:
    """Who is credited with how much of an amount that needed everybody behind it? By (department, person), to the cent.

    The Owen value in closed form: equal parts to departments (in the order given), within each equal parts to its distinct
    people (in the order of ids), both cut so that they add up. A loss is the departments' alone, `person` is '' then:
    nobody has negative credit. Where nobody was behind it, all of it is `nobody`'s, a row of its own. Raises `UsageError`
    (`owen-amount`) for an amount that is no whole number of `to`, since parts of it would not add up.

    >>> parts = owen_shares(Decimal("700.00"), {"Sales": "ABC", "Install": "D", "Support": "EF"})
    >>> [str(part) for part in parts.values()]
    ['77.78', '77.78', '77.78', '233.33', '116.67', '116.66']
    """
    if not Decimal(amount).is_finite() or Fraction(amount) % Fraction(to):
        raise UsageError("owen-amount", f"an amount is shared in whole steps of {to}; found {amount}",
                         hint="round_money(amount) of keepwell.core.money rounds it once")  # fmt: skip
    there = {name: sorted(set(people)) for name, people in departments.items() if people}
    if not there:
        return {(NOBODY, ""): amount}
    wholes = share_out(amount, [Decimal(1)] * len(there), to)
    if amount < 0:
        return {(name, ""): whole for name, whole in zip(there, wholes, strict=True)}
    parts = {
        name: share_out(whole, [Decimal(1)] * len(there[name]), to) for name, whole in zip(there, wholes, strict=True)
    }
    return {(name, person): part for name in there for person, part in zip(there[name], parts[name], strict=True)}


def _parts(group: list[str]) -> list[frozenset[str]]:
    """All parts of a group, in the order of their masks."""
    parts: list[frozenset[str]] = [frozenset()]
    for person in group:
        parts += [part | {person} for part in parts]
    return parts


def _worth_among(
    worth: Callable[[frozenset[str]], float], groups: list[list[str]], number: int, part: frozenset[str]
) -> float:
    """What this part of a department is worth among the others: its Shapley value, with itself in the department's place."""
    members = [part if place == number else frozenset(group) for place, group in enumerate(groups)]
    values: Reals = np.array([worth(frozenset().union(*some)) for some in _unions(members)])
    return float(shapley_dense(values)[number])


def _unions(members: list[frozenset[str]]) -> list[list[frozenset[str]]]:
    found: list[list[frozenset[str]]] = [[]]
    for member in members:
        found += [[*some, member] for some in found]
    return found
