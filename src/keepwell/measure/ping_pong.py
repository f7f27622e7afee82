"""How often does a case go back to whom it came from?

The share of the handed-on cases that went back to whom they came from.
"""

from __future__ import annotations

from keepwell.measure.measure import Measure

MEASURE = Measure(
    name="ping_pong",
    title="Ping-pong",
    question="How often does a case go back to whom it came from?",
    unit="share",
    family="share",
    model="ping_pong",
    needs=("tickets", "ticket_steps"),
    day="opened",
    credited="the assignee",
    gives="which handed-on cases come back (A, then B, then A)",
    better="less",
)
