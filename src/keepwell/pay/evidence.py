"""Which value does a scored part pay on: the person's own, the team's, the company's, or what the plan says instead?

A Python step: few rows (person × scored part × window), a decision in the plan's order of fallbacks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.core.tables import Column, Table
from keepwell.engine import Step, needs
from keepwell.pay.evidence_levels import BY, Bools, Columns, Objects, Reals
from keepwell.pay.measures import BATCH, FROM_ANSWERS
from keepwell.pay.plan_tables import EVALUATION

LEVELS = tuple(BY)
_TOLD = ("value", "n", "observed", "low", "high", "z", "collective")

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
        *EVALUATION,
        Column("stands_for", "text", "own, team, company: whose value; target, reweight, nothing: what else; unscored"),
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
    """For each row asked: the first of its own unit and the plan's fallbacks that has enough, and what it says."""
    asked = inputs["evidence_asked"]
    found = {level: _known(asked, inputs["evidence_levels"], level) for level in LEVELS}
    given = _given(asked, inputs["given_measures"])
    unit = np.array(asked["unit"], dtype=object)
    for level in LEVELS:
        told = (given["n"] >= 0) & (unit == level)
        found[level] = {name: np.where(told, given[name], column) for name, column in found[level].items()}
    answers = np.array([name in FROM_ANSWERS for name in asked["measure"].to_pylist()], dtype=bool)
    wanted = np.maximum(np.array(asked["at_least_n"], dtype=np.int64), np.where(answers, BATCH, 1))
    enough = {level: (columns["n"] >= wanted) & (columns["n"] > 0) & np.isfinite(columns["value"])
              for level, columns in found.items()}  # fmt: skip
    stands = _standing(asked, unit, enough)
    columns: dict[str, Any] = {name: asked[name] for name in PAY_EVIDENCE.key}
    shown = {name: _shown(name, found, stands, unit, answers) for name in _TOLD}
    _put_objectives(asked, inputs["objectives_counted"], stands, shown)
    columns["stands_for"] = pa.array(stands.astype(str), pa.string())
    columns |= {name: _column(shown[name], PAY_EVIDENCE.arrow.field(name).type) for name in _TOLD}
    return pa.table([columns[name] for name in PAY_EVIDENCE.names], schema=PAY_EVIDENCE.arrow)


def _shown(name: str, found: Mapping[str, Columns], stands: Objects, unit: Objects, answers: Bools) -> Reals:
    """A column of what decides. Where a fallback decides, what little there is of its own is told all the same; but of
    answers to surveys only from `BATCH` on, so that nothing tells what one customer said.
    """
    out = np.full(len(stands), np.nan)
    for level in LEVELS:
        told = ~answers | (found[level]["n"] >= BATCH)
        tells = (stands == level) | ((unit == level) & ~np.isin(stands, LEVELS) & (name != "value"))
        out = np.where(tells & told, found[level][name], out)
    return out


def _known(asked: pa.Table, levels: pa.Table, level: str) -> Columns:
    """What is known of each row's unit of this level; n is -1 where nothing."""
    rows = levels.filter(pc.field("level") == pc.scalar(level))
    names = PAY_EVIDENCE.key
    place = {key: row for row, key in enumerate(zip(*(rows[name].to_pylist() for name in names), strict=True))}
    at = [place.get(key, -1) for key in zip(*(asked[name].to_pylist() for name in names), strict=True)]
    where = np.array(at, dtype=np.int64)
    out = {}
    for name in _TOLD:
        values = np.append(_reals(rows[name]), -1.0 if name == "n" else np.nan)
        out[name] = values[where]
    return out


def _put_objectives(asked: pa.Table, counted: pa.Table, stands: Objects, shown: Columns) -> None:
    """Goals have no sampling error: their value is the weighted mean of their scores, once all of them are scored."""
    measures = asked["measure"].to_pylist()
    if "objectives" not in measures:
        return
    goals: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in counted.to_pylist():
        goals.setdefault(tuple(row[name] for name in PAY_EVIDENCE.key), []).append(row)
    keys = list(zip(*(asked[name].to_pylist() for name in PAY_EVIDENCE.key), strict=True))
    for place in (place for place, name in enumerate(measures) if name == "objectives"):
        mine = goals.get(keys[place], [])
        score = score_of([(one["weight"], one["score"]) for one in mine])
        stands[place] = "unscored" if score is None else "own"
        shown["value"][place] = np.nan if score is None else float(score)
        shown["n"][place] = len(mine)


