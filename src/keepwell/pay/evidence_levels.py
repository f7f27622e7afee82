"""What do the measures say of each person, team and company that pay asks for, with closed windows as they were closed?

What pay used of a closed window is kept in the books. Later answers move only their own unit, and only when `BATCH` of
them have come: the unit's own value is then the new one, its weight the new one, while K and the collective stay. So a
settled amount never changes because others were asked, and no line reveals a single answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from keepwell.core.tables import Column, Table
from keepwell.engine import Step, needs
from keepwell.measure.catalogue import CATALOGUE
from keepwell.measure.columns import integer_column, number_column
from keepwell.measure.rows import INPUTS, Measured, Observations, measured_windows, read_observations
from keepwell.measure.windows import Window
from keepwell.pay.measures import BATCH
from keepwell.pay.plan_tables import ACTUAL, EVALUATION

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]
Columns = dict[str, Reals]

BY = {"own": "person", "team": "team", "company": "company"}
NUMBERS = ("n", "value", "observed", "low", "high", "z", "collective", "k")
_KEY = (*EVALUATION, Column("level", "text", "own, team or company: whose answers", key=True))
_SAID = (
    Column("n", "integer", "how many answers or cases"),
    Column("value", "number", "what pay would use: the credible value, where there is one"),
    Column("observed", "number", "the unit's own value"),
    Column("low", "number", "lower end of its 95% interval"),
    Column("high", "number", "upper end"),
    Column("z", "number", "weight of the own value in the credible one"),
    Column("collective", "number", "the value that has the rest of the weight"),
    Column("k", "number", "how many answers make z one half; null: infinitely many, or there is no z"),
)
EVIDENCE_LEVELS = Table(
    "evidence_levels",
    (*_KEY, Column("settles", "integer", "first month of the settlement period of the window"), *_SAID,
     Column("is_settled", "boolean", "as the books have it, or nothing that they need")),
    "what is known of a unit on which a scored part may pay",
)  # fmt: skip
SETTLED_EVIDENCE = Table(
    "settled_evidence",
    (*_KEY, Column("settled_in", "integer", "the settlement period that was closed", key=True), *_SAID),
    "what pay used of a unit in a closed window",
)


def _levels(inputs: Mapping[str, pa.Table]) -> pa.Table:
    """For each row asked and each level that its plan may use: what is known, closed windows as they were closed."""
    asked = inputs["evidence_asked"]
    seen, today = read_observations(inputs), inputs["run_settings"]["today"][0].as_py()
    parts = [_level(asked, seen, today, level, inputs) for level in BY]
    return pa.concat_tables(parts).sort_by([(name, "ascending") for name in EVIDENCE_LEVELS.key])


def _level(asked: pa.Table, seen: Observations, today: Any, level: str, inputs: Mapping[str, pa.Table]) -> pa.Table:
    said = zip(asked["unit"].to_pylist(), asked["otherwise"].to_pylist(), strict=True)
    asked = asked.filter(
        pa.array([unit == level or level in str(otherwise).split(",") for unit, otherwise in said], pa.bool_())
    )
    found = _found(asked, seen, today, level)
    settled = _as_closed(asked, found, level, inputs["settled_evidence"], inputs["settled_periods"])
    told = np.flatnonzero(found["n"] > 0)
    at = integer_column(told.astype(np.int64))
    columns: dict[str, Any] = {
        name: asked[name].take(at) for name in (*EVIDENCE_LEVELS.key, "settles") if name != "level"
    }
    columns["level"] = pa.array([level] * len(told), pa.string())
    columns["n"] = integer_column(found["n"][told].astype(np.int64))
    columns |= {name: number_column(found[name][told], 6) for name in NUMBERS[1:]}
    columns["is_settled"] = pa.array(settled[told].tolist(), pa.bool_())
    return pa.table([columns[name] for name in EVIDENCE_LEVELS.names], schema=EVIDENCE_LEVELS.arrow)


def _found(asked: pa.Table, seen: Observations, today: Any, level: str) -> Columns:
    """What the measures say of each row's person, team or company in its months; n is -1 where nothing."""
    out = {name: np.full(asked.num_rows, np.nan) for name in (*NUMBERS, "weight")}
    out["n"] = np.full(asked.num_rows, -1.0)
    units = _units(asked, level)
    months = np.stack([np.array(asked[name], dtype=np.int64) for name in ("first_month", "last_month")])
    names = np.array(asked["measure"], dtype=object)
    credible = np.array(asked["credible"], dtype=bool)
    for name in sorted(set(names) & set(CATALOGUE)):
        here = np.flatnonzero(names == name)
        stretches = sorted({(int(first), int(last)) for first, last in months[:, here].T})
        windows = [Window("stretch", f"{first}-{last}", first, last) for first, last in stretches]
        measured = measured_windows(seen, CATALOGUE[str(name)], BY[level], windows, today)
        rows = measured.rows
        place = {key: row for row, key in enumerate(zip(rows["unit"].to_pylist(), rows["period"].to_pylist(),
                                                        strict=True))}  # fmt: skip
        keys = zip(units[here], months[0, here], months[1, here], strict=True)
        at = np.array([place.get((unit, f"{first}-{last}"), -1) for unit, first, last in keys], dtype=np.int64)
        _take(out, measured, here[at >= 0], at[at >= 0], credible)
    return out


