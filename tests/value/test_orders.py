"""Orders become purchases: in the company's currency and days, returns taken off, and what does not count is said."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from keepwell.project.valuation import Valuation
from record_rows import Rows

DAYS = ("customer_id", "on_day", "amount")


def _orders(*given: tuple[str, datetime, float | None, str | None], **told: object) -> Rows:
    rows = Rows(today=date(2026, 7, 1), **told)
    for number, (customer, at, amount, currency) in enumerate(given):
        rows.add(
            "orders", order_id=f"o:{number}", customer_id=customer, ordered_at=at, amount=amount, currency=currency
        )
    for customer in sorted({row[0] for row in given}):
        rows.add("customers", customer_id=customer, segment="a")
    return rows


def _days(rows: Rows) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in DAYS) for row in rows.table("order_days")]


def test_orders_of_one_day_are_one_purchase() -> None:
    rows = _orders(("c:1", datetime(2026, 1, 5, 9), 10, "EUR"), ("c:1", datetime(2026, 1, 5, 17), 5.5, None))
    assert _days(rows) == [("c:1", date(2026, 1, 5), Decimal("15.5"))]


def test_the_day_is_that_of_the_companys_time_zone() -> None:
    rows = _orders(("c:1", datetime(2026, 1, 5, 23, 30), 10, "EUR"), time_zone="Europe/Paris")
    assert _days(rows) == [("c:1", date(2026, 1, 6), Decimal(10))]


def test_a_return_is_taken_off_the_last_purchase_before_it() -> None:
    rows = _orders(
        ("c:1", datetime(2026, 1, 5), 100, "EUR"), ("c:1", datetime(2026, 2, 5), 50, "EUR"),
        ("c:1", datetime(2026, 2, 9), -20, "EUR"), ("c:2", datetime(2026, 1, 5), 80, "EUR"),
        ("c:2", datetime(2026, 1, 9), -80, "EUR"), ("c:3", datetime(2026, 1, 9), -30, "EUR"),
    )  # fmt: skip
    assert _days(rows) == [("c:1", date(2026, 1, 5), Decimal(100)), ("c:1", date(2026, 2, 5), Decimal(30))]
    assert [tuple(row[name] for name in ("customer_id", "reason", "amount")) for row in rows.table("value_left_out")] == [
        ("c:2", "returned as a whole", Decimal(0)), ("c:3", "returned unbought", Decimal(-30)),
    ]  # fmt: skip


def test_what_does_not_count_is_listed_with_its_reason() -> None:
    rows = _orders(
        ("c:1", datetime(2026, 1, 5), 100, "USD"), ("c:1", datetime(2026, 3, 5), 100, "USD"),
        ("c:1", datetime(2026, 1, 5), None, "EUR"), ("c:1", datetime(2019, 1, 5), 7, "EUR"),
        ("c:1", datetime(2026, 8, 1), 7, "EUR"), valuation=Valuation(orders_from=date(2020, 1, 1)),
    )  # fmt: skip
    rows.add("exchange_rates", currency="USD", on=date(2026, 2, 1), rate="0.9")
    rows.add(
        "contracts", contract_id="k:1", customer_id="c:1", starts_on=date(2026, 1, 1), annual_value=12, currency="USD"
    )
    rows.add("contracts", contract_id="k:2", customer_id="c:1", starts_on=date(2026, 1, 1))
    assert _days(rows) == [("c:1", date(2026, 3, 5), Decimal(90))]
    assert [(row["ref_id"], row["reason"]) for row in rows.table("value_left_out")] == [
        ("k:1", "no exchange rate"), ("k:2", "no annual value"),
        ("o:0", "no exchange rate"), ("o:2", "no amount"), ("o:3", "before orders_from"),
        ("o:4", "dated ahead"),
    ]  # fmt: skip
