"""How long until somebody answers?

The median by Kaplan–Meier, in hours: cases without a reply took longer than they have lasted.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="time_to_reply",
    title="Time to first reply",
    question="How long until somebody answers?",
    unit="hours",
    family="median",
    model="time_to_reply",
    needs=("tickets",),
    day="opened",
    credited="the assignee",
    gives="how long customers wait for a first reply",
    better="less",
    decimals=2,
    scale=60,
)
