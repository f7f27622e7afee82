"""Which pages follow from the code? The commands, the record, the measures, and the first page, which is the README.

`python docs/make_reference.py` writes them; `make docs` runs it, and a test asserts that the committed pages are what it
writes.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from keepwell.cli.commands import GROUPS, Command
from keepwell.cli.shell import Shell
from keepwell.measure import CATALOGUE
from keepwell.measure.measure import Measure
from keepwell.pay.schema import plan_schema
from keepwell.record.reference import tables_markdown

DOCS = Path(__file__).resolve().parent
MADE = "<!-- made by docs/make_reference.py: change the code, not this page -->\n\n"

_EXPORT = {
    "period": "", "state": "`closed` or `draft`", "run_id": "the run that was closed", "head": "of the books",
    "totals": "by currency", "sheets": "the rows of each sheet"}  # fmt: skip

# What stands under `data` in the answer of each command with --json. tests/docs/test_commands.py holds them to it.
DATA: dict[str, tuple[str, dict[str, str]]] = {
    "demo": ("object", {
        "folder": "where it is", "files": "how many exports were written", "rows": "how many rows they have",
        "quarantined": "rows that broke a rule", "run_id": "the run", "report": "the page",
        "worth_a_look": "people and customers with a story: `{what, id, name}`"}),
    "init": ("object", {"said": "what was done, line by line", "dry_run": "whether nothing was written"}),
    "check": ("list", {
        "code": "the rule", "message": "what is wrong", "severity": "`error` or `warning`", "file": "where",
        "line": "where", "found": "what stands there", "expected": "what should", "nearest": "what was perhaps meant"}),
    "collect": ("object", {
        "collect_id": "the collect; null where nothing was written", "known_at": "its moment (UTC)", "dry_run": "",
        "tables": "per source and table: rows `read`, `retried` from quarantine, `left_out` by `where`, `folded` into one "
                  "row, `duplicates`, `quarantined`, `new`, `changed`, `unchanged`, `gone`",
        "files": "files read, and what of them", "skipped": "files seen before",
        "quarantine": "per source: `path`, `rows`, `reasons`"}),
    "run": ("object", {
        "run_id": "the run", "as_of": "its moment (UTC)", "today": "its day in the company's time zone",
        "collect_id": "the last collect it knows", "tables": "the SHA-256 of each kept table",
        "seconds": "how long each step took"}),
    "pay": ("object", {
        "period": "", "run_id": "", "totals": "rows by person, part and period",
        "unpaid": "facts that paid nobody, each with the reason",
        "conflicts": "people whom two plans claim on one day"}),
    "statement": ("object", {
        "person_id": "", "person": "the name", "period": "", "currency": "", "plan": "", "plan_title": "",
        "status": "`open`, `calculated`, `approved` or `closed`", "status_by": "by whom", "status_at": "when (UTC)", "as_of": "the run's day", "payable": "", "earned": "", "held": "", "released": "", "taken_back": "",
        "lifted": "what is paid on top of the parts: guarantee, transition, draw",
        "adds_up": "the steps from earned to payable", "parts": "each part: what it measured and gave",
        "lines": "each line with its `line_id`, `amount` and `sentence`", "holds": "what still waits, and for what",
        "notes": "what else must be said"}),
    "explain": ("object", {
        "line_id": "the whole id", "sentence": "", "amount": "", "currency": "",
        "steps": "from source row to cent: `{title, says, figures, source}`"}),
    "adjust": ("object", {
        "adjustment_id": "", "person_id": "", "period": "in which it is booked", "on": "the day it is given for",
        "amount": "", "currency": "", "reason": "", "dry_run": ""}),
    "close": ("object", {
        "period": "", "state": "`calculated`, `approved` or `closed`",
        "periods": "those that close together: the one named and any open one before",
        "steps": "`{state, by, at}`", "run_id": "", "lines_hash": "of what was calculated", "lines": "", "people": "",
        "payable": "by currency", "head": "of the books", "dry_run": ""}),
    "export payroll": ("object", _EXPORT),
    "export ledger": ("object", _EXPORT),
    "export capitalisation": ("object", _EXPORT),
    "report": ("object", {"file": "", "run_id": "", "written": ""}),
    "promises": ("object", {
        "at_on": "the run's day", "currency": "the company's", "within": "days ahead that count as soon",
        "behind": "days back that are listed", "figure": "the measure over all: `value`, `n`, `low`, `high`; null: too few",
        "whole": "`customers`, `value` and `at_stake` of the list",
        "customers": "each with `value`, `at_stake`, `owner_id`, `owed` (promises) and `older` (how many more)",
        "by": "", "units": "by department, stage or kind: `kept`, `late`, `broken`, `open` and `share` kept"}),
    "onboarding": ("object", {
        "at_on": "the run's day", "currency": "the company's", "figure": "first 90 days that ended well",
        "whole": "`customers`, `value` and `at_stake` of the list",
        "customers": "each with `day`, `is_live`, `has_value`, `broken_promises`, `open_severe`, `stood_so` (earlier customers "
                     "who were as far on that day), `ended_well` (of them), `next_kind`, `next_on`, `value`, `at_stake`"}),
    "handoffs": ("object", {
        "at_on": "the run's day", "currency": "the company's",
        "whole": "`customers`, `value` and `at_stake` of the list",
        "pairs": "of departments: `count`, `mean_hours`",
        "customers": "each with `cases`, `moves`, `returns`, `owner_id` (empty: nobody), `value`, `at_stake`"}),
    "value": ("object", {
        "at_on": "the day as of which they are valued", "currency": "the company's", "discount": "per year, as a share",
        "months": "how far ahead", "whole": "all customers together: `customers`, `value`, `low`, `high`",
        "left_out": "what counts for nothing for want of an exchange rate: `ref_table`, `currency`, `n`, `customers`, `amount`",
        "customers": "each with `value`, `low`, `high`, `chance_alive`, `chance_next`, `notice`, `model` and where they stand"}),
    "equity": ("object", {
        "from_on": "the earlier day", "to_on": "the run's day", "currency": "", "by": "the kind of unit",
        "unvalued": "moments at which orders could not be valued: `{at_on, customers, segments, because}`",
        "units": "each with `start`, the amount of each cause (`won`, `kept`, `grown`, `shrunk`, `lost`, `re_estimated`), "
                 "`end` and its 90% interval `low` to `high`, `customers`, `unvalued_at_start` (of how many the orders are not in `start`)"}),
    "risk": ("object", {
        "at_on": "the run's day", "currency": "the company's",
        "customers": "each with `chance`, `low`, `high` (within a year), `chance_soon` (within three months), "
                     "`value_after` (what would come after the running term), `at_stake` (the chance within a year × that), "
                     "`value`, `owner_id`, `renews_on`, `under_notice`, `model` and `because`: drivers with `says` and `effect`",
        "units": "with `--by owner` or `segment`: `customers`, `leave`, `under_notice`, `at_stake`",
        "risk": "of one customer: the same row"}),
    "measures": ("list", {
        "measure": "its name", "question": "", "unit": "", "tables": "what it needs", "available": "", "missing": ""}),
    "measure": ("list", {
        "measure": "", "unit_kind": "", "unit": "the id", "name": "the unit's name", "period_kind": "", "period": "",
        "value": "", "n": "how many observations", "low": "of the 95% interval", "high": "", "se": "standard error",
        "credible": "the value that pay uses", "z": "the weight of one's own result", "collective": "the rest's value"}),
    "credit": ("object", {
        "from_on": "the first day shown", "to_on": "the day as of which it ends",
        "kept": "how much of it was kept, where value rose", "departments": "rows by method and department: amount, and share of what the method shares out",
        "people": "the same by person"}),
    "accounts": ("object", {
        "from_on": "the first day shown", "to_on": "the day as of which it ends",
        "currency": "", "start": "what all customers were worth on the first day", "end": "and on the last",
        "departments": "each department's account over that time", "all": "their sum", "notes": "what is shared, and what is in no amount",
        "unvalued": "as in `equity`",
        "spans": "the same span by span; with DEPARTMENT, its own, and `customers` with its part of their gains and losses",
        "savings_that_cost": "departments that spent less in the later half while more equity was lost: "
                             "`{department, spent_before, spent, lost_before, lost, words}`"}),
    "journey": ("object", {"stages": "customers and days by stage", "ways": "transitions with counts and days"}),
    "plan check": ("object", {"examples": "each example, part by part", "problems": "as `check`"}),
    "plan show": ("object", {
        "file": "where it was written, with `--to`", "plan": "", "version": "the day from which it is in force", "title": "",
        "applies_to": "", "effective": "", "target_pay": "", "currency": "",
        "parts": "each part: what it `measured`, what it `pays` at each point, its `sentences`", "says": "the plan's own"}),
    "plan letter": ("object", {"file": "", "plan": "", "version": "", "person": "", "sha256": "of the file"}),
    "plan new": ("object", {"plans": "those that ship, or those named: what each is for", "said": "what was done, line by line"}),
    "plan schema": ("object", {"file": "where it was written, with `--to`", "schema": "the JSON Schema itself"}),
    "record": ("object", {
        "collects": "how many", "last": "the last one", "tables": "figures of each table", "merged_ids": "",
        "forgotten": ""}),
    "quarantine": ("list", {
        "source": "", "reading": "", "table": "", "file": "", "row": "", "line": "", "code": "the rule", "column": "",
        "value": "", "message": "", "cells": "the row", "text": "the line where it could not be split", "nearest": "",
        "since": "the moment it was first seen"}),
    "forget": ("object", {
        "kind": "", "ids": "", "rows": "rows touched, by table", "quarantined": "",
        "still_in": "files that still hold it, which are yours", "busy": ""}),
    "plan accept": ("object", {"person_id": "", "plan": "", "version": "", "accepted_on": "", "dry_run": ""}),
    "audit": ("object", {
        "decisions": "`{place, at, by, kind, content, before, hash}`", "wrong": "what was changed; empty where nothing was",
        "head": "the last decision's number and the beginning of its hash"}),
    "completion": ("object", {"shell": "", "script": "what the shell must read"}),
    "verify": ("object", {"run_id": "", "differing": "tables that differ, and how; empty where all is the same"}),
}  # fmt: skip

ALSO = {
    "run": "With `--dry-run`: `{run_id, steps}`.",
    "journey": "With a customer: `{customer_id, name, moments}`.",
    "value": "With a customer: `{customer_id, name, at_on, currency, value, because, parts, changes}`; `parts` say what the value is "
    "made of; without a value, `because` says why. With `--calibration`: a list of what was foretold (`foretold`, `low`, `high`) and what `came`.",
    "record": "With a table: its figures, in a list. With a key: a list of the row's versions, each with `values`.",
    "statement": "With `--to`: `{file, statement}`.",
    "export payroll": "With `--to`, `file` too.",
    "export ledger": "With `--to`, `file` too.",
    "export capitalisation": "`totals` is what is carried when the period ends. With `--to`, `file` too. With `--explain`, `data` has "
    "`contract_id`, `customer_id` and `plans`: what each cost, who was paid for it (`paid`), and its `months`.",
    "demo": "With `--dry-run`: `{folder}`.",
}

_COMMANDS = """\
# Commands

