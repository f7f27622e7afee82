"""Are cases solved in the time agreed?

The share of cases that met their service level: as the source says, or by their due time.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="service_level_met",
    title="Service level met",
    question="Are cases solved in the time agreed?",
    unit="share",
    family="share",
    model="service_level_met",
    needs=("tickets",),
    day="opened",
    credited="the assignee",
    gives="which part of the cases kept its service level",
)
