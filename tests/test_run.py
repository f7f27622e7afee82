"""A run is named by what it was made of: with another record, configuration or step it is another run."""

import shutil
from pathlib import Path

import pytest

from keepwell import run as running
from keepwell.collect import collect
from keepwell.project.config import read_project


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "lark"
    (root / "sources").mkdir(parents=True)
    (root / "keepwell.yaml").write_text("company: Lark\ncurrency: EUR\ntime_zone: Europe/Berlin\n")
    (root / "sources/crm.yaml").write_text("reads: c.csv\nbecomes: {customers: {customer_id: id}}\n")
    (root / "c.csv").write_text("id\n1\n")
    made = read_project(root)
    collect(made)
    return made


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of Keepwell's own files, as which the steps are read."""
    copy = tmp_path / "keepwell"
    shutil.copytree(running.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(running, "PACKAGE", copy)
    return copy


def changed(path: Path) -> None:
    before = path.read_text(encoding="utf-8")
    path.write_text(before + ("\n-- more" if path.suffix == ".sql" else "\n# more"), encoding="utf-8")


@pytest.mark.parametrize("file", ["measure/credibility.py", "pay/evidence.py", "pay/compile.py", "journey/events.sql",
                                  "core/periods.py", "engine/quotient.py", "record/snapshot.py", "run.py"])  # fmt: skip
def test_another_step_is_another_run(file, project, package):
    before = running.plan(project)[0]
    assert running.plan(project)[0] == before
    changed(package / file)
    assert running.plan(project)[0] != before


@pytest.mark.parametrize("file", ["show/report.py", "cli/paying.py", "collect/read.py", "demo/people.py"])
def test_what_only_shows_or_brings_in_changes_no_run(file, project, package):
    before = running.plan(project)[0]
    changed(package / file)
    assert running.plan(project)[0] == before


def test_every_model_and_step_is_part_of_the_name():
    from keepwell.engine import Model

    for node in running.nodes():
        where = node.file.split("/")[1] if isinstance(node, Model) else node.file.split(".")[1]
        assert where not in running.NO_STEPS, node.name


def test_another_configuration_is_another_run(project):
    before = running.plan(project)[0]
    (project.root / "keepwell.yaml").write_text("company: Lark\ncurrency: USD\ntime_zone: Europe/Berlin\n")
    assert running.plan(read_project(project.root))[0] != before


def test_another_release_of_the_engine_is_another_run(project, monkeypatch):
    before = running.plan(project)[0]
    monkeypatch.setattr(running, "version", lambda name: f"{name} as it will be")
    assert running.plan(project)[0] != before
