"""Published worked examples come out to the cent, through the plan language and the whole pipeline."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from pay_company import Company, Paid, plan

CASES = Path(__file__).parents[3] / "shared" / "cases" / "pay.yaml"
pytestmark = pytest.mark.skipif(not CASES.exists(), reason="the published cases are not here")


def case(name: str) -> dict[str, Any]:
    return next(one for one in yaml.safe_load(CASES.read_text()) if one["id"] == name)


def part(pays: dict[str, Any], more: str = "") -> str:
    """A part that pays so, on what is signed."""
    written = yaml.safe_dump(pays, default_flow_style=True, width=1000, sort_keys=False).strip()
    return f"it: {{measure: signed_annual_value, pays: {written}{more}}}"


def paid_each(pays: dict[str, Any], given: list[Any], over: str, **company: Any) -> list[Decimal]:
    """The pay of each fact, or of each quarter with one fact, in order."""
    small = Company(**company).person()
    for place, amount in enumerate(given):
        day = date(2026, 1, 10 + place) if over == "each" else date(2026, 1 + 3 * place, 10)
        small.fact(amount, day)
    lines = small.pay(plan(part(pays, f", over: {over}"))).lines(movement="earned")
    return [row["amount"] for row in sorted(lines, key=lambda row: (row["period"], row["fact_on"] or date.min))]


def paid_of(pays: dict[str, Any], amount: Any, **words: Any) -> Decimal:
    """The pay of one quarter in which so much was signed."""
    return Company().person(to_on=date(2026, 4, 1)).fact(amount).pay(plan(part(pays), **words)).total()


def test_each_fact_goes_through_the_steps_alone() -> None:
    one = case("step-rates-each")
    assert paid_each(one["pays"], one["given"], "each") == one["expect"]


def test_slices_are_blended() -> None:
    one = case("blended-slices")
    assert [paid_of(one["pays"], amount) for amount in one["given"]] == one["expect"]


def test_the_year_to_date_starts_where_it_stood() -> None:
    one = case("marginal-from-a-starting-point")
    assert paid_each(one["pays"], one["given"], "year to date")[-1] == one["expect_last"]


@pytest.mark.parametrize("number", range(3))
def test_three_marginal_tables(number: int) -> None:
    one = case("marginal-three")["cases"][number]
    assert paid_of({"steps": one["steps"]}, one["given"]) == one["expect"]


def test_a_marginal_scale_that_falls_to_zero() -> None:
    one = case("marginal-scale")
    paid = [paid_of(one["pays"], amount) for amount in one["given"]]
    assert paid == [Decimal(str(expected)) for expected in one["expect"]]


def test_graduated_prices_with_flat_fees() -> None:
    one = case("graduated-with-flat-fees")
    levels = {0: (10, 2), 10: (5, 3), 20: (5, 3)}
    pays = {"steps": {key: {"per_unit": unit, "plus": fee} for key, (unit, fee) in levels.items()}, "ties": "lower"}
    assert [paid_of(pays, amount) for amount in one["given"]] == one["expect"]


def test_no_cent_falls_between_tiers() -> None:
    one = case("cent-gap")
    assert [paid_of(one["pays"], amount) for amount in one["given"]] == [Decimal(str(x)) for x in one["expect"]]


def test_a_curve_on_net_retention() -> None:
    one = case("nrr-curve")
    pays = yaml.safe_dump(one["pays"], default_flow_style=True, width=1000, sort_keys=False).strip()
    words = plan(f"it: {{measure: nrr, weight: 100%, pays: {pays}}}", target_pay=1000)
    for given, expected in zip(one["given"], one["expect"], strict=True):
        value = Decimal(given.rstrip("%")) / 100
        small = Company(given=[{"person_id": "x:1", "measure": "nrr", "n": 1, "value": value}])
        assert small.person(to_on=date(2026, 4, 1)).pay(words).total() == Decimal(expected.rstrip("%")) * 10


def test_an_executive_curve_with_a_jump() -> None:
    one = case("executive-curve")
    pays = yaml.safe_dump(one["pays"], default_flow_style=True, width=1000, sort_keys=False).strip()
    words = plan(f"it: {{measure: signed_annual_value, against: quota, weight: 100%, pays: {pays}}}", target_pay=1000)
    for given, expected in zip(one["given"], one["expect"], strict=True):
        small = Company().person(to_on=date(2026, 4, 1)).quota(1000, to_on=date(2026, 4, 1)).fact(given * 10)
        assert small.pay(words).total() == expected * 10


def test_attainment_is_what_was_counted_over_quota() -> None:
    for one in case("half-open-attainment")["cases"]:
        small = Company().person(to_on=date(2026, 4, 1)).quota(one["quota"], to_on=date(2026, 4, 1)).fact(one["given"])
        found = small.pay(plan("it: {measure: signed_annual_value, against: quota, pays: {rate: 1%}}"))
        assert round(100 * attainment(found)) == int(one["expect"].rstrip("%"))


def attainment(found: Paid) -> Decimal:
    (total,) = [row for row in found.rows("pay_lines") if row["movement"] == "earned"]
    value: Decimal = total["attainment"]
    return value


def test_missing_parts_give_their_weight_to_the_others() -> None:
    one = case("reweighting")
    names, missing = one["weights"], one["missing"]
    lines = [
        f"{name}: {{measure: csat, weight: {weight}%, pays: {{amount: {{0%: 100%}}}}, "
        "evidence: {at_least: 30 answers, otherwise: [reweight, nothing]}}"
        for name, weight in names.items()
    ]  # fmt: skip
    lines = [line.replace("csat", "nps").replace("0%: ", "0: ") if line[0] in missing else line for line in lines]
    small = Company(given=[{"person_id": "x:1", "measure": "csat", "n": 30, "value": Decimal("0.9")}])
    found = small.person(to_on=date(2026, 4, 1)).pay(plan("\n".join(lines), target_pay=1000))
    assert {name: found.total(part=name) for name in one["expect"]} == {
        name: Decimal(str(round(names[name] / (100 - sum(names[gone] for gone in missing)) * 1000, 2)))
        for name in one["expect"]
    }
    assert {name: round(float(found.total(part=name)) / 10, 1) for name in one["expect"]} == one["expect"]


def lifted(one: dict[str, Any]) -> Paid:
    """What months with such earnings come to under the draw of a published case."""
    draw = yaml.safe_dump(one["draw"], default_flow_style=True, width=1000, sort_keys=False).strip()
    small = Company(today=date(2026, len(one["earned"]), 28), closes="month").person()
    for month, amount in enumerate(one["earned"], 1):
        small.fact(amount, date(2026, month, 10))
    return small.pay(plan("it: {measure: signed_annual_value, pays: {rate: 100%}}", period="month", draw=draw))


def by_month(found: Paid, column: str, *movements: str) -> list[Decimal]:
    months = sorted({row["period"] for row in found.lines()})
    return [sum((found.total(column, period=month, movement=one) for one in movements), Decimal(0)) for month in months]


def owed_after(found: Paid) -> list[Decimal]:
    months = sorted({row["period"] for row in found.lines()})
    return [sum((row["draw"] + row["recoverable"] for row in found.lines() if row["period"] <= month), Decimal(0))
            for month in months]  # fmt: skip


def test_a_draw_is_owed_until_it_may_be_recovered() -> None:
    one = case("draw-and-recovery")
    found = lifted(one)
    assert by_month(found, "payable", "drawn") == one["expect"]["drawn"]
    assert owed_after(found) == one["expect"]["balance"]


def test_a_recoverable_draw_is_recovered_from_what_exceeds_it() -> None:
    one = case("recoverable-draw")
    found = lifted(one)
    paid = by_month(found, "payable", "earned", "drawn", "recovered", "put_off")
    assert paid == one["expect"]["paid"]
    assert {month: owed_after(found)[month - 1] for month in one["expect"]["owed_after"]} == one["expect"]["owed_after"]


def test_a_draw_that_is_not_recoverable_is_never_owed() -> None:
    one = case("non-recoverable-draw")
    found = lifted(one)
    assert by_month(found, "payable", "drawn") == one["expect"]["top_up"]
    assert owed_after(found) == [one["expect"]["owed_after"][1]]
