"""How does Python stand in the graph of models?

Where a question is statistical and not set-shaped, a node is a Python function: small tables in, one declared table
out. It is pure: no clock, disk or random numbers. A table that may be long it gives in pieces, of which none waits in
memory for the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from keepwell.core.errors import UsageError
from keepwell.core.tables import Table
from keepwell.engine.emptiness import NEVER, Sets


@dataclass(frozen=True)
class Step:
    """A node that is a function: it reads `inputs` and `gives` one table, whole or in pieces, `kept` with the run or not.

    `nothing_without`: without which inputs it gives no row, and need not be run (see `emptiness`).
    """

    name: str
    inputs: tuple[str, ...]
    gives: Table
    run: Callable[[Mapping[str, pa.Table]], pa.Table | Iterable[pa.Table]]
    kept: bool = False
    nothing_without: Sets = NEVER

    @property
    def file(self) -> str:
        """Where the function stands, for error messages."""
        return f"{self.run.__module__}.{getattr(self.run, '__qualname__', self.name)}"


def run_step(step: Step, inputs: Mapping[str, pa.Table]) -> Iterator[pa.Table]:
    """The pieces of what the step gives on these inputs, at least one.

    Raises `UsageError` (`step-gives`) if one is not what the step declares.
    """
    given = step.run(inputs)
    if isinstance(given, pa.Table):
        given = [given]
    else:
        yield step.gives.arrow.empty_table()
    for piece in given:
        _refuse_other(step, piece)
        yield piece


def _refuse_other(step: Step, given: pa.Table) -> None:
    if given.schema.names != list(step.gives.names):
        message = f"the step {step.name} gives other columns than it declares"
        raise UsageError("step-gives", message, hint=_difference(step.gives.names, given.schema.names), where=step.file)
    for column, found in zip(step.gives.arrow, given.schema, strict=True):
        if column.type != found.type:
            message = f"the step {step.name} gives {column.name} as {found.type}, declared {column.type}"
            raise UsageError("step-gives", message, where=step.file)


def _difference(declared: tuple[str, ...], given: list[str]) -> str:
    missing = [name for name in declared if name not in given]
    more = [name for name in given if name not in declared]
    return f"missing: {', '.join(missing) or 'none'}; not declared: {', '.join(more) or 'none'}"
