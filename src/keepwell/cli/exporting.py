"""`export payroll`, `export ledger`, `export capitalisation`: what payroll and finance take over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from keepwell.cli.opened import Opened, open_latest
from keepwell.cli.paying import period_asked
from keepwell.cli.shell import Answer, Shell, as_json, check_word
from keepwell.cli.writing import write_file
from keepwell.core.errors import UsageError

if TYPE_CHECKING:
    from keepwell.books import Proposal
    from keepwell.books.capitalising import Cost
    from keepwell.books.exporting import Settled
    from keepwell.books.schedule import Schedule
    from keepwell.core.periods import Period
    from keepwell.show.sheets import Sheet

Hidden = Annotated[Shell, Parameter(parse=False)]
Closed = Annotated[str, Parameter(help="such as 2026-Q3; it must be closed")]
Format = Annotated[str, Parameter(help="csv, xlsx or json")]
Written = Annotated[Path | None, Parameter(help="write it to this file instead of printing it")]
Draft = Annotated[
    bool, Parameter(help="of a period that is not closed: what the latest run proposes, each row marked draft")
]


def payroll(period: Closed, *, format: Format = "csv", to: Written = None, draft: Draft = False,  # noqa: A002
            shell: Hidden) -> Answer:  # fmt: skip
    """Write what is payable in a closed period: one row per person, currency and pay item."""
    from keepwell.books import exporting
    from keepwell.show.sheets import Sheet

    opened, settled = _settled(shell, period, format, to, draft=draft)
    rows = exporting.payroll(settled, opened.project.finance.codes)
    named = [{**row, "name": opened.names.person(row["person_id"])} for row in rows]
    columns = ("state", "period", "person_id", "name", "plan", "item", "code", "currency", "amount")
    totals = {key[0]: amount for key, amount in sorted(exporting.summed(rows, "currency").items())}
    return _written(settled, [_sheet("Payroll", columns, named), Sheet("Totals", ("currency", "payable"), list(totals.items()))],
                    format, to, totals)  # fmt: skip


def ledger(period: Closed, *, format: Format = "csv", to: Written = None, draft: Draft = False,  # noqa: A002
           shell: Hidden) -> Answer:  # fmt: skip
    """Write the double-entry journal of a closed period, of pay and of capitalised costs; accounts are named as keepwell.yaml says
    (`ledger: accounts`).
    """
    from keepwell.books import books_of, exporting
    from keepwell.books.cost_postings import cost_postings
    from keepwell.books.schedule import schedule

    opened, settled = _settled(shell, period, format, to, draft=draft)
    names = opened.project.finance.accounts
    costs = costs_by(opened, proposed(opened, settled.period)) if settled.state == "draft" else []
    moved = schedule(books_of(opened.project), settled.period, costs, settled.run_id, draft=draft)
    rows = [*exporting.ledger(settled, names), *cost_postings(moved, names)]
    columns = ("state", "period", "entry", "account", "name", "debit", "credit", "currency", "person_id", "movement", "plan",
               "part", "customer_id", "contract_id", "belongs_to")  # fmt: skip
    sums = ("account", "name", "currency", "debit", "credit")
    totals = {key[0]: amount for key, amount in sorted(exporting.summed(rows, "currency", of="debit").items())}
    return _written(settled, [_sheet("Entries", columns, rows), _sheet("Accounts", sums, exporting.postings(rows))],
                    format, to, totals)  # fmt: skip


def capitalisation(period: str, *, explain: str | None = None, format: Format = "csv", to: Written = None,  # noqa: A002
                   draft: Draft = False, shell: Hidden) -> Answer:  # fmt: skip
    """Write what obtaining contracts has cost and how it is written down (ASC 340-40, IFRS 15): by contract and month.

    Parameters
    ----------
    period
        such as 2026-Q3; it must be closed; months after the last closed period are planned
    explain
        a contract's id: show its cost alone, from the lines of pay to each month's amount
    """
    from keepwell.books import books_of
    from keepwell.books.schedule import COLUMNS, schedule, summary

    check_format(format, to)
    if explain is not None and to is not None:
        raise UsageError("usage", "an explanation is printed", hint="--json for its data")
    opened = open_latest(shell.project())
    asked = period_asked(opened, period)
    rows = cost_rows_by(opened, proposed(opened, asked))
    costs = _costs_from(opened, rows)
    found = schedule(books_of(opened.project), asked, costs, opened.run.run_id, draft=draft)
    if explain is not None:
        return _cost_told(opened, explain, rows, costs, found)
    months = ("state", "month", "currency", "additions", "taken_back", "amortised", "written_off")
    why = ("contract_id", "customer_id", "plan", "currency", "amount", "why")
    sheets = [_sheet("Schedule", COLUMNS, found.rows), _sheet("Months", months, summary(found.rows)),
              _sheet("Expensed", why, found.expensed)]  # fmt: skip
    answer = _written(found, sheets, format, to, found.carried)
    if found.expensed and not found.rows:
        told = (
            f"{len(found.expensed):,} costs of contracts are expensed at once: see `expensed` in --format json or xlsx"
        )
        return replace(answer, warnings=[*answer.warnings, f"nothing is capitalised; {told}"])
    return answer


def costs_by(opened: Opened, of: Proposal) -> list[Cost]:
    """What obtaining contracts has cost by the lines of closed periods and those that are proposed."""
    return _costs_from(opened, cost_rows_by(opened, of))


def cost_rows_by(opened: Opened, of: Proposal) -> list[dict[str, Any]]:
    """Who was paid what for which contract, by the same lines."""
    import pyarrow as pa

    from keepwell.books.capitalising import cost_rows

    return cost_rows(pa.concat_tables([of.settled, of.lines]), opened.run.files["pay_trace"], of.period.to_on,
                     opened.project.finance.capitalisation)  # fmt: skip


def _costs_from(opened: Opened, rows: list[dict[str, Any]]) -> list[Cost]:
    from keepwell.books.capitalising import costs_from

    contracts = opened.tables["contracts"].to_pylist() if "contracts" in opened.tables else []
    return costs_from(rows, contracts, opened.project.finance.capitalisation)


def _cost_told(opened: Opened, contract: str, rows: list[dict[str, Any]], costs: list[Cost], found: Schedule) -> Answer:
    from keepwell.books.cost_told import cost_told
    from keepwell.show.costing import costing_json, costing_lines

    told = cost_told(contract, rows, costs, found)
    warnings = [] if found.state == "closed" else [f"{found.period} is not closed: this is a draft"]
    return Answer(
        costing_json(told), lambda: costing_lines(told, opened.names.person, opened.names.customer), warnings=warnings
    )


def _settled(shell: Shell, period: str, format: str, to: Path | None, *, draft: bool) -> tuple[Opened, Settled]:  # noqa: A002
    from keepwell.books import books_of
    from keepwell.books.exporting import settled_lines

    check_format(format, to)
    opened = open_latest(shell.project())
    asked = period_asked(opened, period)
    return opened, settled_lines(books_of(opened.project), asked, proposed(opened, asked) if draft else None)


def proposed(opened: Opened, period: Period) -> Proposal:
    """What the opened run would settle of a period."""
    from keepwell.books import proposal

    run = opened.run
    return proposal(period, run.run_id, run.today, opened.tables["pay_lines"], run.decided,
                    opened.tables.get("evidence_to_settle"))  # fmt: skip


def check_format(format: str, to: Path | None) -> None:  # noqa: A002
    """Is it a format that is known, and has a workbook somewhere to go? Raises `UsageError`."""
    from keepwell.show.sheets import FORMATS

    check_word("--format", format, FORMATS)
    if format == "xlsx" and to is None:
        raise UsageError("usage", "a workbook is not printed", hint="--to FILE.xlsx")


def _sheet(name: str, columns: tuple[str, ...], rows: Sequence[dict[str, Any]]) -> Sheet:
    from keepwell.show.sheets import Sheet

    return Sheet(name, columns, [tuple(row[column] for column in columns) for row in rows])


def _written(
    settled: Settled | Schedule,
    sheets: list[Sheet],
    format: str,  # noqa: A002
    to: Path | None,
    totals: dict[str, Decimal],
) -> Answer:
    """The answer: the sheets as data, and the text, or the file that was written."""
    from keepwell.show.closed import amounts
    from keepwell.show.sheets import csv_text, xlsx_bytes

    data = {"period": settled.period.name, "state": settled.state, "run_id": settled.run_id, "head": settled.head,
            "totals": totals, "sheets": {sheet.name.lower(): sheet.records() for sheet in sheets}}  # fmt: skip
    warnings = [] if settled.state == "closed" else [f"{settled.period} is not closed: this is a draft"]
    if to is None:
        text = csv_text(sheets[0]) if format == "csv" else as_json(data)
        return Answer(data, lambda: [text.rstrip("\n")], warnings=warnings)
    if format == "xlsx":
        write_file(to, xlsx_bytes(sheets, settled.period.from_on))
    else:
        write_file(to, csv_text(sheets[0]) if format == "csv" else as_json(data))
    said = [f"written: {to}", f"{settled.period}, {settled.state}: {len(sheets[0].rows):,} rows, {amounts(totals)}"]
    return Answer(data | {"file": str(to)}, lambda: [*said, f"head of the books: {settled.head}"], warnings=warnings)
