"""A score pays on its credible value, and what is paid where there are too few answers is what the plan says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from pay_company import Company, Paid, plan


def answers(
    small: Company, person: str, team: str, promoters: int, detractors: int, n: int, month: int = 24312
) -> None:
    for counts_in in ("whole", "people"):
        seen = counts_in == "people"
        small.add("measure_cells", measure="nps", counts_in=counts_in, person_no=int(person[2:]) if seen else 0,
                  person_id=person if seen else "", team_id=team if seen else "", department="sales" if seen else "",
                  segment="", region="", stage="", month=month, duration=-1, outcome=-1, n=n, a=Decimal(promoters),
                  b=Decimal(detractors), c=Decimal(0))  # fmt: skip


def part(name: str, evidence: str, more: str = "") -> str:
    return (f"{name}: {{measure: nps, weight: 25%, pays: {{curve: {{-100: 0%, 100: 200%}}}}, "
            f"evidence: {{{evidence}}}{more}}}")  # fmt: skip


PLAN = plan("\n".join([
    part("own", "at_least: 10 answers, value: observed, otherwise: [team, target]"),
    part("credible", "at_least: 10 answers, otherwise: [team, company, target]"),
    part("team", "at_least: 30 answers, value: observed, otherwise: [company, target]", ", of: team"),
    part("back", "at_least: 60 answers, looking_back: 2 quarters, value: observed, otherwise: nothing", ", of: company"),
]), target_pay=4000)  # fmt: skip


def company() -> Company:
    small = Company(today=date(2026, 3, 31))
    for person, team, promoters, detractors, n in (("x:1", "a", 12, 4, 20), ("x:2", "a", 2, 1, 4), ("x:3", "b", 1, 6, 12),
                                                   ("x:4", "b", 9, 1, 12), ("x:5", "", 0, 0, 0)):  # fmt: skip
        small.person(person, to_on=None, team_id=team)
        if n:
            answers(small, person, team, promoters, detractors, n)
    return small


def by_part(found: Paid, person: str) -> dict[str, dict[str, Any]]:
    return {row["part"]: row for row in found.rows("part_totals") if row["person_id"] == person}


def test_own_then_the_fallbacks_in_their_order() -> None:
    found = company().pay(PLAN)
    first, second, third, fifth = (by_part(found, f"x:{number}") for number in (1, 2, 3, 5))
    assert (first["own"]["stands_for"], first["own"]["value"], first["own"]["n"], first["own"]["pay"]) == (
        "own",
        40,
        20,
        1400,
    )
    assert (second["own"]["stands_for"], second["own"]["n"], second["own"]["value"]) == ("team", 24, Decimal("37.5"))
    assert (third["team"]["stands_for"], third["team"]["n"]) == ("company", 48)
    assert third["own"]["low"] < third["own"]["value"] < third["own"]["high"]
    assert (fifth["own"]["stands_for"], fifth["own"]["pay"], fifth["own"]["value"]) == ("target", 1000, None)
    assert (fifth["back"]["stands_for"], fifth["back"]["pay"]) == ("nothing", 0)


def test_the_credible_value_lies_between_the_own_and_the_collective() -> None:
    found = by_part(company().pay(PLAN), "x:4")["credible"]
    ends = sorted([found["observed"], found["collective"]])
    assert ends[0] <= found["value"] <= ends[1]
    by_hand = found["z"] * found["observed"] + (1 - found["z"]) * found["collective"]
    assert abs(found["value"] - by_hand) <= Decimal("0.01")


def test_looking_back_counts_the_answers_of_earlier_quarters() -> None:
    small = company()
    answers(small, "x:1", "a", 10, 2, 20, month=24309)
    answers(small, "x:1", "a", 0, 20, 20, month=24308)
    found = by_part(small.pay(PLAN), "x:5")["back"]
    assert (found["n"], found["stands_for"]) == (68, "company")
