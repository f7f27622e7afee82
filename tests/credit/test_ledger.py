"""The ledger of credit: to the cent, even, nothing negative for a person, and proof against splitting."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credited import FROM, TO, TODAY, Work
from keepwell.credit.owen import NOBODY, owen_shares


def seven_hundred() -> Work:
    work = Work().change("c:1", "kept", "700.00")
    for person, department in zip("ABCDEF", ("buy", "buy", "buy", "install", "support", "support"), strict=True):
        work.work("c:1", person, department)
    return work


def test_the_published_outcome_to_the_cent() -> None:
    assert [row[2:] for row in seven_hundred().ledger()] == [
        ("buy", "A", "77.78"), ("buy", "B", "77.78"), ("buy", "C", "77.78"), ("install", "D", "233.33"),
        ("support", "E", "116.67"), ("support", "F", "116.66")]  # fmt: skip
    shares = [row["share"] for row in seven_hundred().run("credit_ledger")["credit_ledger"]]
    assert shares == [Decimal(text) for text in ("0.111111111",) * 3 + ("0.333333333",) + ("0.166666667",) * 2]


def test_a_loss_is_the_departments_alone() -> None:
    work = Work().change("c:1", "lost", "-100.00").work("c:1", "A", "sales").work("c:1", "B", "support")
    assert work.ledger() == [("c:1", "lost", "sales", "", "-50.00"), ("c:1", "lost", "support", "", "-50.00")]
    three = Work().change("c:1", "shrunk", "-100.00")
    for department in ("a", "b", "c"):
        three.work("c:1", department, department)
    assert [row[-1] for row in three.ledger()] == ["-33.34", "-33.33", "-33.33"]


def test_who_did_nothing_and_what_is_no_work_has_nothing() -> None:
    work = Work().change("c:1", "won", "10.00").work("c:1", "A", "sales").work("c:2", "B", "sales")
    work.work("c:1", "", "sales").work("c:1", "bot", "support").bots.add("bot")
    work.work("c:1", "B", "success", kind="owner_came", ref_table="coverage")
    work.work("c:1", "B", "success", kind="survey_sent", ref_table="surveys")
    work.work("c:1", "B", "success", kind="promised", ref_table="promises")
    work.work("c:1", "B", "success", kind="deal_lost", ref_table="deals")
    assert work.ledger() == [("c:1", "won", "sales", "A", "10.00")]


def test_customers_whom_nobody_touched_are_nobodys_and_an_estimate_is_no_ones_work() -> None:
    work = Work().change("c:1", "kept", "5.00").change("c:2", "re_estimated", "7.00").change("c:2", "lost", "-2.50")
    work.work("c:2", "A", "")
    assert work.ledger() == [("c:1", "kept", NOBODY, "", "5.00"), ("c:2", "lost", "other", "", "-2.50"),
                             ("c:2", "re_estimated", NOBODY, "", "7.00")]  # fmt: skip


@pytest.mark.parametrize(
    ("on_day", "counts"),
    [(TO - timedelta(180), True), (TO - timedelta(181), False), (TO - timedelta(1), True), (TO, False)],
)
def test_what_counts_is_half_a_year_before_the_end(on_day: date, counts: bool) -> None:
    work = Work().change("c:1", "kept", "5.00").work("c:1", "A", "sales", on_day)
    assert (work.ledger()[0][3] == "A") is counts


def test_a_longer_span_counts_whole_the_runs_own_day_counts_and_the_window_is_the_companys_to_say() -> None:
    long = Work().change("c:1", "kept", "5.00", date(2025, 1, 1), TO).work("c:1", "A", "sales", date(2025, 1, 1))
    assert long.ledger()[0][3] == "A"
    assert Work().change("c:1", "kept", "5.00", FROM, TODAY).work("c:1", "A", "sales", TODAY).ledger()[0][3] == "A"
    short = Work(windows={"credit": 91}).change("c:1", "kept", "5.00")
    assert short.work("c:1", "A", "sales", FROM - timedelta(1)).ledger()[0][2] == NOBODY


causes = st.sampled_from(["won", "kept", "grown", "shrunk", "lost", "re_estimated"])
amounts = st.integers(-(10**8), 10**8).map(lambda cents: Decimal(cents) / 100)
changes = st.dictionaries(st.tuples(st.sampled_from(["c:1", "c:2", "c:3"]), causes), amounts, min_size=1, max_size=8)
touched = st.tuples(
    st.sampled_from(["c:1", "c:2", "c:3"]), st.sampled_from("ABCDE"), st.sampled_from(["sales", "support", "success", ""]),
    st.integers(0, 90).map(lambda days: FROM + timedelta(days)),
)  # fmt: skip


def ledger_of(
    found: dict[tuple[str, str], Decimal], touches: list[tuple[str, str, str, date]]
) -> list[tuple[str, ...]]:
    work = Work()
    for (customer, cause), amount in found.items():
        work.change(customer, cause, amount)
    for touch in touches:
        work.work(*touch)
    return list(work.ledger())


@settings(max_examples=25, deadline=None)
@given(changes, st.lists(touched, max_size=12))
def test_it_adds_up_and_is_the_owen_value_cut_to_the_cent(
    found: dict[tuple[str, str], Decimal], touches: list[tuple[str, str, str, date]]
) -> None:
    rows = ledger_of(found, touches)
    expected = []
    for (customer, cause), amount in sorted(found.items()):
        behind: dict[str, set[str]] = defaultdict(set)
        for one, person, department, _ in touches:
            if one == customer and cause != "re_estimated":
                behind[department or "other"].add(person)
        parts = owen_shares(amount, dict(sorted(behind.items()))) if amount else {}
        expected += [(customer, cause, *who, f"{part:.2f}") for who, part in parts.items()]
        assert sum(Decimal(row[-1]) for row in rows if row[:2] == (customer, cause)) == amount
    assert sorted(rows) == sorted(expected)
    assert not [row for row in rows if row[3] and Decimal(row[-1]) < 0]


@settings(max_examples=10, deadline=None)
@given(changes, st.lists(touched, min_size=1, max_size=6))
def test_five_calls_on_five_days_are_credited_as_one(
    found: dict[tuple[str, str], Decimal], touches: list[tuple[str, str, str, date]]
) -> None:
    customer, person, department, _ = touches[0]
    more = [(customer, person, department, FROM + timedelta(days)) for days in range(5)]
    assert ledger_of(found, [*touches, *more]) == ledger_of(found, touches)


def test_amounts_below_the_cent_are_kept_whole() -> None:
    work = Work().change("c:1", "kept", "0.0001").change("c:1", "grown", "1.0005")
    work.work("c:1", "A", "sales").work("c:1", "B", "support")
    rows = work.run("credit_ledger")["credit_ledger"]
    assert [str(row["amount"]) for row in rows] == ["0.5003", "0.5002", "0.0001", "0.0000"]
