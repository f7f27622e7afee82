"""Adventure Works: orders from headers and lines, quotas 11 years too late, commission at each person's rate."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.real.conftest import Collected, Examples

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
