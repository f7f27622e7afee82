"""What do the helpdesk and the survey tool export? Zendesk's tickets, metrics, events, users; Delighted's answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa

from keepwell.demo import supporting, surveying, touching
from keepwell.demo.columns import Column, constant, flags, ids, join, moments, numbers, pick, words, write_csv
from keepwell.demo.company import Company
from keepwell.demo.export_ids import (
    account_id,
    agent_id,
    deal_id,
    organisation_id,
    team_id,
    ticket_id,
    worker_id,
)  # fmt: skip
from keepwell.demo.names import emails
from keepwell.demo.people import ROLE
from keepwell.demo.settings import A_DAY, NEVER, NOBODY, Bools, Ints

_FIRST_GROUP = 360_001
_STATUS_NOW = ("new", "open", "solved", "closed")


def write_helpdesk(company: Company, folder: Path) -> dict[str, int]:
    """Write the helpdesk's files; gives the rows of each."""
    return {
        name: write_csv(folder / name, columns)
        for name, columns in (
            ("organizations.csv", _organizations(company)),
            ("users.csv", _users(company)),
            ("groups.csv", _groups(company)),
            ("tickets.csv", _tickets(company)),
            ("ticket_metrics.csv", _metrics(company)),
            ("ticket_events.csv", _events(company)),
            ("help_center_views.csv", _help_views(company)),
        )
    }


def write_surveys(company: Company, folder: Path) -> dict[str, int]:
    """Write the survey tool's file; gives its rows."""
    return {"responses.csv": write_csv(folder / "responses.csv", _responses(company))}


def untied(company: Company) -> Bools:
    """Customers whose organisation in the helpdesk does not name the CRM's id: tied by hand instead."""
    return np.asarray(company.settings.dice("untied").random(len(company.customers)) < 0.03)


def _organizations(company: Company) -> dict[str, Column]:
    count = len(company.customers)
    number = np.arange(count)
    return {
        "id": organisation_id(number),
        "name": company.account_names.slice(0, count),
        "external_id": account_id(np.where(untied(company), NOBODY, number)),
        "created_at": moments(np.maximum(company.customers.signed, company.settings.start) * A_DAY + 9 * 3600),
    }


def _agents(company: Company) -> Ints:
    """Who works in the helpdesk: support."""
    role = company.seats.role[company.people.seat]
    return np.flatnonzero(np.isin(role, [ROLE["service_rep"], ROLE["support_manager"]]))


def _users(company: Company) -> dict[str, Column]:
    person = _agents(company)
    machines = np.array([supporting.QUEUE, supporting.ASSISTANT])
    names = pick(company.person_names, person)
    return {
        "id": agent_id(np.concatenate([person, machines])),
        "name": _both(names, ["Queue", "Chat assistant"]),
        "email": _both(emails(names, person), [None, None]),
        "role": _both(constant("agent", len(person)), ["system", "system"]),
        "external_id": _both(worker_id(person), [None, None]),
        "active": _both(flags(company.people.left[person] > company.settings.end), [True, True]),
    }


def _both(column: Column, more: list[str | bool | None]) -> Column:
    behind = pa.array(more, cast("Any", column.type))
    return pa.chunked_array([*(column.chunks if isinstance(column, pa.ChunkedArray) else [column]), behind])


def _groups(company: Company) -> dict[str, Column]:
    support = [row for row, name in enumerate(company.seats.team_departments) if name == "support"]
    return {
        "id": _group_id(np.array(support)),
        "name": pa.array([company.seats.team_names[row] for row in support]),
        "external_id": team_id(np.array(support)),
    }


def _group_id(team: Ints) -> Column:
    return ids("", np.where(team < 0, NOBODY, _FIRST_GROUP + team), 1)


