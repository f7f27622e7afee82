"""A small company, made once by `keepwell demo` itself, for all tests of commands."""

import json

import pytest

from keepwell.cli import main


@pytest.fixture(scope="session")
def acme(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "acme"
    assert main(["demo", str(folder), "--customers", "60", "--months", "18", "--quiet"]) == 0
    return folder


@pytest.fixture
def keepwell(acme, capsys):
    """Run a command in the company; gives (exit status, what was printed, what was said aside)."""

    def run(*words, where=acme):
        status = main(["-C", str(where), *words])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def answer(keepwell):
    """The same with --json, taken apart."""

    def run(*words):
        status, out, _ = keepwell("--json", *words)
        return status, json.loads(out)

    return run
