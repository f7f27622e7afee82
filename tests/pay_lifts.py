"""A half year under a plan that lifts each period's pay in every way, for tests of the money between parts and payout."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from pay_company import Company, plan

BEFORE = plan("it: {measure: order_amount, pays: {rate: 40%}}", plan="before", period="month", applies_to="{role: nobody}",
              effective="{from: 2025-01-01, to: 2026-01-01}", guarantee="{amount: 250}")  # fmt: skip
LIFTING = plan(
    """
sold:
  measure: signed_annual_value
  over: year to date
  pays: {rate: 10%}
  takes_back: {when: customer left, share: {60 days: 100%, later: 0%}}
paid: {measure: signed_annual_value, over: each, pays: {rate: 5%}, holds: {until: paid}}
dated: {measure: order_amount, over: each, pays: {rate: 1%}, holds: {until: 2026-03-03}}
plain: {measure: order_amount, pays: {rate: 33.3%}}
""",
    period="month", target_pay="700.07", acceptance="required", ramp="{guarantee: {1 month: 50%, 2 months: 25.5%, later: 0%}}",
    draw="{amount: 450.45, for: 4 periods, recovers: {from: period 2, share: 66.6%, at_most: 50% of each payout}}",
    transition="{not_below: before, for: 3 months}", on_leaving="{holds: lost, advances: earned}",
)  # fmt: skip
IN_THE_SHADOW = plan("it: {measure: order_amount, pays: {rate: 20%}}", plan="next", period="month", shadow="true",
                     draw="{amount: 50%}")  # fmt: skip


def lifted_company() -> Company:
    """One who stays, one who leaves in May, and one who has not accepted the plan."""
    small = Company(today=date(2026, 7, 31), closes="month")
    for person, left_on in (("x:1", None), ("x:2", date(2026, 5, 12)), ("x:3", None)):
        small.add("people", person_id=person, left_on=left_on)
        small.add("positions", person_id=person, from_on=date(2026, 1, 7), role="seller")
        for month in range(1, 7):
            amount = round(Decimal(977 * month * (7 if month % 3 else -1)) / 7, 2)
            small.fact(amount, date(2026, month, 9), measure="order_amount", owner_id=person)
        for month in (1, 2, 4):
            name = f"{person}c{month}"
            small.fact(1000 * month + 33, date(2026, month, 11), owner_id=person, contract_id=name, customer_id=name)
            small.add("contracts", contract_id=name, customer_id=name, starts_on=date(2026, month, 11),
                      ended_on=date(2026, 5, 20) if month == 4 else None, known_at=datetime(2026, 1, 1))  # fmt: skip
            small.add("invoices", invoice_id=name, customer_id=name, contract_id=name, issued_on=date(2026, month, 11),
                      paid_on=date(2026, 2 * month, 13) if month < 4 else None, amount=Decimal(9))  # fmt: skip
    return small.accept("x:1", "p", "2026-01-01", date(2026, 1, 7)).accept("x:2", "p", "2026-01-01", date(2026, 1, 20))
