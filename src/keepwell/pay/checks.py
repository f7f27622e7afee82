"""What in the data stands in the way of paying by these plans? Said with names, before anybody is paid wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import pyarrow as pa

from keepwell.core.errors import Problem
from keepwell.core.periods import Period
from keepwell.measure import available, find_measure
from keepwell.measure.catalogue import CATALOGUE
from keepwell.pay import say
from keepwell.pay.chosen import rows_where
from keepwell.pay.plan import Part, Plan
from keepwell.pay.plan_tables import ACTUAL

NEEDS: Mapping[str, tuple[str, ...]] = {
    "signed_annual_value": ("deals",), "signed_amount": ("deals",), "order_amount": ("orders",),
    "annual_value_due": ("contracts",), "renewed_annual_value": ("contracts",), "saved": ("contracts", "touches"),
    "invoiced_amount": ("invoices",), "paid_amount": ("invoices",), "objectives": ("objectives",),
}  # fmt: skip
# what the measure `saved` asks for where the company says no windows of its own
_RESCUE, _STAYS = 14, 90
Names = Callable[[str], str]


def table_problems(plans: Iterable[Plan], counts: Mapping[str, int]) -> list[Problem]:
    """Which tables do the plans need that are empty? `counts` are the record's rows by table."""
    found: list[Problem] = []
    for plan in plans:
        if not counts.get("positions", 0):
            found.append(_missing(plan, None, f"{plan.name} applies to people by their positions", "positions"))
        for part in plan.parts:
            found += _part_problems(plan, part, counts)
    return found


def save_problems(plans: Iterable[Plan], windows: Mapping[str, int]) -> list[Problem]:
    """Which plans pay on saves that the company's measure `saved` does not count? `windows` are those of keepwell.yaml."""
    rescue, stays = windows.get("rescue", _RESCUE), windows.get("saved", _STAYS)
    return [
        Problem("plan-saved", f"saved: the company counts a save if the rescue is logged within {rescue} days and the customer "
                f"stays {stays} days; what this plan calls one beyond that pays nothing", plan.file, line,
                f"{plan.saved.rescue_within} days, {plan.saved.still_after} days",
                "days no wider, or windows: {rescue: …, saved: …} in keepwell.yaml", severity="warning")
        for plan in plans
        if plan.saved is not None and (plan.saved.rescue_within > rescue or plan.saved.still_after < stays)
        for line in [*(also.line for also in plan.also_pays if also.row == "saved"),
                     *(part.line for part in plan.parts if part.measure == "saved")][:1]
    ]  # fmt: skip


def _part_problems(plan: Plan, part: Part, counts: Mapping[str, int]) -> Iterable[Problem]:
    what = f"part {part.name}"
    yield from _measured(plan, part, part.measure, part.against, f"{what} pays on {say.measure(part.measure)}", counts)
    for reading in part.readings:
        looks = f"{what} looks at {say.measure(reading.measure)}"
        yield from _measured(plan, part, reading.measure, reading.against, looks, counts)
    if "quota" in {part.against, *(one.against for one in part.readings)} and not counts.get("quotas", 0):
        yield _missing(plan, part, f"{what} is set against a quota", "quotas")
    if part.hold is not None and not counts.get("milestones", 0):
        yield _missing(plan, part, f"{what} holds until {say.words(part.hold.until)}", "milestones")
    if part.take_back is not None and not counts.get("contracts", 0):
        yield _missing(plan, part, f"{what} takes back when the customer left", "contracts")


def _measured(
    plan: Plan, part: Part, measure: str, against: str, why: str, counts: Mapping[str, int]
) -> Iterable[Problem]:
    needs = list(NEEDS.get(measure, ()))
    if measure in CATALOGUE:
        needs = list(available([find_measure(measure)], counts)[0].missing)
    elif against in NEEDS:
        needs += NEEDS[against]
    for table in needs:
        if not any(counts.get(one, 0) for one in table.split(" or ")):
            yield _missing(plan, part, why, table)


def _missing(plan: Plan, part: Part | None, why: str, table: str) -> Problem:
    return Problem("pay-table-missing", f"{why}, and the record has no {table}", plan.file, part.line if part else 1,
                   expected=f"a source that becomes {table}")  # fmt: skip


def claim_problems(conflicts: pa.Table, person: Names = str) -> list[Problem]:
    """Whom do two plans claim on one day? `conflicts` is the run's `pay_conflicts`."""
    found = []
    for row in rows_where(conflicts, scenario=ACTUAL):
        until = say.day(row["clash_to_on"]) if row["clash_to_on"].year < 9999 else "further on"
        both = f"{row['plan']} and {row['other_plan']}" if row["plan"] != row["other_plan"] else \
            f"{row['plan']} twice, by two positions at once,"  # fmt: skip
        found.append(Problem("pay-two-plans", f"{person(row['person_id'])} is claimed by {both} from "
                             f"{say.day(row['clash_from_on'])} to {until}",
                             expected="one plan on each day; change applies_to, effective or the positions"))  # fmt: skip
    return found


def unpaid_problems(unpaid: pa.Table, period: Callable[[int], Period], person: Names = str,
                    most: int = 20) -> list[Problem]:  # fmt: skip
    """What pays nobody though it should be looked at? Warnings, alike ones together. `unpaid` is `pay_unpaid`."""
    by_reason: dict[tuple[str, str, str], list[str]] = {}
    for row in rows_where(unpaid, scenario=ACTUAL):
        where = f"{row['plan']}, part {row['part']}" if row["part"] else say.measure(row["measure"]) or row["plan"]
        whom = person(row["person_id"]) if row["person_id"] else row["fact_id"]
        by_reason.setdefault((row["kind"], where, row["reason"]), []).append(f"{whom} ({period(row['period'])})")
    found = [Problem(f"pay-{kind}-missing" if kind != "nobody" else "pay-nobody", f"{where}: {reason}, for {_some(whom)}",
                     severity="warning") for (kind, where, reason), whom in sorted(by_reason.items())]  # fmt: skip
    return found[:most]


def _some(names: Sequence[str], shown: int = 3) -> str:
    known = sorted(set(names))
    more = len(known) - shown
    return ", ".join(known[:shown]) + (f" and {more} more" if more > 0 else "")
