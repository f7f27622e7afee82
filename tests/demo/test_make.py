"""The files: the same bytes for the same seed, every reference right but the rows that are wrong on purpose."""

import csv
import shutil
import time
from datetime import date
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv as arrow_csv

from keepwell.collect import collect
from keepwell.collect.source import read_sources
from keepwell.demo import make_company
from keepwell.demo.bad_rows import BAD_ROWS
from keepwell.pay.examples import run_examples
from keepwell.pay.parse import read_plans
from keepwell.project.config import read_project
from keepwell.record.tables import TABLES


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_company(tmp_path_factory.mktemp("demo") / "acme", customers=60)


@pytest.fixture(scope="module")
def report(made):
    return collect(read_project(made.folder))


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".keepwell" not in path.parts
    }


def read(path: Path) -> pa.Table:
    return pq.read_table(path) if path.suffix == ".parquet" else arrow_csv.read_csv(path)


def cells(path: Path, column: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


class TestBytes:
    def test_the_same_seed_gives_the_same_bytes(self, tmp_path):
        for name in ("one", "two"):
            make_company(tmp_path / name, customers=40, seed=11)
        assert hashes(tmp_path / "one") == hashes(tmp_path / "two")

    def test_another_seed_gives_another_company(self, tmp_path):
        for seed in (1, 2):
            make_company(tmp_path / str(seed), customers=40, seed=seed)
        one, two = hashes(tmp_path / "1"), hashes(tmp_path / "2")
        assert one.keys() == two.keys()
        same = [name for name in one if one[name] == two[name] and name.startswith("exports")]
        assert len(same) <= 3  # lists of teams and groups do not depend on luck

    def test_the_days_follow_today(self, tmp_path):
        make_company(tmp_path, customers=30, months=3, today=date(2024, 2, 29))
        sent = cells(tmp_path / "exports/surveys/responses.csv", "Sent At")[:-1]
        assert sent
        assert min(sent) >= "2023-12-01"
        assert max(sent) < "2024-03-01"


class TestFiles:
    def test_rows_are_counted_as_they_are(self, made):
        for name, rows in made.rows.items():
            path = made.folder / name
            found = pq.read_metadata(path).num_rows if path.suffix == ".parquet" else sum(1 for _ in path.open()) - 1
            assert found == rows, name
        assert made.row_count == sum(made.rows.values())

    def test_bad_rows_are_listed_with_their_line(self, made):
        with (made.folder / "truth/bad_rows.csv").open(encoding="utf-8", newline="") as file:
            listed = list(csv.DictReader(file))
        assert len(listed) == len(BAD_ROWS) == made.bad_rows
        for bad, row in zip(BAD_ROWS, listed, strict=True):
            line = (made.folder / row["file"]).read_text(encoding="utf-8").splitlines()[int(row["line"]) - 1]
            assert all(cell in line for cell in bad.cells.values())

    def test_the_parts_of_the_true_hazard_add_up(self, made):
        truth = read(made.folder / "truth/customers.csv").to_pandas()
        parts = [name for name in truth.columns if name.startswith("log_") and name != "log_hazard"]
        assert len(parts) == 8
        assert (truth[parts].sum(axis=1) - truth["log_hazard"]).abs().max() < 1e-5

    def test_who_is_worth_a_look_is_in_the_truth(self, made):
        ids = cells(made.folder / "truth/story.csv", "id")
        assert {look.id for look in made.worth_a_look} <= set(ids)
        assert len(made.worth_a_look) >= 2

    def test_nothing_happens_after_today(self, made):
        for file, column in (("helpdesk/ticket_events.csv", "created_at"), ("surveys/responses.csv", "Responded At"),
                             ("crm/Task.csv", "CreatedDate"), ("hr/positions.csv", "until")):  # fmt: skip
            assert max(cells(made.folder / "exports" / file, column)) < "2026-10-01", file

    def test_progress_is_told(self, tmp_path):
        told = []
        make_company(tmp_path, customers=5, progress=lambda what, done, of: told.append((what, done, of)))
        assert told[0][1] == 0
        assert told[-1] == ("done", told[-1][2], told[-1][2])
        assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


class TestCollected:
    def test_only_the_rows_that_are_wrong_on_purpose_are_set_aside(self, made, report):
        assert sum(part.rows for part in report.quarantine) == made.bad_rows
        assert not report.warnings

    def test_every_row_is_read(self, made, report):
        exports = {name: rows for name, rows in made.rows.items() if name.startswith("exports/")}
        assert {part.file: part.rows for part in report.files} == exports

    def test_tables_of_a_whole_life_are_filled(self, report):
        filled = {part.table for part in report.tables if part.new}
        outside = {"orders", "needs", "objectives", "assessments", "rankings", "prices"}
        assert filled == set(TABLES) - outside

    def test_corrections_that_come_later_are_changes_and_nothing_new(self, made, report, tmp_path):
        assert sum(part.new for part in report.tables) > 0
        folder = tmp_path / "acme"
        shutil.copytree(made.folder, folder)
        shutil.copy(folder / "later/invoices-corrected.csv", folder / "exports/billing/")
        shutil.copy(folder / "later/Opportunity-corrected.csv", folder / "exports/crm/")
        again = collect(read_project(folder))
        assert sum(part.new for part in again.tables) == 0
        changed = {part.table: part.changed for part in again.tables if part.changed}
        rows = {name: made.rows[f"later/{name}"] for name in ("invoices-corrected.csv", "Opportunity-corrected.csv")}
        assert changed == {"invoices": rows["invoices-corrected.csv"], "deals": rows["Opportunity-corrected.csv"]}

    @pytest.mark.parametrize(("customers", "months"), [(1, 24), (2, 1), (7, 5), (50, 12)])
    def test_small_companies_collect_too(self, tmp_path, customers, months):
        small = make_company(tmp_path, customers=customers, months=months)
        found = collect(read_project(tmp_path))
        assert sum(part.rows for part in found.quarantine) == small.bad_rows


class TestProject:
    def test_the_order_of_sources_names_every_source(self, made):
        project = read_project(made.folder)
        assert sorted(project.sources) == [source.name for source in read_sources(made.folder)]

    def test_plans_are_read_and_each_has_an_example(self, made):
        plans = read_plans(made.folder / "plans", "EUR")
        assert len(plans) == 7
        assert all(plan.examples for plan in plans)

    def test_every_example_of_a_plan_comes_out_to_the_cent(self, made):
        results, problems = run_examples(read_plans(made.folder / "plans", "EUR"))
        assert not problems
        assert [problem for result in results for problem in result.problems()] == []
        assert sum(len(result.parts) for result in results) == 24

    def test_most_pay_depends_on_what_comes_after_for_some_and_on_sales_for_others(self, made):
        after = {
            plan.name: sum(float(part.weight or 0) for part in plan.parts if part.rewards != "sale")
            for plan in read_plans(made.folder / "plans", "EUR")
        }
        assert after["account-executive"] == pytest.approx(0.3)
        assert after["customer-success-manager"] == pytest.approx(1.0)


class TestSpeed:
    def test_a_million_rows_take_seconds(self, tmp_path):
        begun = time.process_time()
        big = make_company(tmp_path, customers=3_200)
        assert big.row_count > 1_000_000
        assert time.process_time() - begun < 20  # some 3 on a quiet machine
