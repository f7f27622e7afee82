"""A plan that is like another, or amended from a day on, is several versions; errors point to where a word stands."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from keepwell.books import settled_tables
from keepwell.core.errors import ConfigurationError, Problem
from keepwell.core.periods import parse_period
from keepwell.pay.parse import parse_plans, read_plans
from keepwell.pay.plan import Plan
from keepwell.project.yaml import parse_yaml
from pay_company import Company
from replayed import close_periods

BASE = """\
plan: base
title: Seller
applies_to: {role: seller}
effective: {from: 2026-01-01, to: 2027-01-01}
period: quarter
currency: EUR
target_pay: 1000
parts:
  sold:
    weight: 60%
    measure: signed_annual_value
    against: quota
    pays: {curve: {50%: 0%, 100%: 100%}}
    at_most: 150%
  orders:
    weight: 40%
    measure: order_amount
    against: quota
    pays: {curve: {0%: 0%, 100%: 100%}}
examples:
  - {name: half, given: {quota: 100}, expect: {sold: 0}}
"""


def read(**files: str) -> list[Plan]:
    plans, problems = parse_plans([parse_yaml(text, f"{name}.yaml") for name, text in files.items()], "EUR")
    assert [str(problem) for problem in problems] == []
    return plans


def wrong(**files: str) -> list[Problem]:
    return parse_plans([parse_yaml(text, f"{name}.yaml") for name, text in files.items()], "EUR")[1]


def test_a_plan_like_another_says_only_its_changes() -> None:
    other = """\
plan: other
like: base
applies_to: {role: farmer}
parts:
  orders: none
  sold: {weight: 70%, pays: {rate: 100%}, at_most: none}
  renewed: {weight: 30%, measure: renewed_annual_value, against: annual_value_due, pays: {curve: {0%: 0%, 100%: 100%}}}
"""
    base, found = read(base=BASE, other=other)
    assert [part.name for part in found.parts] == ["sold", "renewed"]
    assert (found.title, found.period, found.target_pay) == ("Seller", "quarter", Decimal(1000))
    assert found.applies_to == {"role": ("farmer",)}
    assert (found.parts[0].weight, found.parts[0].shape.kind, found.parts[0].at_most) == (Fraction(7, 10), "rate", None)
    assert (found.examples, len(base.examples), base.parts[0].shape.kind) == ((), 1, "curve")


def test_likeness_goes_through_several_plans() -> None:
    plans = read(a="plan: a\nlike: b\ntarget_pay: 3", b="plan: b\nlike: base\nperiod: month", base=BASE)
    assert [(plan.name, plan.period, plan.target_pay) for plan in plans] == [
        ("a", "month", 3), ("b", "month", 1000), ("base", "quarter", 1000)]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "line", "nearest"), [
    ("plan: a\nlike: bas\n", "plan-like-missing", 2, "base"),
    ("plan: a\nlike: a\n", "plan-like-circle", 2, None),
    ("plan: a\nlike: base\nparts:\n  order: none\n", "plan-like-none", 4, None),
    ("plan: a\nlike: base\nparts:\n  sold: {weight: 70%}\n", "plan-weights", 3, None),
    ("plan: a\nlike: base\nparts:\n  sold: {weigth: 70%}\n", "plan-unknown-word", 4, "weight"),
])  # fmt: skip
def test_an_error_of_the_changes_points_to_them(text: str, code: str, line: int, nearest: str | None) -> None:
    (found,) = wrong(base=BASE, a=text)
    assert (found.file, found.line, found.code, found.nearest) == ("a.yaml", line, code, nearest)


def test_an_error_of_what_is_taken_over_points_to_its_own_file_and_is_said_once() -> None:
    (found,) = wrong(base=BASE.replace("at_most: 150%", "at_mst: 150%"), a="plan: a\nlike: base\n")
    assert (found.file, found.line, found.nearest) == ("base.yaml", 14, "at_most")


def test_where_the_two_do_not_fit_the_line_is_of_the_file_that_says_the_word() -> None:
    (found,) = wrong(base=BASE, a="plan: a\nlike: base\nparts:\n  sold: {over: each}\n  orders: {weight: 40%}\n")[:1]
    assert (found.code, found.file, found.line) == ("plan-over", "a.yaml", 4)
    (found,) = wrong(base=BASE, a="plan: a\nlike: base\nparts:\n  sold: {measure: nps, at_most: none}\n")[:1]
    assert (found.code, found.file, found.line) == ("plan-score-words", "a.yaml", 4)
    found = wrong(base=BASE, a="plan: a\nlike: base\nparts:\n  sold: {against: nothing}\n")[0]
    assert (found.code, found.file, found.line) == ("plan-against", "base.yaml", 13)


def test_two_plans_that_are_like_each_other_are_no_plan() -> None:
    found = wrong(a="plan: a\nlike: b\n", b="plan: b\nlike: a\n")
    assert {problem.code for problem in found} == {"plan-like-circle"}


AMENDED = BASE + """\
amendments:
  - from: 2026-04-01
    says: The market changed.
    changes: {target_pay: 2000, parts: {sold: {pays: {curve: {50%: 0%, 100%: 200%}}}}}
  - from: 2026-07-01
    changes: {title: Seller again}
