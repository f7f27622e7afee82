"""Each broken plan of `tests/cases/broken-plans` says exactly what its first lines expect: code, line, words, nearest word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from keepwell.core.errors import ConfigurationError, Problem
from keepwell.pay.examples import run_examples
from keepwell.pay.misfires import misfires
from keepwell.pay.parse import read_plans

FILES = sorted((Path(__file__).parents[1] / "cases/broken-plans").glob("*.yaml"))
EXPECT = re.compile(
    r"# expect (?P<code>[\w-]+), line (?P<line>\d+): (?P<message>.*?)(?: \(did you mean (?P<nearest>.+)\?\))?"
)


def found_in(folder: Path) -> list[Problem]:
    """All that `keepwell plan check` would say of the plans of a folder."""
    try:
        plans = read_plans(folder, "EUR")
    except ConfigurationError as error:
        return list(error.problems)
    results, problems = run_examples(plans)
    wrong = [problem for result in results for problem in result.problems()]
    return [*problems, *wrong, *(problem for plan in plans for problem in misfires(plan))]


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 90


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_broken_plan_says_what_is_wrong_with_it(file: Path, tmp_path: Path) -> None:
    text = file.read_text(encoding="utf-8")
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / file.name).write_text(text, encoding="utf-8")
    expected = [EXPECT.fullmatch(line) for line in text.splitlines() if line.startswith("# expect ")]
    assert expected
    assert all(expected)
    found = found_in(folder)
    told = [(one.code, one.line, one.message, one.nearest) for one in found]
    assert told == [(one["code"], int(one["line"]), one["message"], one["nearest"]) for one in expected if one]
    assert {one.file for one in found} == {f"plans/{file.name}"}
