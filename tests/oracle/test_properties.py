"""What holds of pay whatever the numbers: order and batching change nothing, and more is never paid less."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oracle.batch import Settings, by_pipeline, bytes_of_lines
from oracle.companies import Made
from oracle.test_oracle import CALENDARS, made
from pay_company import Company, plan

QUARTERS = CALENDARS["quarters"]


def called(companies: list[Made]) -> list[tuple[str, Made]]:
    return [(f"x{place}z", one) for place, one in enumerate(companies)]


def test_the_same_run_twice_is_the_same_bytes_and_so_is_any_order_of_its_inputs(tmp_path: Path) -> None:
    companies = called(made(8, 77))
    first = bytes_of_lines(companies, QUARTERS, 2, tmp_path / "first")
    assert len(first) > 10_000
    assert bytes_of_lines(companies, QUARTERS, 2, tmp_path / "again") == first
    for _, one in companies:
        random.Random(7).shuffle(one.known)  # noqa: S311 - an order, no secret
        one.plans.reverse()
    assert bytes_of_lines(companies[::-1], QUARTERS, 2, tmp_path / "shuffled") == first


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_pay_never_falls_when_attainment_rises_on_a_rising_curve(data: st.DataObject) -> None:
    keys = sorted(data.draw(st.sets(st.integers(1, 200), min_size=2, max_size=5)))
    steps = data.draw(st.lists(st.integers(0, 400), min_size=2 * len(keys), max_size=2 * len(keys)))
    values = [Fraction(sum(steps[: place + 1]), 10) for place in range(len(steps))]
    points = ", ".join(
        f"{key}%: [{float(values[2 * place])}%, {float(values[2 * place + 1])}%]" for place, key in enumerate(keys)
    )
    amounts = sorted(data.draw(st.lists(st.integers(-1000, 250_000), min_size=30, max_size=30)))
    small = Company(today=date(2026, 3, 31))
    for place, cents in enumerate(amounts):
        person = f"x:{place:02d}"
        small.person(person).quota(1000, to_on=date(2026, 4, 1), person=person)
        small.fact(Decimal(cents) / 100, owner_id=person)
    part = f"it: {{weight: 100%, measure: signed_annual_value, against: quota, pays: {{curve: {{{points}}}}}}}"
    rows = small.pay(plan(part, target_pay="9999.99")).rows("part_totals")
    pays = [row["pay"] for row in sorted(rows, key=lambda row: row["person_id"])]
    assert len(pays) == len(amounts)
    assert pays == sorted(pays)


def test_a_company_is_paid_the_same_alone_as_among_others() -> None:
    """The rows of others change nothing, but where a part is of the company: who is paid together is one company then."""
    companies = called([one for one in made(8, 78) if "of: company" not in " ".join(one.plans)][:4])
    last = Settings(QUARTERS.looks[2:])
    together = by_pipeline(companies, last)[0]["pay_lines"]
    for name, one in companies[:2]:
        apart = by_pipeline([(name, one)], last)[0]["pay_lines"]
        mine = [row for row in together if row["person_id"].startswith(f"{name}:")]
        assert sorted(mine, key=str) == sorted(apart, key=str)
