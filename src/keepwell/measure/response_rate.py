"""How many answer when asked?

Answered ÷ invited, over all kinds of surveys of which the invitation is known.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="response_rate",
    title="Response rate",
    question="How many answer when asked?",
    unit="share",
    family="share",
    model="response_rate",
    needs=("surveys",),
    day="asked",
    credited="who it is about; else all who stand behind the customer",
    gives="how far answers can stand for all customers",
)
