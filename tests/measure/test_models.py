"""The models of journey and measures: what they declare, what they may use, and the same rows on every engine."""

from __future__ import annotations

from datetime import date

from busy_company import busy_company
from engines import assert_same_on_engines
from keepwell.core.tables import Table
from keepwell.engine.bind import check_models
from keepwell.journey import local_days
from keepwell.measure import CATALOGUE, FACTS
from record_rows import given_tables, nodes
from record_rows import models as all_models


def models():
    """Those of the journey and of measures."""
    return [model for model in all_models() if model.file.startswith(("keepwell/journey/", "keepwell/measure/"))]


def test_every_model_gives_what_it_declares_by_portable_means_only() -> None:
    assert check_models(nodes(), given_tables()) == []


def test_every_measure_has_its_model() -> None:
    names = {model.name for model in models()}
    assert {measure.model for measure in CATALOGUE.values()} <= names


def test_all_facts_have_the_one_shape() -> None:
    shaped = [model.gives for model in models() if model.name.startswith("facts_") or model.name == "amount_facts"]
    assert len(shaped) == 9
    for table in shaped:
        assert _shape(table) == _shape(FACTS), table.name


def test_no_kept_table_holds_text_that_people_wrote() -> None:
    for model in models():
        if model.kept:
            assert not {"text", "name", "email", "evidence"} & set(model.gives.names), model.name


def test_every_engine_gives_the_same_rows() -> None:
    inputs = busy_company().tables()
    inputs["local_days"] = local_days("Europe/Paris", date(2024, 1, 1), date(2027, 12, 31))
    found = assert_same_on_engines(models(), inputs)
    silent = [name for name, rows in found.items() if not rows]
    assert silent == []


def _shape(table: Table) -> list[tuple[str, str, bool]]:
    return [(column.name, column.type, column.key) for column in table.columns]
