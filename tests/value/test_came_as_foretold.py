"""What a demo company's contracts brought in the year after, held to the intervals foretold by what was known before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from keepwell.value.discounting import present_years
from value.test_true_hazards import foretold

YEAR = timedelta(days=365)


def covered(tables: Mapping[str, pa.Table]) -> float:
    """The share of customers under contract a year ago whose contracts and renewals brought what their interval holds.

    What they bought beside those is a gain when it comes, and no part of the value.
    """
    at_on = min(tables["value_moments"]["at_on"].to_pylist())
    contracts: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(tables["valued_contracts"].to_pylist(), key=lambda row: row["starts_on"]):
        contracts.setdefault(row["customer_id"], []).append(row)
    held = []
    for part in tables["valued_parts"].to_pylist():
        if part["kind"] != "contracts" or part["at_on"] != at_on or part["under_on"] != at_on:
            continue
        assert part["model"] == "hazard"
        came = float(part["margin"]) * sum(_brought(contracts[part["customer_id"]], at_on))
        # a month of the model is a twelfth of a year, a month of the calendar some days more or less
        held.append(float(part["low"]) * 0.995 <= came <= float(part["high"]) * 1.005)
    assert len(held) > 1000
    return float(np.mean(held))


def _brought(contracts: list[dict[str, Any]], at_on: Any) -> Iterator[float]:
    chain = set()
    for one in contracts:
        if one["starts_on"] <= at_on or one["renews_id"] in chain:
            chain.add(one["contract_id"])
            first = max(one["starts_on"], at_on)
            last = min(day for day in (one["ends_on"], one["ended_on"], at_on + YEAR) if day)
            if first < last:
                days = [np.array([(day - at_on).days / 365.25]) for day in (first, last)]
                yield float(one["annual_value"]) * float(present_years(*days, 0.1)[0])


@pytest.mark.slow
def test_nine_of_ten_customers_brought_what_was_foretold(tmp_path: Path) -> None:
    found = []
    for seed in (7, 8, 9):
        folder = tmp_path / str(seed)
        folder.mkdir()
        wanted = ("valued_parts", "valued_contracts", "value_moments")
        found.append(covered(foretold(folder, 2500, 36, seed, wanted, "12 months")))
    assert np.mean(found) == pytest.approx(0.9, abs=0.03)
