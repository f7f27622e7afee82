"""Who competes with whom, and what do the places give? And with that: everything that is paid by windows."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .compared import Rival, places
from .days import month_of
from .plans import AMOUNTS, Plan
from .pools import pooled
from .windows import Company, Evaluation, evaluations, is_evaluated, moments, reached, standing


def everything(company: Company) -> list[Evaluation]:
    """Every part of everybody, and every pool, at the end of each period that has begun."""
    for (_, _, first, period), rivals in _contests(company).items():
        for (person, part), value in places(rivals).items():
            company.places[(*part, person, first, period)] = value
    return [*evaluations(company), *pooled(company)]


def _contests(company: Company) -> dict[Any, list[Rival]]:
    """Who competes with whom, at each evaluation."""
    found: dict[Any, list[Rival]] = {}
    for plan in company.plans:
        for part, words in plan.parts.items():
            for first, period, aims in moments(company, plan, part) if "rank" in words["pays"] else ():
                for person in company.under.people(plan):
                    value = None
                    if is_evaluated(company, plan, part, person, first, period, aims):
                        value = _reached_alone(company, plan, part, person, first, period, aims)
                    days = [
                        day for day in company.under.of(plan, person) if first <= month_of(day) < period + plan.months
                    ]
                    among, team = (
                        words.get("among", "plan"),
                        company.units.team(plan, person, max(days)) if days else "",
                    )
                    if value is not None and (among != "team" or team):
                        contest = {
                            "plan": (plan.name, part),
                            "team": (plan.name, part, team),
                            "company": (part, words["measure"]),
                        }
                        found.setdefault((among, contest[among], first, period), []).append(
                            Rival(person, (plan.name, plan.version, part), value, words["pays"]["rank"], plan.grain))  # fmt: skip
    return found


def _reached_alone(
    company: Company, plan: Plan, part: str, person: str, first: int, period: int, aims: int
) -> Fraction | None:
    """What somebody's place goes by: an amount or attainment above zero, or a score; None: no place."""
    words = plan.parts[part]
    if words["measure"] not in AMOUNTS:
        stands, value = standing(company, plan, part, person, period)
        return value if stands == "own" else None
    counted, base = reached(company, plan, part, person, first, period, aims)
    if words.get("against", "nothing") != "nothing" and (base is None or base <= 0):
        return None
    value = counted if base is None else counted / base
    return value if value > 0 else None
