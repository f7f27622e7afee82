"""Do customers get what they were promised, in time?

The weighted share of promises kept in time, written down or derived, over those whose time has come.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="promises_kept",
    title="Promises kept",
    question="Do customers get what they were promised, in time?",
    unit="share",
    family="share",
    model="promises_kept",
    needs=("promises|orders|tickets|milestones",),
    day="due",
    credited="who promised",
    gives="which part of your promises you keep in time",
)
