"""The JSON Schema of the plan file takes every plan that ships or stands in the documents, and refuses misspelt ones."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from string import Template
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from keepwell.pay.schema import plan_schema
from keepwell.project.yaml import parse_yaml

ROOT = Path(__file__).parents[2]
VALIDATOR = Draft202012Validator(plan_schema())
SHIPPED = sorted([*ROOT.glob("src/keepwell/**/plans/*.yaml"), *ROOT.glob("src/keepwell/pay/templates/*.yaml"),
                  *ROOT.glob("examples/*/plans/*.yaml"), *ROOT.glob("benchmarks/plans/*.yaml"),
                  ROOT / "src/keepwell/collect/templates/plan.yaml"])  # fmt: skip


def told(text: str) -> list[str]:
    """What the schema says of a plan file, as an editor reads it: days are text."""

    def plain(value: Any) -> Any:
        if isinstance(value, date):
            return value.isoformat()
        raise TypeError(value) if not isinstance(value, Decimal) else ValueError

    said = json.loads(
        json.dumps(parse_yaml(text).plain(), default=lambda one: float(one) if isinstance(one, Decimal) else plain(one))
    )
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in VALIDATOR.iter_errors(said)]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(plan_schema())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_plan_fits(path: Path) -> None:
    text = Template(path.read_text()).safe_substitute(first_day="2026-01-01", year="2026")
    assert told(text) == []


def test_every_plan_of_the_documents_fits() -> None:
    pages = [page for page in ROOT.glob("docs/**/*.md") if "shared" not in page.parts]
    blocks = [block for page in pages for block in re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL)
              if re.match(r"(#.*\n)*plan:", block)]  # fmt: skip
    assert len(blocks) > 4
    assert [told(block) for block in blocks if told(block)] == []


GOOD = """\
plan: p
applies_to: {role: seller}
effective: {from: 2026-01-01}
period: quarter
target_pay: 1000
parts:
  sold: {measure: signed_amount, weight: 100%, against: quota, pays: {curve: {50%: 0%, 100%: [90%, 100%]}}}
"""


@pytest.mark.parametrize(("before", "after"), [
    ("period: quarter", "perod: quarter"),
    ("period: quarter", "period: week"),
    ("period: quarter\n", ""),
    ("2026-01-01", "tomorrow"),
    ("weight: 100%", "weight: 100"),
    ("weight: 100%", "weigth: 100%"),
    ("signed_amount", "signd_amount"),
    ("{curve:", "{curv:"),
    ("50%: 0%", "half: 0%"),
    ("[90%, 100%]", "[80%, 90%, 100%]"),
    ("against: quota", "against: qouta"),
    ("pays:", "evidence: {otherwise: [temas]}, pays:"),
    ("pays:", "takes_back: {share: {90: 100%}}, pays:"),
    ("target_pay: 1000", "target_pay: much"),
    ("plan: p\n", "plan: p\nlike: q\nexamples: [{given: {}}]\n"),
    ("plan: p\n", "plan: p\namendments: [{from: 2026-02-01, changes: {effective: {from: 2026-02-01}}}]\n"),
    ("plan: p\n", "plan: p\namendments: [{from: 2026-02-01, changes: {parts: {sold: {weigth: 1%}}}}]\n"),
    ("plan: p\n", "plan: p\nexamples: [{given: {contrcts: []}, expect: {}}]\n"),
])  # fmt: skip
def test_what_is_misspelt_does_not_fit(before: str, after: str) -> None:
    assert told(GOOD) == []
    assert told(GOOD.replace(before, after)) != []


def test_a_plan_that_is_like_another_says_only_changes() -> None:
    assert told("plan: a\nlike: b\nparts: {sold: {weight: 70%, at_most: none}, orders: none}\ntarget_pay: none\n") == []
