"""Effects in a company's own record: who keeps customers, in each department by itself."""

from __future__ import annotations

from decimal import Decimal

import pytest

from credited import Work
from keepwell.measure.credibility import TOO_FEW

KEPT = {"a": 40, "b": 38, "c": 20, "d": 41}  # of fifty customers each


def company() -> Work:
    work, number = Work(), 0
    for person, kept in KEPT.items():
        for one in range(50):
            customer = f"c:{number:03d}"
            number += 1
            work.change(customer, "kept" if one < kept else "lost", "100" if one < kept else "-900")
            work.work(customer, person, "success").work(customer, person, "success").work(customer, "alone", "support")
    work.change("c:new", "won", "5000").work("c:new", "a", "success")
    return work


def test_who_loses_more_customers_is_told_from_the_others() -> None:
    rows = company().run("credit_effects")["credit_effects"]
    assert {row["department"] for row in rows} == {"success"}  # nobody to compare with in support
    kept = {row["unit"]: row for row in rows if row["outcome"] == "kept"}
    assert {row["customers"] for row in kept.values()} == {50}  # the one who was just won could not be lost
    mean = sum(KEPT.values()) / 200
    assert {who: float(row["difference"]) for who, row in kept.items()} == pytest.approx(
        {who: many / 50 - mean for who, many in KEPT.items()}, abs=0.02
    )
    assert kept["c"]["high"] < 0
    assert not kept["c"]["words"]
    value = {row["unit"]: row for row in rows if row["outcome"] == "value"}
    assert float(value["c"]["difference"]) == pytest.approx(1000 * float(kept["c"]["difference"]), rel=0.01)


def test_of_a_handful_of_customers_nothing_is_claimed() -> None:
    work = Work()
    for number, person in enumerate("aaab"):
        work.change(f"c:{number}", "kept", str(number)).work(f"c:{number}", person, "sales")
    rows = work.run("credit_effects")["credit_effects"]
    assert rows
    assert {(row["effect"], row["low"], row["words"]) for row in rows} == {(Decimal(0), None, TOO_FEW)}
