"""Nodes are run after what they read, each once; a ring or a name that leads nowhere is said before anything runs."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from keepwell.core.errors import ConfigurationError, MissingError
from keepwell.core.tables import Column, Table
from keepwell.engine import Model, order_nodes


def model(name: str, *inputs: str) -> Model:
    reads = " CROSS JOIN ".join(inputs)
    return Model(Table(name, (Column("n", "integer", key=True),)), f"SELECT 1 AS n FROM {reads}", file=f"{name}.sql")


NODES = [
    model("events", "deals", "tickets"), model("stages", "events"), model("nps", "surveys"),
    model("pay", "stages", "nps"), model("report", "pay", "events"),
]  # fmt: skip
RECORD = ("deals", "tickets", "surveys")


def names(nodes: Sequence[Model]) -> list[str]:
    return [node.name for node in order_nodes(nodes, RECORD)]


def test_every_node_comes_after_what_it_reads_whatever_the_order_they_came_in() -> None:
    expected = ["events", "nps", "stages", "pay", "report"]
    assert names(NODES) == expected
    for seed in range(10):
        shuffled = random.Random(seed).sample(NODES, len(NODES))  # noqa: S311
        assert names(shuffled) == expected


def test_only_what_is_wanted_and_what_it_needs_is_run() -> None:
    assert [node.name for node in order_nodes(NODES, RECORD, wanted=["stages"])] == ["events", "stages"]


def test_an_unknown_input_names_the_nearest_and_only_what_is_wanted_must_be_whole() -> None:
    broken = [*NODES, model("ces", "survey")]
    with pytest.raises(ConfigurationError) as caught:
        order_nodes(broken, RECORD)
    (problem,) = caught.value.problems
    assert (problem.code, problem.found, problem.nearest, problem.file) == (
        "model-input-unknown", "survey", "surveys", "ces.sql",
    )  # fmt: skip
    assert len(order_nodes(broken, RECORD, wanted=["nps"])) == 1


def test_a_ring_is_named() -> None:
    with pytest.raises(ConfigurationError) as caught:
        order_nodes([model("a", "c"), model("b", "a"), model("c", "b"), model("d", "c")], ())
    assert caught.value.code == "model-cycle"
    assert any(ring in str(caught.value) for ring in ("a → c → b → a", "c → b → a → c", "b → a → c → b"))


def test_two_tables_of_one_name_are_refused() -> None:
    for nodes in ([model("a", "deals"), model("a", "deals")], [model("deals", "tickets")]):
        with pytest.raises(ConfigurationError) as caught:
            order_nodes(nodes, RECORD)
        assert caught.value.code == "model-twice"


def test_a_model_that_is_wanted_and_not_there_names_the_nearest() -> None:
    with pytest.raises(MissingError) as caught:
        order_nodes(NODES, RECORD, wanted=["stage"])
    assert "stages" in (caught.value.hint or "")
