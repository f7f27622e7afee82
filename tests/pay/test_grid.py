"""A matrix and a rank are told as tables; a blend as one attainment."""

from __future__ import annotations

from decimal import Decimal

from keepwell.pay.grid import grid_of
from keepwell.pay.misfires import misfires
from keepwell.pay.parse import read_plan
from keepwell.pay.picture import picture_of
from keepwell.pay.said import part_says
from keepwell.show.letter import Signer, letter_data, letter_pdf
from keepwell.show.planned import plan_data, plan_lines, plan_svg
from pay_company import plan

TEXT = plan("""
crossed:
  weight: 40%
  measure: signed_annual_value
  against: quota
  pays: {matrix: {by: {measure: nps, of: team}, levels: {0%: {0: 0%, 40: 20%}, 100%: {0: 80%, 40: 120%}}}}
both:
  weight: 60%
  measure: {blend: {signed_annual_value: 60%, order_amount: 40%}, each_at_least: 85%}
  against: quota
  pays: {curve: {50%: 0%, 100%: 100%, 150%: 200%}}
race: {on_top: true, measure: order_amount, among: team, pays: {rank: {1: 500, 2: 300}}}
""", target_pay=1000)  # fmt: skip


def test_a_matrix_is_a_table_of_money() -> None:
    read = read_plan(TEXT)
    grid = grid_of(read, read.parts[0])
    assert grid is not None
    assert grid.head == ("", "from 0", "from 40")
    assert grid.rows == (("from 0%", "€0.00", "€80.00"), ("from 100%", "€320.00", "€480.00"))
    assert grid.title == "signed yearly value against quota (rows) by NPS (columns)"
    part_time = grid_of(read, read.parts[0], Decimal(500))
    assert part_time is not None
    assert part_time.rows[1] == ("from 100%", "€160.00", "€240.00")


def test_a_rank_says_among_whom() -> None:
    read = read_plan(TEXT)
    grid = grid_of(read, read.parts[2])
    assert grid is not None
    assert grid.rows == (("1", "€500.00"), ("2", "€300.00"))
    assert "among your team" in grid.title


def test_a_blend_has_the_curve_of_its_attainment() -> None:
    read = read_plan(TEXT)
    assert grid_of(read, read.parts[1]) is None
    assert [mark.pays for mark in picture_of(read, read.parts[1]).marks][-1] == "€1,200.00"
    assert "60% signed yearly value, 40% orders, each against its own quota; one below 85% counts nothing." in [
        one.sentence for one in part_says(read, read.parts[1])]  # fmt: skip


def test_tables_stand_wherever_a_plan_is_shown() -> None:
    read = read_plan(TEXT)
    assert "from 100%  €320.00  €480.00" in plan_lines(read, read.parts, 60)
    assert "€480.00" in plan_svg(read, read.parts)
    assert plan_data(read, read.parts)["parts"][0]["pays"][1] == {
        "at": "from 100%",
        "from 0": "€320.00",
        "from 40": "€480.00",
    }
    told = letter_data(read, "Acme", TEXT, Signer())
    assert [len(part["tables"]) for part in told["parts"]] == [1, 0, 1]
    assert letter_pdf(read, "Acme", TEXT).startswith(b"%PDF-")
    assert misfires(read) == []
