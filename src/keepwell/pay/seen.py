"""What was reached, against what, for which target: the numbers of a row of `adjusted_windows` as exact fractions."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

Row = dict[str, Any]
Key = tuple[Any, ...]
Moment = tuple[int, int]
Evaluations = defaultdict[Moment, dict[str, Row]]
"""By period and window: the part's own row ('') and those of what it looks at."""


@dataclass(frozen=True)
class Seen:
    """What a reading came to: `value` is None where it is unknown. `row` is where it stands."""

    row: Row
    value: Fraction | None


def seen_of(row: Row | None) -> Seen:
    """What was reached: a score, an attainment, or an amount."""
    if row is None:
        return Seen({}, None)
    if row["scored"]:
        known = row["stands_for"] in ("own", "team", "company") and row["score"] is not None
        return Seen(row, Fraction(row["score"]) if known else None)
    if row["key_is"] == "amount":
        return Seen(row, Fraction(row["counted"]))
    base = base_of(row)
    return Seen(row, Fraction(row["counted"]) / base if base and base > 0 else None)


def base_of(row: Row) -> Fraction | None:
    """What it is set against; None where that is missing."""
    return None if row["base_n"] is None else Fraction(row["base_n"]) / row["base_d"]


def target_of(row: Row) -> Fraction | None:
    """The part's target; None where it has none."""
    return None if row["target_n"] is None else Fraction(row["target_n"]) / row["target_d"]


def steps_text(steps: Sequence[Row]) -> str:
    """The steps as a text that is the same everywhere: numbers with at most nine decimals."""
    return json.dumps(steps, default=_text)


def _text(number: Fraction | Decimal) -> str:
    text = f"{Decimal(round(Fraction(number) * 10**9)).scaleb(-9):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
