"""The catalogue says what it has, what it would need, and what one meant."""

from __future__ import annotations

import pytest

from keepwell.core.errors import UsageError
from keepwell.measure import CATALOGUE, available, find_measure, missing
from keepwell.record.tables import TABLES

FIRST = ("nps", "csat", "ces", "choose_again", "response_rate", "nps_bounds", "service_level_met", "time_to_reply",
         "time_to_solve", "reopen_rate", "first_contact_resolution", "handoffs", "ping_pong", "promises_kept",
         "time_to_value", "first_90_days", "logo_retention", "grr", "nrr", "ownership", "quarter_end")  # fmt: skip


def test_the_first_measures_are_all_there() -> None:
    assert set(CATALOGUE) == set(FIRST)


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_each_measure_says_what_it_asks_and_needs(name: str) -> None:
    measure = CATALOGUE[name]
    assert measure.name == name
    assert measure.question.endswith("?")
    for need in measure.needs:
        assert set(need.split("|")) <= set(TABLES)


def test_what_is_missing_names_the_table_and_what_it_would_give() -> None:
    lacking = {one.measure.name: one for one in missing({"customers": 3, "tickets": 5, "deals": 0})}
    assert "reopen_rate" not in lacking
    assert lacking["nps"].missing == ("surveys",)
    assert lacking["ping_pong"].words == (
        "With ticket_steps you would know which handed-on cases come back (A, then B, then A)."
    )
    assert lacking["first_90_days"].missing == ("contracts or deals or orders",)


def test_with_every_table_nothing_is_missing() -> None:
    full = dict.fromkeys(TABLES, 1)
    assert missing(full) == ()
    assert all(one.is_available for one in available(CATALOGUE.values(), full))


def test_an_unknown_measure_names_the_nearest() -> None:
    with pytest.raises(UsageError) as raised:
        find_measure("promise_kept")
    assert raised.value.hint == "did you mean promises_kept?"
