"""What follows from the record as known at a moment? A run: every step once, from the beginning, into one folder.

A run is named by what went into it: the snapshot of the record, the moment, the configuration and the steps
themselves. So the same inputs give the same name and the same bytes, and `verify` can do it again and compare.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from keepwell import __version__
from keepwell.books import books_of, settled_tables
from keepwell.books.deciding import DECIDED
from keepwell.books.lines import rows_hash
from keepwell.core.errors import MissingError, RefusedError, nearest
from keepwell.core.identifiers import content_hash
from keepwell.core.periods import MONTHS_IN
from keepwell.core.progress import Progress
from keepwell.core.tables import Column, Table
from keepwell.credit.accounts import SHARED_COSTS, shared_costs
from keepwell.engine import DuckDBEngine, Engine, Node, Reuse, run_graph
from keepwell.project.config import FILE, Project, read_project
from keepwell.record import Record
from keepwell.record.snapshot import Snapshot, add_record
from keepwell.value.settings import settings_tables

MANIFEST = "manifest.json"
LATEST = "latest"
LARGE, PAID_ON = 1_000_000, ("deals", "orders", "contracts", "invoices")
TABLES, CONFIGURATION, DECISIONS = "tables", "configuration", "decisions"
CONFIGURED_BY = (FILE, "plans/*.yaml", "measures/*.yaml")
PACKAGE = Path(__file__).parent
# these bring facts in, note decisions or show results: what a run is told of them it is told as tables
NO_STEPS = ("collect", "books", "show", "cli", "demo")

RUN_SETTINGS = Table(
    "run_settings",
    (
        Column("as_of", "timestamp", "the moment as known at which the run was made, UTC"),
        Column("today", "date", "the day of that moment in the company's time zone"),
        Column("currency", "text", "the company's currency"),
        Column("year_starts", "integer", "the first month of the fiscal year, 1 to 12"),
        Column("closes_months", "integer", "months in the period at which pay is settled: 1 or 3"),
        Column("time_zone", "text", "the time zone in which the company's days are counted"),
        Column(
            "satisfied_from",
            "share",
            "from which point of a survey's scale on an answer is satisfied; null: as measures say",
        ),
    ),
    "the one row of what a run was told",
)
WINDOWS = Table(
    "windows",
    (Column("name", "text", "what is waited for", key=True), Column("days", "integer", "how long")),
    "one row per waiting time that the company set",
)


@dataclass(frozen=True)
class Run:
    """A finished run: its folder, and what went into it.

    `as_of` is its moment (UTC), `known_at` the same where it was asked for, `today` its day in the company's time zone.
    """

    folder: Path
    run_id: str
    collect_id: str
    as_of: datetime
    known_at: datetime | None
    today: date
    engine: str
    seconds: Mapping[str, float]

    @property
    def files(self) -> dict[str, Path]:
        """The kept tables' files by name."""
        return {path.stem: path for path in sorted((self.folder / TABLES).glob("*.parquet"))}

    def table(self, name: str) -> pa.Table:
        """One kept table, whole. Raises `MissingError` (`table-missing`)."""
        path = self.files.get(name)
        if path is None:
            near = nearest(name, self.files)
            hint = f"did you mean {near}?" if near else "run again: keepwell run"
            raise MissingError("table-missing", f"the run {self.run_id} has no table {name}", hint=hint)
        return pq.read_table(path)

    @property
    def decided(self) -> dict[str, pa.Table]:
        """What the run was told from the books beside settled lines: acceptances, adjustments."""
        files = sorted((self.folder / DECISIONS).glob("*.parquet"))
        return {path.stem: pq.read_table(path) for path in files if path.stem in DECIDED}

    @cached_property
    def hashes(self) -> dict[str, str]:
        """The hash of each kept table's bytes, as they lie there now."""
        return _hashes(self.folder / TABLES)


@dataclass(frozen=True)
class Told:
    """What goes into a run, and the name that follows from it."""

    run_id: str
    snapshot: Snapshot
    moment: datetime
    today: date
    engine: str
    configuration: Path
    decisions: Mapping[str, pa.Table]


