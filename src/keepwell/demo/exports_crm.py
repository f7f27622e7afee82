"""What does the CRM export? Salesforce's data loader: one CSV per object, ids of 18 characters, times in UTC."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa

from keepwell.demo import contracting, covering, selling, touching
from keepwell.demo.columns import (
    Column,
    constant,
    days,
    flags,
    ids,
    iso_moments,
    join,
    midnight,
    numbers,
    pick,
    words,
    write_csv,
)  # fmt: skip
from keepwell.demo.company import Company
from keepwell.demo.export_ids import account_id, deal_id, user_id, worker_id
from keepwell.demo.names import INDUSTRIES, emails, split_names
from keepwell.demo.people import ROLE, SEGMENTS
from keepwell.demo.settings import NEVER, NOBODY, Bools, Ints

_STAGES = ("Closed Won", "Closed Lost", "Negotiation")
_TYPES = ("New Business", "Expansion", "Renewal")
_TASK_TYPES = (
    "Lead",
    "Meeting",
    "Demo",
    "Call",
    "Email",
    "Training",
    "",
    "",
    "Save Attempt",
    "Reference Call",
    "Referral",
)
_LEAD_SOURCES = ("Web", "Event", "Partner", "Referral", "Outbound")


def write_crm(company: Company, folder: Path) -> dict[str, int]:
    """Write the CRM's files; gives the rows of each."""
    return {
        name: write_csv(folder / name, columns)
        for name, columns in (
            ("Account.csv", _accounts(company)),
            ("User.csv", _users(company)),
            ("Opportunity.csv", opportunity_columns(company)),
            ("OpportunitySplit.csv", _splits(company)),
            ("OpportunityTeamMember.csv", _team_members(company)),
            ("AccountTeamMember.csv", _account_team(company)),
            ("Task.csv", _tasks(company)),
        )
    }


def _accounts(company: Company) -> dict[str, Column]:
    customers, prospects = company.customers, company.prospects
    count = len(customers) + len(prospects)
    region = np.concatenate([customers.region, prospects.region])
    since = np.concatenate([customers.signed, np.full(len(prospects), NEVER)])
    return {
        "Id": account_id(np.arange(count)),
        "Name": company.account_names,
        "Type": words(("Customer", "Prospect"), (since >= NEVER).astype(np.int64)),
        "Industry": words(INDUSTRIES, np.concatenate([customers.industry, prospects.industry])),
        "BillingCountry": words(selling.COUNTRIES, region),
        "Region__c": words(selling.REGIONS, region),
        "Segment__c": words(SEGMENTS, np.concatenate([customers.segment, prospects.segment])),
        "CurrencyIsoCode": words(selling.CURRENCIES, selling.CURRENCY_OF_REGION[region]),
        "Customer_Since__c": days(since),
        "IsDeleted": flags(np.zeros(count, dtype=np.bool_)),
    }


def _users(company: Company) -> dict[str, Column]:
    """Those who work in the CRM, and the user under which other systems write."""
    person = np.flatnonzero(_has_user(company))
    names = pick(company.person_names, person)
    first, last = split_names(names)
    machine = len(company.people)
    return {
        "Id": user_id(np.append(person, machine)),
        "FirstName": _and_one(first, ""),
        "LastName": _and_one(last, "Integration User"),
        "Email": _and_one(emails(names, person), "integration@acme.example"),
        "EmployeeNumber": _and_one(worker_id(person), ""),
        "IsActive": _and_one(flags(company.people.left[person] > company.settings.end), True),  # noqa: FBT003
        "UserType": _and_one(constant("Standard", len(person)), "AutomatedProcess"),
    }


def _has_user(company: Company) -> Bools:
    """Everybody but product and finance works in the CRM."""
    without = [ROLE["product_manager"], ROLE["controller"]]
    return np.asarray(~np.isin(company.seats.role[company.people.seat], without))


def _and_one(column: Column, value: object) -> Column:
    """The column with one more row behind; an empty text is an empty cell."""
    more = pa.array([None if value == "" else value], cast("Any", column.type))
    return pa.chunked_array([*(column.chunks if isinstance(column, pa.ChunkedArray) else [column]), more])


