"""Adventure Works: orders from headers and lines, quotas 11 years too late, commission at each person's rate."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from real_projects import Collected, Examples

PERIOD = "q.from_on = DATE '2011-08-30'"


@pytest.fixture(scope="module")
def works(examples: Examples) -> Collected:
    return examples.collected("adventureworks")


def test_orders_and_their_total(works: Collected) -> None:
    count, total, reps = works.row("SELECT count(*), sum(amount), count(DISTINCT person_id) FROM orders")
    assert (count, reps) == (1_566, 10)
    assert Decimal(total).quantize(Decimal("0.01")) == Decimal("12527981.99")


def test_orders_with_lines_and_no_header_wait_in_quarantine(works: Collected) -> None:
    assert works.quarantined("orders") == {"required-missing": 41}
    assert sum(one.rows for one in works.report.quarantine) == 41


def test_quota_periods_are_moved_back_by_eleven_years(works: Collected) -> None:
    assert works.row("SELECT min(from_on), count(*) FROM quotas") == (date(2011, 5, 30), 163)
    assert works.row(f"SELECT DISTINCT q.to_on FROM quotas AS q WHERE {PERIOD}") == (date(2011, 11, 30),)


def test_what_was_sold_against_quota_in_the_period_from_the_30th_of_august(works: Collected) -> None:
    sold = {
        person: (Decimal(amount).quantize(Decimal("0.01")), Decimal(target), Decimal(amount) / Decimal(target))
        for person, amount, target in works.rows(
            "SELECT q.person_id, sum(o.amount), any_value(q.target) FROM quotas AS q JOIN orders AS o ON o.person_id = "
            "q.person_id AND CAST(o.ordered_at AS DATE) >= q.from_on AND CAST(o.ordered_at AS DATE) < q.to_on "
            f"WHERE {PERIOD} GROUP BY q.person_id"
        )
    }
    amount, target, attainment = sold["adventureworks:276"]
    assert (amount, target) == (Decimal("684762.32"), Decimal(781_000))
    assert round(100 * attainment, 2) == Decimal("87.68")
    assert round(100 * sold["adventureworks:281"][2], 2) == Decimal("92.99")


def test_each_rate_has_its_role(works: Collected) -> None:
    assert works.row("SELECT role, from_on FROM positions WHERE person_id = 'adventureworks:276'") == (
        "rep_at_1.5", date(2011, 5, 23),
    )  # fmt: skip
    assert works.row("SELECT count(*) FROM positions WHERE role = 'sales_manager'") == (3,)


def test_each_is_paid_at_their_own_rate(works: Collected) -> None:
    earned = dict(works.outcome("pay_totals", "SELECT person_id, sum(earned) FROM found GROUP BY person_id"))
    assert earned["adventureworks:276"] == Decimal("10271.43")  # 1.5% of 684,762.32
    assert earned["adventureworks:281"] == Decimal("5104.97")  # 1% of 510,497.43
    assert len(earned) == 9  # the tenth who sold is a manager, without a rate


def test_the_lines_say_how_far_each_is_from_quota(works: Collected) -> None:
    attained = works.outcome(
        "pay_lines", "SELECT person_id, max(attainment), max(counted), max(base) FROM found GROUP BY person_id"
    )
    by_person = {person: values for person, *values in attained}
    share, counted, quota = by_person["adventureworks:276"]
    assert (round(100 * share, 2), round(counted, 2), quota) == (Decimal("87.68"), Decimal("684762.32"), 781_000)
    assert round(100 * by_person["adventureworks:281"][0], 2) == Decimal("92.99")


def test_orders_without_a_sales_person_are_said_to_be_unpaid(works: Collected) -> None:
    assert works.outcome("pay_unpaid", "SELECT count(*) FROM found WHERE kind = 'nobody'") == [(568,)]
