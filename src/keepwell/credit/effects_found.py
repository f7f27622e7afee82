"""What do this company's people and teams change: how many customers they keep, and their value? A step of the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from keepwell.core.tables import Column, Table
from keepwell.credit.effect import Effects, effects_of_sums
from keepwell.engine import Step, needs
from keepwell.measure.columns import Reals

CASE_MIX = ("segment", "region", "tenure", "stage")
OUTCOMES = ("kept", "value")
_PLACES = {"kept": Decimal("0.000001"), "value": Decimal("0.01")}

EFFECTS = Table(
    "credit_effects",
    (
        Column("outcome", "text", "kept: the share of customers not lost; value: change of value per customer, in the company's "
               "currency", key=True, required=True),
        Column("unit_kind", "text", "person or team", key=True, required=True),
        Column("unit", "text", "who", key=True, required=True),
        Column("department", "text", "the department whose people or teams they are compared with", key=True, required=True),
        Column("customers", "integer", "how many it rests on", required=True),
        Column("difference", "number", "from the others, adjusted for segment, region, tenure and stage"),
        Column("se", "number", "its standard error"),
        Column("effect", "number", "what is believed of it: shrunk by Z; 0 where no ranking is warranted", required=True),
        Column("low", "number", "lower end of its 95% interval; null: no ranking is warranted"),
        Column("high", "number", "upper end"),
        Column("z", "number", "how much the own result counts", required=True),
        Column("words", "text", "why no ranking is warranted; '' it is", required=True),
    ),
    says="what a person or team changes with customers like theirs: an association, apart from credit",
    gives="effects apart from credit, with how sure they are",
)  # fmt: skip


def credit_effects(inputs: Mapping[str, pa.Table]) -> pa.Table:
    """The effects of all people and teams on both outcomes, from `credit_outcomes`: in each department by itself."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in inputs["credit_outcomes"].to_pylist():
        groups.setdefault((row["unit_kind"], row["department"]), []).append(row)
    compared = {key: mine for key, mine in groups.items() if len({row["unit"] for row in mine}) > 1}
    rows = [row for (kind, department), mine in compared.items() for outcome in OUTCOMES
            for row in _rows(mine, outcome, {"outcome": outcome, "unit_kind": kind, "department": department})]  # fmt: skip
    rows.sort(key=lambda row: tuple(row[name] for name in EFFECTS.key))
    return pa.Table.from_pylist(rows, schema=EFFECTS.arrow)


STEP = Step("credit_effects", ("credit_outcomes",), EFFECTS, credit_effects, kept=True,
            nothing_without=needs("credit_outcomes"))  # fmt: skip


def _rows(mine: Sequence[dict[str, Any]], outcome: str, head: Mapping[str, str]) -> list[dict[str, Any]]:
    n = np.array([row["customers"] for row in mine], dtype=np.int64)
    total, squares = (_reals(row[name] for row in mine) for name in ("change", "squares"))
    if outcome == "kept":
        total = squares = _reals(row["kept"] for row in mine)
    else:
        squares *= 1e6
    mix = {name: [row[name] for row in mine] for name in CASE_MIX}
    found = effects_of_sums(n, total, squares, [row["unit"] for row in mine], mix)
    return [{**head, **_row(found, place, outcome)} for place in range(len(found.who))]


def _row(found: Effects, place: int, outcome: str) -> dict[str, Any]:
    numbers = {
        name: _decimal(getattr(found, name)[place], outcome) for name in ("difference", "se", "effect", "low", "high")
    }
    z = Decimal(float(found.z[place])).quantize(Decimal("0.000001"))
    return {"unit": found.who[place], "customers": int(found.n[place]), **numbers, "z": z, "words": found.words}


def _decimal(value: float, outcome: str) -> Decimal | None:
    return Decimal(float(value)).quantize(_PLACES[outcome]) if np.isfinite(value) else None


def _reals(values: Iterable[Decimal | int]) -> Reals:
    return np.array([float(value) for value in values], dtype=np.float64)
