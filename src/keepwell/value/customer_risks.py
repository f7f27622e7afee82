"""How likely is each customer under contract to leave, by when, and what speaks for it?

Deciding comes first: giving notice or, without one, leaving. Of those who give notice some stay; so the chance to leave
is the chance of deciding to, times the share of notices that ended in leaving. For who has given notice it is that share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.core.tables import Column, Table
from keepwell.engine import Step
from keepwell.measure.columns import day_numbers, integer_column, number_column, text_column
from keepwell.value.fit import Z90, Bools, Ints, Reals
from keepwell.value.risk_covariates import BY_NAME, Covariate
from keepwell.value.risk_fits import fit_of
from keepwell.value.risk_model import Known, Layer, RiskModel

HORIZONS = (3, 12)
_LEAST_EFFECT = 0.01  # of a chance, to be told
_ONE_SIDE = Z90

RISKS = Table(
    "customer_risks",
    (
        Column("at_on", "date", "the run's day", key=True, required=True),
        Column("customer_id", "text", "the customer", key=True, required=True),
        Column("horizon_months", "integer", "within how many months: 3 or 12", key=True, required=True),
        Column("chance", "number", "that they leave, or give notice and are not kept, 0..1", required=True),
        Column("low", "number", "lower end of its 90% interval", required=True),
        Column("high", "number", "upper end", required=True),
        Column("monthly_hazard", "number", "the chance, in a month, of deciding to leave, from what lasts", required=True),
        Column("under_notice", "boolean", "notice was given", required=True),
        Column("model", "text", "hazard, plain rate or notice", required=True),
    ),
    says="how likely a customer under contract is to leave",
    gives="whom to look after first",
)  # fmt: skip
DRIVERS = Table(
    "risk_drivers",
    (
        Column("at_on", "date", "the run's day", key=True, required=True),
        Column("customer_id", "text", "the customer", key=True, required=True),
        Column("driver", "text", "the covariate", key=True, required=True),
        Column("kind", "text", "lasts, sign or notice", required=True),
        Column("effect", "number", "by how much it moves the chance to leave within twelve months, −1..1", required=True),
        Column("says", "text", "in words", required=True),
        Column("evidence", "text", "association: seen with others who left; notice: they said so", required=True),
    ),
    says="what moves a customer's chance to leave",
    gives="why a customer is at risk: association, not cause",
)  # fmt: skip
INPUTS = ("run_settings", "risk_looks", "hazard_fits", "notice_fates")


@dataclass(frozen=True)
class Lost:
    """Which share of notices ends in leaving, and how sure is that?"""

    share: float
    error: float

    @classmethod
    def of(cls, stayed: int, gone: int) -> Lost:
        """From what became of notices; where there was none, whoever decides to leave does."""
        if not stayed + gone:
            return cls(1.0, 0.0)
        share = (gone + 0.5) / (stayed + gone + 1)
        return cls(share, float(np.sqrt(share * (1 - share) / (stayed + gone + 2))))


@dataclass(frozen=True)
class Looked:
    """Customers looked at on the run's day, with the model and what it says of them over the longest horizon."""

    rows: pa.Table
    known: Known
    model: RiskModel
    lost: Lost

    @property
    def under_notice(self) -> Bools:
        """Who has given notice?"""
        return np.asarray(self.known.columns["under_notice"] == 1)

    def chances(self, months: int) -> tuple[Reals, Reals, Reals]:
        """The chance to leave within so many months, with its 90% interval."""
        hazard, _, error = self.cumulative(months)
        given = self.under_notice
        decides, least, most = (np.where(given, 1.0, -np.expm1(-hazard * np.exp(z * error))) for z in (0.0, -Z90, Z90))
        # of the logarithm of the chance: how far each side lies for the hazard's sake, and for the share of notices'
        share = Z90 * self.lost.error / self.lost.share
        down, up = (np.hypot(np.log(one / two), share) for one, two in ((decides, least), (most, decides)))
        chance = self.lost.share * decides
        return chance, chance * np.exp(-down), np.minimum(chance * np.exp(up), 1.0)

    def cumulative(self, months: int) -> tuple[Reals, Reals, Reals]:
        """The cumulative hazard of deciding, the part in the months of signs, and the error of its logarithm."""
        layer, cells = self.model.lasts, self.model.cells_ahead(self.known, months)
        return layer.hazard.cumulative(layer.centred(self.known), cells, self.model.signs_of(self.known))


def looked_at(inputs: Mapping[str, pa.Table]) -> Looked | None:
    """The customers of the run's day; None: there are none under contract."""
    today = inputs["run_settings"]["today"][0].as_py()
    now, model = inputs["risk_looks"].filter(pc.field("at_on") == today), fit_of(inputs["hazard_fits"], judges=False)
    if model is None or not now.num_rows:
        return None
    fates = [row for row in inputs["notice_fates"].to_pylist() if row["at_on"] == today]
    lost = Lost.of(fates[0]["stayed"], fates[0]["gone"]) if fates else Lost.of(0, 0)
    return Looked(now, Known.read(now), model, lost)