def _take(out: Columns, measured: Measured, to: Ints, at: Ints, credible: Bools) -> None:
    """Copy measured rows `at` to the places `to`: the credible value where that is asked for and there is one."""
    names = ("value", "credible", "low", "high", "z", "collective", "n")
    columns = {name: _reals(measured.rows[name])[at] for name in names}
    believed = credible[to] & np.isfinite(columns["credible"])
    out["observed"][to] = columns["value"]
    out["value"][to] = np.where(believed, columns["credible"], columns["value"])
    for name, values in (("z", columns["z"]), ("collective", columns["collective"]), ("k", measured.k[at])):
        out[name][to] = np.where(believed, values, np.nan)
    out["weight"][to] = measured.weight[at]
    for name in ("low", "high", "n"):
        out[name][to] = columns[name]


def _as_closed(asked: pa.Table, found: Columns, level: str, settled: pa.Table, periods: pa.Table) -> Bools:
    """Put what the books have in the place of what fewer than `BATCH` later answers would change. True: as in the books."""
    last_closed = int(max((int(row["period"]) for row in periods.to_pylist()), default=-1))
    measures = [str(name) for name in asked["measure"].to_pylist()]
    has_chance = np.array([int(name in CATALOGUE and CATALOGUE[name].credible) for name in measures]) == 1
    done: Bools = ~has_chance
    if last_closed < 0:
        return done
    latest = _latest(settled, level)
    keys = list(zip(*(asked[name].to_pylist() for name in EVIDENCE_LEVELS.key if name != "level"), strict=True))
    settles: Ints = np.array(asked["settles"], dtype=np.int64)
    closed = settles <= np.int64(last_closed)
    for row in np.flatnonzero(has_chance & closed):
        if keys[row][0] == ACTUAL:
            done[row] = _one_as_closed(found, int(row), latest.get(keys[row]))
    return done


def _latest(settled: pa.Table, level: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The last settled row of each key; rows stand in the order of their periods."""
    names = [name for name in EVIDENCE_LEVELS.key if name != "level"]
    rows = sorted((row for row in settled.to_pylist() if row["level"] == level), key=lambda row: int(row["settled_in"]))
    return {tuple(row[name] for name in names): row for row in rows}


def _one_as_closed(found: Columns, row: int, was: dict[str, Any] | None) -> bool:
    """Is this as it was? If enough answers have come, the unit's own value moves, and K and the collective stay."""
    now, then = max(found["n"][row], 0.0), 0 if was is None else was["n"]
    if abs(now - then) < BATCH:
        for name in NUMBERS:
            found[name][row] = -1 if name == "n" else np.nan
            if was is not None and was[name] is not None:
                found[name][row] = float(was[name])
        return was is not None
    if was is not None and was["z"] is not None and np.isfinite(found["observed"][row]):
        k = np.inf if was["k"] is None else float(was["k"])
        z = found["weight"][row] / (found["weight"][row] + k) if np.isfinite(found["weight"][row]) else 0.0
        collective = float(was["collective"])
        found["z"][row], found["k"][row], found["collective"][row] = z, k, collective
        found["value"][row] = z * found["observed"][row] + (1 - z) * collective
    return False


def _units(asked: pa.Table, level: str) -> Objects:
    if level == "company":
        return np.full(asked.num_rows, "company", dtype=object)
    return np.array(asked["person_id" if level == "own" else "team_id"], dtype=object)


def _reals(column: pa.ChunkedArray[Any]) -> Reals:
    return np.array(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


STEP = Step("evidence_levels", ("evidence_asked", "run_settings", "settled_evidence", "settled_periods", *INPUTS),
            EVIDENCE_LEVELS, _levels, nothing_without=needs("evidence_asked"))  # fmt: skip
