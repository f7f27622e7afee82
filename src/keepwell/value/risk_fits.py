"""How does a fitted hazard pass from the step that fits it to those that use it, and what does it say in words?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.core.tables import Column, Table
from keepwell.engine import Step
from keepwell.measure.columns import integer_column, whole_numbers
from keepwell.value.fit import Z90, Reals
from keepwell.value.hazard import Hazard
from keepwell.value.leakage import leaks
from keepwell.value.risk_model import Layer, RiskModel, fit_risk

FITS = Table(
    "hazard_fits",
    (
        Column(
            "at_on",
            "date",
            "the day of looking; fitted on the months that were over before it",
            key=True,
            required=True,
        ),
        Column("is_now", "boolean", "the run's day", required=True),
        Column("judges", "boolean", "that of a year ago", required=True),
        Column("layer", "text", "lasts, sign, or model", key=True, required=True),
        Column("kind", "text", "what the value is of it", key=True, required=True),
        Column("place", "integer", "of which row", key=True, required=True),
        Column("other", "integer", "of which column", key=True, required=True),
        Column("word", "text", "a name, where it is one"),
        Column("value", "real", "a number, where it is one"),
    ),
    says="a piece of a fitted hazard of leaving",
)
MODELS = Table(
    "hazard_models",
    (
        Column("judges", "boolean", "fitted on what was over a year ago, to be judged by the year since", key=True,
               required=True),
        Column("layer", "text", "lasts: weighs on every month; sign: on the next three", key=True, required=True),
        Column("place", "integer", "its place in the list", key=True, required=True),
        Column("name", "text", "what it is of", required=True),
        Column("is_baseline", "boolean", "a level, not a covariate", required=True),
        Column("coefficient", "number", "of the logarithm of the hazard, as far as it is believed", required=True),
        Column("factor", "number", "by how much the hazard is multiplied; of a level the hazard itself", required=True),
        Column("low", "number", "lower end of its 90% interval", required=True),
        Column("high", "number", "upper end", required=True),
        Column("believed", "number", "how much of what was fitted is believed, 0..1", required=True),
        Column("why", "text", "what the model rests on", required=True),
    ),
    says="a coefficient of the company's hazard of giving notice or leaving, in a month",
    gives="after what customers leave more often than others: association, not cause",
)  # fmt: skip
LEAKS = Table(
    "covariate_leaks",
    (
        Column("name", "text", "the covariate of the company's own", key=True, required=True),
        Column("why", "text", "why it cannot have been known before customers left", required=True),
    ),
    says="a covariate that keepwell.yaml names and that is no predictor of leaving",
    gives="what is left out of the hazard, and why",
)
LAYERS = ("lasts", "sign")


def _leaks(inputs: Mapping[str, pa.Table]) -> pa.Table:
    """Covariates of the company's own that only who left has."""
    rows = inputs["covariate_values"]
    found = []
    for name in sorted({str(name) for name in rows["name"].to_pylist()}):
        own = rows.filter(pc.field("name") == name)
        each = np.repeat(np.arange(own.num_rows), whole_numbers(own["customers"]))
        values: pa.Array[Any] = pa.array([text or None for text in own["value"].to_pylist()], pa.string())
        found += leaks({name: values.take(integer_column(each))}, np.array(own["has_left"].to_pylist())[each])
    return pa.Table.from_pylist([{"name": leak.name, "why": leak.why} for leak in found], schema=LEAKS.arrow)


LEAK_STEP = Step("covariate_leaks", ("covariate_values",), LEAKS, _leaks, kept=True)


def _fit(inputs: Mapping[str, pa.Table]) -> pa.Table:
    cells, days = inputs["risk_cells"], inputs["risk_days"]
    refused = {row["name"]: row["why"] for row in inputs["covariate_leaks"].to_pylist()}
    rows: list[dict[str, Any]] = []
    for day in days.filter(days["is_looked"]).sort_by("at_no").to_pylist():
        known = cells.filter(pc.field("known_on") <= day["at_on"])
        if known.num_rows:
            same = {name: day[name] for name in ("at_on", "is_now", "judges")}
            rows += [{**same, **row} for row in _rows(fit_risk(known, refused))]
    return pa.Table.from_pylist(rows, schema=FITS.arrow)


FIT_STEP = Step("hazard_fits", ("risk_cells", "risk_days", "covariate_leaks"), FITS, _fit)


def fit_of(rows: pa.Table, *, judges: bool) -> RiskModel | None:
    """The hazard (`hazard_fits`) of the run's day, or of the day of a year ago; None: there is none."""
    return read_fit(rows.filter(rows["judges" if judges else "is_now"]))


def fit_on(rows: pa.Table, day: date) -> RiskModel | None:
    """The hazard as of a day of valuing: of the run's day its own, of others that of their month's first."""
    return read_fit(rows.filter(pc.field("at_on") == look_day(rows, day)))


def look_day(rows: pa.Table, day: date) -> date:
    """On which day are customers looked at for a day of valuing? On the run's own, or else on the month's first."""
    now = pc.unique(rows.filter(rows["is_now"])["at_on"]).to_pylist()
    return day if day in now else day.replace(day=1)


