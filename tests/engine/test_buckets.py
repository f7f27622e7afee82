"""What is taken over from an earlier run is what computing it again would have given, byte for byte."""

from __future__ import annotations

import json
import random
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from keepwell.core.errors import ConfigurationError
from keepwell.engine import DuckDBEngine, Reuse, read_model, run_graph
from keepwell.engine.buckets import BUCKETS, PRINTS, read_columns
from keepwell.journey import LOCAL_DAYS
from keepwell.pay.nodes import input_tables, nodes
from keepwell.pay.parse import read_plan
from pay_company import SELLER, YEAR, Company, busy_company, plan

SELLERS = [f"x:{number}" for number in range(1, 9)]
LEADS = plan(
    "saves: {measure: invoiced_amount, over: quarter to date, pays: {steps: {0: 1%, 20000: 2%}}}\n",
    plan="lead", applies_to="{role: lead}", also_pays="{service_rep: {for: sold, rate: 2%}}",
    credit="{sold: {owner: 100%}}",
).replace("saves: {", "saves: {credit: sold, ")  # fmt: skip


def company(seed: int) -> Company:
    """Eight sellers and two leads with a year of facts; two people cover some of the customers."""
    dice = random.Random(seed)  # noqa: S311
    small = busy_company(dice, facts=50)
    for person in SELLERS[1:]:
        small.person(person).quota(200000 + dice.randrange(10) * 10000, person=person)
    for person in ("x:9", "x:10"):
        small.person(person, role="lead")
    for number, fact in enumerate(small.rows["amount_facts"]):
        fact["owner_id"] = dice.choice([*SELLERS, "x:9", "x:10"])
        if number % 3 == 0:
            small.add("coverage", customer_id=fact["customer_id"], person_id=dice.choice(("x:8", "x:11")),
                      role="service_rep", from_on=YEAR[0])  # fmt: skip
    return small.add("people", person_id="x:11")


def run(small: Company, folder: Path, earlier: Path | None = None, *, by_bucket: bool = True) -> dict[str, bytes]:
    """The kept tables' bytes, by file."""
    declared = {table.name: table for table in input_tables()} | {"local_days": LOCAL_DAYS}
    with DuckDBEngine(threads=1) as engine:
        for name, rows in small.tables([read_plan(SELLER), read_plan(LEADS)]).items():
            engine.add_arrow(name, rows, declared.get(name))
        run_graph(engine, nodes(), folder / "tables", reuse=Reuse(folder, earlier) if by_bucket else None)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in (folder / "tables").rglob("*.parquet")
            if path.is_file()}  # fmt: skip


def changed(small: Company, seed: int) -> str:
    """Something that is learned later. What is it?"""
    dice = random.Random(seed)  # noqa: S311
    facts = small.rows["amount_facts"]
    what = dice.choice(
        ["a late fact", "a corrected amount", "another owner", "a fact that is gone", "a quota", "a leaver"]
    )
    if what == "a late fact":
        small.fact(Decimal(dice.randrange(1, 10**6)) / 100, date(2026, 2, 3), "x:late", owner_id=dice.choice(SELLERS))
    elif what == "a corrected amount":
        dice.choice(facts)["amount"] += 1
    elif what == "another owner":
        dice.choice(facts)["owner_id"] = dice.choice([*SELLERS, "x:9"])
    elif what == "a fact that is gone":
        facts.remove(dice.choice(facts))
    elif what == "a quota":
        dice.choice(small.rows["quotas"])["target"] += 1000
    else:
        dice.choice(small.rows["contracts"])["ended_on"] = date(2026, 12, 1)
    return what


def rows_of(folder: Path) -> dict[str, list[dict[str, Any]]]:
    return {
        path.stem: sorted(pq.read_table(path).to_pylist(), key=str) for path in (folder / "tables").glob("*.parquet")
    }


def prints(folder: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((folder / PRINTS).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_what_is_taken_over_equals_what_is_computed(tmp_path: Path, seed: int) -> None:
    small = company(seed)
    run(small, tmp_path / "before")
    changed(small, seed)
    again = run(small, tmp_path / "after", tmp_path / "before")
    assert again == run(small, tmp_path / "full")
    run(small, tmp_path / "plain", by_bucket=False)
    assert rows_of(tmp_path / "after") == rows_of(tmp_path / "plain")


def test_after_one_late_fact_one_bucket_is_computed_and_the_others_are_taken_over(tmp_path: Path) -> None:
    small = company(1)
    run(small, tmp_path / "before")
    for file in (tmp_path / "before" / "tables" / "pay_trace.parquet").iterdir():
        pq.write_table(pq.read_table(file).slice(0, 0), file)  # nobody would compute this
    small.fact(100, small.rows["amount_facts"][0]["on_day"], "x:late", owner_id="x:3", measure="order_amount")
    run(small, tmp_path / "after", tmp_path / "before")
    before, after = prints(tmp_path / "before"), prints(tmp_path / "after")
    for table in ("pay_trace", "part_amounts", "movements"):
        assert len([bucket for bucket in BUCKETS if before[table][bucket] != after[table][bucket]]) == 1
    counts = [pq.read_table(file).num_rows for file in (tmp_path / "after/tables/pay_trace.parquet").iterdir()]
    assert len([count for count in counts if count]) == 1


HEADER = "-- one row per person\n-- key: person_id\n-- per: {per}\n-- gives:\n--   person_id text  who\n"


def test_a_model_per_key_says_of_which_inputs() -> None:
    model = read_model(HEADER.format(per="person_id of facts, members") + "SELECT f.person_id FROM facts AS f", "some")
    assert (model.per, model.split) == ("person_id", ("facts", "members"))
    with pytest.raises(ConfigurationError, match="model-per"):
        read_model(HEADER.format(per="customer_id of facts") + "SELECT person_id FROM facts", "some")


def test_only_columns_that_a_model_may_read_count() -> None:
    text = (
        HEADER.format(per="person_id of facts") + "SELECT f.person_id, s.today FROM facts AS f CROSS JOIN settings AS s"
    )
    columns = ("person_id", "today", "as_of")
    assert read_columns(read_model(text, "some"), "settings", columns) == {"person_id", "today"}
    assert read_columns(read_model(text.replace("s.today", "s.*"), "some"), "settings", columns) == set(columns)
    assert read_columns(read_model(text.replace("f.person_id, s.today", "*"), "some"), "settings", columns) == set(
        columns
    )
