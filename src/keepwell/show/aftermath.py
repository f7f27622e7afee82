"""Which two sellers are alike in what they signed, and unlike in what became of their customers?

The rule, so that nobody can suspect a chosen example: among sellers with at least `FEWEST` customers whom they signed
at least `SETTLED` days ago, all pairs whose signed yearly values lie within `ALIKE` of each other are compared by the
share of those customers whose first 90 days went well (live, first value, promises kept, nothing severe unsolved); where
that is recorded of too few, by the share who are still customers. The pair that differs most, counted in standard
errors, is shown if its interval, widened for the number of pairs looked at, leaves out nought; otherwise it is said that
there is none.

It is an observation, not a proof: the two may have had different customers. Source of the interval: Newcombe (1998),
difference of two shares by the Wilson score method, at a level of 1 − .05 / pairs (Bonferroni).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from math import sqrt
from statistics import NormalDist

import pyarrow as pa

from keepwell.measure.intervals import Z95, newcombe_difference, wilson
from keepwell.show import format as written
from keepwell.show.ask import ask
from keepwell.show.readings import MeasureWords, Reading, measure_words, readings

FEWEST = 10
SETTLED = 90
ALIKE = 0.10
_FIRST_DAYS: dict[str, pa.DataType] = {"customer_id": pa.string(), "is_good": pa.bool_()}
_RATES: dict[str, pa.DataType] = {"currency": pa.string(), "on": pa.date32(), "rate": pa.float64()}
STAYED = MeasureWords("stayed", "Still customers", "How many of those they signed are still with us?", "share", "more")
WELL = MeasureWords(
    "well", "First 90 days went well", "Live, first value, promises kept, nothing severe left?", "share", "more"
)


@dataclass(frozen=True)
class Seller:
    """What a seller signed (yearly value, company's currency), with how many customers, and what became of those.

    `judged` are those whose first 90 days can be judged, `well` those of them for whom all went well.
    """

    person_id: str
    signed: float
    customers: int
    stayed: int
    judged: int = 0
    well: int = 0

    @property
    def signed_money(self) -> Decimal:
        """What they signed, to whole units."""
        return Decimal(round(self.signed))

    def counts(self, words: MeasureWords) -> tuple[int, int]:
        """Of how many customers is the outcome known, and for how many was it good? Good ones first."""
        return (self.well, self.judged) if words == WELL else (self.stayed, self.customers)

    def share(self, words: MeasureWords) -> float:
        """The share for whom the outcome was good."""
        good, known = self.counts(words)
        return good / known


@dataclass(frozen=True)
class Outcome:
    """One thing that became of the customers of the two, side by side."""

    words: MeasureWords
    first: Reading
    second: Reading


@dataclass(frozen=True)
class Aftermath:
    """The pair: of `first` more customers fared well. The difference in the first of the `outcomes` is a share; its

    interval is widened for all the pairs compared.
    """

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


@dataclass(frozen=True)
class Signed:
    """What the rule looks at. Amounts are converted by the rate of the day of signing to `currency`; a customer whose

    amount has no known rate is left out. `first_days` and `measures` may be missing.
    """

    deals: pa.Table
    contracts: pa.Table
    currency: str
    exchange_rates: pa.Table | None = None
    first_days: pa.Table | None = None
    measures: pa.Table | None = None


def find_aftermath(signed: Signed, on: date) -> Aftermath | NoPair:
    """The pair of sellers that the rule finds, or why it finds none."""
    sellers = sellers_of(signed, on)
    if len(sellers) < 2:
        return NoPair(f"Fewer than two sellers have {FEWEST} customers signed at least {SETTLED} days ago.")
    judged = [seller for seller in sellers if seller.judged >= FEWEST]
    words, compared = (WELL, judged) if len(judged) >= 2 else (STAYED, sellers)
    pairs = [_ordered(a, b, words) for a, b in combinations(compared, 2) if _alike(a, b)]
    if not pairs:
        return NoPair(f"No two of {len(compared)} sellers signed yearly values within {ALIKE:.0%} of each other.")
    first, second = max(pairs, key=lambda pair: (_apart(pair[0], pair[1], words), pair[0].person_id, pair[1].person_id))
    z = NormalDist().inv_cdf(1 - 0.025 / len(pairs))
    apart = newcombe_difference(*first.counts(words), *second.counts(words), z)
    low, high = float(apart.low), float(apart.high)
    if low <= 0:
        return NoPair(
            f"Of {len(pairs)} pairs of sellers alike in what they signed, none differs by more than chance would make "
            "the widest of so many pairs differ."
        )
    shown = (words, STAYED) if words == WELL else (STAYED,)
    outcomes = [Outcome(each, _reading(first, each), _reading(second, each)) for each in shown]
    outcomes[1:1] = _measured(signed.measures, first, second)
    return Aftermath(first, second, first.share(words) - second.share(words), low, high, len(pairs), tuple(outcomes))


def sellers_of(signed: Signed, on: date) -> list[Seller]:
    """Each seller with enough customers whose first deal they won long enough ago, and what became of those."""
    rows = ask(
        """
        WITH first_deals AS (
            SELECT customer_id, owner_id, closed_on, coalesce(nullif(currency, ''), $4) AS currency,
                   CAST(coalesce(annual_value, amount, 0) AS DOUBLE) AS annual_value
            FROM deals WHERE outcome = 'won' AND coalesce(kind, 'new') = 'new' AND owner_id <> '' AND customer_id <> ''
            QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY closed_on, deal_id) = 1
        ), rated AS (
            SELECT f.*, CASE WHEN f.currency = $4 THEN 1 ELSE CAST(e.rate AS DOUBLE) END AS rate
            FROM first_deals AS f
            LEFT JOIN exchange_rates AS e ON e.currency = f.currency AND e."on" <= f.closed_on
            QUALIFY row_number() OVER (PARTITION BY f.customer_id ORDER BY e."on" DESC NULLS LAST) = 1
        ), alive AS (
            SELECT customer_id, max(coalesce(ended_on, DATE '9999-12-31')) > $1 AS stayed
            FROM contracts WHERE starts_on <= $1 GROUP BY customer_id
        )
        SELECT owner_id AS person_id, sum(annual_value * rate) AS signed, count(*) AS customers,
               count(*) FILTER (stayed) AS stayed, count(is_good) AS judged, count(*) FILTER (is_good) AS well
        FROM rated JOIN alive USING (customer_id) LEFT JOIN first_days USING (customer_id)
        WHERE closed_on <= $1 - CAST($2 AS INTEGER) AND rate IS NOT NULL
        GROUP BY owner_id HAVING count(*) >= $3 AND sum(annual_value * rate) > 0 ORDER BY owner_id
        """,
        on, SETTLED, FEWEST, signed.currency, deals=signed.deals, contracts=signed.contracts,
        first_days=_or_empty(signed.first_days, _FIRST_DAYS),
        exchange_rates=_or_empty(signed.exchange_rates, _RATES),
    )  # fmt: skip
    return [Seller(**row) for row in rows]


def _or_empty(table: pa.Table | None, columns: dict[str, pa.DataType]) -> pa.Table:
    return pa.schema(columns).empty_table() if table is None else table


def caveat(found: Aftermath) -> str:
    """How sure is the difference, how was the pair found, and what does it not prove?"""
    gap, low, high = (written.plain(100 * end, 0) for end in (found.difference, found.low, found.high))
    what = found.outcomes[0].words.title
    return (
        f"{what}: {gap} points apart, between {low} and {high}. It is the widest gap of "
        f"{written.count(found.pairs, 'pair')} alike in sales within {ALIKE:.0%}, and its interval is widened for "
        "having looked at all of them. An observation, not a proof: the two may have had different customers."
    )


def _share(counts: tuple[int, int], z: float = Z95) -> tuple[float, float, float]:
    found = wilson(*counts, z)
    return float(found.value), float(found.low), float(found.high)


def _alike(a: Seller, b: Seller) -> bool:
    return abs(a.signed - b.signed) <= ALIKE * max(a.signed, b.signed)


def _ordered(a: Seller, b: Seller, words: MeasureWords) -> tuple[Seller, Seller]:
    return (a, b) if a.share(words) >= b.share(words) else (b, a)


def _apart(first: Seller, second: Seller, words: MeasureWords) -> float:
    (good, known), (other_good, other_known) = first.counts(words), second.counts(words)
    pooled = (good + other_good) / (known + other_known)
    error = sqrt(pooled * (1 - pooled) * (1 / known + 1 / other_known))
    return (good / known - other_good / other_known) / error if error else 0.0


def _reading(seller: Seller, words: MeasureWords) -> Reading:
    good, known = seller.counts(words)
    if not known:
        return Reading(words.name, "person", seller.person_id, "all", None, 0, hidden="not known")
    share, low, high = _share((good, known))
    return Reading(words.name, "person", seller.person_id, "all", share, known, low, high)


def _measured(measures: pa.Table | None, first: Seller, second: Seller) -> list[Outcome]:
    """Promises kept and NPS of the two, over all periods, where both have them."""
    found = []
    for name in ("promises_kept", "nps"):
        by_person = {} if measures is None else {r.unit: r for r in readings(measures, name, "person", "all")}
        one, other = by_person.get(first.person_id), by_person.get(second.person_id)
        if one and other and not (one.hidden and other.hidden):
            found.append(Outcome(measure_words(name), one, other))
    return found
