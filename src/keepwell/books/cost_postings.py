"""How do the costs of contracts move the accounts? Double entry beside that of pay, for what is capitalised.

| movement      | debit         | credit        |
|---------------|---------------|---------------|
| `capitalised` | `capitalised` | `deferred`    |
| `taken_back`  | `deferred`    | `capitalised` |
| `amortised`   | `amortised`   | `capitalised` |
| `written_off` | `written_off` | `capitalised` |

`capitalised` is the asset: what was debited less what was credited is what contracts are carried at. `deferred` takes out of
the period's expense what pay has put there; where the company names no account for it, it is that of `earned`.
Source: ASC 340-40-25-1, 340-40-35-1 and 35-3; IFRS 15.91, 15.99 and 15.101.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from keepwell.books.schedule import Schedule
from keepwell.core.identifiers import content_hash

Row = dict[str, Any]
ZERO = Decimal(0)
# what moved (a column of the schedule): the movement's name, the account above zero, the account below
_POSTED = {
    "additions": ("capitalised", "capitalised", "deferred"),
    "taken_back": ("taken_back", "deferred", "capitalised"),
    "amortised": ("amortised", "amortised", "capitalised"),
    "written_off": ("written_off", "written_off", "capitalised"),
}


def cost_postings(found: Schedule, accounts: Mapping[str, str]) -> list[Row]:
    """The postings of a period's months, in the columns of the ledger's rows; an entry is a movement of a contract in a month.

    `accounts` are the company's own for ours. What is only planned is in none.
    """
    own = {"deferred": accounts.get("earned", "earned"), **accounts}
    rows = []
    for moved in found.rows:
        if moved["state"] == "planned":
            continue
        for column, (movement, debit, credit) in _POSTED.items():
            amount = moved[column]
            if not amount:
                continue
            key = (moved["plan"], moved["contract_id"], moved["currency"], moved["month"], movement)
            head = {"state": found.state, "period": found.period.name, "entry": content_hash(*key)}
            tail = {"currency": moved["currency"], "person_id": "", "movement": movement, "plan": moved["plan"], "part": "",
                    "customer_id": moved["customer_id"], "contract_id": moved["contract_id"], "belongs_to": moved["month"]}  # fmt: skip
            for name, posted in sorted(((debit, amount), (credit, -amount))):
                rows.append({**head, "account": own.get(name, name), "name": name, "debit": max(posted, ZERO),
                             "credit": max(-posted, ZERO), **tail})  # fmt: skip
    return rows
