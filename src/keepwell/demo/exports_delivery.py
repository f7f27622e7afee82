"""What do the onboarding tool, the product and the billing system export?

Onboarding writes European dates and Paris wall-clock times; the product Parquet; billing (Stripe) seconds since 1970
and minor units.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from keepwell.demo import delivering, promising, selling, staying, using
from keepwell.demo.columns import (
    Column,
    days,
    epochs,
    european_days,
    european_moments,
    flags,
    ids,
    midnight,
    numbers,
    words,
    write_csv,
)  # fmt: skip
from keepwell.demo.company import Company
from keepwell.demo.export_ids import (
    account_id,
    billing_customer_id,
    deal_id,
    invoice_id,
    subscription_id,
    worker_id,
)  # fmt: skip
from keepwell.demo.settings import NEVER, NOBODY, Ints, office_hour

ZONE = "Europe/Paris"


def write_onboarding(company: Company, folder: Path) -> dict[str, int]:
    """Write the onboarding tool's files; gives the rows of each."""
    return {
        "milestones.csv": write_csv(folder / "milestones.csv", _milestones(company)),
        "promises.csv": write_csv(folder / "promises.csv", _promises(company)),
    }


def write_usage(company: Company, folder: Path) -> dict[str, int]:
    """Write the product's use as Parquet, portion by portion; gives its rows."""
    folder.mkdir(parents=True, exist_ok=True)
    path, rows = folder / "usage.parquet", 0
    fields: list[tuple[str, Any]] = [("account_id", pa.string()), ("week_of", pa.date32()), ("feature", pa.string()),
                        ("active_users", pa.int64()), ("events", pa.int64()), ("seats", pa.int64())]  # fmt: skip
    schema = pa.schema(fields)
    with pq.ParquetWriter(path, schema) as writer:
        for part in using.draw_usage(company.settings, company.customers, company.lives, company.delivery.live):
            columns = [account_id(part.customer), days(part.day), words(using.FEATURES, part.feature),
                       numbers(part.active), numbers(part.events), numbers(part.seats)]  # fmt: skip
            table = pa.table(columns, schema=schema)
            writer.write_table(table)
            rows += table.num_rows
    return {path.name: rows}


def write_billing(company: Company, folder: Path) -> dict[str, int]:
    """Write the billing system's files; gives the rows of each."""
    return {
        "customers.csv": write_csv(folder / "customers.csv", _billing_customers(company)),
        "subscriptions.csv": write_csv(folder / "subscriptions.csv", _subscriptions(company)),
        "invoices.csv": write_csv(folder / "invoices.csv", invoice_columns(company)),
    }


def _milestones(company: Company) -> dict[str, Column]:
    """The way of each first purchase; expansions go live at once and are not tracked."""
    delivery, customers = company.delivery, company.customers
    kinds = len(delivering.KINDS)
    reached = np.where(delivery.reached > company.settings.end, NEVER, delivery.reached).ravel()
    customer = np.repeat(np.arange(len(customers)), kinds)
    kind = np.tile(np.arange(kinds), len(customers))
    person = np.where(kind == 0, customers.seller[customer], delivery.person[customer])
    first_contract = np.searchsorted(company.contracts.line, np.arange(len(customers)))
    return {
        "Account ID": account_id(customer),
        "Subscription": subscription_id(first_contract[customer]),
        "Step": words(("Hand-over", "Delivered", "Installed", "Trained", "Go-live", "First value"), kind),
        "Due": european_days(delivery.due.ravel()),
        "Done": european_moments(office_hour(reached, company.settings.dice("milestones")), ZONE),
        "Responsible": worker_id(person),
    }


def _promises(company: Company) -> dict[str, Column]:
    promises = company.promises
    offsets = np.cumsum([0, *[len(row) for row in promising.TEXTS]])
    texts = [text for row in promising.TEXTS for text in row]
    return {
        "No": ids("P-", np.arange(len(promises)), 6),
        "Account ID": account_id(promises.customer),
        "Opportunity": deal_id(promises.customer),
        "Promised by": worker_id(promises.person),
        "Promised on": european_days(promises.made),
        "What": words(texts, offsets[promises.kind] + promises.text),
        "Kind": words(("Date", "Feature", "Service level", "Price", "Outcome"), promises.kind),
        "Due": european_days(promises.due),
        "Kept on": european_moments(promises.kept_at, ZONE),
        "State": words(("open", "kept", "kept late", "broken", "released"), promises.status),
        "Weight": numbers(promises.weight),
        "Customer confirmed": european_moments(promises.confirmed_at, ZONE),
        "Told by customer": words(("no", "yes"), promises.reported.astype(np.int64)),
    }


def _billing_customers(company: Company) -> dict[str, Column]:
    count = len(company.customers)
    return {
        "id": billing_customer_id(np.arange(count)),
        "name": company.account_names.slice(0, count),
        "currency": _small_currency(company.customers.currency),
        "created": epochs(midnight(company.customers.signed)),
        "metadata_crm_account": account_id(np.arange(count)),
        "livemode": flags(np.ones(count, dtype=np.bool_)),
    }


def _small_currency(currency: Ints) -> Column:
    return words([code.lower() for code in selling.CURRENCIES], currency)


def _subscriptions(company: Company) -> dict[str, Column]:
    """A yearly term is a subscription of its own, which names the one that it renews; times are of midnight."""
    contracts = company.contracts
    ended = contracts.ended < NEVER
    over = ended | (contracts.ends <= company.settings.end)
    reason = np.where(ended, company.lives.reason[contracts.customer], NOBODY)
    return {
        "id": subscription_id(np.arange(len(contracts))),
        "customer": billing_customer_id(contracts.customer),
        "status": words(("active", "canceled"), over.astype(np.int64)),
        "currency": _small_currency(company.customers.currency[contracts.customer]),
        "current_period_start": epochs(midnight(contracts.starts)),
        "current_period_end": epochs(midnight(contracts.ends)),
        "plan_amount": numbers(contracts.annual_value * 100),
        "plan_interval": words(("year",), np.zeros(len(contracts), dtype=np.int64)),
        "canceled_at": epochs(midnight(contracts.notice)),
        "ended_at": epochs(midnight(contracts.ended)),
        "cancellation_feedback": words(staying.REASONS, reason),
        "metadata_opportunity": deal_id(contracts.deal),
        "metadata_renews": subscription_id(contracts.renews),
    }


def invoice_columns(company: Company) -> dict[str, Column]:
    """The invoices as billing exports them."""
    invoices, contracts = company.invoices, company.contracts
    customer = contracts.customer[invoices.contract]
    is_paid = invoices.paid < NEVER
    return {
        "id": invoice_id(np.arange(len(invoices))),
        "customer": billing_customer_id(customer),
        "subscription": subscription_id(invoices.contract),
        "created": epochs(midnight(invoices.issued)),
        "due_date": epochs(midnight(invoices.due)),
        "paid_at": epochs(midnight(invoices.paid)),
        "amount_due": numbers(invoices.cents),
        "amount_paid": numbers(np.where(is_paid, invoices.cents, 0)),
        "currency": _small_currency(company.customers.currency[customer]),
        "status": words(("open", "paid"), is_paid.astype(np.int64)),
        "billing_reason": words(("subscription_create", "subscription_cycle"),
                                (contracts.term[invoices.contract] > 0).astype(np.int64)),
    }  # fmt: skip
