"""Histories as tables: what is understood, and what is refused with which word."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from keepwell.core.errors import UsageError
from keepwell.value.bg_nbd import BetaGeo
from keepwell.value.gamma_gamma import GammaGamma
from keepwell.value.histories import histories_of

GOOD = {"frequency": [0, 2], "recency": [0.0, 5.0], "T": [7.0, 9.5]}


@pytest.mark.parametrize("given", [GOOD, pa.table(GOOD), pa.RecordBatch.from_pydict(GOOD), pd.DataFrame(GOOD)])
def test_frames_and_tables_are_understood(given: object) -> None:
    seen = histories_of(given, "day")
    assert (list(seen.frequency), list(seen.recency.numbers), list(seen.age.numbers)) == ([0, 2], [0, 5], [7, 9.5])
    assert (seen.count, seen.unit) == (2, "day")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"frequency": [-1, 2]}, "frequency is no whole number"),
        ({"frequency": [0.5, 2]}, "frequency is no whole number"),
        ({"recency": [0.0, 10.0]}, "after the end"),
        ({"recency": [1.0, 5.0]}, "without a repeat purchase"),
        ({"recency": [0.0, 0.0]}, "purchases of one day are one"),
        ({"T": [-1.0, 9.5]}, "T is below 0"),
        ({"T": [7.0, float("nan")]}, "T is empty or not finite in 1 rows"),
        ({"T": ["x", "y"]}, "T holds something that is no number"),
        ({"monetary": [0.0, -3.0]}, "monetary is not above 0"),
        ({"customers": [1, -3]}, "customers is no whole number"),
    ],
)
def test_impossible_histories_are_refused(change: dict[str, list[object]], says: str) -> None:
    with pytest.raises(UsageError, match=says) as refused:
        histories_of({**GOOD, **change})
    assert refused.value.code == "value-histories"


def test_other_things_are_no_histories() -> None:
    with pytest.raises(UsageError, match="no column T"):
        histories_of({"frequency": [1], "recency": [1]})
    with pytest.raises(UsageError, match="no customers"):
        histories_of({"frequency": [], "recency": [], "T": []})
    with pytest.raises(UsageError, match="found int"):
        histories_of(3)
    with pytest.raises(UsageError, match="fortnight"):
        histories_of(GOOD, "fortnight")


def test_amounts_have_either_of_two_names() -> None:
    """As lifetimes and pymc-marketing call it; the T of a history may be called age."""
    theirs = pd.DataFrame({**GOOD, "monetary_value": [0.0, 3.0]})
    assert (
        list(histories_of(theirs).monetary) == list(histories_of({**theirs, "monetary": [0.0, 3.0]}).monetary) == [0, 3]
    )
    spend = GammaGamma.known(p=6.25, q=3.74, gamma=15.44)
    own = spend.expected_spend(theirs.rename(columns={"monetary_value": "monetary", "T": "age"}))
    assert list(spend.expected_spend(theirs)) == list(own)
    with pytest.raises(UsageError, match="two names of one column, and these differ"):
        histories_of({**theirs, "monetary": [0.0, 4.0]})
    with pytest.raises(UsageError, match="monetary is not above 0"):
        BetaGeo.known(r=1, alpha=4, a=1, b=2).lifetime_value({**GOOD, "monetary_value": [0.0, -3.0]}, 40.0)
    with pytest.raises(UsageError, match="no column monetary or monetary_value"):
        GammaGamma().fit(GOOD)


def test_groups_hold_each_history_once() -> None:
    seen = histories_of({"frequency": [1, 0, 1, 1], "recency": [2, 0, 2, 3], "T": [9, 9, 9, 9]})
    grouped = seen.grouped()
    assert [list(grouped.frequency), list(grouped.recency.numbers), list(grouped.customers)] == [
        [0, 1, 1],
        [0, 2, 3],
        [1, 2, 1],
    ]
    twice = histories_of({"frequency": [1, 1], "recency": [2, 2], "T": [9, 9], "customers": [3, 4]}).grouped()
    assert (list(twice.customers), twice.count) == ([7], 7)
    distinct, place = seen.alike()
    assert (distinct.frequency[place] == seen.frequency).all()
    assert list(distinct.recency.take(place).numbers) == list(seen.recency.numbers)


def test_rows_and_chunks_are_parts_of_the_whole() -> None:
    seen = histories_of({**GOOD, "monetary": [0.0, 3.0], "customer_id": ["a", "b"]})
    second = seen.rows(np.array([1]))
    assert (second.monetary[0], second.customer_id.to_pylist()) == (3.0, ["b"])
    assert [len(piece) for _, piece in seen.chunks()] == [2]