def score_of(goals: Sequence[tuple[Decimal | None, Decimal | None]]) -> Decimal | None:
    """The weighted mean of (weight, score), to four decimals; None where there is none or one is not scored.

    Where no goal has a weight, all weigh the same; where only some have, none can be told.

    >>> score_of([(Decimal("0.6"), Decimal("0.8")), (Decimal("0.4"), Decimal(1))])
    Decimal('0.8800')
    """
    plain = all(weight is None for weight, _ in goals)
    weights = [Fraction(1) if plain else Fraction(weight or 0) for weight, _ in goals]
    scores = [score for _, score in goals if score is not None]
    if len(scores) < len(goals) or not sum(weights) or any(weight is None for weight, _ in goals) != plain:
        return None
    total = sum((weight * Fraction(score) for weight, score in zip(weights, scores, strict=True)), Fraction(0))
    return Decimal(round(total / sum(weights) * 10**4)).scaleb(-4)


def _given(asked: pa.Table, given: pa.Table) -> Columns:
    """What an example gives for each row; n is -1 where nothing."""
    place = {(row["person_id"], row["measure"]): (row["n"], float(row["value"])) for row in given.to_pylist()}
    out = {name: np.full(asked.num_rows, np.nan) for name in ("value", "observed", "low", "high", "z", "collective")}
    out["n"] = np.full(asked.num_rows, -1.0)
    if place:
        for row, key in enumerate(zip(asked["person_id"].to_pylist(), asked["measure"].to_pylist(), strict=True)):
            out["n"][row], out["value"][row] = place.get(key, (-1, np.nan))
        out["observed"] = out["value"]
    return out


def _standing(asked: pa.Table, unit: Objects, enough: Mapping[str, Bools]) -> Objects:
    """Which of its own unit and the fallbacks each row is decided by."""
    otherwise = np.array(asked["otherwise"], dtype=object)
    out = np.full(asked.num_rows, "", dtype=object)
    for first, fallbacks in sorted(set(zip(unit, otherwise, strict=True))):
        here = (unit == first) & (otherwise == fallbacks)
        for choice in (first, *fallbacks.split(","), "nothing"):
            out[here & (out == "") & enough.get(choice, np.True_)] = choice
    return _nothing_left(asked, out)


def _nothing_left(asked: pa.Table, out: Objects) -> Objects:
    """Where all of a plan's weight would be spread over other parts, the fallback after `reweight` decides."""
    spread = out == "reweight"
    if not spread.any():
        return out
    key = [asked[name].to_pylist() for name in ("scenario", "plan", "version", "person_id", "period")]
    units, totals = (np.array(asked[name], dtype=np.int64) for name in ("weight_units", "weight_total"))
    missing: dict[tuple[object, ...], int] = {}
    for row in np.flatnonzero(spread):
        one = tuple(column[row] for column in key)
        missing[one] = missing.get(one, 0) + int(units[row])
    for row in np.flatnonzero(spread):
        if missing[tuple(column[row] for column in key)] >= totals[row]:
            after = asked["otherwise"][int(row)].as_py().split(",")
            out[row] = next((word for word in after[after.index("reweight") + 1 :] if word in ("target", "nothing")),
                            "nothing")  # fmt: skip
    return out


def _reals(column: pa.ChunkedArray[Any]) -> Reals:
    return np.array(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _column(values: Reals, kind: Any) -> pa.Array[Any]:
    """Rounded to the type's places; nan is null. A count below zero is none."""
    if pa.types.is_integer(kind):
        return pa.array([None if np.isnan(one) or one < 0 else int(one) for one in values], kind)
    exact = [None if np.isnan(one) else Decimal(f"{one:.{kind.scale}f}") for one in values]
    column: pa.Array[Any] = pa.array(exact, kind)
    return column


STEP = Step("pay_evidence", ("evidence_asked", "evidence_levels", "given_measures", "objectives_counted"), PAY_EVIDENCE,
            _decide, nothing_without=needs("evidence_asked"))  # fmt: skip
