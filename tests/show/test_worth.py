"""Lists of what to do next, on a few rows that can be checked by eye."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from keepwell.show.names import Names
from keepwell.show.next_steps import next_steps
from keepwell.show.onboarding import onboarding, onboarding_lines
from keepwell.show.passed_on import between, handoff_lines, passed_on
from keepwell.show.promised import promise_lines, promises_by, promises_owed, unit_lines
from keepwell.show.report import report_html
from keepwell.show.worth import sums
from show.sample_report import made_report

TODAY = date(2026, 10, 1)
NAMES = Names(customers={"c:1": "Aster", "c:2": "Birch"}, people={"p:1": "Ann Kraus"})
MONEY = pa.decimal128(18, 4)


def rows(schema: dict[str, pa.DataType], *found: tuple) -> pa.Table:
    fields = pa.schema(list(schema.items()))
    return pa.Table.from_pylist([dict(zip(schema, row, strict=True)) for row in found], schema=fields)


@pytest.fixture
def tables() -> dict[str, pa.Table]:
    """Aster has little value and much at stake, Birch the other way round, Cedar neither; Dune has left."""
    customers = {"customer_id": pa.string(), "owner_id": pa.string(), "segment": pa.string(), "stage": pa.string(),
                 "purchased_on": pa.date32(), "left_on": pa.date32()}  # fmt: skip
    bought = date(2025, 1, 1)
    return {
        "customers_now": rows(customers, ("c:1", "p:1", "", "use", bought, None), ("c:2", "", "", "use", bought, None),
                              ("c:3", "p:1", "", "install", bought, None), ("c:4", "", "", "leave", bought, TODAY)),
        "customer_values": rows({"at_on": pa.date32(), "customer_id": pa.string(), "value": MONEY},
                                (TODAY, "c:1", Decimal(10)), (TODAY, "c:2", Decimal(90)), (bought, "c:2", Decimal(5))),
        "customer_stakes": rows({"customer_id": pa.string(), "at_stake": MONEY}, ("c:1", Decimal(8)), ("c:2", Decimal(2))),
    }  # fmt: skip


PROMISES = {"ref_table": pa.string(), "ref_id": pa.string(), "customer_id": pa.string(), "person_id": pa.string(),
            "department": pa.string(), "stage": pa.string(), "kind": pa.string(), "made_on": pa.date32(),
            "due_on": pa.date32(), "done_on": pa.date32(), "status": pa.string(), "days_late": pa.int64()}  # fmt: skip


def promise(
    customer: str, due: date | None, status: str, ref: str = "promises", what: str = "", late: int | None = None
):
    name = what or f"{customer}|{due}|{status}"
    return (
        ref,
        name,
        customer,
        "p:1",
        "sales",
        "install",
        "date",
        date(2025, 2, 1),
        due,
        due if status == "kept" else None,
        status,
        late,
    )


@pytest.fixture
def promised(tables):
    tables["promise_ledger"] = rows(
        PROMISES,
        promise("c:2", date(2026, 9, 1), "broken", late=30), promise("c:2", date(2026, 10, 31), "open"),
        promise("c:2", date(2026, 11, 1), "open"), promise("c:1", date(2026, 10, 5), "open", "milestones", "c:1|k:1|went_live"),
        promise("c:2", date(2025, 9, 1), "broken", late=395), promise("c:1", date(2026, 1, 1), "kept"),
        promise("c:4", date(2026, 9, 1), "broken", late=30), promise("c:3", None, "broken"),
    )  # fmt: skip
    return tables


def test_what_is_owed_stands_with_whom_most_is_at_stake(promised):
    found = promises_owed(promised, TODAY, within=30, behind=180)
    assert [(row["customer_id"], len(row["owed"]), row["older"]) for row in found] == [
        ("c:1", 1, 0), ("c:2", 2, 1), ("c:3", 1, 0)
    ]  # fmt: skip
    assert sums(found) == {"customers": 3, "value": 100, "at_stake": 10}
    lines = promise_lines(found, "Kept: 1 of 2.", NAMES, "EUR", 30, 25)
    assert "  Went live: due 5 Oct 2026, Ann Kraus" in lines
    assert "  Date promised: due 1 Sep 2026, 30 days ago, Ann Kraus" in lines
    assert "  Date promised: no day was said, broken, Ann Kraus" in lines
    assert "1 older promise was broken and never done" in " ".join(lines)
    assert "3 customers owed something, or due it within 30 days, together worth €100; €10 at stake." in " ".join(lines)


def test_an_owners_own_and_nothing_to_do(promised):
    assert [row["customer_id"] for row in promises_owed(promised, TODAY, 30, 180, "p:1")] == ["c:1", "c:3"]
    nothing = promise_lines([], "", NAMES, "EUR", 30, 25)
    assert nothing[-1] == "Nothing is owed, and nothing is due within 30 days."


def test_what_became_of_promises(promised):
    [one] = promises_by(promised, "department", TODAY)
    assert {name: one[name] for name in ("kept", "late", "broken", "open")} == {
        "kept": 1,
        "late": 0,
        "broken": 4,
        "open": 3,
    }
    assert one["share"] == pytest.approx(1 / 5)
    assert [row["unit"] for row in promises_by(promised, "stage", TODAY)] == ["install"]
    assert unit_lines([one], "department")[-1].split() == ["Sales", "1", "0", "4", "3", "20%"]


DAYS = {"customer_id": pa.string(), "from_on": pa.date32(), "to_on": pa.date32(), "is_over": pa.bool_(), "live_on": pa.date32(),
        "value_on": pa.date32(), "is_live": pa.bool_(), "has_value": pa.bool_(), "broken_promises": pa.int64(),
        "open_severe": pa.int64(), "is_good": pa.bool_()}  # fmt: skip


def ended(number: int, live_on: date | None, *, good: bool):
    begun = date(2026, 1, 1)
    return (f"e:{number}", begun, date(2026, 4, 1), True, live_on, None, live_on is not None, None, 0, 0, good)


def test_how_those_ended_who_stood_so(promised):
    early, late = date(2026, 1, 11), date(2026, 3, 1)
    promised["first_days"] = rows(
        DAYS,
        *(ended(number, early, good=True) for number in range(4)),
        *(ended(number, late, good=number < 6) for number in range(4, 10)),
        ("c:1", date(2026, 9, 1), date(2026, 11, 30), False, None, None, False, None, 1, 2, None),
        ("c:2", date(2026, 9, 1), date(2026, 11, 30), False, date(2026, 9, 8), None, True, None, 0, 0, None),
    )
    first, second = onboarding(promised, TODAY)
    # on their thirtieth day the first four were live, the six that came later were not: two of them ended well
    assert (first["customer_id"], first["day"], first["stood_so"], first["ended_well"]) == ("c:1", 30, 6, 2)
    assert (second["customer_id"], second["stood_so"], second["ended_well"]) == ("c:2", 4, 4)
    lines = onboarding_lines([first, second], "Half.", TODAY, NAMES, "EUR", 25, 120)
    assert (
        "  Day 30 of 90: not live, 1 promise broken, 2 severe tickets unsolved. Of 6 who stood so on that day, 33% ended well"
        in lines
    )
    assert "  Day 30 of 90: live" in lines  # four are too few to say how they end
    assert "  Next: went live, due 5 Oct 2026" in lines
    assert "  Next: date, 395 days overdue" in lines
    assert lines[-1].endswith("€10 at stake. Nobody is named for 1 of them.")


def test_who_is_passed_around_and_who_has_nobody(tables):
    tables["handoffs"] = rows(
        {"ticket_id": pa.string(), "of": pa.string(), "is_return": pa.bool_()},
        ("t:1", "person", False), ("t:1", "person", True), ("t:1", "team", False), ("t:2", "person", False),
        ("t:2", "person", True), ("t:3", "person", False),
    )  # fmt: skip
    tables["tickets"] = rows(
        {"ticket_id": pa.string(), "customer_id": pa.string(), "solved_at": pa.date32(), "closed_at": pa.date32()},
        ("t:1", "c:1", None, None), ("t:2", "c:3", TODAY, None), ("t:3", "c:3", None, None),
    )  # fmt: skip
    tables["handovers"] = rows(
        {"from_department": pa.string(), "to_department": pa.string(), "count": pa.int64(), "mean_hours": pa.decimal128(18, 6)},
        ("sales", "delivery", 3, Decimal(10)), ("sales", "delivery", 1, Decimal(50)), ("sales", "sales", 9, Decimal(1)),
    )  # fmt: skip
    [pair] = between(tables)
    assert (pair["from_department"], pair["count"], pair["mean_hours"]) == ("sales", 4, 20)
    found = passed_on(tables)
    assert [(row["customer_id"], row["cases"], row["moves"], row["returns"]) for row in found] == [
        ("c:1", 1, 2, 1), ("c:2", 0, 0, 0)
    ]  # fmt: skip
    lines = handoff_lines([pair], found, NAMES, "EUR", 25)
    assert "  1 open case in other hands 2 times, 1 time back to whom it came from" in lines
    assert "  nobody is named for them (use)" in lines
    assert handoff_lines([], [], NAMES, "EUR", 25)[-1].startswith("No open case has gone from hand to hand")


def test_the_report_begins_with_whom_most_is_at_stake(promised):
    promised["first_days"] = rows(
        DAYS, ("c:2", date(2026, 9, 1), date(2026, 11, 30), False, None, None, False, False, 0, 0, None)
    )
    found = next_steps(promised, TODAY, NAMES)
    assert found is not None
    assert [(row["customer_id"], len(words)) for row, words in found.owed] == [("c:1", 1), ("c:2", 2), ("c:3", 1)]
    assert [row["customer_id"] for row, _ in found.early] == ["c:2"]
    page = report_html(made_report(**promised), NAMES)
    assert page.index("Went live: due 5 Oct 2026") < page.index("Date promised: due 1 Sep 2026")
    assert "Day 30 of 90: not live, not at first value" in page
    assert 'href="#next"' in page


def test_without_value_the_report_says_nothing_of_it():
    assert next_steps({}, TODAY, NAMES) is None
    assert 'href="#next"' not in report_html(made_report(customer_stakes=None), NAMES)
