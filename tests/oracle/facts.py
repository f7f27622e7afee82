"""Which facts follow from the rows of the record? One rule for each amount measure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from .days import ONE, local_day

Row = dict[str, Any]
Rows = dict[str, list[Row]]


@dataclass(frozen=True)
class Fact:
    """One thing that happened, of an amount. `signed_on`: when its contract was signed, where a deal says so."""

    measure: str
    fact_id: str
    customer_id: str
    contract_id: str
    deal_id: str
    owner_id: str
    on_day: date
    amount: Fraction
    currency: str


@dataclass(frozen=True)
class Record:
    """The rows as they are known on a day, in a company with its currency and time zone."""

    rows: Rows
    today: date
    currency: str = "EUR"
    zone: str = "UTC"
    year_starts: int = 1

    @cached_property
    def facts(self) -> list[Fact]:
        """Every fact up to the record's day."""
        return facts(self)

    def all(self, table: str) -> list[Row]:
        """The rows of a table."""
        return self.rows.get(table, [])

    def one(self, table: str, key: str, value: Any) -> Row:
        """The row with this key, or nothing."""
        return next((row for row in self.all(table) if value is not None and row.get(key) == value), {})


def rate_on(record: Record, currency: str, day: date) -> Fraction | None:
    """What one unit was worth in the company's currency: the last rate on or before the day."""
    if currency == record.currency:
        return Fraction(1)
    known = [row for row in record.all("exchange_rates")
             if row["currency"] == currency and row["on"] <= day and row["rate"] > 0]  # fmt: skip
    return Fraction(max(known, key=lambda row: row["on"])["rate"]) if known else None


def facts(record: Record) -> list[Fact]:
    """Every fact up to the record's day."""
    found = [
        *_deals(record),
        *_orders(record),
        *_terms(record),
        *_renewals(record),
        *_saves(record),
        *_invoices(record),
    ]
    return [fact for fact in found if fact.on_day <= record.today]


def _fact(record: Record, measure: str, row: Row, fact_id: str, on_day: date, amount: Decimal, **more: Any) -> Fact:
    texts = {name: more.get(name) or "" for name in ("customer_id", "contract_id", "deal_id", "owner_id")}
    currency = more.get("currency", row.get("currency")) or record.currency
    return Fact(measure, fact_id, on_day=on_day, amount=Fraction(amount), currency=currency, **texts)


def first_contract(record: Record, deal_id: str) -> Row:
    """The contract that a deal made: its first."""
    made = [row for row in record.all("contracts") if row.get("deal_id") == deal_id]
    return min(made, key=lambda row: (row["starts_on"], row["contract_id"]), default={})


def _deals(record: Record) -> Iterator[Fact]:
    for deal in record.all("deals"):
        if deal["outcome"] != "won" or deal.get("closed_on") is None:
            continue
        contract = first_contract(record, deal["deal_id"])
        about = {"customer_id": deal.get("customer_id"), "contract_id": contract.get("contract_id"),
                 "deal_id": deal["deal_id"], "owner_id": deal.get("owner_id")}  # fmt: skip
        value, currency = deal.get("annual_value"), deal.get("currency")
        if value is None:
            value, currency = contract.get("annual_value"), contract.get("currency")
        if (deal.get("kind") or "new") in ("new", "expansion") and value is not None:
            yield _fact(record, "signed_annual_value", deal, deal["deal_id"], deal["closed_on"], value,
                        **about, currency=currency)  # fmt: skip
        if deal.get("amount") is not None:
            yield _fact(record, "signed_amount", deal, deal["deal_id"], deal["closed_on"], deal["amount"], **about)


def _orders(record: Record) -> Iterator[Fact]:
    for order in record.all("orders"):
        if order.get("amount") is not None:
            yield _fact(record, "order_amount", order, order["order_id"], local_day(order["ordered_at"], record.zone),
                        order["amount"], customer_id=order.get("customer_id"), owner_id=order.get("person_id"))  # fmt: skip


