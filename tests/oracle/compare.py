"""Where do the two differ? Totals, movements and what is booked of them, recoveries: to the cent, or named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .batch import Row, Settings, by_oracle, by_pipeline, plans_read, worlds
from .companies import Made
from .days import LENGTHS
from .holds import ACCOUNTS, Amounts
from .settle import Ledger
from .windows import Evaluation

Key = tuple[Any, ...]
_LIFTS = {
    "guaranteed": "guarantee",
    "drawn": "draw",
    "draw_due": "draw",
    "forgiven": "draw",
    "transition": "transition",
}


@dataclass(frozen=True)
class Difference:
    """One thing of which the two say different amounts."""

    company: str
    stage: int
    what: str
    key: Key
    pipeline: Any
    oracle: Any

    def __str__(self) -> str:
        return (f"{self.company} look {self.stage} {self.what} {self.key}:\n   pipeline {_shown(self.pipeline)}\n   "
                f"here     {_shown(self.oracle)}")  # fmt: skip


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return str({name: float(amount) for name, amount in value.items() if amount})
    return str(float(value)) if isinstance(value, Fraction) else str(value)


def differences(companies: Sequence[Made], settings: Settings) -> list[Difference]:
    """Everything that the two say otherwise of these companies, at every look."""
    called = [(f"x{place}z", made) for place, made in enumerate(companies)]
    looks = by_pipeline(called, settings)
    found: list[Difference] = []
    known = worlds(called, settings)
    for place, (name, made) in enumerate(called):
        plans, ledger = plans_read(made, name), Ledger(LENGTHS[settings.closes])
        for stage, (_, closes) in enumerate(settings.looks):
            own = by_oracle(made, name, known[stage], place, settings)
            theirs = {table: [row for row in rows if _is_of(row, name)] for table, rows in looks[stage].items()}
            pairs = [("total", _totals(theirs), _own_totals(own.evaluations)),
                     ("line", _lines(theirs["pay_lines"]), _own_lines(ledger, own.movements)),
                     ("recovery", _recoveries(theirs["pay_lines"]),
                      _own_recoveries(ledger, plans, own.movements))]  # fmt: skip
            for what, one, other in pairs:
                found += [Difference(name, stage, what, key, one.get(key), other.get(key))
                          for key in sorted({*one, *other}, key=str) if one.get(key) != other.get(key)]  # fmt: skip
            if closes is not None:
                ledger.close(own.movements, plans, closes)
    return found


def _is_of(row: Row, name: str) -> bool:
    return str(row["person_id"]).startswith(f"{name}:") and row.get("scenario", "actual") == "actual"


def _totals(theirs: dict[str, list[Row]]) -> dict[Key, Any]:
    return {(row["person_id"], row["plan"], row["version"], row["part"], row["period"]):
            row["missing"] if row["pay"] is None else Fraction(row["pay"]) for row in theirs["part_totals"]}  # fmt: skip


def _own_totals(evaluations: Iterable[Evaluation]) -> dict[Key, Any]:
    return {(one.person, one.plan.name, one.plan.version, one.part, one.period): one.missing if one.pay is None else one.pay
            for one in evaluations}  # fmt: skip


def _lines(rows: list[Row]) -> dict[Key, Amounts]:
    """Open lines: by payee, plan, part, fact, the period they belong to and the one in which they are booked."""
    found: dict[Key, Amounts] = {}
    for row in rows:
        if row["status"] == "open" and row["movement"] not in ("recovered", "put_off"):
            key = (
                row["person_id"],
                row["plan"],
                row["version"],
                row["part"] or _LIFTS[row["movement"]],
                row["fact_id"],
                row["belongs_to"],
                row["period"],
            )
            so_far = found.setdefault(key, dict.fromkeys(ACCOUNTS, Fraction(0)))
            for account in ACCOUNTS:
                so_far[account] += Fraction(row[account])
    return {key: amounts for key, amounts in found.items() if any(amounts.values())}


def _own_lines(ledger: Ledger, movements: Any) -> dict[Key, Amounts]:
    return {(*line, booked): amounts for (line, booked), amounts in ledger.open_lines(movements).items()}


def _recoveries(rows: list[Row]) -> dict[Key, Fraction]:
    return {(row["person_id"], row["currency"], row["period"], row["movement"]): Fraction(row["payable"]) for row in rows
            if row["status"] == "open" and row["movement"] in ("recovered", "put_off")}  # fmt: skip


def _own_recoveries(ledger: Ledger, plans: Any, movements: Any) -> dict[Key, Fraction]:
    found: dict[Key, Fraction] = {}
    for due, (recovered, put_off) in ledger.recoveries(ledger.open_lines(movements), plans).items():
        if recovered:
            found[*due, "recovered"] = -recovered
        if put_off:
            found[*due, "put_off"] = put_off
    return found


def differing(companies: Sequence[Made], found: Sequence[Difference]) -> list[Made]:
    """The companies of which the two say something else."""
    places = sorted({int(one.company.strip("xz")) for one in found})
    return [companies[place] for place in places]