def read_fit(chosen: pa.Table) -> RiskModel | None:
    """The fitted hazard of these rows of `hazard_fits`; None: there are none."""
    if not chosen.num_rows:
        return None
    pieces: dict[tuple[str, str], list[tuple[int, int, Any]]] = {}
    for row in chosen.to_pylist():
        value = row["value"] if row["word"] is None else row["word"]
        pieces.setdefault((row["layer"], row["kind"]), []).append((row["place"], row["other"], value))
    lasts, signs = (_layer(pieces, layer) for layer in LAYERS)
    assert lasts is not None, "every model has what lasts"  # noqa: S101
    groups = tuple(int(value) for _, _, value in sorted(pieces["model", "group"]))
    return RiskModel(lasts, signs, groups, str(pieces["model", "why"][0][2]))


def _rows(model: RiskModel) -> Iterator[dict[str, Any]]:
    yield {"layer": "model", "kind": "why", "place": 0, "other": 0, "word": model.why}
    yield from _numbers("model", "group", np.array(model.groups, dtype=np.float64))
    for layer, part in zip(LAYERS, (model.lasts, model.signs), strict=True):
        if part is None:
            continue
        hazard = part.hazard
        yield from _words(layer, "covariate", hazard.names)
        yield from _words(layer, "level", hazard.baseline_names)
        yield from _numbers(layer, "parameter", hazard.parameters)
        yield from _numbers(layer, "covariance", hazard.covariance)
        yield from _numbers(layer, "baseline", hazard.baseline)
        yield from _numbers(layer, "mean", part.means)
        yield from _numbers(layer, "factor", np.array([part.factor]))
        if np.isfinite(part.most[0]):
            yield from _numbers(layer, "most", np.array(part.most))
        yield from _numbers(layer, "count", np.array([hazard.log_likelihood, hazard.periods, hazard.events]))


def _words(layer: str, kind: str, words: Sequence[str]) -> Iterator[dict[str, Any]]:
    for place, word in enumerate(words):
        yield {"layer": layer, "kind": kind, "place": place, "other": 0, "word": word}


def _numbers(layer: str, kind: str, numbers: Reals) -> Iterator[dict[str, Any]]:
    for place, row in enumerate(np.atleast_2d(numbers.T).T if numbers.ndim == 1 else numbers):
        for other, value in enumerate(np.atleast_1d(row)):
            yield {"layer": layer, "kind": kind, "place": place, "other": other, "value": float(value)}


def _layer(pieces: Mapping[tuple[str, str], list[tuple[int, int, Any]]], layer: str) -> Layer | None:
    if (layer, "parameter") not in pieces:
        return None

    def words(kind: str) -> tuple[str, ...]:
        return tuple(str(value) for _, _, value in sorted(pieces.get((layer, kind), [])))

    def numbers(kind: str, columns: int = 1) -> Reals:
        return np.array([value for _, _, value in sorted(pieces.get((layer, kind), []))]).reshape(-1, columns)

    names, levels = words("covariate"), words("level")
    likelihood, periods, events = numbers("count")[:, 0]
    hazard = Hazard("log-log", names, levels, numbers("baseline", len(levels)), numbers("parameter")[:, 0],
                    numbers("covariance", len(names) + len(levels)), float(likelihood), int(periods), int(events))  # fmt: skip
    most, error = numbers("most")[:, 0] if (layer, "most") in pieces else (np.inf, 0.0)
    return Layer(hazard, numbers("mean")[:, 0], float(numbers("factor")[0, 0]), (float(most), float(error)))


def _say(inputs: Mapping[str, pa.Table]) -> pa.Table:
    rows = []
    for judges in (False, True):
        model = fit_of(inputs["hazard_fits"], judges=judges)
        if model is not None:
            rows += [{"judges": judges, **row} for row in _said(model)]
    return pa.Table.from_pylist(rows, schema=MODELS.arrow)


SAY_STEP = Step("hazard_models", ("hazard_fits",), MODELS, _say, kept=True)


def _said(model: RiskModel) -> Iterator[dict[str, Any]]:
    for layer, part in zip(LAYERS, (model.lasts, model.signs), strict=True):
        if part is None:
            continue
        hazard = part.hazard
        for place, name in enumerate((*hazard.baseline_names, *hazard.names)):
            value, error = hazard.parameters[place], hazard.standard_errors[place]
            spread = Z90 * error
            numbers = {"coefficient": value, "factor": np.exp(value), "low": np.exp(value - spread),
                       "high": np.exp(value + spread), "believed": part.factor}  # fmt: skip
            yield {"layer": layer, "place": place, "name": name, "is_baseline": place < len(hazard.baseline_names),
                   "why": model.why, **{word: _number(number) for word, number in numbers.items()}}  # fmt: skip


def _number(value: float) -> Any:
    """To six decimals; what is beyond a million million is as good as without limit."""
    from decimal import Decimal

    return Decimal(f"{min(float(value), 999_999_999_999.0):.6f}")
