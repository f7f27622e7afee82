"""Would customers recommend us?

Promoters (9–10) less detractors (0–6), in points −100..100, over those who answered.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="nps",
    title="NPS",
    question="Would customers recommend us?",
    unit="points",
    family="nps",
    model="nps",
    needs=("surveys",),
    day="answered",
    credited="who it is about; else all who stand behind the customer",
    gives="how likely customers recommend you, with its interval",
    decimals=2,
)
