"""Contracts as known on each day of valuing: since when, renewals, value, next renewal, notice, leaving."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from record_rows import Rows

TODAY = date(2026, 7, 1)


def company(*contracts: dict[str, Any]) -> Rows:
    """One customer with these contracts; renewals name the one before."""
    rows = Rows(today=TODAY).add("customers", customer_id="c:1", segment="small")
    for number, contract in enumerate(contracts):
        rows.add("contracts", **{"contract_id": f"k:{number}", "customer_id": "c:1", "annual_value": 100, **contract})
    return rows


def history(rows: Rows, at_on: date = TODAY) -> dict[str, Any]:
    """What is known of the customer on a day."""
    [row] = [row for row in rows.table("contract_histories") if row["at_on"] == at_on]
    return row


def yearly(first: int, terms: int, **last: Any) -> list[dict[str, Any]]:
    """Terms from the first of March of a year, each renewing the one before."""
    made = [{"starts_on": date(first + n, 3, 1), "ends_on": date(first + n + 1, 3, 1),
             "renews_id": f"k:{n - 1}" if n else None} for n in range(terms)]  # fmt: skip
    made[-1].update(last)
    return made


def test_terms_renewed_and_the_next_renewal() -> None:
    found = history(company(*yearly(2023, 4)))
    assert (found["since_on"], found["term_months"], found["renewals"]) == (date(2023, 3, 1), 12, 3)
    assert (found["annual_value"], found["renews_on"]) == (Decimal(100), date(2027, 3, 1))
    assert (found["notice_on"], found["left_on"]) == (None, None)


def test_a_day_knows_what_happened_before_it() -> None:
    rows = company(*yearly(2023, 3, ended_on=date(2026, 2, 10), notice_on=date(2025, 12, 1)))
    autumn = history(rows, date(2025, 10, 1))
    assert (autumn["renewals"], autumn["notice_on"], autumn["left_on"]) == (2, None, None)
    january = history(rows, date(2026, 1, 1))
    assert (january["notice_on"], january["left_on"], january["annual_value"]) == (date(2025, 12, 1), None, 100)
    now = history(rows)
    assert (now["left_on"], now["annual_value"], now["renews_on"]) == (date(2026, 2, 10), 0, None)
    assert now["renewals"] == 2


def test_a_term_that_ran_out_has_left_when_the_wait_for_a_renewal_is_over() -> None:
    """The term ends on 1 June; on 1 July exactly 30 days are over, and the wait of 29 days is."""
    contract = {"starts_on": date(2025, 6, 1), "ends_on": date(2026, 6, 1)}
    assert history(company(contract))["left_on"] is None
    impatient = company(contract)
    impatient.windows["lapse"] = 29
    assert history(impatient)["left_on"] == date(2026, 6, 1)


def test_a_renewal_on_the_day_of_valuing_counts_only_on_the_runs_day() -> None:
    rows = company(
        {"starts_on": date(2025, 4, 1), "ends_on": date(2026, 4, 1)},
        {"starts_on": date(2026, 4, 1), "ends_on": date(2027, 4, 1), "renews_id": "k:0", "annual_value": 130},
    )
    assert (history(rows, date(2026, 4, 1))["renewals"], history(rows, date(2026, 4, 1))["annual_value"]) == (0, 100)
    assert (history(rows)["renewals"], history(rows)["annual_value"]) == (1, 130)


def test_a_renewal_that_was_ended_ends_the_contract_that_it_renewed() -> None:
    """The term that ran out three weeks ago waits for no renewal: it had one, and that was ended."""
    rows = company(
        {"starts_on": date(2025, 6, 5), "ends_on": date(2026, 6, 5), "notice_on": date(2026, 5, 20)},
        {"starts_on": date(2026, 6, 5), "ends_on": date(2027, 6, 5), "ended_on": date(2026, 6, 24), "renews_id": "k:0",
         "notice_on": date(2026, 5, 20)},
    )  # fmt: skip
    found = history(rows)
    assert (found["left_on"], found["annual_value"], found["notice_on"]) == (date(2026, 6, 24), 0, None)
    [life] = rows.table("customer_lives")
    assert life["left_on"] == date(2026, 6, 24)
    assert rows.table("customer_risks") == []


def test_after_the_end_of_its_term_a_contract_waits_with_its_value() -> None:
    found = history(company({"starts_on": date(2025, 6, 20), "ends_on": date(2026, 6, 20)}))
    assert (found["left_on"], found["annual_value"], found["renews_on"]) == (None, 100, date(2026, 6, 20))


def test_a_notice_of_any_contract_stands_until_it_is_answered_in_values_and_risks_alike() -> None:
    """Of a term that ends later in the run's month, or that ended and waits; not of one that was renewed."""
    small = {
        "starts_on": date(2025, 7, 9),
        "ends_on": date(2026, 7, 9),
        "annual_value": 10,
        "notice_on": date(2026, 4, 2),
    }
    over = {**small, "starts_on": date(2025, 6, 20), "ends_on": date(2026, 6, 20)}
    follows = {"starts_on": date(2026, 6, 20), "ends_on": date(2027, 6, 20), "renews_id": "k:2", "annual_value": 12}
    for last, stands in (
        ((), None),
        ((small,), date(2026, 4, 2)),
        ((over,), date(2026, 4, 2)),
        ((over, follows), None),
    ):
        rows = company(*yearly(2025, 2), *last)
        [look] = [row for row in rows.table("risk_looks") if row["at_on"] == TODAY]
        assert (history(rows)["notice_on"], look["notice_on"], look["under_notice"]) == (
            stands,
            stands,
            stands is not None,
        )
        [fates] = [row for row in rows.table("notice_fates") if row["at_on"] == TODAY] or [{"stayed": 0, "gone": 0}]
        assert (fates["stayed"], fates["gone"]) == (int(len(last) == 2), 0)


def test_an_expansion_is_no_renewal_and_adds_value() -> None:
    """The largest contract says when it comes to renewal, whatever ends before."""
    extra = {"starts_on": date(2025, 9, 1), "ends_on": date(2026, 9, 1), "annual_value": 40}
    found = history(company(*yearly(2025, 2), extra))
    assert (found["renewals"], found["annual_value"], found["renews_on"]) == (1, Decimal(140), date(2027, 3, 1))
    assert history(company(*yearly(2025, 2), {**extra, "annual_value": 100}))["renews_on"] == date(2026, 9, 1)
    assert (
        history(company(*yearly(2025, 1), {**extra, "starts_on": date(2025, 12, 1)}), date(2026, 1, 1))["renewals"] == 0
    )


def test_without_a_term_each_month_is_a_renewal() -> None:
    found = history(company({"starts_on": date(2026, 1, 10)}))
    assert (found["term_months"], found["renewals"], found["renews_on"]) == (1, 5, None)
    left = history(company({"starts_on": date(2026, 1, 10), "ended_on": date(2026, 3, 20)}))
    assert (left["renewals"], left["left_on"]) == (2, date(2026, 3, 20))


def test_a_quarters_term_is_three_months() -> None:
    terms = [{"starts_on": date(2025, m, 1), "ends_on": date(2025 + (m == 10), (m + 3) % 12 or 12, 1),
              "renews_id": f"k:{n - 1}" if n else None} for n, m in enumerate((1, 4, 7, 10))]  # fmt: skip
    found = history(company(*terms), date(2026, 1, 1))
    assert (found["term_months"], found["renewals"]) == (3, 3)
