"""`demo`, `init`, `check`: the first minutes."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from cyclopts import Parameter

from keepwell.cli.again import Started, make_it_a_command
from keepwell.cli.shell import Answer, Shell
from keepwell.core.errors import KeepwellError, Problem, RefusedError, UsageError, nearest

if TYPE_CHECKING:
    from keepwell.demo import Made
    from keepwell.project.config import Project

Hidden = Annotated[Shell, Parameter(parse=False)]


def demo(folder: Path, *, customers: int = 500, months: int = 24, seed: int = 7, dry_run: bool = False,
         shell: Hidden) -> Answer:  # fmt: skip
    """Make a company to try, collect its exports, run everything, and write its report.

    Parameters
    ----------
    folder
        where; made if it is not there
    customers
        how many ever bought
    months
        the length of the story
    seed
        another number makes another company; the same makes the same
    dry_run
        say what would be made, and make nothing
    """
    from keepwell import run as running
    from keepwell.cli.looking import company_report, write_report
    from keepwell.cli.opened import open_latest
    from keepwell.collect.collect import collect
    from keepwell.demo import make_company
    from keepwell.project.config import read_project
    from keepwell.show.screen import first_screen

    if customers < 1 or months < 1:
        raise UsageError(
            "usage", "a company has at least one customer and one month", hint="--customers 500 --months 24"
        )
    if folder.exists() and any(folder.iterdir()):
        raise RefusedError("demo-folder", f"{folder} is not empty", hint="name a new folder, or remove this one")
    if dry_run:
        return Answer({"folder": str(folder)}, lambda: [f"would make a company of {customers} customers in {folder}"])
    with shell.progress("making a company") as progress:
        made = make_company(folder, customers=customers, months=months, seed=seed, progress=progress)
    project = read_project(folder)
    # The exports are those of the morning after the company's last day, when its last quarter is over.
    morning = datetime.combine(made.today + timedelta(days=1), time(6, 0), ZoneInfo(project.time_zone))
    with shell.progress("collecting") as progress:
        collected = collect(project, known_at=morning.astimezone(UTC).replace(tzinfo=None), progress=progress)
    with shell.progress("running") as progress:
        run = running.run(project, progress=progress)
    opened = open_latest(project)
    with shell.progress("writing the report") as progress:
        progress("report.html", 0, 1)
        report = company_report(opened)
        page = write_report(opened, report, folder / "report.html")
    waiting = sum(one.rows for one in collected.quarantine)
    data = {"folder": str(folder), "files": made.files, "rows": made.row_count, "quarantined": waiting,
            "run_id": run.run_id, "report": str(page), "worth_a_look": list(made.worth_a_look)}  # fmt: skip
    head = f"{project.company}: {made.row_count:,} rows from {made.files} files, {waiting} of them wrong and set aside."
    return Answer(data, lambda: [head, "", first_screen(report, opened.names), "", *_look_further(made, page, folder)])


def _look_further(made: Made, page: Path, folder: Path) -> list[str]:
    """What to look at next, ready to be copied."""
    sellers = [one.name for one in made.worth_a_look if one.what.startswith("sells")]
    customer = next((one.name for one in made.worth_a_look if not one.what.startswith("sells")), "")
    commands = [
        ("statement " + shlex.quote(name), "what this person earned, each line with its reason") for name in sellers
    ]
    commands += [("journey " + shlex.quote(customer), "what happened to this customer")] if customer else []
    commands += [("measure nps --by team", "a measure, with its interval"), ("check", "is everything in order?"),
                 ("quarantine", "the rows that broke a rule")]  # fmt: skip
    width = max(len(command) for command, _ in commands)
    lines = [f"  keepwell {command:<{width}}  {says}" for command, says in commands]
    head = [f"The whole on one page: {page}", "", f"Look further:  cd {shlex.quote(str(folder))}"]
    first = make_it_a_command(Started.here())
    return [*head, *([f"  {first}"] if first else []), *lines]


def init(folder: Path = Path(), *files: Path, company: str = "", currency: str = "EUR", time_zone: str = "UTC",
         plans: str = "", dry_run: bool = False) -> Answer:  # fmt: skip
    """Begin a project: empty with commented examples, or from your exports, recognised by their columns.

    Parameters
    ----------
    folder
        where; made if it is not there; otherwise here
    files
        exports: CSV, Excel, Parquet, JSON lines, zip; none: those that lie in the folder or in its exports/
    company
        what it is called; otherwise as its folder
    currency
        in which it counts
    time_zone
        what a day is, such as Europe/Paris
    plans
        plans to begin with, such as account-executive,service; `keepwell plan new` lists them
    dry_run
        say what would be written, and write nothing
    """
    from keepwell.cli.plans import write_plans
    from keepwell.collect.begin import exports_in, write_project
    from keepwell.collect.recognise import recognise
    from keepwell.measure import CATALOGUE
    from keepwell.pay.shipped import shipped_plan
    from keepwell.project.config import is_currency, is_time_zone

    wanted = [shipped_plan(name.strip()).name for name in plans.split(",") if name.strip()]
    if not is_currency(currency):
        raise UsageError("usage", f"--currency {currency} is no currency code", hint="such as EUR")
    if not is_time_zone(time_zone):
        raise UsageError("usage", f"--time-zone {time_zone} is no time zone", hint="an IANA name such as Europe/Paris")
    if folder.is_file():
        raise UsageError(
            "usage", f"{folder} is a file", hint=f"name the project's folder first: keepwell init . {folder}"
        )
    missing = [str(file) for file in files if not file.exists()]
    if missing:
        raise UsageError("file-missing", "there is no " + ", ".join(missing))
    said = write_project(folder, recognise(files or exports_in(folder)), company=company, currency=currency, time_zone=time_zone,
                         measures={one.name: one.needs for one in CATALOGUE.values()}, dry_run=dry_run)  # fmt: skip
    said += write_plans(folder, wanted, dry_run=dry_run)
    return Answer({"said": said, "dry_run": dry_run}, lambda: said)


def check(*, shell: Hidden) -> Answer:
    """Check configuration, sources (a sample of each) and plans (with their examples), and say all that is wrong."""
    from keepwell.cli.plans import check_plans
    from keepwell.collect.sample import check_sources

    project = shell.project()
    with shell.progress("checking") as progress:
        progress("sources", 0, 2)
        problems: list[Problem] = check_sources(project)
        if all(one.severity == "warning" for one in problems):
            progress("plans", 1, 2)
            problems += check_plans(project)[1]
        problems += _unheard(project)
    errors = [one for one in problems if one.severity == "error"]
    lines = [f"{one.severity}: {one}" for one in problems]
    mind = len(problems) - len(errors)
    lines.append("all is in order" if not problems else f"{len(errors)} to mend, {mind} to mind")
    return Answer([one.as_json() for one in problems], lambda: lines, not errors, code="check-failed", why=lines[-1],
                  problems=errors)  # fmt: skip


def _unheard(project: Project) -> list[Problem]:
    """What the configuration names that nobody in the record has; nothing where there is no record yet."""
    from keepwell.project.named import ASKED, named_values, unknown_values
    from keepwell.record import Record
    from keepwell.record.snapshot import Snapshot

    named = list(named_values(project.root))
    snapshot = Snapshot(Record(project.record), None, project.sources)
    asked = [(table, column) for table, column in ASKED
             if table in snapshot.filled and any((one.table, one.column) == (table, column) for one in named)]  # fmt: skip
    return _unheard_sources(project) + unknown_values(named, {pair: snapshot.texts(*pair) for pair in asked})


def _unheard_sources(project: Project) -> list[Problem]:
    """Which of the sources that keepwell.yaml names are there none of? Who is believed first would not be as it says."""
    from keepwell.collect.source import read_sources
    from keepwell.project.config import FILE

    try:
        known = [source.name for source in read_sources(project.root)]
    except KeepwellError:  # none yet, or wrong ones: the check of sources says so
        return []
    return [Problem("source-unheard", "no file in sources/ is of this source", FILE, found=name, expected="one of " + ", ".join(known),
                    nearest=nearest(name, known), severity="warning") for name in project.sources if name not in known]  # fmt: skip
