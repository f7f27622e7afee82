"""What is really true of the company, which its systems do not know? Written beside the data, and not collected."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow as pa

from keepwell.demo.bad_rows import BadRow
from keepwell.demo.columns import Column, days, flags, numbers, write_csv
from keepwell.demo.company import Company
from keepwell.demo.export_ids import account_id, user_id, worker_id
from keepwell.demo.people import ROLES
from keepwell.demo.settings import NOBODY, Ints, Reals
from keepwell.demo.staying import seller_hazard_through_promises

README = """# The truth behind the demo company

None of this is known to the company's systems, and none of it is collected. It is here so that what Keepwell finds
can be judged against what is so.

- `customers.csv`: one row per customer. `monthly_hazard` is the chance, in a month, of making up one's mind to leave;
  `log_*` are the parts of its logarithm (they add up to `log_hazard`). `weeks_late` (at most 12 count),
  `broken_in_first_90_days` (at most 4 count), `severe_tickets_in_first_90_days` (at most 5 count), `rushed` and
  `handed_over` are what the parts come from. `leaves_on` may lie beyond the last day of the data. `saved`: would have
  left, was kept and stays; `sham_save`: was counted as kept by who called, and leaves all the same.
- `people.csv`: one row per person, how they work. `overpromising` multiplies the number of promises (1 = usual),
  `rushing` is the chance that a deal is pulled into the last two weeks of the quarter, `hand_over_log_odds` those of a
  proper hand-over, `log_slowness` the logarithm of the factor on times to install or (by 1.6) to solve, `warmth` adds
  to customers' mood (standard deviations), `log_hazard_direct` to the logarithm of their hazard,
  `log_hazard_through_promises` what a seller's promises add to it on average. Not every column matters in every job.
- `story.csv`: the two sellers alike in sales and unlike in what comes after, the customer whose way shows everything,
  and the success manager who asks only contented customers for their opinion.
- `bad_rows.csv`: rows that are wrong on purpose, with file and line.
"""


def write_truth(company: Company, folder: Path, bad: list[tuple[BadRow, int]]) -> dict[str, int]:
    """Write the truth and its README; gives the rows of each file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(README, encoding="utf-8")
    return {
        "customers.csv": write_csv(folder / "customers.csv", _customers(company)),
        "people.csv": write_csv(folder / "people.csv", _people(company)),
        "story.csv": write_csv(folder / "story.csv", _story(company)),
        "bad_rows.csv": write_csv(folder / "bad_rows.csv", _bad_rows(bad)),
    }


def _customers(company: Company) -> dict[str, Column]:
    customers, lives, hazard = company.customers, company.lives, company.hazard
    parts = {f"log_{field.name}": _reals(getattr(hazard, field.name)) for field in fields(hazard)}
    return {
        "crm_account": account_id(np.arange(len(customers))),
        "seller": worker_id(customers.seller),
        "signed_on": days(customers.signed),
        "weeks_late": _reals(company.delivery.weeks_late),
        "broken_in_first_90_days": numbers(company.broken),
        "tickets_in_first_90_days": numbers(company.trouble.tickets),
        "severe_tickets_in_first_90_days": numbers(company.trouble.severe),
        "rushed": flags(customers.rushed),
        "handed_over": flags(company.delivery.handed_over),
        "difficulty": _reals(customers.difficulty),
        "mood": _reals(lives.mood),
        **parts,
        "log_hazard": _reals(hazard.log),
        "monthly_hazard": _reals(hazard.monthly),
        "gives_notice_on": days(lives.notice),
        "leaves_on": days(lives.left),
        "saved": flags(lives.saved),
        "sham_save": flags(lives.sham),
    }


def _people(company: Company) -> dict[str, Column]:
    people = company.people
    return {
        "worker": worker_id(np.arange(len(people))),
        "crm_user": user_id(np.arange(len(people))),
        "name": company.person_names,
        "first_role": pa.array([ROLES[code] for code in company.seats.role[people.seat]], pa.string()),
        "overpromising": _reals(people.overpromising),
        "rushing": _reals(people.rushing),
        "hand_over_log_odds": _reals(people.care),
        "log_slowness": _reals(people.slowness),
        "warmth": _reals(people.warmth),
        "log_hazard_direct": _reals(people.hazard),
        "log_hazard_through_promises": _reals(seller_hazard_through_promises(people)),
        "customers_sold": numbers(_sold(company)),
    }


def _sold(company: Company) -> Ints:
    return np.bincount(company.customers.seller, minlength=len(company.people)).astype(np.int64)


def _story(company: Company) -> dict[str, Column]:
    from keepwell.demo.surveying import gamer

    careful, careless = company.seller_of_story
    seat = gamer(company.seats)
    asks = int(company.holdings.holder(np.array([seat]), np.array([company.settings.end]))[0]) if seat >= 0 else NOBODY
    rows = [("the careful seller", worker_id, careful), ("the careless seller", worker_id, careless),
            ("the customer whose way shows everything", account_id, company.featured),
            ("asks only contented customers", worker_id, asks)]  # fmt: skip
    found = [(role, make(np.array([number]))[0].as_py(), number) for role, make, number in rows if number != NOBODY]
    names = [
        (company.account_names if "customer whose" in role else company.person_names)[number].as_py()
        for role, _, number in found
    ]
    return {
        "who": pa.array([role for role, _, _ in found], pa.string()),
        "id": pa.array([text for _, text, _ in found], pa.string()),
        "name": pa.array(names, pa.string()),
    }


def _bad_rows(bad: list[tuple[BadRow, int]]) -> dict[str, Column]:
    return {
        "file": pa.array([f"exports/{row.file}" for row, _ in bad], pa.string()),
        "line": pa.array([line for _, line in bad], pa.int64()),
        "wrong": pa.array([row.wrong for row, _ in bad], pa.string()),
    }


def _reals(values: Reals) -> Column:
    """Rounded to a millionth, so that the last bits of a machine's logarithm do not show."""
    return pa.array(np.round(values, 6))
