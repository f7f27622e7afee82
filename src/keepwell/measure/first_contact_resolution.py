"""Is it solved once and for all?

The share of solved cases neither reopened nor followed by another of the customer on the same topic.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="first_contact_resolution",
    title="Solved for good at once",
    question="Is it solved once and for all?",
    unit="share",
    family="share",
    model="first_contact_resolution",
    needs=("tickets",),
    day="opened",
    credited="the assignee",
    gives="which part is solved for good",
)
