"""Would customers choose the same again?

The share of answers at or above the agreeing point of "if I had to choose again, I'd choose the same".
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="choose_again",
    title="Would choose again",
    question="Would customers choose the same again?",
    unit="share",
    family="share",
    model="choose_again",
    needs=("surveys",),
    day="answered",
    credited="who it is about; else all who stand behind the customer",
    gives="which part would choose the same again",
)
