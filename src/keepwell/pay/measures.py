"""Which measures can a plan pay on, and how may each be used?

Amounts are sums of facts, credited to people. Scores have sampling error: pay uses their credible value. Ratios of
amounts (nrr, grr) are counted exactly and never made credible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["amount", "score", "ratio"]


@dataclass(frozen=True)
class Payable:
    """How a measure may be used in a plan. `is_share`: its value is a share, so that percent keys fit it."""

    kind: Kind
    is_share: bool = False


_AMOUNTS = ("signed_annual_value", "signed_amount", "order_amount", "annual_value_due", "renewed_annual_value", "saved",
            "invoiced_amount", "paid_amount")  # fmt: skip
_SHARES = ("csat", "ces", "choose_again", "response_rate", "first_90_days", "promises_kept", "first_contact_resolution",
           "reopen_rate", "service_level_met", "logo_retention", "repeat_rate", "referral_rate", "collaboration",
           "lasting_satisfaction", "adoption", "self_service")  # fmt: skip
_SCORES = ("nps", "time_to_value", "time_to_reply", "time_to_solve", "handoffs", "ping_pong")

PAYABLE: Mapping[str, Payable] = {
    **{name: Payable("amount") for name in _AMOUNTS},
    **{name: Payable("score", is_share=True) for name in _SHARES},
    **{name: Payable("score") for name in _SCORES},
    "grr": Payable("ratio", is_share=True),
    "nrr": Payable("ratio", is_share=True),
}
