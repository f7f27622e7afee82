"""Are customers satisfied?

The share of answers at or above the scale's satisfied point.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="csat",
    title="Satisfaction",
    question="Are customers satisfied?",
    unit="share",
    family="share",
    model="csat",
    needs=("surveys",),
    day="answered",
    credited="who it is about; else all who stand behind the customer",
    gives="which part of the customers is satisfied",
)
