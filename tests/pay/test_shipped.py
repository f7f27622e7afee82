"""Every plan that ships is complete: it reads, its examples come out, and nothing in it is known to misfire."""

from __future__ import annotations

from importlib import resources

import pytest

from keepwell.core.errors import MissingError
from keepwell.pay.examples import run_examples
from keepwell.pay.misfires import misfires
from keepwell.pay.parse import parse_plans
from keepwell.pay.shipped import SHIPPED, shipped_plan
from keepwell.project.yaml import parse_yaml


def test_the_list_is_what_ships() -> None:
    files = {file.name.removesuffix(".yaml") for file in (resources.files("keepwell.pay") / "templates").iterdir()}
    assert files == set(SHIPPED)
    with pytest.raises(MissingError) as error:
        shipped_plan("retentoin")
    assert error.value.hint == "did you mean retention?"


def test_every_plan_that_ships_reads_pays_and_does_not_misfire() -> None:
    plans, problems = parse_plans([parse_yaml(shipped_plan(name).text, f"{name}.yaml") for name in SHIPPED], "EUR")
    assert [str(problem) for problem in problems] == []
    assert {plan.name for plan in plans} == set(SHIPPED)
    results, wrong = run_examples(plans)
    assert [str(one) for one in [*wrong, *(problem for result in results for problem in result.problems())]] == []
    for plan in plans:
        shown = {part for example in plan.examples for part in example.expect}
        assert {part.name for part in plan.parts} <= shown, f"{plan.name}: a part without an example"
        assert all(part.says for part in plan.parts)
        assert [str(problem) for problem in misfires(plan)] == []
