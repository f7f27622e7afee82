"""What are these files, and what do they become?

`recognise` looks at the columns of each file and finds the preset that knows it; where none does, it guesses the canonical
table and the columns that come nearest. `begin.py` writes a project from what is found here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from keepwell.collect.kinds import Fitted, Kind, all_kinds, fit, plain, which_kind
from keepwell.collect.plain_orders import find_orders
from keepwell.collect.read import KNOWN, FoundFile, open_file
from keepwell.collect.rows import FileProblem
from keepwell.collect.source import Format
from keepwell.core.errors import MissingError, Problem
from keepwell.core.tables import Table
from keepwell.record.tables import TABLES

_NEAR = 0.8
_FEWEST = 3
# Words that systems use for what the record calls otherwise; compared by letters and digits.
_ALSO_CALLED: Mapping[str, tuple[str, ...]] = {
    "customer_id": ("customer", "account", "accountid", "client", "clientid", "company", "companyid", "caller", "callerid",
                    "organizationid", "buyer", "customernumber"),
    "person_id": ("person", "employee", "employeeid", "agent", "agentname", "rep", "salesperson", "salespersonid", "user",
                  "userid", "owner", "ownerid", "businessentityid", "salesagent", "salesrep", "worker", "workerid", "staffid"),
    "assignee_id": ("assignedto", "assignee", "agent", "agentname", "owner"),
    "owner_id": ("owner", "salesagent", "salesrep", "rep", "salesperson", "salespersonid", "accountexecutive"),
    "team_id": ("team", "group", "assignmentgroup", "agentgroup", "department"),
    "ticket_id": ("ticket", "number", "caseid", "casenumber", "incident", "incidentid", "issue", "issueid", "id"),
    "deal_id": ("deal", "opportunity", "opportunityid", "id"),
    "order_id": ("order", "salesorderid", "ordernumber", "orderno", "id"),
    "invoice_id": ("invoice", "invoicenumber", "invoiceno", "id"),
    "contract_id": ("contract", "subscription", "subscriptionid", "contractnumber", "id"),
    "invitation_id": ("responseid", "surveyresponseid", "invitation", "surveyid", "id"),
    "cost_id": ("id",), "touch_id": ("activityid", "engagementid", "id"), "promise_id": ("id",), "need_id": ("id",),
    "opened_at": ("created", "createdat", "createdtime", "openedat", "opendate", "creationdate"),
    "solved_at": ("resolvedat", "resolutiontime", "resolved", "solved", "resolutiondate"),
    "closed_at": ("closetime", "closedat", "closed", "closedate"),
    "first_reply_at": ("firstresponsetime", "firstresponseat", "firstreply"),
    "due_at": ("duedate", "sladue", "expectedslatoresolve"),
    "opened_on": ("engagedate", "createddate", "opendate", "created"),
    "closed_on": ("closedate", "closingdate", "closed", "wondate"),
    "outcome": ("dealstage", "stage", "stagename", "status"),
    "amount": ("value", "closevalue", "total", "totalamount", "price", "revenue", "subtotal", "totaldue", "netamount"),
    "ordered_at": ("orderdate", "orderpurchasetimestamp", "date"), "shipped_at": ("shipdate", "shippeddate"),
    "delivered_at": ("deliverydate", "orderdeliveredcustomerdate"), "promised_on": ("orderestimateddeliverydate", "duedate"),
    "issued_on": ("invoicedate", "issuedate", "date"), "due_on": ("duedate",), "paid_on": ("paymentdate", "datepaid"),
    "answered_at": ("responsedate", "recordeddate", "answered", "submittedat", "createdat", "date"),
    "score": ("rating", "npsscore", "surveyresults", "satisfaction", "answer"), "text": ("comment", "comments", "feedback"),
    "topic": ("category", "subject", "reason"), "channel": ("source", "contacttype", "origin", "medium"),
    "name": ("fullname", "customername", "accountname", "employeename", "companyname"), "email": ("mail", "emailaddress"),
    "hired_on": ("hiredate", "startdate"), "left_on": ("terminationdate", "enddate"), "role": ("jobtitle", "title", "job", "position", "jobprofile"),
    "manager_id": ("manager", "reportsto", "supervisor"), "industry": ("sector", "branch"),
    "region": ("country", "regionaloffice", "territory", "officelocation", "state", "area"),
    "segment": ("size", "tier", "companysize", "customersegment", "customersize"),
    "customer_since_on": ("customersince", "since", "createddate", "createdat", "created", "firstorder"),
    "from_on": ("from", "since", "startdate", "start", "effectivedate", "effectivefrom", "validfrom", "begin", "quarterstart"),
    "to_on": ("to", "until", "enddate", "end", "validto", "validuntil", "effectiveto", "quarterend"),
    "target_pay": ("variablepay", "targetbonus", "variablepayperyear", "targetvariablepay", "onplanbonus"),
    "target": ("quota", "goal", "salesquota", "plan"), "fte": ("ftepercent", "workingtime"),
    "starts_on": ("startdate", "start", "from"), "ends_on": ("enddate", "end", "until", "to", "renewaldate"), "day": ("date",),
    "ended_on": ("cancelledat", "canceledat", "cancelled", "canceled", "churndate", "terminatedon"), "notice_on": ("noticedate",),
    "end_reason": ("churnreason", "cancellationreason", "reason"), "annual_value": ("arr", "acv", "annualrevenue"), "feature": ("event", "eventname"), "parent_id": ("parent", "subsidiaryof"),
    "invited_at": ("sentat", "sent", "surveysentat", "invited"), "kind": ("type", "surveytype", "activitytype", "milestone", "step"),
    "at": ("date", "activitydate", "createdat", "timestamp", "time"), "minutes": ("duration", "durationminutes"),
    "reached_at": ("completed", "completedat", "done", "reached", "actualdate"), "made_on": ("madeat", "promisedat"),
    "reassignments": ("reassignmentcount",), "met_service_level": ("madesla", "slamet", "slaforresolution"),
}  # fmt: skip


@dataclass(frozen=True)
class Guess:
    """The canonical table that a file comes nearest to. `columns`: canonical column → the file's column."""

    table: Table
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Match:
    """What is known of one file: its kind where a preset knows it, else a guess, else why it cannot be read.

    `headless`: the first row looks like data rather than like names of columns. `lacks`: what a person must say first.
    """

    file: FoundFile
    columns: tuple[str, ...] = ()
    kind: Kind | None = None
    fitted: Fitted | None = None
    guess: Guess | None = None
    problem: Problem | None = None
    headless: bool = False
    lacks: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """The canonical tables that get rows from the file."""
        return tuple(self.fitted.becomes.block) if self.fitted is not None else ()


