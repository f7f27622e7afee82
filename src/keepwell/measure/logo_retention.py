"""How many customers stay?

The share of the customers of a period's first day who are customers on the day after its last (or today). Over all
time: of the customers of a year ago.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="logo_retention",
    title="Customers kept",
    question="How many customers stay?",
    unit="share",
    family="logo",
    model="value_spans",
    needs=("contracts",),
    day="the period's first day",
    credited="all who stood behind the customer on the first day",
    gives="which part of the customers stays",
)
