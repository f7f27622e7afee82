"""How many solved cases come back?

The share of solved cases that were reopened.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="reopen_rate",
    title="Reopened",
    question="How many solved cases come back?",
    unit="share",
    family="share",
    model="reopen_rate",
    needs=("tickets",),
    day="opened",
    credited="the assignee",
    gives="which part of the solved cases comes back",
    better="less",
)
