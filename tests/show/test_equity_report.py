"""The bridge, segments, cohorts and what was foretold, from a run's tables: for the page and for the terminal."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from keepwell.engine import DuckDBEngine
from keepwell.show import valued
from keepwell.show.bridge import bridge_lines, bridges, moments_since, text_bars
from keepwell.show.equity_report import equity_view, headline
from keepwell.show.format import between
from keepwell.show.left_out import left_out_words
from keepwell.show.names import Names
from keepwell.show.report import report_html
from keepwell.show.strips import Step
from keepwell.show.unrated import unrated, unrated_words
from keepwell.show.unvalued import unvalued, unvalued_words
from record_rows import Rows
from show.sample_report import NAMES, made_report
from value.test_customer_values import TODAY, add_terms, company

TABLES = ("value_moments", "customer_values", "equity_changes", "equity", "value_calibration", "customers_now",
          "valued_parts", "value_models", "value_margins", "contract_histories", "order_histories", "value_left_out")  # fmt: skip
TERMS = valued.Terms(Decimal("0.1"), 60, "EUR")


@pytest.fixture(scope="module")
def tables():
    """The tables of a small company's run, with one customer who left and a contract without a rate."""
    rows = company()
    for number in range(20):
        add_terms(rows, f"d:{number}", date(2024, 5, 1), [1000, 1000, 1000], segment="b" if number % 2 else "a")
    add_terms(rows, "e:gone", date(2024, 5, 1), [1000], ended_on=date(2025, 5, 1))
    add_terms(rows, "e:dollars", date(2025, 5, 1), [1000, 1000], currency="USD")
    engine = DuckDBEngine(memory="1GB", threads=2)
    rows.run(*TABLES, engine=engine)
    return {name: engine.fetch(name) for name in TABLES}


@pytest.fixture(scope="module")
def shop():
    """The tables of a shop to which nobody had come back a year ago; since then they did, until they left."""
    rows, dice = Rows(today=TODAY), np.random.default_rng(5)
    for customer in range(80):
        rows.add("customers", customer_id=f"c:{customer}", segment="a")
        rate, leaves, day = dice.gamma(2.0, 0.02), dice.beta(1, 4), float(dice.integers(0, 90))
        number = 0
        while day < 455:
            at = datetime(2025, 4, 1) + timedelta(days=int(day))
            rows.add(
                "orders",
                order_id=f"o:{customer}:{number}",
                customer_id=f"c:{customer}",
                ordered_at=at,
                amount=dice.integers(20, 90),
            )
            if number and dice.random() < leaves:
                break
            number += 1
            day = max(day, 91.0) + dice.exponential(1 / rate) + 1
    engine = DuckDBEngine(memory="1GB", threads=2)
    rows.run(*TABLES, engine=engine)
    return {name: engine.fetch(name) for name in TABLES}


def test_the_bridge_ends_where_it_should(tables):
    span = moments_since(tables, None)
    assert span == (date(2025, 7, 1), TODAY)
    [whole] = bridges(tables, *span)
    assert whole.start + sum(whole.changes.values()) == whole.end
    assert whole.low < whole.end < whole.high
    segments = bridges(tables, *span, "segment")
    assert sum(one.end for one in segments) == whole.end
    for by in ("company", "owner"):
        lines = bridge_lines(bridges(tables, *span, by), *span, by, Names(), "EUR", 100)
        assert max(map(len, lines)) <= 100


def test_bars_of_text_hand_over_where_they_end():
    steps = [Step("", 0.0, 10.0, total=True), Step("", 10.0, 4.0), Step("", 4.0, 8.0), Step("", 0.0, 8.0, total=True)]
    assert text_bars(steps, 10) == ["██████████", "    ▓▓▓▓▓▓", "    ░░░░", "████████"]