def _tickets(company: Company) -> dict[str, Column]:
    tickets = company.tickets
    count = len(tickets)
    solved, closed = tickets.solved < NEVER * A_DAY, tickets.closed < NEVER * A_DAY
    answered = tickets.first_reply < NEVER * A_DAY
    return {
        "id": ticket_id(np.arange(count)),
        "created_at": moments(tickets.opened),
        "status": words(_STATUS_NOW, np.where(closed, 3, np.where(solved, 2, np.where(answered, 1, 0)))),
        "priority": words(supporting.PRIORITIES, tickets.priority),
        "via_channel": words(supporting.CHANNELS, tickets.channel),
        "subject": words(supporting.SUBJECTS, tickets.topic),
        "custom_topic": words(supporting.TOPICS, tickets.topic),
        "organization_id": organisation_id(tickets.customer),
        "assignee_id": agent_id(tickets.assignee),
        "group_id": _group_id(tickets.team),
        "due_at": moments(tickets.due),
        "type": constant("incident", count),
    }


def _metrics(company: Company) -> dict[str, Column]:
    tickets = company.tickets
    known = (tickets.solved < NEVER * A_DAY) | (tickets.due < (company.settings.end + 1) * A_DAY)
    return {
        "ticket_id": ticket_id(np.arange(len(tickets))),
        "assignee_stations": numbers(tickets.hops + 1),
        "reopens": numbers(tickets.reopens),
        "first_replied_at": moments(tickets.first_reply),
        "solved_at": moments(tickets.solved),
        "closed_at": moments(tickets.closed),
        "sla_met": pa.array(tickets.met_service_level, pa.bool_(), mask=~known),
    }


def _events(company: Company) -> dict[str, Column]:
    steps = company.steps
    count = len(steps.ticket)
    return {
        "id": ids("", 5_000_001 + np.arange(count), 1),
        "ticket_id": ticket_id(steps.ticket),
        "created_at": moments(steps.at),
        "assignee_id": agent_id(steps.person),
        "group_id": _group_id(steps.team),
        "status": words(supporting.STATUSES, steps.status),
    }


def _help_views(company: Company) -> dict[str, Column]:
    touches = company.touches
    rows = np.flatnonzero(np.isin(touches.kind, [touching.ARTICLE, touching.COMMUNITY]))
    kind = (touches.kind[rows] == touching.COMMUNITY).astype(np.int64)
    return {
        "view_id": ids("hc-", rows, 7),
        "organization_id": organisation_id(touches.account[rows]),
        "viewed_at": moments(touches.at[rows]),
        "area": words(("article", "community"), kind),
    }


def _responses(company: Company) -> dict[str, Column]:
    surveys = company.surveys
    count = len(surveys)
    silent = surveys.answered >= NEVER * A_DAY
    low, high = np.array(surveying.SCALES).T
    contact = surveys.customer * 3 + surveys.customer % 2
    about_ticket = ticket_id(surveys.about_ticket)
    is_new = np.isin(surveys.kind, [surveying.CHOOSE_AGAIN])
    return {
        "Survey Request ID": ids("sr-", np.arange(count), 7),
        "Person ID": ids("contact-", contact, 5),
        "Survey": words(("NPS", "CSAT", "CES", "Choose again"), surveys.kind),
        "Stage": words(surveying.STAGES, surveys.stage),
        "Sent At": moments(surveys.invited),
        "Responded At": moments(surveys.answered),
        "Score": numbers(surveys.score, silent),
        "Scale From": numbers(low[surveys.kind]),
        "Scale To": numbers(high[surveys.kind]),
        "Comment": words(surveying.COMMENTS, surveys.comment),
        "Property: Account ID": account_id(surveys.customer),
        "Property: Employee": worker_id(surveys.about_person),
        "Property: Ticket": about_ticket,
        "Property: Opportunity": deal_id(np.where(is_new, surveys.customer, NOBODY)),
        "Sent By": worker_id(surveys.invited_by),
    }


def hand_kept_identities(company: Company) -> dict[str, Column]:
    """The list that somebody keeps: organisations of the helpdesk that are known to be customers of the CRM."""
    number = np.flatnonzero(untied(company))
    return {
        "helpdesk_organisation": organisation_id(number),
        "crm_account": account_id(number),
        "why": join(["same name: ", pick(company.account_names, number)]),
        "decided_by": constant("revenue operations", len(number)),
    }
