"""Did as many leave as was foretold? The hazard as it was a year ago, against what came since.

Customers are put in up to ten parts by what was foretold of them; who are alike are in one. The slope tells whether differences were foretold too large
(below 1) or too small: of the logarithm of the hazard that came, on that which was foretold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.core.errors import RefusedError
from keepwell.core.tables import Column, Table
from keepwell.engine import Step
from keepwell.measure.columns import integer_column, number_column
from keepwell.measure.intervals import wilson
from keepwell.value.fit import Z90, Bools, Ints, Reals
from keepwell.value.hazard import fit_hazard
from keepwell.value.person_periods import PersonPeriods
from keepwell.value.risk_fits import fit_of
from keepwell.value.risk_model import Known

YEAR = 12
PARTS = 10
CALIBRATION = Table(
    "risk_calibration",
    (
        Column("part", "integer", "1 the least at risk, rising to 10 at most; 0 all", key=True, required=True),
        Column("from_on", "date", "the day on which it was foretold", required=True),
        Column("customers", "integer", "how many", required=True),
        Column("foretold", "number", "the share that was to give notice or leave within a year, 0..1", required=True),
        Column("came", "number", "the share that did", required=True),
        Column("low", "number", "lower end of its 95% interval", required=True),
        Column("high", "number", "upper end", required=True),
        Column("slope", "number", "of all: 1 where differences were as large as foretold"),
        Column("slope_low", "number", "lower end of its 90% interval"),
        Column("slope_high", "number", "upper end"),
    ),
    says="how many customers left in a year, of those of whom much or little was foretold",
    gives="whether what is said of customers at risk can be believed",
)
INPUTS = ("risk_days", "risk_looks", "hazard_fits")


def _calibrate(inputs: Mapping[str, pa.Table]) -> pa.Table:
    looks, model = inputs["risk_looks"], fit_of(inputs["hazard_fits"], judges=True)
    then = looks.filter(pc.and_(looks["judges"], pc.invert(looks["under_notice"])))
    if model is None or not then.num_rows:
        return CALIBRATION.arrow.empty_table()
    known = Known.read(then)
    layer, cells = model.lasts, model.cells_ahead(known, YEAR)
    hazard, _, _ = layer.hazard.cumulative(layer.centred(known), cells, model.signs_of(known))
    came = known.columns["decides_in_year"] == 1
    days = inputs["risk_days"]
    day = days.filter(days["judges"])["before_on"][0]
    return calibration(hazard, came, day)


STEP = Step("risk_calibration", INPUTS, CALIBRATION, _calibrate, kept=True)


def calibration(hazard: Reals, came: Bools, day: Any) -> pa.Table:
    """The rows of `risk_calibration` from the cumulative hazards that were foretold, and who left."""
    part = _parts(hazard)
    customers = np.bincount(part, minlength=PARTS + 1)
    foretold, left = np.bincount(part, -np.expm1(-hazard), PARTS + 1), np.bincount(part, came, PARTS + 1)
    customers[0], foretold[0], left[0] = len(came), -np.expm1(-hazard).sum(), came.sum()
    rows = np.flatnonzero(customers)
    seen = wilson(left[rows], customers[rows])
    slope, low, high = (np.full(len(rows), np.nan) for _ in range(3))
    slope[0], low[0], high[0] = slope_of(hazard, came)
    columns = {
        "part": integer_column(rows), "from_on": pa.repeat(day, len(rows)), "customers": integer_column(customers[rows]),
        "foretold": number_column(foretold[rows] / customers[rows], 6), "came": number_column(seen.value, 6),
        "low": number_column(seen.low, 6), "high": number_column(seen.high, 6),
        "slope": number_column(slope, 6), "slope_low": number_column(low, 6), "slope_high": number_column(high, 6),
    }  # fmt: skip
    return pa.table([columns[name] for name in CALIBRATION.names], schema=CALIBRATION.arrow)


def slope_of(hazard: Reals, came: Bools) -> tuple[float, float, float]:
    """The slope of what came on what was foretold, with its 90% interval; nan where it cannot be told."""
    foretold = np.log(np.maximum(hazard, 1e-12))[:, None]
    lives = PersonPeriods.of_lives(foretold - foretold.mean(), np.ones(len(came)), came, steps=[0], names=["foretold"])
    try:
        found = fit_hazard(lives)
    except RefusedError:
        return np.nan, np.nan, np.nan
    slope, spread = float(found.coefficients[0]), Z90 * float(found.standard_errors[-1])
    return slope, slope - spread, slope + spread


def _parts(hazard: Reals) -> Ints:
    """Up to ten parts of about as many customers each, by what was foretold; who are alike are in one: then they are fewer."""
    edges = np.unique(np.quantile(hazard, np.linspace(0, 1, PARTS + 1)[1:-1]))
    return np.asarray(1 + np.searchsorted(edges, hazard, side="left"), dtype=np.int64)
