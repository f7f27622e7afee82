"""Days of waiting are whole numbers of days that are known by name; each mistake is said with its line."""

import re
from pathlib import Path

import pytest

import keepwell
from keepwell.core.errors import ConfigurationError
from keepwell.project.config import read_project
from keepwell.project.windows import WINDOWS


def read(folder, block):
    (folder / "keepwell.yaml").write_text(f"company: Acme\ncurrency: EUR\nwindows: {block}\n")
    return read_project(folder).windows


def test_what_is_said_is_read(tmp_path):
    assert read(tmp_path, "{credit: 365, lapse: 1}") == {"credit": 365, "lapse": 1}
    (tmp_path / "keepwell.yaml").write_text("company: Acme\ncurrency: EUR\n")
    assert read_project(tmp_path).windows == {}


@pytest.mark.parametrize(
    ("block", "code", "nearest"),
    [
        ("{credit: 0}", "windows-days", None),
        ("{credit: -30}", "windows-days", None),
        ("{credit: abc}", "windows-days", None),
        ("{credit: 2.5}", "windows-days", None),
        ("{credit: true}", "windows-days", None),
        ("{credit: [1, 2]}", "windows-days", None),
        ("{credit: }", "windows-days", None),
        ("{credit: 100000}", "windows-days", None),
        ("{resque: 3}", "windows-unknown-word", "rescue"),
        ("90 days", "windows-block", None),
    ],
)
def test_a_mistake_is_said_with_its_line(tmp_path, block, code, nearest):
    with pytest.raises(ConfigurationError) as error:
        read(tmp_path, block)
    assert [(one.code, one.line, one.nearest) for one in error.value.problems] == [(code, 3, nearest)]
    assert error.value.problems[0].expected


def test_the_names_are_those_that_the_models_ask_for():
    asked = {
        name
        for path in Path(keepwell.__file__).parent.rglob("*.sql")
        for name in re.findall(r"windows\.name = '(\w+)'", path.read_text(encoding="utf-8"))
    }
    assert asked == set(WINDOWS)
