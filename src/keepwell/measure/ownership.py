"""On how many of their days is somebody named for the customer?

Customer-days with a named owner ÷ customer-days, by phase.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="ownership",
    title="Somebody is named",
    question="On how many of their days is somebody named for the customer?",
    unit="share",
    family="ownership",
    model="ownership",
    needs=("coverage",),
    day="each day",
    credited="nobody",
    gives="which customers and stages have nobody",
)
