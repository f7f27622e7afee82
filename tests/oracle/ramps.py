"""In which month of their role is somebody on a day, and what share holds then?"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from .days import month_of
from .facts import Record
from .people import Members
from .plans import Plan, number


def months_later(day: date, months: int) -> date:
    """The same day so many months later; where that month has none, its last."""
    month = month_of(day) + months
    year, number_of = divmod(month, 12)
    return date(year, number_of + 1, min(day.day, monthrange(year, number_of + 1)[1]))


@dataclass
class Ramps:
    """The ramps of plans, for whoever is under them."""

    record: Record
    plans: list[Plan]
    under: Members
    _started: dict[tuple[str, str, date], date] = field(default_factory=dict)

    def quota_share(self, person: str, day: date) -> Fraction:
        """The share of a person's quota that counts on a day, by the plan that they are under."""
        for plan in self.plans:
            if "quota" in plan.words.get("ramp", {}) and self.under.is_in(plan, person, day):
                return self.share(plan, "quota", person, day)
        return Fraction(1)

    def share(self, plan: Plan, kind: str, person: str, day: date) -> Fraction:
        """What a ramp of the plan says of a person's day under it."""
        started = self._since(person, str(self.under.of(plan, person)[day]["role"]), day)
        steps = [(None if key == "later" else int(key.split()[0]), number(value))
                 for key, value in plan.words["ramp"][kind].items()]  # fmt: skip
        return next(share for last, share in steps if last is None or day < months_later(started, last))

    def _since(self, person: str, role: str, day: date) -> date:
        """The first day of the unbroken time in the role."""
        if (person, role, day) not in self._started:
            rows = [row for row in self.record.all("positions") if row["person_id"] == person and row["role"] == role]
            first = day
            while any(row["from_on"] < first and (row.get("to_on") is None or first <= row["to_on"]) for row in rows):
                first = min(row["from_on"] for row in rows
                            if row["from_on"] < first and (row.get("to_on") is None or first <= row["to_on"]))  # fmt: skip
            self._started[person, role, day] = first
        return self._started[person, role, day]


def ramped(all_ramps: Iterable[Ramps], person: str, days: list[date]) -> Fraction:
    """How many of these days of a quota count, each by the share that holds for its person."""
    mine = [ramps for ramps in all_ramps if any("quota" in plan.words.get("ramp", {}) and ramps.under.of(plan, person)
                                                for plan in ramps.plans)]  # fmt: skip
    if not mine:
        return Fraction(len(days))
    return sum((mine[0].quota_share(person, day) for day in days), Fraction(0))
