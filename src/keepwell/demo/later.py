"""What becomes known only later? Files that arrive after the first collect: late facts for the next one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from keepwell.demo import contracting
from keepwell.demo.columns import Column, numbers, pick, write_csv
from keepwell.demo.company import Company
from keepwell.demo.exports_crm import opportunity_columns
from keepwell.demo.exports_delivery import invoice_columns
from keepwell.demo.settings import Ints

README = """# What arrives later

Corrections that came in after the exports were made. Copy them beside the others, collect and run again, and see what
changes (and that nothing settled does):

    cp later/invoices-corrected.csv exports/billing/
    cp later/Opportunity-corrected.csv exports/crm/
"""


def write_later(company: Company, folder: Path) -> dict[str, int]:
    """Write corrected invoices (wrong by a fifth) and deals (signed for less than was entered); gives the rows."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(README, encoding="utf-8")
    invoices = _some(company, "late invoices", np.flatnonzero(company.invoices.issued > company.settings.end - 120))
    deals = company.deals
    recent = (deals.outcome == contracting.WON) & (deals.kind == contracting.NEW)
    signed = _some(company, "late deals", np.flatnonzero(recent & (deals.closed > company.settings.end - 120)))
    corrected = {
        "invoices-corrected.csv": _scaled(invoice_columns(company), invoices, ("amount_due", "amount_paid")),
        "Opportunity-corrected.csv": _scaled(opportunity_columns(company), signed, ("Amount", "Annual_Value__c")),
    }
    return {name: write_csv(folder / name, columns) for name, columns in corrected.items()}


def _some(company: Company, area: str, rows: Ints) -> Ints:
    """About one in twenty of the rows, at least one where there is one."""
    dice = company.settings.dice(area)
    return np.sort(dice.permutation(rows)[: max(1, len(rows) // 20)])


def _scaled(columns: dict[str, Column], rows: Ints, amounts: tuple[str, ...]) -> dict[str, Column]:
    """The rows, with four fifths of their amounts."""
    some = {name: pick(column, rows) for name, column in columns.items()}
    for name in amounts:
        some[name] = numbers(np.asarray(some[name].to_numpy(zero_copy_only=False), dtype=np.int64) * 4 // 5)
    return some
