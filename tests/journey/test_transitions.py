"""Stages one after the other: held to the published running example of process mining."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from keepwell.engine import Engine, load_models, run_graph
from running_example import running_example

Rows = dict[str, list[dict[str, object]]]


@pytest.fixture
def mined(engine: Engine) -> Rows:
    """The example's activities as stages, its cases as customers."""
    models = {model.name: model for model in load_models("keepwell.journey")}
    events = models["events"].gives
    rows = [
        {"event_id": str(number), "customer_no": case, "customer_id": str(case), "at": moment, "on_day": moment.date(),
         "place": 1, "seq": 0, "stage": activity, "kind": activity, "person_id": person, "team_id": "",
         "department": person, "ref_table": "", "ref_id": "", "known_at": moment}
        for number, (case, moment, activity, person) in enumerate(running_example())
    ]  # fmt: skip
    assert len(rows) == 42
    engine.add_arrow("events", pa.Table.from_pylist(rows, schema=events.arrow), events)
    wanted = ("stage_visits", "transitions", "stages", "handovers")
    run_graph(engine, [models[name] for name in wanted], wanted=wanted)
    return {name: engine.fetch(name).to_pylist() for name in wanted}


def test_the_running_example_has_36_transitions_over_16_edges(mined: Rows) -> None:
    assert sum(row["count"] for row in mined["transitions"]) == 36
    assert len(mined["transitions"]) == 16


def test_from_check_ticket_to_decide_took_50_54_hours_on_average_and_35_92_in_the_middle(mined: Rows) -> None:
    [row] = [r for r in mined["transitions"] if (r["from_stage"], r["to_stage"]) == ("check ticket", "decide")]
    assert (row["count"], row["customers"]) == (6, 4)
    assert round(row["mean_hours"], 2) == Decimal("50.54")
    assert round(row["median_hours"], 2) == Decimal("35.92")


def test_the_running_example_has_six_variants(mined: Rows) -> None:
    ways: dict[int, list[str]] = {}
    for row in mined["stage_visits"]:
        ways.setdefault(row["customer_no"], []).append(row["stage"])
    assert len({tuple(way) for way in ways.values()}) == 6


def test_stages_count_visits_customers_and_who_is_there_now(mined: Rows) -> None:
    stages = {row["stage"]: row for row in mined["stages"]}
    assert (stages["decide"]["visits"], stages["decide"]["customers"], stages["decide"]["now"]) == (9, 6, 0)
    assert (stages["reject request"]["now"], stages["pay compensation"]["now"]) == (3, 3)
    assert stages["reject request"]["median_hours"] is None
    assert sum(stage["events"] for stage in stages.values()) == 42


def test_handovers_count_each_change_of_hands_once(mined: Rows) -> None:
    changes, last = 0, (0, "")
    for case, _, _, person in running_example():
        changes += last[0] == case and last[1] != person
        last = (case, person)
    assert sum(row["count"] for row in mined["handovers"]) == changes
