"""`plan check|show|letter|new|schema`: are the plans right, what do they pay, what is signed, how does one begin?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from keepwell.cli.shell import Answer, Shell, check_word
from keepwell.cli.writing import write_file
from keepwell.core.errors import ConfigurationError, MissingError, Problem, UsageError, nearest

if TYPE_CHECKING:
    from keepwell.pay.examples import ExampleResult
    from keepwell.pay.misfires import Seen
    from keepwell.pay.plan import Plan
    from keepwell.project.config import Project
    from keepwell.show.letter import Signer

Hidden = Annotated[Shell, Parameter(parse=False)]


def check(*plans: str, shell: Hidden) -> Answer:
    """Check the plans: every word, every boundary, every worked example, paid like everybody, and what is known to misfire.

    Parameters
    ----------
    plans
        names of plans, or of their files; none: all
    """
    from keepwell.show.planned import example_lines

    results, problems = check_plans(shell.project(), plans)
    errors = [one for one in problems if one.severity == "error"]
    data = {"examples": results, "problems": [one.as_json() for one in problems]}
    return Answer(data, lambda: example_lines(results, problems, shell.width), not errors, code="plan-check-failed",
                  why=f"{len(errors)} to mend in the plans", problems=errors)  # fmt: skip


def check_plans(project: Project, names: Sequence[str] = ()) -> tuple[list[ExampleResult], list[Problem]]:
    """The results of all worked examples, and all that is wrong with the plans and with what they need."""
    from keepwell.pay.checks import save_problems
    from keepwell.pay.examples import run_examples
    from keepwell.pay.misfires import misfires
    from keepwell.pay.parse import read_plans

    try:
        plans = read_plans(project.root / "plans", project.currency)
    except ConfigurationError as error:
        return [], list(error.problems)
    chosen = [plan for name in names for plan in versions_of(plans, name)] if names else plans
    results, problems = run_examples(chosen, year_starts=project.year_starts, closes=project.closes)
    wrong = [problem for result in results for problem in result.problems()]
    seen = _seen(project)
    warned = [problem for plan in chosen for problem in misfires(plan, seen)]
    found = [*problems, *wrong, *_lacking(project, chosen), *save_problems(chosen, project.windows), *warned]
    return results, list(dict.fromkeys(found))


def _lacking(project: Project, plans: Sequence[Plan]) -> list[Problem]:
    """Which tables do the plans need that no source gives? Nothing is said where there is no source yet."""
    from keepwell.collect.source import read_sources
    from keepwell.pay.checks import table_problems

    try:
        sources = read_sources(project.root)
    except MissingError:
        return []
    tables = {table.table.name for source in sources for reading in source.readings for table in reading.becomes}
    return table_problems(plans, dict.fromkeys(tables, 1))


def _seen(project: Project) -> dict[tuple[str, str], Seen]:
    """How many answers the scored parts had in the latest run; nothing where there is none."""
    from keepwell.cli.opened import open_latest
    from keepwell.pay.misfires import seen_in

    try:
        tables = open_latest(project).tables
    except MissingError:
        return {}
    return seen_in(tables["pay_evidence"].to_pylist()) if "pay_evidence" in tables else {}


def versions_of(plans: Sequence[Plan], name: str) -> list[Plan]:
    """The versions of the plan of this name (or of the file of this name). Raises `MissingError` with the nearest name."""
    stem = name.rpartition("/")[2].removesuffix(".yaml")
    found = [plan for plan in plans if plan.name == name] or [
        plan for plan in plans if stem == plan.file.rpartition("/")[2].removesuffix(".yaml")]  # fmt: skip
    if not found:
        near = nearest(name, [plan.name for plan in plans])
        raise MissingError("plan-missing", f"there is no plan {name}",
                           hint=f"did you mean {near}?" if near else "plans/*.yaml")  # fmt: skip
    return found


def one_plan(project: Project, name: str, on: str | None) -> Plan:
    """The plan's version that is in force on a day; without one, its last version."""
    from datetime import date

    from keepwell.pay.parse import read_plans

    versions = versions_of(read_plans(project.root / "plans", project.currency), name)
    if on is None:
        return versions[-1]
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise UsageError("usage", f"{on} is no day", hint="such as 2026-07-01") from None
    found = [plan for plan in versions if plan.from_on <= day and (plan.to_on is None or day < plan.to_on)]
    if not found:
        known = ", ".join(plan.version for plan in versions)
        raise MissingError("plan-missing", f"{name} is not in force on {on}", hint=f"its versions begin on {known}")
    return found[0]


