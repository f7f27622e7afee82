"""A command line that starts at once, takes its global words anywhere, and says every error in one shape."""

import json
import subprocess
import sys

import pytest

from keepwell import __version__
from keepwell.cli import main
from keepwell.cli.commands import COMMANDS, overview

HEAVY = ("duckdb", "pyarrow", "cyclopts", "rich", "numpy", "sqlglot", "deltalake", "jinja2", "yaml")


@pytest.mark.parametrize("word", ["--version", "--help"])
def test_version_and_help_import_nothing_heavy(word):
    code = (
        f"import sys; from keepwell.cli import main; main([{word!r}]); print(sorted(set(sys.modules) & set({HEAVY})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_version_is_the_packages(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"keepwell {__version__}\n"


def test_the_overview_names_every_command():
    shown = overview()
    for command in COMMANDS.values():
        assert f"  {command.name}" in shown
        assert command.says in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_own_help(command, capsys):
    assert main([*command.split(), "--help"]) == 0
    assert f"keepwell {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["rnu"], "command-unknown", "did you mean run?"),
        (["plan"], "command-unknown", "one of plan new, plan check"),
        (["run", "--agian"], "usage", "keepwell run --help"),
        (["statement"], "usage", "keepwell statement --help"),
        (["-C"], "usage", "keepwell -C DIR COMMAND"),
        (["measures", "-C", "/"], "project-missing", "keepwell init DIR"),
    ],
)
def test_what_cannot_be_meant_says_what_could(words, code, hint, capsys):
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert f"[{code}]" in said.err
    assert hint in said.err


def test_an_error_as_json_is_one_object_on_stdout(capsys):
    assert main(["rnu", "--json"]) == 2
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert set(told) == {"ok", "data", "warnings", "error"}
    assert told["ok"] is False
    assert set(told["error"]) == {"code", "message", "hint", "where", "problems"}
    assert said.err == ""


def test_a_defect_is_called_one(monkeypatch, capsys):
    monkeypatch.setattr("keepwell.cli.shell._find_command", lambda _: 1 / 0)
    assert main(["run"]) == 4
    assert "a defect of Keepwell" in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError):
        main(["run", "--debug"])