def recognise(files: Iterable[Path]) -> list[Match]:
    """What is each file? A folder stands for the files in it. Raises `MissingError` (`file-missing`)."""
    kinds = all_kinds()
    return [_recognise_file(file, kinds) for path in files for file in _files_of(path)]


def _files_of(path: Path) -> list[FoundFile]:
    if path.is_dir():
        inside = sorted(entry for entry in path.iterdir() if entry.is_file() and not entry.name.startswith("."))
        return [file for entry in inside for file in _files_of(entry)]
    if not path.is_file():
        raise MissingError(
            "file-missing", f"no file {shown(str(path))}", hint="name the exports: keepwell init DIR a.csv b.csv"
        )
    if path.suffix.lower() == ".zip":
        return _members_of(path)
    return [FoundFile(path, shown(path.name))]


def _members_of(path: Path) -> list[FoundFile]:
    try:
        with ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
    except (BadZipFile, OSError):
        return [FoundFile(path, shown(path.name))]
    known = sorted(
        name for name in names if name.lower().endswith((*KNOWN, ".gz")) and not name.startswith("__MACOSX/")
    )
    return [FoundFile(path, shown(f"{path.name}/{name}"), name) for name in known] or [
        FoundFile(path, shown(path.name))
    ]


def _recognise_file(file: FoundFile, kinds: Sequence[Kind]) -> Match:
    try:
        form, columns = _form_of(file)
        kind = which_kind(columns, Path(file.member or file.path).name, kinds)
        if kind is not None:
            return Match(file, columns, kind, fit(kind, columns))
        if looks_like_data(columns):
            return Match(file, columns, headless=True)
        with open_file(file, form) as reader:
            orders = find_orders(reader, form)
    except FileProblem as error:
        return Match(file, problem=error.problem)
    if orders is None:
        return Match(file, columns, guess=guess_table(columns))
    guess = Guess(TABLES["orders"], orders.columns)
    return Match(file, columns, orders.kind, orders.fitted, guess if orders.kind is None else None, lacks=orders.lacks)


