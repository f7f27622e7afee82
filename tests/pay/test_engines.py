"""Pay comes out the same to the cent on every engine."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from engines import ENGINE_PARAMS, ENGINES
from pay_company import SELLER, Company, busy_company
from pay_lifts import BEFORE, IN_THE_SHADOW, LIFTING, lifted_company
from pay_words import (
    CONTEST,
    MANAGER,
    OFFERS,
    POOLED,
    WORDY,
    contest_company,
    managed_company,
    offering_company,
    pooled_company,
    wordy_company,
)

KEPT = ("pay_lines", "pay_totals", "pay_trace", "part_totals", "pay_unpaid", "pay_conflicts")


def everything(engine: str) -> dict[str, list[dict[str, Any]]]:
    small: Company = busy_company(random.Random(11), facts=20)  # noqa: S311
    with ENGINES[engine]() as one:
        found = small.pay(SELLER, engine=one)
        return {name: sorted(found.rows(name), key=str) for name in KEPT}


ADJUSTED = {
    "conditions": (wordy_company, WORDY),
    "managers": (managed_company, MANAGER),
    "contests": (contest_company, CONTEST),
    "offers": (offering_company, OFFERS),
    "pools": (pooled_company, POOLED),
}


def adjusted(engine: str, words: str) -> dict[str, list[dict[str, Any]]]:
    """The same of words that make more of a part's pay than its shape."""
    company, said = ADJUSTED[words]
    with ENGINES[engine]() as one:
        found = company().pay(said, engine=one)
        return {name: sorted(found.rows(name), key=str) for name in KEPT}


def lifted(engine: str) -> dict[str, list[dict[str, Any]]]:
    """The same of every word that lifts a period's pay, with a correction of what is closed and a plan in the shadow."""
    small, said = lifted_company(), [LIFTING, BEFORE, IN_THE_SHADOW]
    small.settle(small.pay(*said), 24312 + 2)
    small.fact(700, date(2026, 1, 20), measure="order_amount")
    with ENGINES[engine]() as one:
        found = small.pay(*said, engine=one)
        return {name: sorted(found.rows(name), key=str) for name in (*KEPT, "lifted_periods", "journal")}


@pytest.mark.parametrize("engine", ENGINE_PARAMS[1:])
def test_every_engine_lifts_a_period_the_same(engine: str) -> None:
    expected = lifted("duckdb")
    moved = {line["movement"] for line in expected["pay_lines"]}
    assert moved >= {"guaranteed", "drawn", "draw_due", "transition", "recovered", "lapsed", "released"}
    assert {line["reason"] for line in expected["pay_unpaid"]} != set()
    found = lifted(engine)
    assert {name: found[name] == rows for name, rows in expected.items()} == dict.fromkeys(expected, True)


# half a minute each on Sail: with the slow ones; of every push the whole run and the words that lift a period
@pytest.mark.slow
@pytest.mark.parametrize("words", ADJUSTED)
@pytest.mark.parametrize("engine", ENGINE_PARAMS[1:])
def test_every_engine_adjusts_a_part_the_same(engine: str, words: str) -> None:
    expected = adjusted("duckdb", words)
    assert expected["pay_lines"]
    assert adjusted(engine, words) == expected


@pytest.mark.parametrize("engine", ENGINE_PARAMS[1:])
def test_every_engine_pays_the_same(engine: str) -> None:
    assert everything(engine) == everything("duckdb")