"""  # fmt: skip


def test_amendments_are_versions_one_after_the_other() -> None:
    first, second, third = read(base=AMENDED)
    assert [(one.version, one.to_on) for one in (first, second, third)] == [
        ("2026-01-01", date(2026, 4, 1)), ("2026-04-01", date(2026, 7, 1)), ("2026-07-01", date(2027, 1, 1))]  # fmt: skip
    assert [one.target_pay for one in (first, second, third)] == [1000, 2000, 2000]
    assert (first.amended, second.amended, third.title) == ("", "The market changed.", "Seller again")
    assert (len(first.examples), second.examples) == (1, ())


def test_an_amendment_from_the_first_day_replaces_the_plan() -> None:
    (found,) = read(base=AMENDED.replace("2026-04-01", "2026-01-01").replace("2026-07-01", "2026-01-01"))
    assert (found.version, found.to_on, found.target_pay) == ("2026-01-01", date(2027, 1, 1), 2000)


@pytest.mark.parametrize(("amendment", "code"), [
    ("{changes: {title: x}}", "plan-word-missing"),
    ("{from: soon, changes: {title: x}}", "plan-day"),
    ("{from: 2025-12-31, changes: {title: x}}", "plan-amendment"),
    ("{from: 2027-01-01, changes: {title: x}}", "plan-amendment"),
    ("{from: 2026-04-01}", "plan-word-missing"),
    ("{from: 2026-04-01, changes: {plan: x}}", "plan-amendment"),
    ("{from: 2026-04-01, changes: {parts: {sold: {weight: 50%}}}}", "plan-weights"),
    ("{from: 2026-04-01, becuase: x, changes: {title: x}}", "plan-unknown-word"),
])  # fmt: skip
def test_what_is_wrong_with_an_amendment_is_said_with_its_line(amendment: str, code: str) -> None:
    (found,) = wrong(base=f"{BASE}amendments:\n  - {amendment}\n")
    assert (found.code, found.line) == (code, BASE.count("\n") + 2)


def test_the_plans_of_a_folder_are_read_together_with_all_that_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("plan: a\nlike: base\n")
    (tmp_path / "b.yaml").write_text(BASE)
    assert [plan.name for plan in read_plans(tmp_path, "EUR")] == ["a", "base"]
    (tmp_path / "c.yaml").write_text("plan: [")
    (tmp_path / "d.yaml").write_text("plan: d\nlike: basis\n")
    with pytest.raises(ConfigurationError) as error:
        read_plans(tmp_path, "EUR")
    assert {problem.code for problem in error.value.problems} == {"yaml-syntax", "plan-like-missing"}


def test_a_plan_amended_in_arrears_pays_the_difference_in_the_open_period(tmp_path: Path) -> None:
    small = Company(today=date(2026, 6, 30)).person().quota(400000).quota(1000, measure="order_amount")
    small.fact(100000, date(2026, 1, 15)).fact(250, date(2026, 2, 20), measure="order_amount")
    first = small.pay(*read(base=BASE))
    assert first.total(part="sold") == 600
    lines = first.engine.fetch("pay_lines")
    close_periods(tmp_path / "books.sqlite", parse_period("2026-Q1"), "run", lines, small.today, datetime(2026, 6, 1))
    small.settled = settled_tables(tmp_path / "books.sqlite")
    amended = AMENDED.replace("2026-04-01", "2026-02-01").replace("target_pay: 2000, ", "")
    second = small.pay(*read(base=amended))
    q1 = parse_period("2026-Q1").first_month
    assert second.total(status="settled", part="sold") == 600
    # January has 31 of the quarter's 90 days, and so much of quota and target: all was signed in it, which pays 100% of
    # 31/90 of 600; nothing was signed in the days after the amendment.
    now = sum(line["amount"] for line in second.lines(part="sold", belongs_to=q1))
    assert now == Decimal("206.67")
    (opened,) = {line["period"] for line in second.lines(part="sold", status="open", belongs_to=q1)}
    assert opened == parse_period("2026-Q2").first_month
    assert {line["version"] for line in second.lines(part="orders", status="open", belongs_to=q1)} == {
        "2026-01-01", "2026-02-01"}  # fmt: skip