def show(plan: str, *, on: str | None = None, part: str | None = None, format: str = "text",  # noqa: A002
         to: Path | None = None, shell: Hidden) -> Answer:  # fmt: skip
    """Show what a plan pays: each part with its picture, what is paid at each point, and all that it says.

    Parameters
    ----------
    plan
        its name, or the name of its file
    on
        the version in force on this day; otherwise the last one
    part
        only this part
    format
        text or svg
    to
        write it to this file instead of printing it
    """
    from keepwell.show.planned import plan_data, plan_lines, plan_svg

    check_word("--format", format, ("text", "svg"))
    found = one_plan(shell.project(), plan, on)
    names = [one.name for one in found.parts]
    if part is not None and part not in names:
        near = nearest(part, names)
        raise UsageError("usage", f"{found.name} has no part {part}",
                         hint=f"did you mean {near}?" if near else "one of " + ", ".join(names))  # fmt: skip
    chosen = [one for one in found.parts if part in (None, one.name)]
    data = {"file": str(to) if to else None, **plan_data(found, chosen)}
    lines = [plan_svg(found, chosen)] if format == "svg" else plan_lines(found, chosen, shell.width, whole=part is None)
    if to is not None:
        write_file(to, "\n".join(lines) + "\n")
        return Answer(data, lambda: [f"written: {to}"])
    return Answer(data, lambda: lines)


def letter(plan: str, *, person: str | None = None, on: str | None = None, to: Path | None = None,
           shell: Hidden) -> Answer:  # fmt: skip
    """Write the letter that a person signs: the whole plan as PDF, with pictures, examples and definitions.

    Parameters
    ----------
    plan
        its name, or the name of its file
    person
        for whom it is: an id or a name, found in the latest run; their target pay stands in it
    on
        the version in force on this day; otherwise the last one
    to
        the file to write; otherwise PLAN.pdf here, or PLAN-PERSON.pdf
    """
    from keepwell.collect.begin import safe_name
    from keepwell.show.letter import Signer, letter_pdf

    project = shell.project()
    found = one_plan(project, plan, on)
    signer = _signer(project, found, person) if person is not None else Signer()
    text = (project.root / found.file).read_text(encoding="utf-8")
    made = letter_pdf(found, project.company, text, signer)
    target = to or Path(safe_name("-".join(part for part in (found.name, signer.name) if part)) + ".pdf")
    write_file(target, made)
    digest = sha256(made).hexdigest()
    data = {"file": str(target), "plan": found.name, "version": found.version, "person": signer.name, "sha256": digest}
    return Answer(data, lambda: [f"written: {target}", f"SHA-256 {digest}"])


def _signer(project: Project, plan: Plan, person: str) -> Signer:
    """The person's name, and their target pay per period of the plan on its first day or later."""
    from keepwell.cli.looking import find_named
    from keepwell.cli.opened import open_latest
    from keepwell.pay.letters import target_of_person
    from keepwell.show.letter import Signer

    opened = open_latest(project)
    positions = opened.tables["positions"].to_pylist()
    full = find_named(person, opened.names.people, [row["person_id"] for row in positions], "person")
    mine = [row for row in positions if row["person_id"] == full]
    return Signer(opened.names.person(full), target_of_person(plan, mine))


def new(*names: str, dry_run: bool = False, shell: Hidden) -> Answer:
    """Begin plans from those that ship, each complete and commented; without a name, list them.

    Parameters
    ----------
    names
        which; none: list them
    dry_run
        say what would be written, and write nothing
    """
    from keepwell.pay.shipped import SHIPPED, shipped_plan

    if not names:
        width = max(map(len, SHIPPED))
        lines = [
            *(f"{name:<{width}}  {says}" for name, says in SHIPPED.items()),
            "",
            "write one: keepwell plan new NAME",
        ]
        return Answer({"plans": dict(SHIPPED), "said": []}, lambda: lines)
    root = shell.project().root
    said = write_plans(root, [shipped_plan(name).name for name in names], dry_run=dry_run)
    next_step = (
        []
        if dry_run
        else ["Next: change names, days and amounts in it, then: keepwell plan check, keepwell plan show NAME"]
    )
    return Answer({"plans": {name: SHIPPED[name] for name in names}, "said": said}, lambda: [*said, *next_step])


def write_plans(root: Path, names: Sequence[str], *, dry_run: bool = False) -> list[str]:
    """Write shipped plans to `plans/`, never over a file that is there; returns what was done, line by line."""
    from keepwell.pay.shipped import shipped_plan

    said = []
    for name in names:
        path = root / "plans" / f"{name}.yaml"
        if path.exists() or path.is_symlink():
            said.append(f"left as it is: plans/{name}.yaml")
            continue
        said.append(f"{'would write' if dry_run else 'written'}: plans/{name}.yaml")
        if not dry_run:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(shipped_plan(name).text)
    return said


def schema(*, to: Path | None = None, shell: Hidden) -> Answer:  # noqa: ARG001 - every command has one
    """Show the JSON Schema of a plan file, by which editors complete words and mark misspelt ones.

    Parameters
    ----------
    to
        write it to this file instead of printing it
    """
    from keepwell.pay.schema import plan_schema

    made = plan_schema()
    text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
    if to is not None:
        write_file(to, text)
        return Answer({"file": str(to), "schema": made}, lambda: [f"written: {to}"])
    return Answer({"file": None, "schema": made}, lambda: [text.rstrip()])
