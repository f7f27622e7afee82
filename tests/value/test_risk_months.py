"""What was known of a customer before a month: on which side of a month's start each fact counts, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from busy_company import busy_company
from keepwell.engine import DuckDBEngine, Model, run_graph
from keepwell.journey import local_days
from keepwell.project.valuation import Valuation
from record_rows import Rows, given_tables, nodes

TODAY = date(2026, 7, 10)
NO = 2026 * 12 + 7
SIGNED = date(2025, 1, 15)


def company(**contract: Any) -> Rows:
    """One customer since January 2025 under a yearly contract that was renewed, with a go-live planned for March."""
    rows = Rows(today=TODAY).add("customers", customer_id="c:1", segment="small")
    rows.add("contracts", contract_id="k:0", customer_id="c:1", starts_on=SIGNED, ends_on=date(2026, 1, 15))
    rows.add("contracts", **{"contract_id": "k:1", "customer_id": "c:1", "starts_on": date(2026, 1, 15),
                             "ends_on": date(2027, 1, 15), "renews_id": "k:0", **contract})  # fmt: skip
    return rows


def month(rows: Rows, year: int, number: int) -> dict[str, Any]:
    """What was known before the month began, and what came in it."""
    [row] = [row for row in rows.table("risk_months") if row["at_no"] == year * 12 + number]
    return row


def months(rows: Rows) -> list[int]:
    """The months that count, from January 2025 on."""
    return sorted(row["at_no"] - 2025 * 12 for row in rows.table("risk_months") if row["is_fitted"])


def test_every_month_from_the_one_after_the_purchase_to_the_last_that_is_over() -> None:
    rows = company()
    assert months(rows) == list(range(2, 19))  # February 2025 to June 2026
    now = [row for row in rows.table("risk_months") if row["is_now"]]
    assert [(row["at_no"], row["tenure"], row["is_fitted"]) for row in now] == [(NO + 1, 19, False)]
    assert [row["at_no"] for row in rows.table("risk_months") if row["judges"]] == [NO - 12]


def test_a_notice_is_foretold_in_its_month_and_nothing_after_it_counts() -> None:
    rows = company(notice_on=date(2026, 4, 1), ended_on=date(2026, 6, 20))
    assert months(rows)[-1] == 16  # April 2026
    assert month(rows, 2026, 4)["decides"] == 1
    assert month(rows, 2026, 3)["decides"] == 0
    assert {row["at_on"]: row["under_notice"] for row in rows.table("risk_looks")}[date(2026, 4, 1)] is False
    assert month(rows, 2025, 7)["decides_in_year"] == 1
    assert sum(row["left_in"] for row in rows.table("risk_cells")) == 1


def test_leaving_without_notice_is_the_decision() -> None:
    rows = company(ended_on=date(2026, 6, 20))
    assert (months(rows)[-1], month(rows, 2026, 6)["decides"]) == (18, 1)


def test_who_renewed_after_a_notice_can_decide_again() -> None:
    rows = Rows(today=TODAY).add("customers", customer_id="c:1")
    rows.add("contracts", contract_id="k:0", customer_id="c:1", starts_on=SIGNED, ends_on=date(2026, 1, 15),
             notice_on=date(2025, 10, 5))  # fmt: skip
    rows.add("contracts", contract_id="k:1", customer_id="c:1", starts_on=date(2026, 1, 15), renews_id="k:0")
    assert months(rows) == [*range(2, 11), *range(14, 19)]
    assert month(rows, 2025, 10)["decides"] == 1


def test_a_score_of_the_day_of_notice_or_later_is_no_predictor() -> None:
    """An unhappy answer on the day before the month counts; on the day of notice, or as they leave, never."""
    rows = company(notice_on=date(2026, 4, 1), ended_on=date(2026, 6, 20))
    for number, (day, stage) in enumerate([(date(2026, 4, 1), "use"), (date(2026, 6, 20), "leave"),
                                           (date(2026, 3, 2), "leave")]):  # fmt: skip
        rows.add("surveys", invitation_id=f"s:{number}", customer_id="c:1", kind="nps", stage=stage,
                 invited_at=datetime(2026, 1, 1), answered_at=datetime.combine(day, datetime.min.time()), score=1)  # fmt: skip
    assert {row["answer"] for row in rows.table("risk_cells")} == {0}
    rows.add("surveys", invitation_id="s:9", customer_id="c:1", kind="nps", stage="use",
             invited_at=datetime(2026, 1, 1), answered_at=datetime(2026, 3, 31, 23), score=1)  # fmt: skip
    assert (month(rows, 2026, 4)["answer"], month(rows, 2026, 3)["answer"]) == (1, 0)


def test_signs_are_those_of_the_first_of_three_months() -> None:
    """Quarters end with the last month that is over: April, May and June look at what was known before April."""
    rows = company()
    rows.add("tickets", ticket_id="t:1", customer_id="c:1", opened_at=datetime(2026, 4, 2), priority="urgent")
    assert [month(rows, 2026, number)["severe_lately"] for number in (4, 5, 6)] == [0, 0, 0]
    earlier = company()
    earlier.add("tickets", ticket_id="t:1", customer_id="c:1", opened_at=datetime(2026, 3, 31), priority="urgent")
    assert [month(earlier, 2026, number)["severe_lately"] for number in (3, 4, 5, 6)] == [0, 1, 1, 1]
    assert [month(earlier, 2026, number)["unsolved"] for number in (3, 4, 6)] == [0, 1, 1]
    [now] = [row for row in rows.table("risk_looks") if row["at_on"] == TODAY]
    assert (now["severe_lately"], now["unsolved"]) == (0, 1)  # of April, May and June none are left; one is open


def test_promises_and_going_live_count_from_the_day_they_are_missed() -> None:
    rows = company()
    rows.add("milestones", customer_id="c:1", contract_id="k:0", kind="went_live", due_on=date(2025, 3, 1),
             reached_at=datetime(2025, 5, 10))  # fmt: skip
    rows.add("promises", promise_id="m:1", customer_id="c:1", made_on=SIGNED, due_on=date(2025, 3, 31), status="late",
             kept_at=datetime(2025, 6, 2))  # fmt: skip
    rows.add("promises", promise_id="m:2", customer_id="c:1", made_on=SIGNED, due_on=date(2025, 9, 30), status="broken")
    rows.add("promises", promise_id="m:3", customer_id="c:1", made_on=SIGNED, due_on=date(2025, 9, 30), status="kept",
             kept_at=datetime(2025, 8, 31))  # fmt: skip
    known = {number: month(rows, 2025, number) for number in (3, 4, 6, 9, 10)}
    assert [known[number]["days_late"] for number in (3, 4, 6, 10)] == [0, 30, 70, 70]
    assert [known[number]["weeks_late"] for number in (3, 4, 6, 10)] == [0, 4, 10, 10]
    assert [known[number]["is_live"] for number in (4, 6)] == [False, True]
    assert [known[number]["broken_early"] for number in (3, 4, 6)] == [0, 1, 1]
    assert [known[number]["broken_later"] for number in (9, 10)] == [0, 1]
    assert [known[number]["kept"] for number in (6, 9)] == [0, 1]


def test_use_is_told_by_months_that_are_over() -> None:
    """On the run's day, the tenth of July, the last month is June: what July has so far says nothing yet."""
    rows = company()
    for number, users in ((1, 10), (2, 10), (3, 10), (4, 10), (5, 10), (6, 6), (7, 1)):
        for feature in ("a", "b"):
            rows.add("usage", customer_id="c:1", day=date(2026, number, 5), feature=feature, active_users=users)
    [now] = [row for row in rows.table("risk_looks") if row["at_on"] == TODAY]
    assert now["use_fell"] == 4
    assert month(rows, 2026, 4)["use_fell"] == 0


