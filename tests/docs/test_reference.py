"""The reference says what the code says."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from keepwell.cli import main
from keepwell.cli.commands import COMMANDS
from shown import ROOT


def _made() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs/make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MADE = _made()

CALLS = {
    "init": ["init", "new", "exports/crm/Opportunity.csv", "--dry-run"],
    "check": ["check"],
    "collect": ["collect", "--dry-run"],
    "run": ["run"],
    "pay": ["pay"],
    "statement": ["statement", "Henrik Lindqvist"],
    "close": ["close", "2026-Q3", "--dry-run"],
    "export payroll": ["export", "payroll", "2026-Q3", "--draft"],
    "export ledger": ["export", "ledger", "2026-Q3", "--draft"],
    "export capitalisation": ["export", "capitalisation", "2026-Q3", "--draft"],
    "adjust": ["adjust", "Henrik Lindqvist", "-20.50", "--reason", "why", "--by", "Ann", "--dry-run"],
    "plan accept": [
        "plan",
        "accept",
        "account-executive",
        "--person",
        "Henrik Lindqvist",
        "--on",
        "2026-01-02",
        "--dry-run",
    ],
    "report": ["report", "--dry-run"],
    "measures": ["measures"],
    "measure": ["measure", "nps", "--per", "year"],
    "credit": ["credit"],
    "accounts": ["accounts"],
    "promises": ["promises"],
    "onboarding": ["onboarding"],
    "handoffs": ["handoffs"],
    "journey": ["journey"],
    "plan check": ["plan", "check"],
    "plan show": ["plan", "show", "account-executive"],
    "plan letter": ["plan", "letter", "account-executive"],
    "plan new": ["plan", "new"],
    "plan schema": ["plan", "schema"],
    "record": ["record"],
    "quarantine": ["quarantine"],
    "forget": ["forget", "crm:001Kw0000000000AAI", "--dry-run"],
    "audit": ["audit"],
    "verify": ["verify"],
}


@pytest.mark.parametrize("page", MADE.PAGES)
def test_the_page_is_what_the_code_says(page: str) -> None:
    path = ROOT / "docs" / page
    assert path.read_text(encoding="utf-8") == MADE.pages()[path], "python docs/make_reference.py"


def test_each_command_has_its_shape() -> None:
    assert set(MADE.DATA) == set(COMMANDS)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.usefixtures("acme")
def test_the_answer_has_the_shape_that_is_documented(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    main([*CALLS[name], "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) == {"ok", "data", "warnings", "error"}
    assert answer["error"] is None
    kind, fields = MADE.DATA[name]
    if kind == "object":
        assert set(answer["data"]) == set(fields)
    else:
        assert answer["data"]
        assert all(set(item) <= set(fields) for item in answer["data"])


@pytest.mark.usefixtures("acme")
def test_a_line_of_the_statement_is_explained_in_the_documented_shape(capsys: pytest.CaptureFixture[str]) -> None:
    main(["statement", "Henrik Lindqvist", "--json"])
    line = json.loads(capsys.readouterr().out)["data"]["lines"][0]["line_id"]
    main(["explain", line, "--json"])
    assert set(json.loads(capsys.readouterr().out)["data"]) == set(MADE.DATA["explain"][1])


def test_an_error_has_the_shape_that_is_documented(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(tmp_path), "run", "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert not answer["ok"]
    assert set(answer["error"]) == {"code", "message", "hint", "where", "problems"}
    assert answer["error"]["code"] == "project-missing"
