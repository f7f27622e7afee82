"""Why is a line what it is? The steps from a source row to a cent, as text, HTML and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keepwell.pay.explain import Explanation, ExplanationStep
from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned, sides, wrapped
from keepwell.show.page import render
from keepwell.show.statement import as_data, short_ids


def explanation_text(explanation: Explanation, width: int = WIDTH) -> str:
    """The explanation for a terminal: numbered steps, each with its figures and where they come from."""
    amount = written.money(explanation.amount, explanation.currency, sign=True)
    blocks = [
        [
            sides(f"Line {short_ids([explanation.line_id])[explanation.line_id]}", amount, width),
            *wrapped(written.clean(explanation.sentence), width),
        ]
    ]
    blocks += [_step_lines(number, step, width) for number, step in enumerate(explanation.steps, 1)]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def explanation_html(explanation: Explanation) -> str:
    """The explanation as one page that stands alone."""
    return render("explanation.html", explanation=explanation)


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    """The explanation as data: its fields, money as text."""
    data: dict[str, Any] = as_data(explanation)
    for step in data["steps"]:
        step["figures"] = [{"label": label, "figure": figure} for label, figure in step["figures"]]
    return data


def _step_lines(number: int, step: ExplanationStep, width: int) -> list[str]:
    lead = f"{number}  "
    told = wrapped(f"{written.clean(step.title)}. {written.clean(step.says)}".strip(), width - len(lead))
    lines = [lead + told[0], *[" " * len(lead) + line for line in told[1:]]]
    lines += _figure_lines(step.figures, width)
    return [*lines, f"     from {written.clean(step.source)}"] if step.source else lines


def _figure_lines(figures: Sequence[tuple[str, str]], width: int) -> list[str]:
    rows = [(written.clean(label), written.clean(figure)) for label, figure in figures]
    return aligned([Column(shrinks=True), Column(right=True, shrinks=True)], rows, width, "     ")
