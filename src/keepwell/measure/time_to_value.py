"""How long from purchase to first value?

The day by which half of the buyers have first value (or are live), by Aalen–Johansen: customers still on the way
are censored, and customers who left before can have no value any more.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="time_to_value",
    title="Time to value",
    question="How long from purchase to first value?",
    unit="days",
    family="median",
    model="time_to_value",
    needs=("milestones",),
    day="bought",
    credited="all who stand behind the customer",
    gives="how long customers wait for value after they bought",
    better="less",
    decimals=1,
)
