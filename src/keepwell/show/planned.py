"""What came of the plans' worked examples, in lines?"""

from __future__ import annotations

from collections.abc import Sequence

from keepwell.core.errors import Problem
from keepwell.pay.examples import ExampleResult
from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned


def example_lines(results: Sequence[ExampleResult], problems: Sequence[Problem], width: int = WIDTH) -> list[str]:
    """Every part of every example with what it should come to and what it came to; then what is wrong."""
    rows, before = [], ("", "")
    for result in results:
        for part in result.parts:
            here = (result.plan, result.example)
            plan, example = ("", "") if here == before else here
            mark = "✓" if part.is_right else "✗"
            rows.append((plan, example, part.part, f"{part.expected:,.2f}", f"{part.found:,.2f}", mark))
            before = here
    columns = [Column("Plan", shrinks=True), Column("Example", shrinks=True), Column("Part"),
               Column("Expected", right=True), Column("Comes to", right=True), Column()]  # fmt: skip
    lines = aligned(columns, rows, width) if rows else []
    said = [f"{problem.severity}: {problem}" for problem in problems]
    right = sum(result.is_right for result in results)
    verb = "comes out" if len(results) == 1 else "come out"
    told = f"{right} of {written.count(len(results), 'example')} {verb}" if results else "no worked examples"
    return [*lines, *([""] if lines else []), *said, told]
