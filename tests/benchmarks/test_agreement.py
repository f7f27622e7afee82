"""Do Keepwell's payouts and tables agree with those of a script that was written by hand, knowing nothing of Keepwell's?

The yardstick of the benchmarks is an independent computation of the same plans: another SQL, whole cents instead of
decimals, the plans' numbers written into it. On a small company every payee's cents must agree.
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
        from snapshot import write_snapshot

        write_snapshot(folder / "snapshot", events=20_000, payees=60)
        by_keepwell.compute(folder / "snapshot", folder / "ours")
        by_hand.compute(folder / "snapshot", folder / "hand")
        yield folder
    finally:
        sys.path.remove(str(BENCHMARKS))


def test_every_payee_gets_the_same_cents(computed):
    from agree import disagreeing_payees, payee_count

    assert payee_count(computed / "ours")[0] > 50
    assert disagreeing_payees(computed / "ours", computed / "hand") == []


def test_what_both_write_has_the_same_rows(computed):
    from agree import differing_rows

    rows = differing_rows(computed / "ours", computed / "hand")
    assert len(rows) >= 17
    assert {name: count for name, count in rows.items() if count} == {}
