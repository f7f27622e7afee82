"""Which two sellers are alike in what they signed, and unlike in what became of their customers?

The rule, so that nobody can suspect a chosen example: among sellers with at least `FEWEST` customers whom they signed
at least `SETTLED` days ago, all pairs whose signed yearly values lie within `ALIKE` of each other are compared by the
share of those customers who are still customers. The pair that differs most, counted in standard errors, is shown if
its interval, widened for the number of pairs looked at, leaves out nought; otherwise it is said that there is none.

It is an observation, not a proof: the two may have had different customers. Source of the interval: Newcombe (1998),
difference of two shares by the Wilson score method, at a level of 1 − .05 / pairs (Bonferroni).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from math import sqrt

import pyarrow as pa
from scipy.stats import norm

from keepwell.show.ask import ask
from keepwell.show.readings import MeasureWords, Reading, measure_words, readings

FEWEST = 10
SETTLED = 90
ALIKE = 0.10
STAYED = MeasureWords("stayed", "Still customers", "How many of those they signed are still with us?", "share", "more")


@dataclass(frozen=True)
class Seller:
    """What a seller signed (yearly value, in the company's currency), with how many customers, of whom some stayed."""

    person_id: str
    signed: float
    customers: int
    stayed: int

    @property
    def share(self) -> float:
        """The share who stayed."""
        return self.stayed / self.customers

    @property
    def signed_money(self) -> Decimal:
        """What they signed, to whole units."""
        return Decimal(round(self.signed))


@dataclass(frozen=True)
class Outcome:
    """One thing that became of the customers of the two, side by side."""

    words: MeasureWords
    first: Reading
    second: Reading


@dataclass(frozen=True)
class Aftermath:
    """The pair: `first` kept more. The difference is in shares; its interval is widened for all the pairs compared."""

    first: Seller
    second: Seller
    difference: float
    low: float
    high: float
    pairs: int
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class NoPair:
    """Why no pair is shown."""

    says: str


def find_aftermath(deals: pa.Table, contracts: pa.Table, measures: pa.Table | None, on: date) -> Aftermath | NoPair:
    """The pair of sellers that the rule finds, or why it finds none."""
    sellers = sellers_of(deals, contracts, on)
    if len(sellers) < 2:
        return NoPair(f"Fewer than two sellers have {FEWEST} customers signed at least {SETTLED} days ago.")
    pairs = [
        _ordered(a, b)
        for a, b in combinations(sellers, 2)
        if abs(a.signed - b.signed) <= ALIKE * max(a.signed, b.signed)
    ]
    if not pairs:
        return NoPair(f"No two of {len(sellers)} sellers signed yearly values within {ALIKE:.0%} of each other.")
    first, second = max(pairs, key=lambda pair: (_apart(*pair), pair[0].person_id, pair[1].person_id))
    z = float(norm.ppf(1 - 0.025 / len(pairs)))
    low, high = difference(first.stayed, first.customers, second.stayed, second.customers, z)
    if low <= 0:
        return NoPair(
            f"Of {len(pairs)} pairs of sellers alike in what they signed, none differs by more than chance would make "
            "the widest of so many pairs differ."
        )
    outcomes = (Outcome(STAYED, _stayed(first), _stayed(second)), *_measured(measures, first, second))
    return Aftermath(first, second, first.share - second.share, low, high, len(pairs), outcomes)


def sellers_of(deals: pa.Table, contracts: pa.Table, on: date) -> list[Seller]:
    """Each seller with enough customers whose first deal they won long enough ago, and how many of those stayed."""
    rows = ask(
        """
        WITH first_deals AS (
            SELECT customer_id, owner_id, closed_on,
                   CAST(coalesce(annual_value, amount, 0) AS DOUBLE) AS annual_value
            FROM deals WHERE outcome = 'won' AND owner_id IS NOT NULL AND customer_id IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY closed_on, deal_id) = 1
        ), alive AS (
            SELECT customer_id, max(coalesce(ended_on, DATE '9999-12-31')) > $1 AS stayed
            FROM contracts WHERE starts_on <= $1 GROUP BY customer_id
        )
        SELECT owner_id AS person_id, sum(annual_value) AS signed, count(*) AS customers,
               count(*) FILTER (stayed) AS stayed
        FROM first_deals JOIN alive USING (customer_id)
        WHERE closed_on <= $1 - CAST($2 AS INTEGER)
        GROUP BY owner_id HAVING count(*) >= $3 AND sum(annual_value) > 0 ORDER BY owner_id
        """,
        on, SETTLED, FEWEST, deals=deals, contracts=contracts,
    )  # fmt: skip
    return [Seller(**row) for row in rows]


def wilson(successes: int, n: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """The Wilson score interval of a share.

    >>> [round(end, 4) for end in wilson(81, 263)]
    [0.2553, 0.3662]
    """
    share = successes / n
    middle = share + z * z / (2 * n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    return max((middle - half) / whole, 0.0), min((middle + half) / whole, 1.0)


def difference(a: int, n: int, b: int, m: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """The interval of the difference of two shares, a/n − b/m.

    >>> [round(end, 4) for end in difference(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    (low_a, high_a), (low_b, high_b) = wilson(a, n, z), wilson(b, m, z)
    share_a, share_b = a / n, b / m
    gap = share_a - share_b
    return (
        gap - sqrt((share_a - low_a) ** 2 + (high_b - share_b) ** 2),
        gap + sqrt((high_a - share_a) ** 2 + (share_b - low_b) ** 2),
    )


def _ordered(a: Seller, b: Seller) -> tuple[Seller, Seller]:
    return (a, b) if a.share >= b.share else (b, a)


def _apart(first: Seller, second: Seller) -> float:
    pooled = (first.stayed + second.stayed) / (first.customers + second.customers)
    error = sqrt(pooled * (1 - pooled) * (1 / first.customers + 1 / second.customers))
    return (first.share - second.share) / error if error else 0.0


def _stayed(seller: Seller) -> Reading:
    low, high = wilson(seller.stayed, seller.customers)
    return Reading("stayed", "person", seller.person_id, "all", seller.share, seller.customers, low, high)


def _measured(measures: pa.Table | None, first: Seller, second: Seller) -> list[Outcome]:
    """Promises kept and NPS of the two, over all periods, where both have them."""
    found = []
    for name in ("promises_kept", "nps"):
        by_person = {} if measures is None else {r.unit: r for r in readings(measures, name, "person", "all")}
        one, other = by_person.get(first.person_id), by_person.get(second.person_id)
        if one and other and not (one.hidden and other.hidden):
            found.append(Outcome(measure_words(name), one, other))
    return found
