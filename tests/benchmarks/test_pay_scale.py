"""Do forty plans over the same facts pay what one plan written by hand pays, line by line, with its trace?"""

from __future__ import annotations

from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize("kind", ["curve", "rate"])
def test_what_both_write_has_the_same_rows(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import pay_by_hand
    import pay_by_keepwell
    from agree import differing_rows
    from pay_facts import write_facts

    write_facts(tmp_path / "facts", facts=4_000, payees=50)
    pay_by_keepwell.compute(tmp_path / "facts", tmp_path / "ours", 40, kind)
    pay_by_hand.compute(tmp_path / "facts", tmp_path / "hand", 40, kind)
    rows = differing_rows(tmp_path / "ours" / "tables", tmp_path / "hand")
    assert rows == {"journal": 0, "pay_lines": 0, "pay_totals": 0, "pay_trace": 0}
