"""What is lost by a customer's leaving within a year: the chance, once, times what would come after the running term."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import log

import pytest

from keepwell.project.valuation import Valuation
from record_rows import Rows
from value.test_customer_values import TODAY, add_terms, company

TABLES = ("customer_stakes", "customer_values", "customer_risks")


def test_at_stake_is_the_chance_times_what_comes_after_the_running_term() -> None:
    """Computed by hand: a yearly term to 1 January, two years looked ahead, each renewal made with .9."""
    rows = company(valuation=Valuation(Decimal("0.1"), 24, "rate", {"": Decimal("0.5")}))
    rows.add("orders", order_id="o:1", customer_id="c:2", amount=9_000, currency="EUR")  # no part of it
    tables = rows.run(*TABLES)
    [stake] = [row for row in tables["customer_stakes"] if row["customer_id"] == "c:2"]
    to_next, rate = 184 / 365.25, log(1.1)
    # if the first renewal is made, its year comes; the rest of the second year with .9
    terms = [(to_next, to_next + 1, 1.0), (to_next + 1, 2.0, 0.9)]
    years = sum(chance * (1.1**-start - 1.1**-end) / rate for start, end, chance in terms)
    assert stake["value_after"] == pytest.approx(Decimal(1200 * 0.5 * years), abs=Decimal("0.01"))
    [risk] = [row for row in tables["customer_risks"] if row["customer_id"] == "c:2" and row["horizon_months"] == 12]
    assert stake["chance"] == risk["chance"] > 0
    assert stake["at_stake"] == round(stake["value_after"] * stake["chance"], 2)


def test_a_notice_does_not_lessen_what_is_at_stake() -> None:
    """The value of who gave notice has the notice in it; what would come if they stayed has not."""
    rows = company(valuation=Valuation(Decimal("0.1"), 24, "nothing said", {}))
    add_terms(rows, "d:1", date(2025, 1, 1), [1000, 1000], notice_on=date(2026, 5, 4))
    tables = rows.run(*TABLES)
    known = {row["customer_id"]: row for row in tables["customer_stakes"]}
    worth = {row["customer_id"]: row["value"] for row in tables["customer_values"] if row["at_on"] == TODAY}
    assert known["d:1"]["value_after"] == known["c:0"]["value_after"]
    assert worth["d:1"] < worth["c:0"]
    assert known["d:1"]["at_stake"] > known["c:0"]["at_stake"]


def test_where_no_model_tells_of_renewals_it_is_not_known() -> None:
    rows = Rows(today=TODAY)
    add_terms(rows, "c:1", date(2026, 1, 1), [1000])
    tables = rows.run(*TABLES)
    [stake] = tables["customer_stakes"]
    assert (stake["value_after"], stake["at_stake"]) == (None, None)
    assert stake["chance"] > 0
