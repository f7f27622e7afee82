"""With --json every command prints one object of one shape, and `error` is said exactly where `ok` is false."""

import json
import re

import pytest

from keepwell.cli import main
from keepwell.cli.commands import COMMANDS
from keepwell.cli.opened import open_latest
from keepwell.project.config import read_project

# For each command: a call that is answered, and calls that are not. `{…}` is filled in from the company.
CALLS = {
    "demo": (["{new}", "--dry-run"], ["{new}", "--customers", "none"]),
    "init": (["{new}", "--dry-run"], ["{new}", "missing.csv"]),
    "check": ([], ["--no-such"]),
    "collect": (["--dry-run"], ["no-such-source"]),
    "run": (["--dry-run"], ["--as-of", "soon"]),
    "pay": (["--period", "2026-Q2"], ["--period", "soon"]),
    "statement": (["{person}"], ["nobody"]),
    "explain": (["{line}"], ["ffffffffff"]),
    "adjust": (
        ["{person}", "5", "--reason", "x", "--by", "Ann", "--dry-run"],
        ["{person}", "much", "--reason", "x", "--by", "Ann"],
    ),
    "close": (["2026-Q2", "--dry-run"], ["2031-Q1"]),
    "export payroll": (["2026-Q2", "--draft"], ["2026-Q2"]),
    "export ledger": (["2026-Q2", "--draft"], ["2026-Q2"]),
    "export capitalisation": (["2026-Q2", "--draft"], ["2026-Q2"]),
    "report": (["--dry-run"], ["--to"]),
    "measures": ([], ["nps"]),
    "measure": (["nps"], ["npss"]),
    "credit": ([], ["nobody"]),
    "accounts": ([], ["--since", "soon"]),
    "promises": ([], ["--by", "stages"]),
    "onboarding": ([], ["--most", "-1"]),
    "handoffs": ([], ["--owner", "nobody-there"]),
    "journey": (["{customer}"], ["nobody"]),
    "value": (["{customer}"], ["{left}"]),
    "equity": ([], ["--by", "owners"]),
    "risk": ([], ["{left}"]),
    "plan new": ([], ["no-such-plan"]),
    "plan check": ([], ["no-such-plan"]),
    "plan show": (["account-executive"], ["account-executiv"]),
    "plan letter": (["account-executive", "--to", "{new}.pdf"], ["account-executiv"]),
    "plan schema": ([], ["--to"]),
    "plan accept": (
        ["account-executive", "--person", "{person}", "--on", "2026-01-08", "--dry-run"],
        ["account-executive", "--person", "nobody", "--on", "2026-01-08"],
    ),
    "record": (["deals"], ["dealz"]),
    "quarantine": ([], ["--source"]),
    "forget": (["{person}", "--dry-run"], ["nobody"]),
    "audit": ([], ["--head", "1:ffff"]),
    "completion": (["bash"], ["tcsh"]),
    "verify": ([], ["no-such-run"]),
}


NO_PROJECT = {"demo", "init", "plan schema", "plan new", "completion"}


@pytest.fixture(scope="session")
def words_for(acme):
    """What stands for the words in braces: a person who is paid, one of their lines, a customer, and one who left."""
    tables = open_latest(read_project(acme)).tables
    valued = tables["customer_values"].to_pylist()
    last = max(row["at_on"] for row in valued)
    here = {row["customer_id"] for row in valued if row["at_on"] == last}
    line = tables["pay_lines"].to_pylist()[0]
    return {"person": line["person_id"], "line": line["line_id"], "customer": min(here),
            "left": min(row["customer_id"] for row in valued if row["customer_id"] not in here)}  # fmt: skip


@pytest.fixture(scope="session")
def begun(tmp_path_factory):
    """A project with nothing in it."""
    folder = tmp_path_factory.mktemp("json") / "begun"
    assert main(["init", str(folder), "--quiet"]) == 0
    return folder


def told(capsys, folder, words):
    """The one object that a call prints, held to its shape, and its exit status."""
    status = main(["-C", str(folder), *words, "--json"])
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert said.err == ""
    assert list(found) == ["ok", "data", "warnings", "error"]
    assert found["ok"] is (status == 0) is (found["error"] is None)
    if found["ok"]:
        assert found["data"] is not None
    else:
        assert list(found["error"]) == ["code", "message", "hint", "where", "problems"]
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", found["error"]["code"])
        assert found["error"]["message"]
        assert status in ((1,) if found["data"] is not None else (2, 3))
    return found


def test_every_command_is_among_them():
    assert set(CALLS) == set(COMMANDS)


@pytest.mark.parametrize("command", CALLS)
def test_an_error_is_said_exactly_where_the_answer_is_not_ok(command, acme, begun, words_for, capsys, tmp_path):
    fill = {**words_for, "new": str(tmp_path / "new")}
    right, wrong = ([*command.split(), *(word.format(**fill) for word in words)] for words in CALLS[command])
    capsys.readouterr()
    assert told(capsys, acme, right)["ok"]
    assert not told(capsys, acme, wrong)["ok"]
    told(capsys, begun, right)  # whatever the answer is where there is nothing yet, its shape is this one
    if command not in NO_PROJECT:
        assert told(capsys, tmp_path, right)["error"]["code"] == "project-missing"