`keepwell COMMAND`, in the order in which one meets them. These words may stand anywhere:

| word | what it does |
|---|---|
| `-C DIR` | the company's project; otherwise the nearest `keepwell.yaml` upward from here |
| `--json` | one JSON object on stdout, and nothing else |
| `--quiet` | no progress, no notes |
| `--debug` | the whole trace of an error |
| `--help` | what a command takes |

**Exit status**

| status | means |
|---|---|
| 0 | done |
| 1 | done, and the answer is no: something is wrong in the files, an example does not come out, a run differs |
| 2 | the call, a file of the project or something needed is wrong or missing |
| 3 | understood, and refused: a period is not over, a folder is not empty |
| 4 | the machine failed; what was there before is still there |

**JSON.** Every answer has the same shape. Amounts and exact numbers are texts, so that no cent is lost on the way.

```json
{"ok": true, "data": {}, "warnings": [], "error": null}
{"ok": false, "data": null, "warnings": [], "error": {"code": "measure-unknown", "message": "no measure npss",
 "hint": "did you mean nps?", "where": null, "problems": []}}
```

`error` is null where `ok` is true, and only there. Where the answer is no (status 1), `data` is given beside the error: of a customer
who left, `value` is null and `because` says why. `problems` lists all that is wrong with the project's files: `{code, message, file, line,
found, expected, nearest, severity}`. Codes do not change; messages may.
"""

_MEASURES = """\
# Measures

`keepwell measure NAME --by UNIT --per PERIOD` shows one. Units: company, department, team, person, segment, region, stage,
customer. Periods: all, year, quarter, month.

Every value comes with `n`, its standard error and its 95% interval. *Credible* is
`Z · own + (1 − Z) · that of all compared` (people with those of their team, teams with those of their department,
other units with all of their kind): the more evidence, the larger Z. Pay uses it, unless a plan says `value: observed`.

| measure | asks | unit | needs |
|---|---|---|---|
"""


def commands_markdown() -> str:
    """The page of all commands: what each takes, and what it answers."""
    pieces = [_COMMANDS]
    for title, group in GROUPS:
        pieces.append(f"## {title}\n")
        pieces += [_command_markdown(command) for command in group]
    return "\n".join(pieces)


def _command_markdown(command: Command) -> str:
    module, _, name = command.function.partition(":")
    function = getattr(import_module(f"keepwell.cli.{module}"), name)
    summary, says = _docstring(function)
    lines = [f"### keepwell {command.name}\n", f"`keepwell {command.name} {command.takes}`".replace(" `", "`") + "\n",
             f"{summary}\n"]  # fmt: skip
    rows = list(_parameters(function, says, command.takes))
    if rows:
        lines += ["| takes | | otherwise |", "|---|---|---|", *rows, ""]
    kind, fields = DATA[command.name]
    shown = ", ".join(f"`{key}`" + (f" ({words})" if words else "") for key, words in fields.items())
    opening = "`data` is a list; each item has" if kind == "list" else "`data` has"
    also = " " + ALSO[command.name] if command.name in ALSO else ""
    lines.append(f"With `--json`, {opening} {shown}.{also}\n")
    return "\n".join(lines)


def _docstring(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """A command's first lines, and what it says of each parameter (numpy style)."""
    text = inspect.getdoc(function) or ""
    summary, _, rest = text.partition("Parameters\n----------\n")
    says = {found[1]: " ".join(found[2].split())
            for found in re.finditer(r"^(\w+)\n((?:    .*\n?)+)", rest, re.MULTILINE)}  # fmt: skip
    return " ".join(summary.split()), says


def _parameters(function: Callable[..., Any], says: dict[str, str], takes: str) -> Iterator[str]:
    hints = get_type_hints(function, include_extras=True)
    places = iter(re.findall(r"[A-Z]+…?", takes))
    for name, parameter in inspect.signature(function).parameters.items():
        kind, *more = get_args(hints[name]) if get_origin(hints[name]) is Annotated else (hints[name],)
        if kind is Shell:
            continue
        place = None if parameter.kind is parameter.KEYWORD_ONLY else next(places, None)
        written = f"`{place}`" if place else _option(name, kind)
        helped = next((one.help for one in more if one.help), "")  # said once for several commands
        yield f"| {written} | {says.get(name) or helped} | {_otherwise(parameter)} |"


def _option(name: str, kind: Any) -> str:
    option = f"--{name.replace('_', '-')}"
    return f"`{option}`" if kind is bool else f"`{option} {name.upper()}`"


def _otherwise(parameter: inspect.Parameter) -> str:
    if parameter.default in (parameter.empty, None, False, ""):
        return ""
    return f"`{parameter.default}`"


def measures_markdown() -> str:
    """The page of all measures, from the catalogue."""
    rows = "\n".join(f"| [{one.name}](#{one.name}) | {one.question} | {one.unit} | {_needs(one)} |"
                     for one in CATALOGUE.values())  # fmt: skip
    return _MEASURES + rows + "\n\n" + "\n".join(_measure_markdown(one) for one in CATALOGUE.values())


def _needs(measure: Measure) -> str:
    return ", ".join(need.replace("|", " or ") for need in measure.needs)


def _measure_markdown(measure: Measure) -> str:
    said = inspect.getdoc(import_module(f"keepwell.measure.{measure.name}")) or ""
    _, _, body = said.partition("\n\n")
    better = {"more": "More is better.", "less": "Less is better.", None: "Neither more nor less is better."}
    return (
        f"## {measure.name}\n\n**{measure.question}** {' '.join(body.split())}\n\n"
        f"It belongs to the period of the day: {measure.day}. It is credited to: {measure.credited}. "
        f"{better[measure.better]}\n"
    )


def index_markdown() -> str:
    """The first page of the documentation: the README, with its links as seen from here."""
    text = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    beside = re.sub(r"\[([^\]]+)\]\((examples/[^)]+)\)", r"\1 (`\2`)", text)
    return beside.replace("](docs/", "](")


def schema_json() -> str:
    """The JSON Schema of plan files, as `keepwell plan schema` prints it."""
    return json.dumps(plan_schema(), indent=1, ensure_ascii=False) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "index.md": index_markdown,
    "reference/commands.md": commands_markdown,
    "reference/record.md": tables_markdown,
    "reference/measures.md": measures_markdown,
    "reference/plan.schema.json": schema_json,
}


def pages() -> dict[Path, str]:
    """Every page that is made, by its file."""
    return {DOCS / name: (MADE if name.endswith(".md") else "") + make() for name, make in PAGES.items()}


def main() -> None:
    """Write the pages that differ from what the code says."""
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"written: {path.relative_to(DOCS.parent)}\n")


if __name__ == "__main__":
    main()