def test_columns_of_customers_count_where_the_company_asks_for_them() -> None:
    rows = Rows(today=TODAY, valuation=Valuation(covariates=("region",)))
    rows.add("customers", customer_id="c:1", segment="small", region="south", industry="mining")
    rows.add("contracts", contract_id="k:0", customer_id="c:1", starts_on=SIGNED, ends_on=date(2027, 1, 15))
    asked = rows.run("risk_looks", "risk_cells", "covariate_values")
    for name in ("risk_looks", "risk_cells"):
        assert {(row["region"], row["industry"]) for row in asked[name]} == {("south", "")}
    assert asked["covariate_values"] == [{"name": "region", "value": "south", "has_left": False, "customers": 1}]
    assert {(row["region"], row["industry"]) for row in company().table("risk_looks")} == {("", "")}


def test_terms_that_end() -> None:
    rows = company()
    assert [month(rows, 2025, number)["term"] for number in (9, 10, 12)] == [0, 2, 2]
    assert [month(rows, 2026, number)["term"] for number in (1, 2)] == [1, 0]
    [now] = [row for row in rows.table("risk_looks") if row["at_on"] == TODAY]
    assert (now["ends_in"], now["term_months"]) == (6, 12)


def test_what_is_looked_at_does_not_depend_on_whom_models_are_fitted() -> None:
    """Of large companies some customers only are fitted on; of the others, months are left out, and nothing else."""
    rows = busy_company()
    inputs = {**rows.tables(), "local_days": local_days("Europe/Paris")}
    found = []
    for every in ("99999", "299998"):
        with DuckDBEngine(memory="1GB", threads=2) as engine:
            for name, given in inputs.items():
                engine.add_arrow(name, given, given_tables().get(name))
            own = [replace(node, sql=node.sql.replace("(count(*) + 99999) // 100000", f"(count(*) + {every}) // 100000"))
                   if isinstance(node, Model) and node.name == "risk_customers" else node
                   for node in nodes() if node.name != "local_days"]  # fmt: skip
            run_graph(engine, own, wanted=("risk_looks", "risk_cells"))
            found.append((engine.fetch("risk_looks"), sum(engine.fetch("risk_cells")["months"].to_pylist())))
    (all_looks, all_months), (some_looks, some_months) = found
    assert all_looks.num_rows > 10
    assert some_looks.equals(all_looks)
    assert 0 < some_months < all_months


def test_a_company_that_nobody_left_is_told_the_plain_rate_and_why() -> None:
    tables = ("customer_risks", "risk_drivers", "hazard_models", "risk_calibration")
    assert {name: len(rows) for name, rows in Rows().run(*tables).items()} == dict.fromkeys(tables, 0)
    found = company().run(*tables)
    assert {row["model"] for row in found["customer_risks"]} == {"plain rate"}
    assert all(0 < row["low"] < row["chance"] < row["high"] < 1 for row in found["customer_risks"])
    assert found["risk_drivers"] == []
    assert {row["why"] for row in found["hazard_models"]} == {
        "nobody has given notice or left: the company's plain rate"
    }
