"""What obtaining a contract cost is written down over its period of benefit, to the cent, and booked months never change."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.books.capitalising import SETTLED_COSTS, Cost, booked, costs_of, planned, positions, roll_forward
from keepwell.core.periods import month_index
from keepwell.pay.plan_tables import ACTUAL
from keepwell.project.finance import Capitalisation
from pay_company import Company, Paid, plan

POLICY = Capitalisation()
NOTHING = SETTLED_COSTS.arrow.empty_table()
RATE = "sale: {measure: signed_annual_value, over: each, rewards: sale, pays: {rate: 10%}}"


def contract(contract_id="x:c", starts=date(2026, 1, 1), ends=date(2029, 1, 1), **more):
    return {"contract_id": contract_id, "customer_id": contract_id, "starts_on": starts, "ends_on": ends, "ended_on": None,
            "renews_id": None, **more}  # fmt: skip


def cost(amount="15000", starts=date(2026, 1, 1), ends=date(2029, 1, 1), left=None, *more):
    return Cost("p", "x:c", "x:c", "EUR", ((date(2026, 1, 1), Decimal(amount)), *more), starts, ends, left)


def table(rows):
    return pa.Table.from_pylist(rows, schema=SETTLED_COSTS.arrow)


def costs_of_company(small: Company, *, policy=POLICY, parts=RATE, to_on=date(2027, 1, 1), contracts=None):
    found: Paid = small.pay(plan(parts))
    lines = found.engine.fetch("pay_lines").filter(pa.compute.field("scenario") == ACTUAL)
    given = contracts if contracts is not None else small.rows.get("contracts", [])
    full = [{"ends_on": None, "ended_on": None, "renews_id": None, **row} for row in given]
    return costs_of(lines, found.engine.fetch("pay_trace"), full, to_on, policy)


# Published examples


def published(amount, years, *, renews=None):
    """A company with a salesperson who gets this commission on a contract of so many years that begins on 1 January 2026."""
    small = (
        Company(today=date(2026, 12, 31))
        .person()
        .fact(Decimal(amount) * 10, date(2026, 1, 1), contract_id="x:c", customer_id="x:c")
    )
    return small.add("contracts", contract_id="x:c", customer_id="x:c", starts_on=date(2026, 1, 1), ends_on=date(2026 + years, 1, 1),
                     renews_id=renews)  # fmt: skip


def test_only_the_commission_is_incremental_of_all_that_winning_a_contract_costs():
    """ASC 340-40-55-2 to 55-4 (IFRS 15 IE189–191): legal fees 15,000, travel 25,000, commissions 10,000; the asset is 10,000.

    A bonus by a measure of the team, as the manager's discretionary bonus there, is none of it.
    """
    small = published(10000, 3).person("x:2", role="manager")
    parts = f"{RATE}\nbonus: {{measure: nps, of: company, rewards: customer_outcome, pays: {{amount: {{-100: 5000}}}}, evidence: {{at_least: 5 answers, otherwise: [nothing]}}}}"
    [found] = costs_of_company(small, parts=parts)
    assert found.position(date(2026, 1, 2)).additions == 10000


def test_anticipated_renewals_belong_to_the_period_of_benefit():
    """ASC 340-40-55-5 to 55-9 (IFRS 15 IE192–196): 10,000 of commission, a term of five years and two anticipated renewals
    of a year each: written down over seven years.
    """
    policy = Capitalisation(plans={"p": 84})
    [found] = costs_of_company(published(10000, 5), policy=policy)
    assert found.ends == date(2033, 1, 1)
    yearly = [found.position(date(year, 1, 1)).amortised for year in range(2027, 2034)]
    assert yearly == [Decimal(text) for text in
                      ("1428.57", "2857.14", "4285.71", "5714.29", "7142.86", "8571.43", "10000.00")]  # fmt: skip


@pytest.mark.parametrize(("amount", "months", "monthly"), [
    ("15000", 36, "416.67"),  # kdeskaccounting.com, how to capitalize sales commissions: Acme, 36 months
    ("8000", 24, "333.33"),  # the same: Gamma, 24 months
    ("9000", 36, "250.00"),  # finlearnhub.com, IFRS 15 costs of obtaining a contract, example 1: three years
    ("2400", 24, "100.00"),  # beancount.io, ASC 340-40: 2,400, of which 100 is expense of the first month
])  # fmt: skip
def test_monthly_amounts_that_were_published(amount, months, monthly):
    made = cost(amount, ends=date(2026 + months // 12, 1, 1))
    rows = planned([made], NOTHING, month_index(date(2026, 1, 1)))
    assert len(rows) == months
    assert rows[0]["amortised"] == Decimal(monthly)
    assert all(abs(row["amortised"] - Decimal(monthly)) <= Decimal("0.01") for row in rows)
    assert sum(row["amortised"] for row in rows) == Decimal(amount)


def test_a_year_or_less_is_expensed_unless_the_company_says_otherwise():
    """ASC 340-40-25-4 (IFRS 15.94), and kdeskaccounting.com's Beta: six months, expensed."""
    small = published(3000, 1)
    [found] = costs_of_company(small)
    assert (found.expensed, found.position(date(2026, 6, 1)).additions) == ("written down within a year", 0)
    [kept] = costs_of_company(small, policy=Capitalisation(short="capitalised"))
    assert kept.position(date(2026, 7, 1)).amortised == 1500
    [longer] = costs_of_company(small, policy=Capitalisation(benefit=48))
    assert longer.expensed == ""


