"""Many companies paid in one run, by the pipeline and by the calculation here, over a calendar of closes."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pyarrow as pa

from keepwell import journey, measure
from keepwell.books import settled_tables
from keepwell.core.periods import Period, PeriodKind
from keepwell.engine import DuckDBEngine, Engine, run_graph
from keepwell.measure.rows import INPUTS
from keepwell.pay.compile import Calendar, compile_plans
from keepwell.pay.nodes import input_tables, nodes, nothing_settled
from keepwell.pay.parse import read_plan
from keepwell.record.tables import STAMPS, TABLES
from keepwell.run import RUN_SETTINGS
from replayed import close_periods

from .answers import Answers
from .companies import Made, Row, named, rates
from .days import LENGTHS
from .facts import Record
from .pay import Paid, pay
from .people import members
from .plans import Plan, read
from .ramps import Ramps
from .units import World
from .windows import horizon

WANTED = ("pay_lines", "part_totals", "pay_trace", "pay_unpaid")
_SKIPPED = frozenset({*INPUTS, "local_days", "measures"})


@dataclass(frozen=True)
class Settings:
    """What all companies of a batch share. `looks`: on which day it is looked at, and what is closed then."""

    looks: tuple[tuple[date, int | None], ...]
    closes: PeriodKind = "quarter"
    year_starts: int = 1
    zone: str = "UTC"


def named_rows(made: Made, name: str, stage: int) -> dict[str, list[Row]]:
    """A company's rows at a stage, with rates."""
    rows: dict[str, list[Row]] = {"exchange_rates": rates()}
    for table, row in made.rows(stage):
        rows.setdefault(table, []).append({key: named(value, name) for key, value in row.items() if key != "@"})
    return _without_twins(rows)