def _risks(inputs: Mapping[str, pa.Table]) -> pa.Table:
    seen = looked_at(inputs)
    if seen is None:
        return RISKS.arrow.empty_table()
    monthly, given = seen.model.monthly(seen.known), seen.under_notice
    names = ("hazard", "plain rate", "notice")
    model = np.where(given, 2, int(seen.model.is_plain)).astype(np.int64)
    parts = []
    for months in HORIZONS:
        chance, low, high = seen.chances(months)
        columns = {
            "at_on": _repeated(inputs["run_settings"]["today"], len(given)),
            "customer_id": seen.rows["customer_id"],
            "horizon_months": integer_column(np.full(len(given), months)),
            "chance": number_column(chance, 6), "low": number_column(low, 6), "high": number_column(high, 6),
            "monthly_hazard": number_column(monthly, 6),
            "under_notice": seen.rows["under_notice"],
            "model": text_column(model, names),
        }  # fmt: skip
        parts.append(pa.table([columns[name] for name in RISKS.names], schema=RISKS.arrow))
    return pa.concat_tables(parts).combine_chunks()


RISK_STEP = Step("customer_risks", INPUTS, RISKS, _risks, kept=True)


@dataclass(frozen=True)
class Effect:
    """What a covariate does to some of the customers: their rows, by how much, and in which words."""

    covariate: str
    kind: str
    rows: Ints
    effect: Reals
    codes: Ints
    words: tuple[str, ...]
    evidence: str = "association"


def _drivers(inputs: Mapping[str, pa.Table]) -> pa.Table:
    seen = looked_at(inputs)
    effects = [] if seen is None else drivers_of(seen)
    if seen is None or not effects:
        return DRIVERS.arrow.empty_table()
    ids, parts = seen.rows["customer_id"].combine_chunks(), []
    for one in effects:
        none = np.zeros(len(one.rows), dtype=np.int64)
        columns = {
            "at_on": _repeated(inputs["run_settings"]["today"], len(one.rows)),
            "customer_id": pc.take(ids, integer_column(one.rows)),
            "driver": text_column(none, (one.covariate,)), "kind": text_column(none, (one.kind,)),
            "effect": number_column(one.effect, 6), "says": text_column(one.codes, one.words),
            "evidence": text_column(none, (one.evidence,)),
        }  # fmt: skip
        parts.append(pa.table([columns[name] for name in DRIVERS.names], schema=DRIVERS.arrow))
    return pa.concat_tables(parts).combine_chunks()


DRIVER_STEP = Step("risk_drivers", INPUTS, DRIVERS, _drivers, kept=True)


def drivers_of(seen: Looked) -> list[Effect]:
    """What moves the chances of these customers, by covariate; what moves nobody's is left out."""
    return [one for one in (*_effects(seen), *_notices(seen)) if len(one.rows)]


def _effects(seen: Looked) -> Iterator[Effect]:
    """By how much would the chance differ, if a covariate were as usual and all else as it is?"""
    hazard, early, _ = seen.cumulative(HORIZONS[-1])
    chance = seen.lost.share * -np.expm1(-hazard)
    signs = seen.model.signs
    says, most = (np.zeros(len(hazard)), np.inf) if signs is None else (signs.says(seen.known), signs.most[0])
    for layer, reach, said, limit in ((seen.model.lasts, hazard, 0.0, np.inf), (signs, early, says, most)):
        for covariate, coefficient in _told(layer):
            away = covariate.of(seen.known.columns) - covariate.usual
            moved = np.minimum(said - coefficient * away, limit) - np.minimum(said, limit)
            other = hazard + reach * np.expm1(moved)
            effect = chance - seen.lost.share * -np.expm1(-other)
            worth_telling = (np.abs(effect) >= _LEAST_EFFECT) & (np.abs(away) >= covariate.told_from)
            rows = np.flatnonzero(worth_telling & ~seen.under_notice)
            codes, words = _worded(covariate, seen.known, rows)
            yield Effect(covariate.name, covariate.kind, rows, effect[rows], codes, words)


def _told(layer: Layer | None) -> Iterator[tuple[Covariate, float]]:
    """Covariates that customers differ in by more than chance would make them, and that may be told."""
    if layer is None:
        return
    hazard, count = layer.hazard, len(layer.hazard.baseline_names)
    for place, name in enumerate(hazard.names, start=count):
        sure = abs(hazard.parameters[place]) > _ONE_SIDE * layer.factor * hazard.standard_errors[place]
        if sure and name in BY_NAME and BY_NAME[name].told_by:
            yield BY_NAME[name], float(hazard.parameters[place])


def _worded(covariate: Covariate, known: Known, rows: Ints) -> tuple[Ints, tuple[str, ...]]:
    """What is said of each row: codes into the distinct sentences."""
    assert covariate.says is not None, "who is told by columns says something"  # noqa: S101
    values = np.column_stack([known.columns[name][rows] for name in covariate.told_by])
    distinct, codes = np.unique(values, axis=0, return_inverse=True)
    return codes.reshape(-1).astype(np.int64), tuple(covariate.says(*row) for row in distinct.tolist())


def _notices(seen: Looked) -> Iterator[Effect]:
    rows = np.flatnonzero(seen.under_notice)
    if not len(rows):
        return
    days = day_numbers(seen.rows["notice_on"])[rows]
    distinct, codes = np.unique(days, return_inverse=True)
    words = tuple(_gave(date(1970, 1, 1) + timedelta(int(day))) if day else "gave notice" for day in distinct)
    yield Effect("notice", "notice", rows, np.full(len(rows), seen.lost.share), codes.astype(np.int64), words, "notice")


def _gave(day: date) -> str:
    return f"gave notice on {day.day} {day:%b %Y}"


def _repeated(column: Any, count: int) -> pa.Array[Any]:
    repeated: pa.Array[Any] = pa.repeat(column[0], count)
    return repeated