def run(project: Project, *, as_of: datetime | None = None, engine: str | None = None,
        progress: Progress | None = None, again: bool = False) -> Run:  # fmt: skip
    """Compute everything from the record as known at `as_of` (UTC; default: at its last collect).

    A run that was made before is found by its name and not made `again`. A crash leaves no half of a run. Raises
    `MissingError` (`record-empty`), `ConfigurationError` (plans), `BrokenError`.
    """
    told = _told(project, as_of, engine)
    folder = project.runs / told.run_id
    if again or not (folder / MANIFEST).is_file():
        project.runs.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{told.run_id}-", dir=project.runs))
        try:
            _make(project, told, unfinished, progress, _latest(project))
            shutil.rmtree(folder, ignore_errors=True)
            unfinished.replace(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    _point_to(project, told.run_id)
    return open_run(project, told.run_id)


def plan(project: Project, *, as_of: datetime | None = None, engine: str | None = None) -> tuple[str, list[str]]:
    """The name that a run would have, and its steps, without making it."""
    return _told(project, as_of, engine).run_id, sorted(node.name for node in nodes())


def open_run(project: Project, run_id: str | None = None) -> Run:
    """The run of this name, or the latest. Raises `MissingError` (`run-missing`)."""
    latest = project.runs / LATEST
    wanted = run_id or (latest.read_text(encoding="utf-8").strip() if latest.is_file() else None)
    if wanted is None:
        raise MissingError("run-missing", "nothing was run yet", hint="keepwell run")
    names = sorted(path.parent.name for path in project.runs.glob(f"*/{MANIFEST}"))
    fitting = [name for name in names if name.startswith(wanted)]
    if len(fitting) != 1:
        hint = "one of " + ", ".join(fitting or names) if names else "keepwell run"
        raise MissingError("run-missing", f"no run {wanted}" if not fitting else f"{wanted} is not one run", hint=hint)
    folder = project.runs / fitting[0]
    told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return Run(
        folder=folder,
        run_id=told["run_id"],
        collect_id=told["collect_id"],
        as_of=datetime.fromisoformat(told["as_of"]),
        known_at=None if told["known_at"] is None else datetime.fromisoformat(told["known_at"]),
        today=date.fromisoformat(told["today"]),
        engine=told["engine"],
        seconds=told["seconds"],
    )


def inputs_differing(project: Project, before: str, now: Run) -> list[str]:
    """What went into a run and not into another, in words: the record, files of the configuration, decisions, version.

    Empty where the run `before` is no longer there to compare.
    """
    try:
        was = open_run(project, before)
    except MissingError:
        return []
    told = [json.loads((one.folder / MANIFEST).read_text(encoding="utf-8")) for one in (was, now)]
    words = {"collect_id": "the record (collect {} → {})", "as_of": "its moment ({} → {})", "version": "Keepwell ({} → {})",
             "engine": "the engine ({} → {})", "library": "its release ({} → {})"}  # fmt: skip
    found = [said.format(told[0].get(word), told[1].get(word)) for word, said in words.items()
             if told[0].get(word) != told[1].get(word)]  # fmt: skip
    for kind in (CONFIGURATION, DECISIONS):
        files = [{path.relative_to(one.folder / kind).as_posix(): path.read_bytes()
                  for path in (one.folder / kind).rglob("*") if path.is_file()} for one in (was, now)]  # fmt: skip
        found += sorted(name for name in {*files[0], *files[1]} if files[0].get(name) != files[1].get(name))
    return found


def verify(project: Project, made: Run, *, progress: Progress | None = None) -> dict[str, str]:
    """Does doing a run again from its stored inputs give the same bytes? What differs, by table; empty: all is the same.

    Raises `RefusedError` (`verify-engine`) for a run of another version of the steps, which cannot be done again here.
    """
    stored = replace(read_project(made.folder / CONFIGURATION), root=project.root)
    told = _told(stored, made.known_at, made.engine, made.folder)
    if told.run_id != made.run_id:
        message = f"the run {made.run_id} was made by other steps than these, or of another record"
        hint = "check it with the version that made it, which its manifest.json names"
        raise RefusedError("verify-other", message, hint=hint)
    manifest = json.loads((made.folder / MANIFEST).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix=".verify-", dir=project.runs) as scratch:
        _make(stored, told, Path(scratch), progress)
        return _differences(manifest["tables"], made.hashes, _hashes(Path(scratch) / TABLES))


def valued_since(project: Project, made: Run, since_on: date, wanted: Sequence[str],
                 progress: Progress | None = None) -> dict[str, pa.Table]:  # fmt: skip
    """These tables of a run on customers' values, with a day of its past among the moments: from its stored inputs."""
    stored = replace(read_project(made.folder / CONFIGURATION), root=project.root)
    told = _told(stored, made.known_at, made.engine, made.folder)
    with closing(_engine(made.engine, stored)) as engine:
        _give_record(engine, told)
        for table, small in _settings(stored, told, since_on):
            engine.add_arrow(table.name, small, table)
        run_graph(engine, nodes(), progress=progress, wanted=wanted)
        return {name: engine.fetch(name) for name in wanted}


def _give_record(engine: Engine, told: Told) -> None:
    snapshot = told.snapshot
    add_record(engine, snapshot.record, None, snapshot.as_of, snapshot.source_order)


def _differences(told: Mapping[str, str], found: Mapping[str, str], repeated: Mapping[str, str]) -> dict[str, str]:
    differing: dict[str, str] = {}
    for name in sorted({*told, *found, *repeated}):
        if name not in found:
            differing[name] = "is missing from the run"
        elif told.get(name) != found[name]:
            differing[name] = "was changed after the run was made"
        elif repeated.get(name) != found[name]:
            differing[name] = "comes out otherwise when it is done again"
    return differing


def nodes() -> list[Node]:
    """Every step of a run, in no order: the engine finds it from what each reads."""
    from keepwell import credit, journey, measure, value
    from keepwell.pay import nodes as pay

    return [*journey.nodes(), *measure.nodes(), *value.nodes(), *credit.nodes(), *pay.nodes()]


def given_tables() -> list[Table]:
    """The small tables that a run is told beside the record: settings, what plans compile to, what was decided."""
    from keepwell.pay.nodes import input_tables
    from keepwell.value import VALUE_TABLES

    return [RUN_SETTINGS, WINDOWS, *VALUE_TABLES, SHARED_COSTS, *input_tables()]


def _make(project: Project, told: Told, folder: Path, progress: Progress | None, earlier: Path | None = None) -> None:
    """Compute the run into `folder`: what went into it, its tables, and last its manifest.

    Of a large record, what did not change since the `earlier` run is taken over from its folder.
    """
    from keepwell.pay.compile import Calendar, compile_plans
    from keepwell.pay.nodes import nothing_settled
    from keepwell.pay.parse import read_plans

    _keep_inputs(told, folder)
    plans = read_plans(told.configuration / "plans", project.currency)
    calendar = Calendar(told.today, project.year_starts, project.closes)
    rows = {**compile_plans(plans, calendar), **nothing_settled(), **told.decisions}
    with closing(_engine(told.engine, project)) as engine:
        snapshot = told.snapshot
        _give_record(engine, told)
        for table, small in _settings(project, told):
            engine.add_arrow(table.name, small, table)
        for name, small in rows.items():
            engine.add_arrow(name, small)
        reuse = Reuse(folder, earlier) if is_large(snapshot) else None
        ran = run_graph(engine, nodes(), folder / TABLES, progress, reuse=reuse)
    manifest = {
        "run_id": told.run_id,
        "collect_id": told.snapshot.name,
        "as_of": told.moment.isoformat(),
        "known_at": None if told.snapshot.as_of is None else told.snapshot.as_of.isoformat(),
        "today": told.today.isoformat(),
        "engine": told.engine,
        "version": __version__,
        "library": _library(told.engine),
        "tables": _hashes(folder / TABLES),
        "seconds": {name: round(seconds, 4) for name, seconds in ran.seconds.items()},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")


def _keep_inputs(told: Told, folder: Path) -> None:
    """Copy the configuration and the decisions beside the tables, so that the run can be done again from them."""
    for path in _configuration_files(told.configuration):
        target = folder / CONFIGURATION / path.relative_to(told.configuration)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    (folder / DECISIONS).mkdir(parents=True)
    for name, rows in told.decisions.items():
        pq.write_table(rows, folder / DECISIONS / f"{name}.parquet")


def _told(project: Project, as_of: datetime | None, engine: str | None, made: Path | None = None) -> Told:
    """What goes into a run: of the project as it stands, or of a run that was `made` (its folder)."""
    snapshot = Snapshot(Record(project.record), as_of, project.sources)
    if snapshot.name is None:
        when = f" at {as_of:%Y-%m-%d %H:%M}" if as_of else ""
        raise MissingError("record-empty", f"nothing was known{when}", hint="bring facts in first: keepwell collect")
    moment = as_of or snapshot.collects[-1].known_at
    today = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(project.time_zone)).date()
    if made is None:
        decisions, configuration = settled_tables(books_of(project)), project.root
    else:
        configuration = made / CONFIGURATION
        decisions = {path.stem: pq.read_table(path) for path in sorted((made / DECISIONS).glob("*.parquet"))}
    kind = engine or project.engine
    texts = [
        f"{path.relative_to(configuration).as_posix()}\n{path.read_text(encoding='utf-8')}"
        for path in _configuration_files(configuration)
    ]
    decided = [part for name, rows in sorted(decisions.items()) for part in (name, rows_hash(rows))]
    made_by = (__version__, kind, _library(kind), steps_hash(PACKAGE))
    run_id = content_hash(*made_by, snapshot.name, moment.isoformat(), *texts, *decided)
    return Told(run_id, snapshot, moment, today, kind, configuration, decisions)


def _library(engine: str) -> str:
    """Which release computes? The same rows are other bytes in a file that another release writes."""
    name = "duckdb" if engine == "duckdb" else "pyspark"
    return f"{name} {version(name)}"


def steps_hash(package: Path) -> str:
    """By which steps is a run made? A hash of Keepwell's own SQL and Python, but for what cannot change a result."""
    files = sorted(
        path
        for path in package.rglob("*")
        if path.suffix in {".py", ".sql"} and path.relative_to(package).parts[0] not in NO_STEPS
    )
    return content_hash(*(part for path in files for part in (str(path.relative_to(package)), path.read_bytes())))


def is_large(snapshot: Snapshot) -> bool:
    """Whether so many facts are paid on that a run is made by buckets, of which a later one takes over what it can."""
    written = sum(
        n.written for one in snapshot.collects for table in PAID_ON for n in one.counts.get(table, {}).values()
    )
    return written > LARGE


def _latest(project: Project) -> Path | None:
    file = project.runs / LATEST
    return project.runs / file.read_text(encoding="utf-8").strip() if file.is_file() else None


def _hashes(tables: Path) -> dict[str, str]:
    return {path.stem: _hash(path) for path in sorted(tables.glob("*.parquet"))}


def _hash(path: Path) -> str:
    """The hash of a table's file, or of its files where there is one for each bucket."""
    if path.is_file():
        return sha256(path.read_bytes()).hexdigest()
    return content_hash(*(part for file in sorted(path.iterdir()) for part in (file.name, _hash(file))))


def _configuration_files(folder: Path) -> list[Path]:
    return sorted(path for pattern in CONFIGURED_BY for path in folder.glob(pattern) if path.is_file())


def _settings(project: Project, told: Told, since_on: date | None = None) -> Iterable[tuple[Table, pa.Table]]:
    settings = {
        "as_of": told.moment,
        "today": told.today,
        "currency": project.currency,
        "year_starts": project.year_starts,
        "closes_months": MONTHS_IN[project.closes],
        "time_zone": project.time_zone,
        "satisfied_from": project.satisfied_from,
    }
    yield RUN_SETTINGS, pa.Table.from_pylist([settings], schema=RUN_SETTINGS.arrow)
    windows = [{"name": name, "days": days} for name, days in sorted(project.windows.items())]
    yield WINDOWS, pa.Table.from_pylist(windows, schema=WINDOWS.arrow)
    yield from settings_tables(project.valuation, since_on).items()
    yield SHARED_COSTS, shared_costs(project.accounts)


def _engine(kind: str, project: Project) -> Engine:
    project.spill.mkdir(parents=True, exist_ok=True)
    if kind == "spark":
        from keepwell.engine.spark import SparkEngine, start_spark

        return SparkEngine(start_spark(memory=project.memory), project.spill)
    return DuckDBEngine(project.memory, project.spill)


def _point_to(project: Project, run_id: str) -> None:
    latest = project.runs / LATEST
    unfinished = latest.with_suffix(".unfinished")
    unfinished.write_text(run_id + "\n", encoding="utf-8")
    unfinished.replace(latest)
