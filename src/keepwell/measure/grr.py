"""How much of the yearly value stays, without growth?

(start − contraction − churn) ÷ start, of the yearly value of the customers of a period's first day. Over all time:
since a year ago.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="grr",
    title="Gross retention",
    question="How much of the yearly value stays, without growth?",
    unit="share",
    family="grr",
    model="value_spans",
    needs=("contracts",),
    day="the period's first day",
    credited="all who stood behind the customer on the first day",
    gives="which part of the yearly value stays, without growth",
)
