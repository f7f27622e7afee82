"""What would the NPS be, had all answered?

The value is the NPS of the answers times the response rate; its bounds are those if who did not answer were all
detractors, or all promoters. They are bounds, not an interval of chance.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="nps_bounds",
    title="NPS if all had answered",
    question="What would the NPS be, had all answered?",
    unit="points",
    family="nps_bounds",
    model="nps_bounds",
    needs=("surveys",),
    day="asked",
    credited="as nps",
    gives="between what the NPS must lie, whoever did not answer",
    decimals=2,
)
