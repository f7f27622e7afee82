"""What does a plan pay and say, in lines and as SVG; what came of its worked examples?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keepwell.core.errors import Problem
from keepwell.pay import say
from keepwell.pay.examples import ExampleResult
from keepwell.pay.grid import grid_of
from keepwell.pay.picture import picture_of
from keepwell.pay.plan import Part, Plan
from keepwell.pay.said import Said, in_force, of_target, part_says, plan_says, sentences, who
from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned, wrapped
from keepwell.show.plan_chart import axis_line, chart_lines, mark_lines
from keepwell.show.plan_figure import Block, stacked_svg


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


def plan_lines(plan: Plan, parts: Sequence[Part], width: int = WIDTH, *, whole: bool = True) -> list[str]:
    """The plan for a terminal: its head, then each part with its sentence, picture, table and what else it says."""
    lines = [*_head(plan, width), ""] if whole else []
    for part in parts:
        lines += wrapped(f"{part.name} · {of_target(plan, part, None)} · rewards {say.words(part.rewards)}", width)
        if part.says:
            lines += wrapped(_harmless(part.says), width - 2, "  ")
        lines += ["", *_drawn(plan, part, width), ""]
        lines += _listed(part_says(plan, part), width)
    return [*lines, *(_listed(plan_says(plan), width) if whole else [])][:-1]


def _drawn(plan: Plan, part: Part, width: int) -> list[str]:
    """The part's table where two measures or others decide, else its picture and what is paid at each point."""
    grid = grid_of(plan, part)
    if grid is None:
        picture = picture_of(plan, part)
        return [*axis_line(picture, width), *chart_lines(picture, width), "", *mark_lines(picture, width)]
    columns = [Column(grid.head[0]), *(Column(text, right=True) for text in grid.head[1:])]
    return [*wrapped(grid.title, width), *aligned(columns, grid.rows, width)]


def _head(plan: Plan, width: int) -> list[str]:
    target = f"; {say.money(plan.target_pay, plan.currency)} per {plan.period} at target" if plan.target_pay else ""
    lines = wrapped(f"{_harmless(plan.title)} ({plan.name})", width)
    lines += wrapped(f"{who(plan)}; {in_force(plan)}; paid by the {plan.period}{target}", width)
    return [*lines, *(wrapped(f"Amended: {_harmless(plan.amended)}", width) if plan.amended else [])]


def _listed(found: Sequence[Said], width: int) -> list[str]:
    return [*(line for text in sentences(found) for line in wrapped(_harmless(text), width)), ""]


def _harmless(text: str) -> str:
    return written.clean(text)


def plan_svg(plan: Plan, parts: Sequence[Part]) -> str:
    """The same as one SVG."""
    blocks = [Block(f"{say.title(part.name)} · {of_target(plan, part, None)}", _harmless(part.says),
                    [_harmless(text) for text in sentences(part_says(plan, part))],
                    grid_of(plan, part) or picture_of(plan, part)) for part in parts]  # fmt: skip
    return str(stacked_svg(_harmless(plan.title), blocks))


def plan_data(plan: Plan, parts: Sequence[Part]) -> dict[str, Any]:
    """The same for `--json`."""
    return {
        "plan": plan.name, "version": plan.version, "title": plan.title, "applies_to": plan.applies_to,
        "effective": in_force(plan), "target_pay": plan.target_pay, "currency": plan.currency,
        "parts": [_part_data(plan, part) for part in parts], "says": sentences(plan_says(plan)),
    }  # fmt: skip


def _part_data(plan: Plan, part: Part) -> dict[str, Any]:
    grid, picture = grid_of(plan, part), picture_of(plan, part)
    marks = [{"at": mark.says, "pays": mark.pays, "of_target": mark.share} for mark in picture.marks]
    rows = [dict(zip(("at", *grid.head[1:]), row, strict=True)) for row in grid.rows] if grid else marks
    return {"part": part.name, "says": part.says, "of_target": of_target(plan, part, None),
            "measured": grid.title if grid else picture.x_says, "pays": rows,
            "sentences": sentences(part_says(plan, part))}  # fmt: skip
