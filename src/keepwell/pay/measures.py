"""Which measures can a plan pay on, and how may each be used?

Amounts are sums of facts, credited to people. Scores have sampling error: pay uses their credible value. Ratios of
amounts (nrr, grr) are counted exactly and never made credible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from keepwell.measure.catalogue import CATALOGUE

Kind = Literal["amount", "score", "ratio", "blend"]
BLEND = "blend"  # several attainments, averaged


@dataclass(frozen=True)
class Payable:
    """How a measure may be used in a plan. `is_share`: its value is a share, so that percent keys fit it."""

    kind: Kind
    is_share: bool = False


AMOUNTS = ("signed_annual_value", "signed_amount", "order_amount", "annual_value_due", "renewed_annual_value", "saved",
           "invoiced_amount", "paid_amount")  # fmt: skip

IN_BOOKS = frozenset({"annual_value_due", "renewed_annual_value", "saved", "invoiced_amount", "paid_amount"})
"""What comes from customers who are there already: a plan may count it for who holds the customer."""

PAYABLE: Mapping[str, Payable] = (
    {name: Payable("amount") for name in AMOUNTS}
    | {
        name: Payable("score" if measure.credible else "ratio", is_share=measure.unit == "share")
        for name, measure in CATALOGUE.items()
    }
    | {BLEND: Payable("blend", is_share=True)}
)
