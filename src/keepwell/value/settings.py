"""What is a run told of how the company values its customers? The block `value:` of keepwell.yaml as small tables."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from keepwell.core.tables import Column, Table
from keepwell.project.valuation import Valuation

DAYS_A_YEAR = 365.25
DAYS_A_MONTH = DAYS_A_YEAR / 12

VALUE_SETTINGS = Table(
    "value_settings",
    (
        Column("discount", "share", "what a year takes off later money, compounding", required=True),
        Column("months", "integer", "how far ahead is looked, in months of 365.25 / 12 days", required=True),
        Column("margin_from", "text", "revenue, rate, costs or all_costs", required=True),
        Column("orders_from", "date", "orders before this day are no part of the history"),
        Column("since_on", "date", "values are also asked for on this day and at the quarters' starts after it"),
    ),
    "the one row of how customers are valued",
)
MARGIN_RATES = Table(
    "margin_rates",
    (
        Column("segment", "text", "the segment; '' all others", key=True, required=True),
        Column("margin", "share", "what is left of revenue", required=True),
    ),
    "one row per segment whose margin the company states",
)
OWN_COVARIATES = Table(
    "own_covariates",
    (Column("name", "text", "industry or region", key=True, required=True),),
    "one row per column of customers by which the company wants the hazard of leaving to differ",
)
VALUE_TABLES = (VALUE_SETTINGS, MARGIN_RATES, OWN_COVARIATES)


def settings_tables(valuation: Valuation, since_on: date | None = None) -> dict[Table, pa.Table]:
    """The tables of a run that say how customers are valued; `since_on`: a day for which values are asked as well."""
    row = {"discount": valuation.discount, "months": valuation.months, "margin_from": valuation.margin_from,
           "orders_from": valuation.orders_from, "since_on": since_on}  # fmt: skip
    rates = [{"segment": segment, "margin": margin} for segment, margin in sorted(valuation.margins.items())]
    return {
        VALUE_SETTINGS: pa.Table.from_pylist([row], schema=VALUE_SETTINGS.arrow),
        MARGIN_RATES: pa.Table.from_pylist(rates, schema=MARGIN_RATES.arrow),
        OWN_COVARIATES: pa.Table.from_pylist(
            [{"name": name} for name in sorted(valuation.covariates)], schema=OWN_COVARIATES.arrow
        ),
    }
