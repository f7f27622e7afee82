"""How long does a case take?

The median by Kaplan–Meier, in days: open cases take longer than they have lasted.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="time_to_solve",
    title="Time to solve",
    question="How long does a case take?",
    unit="days",
    family="median",
    model="time_to_solve",
    needs=("tickets",),
    day="opened",
    credited="the assignee",
    gives="how long customers wait for a solution",
    better="less",
    decimals=3,
    scale=1440,
)