def _of_contract(record: Record, contract: Row) -> Row:
    deal = record.one("deals", "deal_id", contract.get("deal_id"))
    return {"customer_id": contract["customer_id"], "contract_id": contract["contract_id"],
            "deal_id": contract.get("deal_id"), "owner_id": deal.get("owner_id")}  # fmt: skip


def _terms(record: Record) -> Iterator[Fact]:
    for contract in record.all("contracts"):
        over = contract.get("ends_on") is not None and contract["ends_on"] <= record.today
        if over and contract.get("annual_value") is not None:
            yield _fact(record, "annual_value_due", contract, contract["contract_id"], contract["ends_on"] - ONE,
                        contract["annual_value"], **_of_contract(record, contract))  # fmt: skip


def _began(contract: Row) -> bool:
    return contract.get("ended_on") is None or contract["starts_on"] < contract["ended_on"]


def _renewals(record: Record) -> Iterator[Fact]:
    for contract in record.all("contracts"):
        old = record.one("contracts", "contract_id", contract.get("renews_id"))
        # the term's last day must have passed before it is known to be renewed
        over = old.get("ends_on") is not None and old["ends_on"] <= record.today
        if over and contract.get("annual_value") is not None and _began(contract):
            yield _fact(record, "renewed_annual_value", contract, contract["contract_id"], old["ends_on"] - ONE,
                        contract["annual_value"], **_of_contract(record, contract))  # fmt: skip


def rescues(record: Record, contract: Row, within: int) -> list[tuple[Any, str, date, str]]:
    """Rescues logged in time after a notice: moment, id, day, by whom."""
    notice = contract.get("notice_on")
    found = []
    for touch in record.all("touches"):
        if notice is None or touch["kind"] != "save_attempt" or touch.get("customer_id") != contract["customer_id"]:
            continue
        on_day = local_day(touch["at"], record.zone)
        if notice <= on_day <= notice + timedelta(days=within) and on_day <= record.today:
            found.append((touch["at"], touch["touch_id"], on_day, touch.get("person_id") or ""))
    return sorted(found)


def _saves(record: Record, within: int = 14, still_after: int = 90) -> Iterator[Fact]:
    """The measure `saved`, by the company's own waiting times."""
    for contract in record.all("contracts"):
        tried = rescues(record, contract, within)
        renewal = record.one("contracts", "renews_id", contract["contract_id"])
        if not tried:
            continue
        over = contract.get("ends_on") is not None and contract["ends_on"] <= record.today
        if renewal and over and _began(renewal):
            kept, on_day = renewal, contract["ends_on"] - ONE
        elif contract.get("ends_on") is None:
            kept, on_day = contract, contract["notice_on"]
        else:
            continue
        ended = kept.get("ended_on")
        stays = ended is None or (ended - contract["notice_on"]).days > still_after
        if stays and kept.get("annual_value") is not None:
            about = _of_contract(record, kept) | {"owner_id": tried[0][3]}
            yield _fact(record, "saved", kept, kept["contract_id"], on_day, kept["annual_value"], **about)


def _invoices(record: Record) -> Iterator[Fact]:
    for invoice in record.all("invoices"):
        if invoice.get("amount") is None:
            continue
        contract = record.one("contracts", "contract_id", invoice.get("contract_id"))
        order = record.one("orders", "order_id", invoice.get("order_id"))
        deal = record.one("deals", "deal_id", contract.get("deal_id"))
        about = {
            "customer_id": invoice.get("customer_id") or contract.get("customer_id") or order.get("customer_id"),
            "contract_id": invoice.get("contract_id"), "deal_id": contract.get("deal_id"),
            "owner_id": order.get("person_id") or deal.get("owner_id"),
        }  # fmt: skip
        for measure, on_day in (("invoiced_amount", invoice["issued_on"]), ("paid_amount", invoice.get("paid_on"))):
            if on_day is not None:
                yield _fact(record, measure, invoice, invoice["invoice_id"], on_day, invoice["amount"], **about)
