"""The summaries count what they say they count."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from keepwell.show.aftermath import Aftermath, NoPair, Signed, caveat, find_aftermath, sellers_of
from keepwell.show.customer_line import choose_customer, customer_line
from keepwell.show.readings import Reading, readings, trend, unlike
from keepwell.show.summary import PartWords, departments, pay_by_part, pay_split
from show import sample_company as company
from show.sample_report import NAMES


def test_pay_is_split_by_what_it_rewards_and_nothing_is_lost():
    totals = company.pay_totals()
    whole, *by_department = pay_split(totals, company.PARTS, company.in_department(), "EUR", (0, 99999))
    given = sum((row["payable"] + row["held"] - row["taken_back"] for row in totals.to_pylist()), Decimal(0))
    assert whole.whole == sum((split.whole for split in by_department), Decimal(0)) == given
    assert {split.name for split in by_department} == {"sales", "success", "support", "marketing"}
    assert by_department[-1].name == "marketing"
    assert sum(whole.of_hundred(kind) for kind in whole.amounts) == pytest.approx(100)


def test_what_ifs_other_currencies_and_other_periods_are_not_counted():
    rows = company.pay_totals().to_pylist()
    for changed in ({"scenario": "what-if"}, {"currency": "USD"}, {"period": 1}):
        extra = pa.Table.from_pylist([*rows, {**rows[0], **changed}])
        months = (company.MONTHS[0], company.MONTHS[-1])
        assert pay_split(extra, company.PARTS, {}, "EUR", months) == pay_split(
            pa.Table.from_pylist(rows), company.PARTS, {}, "EUR", months
        )


def test_a_sale_that_is_taken_back_is_an_advance_and_an_outcome_is_after_the_sale():
    kinds = [PartWords("p", "x", "X", "", rewards, can_be_lost=lost).kind
             for rewards, lost in (("sale", True), ("sale", False), ("customer_outcome", False), ("speed", False))]  # fmt: skip
    assert kinds == ["advance", "sale", "after_sale", "other"]


def test_the_department_is_that_of_the_day():
    positions = pa.Table.from_pylist([
        {"person_id": "a", "from_on": date(2025, 1, 1), "team_id": "t1"},
        {"person_id": "a", "from_on": date(2026, 1, 1), "team_id": "t2"},
        {"person_id": "b", "from_on": date(2026, 1, 1), "team_id": None},
    ])  # fmt: skip
    teams = pa.Table.from_pylist([{"team_id": "t1", "department": "sales"}, {"team_id": "t2", "department": "support"}])
    assert departments(positions, teams, date(2025, 6, 1)) == {"a": "sales"}
    assert departments(positions, teams, date(2026, 6, 1)) == {"a": "support", "b": "other"}


def test_parts_are_listed_by_what_they_paid():
    parts = pay_by_part(company.pay_totals(), company.PARTS, "EUR", company.MONTHS[-1], company.MONTHS[-2])
    by_plan = {
        plan: sum(part.amount for part in parts if part.words.plan == plan) for plan in {p.words.plan for p in parts}
    }
    assert [by_plan[part.words.plan] for part in parts] == sorted((by_plan[p.words.plan] for p in parts), reverse=True)
    assert parts[0].before > 0
    assert parts[0].words.title == "New business"
    assert parts[0].people == 8


def test_fewer_than_five_answers_are_not_shown():
    shown = {reading.unit: reading for reading in readings(company.measures(), "nps", "team", "quarter")}
    assert shown["Enterprise"].value is None
    assert shown["Enterprise"].low is None
    assert shown["Enterprise"].hidden == "fewer than 5 answers"
    assert shown["Support desk"].value is not None


def test_what_is_no_answer_is_shown_however_few():
    few = company.measures().to_pylist()
    for row in few:
        row["n"] = 3
    assert all(r.value is not None for r in readings(pa.Table.from_pylist(few), "time_to_value", "team", "quarter"))


def test_a_trend_runs_from_old_to_new():
    found = trend(company.measures(), "promises_kept")
    assert [reading.period for reading in found.readings] == list(company.QUARTERS)
    assert found.last is not None
    assert found.last.period == "2026-Q3"


def test_the_pair_alike_in_sales_is_found_by_the_rule():
    deals, contracts = company.deals_and_contracts()
    found = find_aftermath(Signed(deals, contracts, "EUR", measures=company.measures()), company.TODAY)
    assert isinstance(found, Aftermath)
    assert (found.first.person_id, found.second.person_id) == ("hr:s0", "hr:s1")
    assert abs(found.first.signed - found.second.signed) <= 0.1 * found.first.signed
    assert 0 < found.low < found.difference < found.high
    assert [outcome.words.name for outcome in found.outcomes] == ["stayed", "promises_kept", "nps"]


def test_where_customers_of_all_fare_alike_no_pair_is_shown():
    deals, contracts = company.deals_and_contracts()
    rows = contracts.to_pylist()
    for row in rows:
        row["ended_on"] = None
    kept = pa.Table.from_pylist(rows, contracts.schema)
    assert isinstance(find_aftermath(Signed(deals, kept, "EUR"), company.TODAY), NoPair)


def test_with_one_seller_there_is_no_pair():
    deals, contracts = company.deals_and_contracts()
    one = pa.Table.from_pylist([row for row in deals.to_pylist() if row["owner_id"] == "hr:s0"])
    found = find_aftermath(Signed(one, contracts, "EUR"), company.TODAY)
    assert isinstance(found, NoPair)
    assert "Fewer than two sellers" in found.says


def test_the_customer_shown_is_one_whose_leaving_took_commission_back():
    tables = company.tables()
    assert choose_customer(tables) == "crm:s1-0"
    assert choose_customer({**tables, "pay_lines": tables["pay_lines"].slice(0, 1)}) is None
    assert choose_customer({}) is None


def test_of_equals_the_customer_with_most_taken_back_is_shown():
    tables = company.tables()
    rows = tables["pay_lines"].to_pylist()
    bare = {"contracts": tables["contracts"]}
    other = {**rows[1], "customer_id": "crm:s1-1", "amount": Decimal("-9000.00")}
    assert choose_customer({**bare, "pay_lines": pa.Table.from_pylist([*rows, other])}) == "crm:s1-1"
    assert choose_customer({**tables, "pay_lines": pa.Table.from_pylist([*rows, other])}) == "crm:s1-0"


def test_the_customers_line_tells_every_turn_in_its_order():
    line = customer_line("crm:s1-0", company.tables(), NAMES, company.PARTS, "EUR")
    said = [f"{moment.what} {moment.more}".strip() for moment in line.moments]
    assert [moment.on for moment in line.moments] == sorted(moment.on for moment in line.moments)
    for turn in ("Rolf Meinhardt has made 3 promises", "Rolf Meinhardt signs €84,000 a year at 10% discount",
                 "Ana Weiss takes over as delivery lead", "Went live 41 days late: promised for 15 May 2026",
                 "1 promise is not kept feature", "Would recommend us: 3 of 10", "Kofi Mensah tries to keep the customer",
                 "Gives notice", "Leaves never went live", "Rolf Meinhardt must give back for new business"):  # fmt: skip
        assert turn in said
    assert line.taken_back == Decimal("4350.00")


def test_where_first_days_are_known_they_are_what_is_compared():
    deals, contracts = company.deals_and_contracts()
    rows = [{"customer_id": row["customer_id"], "is_good": row["owner_id"] != "hr:s1"} for row in deals.to_pylist()]
    found = find_aftermath(
        Signed(deals, contracts, "EUR", None, pa.Table.from_pylist(rows), company.measures()), company.TODAY
    )
    assert isinstance(found, Aftermath)
    assert found.second.person_id == "hr:s1"
    assert (found.second.well, found.second.judged) == (0, 40)
    assert [outcome.words.name for outcome in found.outcomes] == ["well", "promises_kept", "nps", "stayed"]
    assert "First 90 days went well: 100 points apart" in caveat(found)


def test_units_that_chance_would_make_so_are_not_unlike():
    alike = [
        Reading("nps", "team", name, "2026-Q3", value, 50, value - 10, value + 10)
        for name, value in (("a", 20.0), ("b", 22.0))
    ]
    apart = [
        Reading("nps", "team", name, "2026-Q3", value, 50, value - 10, value + 10)
        for name, value in (("a", 20.0), ("b", 60.0))
    ]
    assert unlike(alike) < 1 < unlike(apart)
    assert unlike(alike[:1]) == 0


def test_what_was_signed_in_another_currency_is_converted_by_the_rate_of_its_day():
    deals, contracts = company.deals_and_contracts()
    mine = [row for row in deals.to_pylist() if row["owner_id"] == "hr:s0"]
    own = sellers_of(Signed(pa.Table.from_pylist(mine), contracts, "EUR"), company.TODAY)
    dollars = pa.Table.from_pylist([{**row, "currency": "USD"} for row in mine])
    rates = pa.Table.from_pylist([
        {"currency": "USD", "on": date(2024, 12, 1), "rate": 0.5}, {"currency": "USD", "on": date(2027, 1, 1), "rate": 9.0},
    ])  # fmt: skip
    [rated] = sellers_of(Signed(dollars, contracts, "EUR", rates), company.TODAY)
    assert rated.signed == pytest.approx(own[0].signed / 2)
    assert rated.customers == own[0].customers
    assert sellers_of(Signed(dollars, contracts, "EUR"), company.TODAY) == []
