"""Words that cannot be meant are refused in plain words, and a number of things is whole."""

import json
import subprocess

import pytest

from keepwell.cli import main


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["statement"], "PERSON is not said"),
        (["demo"], "FOLDER is not said"),
        (["run", "extra", "more"], "extra more says nothing here"),
        (["demo", "x", "--customers", "2.5"], "--customers: 2.5 is no whole number"),
        (["demo", "x", "--months", "z"], "--months: z is no whole number"),
        (["plan", "accept", "p", "--person", "h", "--on", "spring"], "spring is no date"),
        (["value", "--mots", "3"], "Did you mean --most?"),
        (["pay", "--period", "2026-Q1", "--period", "2026-Q2"], "--period is said more than once"),
        (["pay", "--period"], "--period is said without a value"),
        (["init", "x", "--currency", "euro"], "--currency euro is no currency code"),
        (["init", "x", "--time-zone", "Mars"], "--time-zone Mars is no time zone"),
        (["init", __file__], "is a file"),
        ([], ""),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_what_cannot_be_meant_is_said_in_words(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    status = main([*words, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert status == 2
    assert told["error"]["code"] in ("usage", "command-missing")
    assert said in told["error"]["message"]
    assert not list(tmp_path.iterdir())


def test_help_may_be_asked_for_before_and_behind(capsys):
    assert main(["help", "value"]) == 0
    before = capsys.readouterr().out
    assert main(["value", "--help"]) == 0
    assert capsys.readouterr().out == before
    assert main(["--version", "--quiet"]) == 0


def test_bash_completes_commands_and_their_options(capsys):
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    for words, wanted in ((["keepwell", "equ"], "equity"), (["keepwell", "equity", "--si"], "--since")):
        asked = f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; _keepwell; printf '%s ' \"${{COMPREPLY[@]}}\""
        done = subprocess.run(["bash", "-c", f"{script}\n{asked}"], capture_output=True, text=True, check=True)
        assert wanted in done.stdout.split()
