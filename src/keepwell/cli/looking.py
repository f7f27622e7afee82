"""`report`, `measures`, `measure`, `journey`: the company's experience, looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from unicodedata import combining, normalize

from cyclopts import Parameter

from keepwell.cli.opened import Opened, open_latest
from keepwell.cli.shell import Answer, Shell, check_word
from keepwell.cli.writing import write_file
from keepwell.core.errors import MissingError, UsageError, nearest
from keepwell.core.identifiers import find_id

if TYPE_CHECKING:
    from keepwell.show.report import Report

Hidden = Annotated[Shell, Parameter(parse=False)]


def report(to: Path | None = None, *, dry_run: bool = False, shell: Hidden) -> Answer:
    """Write the whole company on one page: one HTML file, readable on a phone and on paper.

    Parameters
    ----------
    to
        the file; otherwise report.html in the project
    dry_run
        make the page and write nothing
    """
    opened = open_latest(shell.project())
    path = to or opened.project.root / "report.html"
    made = company_report(opened)
    written = path if dry_run else write_report(opened, made, path)
    data = {"file": str(path), "run_id": opened.run.run_id, "written": not dry_run}
    return Answer(data, lambda: [f"{'would be ' if dry_run else ''}written: {written}"])


def measures(*, shell: Hidden) -> Answer:
    """List the catalogue of measures: what each asks, and whether it can be had or what is missing."""
    from keepwell.measure import CATALOGUE, available
    from keepwell.record import Record
    from keepwell.record.snapshot import Snapshot
    from keepwell.show.readings import measure_words
    from keepwell.show.terminal import measures_lines

    filled = Snapshot(Record(shell.project().record)).filled
    found = available(CATALOGUE.values(), dict.fromkeys(filled, 1))
    data = [
        {"measure": one.measure.name, "question": one.measure.question, "unit": one.measure.unit,
         "tables": list(one.measure.needs), "available": one.is_available, "missing": list(one.missing)}
        for one in found
    ]  # fmt: skip
    rows = [(measure_words(one.measure.name), "available" if one.is_available else "needs " + ", ".join(one.missing))
            for one in found]  # fmt: skip
    return Answer(data, lambda: measures_lines(rows, shell.width))


def measure(name: str, *, by: str = "company", per: str = "quarter", shell: Hidden) -> Answer:
    """Show one measure by unit and period, with its interval.

    Parameters
    ----------
    name
        the measure, as `keepwell measures` lists it
    by
        company, department, team, person, segment, region, stage or customer
    per
        all, year, quarter or month
    """
    from keepwell.measure import PERIOD_KINDS, UNIT_KINDS, find_measure, measure_rows
    from keepwell.show.readings import measure_words, readings
    from keepwell.show.terminal import measure_lines

    project = shell.project()
    asked = find_measure(name)
    for word, known, option in ((by, UNIT_KINDS, "--by"), (per, PERIOD_KINDS, "--per")):
        check_word(option, word, known)
    if by == "person" and not project.persons:
        raise UsageError("persons-off", "measures of single persons are off in this company",
                         hint="persons: true in keepwell.yaml turns them on")  # fmt: skip
    opened = open_latest(project)
    rows = measure_rows(opened.tables, name, by, per, year_starts=project.year_starts, today=opened.run.today)
    warnings = _missing_for(name, opened)
    shown = readings(rows, name, by, per)
    return Answer(_measure_data(rows, opened), lambda: measure_lines(shown, measure_words(asked.name), opened.names,
                                                                     shell.width), bool(shown), warnings)  # fmt: skip


def journey(customer: str | None = None, *, shell: Hidden) -> Answer:
    """Show the map of the journey, or one customer's line of events.

    Parameters
    ----------
    customer
        an id (with or without its namespace) or the customer's name; none: the map
    """
    from keepwell.record.tables import STAGES
    from keepwell.show.journey_map import journey_map
    from keepwell.show.terminal import journey_lines

    opened = open_latest(shell.project())
    if customer is not None:
        return _customer_answer(opened, customer)
    found = journey_map(opened.tables["transitions"], opened.tables["stages"], STAGES)
    return Answer({"stages": list(found.stages), "ways": list(found.ways)}, lambda: journey_lines(found, shell.width))


def _customer_answer(opened: Opened, customer: str) -> Answer:
    from keepwell.show.customer_line import customer_line
    from keepwell.show.screen import customer_story
    from keepwell.show.summary import words_of

    full = find_customer(customer, opened)
    line = customer_line(full, opened.tables, opened.names, words_of(opened.plans), opened.project.currency)
    data = {"customer_id": full, "name": opened.names.customer(full), "moments": list(line.moments)}
    return Answer(data, lambda: [customer_story(line, opened.names, opened.project.currency)], bool(line.moments),
                  why=f"nothing is known of what happened to {data['name']}")  # fmt: skip


def find_named(wanted: str, names: Mapping[str, str], ids: Iterable[str | None], what: str) -> str:
    """The one of `ids` that `wanted` means: an id, or a name that only one has. Raises `MissingError` (`id-…`)."""
    known = {full for full in ids if full is not None}
    called = sorted(full for full in known if names.get(full, "").casefold() == wanted.casefold())
    if len(called) == 1:
        return called[0]
    if called:
        raise MissingError("id-ambiguous", f"{wanted} may be " + " or ".join(called), hint="write the id")
    try:
        return find_id(wanted, known, what)
    except MissingError as error:
        near = near_names(wanted, [names[full] for full in known if full in names])
        if not near or error.code != "id-unknown":
            raise
        raise MissingError("id-unknown", error.message, hint=f"did you mean {' or '.join(near)}?") from None


def find_customer_or_person(wanted: str, opened: Opened) -> tuple[str, str]:
    """Whom does `wanted` mean, a customer or else a person: which of the two, and the id? Raises `MissingError` (`id-…`)."""
    known = {
        "customer": (opened.names.customers, opened.tables["customers"]["customer_id"].to_pylist()),
        "person": (opened.names.people, opened.tables["people"]["person_id"].to_pylist()),
    }
    hint = None
    for what, (names, ids) in known.items():
        try:
            return what, find_named(wanted, names, ids, what)
        except MissingError as error:
            if error.code != "id-unknown":
                raise
            hint = hint or error.hint
    near = near_names(wanted, [name for names, _ in known.values() for name in names.values()])
    raise MissingError("id-unknown", f"no customer or person {wanted}",
                       hint=f"did you mean {' or '.join(near)}?" if near else hint)  # fmt: skip


def find_customer(wanted: str, opened: Opened) -> str:
    """The customer that is meant, by an id or a name. Raises `MissingError` (`id-…`)."""
    return find_named(wanted, opened.names.customers, opened.tables["customers"]["customer_id"].to_pylist(), "customer")


def find_owner(wanted: str | None, opened: Opened) -> str | None:
    """Who is meant to be named for customers; `nobody` is '': customers for whom nobody is. Raises `MissingError` (`id-…`)."""
    if wanted is None or wanted.casefold() == "nobody":
        return wanted and ""
    return find_named(wanted, opened.names.people, opened.tables["people"]["person_id"].to_pylist(), "person")


def near_names(wanted: str, names: Iterable[str], most: int = 5) -> list[str]:
    """Whom may a first or last name, a beginning or a misspelt name mean? The names of which a word begins so, else the nearest.

    >>> near_names("ann", ["Anna Kraus", "Johanna Berg", "Mia Annis"]), near_names("Krauss", ["Anna Kraus", "Mia Annis"])
    (['Anna Kraus', 'Mia Annis'], ['Anna Kraus'])
    >>> near_names("Nystrom", ["Anders Nyström", "Ingrid Nyström", "Nysa Strong"])
    ['Anders Nyström', 'Ingrid Nyström']
    """
    every = sorted(set(names))
    asked = _folded(wanted)
    words = {name: [_folded(name), *_folded(name).split()] for name in every}
    begin = [name for name in every if any(word.startswith(asked) for word in words[name])]
    if begin or not wanted:
        return begin[:most]
    near = nearest(asked, {word for own in words.values() for word in own})
    return [name for name in every if near in words[name]][:most]


def _folded(name: str) -> str:
    """The name without case and accents, as it is typed in a hurry."""
    return "".join(letter for letter in normalize("NFKD", name.casefold()) if not combining(letter))


def company_report(opened: Opened) -> Report:
    """The report of a run, with what waits in quarantine and which tables would give what."""
    from keepwell.cli.paying import explainer
    from keepwell.collect.quarantine import count_reasons, read_quarantine
    from keepwell.record.tables import TABLES
    from keepwell.show.company_report import Company, make_report
    from keepwell.show.report import Quarantined

    project = opened.project
    company = Company(project.company, project.currency, opened.run.today, opened.run.run_id, project.year_starts,
                      project.closes, project.persons)  # fmt: skip
    reasons = count_reasons(read_quarantine(project.quarantine))
    return make_report(
        company, opened.tables, opened.names, opened.plans,
        quarantined=[Quarantined(source, code, rows) for (source, _, code), rows in reasons.items()],
        empty=[name for name in TABLES if name not in opened.snapshot.filled],
        explain=explainer(opened),
    )  # fmt: skip


def write_report(opened: Opened, made: Report, path: Path) -> Path:
    """Write the page."""
    from keepwell.show.report import report_html

    return write_file(path, report_html(made, opened.names))


def first_screen(opened: Opened) -> Any:
    """What a visitor sees first, for the terminal."""
    from keepwell.show.screen import first_screen as screen

    return screen(company_report(opened), opened.names)


def _missing_for(name: str, opened: Opened) -> list[str]:
    from keepwell.measure import CATALOGUE, available

    [one] = available([CATALOGUE[name]], dict.fromkeys(opened.snapshot.filled, 1))
    return [one.words] if one.words else []


def _measure_data(rows: Any, opened: Opened) -> list[dict[str, Any]]:
    return [{**row, "name": opened.names.unit(row["unit_kind"], row["unit"])} for row in rows.to_pylist()]