def test_the_page_shows_it_and_says_so_where_it_is_missing(tables):
    view = equity_view(tables, 1)
    assert view is not None
    before, amount, after = headline(view, "EUR")
    assert before == "23 customers are worth"
    assert amount.startswith("€")
    assert after.endswith("than on 1 Jul 2025.")
    assert [(one.name, one.won, one.there) for one in view.cohorts] == [
        ("2024-Q2", 21, 20),
        ("2025-Q1", 4, 3),
        ("2025-Q2", 1, 1),
    ]
    html = report_html(made_report(**tables), NAMES)
    for said in (
        "What customers are worth",
        "By the quarter in which they came",
        "Did it come as foretold?",
        "last fifth",
    ):
        assert said in html
    assert equity_view({**tables, "value_moments": tables["value_moments"].slice(0, 0)}, 1) is None
    assert "No customer is valued yet" in report_html(made_report(), NAMES)


def test_one_customers_value_is_told_in_words(tables):
    text = " ".join(" ".join(valued.customer_value_lines("c:2", tables, TODAY, TERMS)).split())
    for said in (
        "discounted years × €1,200.00 a year × 100% margin",
        "1 renewal made",
        "no margin is stated",
        "Kept",
        "fitted to",
    ):
        assert said in text
    assert valued.customer_value_lines("e:gone", tables, TODAY, TERMS) == ["No value: left on 1 May 2025."]
    assert valued.customer_value_lines("e:dollars", tables, TODAY, TERMS) == [
        "No value: 2 contracts (no exchange rate)."
    ]
    assert "Lifetime value of contracts: €" in text
    assert "What changed the lifetime value" in text


def test_what_lacks_an_exchange_rate_is_said_first_with_what_to_give(tables):
    found = unrated(tables)
    assert [(row["ref_table"], row["currency"], row["n"], row["customers"]) for row in found] == [
        ("contracts", "USD", 2, 1)
    ]
    said = [
        "Left out for want of exchange rates: 2 contracts of 1 customer ($2,000.00 a year).",
        "Give what USD was worth in EUR: the table exchange_rates (currency, on, rate).",
    ]
    assert unrated_words(found, "EUR") == said
    assert left_out_words(tables) == []
    assert " ".join(said) in report_html(made_report(**tables), NAMES)
    rated = {**tables, "value_left_out": tables["value_left_out"].slice(0, 0)}
    assert unrated_words(unrated(rated), "EUR") == []
    assert "exchange rates" not in report_html(made_report(**rated), NAMES)


def test_why_nobody_is_valued_is_said(tables):
    empty = {name: tables[name].slice(0, 0) for name in ("contract_histories", "order_histories", "value_left_out")}
    assert valued.none_valued_words(empty, None).endswith("needs contracts or orders (keepwell record).")
    left_out = {**empty, "value_left_out": tables["value_left_out"]}
    assert valued.none_valued_words(left_out, None).endswith("every order and contract is left out.")
    assert "fits no model" in valued.none_valued_words(tables, TODAY)


def test_it_is_said_who_is_valued_with_the_parameters_of_all(tables):
    assert valued.model_words(tables, TODAY) == [
        "a and b are valued with the parameters of all customers: too few of their own"
    ]


def test_whether_it_came_as_foretold_is_said_plainly():
    row = {"kind": "orders", "from_on": date(2025, 7, 1), "to_on": TODAY, "foretold": Decimal(1653), "low": Decimal(1580),
           "high": Decimal(1730), "came": Decimal(1882)}  # fmt: skip
    assert "more than the 90% interval (1,580 to 1,730) allowed" in valued.calibration_words(row)
    assert "inside the 90% interval" in valued.calibration_words({**row, "came": Decimal(1600)})


def test_a_log_that_ended_long_ago_is_said(tables):
    seen = {"at_on": [date(2026, 1, 1)] * 2, "age_days": [900, 800], "recency_days": [100, 300]}
    assert (
        "the last order is of 19 Aug 2024"
        in valued.silence_words({"order_histories": pa.table(seen)}, date(2026, 1, 1))[0]
    )
    seen["recency_days"] = [100, 500]
    assert valued.silence_words({"order_histories": pa.table(seen)}, date(2026, 1, 1)) == []
    assert valued.silence_words(tables, TODAY) == []