def test_commission_by_level_over_a_pool_of_contracts_is_divided_among_them():
    """The thresholds of FASB TRG agenda paper 57 (November 2016): a rate that depends on the number of contracts still is
    incremental for each of them.
    """
    small = Company(today=date(2026, 12, 31)).person()
    for number in range(3):
        small.fact(
            1000 * (number + 1), date(2026, 1, 5 + number), contract_id=f"x:c{number}", customer_id=f"x:c{number}"
        )
        small.add(
            "contracts",
            contract_id=f"x:c{number}",
            customer_id=f"x:c{number}",
            starts_on=date(2026, 2, 1),
            ends_on=date(2028, 2, 1),
        )
    parts = "sale: {measure: signed_annual_value, rewards: sale, pays: {level: {0: 2%, 6000: 5%}}}"
    found = costs_of_company(small, parts=parts)
    assert {one.contract_id: one.amount for one in found} == {"x:c0": 50, "x:c1": 100, "x:c2": 150}


# What becomes of it


def test_what_is_left_is_written_off_when_the_customer_leaves():
    made = cost("3600", left=date(2026, 7, 1))
    assert made.position(date(2026, 7, 1)).closing == 3000
    gone = made.position(date(2026, 8, 1))
    assert (gone.amortised, gone.written_off, gone.closing) == (600, 3000, 0)
    assert made.position(date(2029, 1, 1)) == gone


def test_a_take_back_makes_the_asset_smaller_before_the_rest_is_written_off():
    made = cost("3600", date(2026, 1, 1), date(2029, 1, 1), date(2026, 7, 1), (date(2026, 7, 1), Decimal(-1800)))
    gone = made.position(date(2026, 8, 1))
    assert (gone.additions, gone.taken_back, gone.amortised, gone.written_off, gone.closing) == (
        3600,
        1800,
        600,
        1200,
        0,
    )


def test_more_taken_back_than_is_left_is_income():
    made = cost("3600", date(2026, 1, 1), date(2029, 1, 1), date(2026, 7, 1), (date(2026, 7, 1), Decimal(-3600)))
    assert made.position(date(2026, 8, 1)).written_off == -600


def test_a_lapse_without_leaving_is_spread_over_what_remains():
    made = cost("3600", date(2026, 1, 1), date(2029, 1, 1), None, (date(2027, 1, 1), Decimal(-600)))
    assert made.position(date(2027, 1, 1)).amortised == 1200
    assert made.position(date(2028, 1, 1)).amortised == 1200 + 900
    assert made.position(date(2029, 1, 1)).closing == 0


def test_half_a_month_counts_by_its_days():
    made = cost("2400", starts=date(2026, 6, 16), ends=date(2028, 6, 16))
    assert made.position(date(2026, 7, 1)).amortised == 50
    assert made.position(date(2026, 8, 1)).amortised == 150


def test_signed_before_it_begins_it_is_carried_whole():
    assert cost(starts=date(2026, 4, 1)).position(date(2026, 4, 1)).closing == 15000


@pytest.mark.parametrize(("row", "why"), [
    (contract(ends=None), "the contract has no end"),
    (contract("x:other"), "the contract is not in the record"),
])  # fmt: skip
def test_what_is_no_asset_says_why(row, why):
    [found] = costs_of_company(published(100, 3), contracts=[row])
    assert found.expensed == why
    assert found.amount == 100


