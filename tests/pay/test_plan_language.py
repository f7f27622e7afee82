"""Every plan in the documentation is read, and its examples come out."""

from __future__ import annotations

import re
from pathlib import Path

from keepwell.pay.examples import run_examples
from keepwell.pay.parse import parse_plans
from keepwell.project.yaml import parse_yaml

PAGE = Path(__file__).parents[2] / "docs" / "plan-language.md"


def test_the_plans_of_the_page_come_out() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    plans, wrong = parse_plans([parse_yaml(block, PAGE.name) for block in blocks], "EUR")
    assert wrong == []
    results, problems = run_examples(plans)
    assert problems == []
    assert [str(problem) for result in results for problem in result.problems()] == []
    assert len(results) == sum(len(plan.examples) for plan in plans) > 8
