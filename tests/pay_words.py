"""A plan that says the words which make more of a part's pay than its shape, and a company paid by it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pay_company import Company, plan

SALE = "measure: signed_annual_value, against: quota, pays: {curve: {0%: 0%, 100%: 100%, 200%: 300%}}"
CSAT = "measure: csat, of: own"
WORDY = plan(
    f"""
holds: {{weight: 10%, {SALE}, only_if: {{{CSAT}, at_least: 70%}}}}
fails: {{weight: 10%, {SALE}, only_if: {{{CSAT}, more_than: 80%, otherwise: 50%}}}}
unknown: {{weight: 10%, {SALE}, only_if: {{measure: nps, at_least: 40}}}}
unknown_fails: {{weight: 10%, {SALE}, only_if: {{measure: nps, at_least: 40, unknown: fails}}}}
too_few: {{weight: 10%, {SALE}, only_if: {{{CSAT}, answers: 41, at_least: 99%, unknown: fails, otherwise: 25%}}}}
both: {{weight: 10%, {SALE}, only_if: [{{{CSAT}, at_most: 80%}}, {{measure: order_amount, at_least: 1000}}]}}
times: {{weight: 10%, {SALE}, times: {{{CSAT}, curve: {{60%: 80%, 90%: 120%}}}}}}
twice: {{weight: 10%, {SALE}, times: [{{{CSAT}, curve: {{60%: 80%, 90%: 120%}}}},
  {{measure: order_amount, curve: {{0: 50%, 1000: 100%}}}}], at_most: 70}}
own: {{weight: 10%, {SALE}, only_if: {{measure: signed_annual_value, against: quota, at_least: 100%}}}}
rest: {{weight: 10%, {SALE}}}
each: {{measure: order_amount, over: each, pays: {{rate: 10%}}, times: {{{CSAT}, curve: {{60%: 80%, 90%: 120%}}}},
  at_most: {{fact: 40, period: 70, year: 100}}}}
""",
    target_pay=1000,
)


def wordy_company() -> Company:
    """120% of quota, which pays 140% of the target; 80% are satisfied; orders of 900, and two of 500 in the next quarter."""
    small = Company(
        today=date(2026, 6, 30), given=[{"person_id": "x:1", "measure": "csat", "n": 40, "value": Decimal("0.8")}]
    )
    small.person().quota(1000, to_on=date(2026, 4, 1)).fact(1200)
    for place, (amount, day) in enumerate([(300, 2), (300, 3), (300, 4), (500, 100), (500, 101)]):
        small.fact(amount, date.fromordinal(date(2026, 1, 1).toordinal() + day), f"x:order {place}", "order_amount")
    return small
