"""Which value does a scored part pay on: the person's own, the team's, the company's, or what the plan says instead?

A Python step: few rows (person × scored part × window), a decision in the plan's order of fallbacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from keepwell.core.tables import Column, Table
from keepwell.engine import Step
from keepwell.measure.catalogue import CATALOGUE
from keepwell.measure.rows import INPUTS, Observations, measure_windows, read_observations
from keepwell.measure.windows import Window

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]
Columns = dict[str, Reals]

BY = {"own": "person", "team": "team", "company": "company"}
LEVELS = tuple(BY)

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
    """For each row asked: the first of its own unit and the plan's fallbacks that has enough, and what it says."""
    asked = inputs["evidence_asked"]
    seen, today = read_observations(inputs), inputs["run_settings"]["today"][0].as_py()
    found = {level: _found(asked, seen, today, level) for level in LEVELS}
    given = _given(asked, inputs["given_measures"])
    unit = np.array(asked["unit"], dtype=object)
    for level in LEVELS:
        told = (given["n"] >= 0) & (unit == level)
        found[level] = {name: np.where(told, given[name], column) for name, column in found[level].items()}
    wanted = np.array(asked["at_least_n"], dtype=np.int64)
    enough = {level: (columns["n"] >= wanted) & (columns["n"] > 0) & np.isfinite(columns["value"])
              for level, columns in found.items()}  # fmt: skip
    stands = _standing(asked, unit, enough)
    columns: dict[str, Any] = {name: asked[name] for name in PAY_EVIDENCE.key}
    columns["stands_for"] = pa.array(stands.astype(str), pa.string())
    for name in ("value", "n", "observed", "low", "high", "z", "collective"):
        # where a fallback decides, what little there is of its own is told all the same
        shown = np.full(len(stands), np.nan)
        for level in LEVELS:
            tells = (stands == level) | ((unit == level) & ~np.isin(stands, LEVELS) & (name != "value"))
            shown = np.where(tells, found[level][name], shown)
        columns[name] = _column(shown, PAY_EVIDENCE.arrow.field(name).type)
    return pa.table([columns[name] for name in PAY_EVIDENCE.names], schema=PAY_EVIDENCE.arrow)


def _found(asked: pa.Table, seen: Observations, today: Any, level: str) -> Columns:
    """What the measures say of each row's person, team or company in its months; n is -1 where nothing."""
    out = {name: np.full(asked.num_rows, np.nan) for name in ("value", "observed", "low", "high", "z", "collective")}
    out["n"] = np.full(asked.num_rows, -1.0)
    if not asked.num_rows:
        return out
    units = _units(asked, level)
    months = np.stack([np.array(asked[name], dtype=np.int64) for name in ("first_month", "last_month")])
    names = np.array(asked["measure"], dtype=object)
    credible = np.array(asked["credible"], dtype=bool)
    for name in sorted(set(names)):
        here = np.flatnonzero(names == name)
        stretches = sorted({(int(first), int(last)) for first, last in months[:, here].T})
        windows = [Window("stretch", f"{first}-{last}", first, last) for first, last in stretches]
        rows = measure_windows(seen, CATALOGUE[str(name)], BY[level], windows, today=today)
        place = {key: row for row, key in enumerate(zip(rows["unit"].to_pylist(), rows["period"].to_pylist(),
                                                        strict=True))}  # fmt: skip
        keys = zip(units[here], months[0, here], months[1, here], strict=True)
        at = np.array([place.get((unit, f"{first}-{last}"), -1) for unit, first, last in keys], dtype=np.int64)
        _take(out, rows, here[at >= 0], at[at >= 0], credible)
    return out


def _take(out: Columns, rows: pa.Table, to: Ints, at: Ints, credible: npt.NDArray[np.bool_]) -> None:
    """Copy measure rows `at` to the places `to`: the credible value where that is asked for and there is one."""
    columns = {name: _reals(rows[name])[at] for name in ("value", "credible", "low", "high", "z", "collective", "n")}
    believed = credible[to] & np.isfinite(columns["credible"])
    out["observed"][to] = columns["value"]
    out["value"][to] = np.where(believed, columns["credible"], columns["value"])
    for name in ("z", "collective"):
        out[name][to] = np.where(believed, columns[name], np.nan)
    for name in ("low", "high", "n"):
        out[name][to] = columns[name]


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


def _standing(asked: pa.Table, unit: Objects, enough: Mapping[str, npt.NDArray[np.bool_]]) -> Objects:
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


def _units(asked: pa.Table, level: str) -> Objects:
    if level == "company":
        return np.full(asked.num_rows, "company", dtype=object)
    return np.array(asked["person_id" if level == "own" else "team_id"], dtype=object)


def _reals(column: pa.ChunkedArray[Any]) -> Reals:
    return np.array(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _column(values: Reals, kind: Any) -> pa.Array[Any]:
    """Rounded to the type's places; nan is null. A count below zero is none."""
    if pa.types.is_integer(kind):
        return pa.array([None if np.isnan(one) or one < 0 else int(one) for one in values], kind)
    exact = [None if np.isnan(one) else Decimal(f"{one:.{kind.scale}f}") for one in values]
    column: pa.Array[Any] = pa.array(exact, kind)
    return column


STEP = Step("pay_evidence", ("evidence_asked", "given_measures", "run_settings", *INPUTS), PAY_EVIDENCE, _decide)
