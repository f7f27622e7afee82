"""Who is credited for a fact, and by how much: shares add to the fact, and nobody's facts are listed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pay_company import Company, Paid, plan

RATE = "sold: {measure: signed_annual_value, credit: signed, over: each, pays: {rate: 1%}}"
SHARED = plan(RATE, credit="{signed: {deal_shares: 100%}}")


def counted(found: Paid, **where: Any) -> dict[str, Decimal]:
    rows = [row for row in found.rows("pay_trace") if all(row[name] == value for name, value in where.items())]
    return {row["person_id"]: row["counted"] for row in rows}


def shared(small: Company, deal: str, shares: dict[str, Any], *, overlay: bool = False) -> Company:
    for person, share in shares.items():
        small.add(
            "deal_shares", deal_id=deal, person_id=person, role="seller", share=Decimal(str(share)), overlay=overlay
        )
    return small


def test_shares_of_a_third_add_up_to_the_cent() -> None:
    small = Company().person("x:1").person("x:2").person("x:3")
    shared(small, "d", {"x:1": "0.333333333", "x:2": "0.333333333", "x:3": "0.333333333"}).fact(100, deal_id="d")
    assert counted(small.pay(SHARED)) == {"x:1": Decimal("33.34"), "x:2": Decimal("33.33"), "x:3": Decimal("33.33")}


@settings(max_examples=8, deadline=None)
@given(
    facts=st.lists(st.tuples(st.integers(-10**9, 10**9), st.lists(st.integers(1, 50), min_size=1, max_size=4)), min_size=1, max_size=12)
)  # fmt: skip
def test_shares_of_a_fact_add_to_the_fact(facts: list[tuple[int, list[int]]]) -> None:
    small = Company()
    for number in range(4):
        small.person(f"x:{number}")
    for number, (cents, parts) in enumerate(facts):
        small.fact(Decimal(cents) / 100, fact_id=f"f{number:02d}", deal_id=f"d{number}", owner_id="")
        shares = {
            f"x:{place}": (Decimal(part) / sum(parts)).quantize(Decimal("1e-9")) for place, part in enumerate(parts)
        }
        shared(small, f"d{number}", shares)
    sums: dict[str, Decimal] = {}
    for row in small.pay(SHARED).rows("pay_trace"):
        sums[row["fact_id"]] = sums.get(row["fact_id"], Decimal(0)) + row["counted"]
    assert sums == {f"f{number:02d}": Decimal(cents) / 100 for number, (cents, _) in enumerate(facts)}


def test_without_shares_the_owner_and_an_overlay_is_beside() -> None:
    small = Company().person("x:1").person("x:2")
    small.fact(100, fact_id="owned", deal_id="d1").fact(100, fact_id="engineered", deal_id="d2")
    shared(small, "d2", {"x:2": "0.25"}, overlay=True)
    found = small.pay(SHARED)
    assert counted(found, fact_id="owned") == {"x:1": 100}
    assert counted(found, fact_id="engineered") == {"x:1": 100, "x:2": 25}


def test_a_won_deal_whose_yearly_value_nobody_knows_is_listed() -> None:
    small = Company().person("x:1").fact(100, fact_id="known")
    for name, kind in (("unknown", "new"), ("known", "new"), ("renewed", "renewal")):
        small.add("deals", deal_id=name, owner_id="x:1", outcome="won", kind=kind, closed_on=date(2026, 3, 1))
    found = small.pay(plan("sold: {measure: signed_annual_value, over: each, pays: {rate: 1%}}"))
    (unpaid,) = found.rows("pay_unpaid")
    assert (unpaid["kind"], unpaid["fact_id"], unpaid["person_id"]) == ("value", "unknown", "x:1")
    assert unpaid["reason"] == "neither the deal nor a contract that it made says its yearly value"


def test_the_person_who_covered_the_customer_then_is_credited() -> None:
    small = Company().person("x:1").person("x:2")
    small.add(
        "coverage", customer_id="c", person_id="x:1", role="csm", from_on=date(2026, 1, 1), to_on=date(2026, 3, 1)
    )
    small.add("coverage", customer_id="c", person_id="x:2", role="csm", from_on=date(2026, 3, 1))
    for day, name in ((date(2026, 2, 28), "before"), (date(2026, 3, 1), "after")):
        small.fact(100, day, fact_id=name, customer_id="c")
    small.fact(100, date(2026, 3, 2), fact_id="nobody's", customer_id="other")
    found = small.pay(plan(RATE, credit="{signed: {csm: 100%}}"))
    assert counted(found, fact_id="before") == {"x:1": 100}
    assert counted(found, fact_id="after") == {"x:2": 100}
    (unpaid,) = found.rows("pay_unpaid")
    assert (unpaid["kind"], unpaid["fact_id"]) == ("nobody", "nobody's")
    assert unpaid["reason"] == "nobody covered the customer as csm on 2026-03-02"


def test_roles_share_by_the_row_and_people_within_a_role_by_their_share() -> None:
    small = Company().person("x:1").person("x:2").person("x:3")
    small.add("coverage", customer_id="c", person_id="x:1", role="seller", from_on=date(2025, 1, 1))
    for person in ("x:2", "x:3"):
        small.add(
            "coverage",
            customer_id="c",
            person_id=person,
            role="engineer",
            share=Decimal("0.5"),
            from_on=date(2025, 1, 1),
        )
    small.fact("100.01", customer_id="c")
    found = small.pay(plan(RATE, credit="{signed: {seller: 60%, engineer: 40%}}"))
    assert counted(found) == {"x:1": Decimal("60.01"), "x:2": Decimal("20.00"), "x:3": Decimal("20.00")}


def test_another_currency_counts_at_the_rate_of_the_day_and_without_one_is_listed() -> None:
    small = Company().person("x:1")
    for on, rate in ((date(2026, 1, 1), "0.9"), (date(2026, 2, 1), "0.8")):
        small.add("exchange_rates", currency="USD", on=on, rate=Decimal(rate))
    small.fact(100, date(2026, 1, 31), fact_id="jan", currency="USD").fact(
        100, date(2026, 2, 1), fact_id="feb", currency="USD"
    )
    small.fact(100, date(2026, 2, 1), fact_id="yen", currency="JPY")
    found = small.pay(SHARED)
    trace = {row["fact_id"]: (row["counted"], row["rate"]) for row in found.rows("pay_trace")}
    assert trace["jan"] == (90, Decimal("0.9"))
    assert trace["feb"] == (80, Decimal("0.8"))
    assert trace["yen"][0] is None
    (unpaid,) = found.rows("pay_unpaid")
    assert unpaid["reason"] == "no exchange rate from JPY to EUR on or before 2026-02-01"


def test_a_fact_stays_under_the_plan_in_force_on_its_day() -> None:
    small = Company().person("x:1", to_on=date(2026, 2, 1)).person("x:1", date(2026, 2, 1), role="manager")
    small.fact(1000, date(2026, 1, 31), fact_id="then").fact(1000, date(2026, 2, 1), fact_id="now")
    manager = plan(
        "sold: {measure: signed_annual_value, over: each, pays: {rate: 5%}}", plan="m", applies_to="{role: manager}"
    )
    lines = small.pay(SHARED, manager).lines()
    assert {(line["plan"], line["fact_id"], line["amount"]) for line in lines} == {("p", "then", 10), ("m", "now", 50)}


def test_a_system_user_is_never_paid() -> None:
    small = Company()
    small.add("people", person_id="x:1", is_system=True).person("x:1").fact(100)
    assert small.pay(SHARED).lines() == []


def save(small: Company, name: str, *, left: date | None = None, score: int | None = 5) -> None:
    old, new = f"{name}-old", f"{name}-new"
    small.add(
        "contracts",
        contract_id=old,
        customer_id=name,
        starts_on=date(2025, 4, 1),
        ends_on=date(2026, 4, 1),
        notice_on=date(2026, 2, 1),
    )
    small.add("contracts", contract_id=new, customer_id=name, starts_on=date(2026, 4, 1), renews_id=old, ended_on=left)
    small.add("touches", touch_id=name, customer_id=name, kind="save_attempt", at=datetime(2026, 2, 10, 12))
    for person, role in (("x:1", "seller"), ("x:2", "service_rep")):
        small.add("coverage", customer_id=name, person_id=person, role=role, from_on=date(2025, 1, 1))
    if score is not None:
        small.add("surveys", invitation_id=name, customer_id=name, kind="csat", score=Decimal(score), scale_min=Decimal(1),
                  scale_max=Decimal(5), answered_at=datetime(2026, 3, 1))  # fmt: skip
    for measure in ("renewed_annual_value", "saved"):
        small.fact(
            1000, date(2026, 3, 31), fact_id=new, measure=measure, customer_id=name, contract_id=new, owner_id=""
        )


def test_a_save_is_shared_and_counts_for_nobody_when_the_customer_goes_after_all() -> None:
    small = Company().person("x:1").add("people", person_id="x:2")
    save(small, "kept")
    save(small, "gone", left=date(2026, 4, 20))
    save(small, "unhappy", score=2)
    save(small, "silent", score=None)
    found = small.pay(plan(
        "kept: {measure: renewed_annual_value, credit: [renewed, saved], over: each, pays: {rate: 1%}}",
        credit="{renewed: {seller: 100%}, saved: {seller: 60%, service_rep: 40%}}",
        saved="{after: notice, rescue_logged_within: 14 days, still_customer_after: 90 days, and: {csat: satisfied}}",
        also_pays="{service_rep: {for: saved, rate: 2%}}",
    ))  # fmt: skip
    lines = {(line["person_id"], line["part"], line["customer_id"]): line["amount"] for line in found.lines()}
    assert lines == {("x:1", "kept", "kept"): 6, ("x:2", "service_rep", "kept"): 8}
