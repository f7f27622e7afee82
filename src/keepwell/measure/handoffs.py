"""How often does a case change hands?

The mean number of changes of hands per case.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="handoffs",
    title="Hand-offs per case",
    question="How often does a case change hands?",
    unit="number",
    family="mean",
    model="handoffs_per_case",
    needs=("tickets",),
    day="opened",
    credited="the assignee",
    gives="how often customers are handed on",
    better="less",
    decimals=3,
)
