"""Which rows are wrong on purpose, so that the quarantine has something to show?

They stand at the end of their files, nothing else refers to them, and the truth lists each with its file and line.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class BadRow:
    """A wrong row: the file in the exports, its cells by column (others are empty), and what is wrong."""

    file: str
    cells: Mapping[str, str]
    wrong: str


_ACCOUNT = "001Kw0000000000AAI"
_WORKER = "W1001"

BAD_ROWS = (
    BadRow("crm/Opportunity.csv", {"Id": "006KwBAD000001AAI", "AccountId": _ACCOUNT, "StageName": "Closed Won",
           "Type": "New Business", "CloseDate": "2026-02-31", "Amount": "18000", "CurrencyIsoCode": "EUR"},
           "there is no 31 February"),
    BadRow("crm/Opportunity.csv", {"Id": "006KwBAD000002AAI", "AccountId": "001KwNOBODY000AAI", "StageName": "Closed Won",
           "Type": "New Business", "CloseDate": "2026-02-12", "Amount": "24000", "CurrencyIsoCode": "EUR"},
           "no such customer"),
    BadRow("crm/Opportunity.csv", {"Id": "006KwBAD000003AAI", "AccountId": _ACCOUNT, "StageName": "Closed Won",
           "Type": "Expansion", "CloseDate": "2026-03-12", "Amount": "to be agreed", "CurrencyIsoCode": "EUR"},
           "text where an amount belongs"),
    BadRow("crm/OpportunitySplit.csv", {"Id": "0P1KwBAD000001AAI", "OpportunityId": "006KwGONE0000AAI",
           "SplitOwnerId": "005Kw0000000003AAI", "SplitPercentage": "100", "SplitType": "Revenue",
           "SplitNote": "Account Executive"}, "a share of a deal that does not exist"),
    BadRow("helpdesk/tickets.csv", {"id": "900001", "created_at": "2026-05-04 09:12:00", "organization_id": "123",
           "priority": "high", "custom_topic": "login"}, "no such customer"),
    BadRow("helpdesk/tickets.csv", {"id": "900002", "created_at": "yesterday", "priority": "low",
           "custom_topic": "reports"}, "no moment of opening"),
    BadRow("helpdesk/ticket_events.csv", {"id": "9000001", "ticket_id": "900077", "created_at": "2026-05-04 10:00:00",
           "status": "open"}, "a step of a ticket that does not exist"),
    BadRow("billing/invoices.csv", {"id": "in_bad1", "subscription": "sub_unknown", "created": "1780000000",
           "amount_due": "120000", "currency": "eur", "status": "open"}, "no such contract"),
    BadRow("surveys/responses.csv", {"Survey Request ID": "sr-bad1", "Survey": "NPS", "Stage": "use",
           "Sent At": "2026-06-01 08:00:00", "Responded At": "2026-06-02 08:00:00", "Score": "ten", "Scale From": "0",
           "Scale To": "10", "Property: Account ID": _ACCOUNT}, "text where a score belongs"),
    BadRow("onboarding/milestones.csv", {"Account ID": _ACCOUNT, "Step": "Trained", "Due": "31.11.2026",
           "Responsible": _WORKER}, "there is no 31 November"),
    BadRow("onboarding/promises.csv", {"No": "P-bad1", "Account ID": _ACCOUNT, "Promised by": "W9999999",
           "Promised on": "03.02.2026", "What": "A reference visit", "Kind": "Outcome", "State": "open"},
           "promised by somebody who does not exist"),
    BadRow("hr/positions.csv", {"worker_id": _WORKER, "from": "2031-01-01", "currency": "EUR"}, "a position without a job"),
    BadRow("finance/costs.csv", {"entry": "GL-bad1", "booked": "2026-05-31", "department": "suport", "amount": "310",
           "currency": "EUR", "kind": "tools"}, "no such department"),
)  # fmt: skip


def add_bad_rows(exports: Path) -> list[tuple[BadRow, int]]:
    """Write the wrong rows behind the others; gives each with its line in the file, the header being line 1."""
    placed = []
    for bad in BAD_ROWS:
        path = exports / bad.file
        with path.open(encoding="utf-8", newline="") as lines:
            header = next(csv.reader(lines))
            count = 1 + sum(1 for _ in lines)
        cells = [bad.cells.get(name, "") for name in header]
        if unknown := set(bad.cells) - set(header):
            raise KeyError(f"{bad.file} has no {', '.join(sorted(unknown))}")
        with path.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(cells)
        placed.append((bad, count + 1))
    return placed