def test_orders_of_which_no_model_fits_are_no_zero_and_it_is_said(shop):
    first, last = date(2025, 7, 1), TODAY
    [none] = unvalued(shop, (first, first))
    assert (none.customers, none.segments) == (80, ("a",))
    [whole] = bridges(shop, first, last)
    assert (whole.start, whole.start_known, whole.unvalued) == (0, False, 80)
    assert whole.start + sum(whole.changes.values()) == whole.end > 0
    for by in ("company", "segment"):
        lines = bridge_lines(bridges(shop, first, last, by), first, last, by, Names(), "EUR", 100)
        assert "not known" in " ".join(lines)
        assert "€0 " not in " ".join(lines)
    [said] = unvalued_words(unvalued(shop, (first, last)), last)
    assert said.startswith(
        "what is to come of orders could not be valued on 1 Jul 2025 (80 customers) and 1 Oct 2025 (80 customers), no"
    )
    assert "second purchase day" in said
    assert said.endswith(
        "It is in no sum of these days; what it was found to be worth later stands under Estimated anew"
    )
    chosen = {
        row["at_on"]: row for row in shop["value_models"].to_pylist() if row["chosen"] and row["kind"] == "orders"
    }
    plain = chosen[date(2026, 4, 1)]
    assert plain["model"] == "constant_dropout"
    assert plain["because"].startswith("the only one that could be fitted; ")
    assert chosen[first]["because"].endswith("no customer has a second purchase day")
    [known] = bridges(shop, last, last)
    assert (known.start_known, known.unvalued, unvalued(shop, (last, last))) == (True, 0, [])
    view = equity_view(shop, 1)
    assert view is not None
    assert "than on" not in headline(view, "EUR")[2]
    html = report_html(made_report(**shop), NAMES)
    assert "What is to come of orders could not be valued on 1 Jul 2025" in html
    assert ">not known<" in html


def test_what_is_to_come_or_went_back_is_no_unknown_customer():
    rows = company()
    rows.add("contracts", contract_id="k:next", customer_id="f:next", starts_on=date(2027, 1, 1), annual_value=12)
    given = [("f:ahead", date(2026, 8, 1), 9), ("f:ahead", date(2026, 9, 1), 9), ("f:back", date(2026, 1, 5), 9),
             ("f:back", date(2026, 1, 9), -9), ("f:free", date(2026, 1, 5), 0), ("f:day", date(2026, 1, 5), 9),
             ("f:day", date(2026, 1, 5), -9)]  # fmt: skip
    for number, (customer, on, amount) in enumerate(given):
        rows.add(
            "orders",
            order_id=f"f:{number}",
            customer_id=customer,
            ordered_at=datetime(on.year, on.month, on.day),
            amount=amount,
        )
    engine = DuckDBEngine(memory="1GB", threads=2)
    rows.run(*TABLES, engine=engine)
    found = {name: engine.fetch(name) for name in TABLES}
    said = {
        name: valued.no_value_words(f"f:{name}", found, TODAY)
        for name in ("next", "ahead", "back", "day", "free", "none")
    }
    assert said == {
        "next": "No value: 1 contract (begins on 1 Jan 2027).",
        "ahead": "No value: 2 orders (the first is dated 1 Aug 2026).",
        "back": "No value: all that was bought was returned.",
        "day": "No value: all that was bought was returned.",
        "free": "No value: 1 order (amount 0).",
        "none": "No value: neither a contract nor an order is known.",
    }
    assert left_out_words(found) == [
        "1 contract counts for nothing: not begun (table value_left_out)",
        "1 order counts for nothing: amount 0 (table value_left_out)",
        "2 orders count for nothing: dated ahead (table value_left_out)",
        "2 orders count for nothing: returned as a whole (table value_left_out)",
    ]


def test_of_whose_orders_no_model_fits_that_is_said(shop):
    early = date(2025, 7, 1)
    assert valued.no_value_words("c:1", shop, early).startswith("No value: no model fits what is known of orders: ")


def test_an_interval_below_nought_has_no_dash_beside_a_minus():
    assert between(Decimal(-300), Decimal(-100), "EUR") == "−€300 to −€100"
