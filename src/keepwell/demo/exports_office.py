"""What do personnel, sales operations and finance export? CSVs of people, positions, targets, costs and rates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from keepwell.demo import billing, covering, positions
from keepwell.demo.columns import Column, constant, days, flags, ids, numbers, words, write_csv
from keepwell.demo.company import Company
from keepwell.demo.export_ids import account_id, team_id, worker_id
from keepwell.demo.exports_service import hand_kept_identities
from keepwell.demo.names import emails
from keepwell.demo.people import DEPARTMENTS
from keepwell.demo.settings import NEVER, NOBODY

_COURSES = ("Listening to customers", "Promising what can be kept", "Product basics", "Negotiation")


def write_personnel(company: Company, folder: Path) -> dict[str, int]:
    """Write the personnel system's files; gives the rows of each."""
    return {
        "workers.csv": write_csv(folder / "workers.csv", _workers(company)),
        "teams.csv": write_csv(folder / "teams.csv", _teams(company)),
        "positions.csv": write_csv(folder / "positions.csv", _positions(company)),
        "courses.csv": write_csv(folder / "courses.csv", _courses(company)),
        "service_contacts.csv": write_csv(folder / "service_contacts.csv", _service_contacts(company)),
    }


def write_targets(company: Company, folder: Path) -> dict[str, int]:
    """Write the targets that sales operations set; gives the rows."""
    quotas = company.quotas
    columns = {
        "Employee": worker_id(quotas.person),
        "From": days(quotas.from_on),
        "Until": days(quotas.to_on),
        "Target": numbers(quotas.target),
        "Of": constant("signed annual value", len(quotas.person)),
        "Currency": constant("EUR", len(quotas.person)),
    }
    return {"quotas.csv": write_csv(folder / "quotas.csv", columns)}


def write_finance(company: Company, folder: Path) -> dict[str, int]:
    """Write costs and exchange rates; gives the rows of each."""
    return {
        "costs.csv": write_csv(folder / "costs.csv", _costs(company)),
        "rates.csv": write_csv(folder / "rates.csv", _rates(company)),
    }


def write_identities(company: Company, folder: Path) -> dict[str, int]:
    """Write the list kept by hand of what is one customer under two ids; gives its rows."""
    return {"same_customer.csv": write_csv(folder / "same_customer.csv", hand_kept_identities(company))}


def _workers(company: Company) -> dict[str, Column]:
    number = np.arange(len(company.people))
    left = np.where(company.people.left > company.settings.end, NEVER, company.people.left)
    return {
        "worker_id": worker_id(number),
        "name": company.person_names,
        "email": emails(company.person_names, number),
        "hired": days(company.people.hired),
        "left": days(left),
    }


def _teams(company: Company) -> dict[str, Column]:
    seats = company.seats
    departments = [DEPARTMENTS.index(name) for name in seats.team_departments]
    return {
        "team": team_id(np.arange(len(seats.team_names))),
        "team_name": pa.array(list(seats.team_names), pa.string()),
        "department": words(DEPARTMENTS, np.array(departments)),
        "part_of": team_id(np.array(seats.team_parents)),
    }


def _positions(company: Company) -> dict[str, Column]:
    jobs = company.positions
    known = jobs.from_on <= company.settings.end
    until = np.where(jobs.to_on > company.settings.end, NEVER, jobs.to_on)
    columns = {
        "worker_id": worker_id(jobs.person),
        "from": days(jobs.from_on),
        "until": days(until),
        "job": pa.array(positions.role_names(jobs, company.seats), pa.string()),
        "segment": pa.array(positions.segment_names(jobs, company.seats), pa.string()),
        "team": team_id(jobs.team),
        "manager": worker_id(jobs.manager),
        "fte_percent": numbers(jobs.fte),
        "variable_pay_per_year": numbers(jobs.pay, jobs.pay == 0),
        "currency": constant("EUR", len(jobs.person)),
    }
    return {name: column.filter(pa.array(known)) for name, column in columns.items()}


def _courses(company: Company) -> dict[str, Column]:
    """Everybody is assigned every course; some never take it."""
    dice = company.settings.dice("courses")
    count = len(company.people) * len(_COURSES)
    person, course = np.divmod(np.arange(count), len(_COURSES))
    assigned = np.maximum(company.people.hired[person], company.settings.start) + 14
    done = np.where(dice.random(count) < 0.7, assigned + dice.integers(3, 120, count), NEVER)
    done = np.where(done > np.minimum(company.settings.end, company.people.left[person]), NEVER, done)
    return {
        "worker_id": worker_id(person),
        "course": words(_COURSES, course),
        "assigned": days(assigned),
        "completed": days(done),
        "score": numbers(dice.integers(55, 101, count), done >= NEVER),
        "customer_experience": flags(course < 2),
    }


def _service_contacts(company: Company) -> dict[str, Column]:
    """Which service rep is the named contact of which customer: a list that support keeps."""
    coverage = company.coverage
    rows = np.flatnonzero(coverage.role == covering.ROLES.index("service_rep"))
    return {
        "account": account_id(coverage.customer[rows]),
        "worker_id": worker_id(coverage.person[rows]),
        "from": days(coverage.from_on[rows]),
        "until": days(coverage.to_on[rows]),
    }


def _costs(company: Company) -> dict[str, Column]:
    costs = company.costs
    known = pa.array(costs.on <= company.settings.end)
    columns = {
        "entry": ids("GL-", np.arange(len(costs.on)), 6),
        "booked": days(costs.on),
        "department": words(billing.COST_DEPARTMENTS, costs.department),
        "account": account_id(np.where(costs.customer < 0, NOBODY, costs.customer)),
        "amount": numbers(costs.amount),
        "currency": constant("EUR", len(costs.on)),
        "kind": words(billing.COST_KINDS, costs.kind),
    }
    return {name: column.filter(known) for name, column in columns.items()}


def _rates(company: Company) -> dict[str, Column]:
    first = int(company.customers.signed.min()) - 30
    day, rates = billing.draw_rates(company.settings, first)
    currency = np.tile([1, 2], len(day))
    whole = rates.ravel()
    text = [f"{value // 10_000}.{value % 10_000:04d}" for value in whole.tolist()]
    return {
        "currency": words(("EUR", "GBP", "USD"), currency),
        "on": days(np.repeat(day, 2)),
        "rate": pa.array(text, pa.string()),
    }