def opportunity_columns(company: Company) -> dict[str, Column]:
    """All opportunities as the CRM exports them."""
    deals = company.deals
    count = len(deals)
    dice = company.settings.dice("opportunities")
    lost = deals.outcome == contracting.LOST
    return {
        "Id": deal_id(np.arange(count)),
        "AccountId": account_id(deals.account),
        "OwnerId": user_id(deals.owner),
        "Name": join([pick(company.account_names, deals.account), words(_TYPES, deals.kind)], " – "),
        "Type": words(_TYPES, deals.kind),
        "StageName": words(_STAGES, deals.outcome),
        "CreatedDate": iso_moments(midnight(deals.opened) + 8 * 3600 + dice.integers(0, 9 * 3600, count)),
        "CloseDate": days(deals.closed),
        "Amount": numbers(deals.amount),
        "Annual_Value__c": numbers(deals.annual_value),
        "CurrencyIsoCode": words(selling.CURRENCIES, deals.currency),
        "Discount__c": numbers(deals.discount),
        "LeadSource": words(_LEAD_SOURCES, dice.integers(0, len(_LEAD_SOURCES), count)),
        "Loss_Reason__c": words(("Price", "Competitor", "No decision"), np.where(lost, dice.integers(0, 3, count), -1)),
        "IsWon": flags(deals.outcome == contracting.WON),
        "IsClosed": flags(deals.outcome != contracting.OPEN),
        "IsDeleted": flags(np.zeros(count, dtype=np.bool_)),
    }


def _splits(company: Company) -> dict[str, Column]:
    """Splits of the first purchases (their rows are the customers'), then of expansions: all to who sold them."""
    shares, lines = company.shares, company.lines
    expansions = np.arange(len(company.customers), len(lines.customer))
    deal = np.concatenate([shares.deal, expansions])
    person = np.concatenate([shares.person, lines.owner[expansions]])
    percent = np.concatenate([shares.percent, np.full(len(expansions), 100)])
    overlay = np.concatenate([shares.overlay, np.zeros(len(expansions), np.bool_)])
    role = np.concatenate([shares.role, np.full(len(expansions), len(selling.SHARE_ROLES))])
    roles = (
        "Account Executive",
        "Solution Engineer",
        "Sales Development",
        "Marketing",
        "Sales Manager",
        "Customer Success Manager",
    )
    return {
        "Id": ids("0P1Kw0000", np.arange(len(deal)), 6, "AAI"),
        "OpportunityId": deal_id(deal),
        "SplitOwnerId": user_id(person),
        "SplitPercentage": numbers(percent),
        "SplitType": words(("Revenue", "Overlay"), overlay.astype(np.int64)),
        "SplitNote": words(roles, role),
    }


def _team_members(company: Company) -> dict[str, Column]:
    """Solution engineers on deals: from opening to closing they stand behind the account."""
    shares, customers = company.shares, company.customers
    rows = np.flatnonzero(shares.role == 1)
    deal = shares.deal[rows]
    return {
        "Id": ids("00qKw0000", np.arange(len(rows)), 6, "AAI"),
        "OpportunityId": deal_id(deal),
        "Account__c": account_id(deal),
        "UserId": user_id(shares.person[rows]),
        "TeamMemberRole": constant("Sales Engineer", len(rows)),
        "Start_Date__c": days(customers.opened[deal]),
        "End_Date__c": days(customers.signed[deal] + 1),
    }


def _account_team(company: Company) -> dict[str, Column]:
    """Who stands behind an account, with the days: the CRM keeps the history in fields of the company's own."""
    coverage = company.coverage
    rows = np.flatnonzero(coverage.role != covering.ROLES.index("service_rep"))
    return {
        "Id": ids("01MKw0000", np.arange(len(rows)), 6, "AAI"),
        "AccountId": account_id(coverage.customer[rows]),
        "UserId": user_id(coverage.person[rows]),
        "TeamMemberRole": words(
            ("Account Executive", "Delivery Lead", "Customer Success Manager"), coverage.role[rows]
        ),
        "Start_Date__c": days(coverage.from_on[rows]),
        "End_Date__c": days(coverage.to_on[rows]),
    }


def _tasks(company: Company) -> dict[str, Column]:
    touches = company.touches
    own = np.isin(touches.kind, [touching.ARTICLE, touching.COMMUNITY])
    rows = np.flatnonzero(~own)
    kind = touches.kind[rows]
    offsets = np.cumsum([0, *[len(row) for row in touching.SUBJECTS]])
    subjects = [text for row in touching.SUBJECTS for text in row]
    owner = _owner(company, touches.person[rows])
    return {
        "Id": ids("00TKw0000", np.arange(len(rows)), 7, "AAI"),
        "AccountId": account_id(touches.account[rows]),
        "OwnerId": user_id(owner),
        "CreatedDate": iso_moments(touches.at[rows]),
        "Subject": words(subjects, offsets[kind] + touches.subject[rows]),
        "Type": words(_TASK_TYPES, kind),
        "DurationInMinutes__c": numbers(touches.minutes[rows], touches.minutes[rows] == 0),
        "Status": constant("Completed", len(rows)),
    }


def _owner(company: Company, person: Ints) -> Ints:
    """In the CRM somebody owns everything: what nobody did belongs to the integration user."""
    return np.where(person == NOBODY, len(company.people), person)
