"""Are the example projects, and the example files of a new project, right as they stand, without their data?"""

from __future__ import annotations

from pathlib import Path

import pytest

from keepwell.collect.begin import template_text
from keepwell.collect.source import read_sources
from keepwell.pay.examples import run_examples
from keepwell.pay.parse import read_plan, read_plans
from keepwell.project.config import read_project

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PROJECTS = sorted(path.parent.name for path in EXAMPLES.glob("*/keepwell.yaml"))


@pytest.mark.parametrize("name", PROJECTS)
def test_an_example_reads_without_a_mistake(name: str) -> None:
    folder = EXAMPLES / name
    project = read_project(folder)
    assert [source.name for source in read_sources(folder)] == list(project.sources)
    assert (folder / "README.md").is_file()


def test_the_examples_plans_come_out() -> None:
    plans = read_plans(EXAMPLES / "adventureworks/plans", "USD")
    results, problems = run_examples(plans)
    assert problems == []
    assert len(results) == len(plans) == 3
    assert [result for result in results if not result.is_right] == []


def test_the_example_plan_of_a_new_project_comes_out() -> None:
    results, problems = run_examples([read_plan(template_text("plan.yaml"))])
    assert problems == []
    assert [result.is_right for result in results] == [True]