def test_a_contract_without_an_end_has_what_the_company_says():
    [found] = costs_of_company(
        published(100, 3), contracts=[contract(ends=None)], policy=Capitalisation(without_end=36)
    )
    assert found.ends == date(2029, 1, 1)


def test_a_renewal_is_written_down_over_its_own_term():
    [found] = costs_of_company(published(100, 3, renews="x:before"), policy=Capitalisation(benefit=120))
    assert found.ends == date(2029, 1, 1)


def test_a_part_may_be_left_out():
    assert costs_of_company(published(100, 3), policy=Capitalisation(leaves_out=("sale",))) == []


def test_what_people_are_paid_as_invoices_come_is_not_capitalised():
    small = (
        Company(today=date(2026, 12, 31))
        .person()
        .fact(1000, measure="invoiced_amount", contract_id="x:c", customer_id="x:c")
    )
    parts = "residual: {measure: invoiced_amount, over: each, rewards: sale, pays: {rate: 10%}}"
    assert costs_of_company(small, parts=parts, contracts=[contract()]) == []


def test_held_and_taken_back_amounts_follow_the_lines():
    parts = """sale: {measure: signed_annual_value, over: period, rewards: sale, pays: {rate: 10%}, takes_back: {when: customer left,
  share: {90 days: 100%, 180 days: 50%, later: 0%}}}
live: {measure: signed_annual_value, over: period, rewards: sale, pays: {rate: 4%}, holds: {until: went_live, releases: {30 days: 100%, later: 0%}}}
"""
    small = published(1000, 3)
    small.rows["contracts"][0] |= {"ended_on": date(2026, 5, 1), "end_reason": ""}
    [found] = costs_of_company(small, parts=parts)
    assert found.layers == ((date(2026, 1, 1), Decimal(400)), (date(2026, 1, 1), Decimal(1000)),
                            (date(2026, 2, 1), Decimal(-400)), (date(2026, 5, 1), Decimal(-500)))  # fmt: skip
    gone = found.position(date(2026, 6, 1))
    assert gone.additions - gone.taken_back == 500
    assert gone.closing == 0


# Booked months


@given(seed=st.integers(0, 10**6))
def test_whatever_is_learnt_between_the_closes_all_months_add_up_and_none_changes(seed):
    """Costs that change from close to close: what was booked stays, and the sum is what is known in the end."""
    dice = random.Random(seed)  # noqa: S311
    start = month_index(date(2026, 1, 1))
    settled, month = [], start
    for _ in range(dice.randrange(1, 6)):
        costs = [random_cost(dice, number) for number in range(dice.randrange(4))]
        months = [(one, one) for one in range(month, month + dice.randrange(1, 5))]
        kept = list(settled)
        settled += booked(costs, table(settled), months)
        assert settled[: len(kept)] == kept
        month = months[-1][0] + 1
    found = positions(table(settled))
    until = date(month // 12, month % 12 + 1, 1)
    for one in costs:
        assert found.get(one.key, one.position(date.min)) == one.position(until)
    assert all(found[key].closing == 0 for key in found if key not in {one.key for one in costs})
    for row in roll_forward(NOTHING, settled):
        assert (
            row["opening"] + row["additions"] - row["taken_back"] - row["amortised"] - row["written_off"]
            == row["closing"]
        )
    rest = planned(costs, table(settled), month)
    assert all(position.closing == 0 for position in positions(table([*settled, *rest])).values())
    assert booked(costs, table(settled), [(month - 1, month - 1)]) == []


def random_cost(dice, number):
    starts = date(2026, dice.randrange(1, 13), dice.randrange(1, 29))
    ends = date(dice.randrange(2027, 2030), dice.randrange(1, 13), dice.randrange(1, 29))
    left = dice.choice([None, date(2026, dice.randrange(1, 13), 15)])
    layers = [(starts, Decimal(dice.randrange(1, 10**7)) / 100)]
    if dice.random() < 0.4:
        layers.append((date(2026, dice.randrange(1, 13), 20), -Decimal(dice.randrange(1, 10**5)) / 100))
    return Cost("p", f"x:{number}", f"x:{number}", "EUR", tuple(layers), starts, ends, left)


def test_a_catch_up_comes_in_the_first_open_month():
    late = cost("3600")
    rows = booked([late], NOTHING, [(month_index(date(2026, 4, 1)), 0), (month_index(date(2026, 5, 1)), 0)])
    assert [row["amortised"] for row in rows] == [400, 100]
