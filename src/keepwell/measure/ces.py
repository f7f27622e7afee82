"""Was it easy for the customer?

The share of answers at or above the scale's easy point.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="ces",
    title="Ease",
    question="Was it easy for the customer?",
    unit="share",
    family="share",
    model="ces",
    needs=("surveys",),
    day="answered",
    credited="who it is about; else all who stand behind the customer",
    gives="for which part of the customers it was easy",
)
