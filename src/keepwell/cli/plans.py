"""`plan check|schema`: are the plans right, what may stand in them?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from keepwell.cli.shell import Answer, Shell
from keepwell.core.errors import ConfigurationError, MissingError, Problem, nearest

if TYPE_CHECKING:
    from keepwell.pay.examples import ExampleResult
    from keepwell.project.config import Project

Hidden = Annotated[Shell, Parameter(parse=False)]


def check(*plans: str, shell: Hidden) -> Answer:
    """Check the plans: every word, every boundary, and every worked example, paid like everybody.

    Parameters
    ----------
    plans
        names of plans, or of their files; none: all
    """
    from keepwell.show.planned import example_lines

    results, problems = check_plans(shell.project(), plans)
    errors = [one for one in problems if one.severity == "error"]
    data = {"examples": results, "problems": [one.as_json() for one in problems]}
    return Answer(data, lambda: example_lines(results, problems, shell.width), not errors)


def check_plans(project: Project, names: Sequence[str] = ()) -> tuple[list[ExampleResult], list[Problem]]:
    """The results of all worked examples, and all that is wrong with the plans and with what they need."""
    from keepwell.collect.source import read_sources
    from keepwell.pay.checks import table_problems
    from keepwell.pay.examples import run_examples
    from keepwell.pay.parse import read_plans

    try:
        plans = read_plans(project.root / "plans", project.currency)
    except ConfigurationError as error:
        return [], list(error.problems)
    unknown = [name for name in names if name not in {plan.name for plan in plans}]
    if unknown:
        near = nearest(unknown[0], [plan.name for plan in plans])
        raise MissingError("plan-missing", f"there is no plan {unknown[0]}",
                           hint=f"did you mean {near}?" if near else "plans/*.yaml")  # fmt: skip
    chosen = [plan for plan in plans if not names or plan.name in names]
    results, problems = run_examples(chosen, year_starts=project.year_starts, closes=project.closes)
    wrong = [problem for result in results for problem in result.problems()]
    tables = {table.table.name for source in read_sources(project.root) for reading in source.readings
              for table in reading.becomes}  # fmt: skip
    return results, [*problems, *wrong, *table_problems(chosen, dict.fromkeys(tables, 1))]


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
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(text, encoding="utf-8", newline="\n")
        return Answer({"file": str(to), "schema": made}, lambda: [f"written: {to}"])
    return Answer({"file": None, "schema": made}, lambda: [text.rstrip()])