def _form_of(file: FoundFile) -> tuple[Format, tuple[str, ...]]:
    """How a file is written, and its columns: a header that is one name with blanks in it stands over columns of blanks."""
    with open_file(file, Format()) as reader:
        columns = reader.header
    if len(columns) > 1 or len(columns[0].split()) < _FEWEST or looks_like_data(columns[0].split()):
        return Format(), columns
    spaced = Format(separator="spaces")
    with open_file(file, spaced) as reader:
        return spaced, reader.header


def looks_like_data(cells: Sequence[str]) -> bool:
    """Is this a row of data rather than of column names? Names are seldom numbers, dates or empty.

    >>> looks_like_data(["274", "2022-05-30 00:00:00.000", "28000.0000"]), looks_like_data(["id", "2022", "2023", "total"])
    (True, False)
    """
    like_data = [
        bool(re.fullmatch(r"[+-]?[\d.,]+|\d{4}-\d\d-\d\d.*|\d{1,2}/\d{1,2}/\d{2,4}.*|column_\d+", cell))
        for cell in cells
    ]
    return sum(like_data) * 2 > len(cells)


def guess_table(columns: Sequence[str]) -> Guess | None:
    """The canonical table whose columns come nearest to these; None where too few come near."""
    best: Guess | None = None
    best_score = 0.0
    for table in TABLES.values():
        found = nearest_columns(table, columns)
        if len(found) < _FEWEST:
            continue
        key = sum(name in found for name in table.key) / len(table.key)
        score = (len(found) + 2 * key) * (0.5 + 0.5 * len(found) / len(table.columns))
        if score > best_score:
            best, best_score = Guess(table, found), score
    return best


def nearest_columns(table: Table, columns: Sequence[str]) -> dict[str, str]:
    """For each canonical column the file's column that means it, by name; each of the file's columns once."""
    rated = [
        (rate, -place, name, column)
        for place, name in enumerate(table.names)
        for column in columns
        if (rate := likeness(name, column)) >= _NEAR
    ]
    found: dict[str, str] = {}
    for _, _, name, column in sorted(rated, reverse=True):
        if name not in found and column not in found.values():
            found[name] = column
    return {name: found[name] for name in table.names if name in found}


def likeness(name: str, column: str) -> float:
    """How alike are a canonical name and a file's column, from 0 to 1?

    >>> likeness("customer_id", "CustomerID"), likeness("closed_on", "close_date")
    (1.0, 0.95)
    """
    ours, theirs = plain(name), plain(column)
    if ours == theirs:
        return 1.0
    if theirs in _ALSO_CALLED.get(name, ()):
        return 0.95
    return 0.9 * SequenceMatcher(None, ours, theirs).ratio() if min(len(ours), len(theirs)) > 4 else 0.0


def shown(text: str) -> str:
    """Text of unknown origin as one line that can be printed and put into a comment."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
