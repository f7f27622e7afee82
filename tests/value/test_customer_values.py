"""A company of a few customers, valued by hand: contracts, causes of change, and what is said where little is known."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import log
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepwell.project.valuation import Valuation
from record_rows import Rows

TODAY = date(2026, 7, 1)
TABLES = ("value_models", "customer_values", "valued_parts", "equity_changes", "value_moments")


def add_terms(rows: Rows, customer: str, first: date, values: list[float], *, currency: str = "EUR", segment: str = "a",
              **last: Any) -> None:  # fmt: skip
    """A customer with yearly terms that renew each other; `last` is said of the last one."""
    rows.add("customers", customer_id=customer, segment=segment)
    for number, value in enumerate(values):
        is_last = number == len(values) - 1
        rows.add(
            "contracts", contract_id=f"{customer}/{number}", customer_id=customer, annual_value=value, currency=currency,
            starts_on=first.replace(year=first.year + number), ends_on=first.replace(year=first.year + number + 1),
            renews_id=f"{customer}/{number - 1}" if number else None, **(last if is_last else {}),
        )  # fmt: skip


def company(today: date = TODAY, **told: Any) -> Rows:
    """Four renewed once; one of them left in the second term."""
    rows = Rows(today=today, **told)
    for number in range(3):
        add_terms(rows, f"c:{number}", date(2025, 1, 1), [1000, 1000 + 100 * number])
    add_terms(rows, "c:3", date(2025, 1, 1), [1000, 1000], ended_on=date(2026, 2, 10))
    return rows


def found(rows: Rows) -> dict[str, list[dict[str, Any]]]:
    return rows.run(*TABLES)


def test_the_value_is_the_running_term_and_the_renewals_by_their_chance() -> None:
    tables = found(company(valuation=Valuation(Decimal("0.1"), 24, "rate", {"": Decimal("0.5")})))
    [model] = [row for row in tables["value_models"] if row["at_on"] == TODAY and row["chosen"]]
    # four came to a renewal, and the end of the term in which one left has not come: (0 + .5) / (4 + 1)
    assert (model["model"], json.loads(model["parameters"])["values"]) == ("constant_churn", [0.1])
    [value] = [row for row in tables["customer_values"] if row["customer_id"] == "c:2" and row["at_on"] == TODAY]
    to_next, rate = 184 / 365.25, log(1.1)
    terms = [(0, to_next, 1.0), (to_next, to_next + 1, 0.9), (to_next + 1, 2.0, 0.81)]
    years = sum(chance * (1.1**-start - 1.1**-end) / rate for start, end, chance in terms)
    assert value["value"] == pytest.approx(Decimal(1200 * 0.5 * years), abs=Decimal("0.01"))
    assert value["low"] <= value["value"] <= value["high"]
    [part] = [
        row
        for row in tables["valued_parts"]
        if row["customer_id"] == "c:2" and row["under_on"] == row["at_on"] == TODAY
    ]
    assert round(part["units"] * part["unit_value"] * part["margin"], 2) == part["value"]


def test_each_cause_is_told() -> None:
    rows = company(date(2026, 4, 1))
    add_terms(rows, "c:new", date(2026, 2, 1), [500])
    tables = found(rows)
    changes = {
        (row["customer_id"], row["cause"]): row["amount"]
        for row in tables["equity_changes"]
        if row["from_on"] == date(2026, 1, 1)
    }
    assert changes["c:new", "won"] > 0
    assert {cause for customer, cause in changes if customer == "c:3"} == {"lost", "re_estimated"}
    assert {cause for customer, cause in changes if customer == "c:0"} == {"kept", "re_estimated"}
    assert {cause for customer, cause in changes if customer == "c:2"} == {"kept", "re_estimated", "grown"}


def test_before_any_renewal_only_the_running_term_is_counted_and_it_is_said() -> None:
    rows = Rows(today=TODAY, valuation=Valuation(Decimal(0)))
    add_terms(rows, "c:1", date(2026, 1, 1), [1000])
    tables = found(rows)
    [model] = [row for row in tables["value_models"] if row["at_on"] == TODAY and row["chosen"]]
    assert model["model"] == "none"
    assert "no customer has come to a renewal yet" in model["because"]
    [value] = [row for row in tables["customer_values"] if row["at_on"] == TODAY]
    assert value["value"] == pytest.approx(Decimal(1000 * 184 / 365.25), abs=Decimal("0.01"))


def test_without_contracts_and_orders_there_is_nothing() -> None:
    tables = found(Rows(today=TODAY).add("customers", customer_id="c:1"))
    assert all(not rows for rows in tables.values())


def test_a_few_customers_of_a_segment_take_the_parameters_of_all() -> None:
    rows = company()
    add_terms(rows, "c:4", date(2025, 1, 1), [1000, 1000], segment="b")
    chosen = [row for row in found(rows)["value_models"] if row["at_on"] == TODAY and row["chosen"]]
    assert [(row["segment"], row["fitted_on"]) for row in chosen] == [("a", "*"), ("b", "*")]
    assert all("too few for parameters of their own" in row["because"] for row in chosen)


amounts = st.integers(1, 10**7).map(lambda cents: Decimal(cents) / 100)


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.tuples(amounts, amounts, st.sampled_from(["runs", "left", "new", "notice"])), min_size=1, max_size=6)
)
def test_changes_add_up_to_the_cent_for_each_customer(lives: list[tuple[Decimal, Decimal, str]]) -> None:
    rows = Rows(today=TODAY, valuation=Valuation(Decimal("0.07"), 40, "rate", {"": Decimal("0.333")}))
    for number, (first, second, fate) in enumerate(lives):
        said: dict[str, Any] = {"left": {"ended_on": date(2026, 5, 3)}, "notice": {"notice_on": date(2026, 5, 3)}}.get(
            fate, {}
        )
        add_terms(rows, f"c:{number}", date(2025, 3, 1), [second] if fate == "new" else [first, second], **said)
    tables = found(rows)
    days = [row["at_on"] for row in tables["value_moments"]]
    values = {(row["at_on"], row["customer_id"]): row["value"] for row in tables["customer_values"]}
    for from_on, to_on in pairwise(days):
        for number in range(len(lives)):
            told = [row["amount"] for row in tables["equity_changes"]
                    if (row["from_on"], row["to_on"], row["customer_id"]) == (from_on, to_on, f"c:{number}")]  # fmt: skip
            difference = values.get((to_on, f"c:{number}"), Decimal(0)) - values.get(
                (from_on, f"c:{number}"), Decimal(0)
            )
            assert sum(told, Decimal(0)) == difference


def test_in_another_currency_every_value_is_the_same_amount_converted() -> None:
    here, there = company(), company()
    for row in there.rows["contracts"]:
        row["annual_value"] *= 8
    values = [
        {row["customer_id"]: row for row in found(rows)["customer_values"] if row["at_on"] == TODAY}
        for rows in (here, there)
    ]
    for customer, row in values[0].items():
        assert abs(values[1][customer]["value"] - 8 * row["value"]) <= Decimal("0.04")