def _without_twins(rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """One row per key, as the record holds them."""
    for table, found in rows.items():
        keys = TABLES[table].key
        rows[table] = list({tuple(row.get(key) for key in keys): row for row in found}.values())
    return rows


def plans_of(made: Made, name: str) -> list[str]:
    """A company's plan files."""
    return [text.replace("@", name) for text in made.plans]


def worlds(companies: Sequence[tuple[str, Made]], settings: Settings) -> list[World]:
    """At each look, what is known of all companies that are paid together."""
    return [_world(companies, stage, today, settings) for stage, (today, _) in enumerate(settings.looks)]


def _world(companies: Sequence[tuple[str, Made]], stage: int, today: date, settings: Settings) -> World:
    world = World(answers=[named(row, name) for name, made in companies for row in made.answers])
    for name, made in companies:
        record, plans = (
            Record(named_rows(made, name, stage), today, "EUR", settings.zone, settings.year_starts),
            plans_read(made, name),
        )
        world.known.append((record, record.facts))
        if any("quota" in plan.words.get("ramp", {}) for plan in plans):
            world.ramps.append(Ramps(record, plans, members(record, plans, horizon(record, plans))))
    return world


def by_oracle(made: Made, name: str, world: World, place: int, settings: Settings) -> Paid:
    """What the calculation here says of a company, the one at this place of the world."""
    record = world.known[place][0]
    given = {(named(row["person_id"], name), row["measure"]): (row["n"], Fraction(row["value"])) for row in made.given}
    plans = [read(text) for text in plans_of(made, name)]
    answers = Answers([named(row, name) for row in made.answers], world.answers)
    return pay(record, plans, year_starts=settings.year_starts, closes=LENGTHS[settings.closes], given=given, world=world,
               answers=answers)  # fmt: skip


def by_pipeline(companies: Sequence[tuple[str, Made]], settings: Settings,
                wanted: Sequence[str] = WANTED) -> list[dict[str, list[Row]]]:  # fmt: skip
    """The pipeline's tables at each look, everybody in one run."""
    looks = []
    settled: dict[str, pa.Table] = {}
    with tempfile.TemporaryDirectory() as folder:
        books = Path(folder) / "books.sqlite"
        for stage, (today, closes) in enumerate(settings.looks):
            tables = run_tables(companies, settings, stage, today) | settled
            found = run(tables, wanted)
            looks.append({name: rows.to_pylist() for name, rows in found.items()})
            if closes is not None:
                period = Period(closes, settings.closes, settings.year_starts)
                close_periods(books, period, "run", found["pay_lines"], today, datetime(2027, 1, 1))
                settled = settled_tables(books)
    return looks


def run(tables: dict[str, pa.Table], wanted: Sequence[str], engine: Engine | None = None) -> dict[str, pa.Table]:
    """The wanted tables of one run."""
    with closing(engine or DuckDBEngine(threads=1)) as one:
        for name, rows in tables.items():
            one.add_arrow(name, rows)
        steps = [*journey.nodes(), *measure.nodes(), *nodes()]
        run_graph(one, [node for node in steps if node.name not in _SKIPPED], wanted=list(wanted))
        return {name: one.fetch(name) for name in wanted}


def run_tables(
    companies: Sequence[tuple[str, Made]], settings: Settings, stage: int, today: date
) -> dict[str, pa.Table]:
    """What a run is told at a look, with nothing settled."""
    rows: dict[str, list[Row]] = {"exchange_rates": rates()}
    for name, made in companies:
        for table, found in named_rows(made, name, stage).items():
            if table != "exchange_rates":
                rows.setdefault(table, []).extend(found)
    tables: dict[str, pa.Table] = {}
    for name, table in TABLES.items():
        stamped = [{"known_at": datetime(2020, 1, 1), **row} for row in rows.get(name, ())]
        tables[name] = pa.Table.from_pylist(stamped, schema=table.plus(STAMPS).arrow)
    for node in measure.nodes():
        if node.name in INPUTS:
            tables[node.name] = node.gives.arrow.empty_table()
    declared = {table.name: table for table in input_tables()}
    given = [{**named(row, name), "value": Decimal(row["value"])} for name, made in companies for row in made.given]
    plans = [read_plan(text) for name, made in companies for text in plans_of(made, name)]
    tables |= nothing_settled() | compile_plans(plans, Calendar(today, settings.year_starts, settings.closes))
    cells = next(node.gives for node in measure.nodes() if node.name == "measure_cells")
    tables["measure_cells"] = pa.Table.from_pylist(_cells(companies), schema=cells.arrow)
    tables["given_measures"] = pa.Table.from_pylist(given, schema=declared["given_measures"].arrow)
    tables["windows"] = pa.table({"name": pa.array([], pa.string()), "days": pa.array([], pa.int64())})
    tables["run_settings"] = _settings(settings, today)
    tables["local_days"] = journey.local_days(settings.zone, date(2024, 1, 1), today + timedelta(days=1))
    return tables


def _cells(companies: Sequence[tuple[str, Made]]) -> list[Row]:
    """Answers as the measures are made of them: counted whole, and by people."""
    found: list[Row] = []
    for number, row in enumerate((named(row, name) for name, made in companies for row in made.answers), 1):
        # of a share, b and c are the weights of the answers and their squares
        more = (row["b"], 0) if row["measure"] == "nps" else (row["n"], row["n"])
        counts = {"measure": row["measure"], "month": row["month"], "n": row["n"], "a": Decimal(row["a"]), "b": Decimal(more[0]),
                  "c": Decimal(more[1]), "duration": -1, "outcome": -1, "segment": "", "region": "", "stage": "",
                  "department": ""}  # fmt: skip
        nobody = {"counts_in": "whole", "person_no": 0, "person_id": "", "team_id": ""}
        somebody = {
            "counts_in": "people",
            "person_no": number,
            "person_id": row["person_id"],
            "team_id": row["team_id"],
        }
        found += [{**counts, **nobody}, {**counts, **somebody}] if row["n"] else []
    return found


def _settings(settings: Settings, today: date) -> pa.Table:
    last_moment = datetime(today.year, today.month, today.day, 20)
    said = {
        "as_of": last_moment, "today": today, "currency": "EUR", "year_starts": settings.year_starts,
        "closes_months": LENGTHS[settings.closes], "time_zone": settings.zone,
    }  # fmt: skip
    return pa.Table.from_pylist([said], schema=RUN_SETTINGS.arrow)


def bytes_of_lines(companies: Sequence[tuple[str, Made]], settings: Settings, stage: int, folder: Path) -> bytes:
    """The file of pay lines that a run keeps of these companies."""
    with closing(DuckDBEngine(threads=1)) as engine:
        for name, rows in run_tables(companies, settings, stage, settings.looks[stage][0]).items():
            engine.add_arrow(name, rows)
        steps = [*journey.nodes(), *measure.nodes(), *nodes()]
        run_graph(engine, [node for node in steps if node.name not in _SKIPPED], folder, wanted=["pay_lines"])
    return (folder / "pay_lines.parquet").read_bytes()


def plans_read(made: Made, name: str) -> list[Plan]:
    """A company's plans as the calculation here reads them."""
    return [read(text) for text in plans_of(made, name)]
