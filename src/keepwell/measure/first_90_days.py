"""Do the first ninety days go well?

The share of customers who within 90 days are live, have first value, no broken promise and no severe ticket
unsolved. Its parts are in the table `first_days`.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="first_90_days",
    title="Good first 90 days",
    question="Do the first ninety days go well?",
    unit="share",
    family="share",
    model="first_90_days",
    needs=("contracts|deals|orders",),
    day="bought",
    credited="all who stand behind the customer",
    gives="which part of new customers starts well",
)
