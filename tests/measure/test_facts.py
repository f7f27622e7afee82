"""The facts that pay counts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from keepwell.engine import Engine
from record_rows import Rows


def _rows(today: date = date(2026, 7, 1)) -> Rows:
    rows = Rows(today=today, time_zone="Europe/Paris").person("p:1", "t:1", "sales").person("p:2", "t:2")
    return rows.add("customers", customer_id="c:1")


def _facts(rows: Rows, engine: Engine | None = None) -> list[tuple[str, str, date, Decimal, str]]:
    return [(row["measure"], row["fact_id"], row["on_day"], row["amount"], row["owner_id"])
            for row in rows.table("amount_facts", engine)]  # fmt: skip


def test_a_won_deal_is_signed_with_its_first_contract(engine: Engine) -> None:
    rows = _rows()
    rows.add("deals", deal_id="d:1", customer_id="c:1", owner_id="p:1", outcome="won", closed_on=date(2026, 2, 1),
             annual_value=100, amount=300)  # fmt: skip
    rows.add("deals", deal_id="d:2", customer_id="c:1", owner_id="p:1", outcome="won", closed_on=date(2026, 2, 1),
             kind="renewal", annual_value=100, amount=70)  # fmt: skip
    rows.add("deals", deal_id="d:3", outcome="lost", closed_on=date(2026, 2, 1), annual_value=100, amount=70)
    rows.add("deals", deal_id="d:4", outcome="won", closed_on=date(2026, 7, 2), annual_value=100, amount=70)  # tomorrow
    rows.add("contracts", contract_id="k:2", customer_id="c:1", deal_id="d:1", starts_on=date(2026, 3, 1))
    rows.add("contracts", contract_id="k:1", customer_id="c:1", deal_id="d:1", starts_on=date(2026, 4, 1))
    assert _facts(rows, engine) == [
        ("signed_amount", "d:1", date(2026, 2, 1), Decimal(300), "p:1"),
        ("signed_amount", "d:2", date(2026, 2, 1), Decimal(70), "p:1"),
        ("signed_annual_value", "d:1", date(2026, 2, 1), Decimal(100), "p:1"),
    ]
    [fact] = [row for row in rows.table("amount_facts") if row["measure"] == "signed_annual_value"]
    assert (fact["contract_id"], fact["currency"], fact["source_file"], fact["source_row"]) == (
        "k:2",
        "EUR",
        "deals.csv",
        1,
    )


def test_a_deal_without_a_yearly_value_has_that_of_its_contract(engine: Engine) -> None:
    rows = _rows()
    for name in ("d:1", "d:2"):
        rows.add("deals", deal_id=name, customer_id="c:1", outcome="won", closed_on=date(2026, 2, 1), currency="EUR")
    rows.add("contracts", contract_id="k:1", customer_id="c:1", deal_id="d:1", starts_on=date(2026, 3, 1),
             annual_value=120, currency="USD")  # fmt: skip
    found = [(row["fact_id"], row["amount"], row["currency"]) for row in rows.table("amount_facts", engine)]
    assert found == [("d:1", Decimal(120), "USD")]


def test_an_order_counts_on_the_companys_day() -> None:
    rows = _rows()
    rows.add("orders", order_id="o:1", ordered_at=datetime(2026, 3, 31, 22, 30), person_id="p:1", amount=5)
    assert _facts(rows) == [("order_amount", "o:1", date(2026, 4, 1), Decimal(5), "p:1")]


def test_what_falls_due_and_what_is_renewed_counts_on_the_terms_last_day() -> None:
    rows = _rows()
    rows.add("contracts", contract_id="k:1", customer_id="c:1", starts_on=date(2025, 4, 1), ends_on=date(2026, 4, 1),
             annual_value=100)  # fmt: skip
    rows.add(
        "contracts",
        contract_id="k:2",
        customer_id="c:1",
        starts_on=date(2026, 4, 10),
        annual_value=120,
        renews_id="k:1",
    )
    assert _facts(rows) == [
        ("annual_value_due", "k:1", date(2026, 3, 31), Decimal(100), ""),
        ("renewed_annual_value", "k:2", date(2026, 3, 31), Decimal(120), ""),
    ]
    rows.rows["contracts"][1]["ended_on"] = date(2026, 4, 10)  # taken back before it began
    assert [fact[0] for fact in _facts(rows)] == ["annual_value_due"]


def _rescued(rescue: date | None, left: date | None = None, today: date = date(2026, 7, 1)) -> list[str]:
    rows = _rows(today)
    rows.add("contracts", contract_id="k:1", customer_id="c:1", starts_on=date(2025, 4, 1), ends_on=date(2026, 4, 1),
             annual_value=100, notice_on=date(2026, 3, 1))  # fmt: skip
    rows.add("contracts", contract_id="k:2", customer_id="c:1", starts_on=date(2026, 4, 1), annual_value=120, renews_id="k:1",
             ended_on=left)  # fmt: skip
    if rescue is not None:
        rows.add("touches", touch_id="x:1", customer_id="c:1", person_id="p:2", kind="save_attempt",
                 at=datetime.combine(rescue, datetime.min.time()))  # fmt: skip
    return [f"{fact[1]} {fact[4]}" for fact in _facts(rows) if fact[0] == "saved"]


def test_a_save_needs_a_rescue_in_time_and_a_customer_who_stays() -> None:
    assert _rescued(date(2026, 3, 15)) == ["k:2 p:2"]  # the fourteenth day is in time
    assert _rescued(date(2026, 3, 17)) == []
    assert _rescued(date(2026, 2, 25)) == []
    assert _rescued(None) == []
    assert _rescued(date(2026, 3, 5), left=date(2026, 5, 1)) == []  # gone within ninety days of the notice
    assert _rescued(date(2026, 3, 5), left=date(2026, 6, 15)) == ["k:2 p:2"]


def test_a_save_of_a_contract_without_a_term_is_the_contract() -> None:
    rows = _rows()
    rows.add("contracts", contract_id="k:1", customer_id="c:1", starts_on=date(2025, 4, 1), annual_value=100,
             notice_on=date(2026, 3, 1))  # fmt: skip
    rows.add(
        "touches", touch_id="x:1", customer_id="c:1", person_id="p:2", kind="save_attempt", at=datetime(2026, 3, 2)
    )
    assert _facts(rows) == [("saved", "k:1", date(2026, 3, 1), Decimal(100), "p:2")]


def test_invoices_count_when_sent_and_when_paid_for_who_sold() -> None:
    rows = _rows()
    rows.add("deals", deal_id="d:1", customer_id="c:1", owner_id="p:1", outcome="open")
    rows.add("contracts", contract_id="k:1", customer_id="c:1", deal_id="d:1", starts_on=date(2026, 1, 1))
    rows.add(
        "invoices", invoice_id="i:1", contract_id="k:1", issued_on=date(2026, 2, 1), paid_on=date(2026, 3, 1), amount=9
    )
    rows.add("invoices", invoice_id="i:2", contract_id="k:1", issued_on=date(2026, 2, 1), amount=8)
    assert _facts(rows) == [
        ("invoiced_amount", "i:1", date(2026, 2, 1), Decimal(9), "p:1"),
        ("invoiced_amount", "i:2", date(2026, 2, 1), Decimal(8), "p:1"),
        ("paid_amount", "i:1", date(2026, 3, 1), Decimal(9), "p:1"),
    ]
