"""What is settled over time comes to what is earned as now known, whatever was known and closed when; and nothing of it changes.

The companies are those that the calculation here is held against, with every word of a plan that it knows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from engines import ENGINE_PARAMS, ENGINES
from oracle.batch import Settings, by_pipeline, run, run_tables
from oracle.companies import Known, Made
from oracle.test_oracle import EXAMPLES, made, month

Row = dict[str, Any]
Look = dict[str, list[Row]]
LAST = date(2027, 8, 1)
ACCOUNTS = ("earned", "held", "advanced", "payable", "recoverable", "draw")
RECOVERIES = ("recovered", "put_off")
WANTED = ("pay_lines", "credited", "part_looks", "fact_shares")


def called(seed: int) -> list[tuple[str, Made]]:
    return [(f"x{place}z", one) for place, one in enumerate(made(EXAMPLES or 6, seed))]


def learned(companies: Sequence[tuple[str, Made]], stages: Sequence[int]) -> list[tuple[str, Made]]:
    """The same companies, of which at each look so much is known as at these stages."""
    return [(name, Made(one.plans, [Known(row.table, [row.versions[stage] for stage in stages]) for row in one.known], one.given, one.answers))
            for name, one in companies]  # fmt: skip


@cache
def by_quarters() -> list[Look]:
    """Two quarters closed while things are learned, then all that is over; and once more, with nothing new."""
    looks = ((date(2026, 5, 20), month(2026, 1)), (LAST, month(2027, 4)), (LAST, None))
    return by_pipeline(learned(called(401), [0, 2, 2]), Settings(looks), WANTED)


def come_to(lines: Iterable[Row]) -> dict[tuple[str, ...], dict[str, Decimal]]:
    """What each fact of each part has come to in all periods, account by account; recoveries are of settlements, not of facts."""
    found: dict[tuple[str, ...], dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(ACCOUNTS, Decimal(0)))
    for row in lines:
        if row["movement"] not in RECOVERIES:
            key = tuple(row[name] for name in ("person_id", "plan", "version", "part", "fact_id"))
            for account in ACCOUNTS:
                found[key][account] += row[account]
    return {key: amounts for key, amounts in found.items() if any(amounts.values())}


def test_settlements_come_to_what_is_earned_whatever_was_known_and_closed_when() -> None:
    companies = called(401)
    at_once = by_pipeline(learned(companies, [2]), Settings(((LAST, None),)))[0]["pay_lines"]
    by_months = Settings(
        ((date(2026, 2, 3), month(2026, 1)), (date(2027, 3, 5), month(2027, 2)), (LAST, None)), "month"
    )
    monthly = by_pipeline(learned(companies, [0, 1, 2]), by_months)[-1]["pay_lines"]
    expected = come_to(at_once)
    assert len(expected) > 20
    assert come_to(by_quarters()[-1]["pay_lines"]) == expected
    assert come_to(monthly) == expected


def test_nothing_settled_changes_and_unchanged_inputs_pay_nothing() -> None:
    first, then, again = (look["pay_lines"] for look in by_quarters())
    closed = [row | {"status": "settled"} for row in first if row["period"] <= month(2026, 1)]
    assert closed
    settled = [row for row in then if row["status"] == "settled"]
    assert _amounts(settled) == _amounts(closed)
    later = [row for row in again if row["status"] == "open"]
    assert _amounts(later) == _amounts(
        row for row in then if row["status"] == "open" and row["period"] > month(2027, 4)
    )
    assert all(row["belongs_to"] > month(2027, 4) for row in later if row["movement"] not in RECOVERIES)


def _amounts(rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    names = (
        "person_id",
        "plan",
        "version",
        "part",
        "fact_id",
        "movement",
        "belongs_to",
        "period",
        "currency",
        *ACCOUNTS,
    )
    return sorted(tuple(str(row[name]) for name in names) for row in rows)


def test_shares_of_a_fact_add_to_it_and_shares_of_pay_to_the_pay() -> None:
    _, _, look = by_quarters()
    facts: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in look["credited"]:
        if row["rate"] is None and row["counted"] is not None:
            key = ("scenario", "plan", "version", "part", "use", "measure", "fact_id", "credit_row")
            facts[tuple(row[name] for name in key)].append(row)
    whole = [rows for rows in facts.values() if _is_tiled(rows)]
    assert any(len(rows) > 1 for rows in whole)
    assert all(sum(row["counted"] for row in rows) == rows[0]["amount"] for rows in whole)
    key = ("scenario", "plan", "version", "part", "person_id", "window_month", "settles")
    pays = {tuple(row[name] for name in key): row["pay"] for row in look["part_looks"]}
    shares: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in look["fact_shares"]:
        shares[tuple(row[name] for name in key)] += row["share"]
    of_windows = {key: share for key, share in shares.items() if key in pays and share}
    assert of_windows
    assert of_windows == {key: pays[key] for key in of_windows}


def _is_tiled(rows: Sequence[Row]) -> bool:
    """Do the shares make the whole fact, each stretch of it once?"""
    ends = sorted((row["low"], row["high"]) for row in rows)
    return ends[0][0] == 0 and ends[-1][1] == 1 and all(one[1] == after[0] for one, after in pairwise(ends))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINE_PARAMS[1:])
def test_every_engine_pays_the_same(engine: str) -> None:
    """With all words that made plans have."""
    settings = Settings(((LAST, None),))
    tables = run_tables(learned(called(402)[:6], [2]), settings, 0, LAST)
    one = ENGINES[engine]()
    found, expected = run(tables, ["pay_lines"], one), run(tables, ["pay_lines"])
    rows = expected["pay_lines"].to_pylist()
    assert len(rows) > 20
    assert sorted(found["pay_lines"].to_pylist(), key=str) == sorted(rows, key=str)
