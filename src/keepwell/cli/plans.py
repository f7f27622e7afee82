"""`plan check`: are the plans right, and do their worked examples come out?"""

from __future__ import annotations

from collections.abc import Sequence
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
