"""What is a measure? A question about customers, answered by a value with its interval for every unit and period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Family = Literal["nps", "nps_bounds", "share", "mean", "median", "times", "logo", "grr", "nrr", "ownership"]
Unit = Literal["points", "share", "days", "hours", "number", "times"]
Better = Literal["more", "less"]

UNIT_KINDS = ("company", "department", "team", "person", "segment", "region", "stage", "customer")
PERIOD_KINDS = ("all", "year", "quarter", "month")
SPAN_FAMILIES = frozenset({"logo", "grr", "nrr", "ownership"})


@dataclass(frozen=True)
class Measure:
    """A measure of the catalogue.

    `model` is the SQL that observes it, `family` how its value and interval are made of sums, `needs` the tables
    without which there is nothing to observe, `day` which day decides the period, and `credited` to whom. Values are
    rounded to `decimals`. `scale` turns the model's durations into the unit (1440 minutes are a day).
    """

    name: str
    title: str
    question: str
    unit: Unit
    family: Family
    model: str
    needs: tuple[str, ...]
    day: str
    credited: str
    gives: str
    better: Better | None = "more"
    decimals: int = 4
    scale: int = 1

    @property
    def in_spans(self) -> bool:
        """True where it compares states of customers over days (`measure_spans`) and does not add up observations."""
        return self.family in SPAN_FAMILIES

    @property
    def spread(self) -> str:
        """What `low` and `high` are: bounds of what cannot be known, or an interval of chance."""
        return "Bounds" if self.family == "nps_bounds" else "95% interval"

    @property
    def credible(self) -> bool:
        """True where it has sampling error, so that pay uses its credible value; ratios of amounts are counted."""
        return self.family in ("nps", "share", "mean", "median")
