"""Which value does a scored part pay on: the person's own, the team's, the company's, or what the plan says instead?

A Python step: few rows (person × scored part × window), a decision in the plan's order of fallbacks.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from keepwell.core.tables import Column, Table
from keepwell.engine import Step

GIVEN_MEASURES = Table(
    "given_measures",
    (
        Column("person_id", "text", "whose", key=True),
        Column("measure", "text", "the measure", key=True),
        Column("n", "integer", "how many answers"),
        Column("value", "number", "the value that pay uses, after credibility"),
    ),
    says="a measure's value given by an example, instead of answers",
)

PAY_EVIDENCE = Table(
    "pay_evidence",
    (
        Column("scenario", "text", "actual, or a what-if", key=True),
        Column("plan", "text", "the plan", key=True),
        Column("version", "text", "its version", key=True),
        Column("part", "text", "the part", key=True),
        Column("person_id", "text", "who is paid", key=True),
        Column("window_month", "integer", "the window's first month", key=True),
        Column("period", "integer", "the period at whose end it is evaluated", key=True),
        Column("stands_for", "text", "own, team, company: whose value; target, reweight, nothing: what else"),
        Column("value", "number", "the value that pay uses; null where it uses none"),
        Column("n", "integer", "how many answers it rests on"),
        Column("observed", "number", "the unit's own value"),
        Column("low", "number", "lower end of its 95% interval"),
        Column("high", "number", "upper end"),
        Column("z", "share", "weight of the own value in the credible one"),
        Column("collective", "number", "the value that has the rest of the weight"),
    ),
    says="the value that a scored part pays on, for a person and a window, or what stands in for it",
)


def _decide(inputs: Mapping[str, pa.Table]) -> pa.Table:
    asked = inputs["evidence_asked"].to_pylist()
    given = {(row["person_id"], row["measure"]): row for row in inputs["given_measures"].to_pylist()}
    rows = []
    for row in asked:
        one = given.get((row["person_id"], row["measure"]))
        enough = one is not None and one["n"] >= row["at_least_n"]
        rows.append({name: row[name] for name in PAY_EVIDENCE.key} | {
            "stands_for": row["unit"] if enough else row["otherwise"].split(",")[0],
            "value": one["value"] if enough and one else None, "n": one["n"] if one else 0,
        })  # fmt: skip
    return pa.Table.from_pylist(rows, schema=PAY_EVIDENCE.arrow)


STEP = Step("pay_evidence", ("evidence_asked", "given_measures"), PAY_EVIDENCE, _decide)
