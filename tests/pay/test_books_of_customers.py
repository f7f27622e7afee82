"""A plan that goes by books counts renewals for who held the customer in the period, not for who did on the day."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from engines import ENGINE_PARAMS, ENGINES
from keepwell.core.errors import ConfigurationError
from keepwell.core.periods import parse_period
from keepwell.pay.book_notes import book_notes
from keepwell.pay.parse import read_plan
from pay_company import Company, Paid, plan

KEPT = """
kept: {measure: renewed_annual_value, credit: kept, against: annual_value_due, weight: 100%,
  pays: {curve: {0%: 0%, 100%: 100%, 200%: 200%}}}
"""
BOOK = "{held_on: last day but one, held_at_least: 1 month%s}"
GRACE = ", grace: {unmanaged_for: 90 days, spares: losses, for: %s}"


def words(more: str = "", **changes: Any) -> str:
    said = {"credit": "{kept: {keeper: 100%}}", "applies_to": "{role: keeper}", "target_pay": 1000, "book": BOOK % more}
    return plan(KEPT, **{**said, **changes})


def company() -> Company:
    return Company(today=date(2026, 7, 5)).person("x:1", role="keeper").person("x:2", role="keeper")


def covers(
    small: Company, person: str, from_on: date, to_on: date | None = None, customer: str = "x:c", **more: Any
) -> None:
    small.add("coverage", customer_id=customer, person_id=person, role="keeper", from_on=from_on, to_on=to_on, **more)


def due(small: Company, on_day: date, amount: int, renewed: int = 0, customer: str = "x:c") -> None:
    """A contract that comes up on this day, and what is renewed of it."""
    name = f"{customer} {on_day}"
    small.add("contracts", contract_id=name, customer_id=customer, starts_on=date(2025, 1, 1))
    small.fact(amount, on_day, name, "annual_value_due", customer_id=customer, contract_id=name, owner_id="")
    if renewed:
        small.add("contracts", contract_id=f"{name} again", customer_id=customer, starts_on=on_day, renews_id=name)
        small.fact(renewed, on_day, f"{name} again", "renewed_annual_value", customer_id=customer,
                   contract_id=f"{name} again", owner_id="")  # fmt: skip


def paid(found: Paid, month: int = 1) -> dict[str, Decimal]:
    period = 2026 * 12 + month - 1
    return {row["person_id"][2:]: row["amount"] for row in found.lines(movement="earned", period=period)}


@pytest.mark.parametrize(("taken_over", "whose"), [
    (date(2026, 2, 20), "2"),  # held on 30 March, and since before 28 February
    (date(2026, 2, 28), "2"),
    (date(2026, 3, 1), ""),  # too new for the new one, gone for the old one
    (date(2026, 3, 30), ""),
    (date(2026, 3, 31), "1"),  # on the last day but one it was still the old one's
])  # fmt: skip
def test_the_holder_of_the_last_day_but_one_counts(taken_over: date, whose: str) -> None:
    small = company()
    covers(small, "x:1", date(2025, 1, 1), taken_over)
    covers(small, "x:2", taken_over)
    due(small, date(2026, 1, 10), 100, 80)
    assert paid(small.pay(words())) == ({whose: Decimal("800.00")} if whose else {})


def test_a_renewed_row_of_coverage_is_no_break() -> None:
    small = company()
    covers(small, "x:1", date(2025, 1, 1), date(2026, 3, 15))
    covers(small, "x:1", date(2026, 3, 15))
    due(small, date(2026, 1, 10), 100, 80)
    assert paid(small.pay(words())) == {"1": Decimal("800.00")}


def test_shares_of_coverage_hold_for_books_too() -> None:
    small = company()
    covers(small, "x:1", date(2025, 1, 1), share=Decimal("0.75"))
    covers(small, "x:2", date(2025, 1, 1), share=Decimal("0.25"))
    due(small, date(2026, 1, 10), 100, 80)
    due(small, date(2026, 1, 10), 100, 100, "x:other")
    covers(small, "x:2", date(2025, 1, 1), customer="x:other")
    # 60 of 75; 20 + 100 of 25 + 100
    assert paid(small.pay(words())) == {"1": Decimal("800.00"), "2": Decimal("960.00")}


def after_nobody(periods: str, covered_before: date | None = None) -> Paid:
    """The second person took over on 10 February; two customers of theirs were lost or shrank in each quarter."""
    small = company()
    if covered_before:
        covers(small, "x:1", date(2025, 1, 1), covered_before)
    covers(small, "x:2", date(2026, 2, 10))
    covers(small, "x:2", date(2025, 1, 1), customer="x:old")
    for month in (3, 6):
        due(small, date(2026, month, 20), 100)
        due(small, date(2026, month, 21), 100, 70)
        due(small, date(2026, month, 22), 100, 110)
        due(small, date(2026, month, 23), 100, 100, "x:old")
    return small.pay(words(GRACE % periods))


@pytest.mark.parametrize(("renewed", "spared"), [(120, False), (100, True), (0, True)])
def test_a_renewal_in_another_currency_is_compared_at_the_rate_of_its_day(renewed: int, spared: bool) -> None:
    """100 euros are due: 120 dollars at 0.90 are more, 100 are less."""
    small = company().add("exchange_rates", currency="USD", on=date(2026, 1, 1), rate=Decimal("0.9"))
    covers(small, "x:2", date(2026, 2, 10))
    due(small, date(2026, 3, 20), 100, renewed)
    for row in small.rows["amount_facts"]:
        row["currency"] = "USD" if row["measure"] == "renewed_annual_value" else "EUR"
    judged = small.pay(words(GRACE % "period")).rows("book_credit")
    assert {row["why"] for row in judged} == ({"grace"} if spared else {""})


def test_losses_are_spared_who_takes_over_what_nobody_had() -> None:
    found = after_nobody("period")
    # the gain counts, the loss and the downgrade do not: 210 of 200; in the next quarter 280 of 400
    assert paid(found) == {"2": Decimal("1050.00")}
    assert paid(found, 4) == {"2": Decimal("700.00")}
    spared = [row for row in found.rows("book_credit") if row["why"] == "grace"]
    assert sorted((row["measure"], row["amount"]) for row in spared) == [
        ("annual_value_due", 100), ("annual_value_due", 100), ("renewed_annual_value", 70),
    ]  # fmt: skip
    assert book_notes(found.engine.fetch("book_credit"), "x:2", parse_period("2026-Q1")) == [
        (
            "x:c: losses are left out, because nobody had the customer before you took over on 10 Feb 2026. "
            "€200 due, €70 renewed."
        )
    ]
    assert not any(row["counts"] for row in spared)
    assert paid(after_nobody("2 periods"), 4) == {"2": Decimal("1050.00")}


def test_who_takes_over_from_somebody_has_no_grace() -> None:
    assert paid(after_nobody("period", date(2025, 11, 13))) == {"2": Decimal("700.00")}
    assert paid(after_nobody("period", date(2025, 11, 12))) == {"2": Decimal("1050.00")}


EXCEPTION = ", exceptions: [{customer: c, %s, from: 2026-01-01, to: 2026-04-01, because: at risk, approved_by: Ben}]"


@pytest.mark.parametrize(("does", "expected"), [
    ("person: '2'", {"1": Decimal("1000.00"), "2": Decimal("400.00")}),
    ("person: nobody", {"1": Decimal("1000.00")}),
    ("spares: losses", {"1": Decimal("1000.00")}),
])  # fmt: skip
def test_exceptions_are_dated_and_shown(does: str, expected: dict[str, Decimal]) -> None:
    small = company()
    covers(small, "x:1", date(2025, 1, 1))
    covers(small, "x:1", date(2025, 1, 1), customer="x:old")
    for month in (3, 6):
        due(small, date(2026, month, 20), 100, 40)
        due(small, date(2026, month, 23), 100, 100, "x:old")
    found = small.pay(words(EXCEPTION % does))
    assert paid(found) == expected
    assert paid(found, 4) == {"1": Decimal("700.00")}
    shown = {(row["why"], row["because"], row["approved_by"]) for row in found.rows("book_credit")}
    assert shown == {("", "", ""), ("exception", "at risk", "Ben")}
    person = "x:2" if "2" in expected else "x:1"
    counts = "counts" if "2" in expected else "does not count"
    assert book_notes(found.engine.fetch("book_credit"), person, parse_period("2026-Q1")) == [
        f"x:c {counts} for you, by exception: at risk (approved by Ben). €100 due, €40 renewed."
    ]


def test_what_nobody_holds_is_listed() -> None:
    small = company()
    due(small, date(2026, 1, 10), 100, 80)
    listed = [row for row in small.pay(words()).rows("pay_unpaid") if row["kind"] == "nobody"]
    assert {row["measure"] for row in listed} == {"renewed_annual_value"}
    assert listed[0]["reason"] == "nobody held the customer as keeper on the day that the plan names"


def test_other_amounts_still_go_by_their_day() -> None:
    parts = KEPT + "sold: {measure: signed_annual_value, credit: kept, pays: {rate: 1%}}"
    small = company()
    covers(small, "x:1", date(2025, 1, 1), date(2026, 2, 1))
    covers(small, "x:2", date(2026, 2, 1))
    small.fact(1000, date(2026, 1, 10), customer_id="x:c", owner_id="")
    found = small.pay(
        plan(parts, credit="{kept: {keeper: 100%}}", applies_to="{role: keeper}", target_pay=1000, book=BOOK % "")
    )
    assert found.total(part="sold", person_id="x:1") == 10


def test_also_pays_goes_by_the_day_of_the_save() -> None:
    small = company().person("x:3", role="rep")
    covers(small, "x:1", date(2025, 1, 1), date(2026, 2, 1))
    covers(small, "x:2", date(2026, 2, 1))
    small.add(
        "coverage", customer_id="x:c", person_id="x:3", role="rep", from_on=date(2025, 1, 1), to_on=date(2026, 2, 1)
    )
    small.add("contracts", contract_id="x:old", customer_id="x:c", starts_on=date(2025, 1, 1), ends_on=date(2026, 1, 20),
              notice_on=date(2025, 12, 1))  # fmt: skip
    small.add("contracts", contract_id="x:new", customer_id="x:c", starts_on=date(2026, 1, 20), renews_id="x:old")
    small.add("touches", touch_id="x:t", customer_id="x:c", kind="save_attempt", at=datetime(2025, 12, 3))
    small.fact(100, date(2026, 1, 19), "x:old", "annual_value_due", customer_id="x:c", contract_id="x:old", owner_id="")
    for measure in ("renewed_annual_value", "saved"):
        small.fact(100, date(2026, 1, 19), "x:new", measure, customer_id="x:c", contract_id="x:new", owner_id="")
    saves = {"credit": "{kept: {keeper: 100%}, saved: {keeper: 60%, rep: 40%}}",
             "saved": "{rescue_logged_within: 14 days, still_customer_after: 30 days}"}  # fmt: skip
    text = (
        words(**saves).replace("credit: kept", "credit: [kept, saved]") + "also_pays: {rep: {for: saved, rate: 10%}}\n"
    )
    found = small.pay(text)
    assert {(row["person_id"], row["part"]): row["amount"] for row in found.lines(movement="earned")} == {
        ("x:2", "kept"): 600, ("x:3", "rep"): 4,
    }  # fmt: skip


@pytest.mark.parametrize(("book", "code"), [
    ("{held_at_least: 1 month}", "plan-word-missing"),
    ("{held_on: last friday}", "plan-unknown-value"),
    ("{held_on: last day, held_at_least: a while}", "plan-span"),
    ("{held_on: last day, grace: {for: period}}", "plan-word-missing"),
    ("{held_on: last day, grace: {unmanaged_for: 90 days, for: ever}}", "plan-span"),
    ("{held_on: last day, grace: {unmanaged_for: 90 days, spares: gains}}", "plan-unknown-value"),
    ("{held_on: last day, exceptions: [{customer: c, from: 2026-01-01, to: 2026-04-01, because: x, approved_by: y}]}",
     "plan-book-exception"),
    ("{held_on: last day, exceptions: [{customer: c, person: '2', from: 2026-04-01, to: 2026-01-01, because: x, approved_by: y}]}",
     "plan-book-exception"),
    ("{held_on: last day, exceptions: [{customer: c, person: '2', from: 2026-01-01, to: 2026-04-01, because: x}]}",
     "plan-word-missing"),
    (("{held_on: last day, exceptions: [{customer: c, person: '2', from: 2026-01-01, to: 2026-04-01, because: x, approved_by: y}, "
     "{customer: c, person: '1', from: 2026-03-01, to: 2026-04-01, because: x, approved_by: y}]}"), "plan-book-exception"),
])  # fmt: skip
def test_a_wrong_book_is_said(book: str, code: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_plan(words(book=book))
    assert [(problem.code, problem.line) for problem in error.value.problems] == [(code, 8)]


def test_a_book_without_anything_to_count_is_said() -> None:
    with pytest.raises(ConfigurationError) as error:
        read_plan(words(credit="{kept: {owner: 100%}}"))
    assert [problem.code for problem in error.value.problems] == ["plan-book"]


def test_a_lead_is_paid_on_the_books_of_the_team() -> None:
    small = Company(today=date(2026, 7, 5)).person("x:0", role="lead", team_id="x:t")
    small.person("x:1", role="keeper", team_id="x:t", to_on=date(2026, 3, 1))
    small.person("x:2", role="keeper", team_id="x:t")
    for person, customer, since in (("x:1", "x:a", date(2025, 1, 1)), ("x:2", "x:b", date(2025, 1, 1)),
                                    ("x:2", "x:c", date(2026, 3, 20))):  # fmt: skip
        covers(small, person, since, customer=customer)
    for customer, renewed in (("x:a", 10), ("x:b", 90), ("x:c", 20)):
        due(small, date(2026, 1, 10), 100, renewed, customer)
    text = words(applies_to="{role: lead}").replace("credit: kept", "credit: kept, of: team")
    # one has left the team by the end of March, and one customer was taken over too late: 90 of 100
    assert paid(small.pay(text)) == {"0": Decimal("900.00")}


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINE_PARAMS[1:])
def test_every_engine_holds_the_same_books(engine: str) -> None:
    def rows(name: str) -> list[list[dict[str, Any]]]:
        small = company()
        covers(small, "x:1", date(2025, 1, 1), date(2025, 11, 1), share=Decimal("0.333333333"))
        covers(small, "x:2", date(2026, 2, 10), share=Decimal("0.333333333"))
        covers(small, "x:1", date(2026, 2, 10), share=Decimal("0.666666667"))
        covers(small, "x:1", date(2025, 1, 1), customer="x:old")
        for month in (3, 6):
            due(small, date(2026, month, 20), 100)
            due(small, date(2026, month, 21), 100, 70)
            due(small, date(2026, month, 23), 100, 90, "x:old")
        excepted = EXCEPTION.replace("customer: c", "customer: old") % "person: '2'"
        with ENGINES[name]() as one:
            found = small.pay(words(GRACE % "2 periods" + excepted, rates="{USD: 0.92}"), engine=one)
            return [
                sorted(found.rows(table), key=str) for table in ("book_credit", "pay_lines", "pay_trace", "pay_unpaid")
            ]

    assert rows(engine) == rows("duckdb")
