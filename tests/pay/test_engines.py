"""Pay comes out the same to the cent on every engine."""

from __future__ import annotations

import random
from typing import Any

import pytest

from engines import ENGINE_PARAMS, ENGINES
from pay_company import SELLER, Company, busy_company

KEPT = ("pay_lines", "pay_totals", "pay_trace", "part_totals", "pay_unpaid", "pay_conflicts")


def everything(engine: str) -> dict[str, list[dict[str, Any]]]:
    small: Company = busy_company(random.Random(11), facts=20)  # noqa: S311
    with ENGINES[engine]() as one:
        found = small.pay(SELLER, engine=one)
        return {name: sorted(found.rows(name), key=str) for name in KEPT}


@pytest.mark.parametrize("engine", ENGINE_PARAMS[1:])
def test_every_engine_pays_the_same(engine: str) -> None:
    assert everything(engine) == everything("duckdb")
