"""How much of the yearly value stays, with growth?

(start − contraction − churn + expansion) ÷ start, of the yearly value of the customers of a period's first day. Over
all time: since a year ago.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="nrr",
    title="Net retention",
    question="How much of the yearly value stays, with growth?",
    unit="share",
    family="nrr",
    model="value_spans",
    needs=("contracts",),
    day="the period's first day",
    credited="all who stood behind the customer on the first day",
    gives="which part of the yearly value stays, with growth",
)
