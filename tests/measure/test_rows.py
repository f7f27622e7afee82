"""From what was observed to values by unit and period."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from busy_company import busy_company
from keepwell.core.errors import UsageError
from keepwell.engine import DuckDBEngine
from keepwell.measure import CATALOGUE, MEASURES, PERIOD_KINDS, UNIT_KINDS, measure_rows
from record_rows import Rows

INPUTS = ("measure_cells", "measure_customers", "measure_spans")


def _answers() -> Rows:
    """19 promoters, 9 passives, 8 detractors, half about Ann in January, half about Bob in May; and 10 silent ones."""
    rows = Rows(year_starts=4).person("p:ann", "t:north", "sales").person("p:bob", "t:desk")
    rows.person("p:bot", "t:desk", is_system=True)
    for name in ("c:1", "c:2"):
        rows.add("customers", customer_id=name, segment={"c:1": "large", "c:2": "small"}[name])
    scores = [10] * 19 + [7] * 9 + [0] * 8 + [None] * 10
    for number, score in enumerate(scores):
        moment = datetime(2026, 1, 15) if number % 2 else datetime(2026, 5, 15)
        rows.add("surveys", invitation_id=f"s:{number:02d}", customer_id="c:1" if number % 2 else "c:2", kind="nps",
                 stage="use", invited_at=moment, answered_at=moment if score is not None else None, score=score,
                 about_person_id="p:ann" if number % 2 else "p:bob")  # fmt: skip
    return rows


def test_nps_of_the_company_is_rockss_example() -> None:
    found = _answers().measured("nps")
    assert (found["value"], found["n"]) == (Decimal("30.56"), 36)
    assert (found["low"], found["high"]) == (Decimal("2.88"), Decimal("53.53"))
    assert (found["credible"], found["z"]) == (Decimal("30.56"), None)


def test_the_bounds_count_who_did_not_answer() -> None:
    found = _answers().measured("nps_bounds")
    rate, score = 36 / 46, 100 * 11 / 36
    assert float(found["value"]) == pytest.approx(rate * score, abs=0.01)
    assert float(found["low"]) == pytest.approx(rate * score - 100 * (1 - rate), abs=0.01)
    assert found["n"] == 46


def test_answers_that_are_about_somebody_count_for_them_alone() -> None:
    ann = _answers().measured("nps", by="person", unit="p:ann")
    assert (ann["n"], ann["value"]) == (18, Decimal("27.78"))  # 9 promoters and 4 detractors of 18
    assert _answers().measured("nps", by="team", unit="t:north")["n"] == 18
    assert _answers().measured("nps", by="department", unit="sales")["n"] == 18
    assert _answers().measured("nps", by="segment", unit="small")["n"] == 18
    assert _answers().measured("nps", by="customer", unit="c:2")["n"] == 18


def test_periods_are_those_of_the_companys_calendar() -> None:
    engine = DuckDBEngine(memory="1GB", threads=2)
    _answers().run(*INPUTS, engine=engine)
    tables = {name: engine.fetch(name) for name in INPUTS}

    def periods(per: str) -> list[tuple[str, int]]:
        rows = measure_rows(tables, "nps", "company", per, year_starts=4, today=date(2026, 7, 1)).to_pylist()
        return [(row["period"], row["n"]) for row in rows]

    assert periods("quarter") == [("2026-Q4", 18), ("2027-Q1", 18)]
    assert periods("year") == [("2026", 18), ("2027", 18)]
    assert periods("month") == [("2026-01", 18), ("2026-05", 18)]
    with pytest.raises(UsageError, match="no measure npss"):
        measure_rows(tables, "npss", "company", "all", year_starts=4, today=date(2026, 7, 1))
    with pytest.raises(UsageError, match="no kind of unit planet"):
        measure_rows(tables, "nps", "planet", "all", year_starts=4, today=date(2026, 7, 1))


def test_an_answer_about_nobody_counts_for_all_behind_the_customer_but_once_in_the_whole() -> None:
    rows = Rows().person("p:1", "t:a", "sales").person("p:2", "t:a", "sales").person("p:3", "t:b", "success")
    rows.person("p:4", "t:b", "success").add("customers", customer_id="c:1")
    for person, end in (("p:1", None), ("p:2", None), ("p:3", None), ("p:4", date(2026, 5, 1))):
        rows.add("coverage", customer_id="c:1", person_id=person, role="any", from_on=date(2026, 1, 1), to_on=end)
    rows.add("surveys", invitation_id="s:1", customer_id="c:1", kind="nps", answered_at=datetime(2026, 6, 1), score=9)
    assert rows.measured("nps")["n"] == 1
    assert rows.measured("nps", by="team", unit="t:a")["n"] == 1
    assert rows.measured("nps", by="department", unit="success")["n"] == 1
    engine = DuckDBEngine(memory="1GB", threads=2)
    rows.run(*INPUTS, engine=engine)
    tables = {name: engine.fetch(name) for name in INPUTS}
    people = measure_rows(tables, "nps", "person", "all", year_starts=1, today=date(2026, 7, 1)).to_pylist()
    assert [row["unit"] for row in people] == ["p:1", "p:2", "p:3"]  # p:4 was there no more


def test_system_users_are_in_the_whole_and_never_ranked() -> None:
    rows = _answers()
    rows.add("surveys", invitation_id="s:bot", customer_id="c:1", kind="nps", answered_at=datetime(2026, 5, 1), score=0,
             about_person_id="p:bot")  # fmt: skip
    assert rows.measured("nps")["n"] == 37
    engine = DuckDBEngine(memory="1GB", threads=2)
    rows.run(*INPUTS, engine=engine)
    tables = {name: engine.fetch(name) for name in INPUTS}
    people = measure_rows(tables, "nps", "person", "all", year_starts=1, today=date(2026, 7, 1)).to_pylist()
    assert {row["unit"] for row in people} == {"p:ann", "p:bob"}


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_measure_has_values_for_units_and_periods(name: str, busy: dict[str, pa.Table]) -> None:
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for by in UNIT_KINDS:
        for per in PERIOD_KINDS[: 3 if by == "customer" else 4]:
            rows = measure_rows(busy, name, by, per, year_starts=4, today=date(2026, 7, 1))
            assert rows.schema == MEASURES.arrow
            found[by, per] = rows.to_pylist()
    whole = found["company", "all"][0]
    assert whole["n"] > 0
    if not CATALOGUE[name].in_spans:
        for per in ("year", "quarter", "month"):
            assert sum(row["n"] for row in found["company", per]) == whole["n"]
        for by in ("segment", "region"):
            assert sum(row["n"] for row in found[by, "all"]) == whole["n"]
        assert sum(row["n"] for row in found["customer", "all"]) == whole["n"]


def test_a_run_keeps_the_same_as_is_asked(busy: dict[str, pa.Table]) -> None:
    kept = busy["measures"].to_pylist()
    asked = measure_rows(busy, "promises_kept", "person", "quarter", year_starts=4, today=date(2026, 7, 1)).to_pylist()
    chosen = [row for row in kept
              if (row["measure"], row["unit_kind"], row["period_kind"]) == ("promises_kept", "person", "quarter")]  # fmt: skip
    assert asked
    assert chosen == asked


@pytest.fixture(scope="module")
def busy() -> dict[str, pa.Table]:
    engine = DuckDBEngine(memory="1GB", threads=2)
    wanted = (*INPUTS, "measures")
    busy_company().run(*wanted, engine=engine)
    return {name: engine.fetch(name) for name in wanted}
