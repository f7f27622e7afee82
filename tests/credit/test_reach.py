"""Reach and the weight of days as tables of the run."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa

from credited import FROM, TO, TODAY, Work, credit_nodes
from keepwell.credit.reach import DAYS_BACK, credit_reach, decay_weights
from keepwell.credit.time_decay import time_decay

STEPS = next(node for node in credit_nodes() if node.name == "credit_steps").gives.arrow


def test_the_published_ways_span_by_span() -> None:
    ways = {("(start)", "C1"): 2, ("(start)", "C2"): 1, ("C1", "C2"): 1, ("C1", "(lost)"): 1, ("C2", "C3"): 2,
            ("C3", "(won)"): 1, ("C3", "(lost)"): 1}  # fmt: skip
    rows = [{"from_on": FROM, "to_on": TO, "source": a, "target": b, "ways": n} for (a, b), n in ways.items()]
    rows.append({"from_on": TO, "to_on": TODAY, "source": "(start)", "target": "(lost)", "ways": 3})
    found = credit_reach({"credit_steps": pa.Table.from_pylist(rows, schema=STEPS)}).to_pylist()
    assert [(row["department"], row["reach"], row["share"]) for row in found] == [
        ("C1", Decimal("0.5"), Decimal("0.2")), ("C2", 1, Decimal("0.4")), ("C3", 1, Decimal("0.4"))]  # fmt: skip


def test_a_way_is_departments_in_the_order_in_which_they_came() -> None:
    work = Work().change("c:1", "kept", "5").change("c:2", "lost", "-5")
    for day, department in enumerate(["sales", "support", "sales", "install"]):
        work.work("c:1", f"p{day}", department, FROM.replace(day=1 + day))
    work.work("c:2", "p0", "sales")
    found = {(row["source"], row["target"]): row["ways"] for row in work.run("credit_steps")["credit_steps"]}
    assert found == {("(start)", "sales"): 2, ("sales", "support"): 1, ("support", "install"): 1, ("install", "(won)"): 1,
                     ("sales", "(lost)"): 1}  # fmt: skip


def test_days_weigh_as_the_kernel_says_and_never_nothing() -> None:
    weights = {row["days_before"]: row["weight"] for row in decay_weights({}).to_pylist()}
    days = [10, 6, 2, 0]
    total = sum(weights[day] for day in days)
    assert [round(weights[day] / total, 6) for day in days] == [round(float(share), 6) for share in time_decay(days)]
    assert min(weights.values()) >= 1
    assert len(weights) == DAYS_BACK + 1
