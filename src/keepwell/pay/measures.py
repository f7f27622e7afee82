"""Which measures can a plan pay on, and how may each be used?

Amounts are sums of facts, credited to people. Scores have sampling error: pay uses their credible value. Ratios of
amounts (nrr, grr) are counted exactly and never made credible; neither are scored goals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from keepwell.measure.catalogue import CATALOGUE

Kind = Literal["amount", "score", "ratio", "blend", "goals"]
BLEND = "blend"  # several attainments, averaged


@dataclass(frozen=True)
class Payable:
    """How a measure may be used in a plan. `is_share`: its value is a share, so that percent keys fit it."""

    kind: Kind
    is_share: bool = False


AMOUNTS = ("signed_annual_value", "signed_amount", "order_amount", "annual_value_due", "renewed_annual_value", "saved",
           "invoiced_amount", "paid_amount")  # fmt: skip

FROM_ANSWERS = frozenset({"nps", "nps_bounds", "csat", "ces", "choose_again"})
BATCH = 5
"""Where each case is what one customer said: fewer than `BATCH` of them would tell it."""

IN_BOOKS = frozenset({"annual_value_due", "renewed_annual_value", "saved", "invoiced_amount", "paid_amount"})
"""What comes from customers who are there already: a plan may count it for who holds the customer."""

PAYABLE: Mapping[str, Payable] = (
    {name: Payable("amount") for name in AMOUNTS}
    | {
        name: Payable("score" if measure.credible else "ratio", is_share=measure.unit == "share")
        for name, measure in CATALOGUE.items()
    }
    | {BLEND: Payable("blend", is_share=True), "objectives": Payable("goals", is_share=True)}
)


def unit_of(measure: str) -> str:
    """In what is a measure counted: share, points, …? Amounts, and lists of them, in money.

    >>> unit_of("nps"), unit_of("objectives"), unit_of("order_amount")
    ('points', 'share', 'money')
    """
    if measure in CATALOGUE:
        return CATALOGUE[measure].unit
    return "share" if measure in PAYABLE and PAYABLE[measure].is_share else "money"
