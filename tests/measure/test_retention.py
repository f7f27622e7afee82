"""What became of the customers of a day: retention of customers and of yearly value, and named owners."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from record_rows import Rows

START = date(2025, 1, 1)


def _company() -> Rows:
    """Starts the year with 10.0: .6 is lost to smaller contracts, .9 leaves, 1.8 is added; and .5 comes new."""
    rows = Rows(today=date(2026, 1, 1)).person("p:1", "t:1", "success").person("p:2", "t:1", "success")
    for number, (before, after) in enumerate([(4, "3.4"), ("0.9", None), (3, "4.8"), ("2.1", "2.1"), (None, "0.5")]):
        customer = f"c:{number}"
        rows.add("customers", customer_id=customer, segment="a" if number < 2 else "b")
        rows.add("coverage", customer_id=customer, person_id="p:1", role="manager", from_on=START)
        rows.add("coverage", customer_id=customer, person_id="p:2", role="helper", from_on=START)
        if before is not None:
            rows.add("contracts", contract_id=f"k:{number}a", customer_id=customer, starts_on=date(2024, 7, 1),
                     ends_on=date(2025, 7, 1), annual_value=before, currency="EUR")  # fmt: skip
        if after is not None:
            rows.add("contracts", contract_id=f"k:{number}b", customer_id=customer, starts_on=date(2025, 7, 1),
                     annual_value=after, currency="EUR", renews_id=f"k:{number}a" if before is not None else None)  # fmt: skip
    return rows


def test_gross_retention_is_85_percent_and_net_103() -> None:
    rows = _company()
    year = [rows.measured(name, period="2025")["value"] for name in ("grr", "nrr", "logo_retention")]
    assert year == [Decimal("0.85"), Decimal("1.03"), Decimal("0.75")]
    assert rows.measured("grr")["value"] == Decimal("0.85")  # over all time: since a year ago


def test_several_people_behind_a_customer_are_one_customer_of_their_team() -> None:
    found = _company().measured("grr", by="team")
    assert (found["n"], found["value"]) == (4, Decimal("0.85"))
    assert _company().measured("nrr", by="person", unit="p:2")["value"] == Decimal("1.03")
    assert _company().measured("nrr", by="segment", unit="a")["value"] == Decimal("0.6939")  # 3.4 of 4.9


def test_a_renewal_that_comes_late_is_waited_for_and_one_that_overlaps_is_not_counted_twice() -> None:
    for starts, value in ((date(2025, 7, 20), 1), (date(2025, 6, 1), 1)):
        rows = Rows(today=date(2025, 7, 10))
        rows.add("customers", customer_id="c:1")
        rows.add("contracts", contract_id="k:a", customer_id="c:1", starts_on=date(2024, 7, 1), ends_on=date(2025, 7, 1),
                 annual_value=5)  # fmt: skip
        rows.add("contracts", contract_id="k:b", customer_id="c:1", starts_on=starts, annual_value=5, renews_id="k:a")
        assert rows.measured("nrr")["value"] == value


def test_a_contract_in_another_currency_counts_at_the_rate_of_its_first_day() -> None:
    rows = Rows(today=date(2026, 1, 1))
    rows.add("customers", customer_id="c:1")
    rows.add("exchange_rates", currency="USD", on=date(2024, 1, 1), rate="0.5")
    rows.add("exchange_rates", currency="USD", on=date(2026, 1, 1), rate="0.9")
    rows.add(
        "contracts", contract_id="k:a", customer_id="c:1", starts_on=date(2024, 7, 1), annual_value=10, currency="USD"
    )
    assert [row["value"] for row in rows.table("value_spans")] == [Decimal("5.0000")]


def test_ownership_is_of_days() -> None:
    rows = Rows(today=date(2025, 12, 31)).person("p:1", "t:1", "success")
    rows.add("customers", customer_id="c:1", customer_since_on=date(2025, 1, 1))
    rows.add(
        "coverage", customer_id="c:1", person_id="p:1", role="manager", from_on=date(2025, 1, 1), to_on=date(2025, 4, 1)
    )
    assert rows.measured("ownership", by="stage", unit="adopt")["value"] == 1
    use = rows.measured("ownership", by="stage", unit="use")
    assert use["value"] == 0
    assert rows.measured("ownership", by="customer")["unit"] == "c:1"
