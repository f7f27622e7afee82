"""`collect`, `run`, `verify`, `record`, `quarantine`, `forget`: facts in, and what is made of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from cyclopts import Parameter

from keepwell.cli.shell import Answer, Shell
from keepwell.core.errors import UsageError

if TYPE_CHECKING:
    from keepwell.project.config import Project

Hidden = Annotated[Shell, Parameter(parse=False)]


def collect(*sources: str, dry_run: bool = False, allow_gone: bool = False, known_at: str | None = None,
            shell: Hidden) -> Answer:  # fmt: skip
    """Bring the sources into the record: all of them, or those named.

    Parameters
    ----------
    sources
        the names of sources; none: all
    dry_run
        say what would change, and change nothing
    allow_gone
        let a complete file take away more than a tenth of what was known
    known_at
        replay a history: the moment at which these facts were learnt (a day, or a UTC moment)
    """
    from keepwell.collect.collect import collect as collect_sources
    from keepwell.show.collected import collected_lines

    project = shell.project()
    moment = moment_of(known_at, project) if known_at else None
    with shell.progress("collecting") as progress:
        report = collect_sources(project, sources, known_at=moment, dry_run=dry_run, allow_gone=allow_gone,
                                 progress=progress)  # fmt: skip
    return Answer(
        report.as_json(),
        lambda: collected_lines(report, project.root, shell.width),
        warnings=list(map(str, report.warnings)),
    )


def run(*, as_of: str | None = None, engine: str | None = None, again: bool = False, dry_run: bool = False,
        shell: Hidden) -> Answer:  # fmt: skip
    """Compute everything from the record: journey, measures, pay.

    Parameters
    ----------
    as_of
        as known on this day (to its end) or at this moment (UTC); otherwise at the last collect
    engine
        duckdb or spark; otherwise what keepwell.yaml says
    again
        compute even if this very run was made before
    dry_run
        say what would be computed, and compute nothing
    """
    from keepwell import run as running

    project = shell.project()
    moment = moment_of(as_of, project) if as_of else None
    if engine not in (None, "duckdb", "spark"):
        raise UsageError("engine-unknown", f"there is no engine {engine}", hint="duckdb or spark")
    if dry_run:
        run_id, names = running.plan(project, as_of=moment, engine=engine)
        return Answer({"run_id": run_id, "steps": names}, lambda: [f"the run {run_id} would take {len(names)} steps"])
    with shell.progress("running") as progress:
        made = running.run(project, as_of=moment, engine=engine, progress=progress, again=again)
    from keepwell.cli.looking import first_screen
    from keepwell.cli.opened import Opened

    data = {"run_id": made.run_id, "as_of": made.as_of, "today": made.today, "collect_id": made.collect_id,
            "tables": made.hashes, "seconds": dict(made.seconds)}  # fmt: skip
    return Answer(data, lambda: [first_screen(Opened(project, made))])


def verify(run_id: str | None = None, *, shell: Hidden) -> Answer:
    """Recompute a run from its stored inputs and compare, byte for byte.

    Parameters
    ----------
    run_id
        the run, or the beginning of its name; otherwise the latest
    """
    from keepwell import run as running

    project = shell.project()
    made = running.open_run(project, run_id)
    with shell.progress("verifying") as progress:
        differing = running.verify(project, made, progress=progress)
    if differing:
        lines = [f"{name} {what}" for name, what in differing.items()]
    else:
        lines = [f"the run {made.run_id} comes out the same: {len(made.hashes)} tables, byte for byte"]
    return Answer({"run_id": made.run_id, "differing": differing}, lambda: lines, not differing, code="run-differs",
                  why=f"the run {made.run_id} does not come out the same: " + "; ".join(lines))  # fmt: skip


def record(table: str | None = None, key: str | None = None, *, as_of: str | None = None, shell: Hidden) -> Answer:
    """Show what the record holds: its tables, or all versions of a row.

    Parameters
    ----------
    table
        one table
    key
        the id of a row of it, with or without its namespace
    as_of
        as known on this day (to its end) or at this moment (UTC)
    """
    from keepwell.record import Record
    from keepwell.record.look import look_at_record, look_at_row
    from keepwell.show.recorded import record_lines, table_lines, version_lines

    project = shell.project()
    moment = moment_of(as_of, project) if as_of else None
    kept = Record(project.record)
    if table is not None and key is not None:
        versions = look_at_row(kept, table, key, moment)
        return Answer(versions, lambda: version_lines(table, versions, shell.width), bool(versions), code="id-unknown",
                      why=f"nothing of {key} was known in {table} then")  # fmt: skip
    figures = look_at_record(kept, moment, table)
    if table is None:
        return Answer(figures, lambda: record_lines(figures, shell.width), bool(figures.tables), code="record-empty",
                      why="the record is empty")  # fmt: skip
    lines = table_lines(table, figures, shell.width)
    return Answer([one for one in figures.tables if one.table == table], lambda: lines)


def quarantine(source: str | None = None, *, shell: Hidden) -> Answer:
    """List the rows that broke a rule, which rule, and where they stand.

    Parameters
    ----------
    source
        one source; otherwise all
    """
    from keepwell.collect.quarantine import read_quarantine
    from keepwell.show.collected import waiting_lines

    rows = list(read_quarantine(shell.project().quarantine, source))
    return Answer(rows, lambda: waiting_lines(rows, shell.width))


def forget(who: str, *, kind: str | None = None, dry_run: bool = False, shell: Hidden) -> Answer:
    """Erase a person's or customer's name, address and texts; facts and runs stay as they are.

    Parameters
    ----------
    who
        the id, with or without its namespace
    kind
        customers or people, where one id is both
    dry_run
        say what would be erased, and erase nothing
    """
    from keepwell.record.forget import forget as erase
    from keepwell.show.recorded import erasure_lines

    done = erase(shell.project(), who, kind, dry_run=dry_run)
    return Answer(done, lambda: erasure_lines(done, dry_run=dry_run))


def moment_of(text: str, project: Project) -> datetime:
    """A day (its end, in the company's zone) or an ISO moment (UTC unless it says otherwise), as UTC without zone."""
    try:
        if len(text) == 10:
            after = datetime.combine(date.fromisoformat(text) + timedelta(days=1), datetime.min.time())
            local = after.replace(tzinfo=ZoneInfo(project.time_zone)) - timedelta(microseconds=1)
            return local.astimezone(UTC).replace(tzinfo=None)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            "time-unknown", f"{text} is no day or moment", hint="write 2026-09-30 or 2026-09-30T18:00"
        ) from None
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
