"""Do Keepwell's payouts and tables agree with those of programs that were written by hand, knowing nothing of Keepwell's?

The rivals of the benchmarks are independent computations of the same plans: another SQL, and pandas; whole cents instead of
decimals, the plans' numbers written into them. On a small company every row and every payee's cents must agree.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmarks")
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import by_hand
        import by_keepwell
        import by_pandas
        from snapshot import write_snapshot

        write_snapshot(folder / "snapshot", events=20_000, payees=60)
        by_keepwell.compute(folder / "snapshot", folder / "ours")
        by_hand.compute(folder / "snapshot", folder / "hand")
        by_pandas.compute(folder / "snapshot", folder / "pandas")
        yield folder
    finally:
        sys.path.remove(str(BENCHMARKS))


@pytest.mark.parametrize("rival", ["hand", "pandas"])
def test_every_payee_gets_the_same_cents(rival, computed):
    from agree import disagreeing_payees, payee_count

    assert payee_count(computed / "ours")[0] > 50
    assert disagreeing_payees(computed / "ours", computed / rival) == []


@pytest.mark.parametrize(("rival", "tables"), [("hand", 18), ("pandas", 19)])
def test_what_both_write_has_the_same_rows(rival, tables, computed):
    from agree import differing_rows

    rows = differing_rows(computed / "ours", computed / rival)
    assert len(rows) >= tables
    assert {name: count for name, count in rows.items() if count} == {}


def test_pandas_writes_every_table_that_is_not_empty(computed):
    import pyarrow.parquet as pq

    filled = {path.name for path in (computed / "ours").glob("*.parquet") if pq.read_metadata(path).num_rows}
    written = {path.name for path in (computed / "pandas").glob("*.parquet")}
    assert filled == written
