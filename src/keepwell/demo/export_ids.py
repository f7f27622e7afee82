"""How does each system write its ids? They differ, as in life; some systems know each other's, some do not."""

from __future__ import annotations

import numpy as np

from keepwell.demo.columns import Column, ids
from keepwell.demo.settings import NOBODY, Ints

_FIRST_WORKER = 1001
_HELPDESK_USERS, _HELPDESK_ORGANISATIONS = 390_000_000_000, 370_000_000_000


def account_id(numbers: Ints) -> Column:
    """The CRM's id of an account."""
    return ids("001Kw0000", numbers, 6, "AAI")


def user_id(numbers: Ints) -> Column:
    """The CRM's id of a user."""
    return ids("005Kw0000", numbers, 6, "AAI")


def deal_id(numbers: Ints) -> Column:
    """The CRM's id of an opportunity."""
    return ids("006Kw0000", numbers, 6, "AAI")


def worker_id(numbers: Ints) -> Column:
    """The personnel number, which the onboarding tool and the survey tool use too."""
    return ids("W", np.where(numbers < 0, NOBODY, numbers + _FIRST_WORKER), 4)


def team_id(numbers: Ints) -> Column:
    """Personnel's id of a team."""
    return ids("T", numbers, 3)


def agent_id(numbers: Ints) -> Column:
    """The helpdesk's id of a user; its queue and its chat assistant come before all persons."""
    known = (numbers >= 0) | (numbers < -1)
    return ids("", np.where(known, _HELPDESK_USERS + 53 * (numbers + 3), NOBODY), 1)


def organisation_id(numbers: Ints) -> Column:
    """The helpdesk's id of a customer."""
    return ids("", np.where(numbers < 0, NOBODY, _HELPDESK_ORGANISATIONS + 37 * numbers), 1)


def ticket_id(numbers: Ints) -> Column:
    """The helpdesk's number of a case."""
    return ids("", np.where(numbers < 0, NOBODY, 10_001 + numbers), 1)


def billing_customer_id(numbers: Ints) -> Column:
    """The billing system's id of a customer."""
    return ids("cus_", _scattered(numbers), 10)


def subscription_id(numbers: Ints) -> Column:
    """The billing system's id of a yearly term."""
    return ids("sub_", _scattered(numbers), 10)


def invoice_id(numbers: Ints) -> Column:
    """The billing system's id of an invoice."""
    return ids("in_", _scattered(numbers), 10)


def _scattered(numbers: Ints) -> Ints:
    """Numbers that do not tell the order, and never the same for two."""
    mixed = ((numbers + 1).astype(np.uint64) * np.uint64(2_654_435_761)) % np.uint64(2**32)
    return np.where(numbers < 0, NOBODY, mixed.astype(np.int64))
