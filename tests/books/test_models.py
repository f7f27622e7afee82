"""The books' own model is bound on empty tables and portable, as those of a run are."""

from __future__ import annotations

from keepwell.core.tables import Column, Table
from keepwell.engine import check_models, load_models
from keepwell.pay.nodes import nodes


def test_every_model_of_the_books_is_bound_and_portable() -> None:
    given = {node.name: node.gives for node in nodes() if node.name in ("pay_lines", "pay_trace")}
    until = Table("until", (Column("to_on", "date", "the first day after the period"),))
    problems = check_models(load_models("keepwell.books"), {**given, "until": until})
    assert [str(problem) for problem in problems] == []
