"""Are deals pressed into the quarter's last days?

How many times as many deals are closed in the quarter's last days as if nobody rushed: 1 is an even pace.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="quarter_end",
    title="Quarter-end rush",
    question="Are deals pressed into the quarter's last days?",
    unit="times",
    family="times",
    model="quarter_end",
    needs=("deals",),
    day="closed",
    credited="the deal's owner",
    gives="how strong the rush at the quarter's end is",
    better="less",
    decimals=3,
)
