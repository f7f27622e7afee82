"""A plan's picture fits the terminal, is sound SVG, and carries what people wrote as text only."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from rich.cells import cell_len

from keepwell.pay.parse import read_plan
from keepwell.pay.picture import picture_of
from keepwell.show.plan_chart import chart_lines, mark_lines
from keepwell.show.plan_figure import figure_svg
from keepwell.show.planned import plan_lines, plan_svg
from pay_company import SELLER, plan

JUMPY = "p: {measure: signed_annual_value, against: quota, weight: 100%, pays: {curve: {50%: [0%, 50%], 100%: 100%}}}"
SHAPES = (JUMPY, JUMPY.replace("curve: {50%: [0%, 50%], 100%: 100%}", "level: {0%: 50%, 90%: 110%}"),
          "p: {measure: order_amount, pays: {amount: {0: 0, 1000000: 50000}}}", "p: {measure: order_amount, pays: {per_unit: 5}}",
          "p: {measure: order_amount, pays: {amount: 0}}")  # fmt: skip


def test_a_chart_in_the_terminal() -> None:
    read = read_plan(plan(JUMPY, target_pay=1000))
    assert chart_lines(picture_of(read, read.parts[0]), 46, rows=4) == [
        "€1,000 ┤                   ▁▂▃▄▆▇█████████████",
        "       │             ▁▂▄▅▆▇███████████████████",
        "  €500 ┤             █████████████████████████",
        "       │             █████████████████████████",
        "    €0 └┴───────────┴────────────┴───────────┴",
        "       0%          50%         100%       150%",
    ]


@pytest.mark.parametrize("width", [30, 44, 60, 80, 160])
@pytest.mark.parametrize("part", SHAPES)
def test_no_line_is_wider_than_the_terminal(part: str, width: int) -> None:
    read = read_plan(plan(part, target_pay=1000))
    found = picture_of(read, read.parts[0])
    lines = chart_lines(found, width)
    assert max(map(cell_len, lines)) <= width
    assert len({line.index(mark) for line in lines for mark in "│┤└" if mark in line}) == 1
    assert max(map(cell_len, mark_lines(found, 44))) <= 44


def test_a_whole_plan_is_shown_with_every_part() -> None:
    read = read_plan(SELLER)
    lines = plan_lines(read, read.parts, 70)
    assert max(map(cell_len, lines)) <= 70
    assert [line for line in lines if line.startswith(("new_business ·", "go_live ·", "orders ·", "service ·"))] == [
        "new_business · 80% of target pay: €9,600.00 per quarter · rewards sale",
        "go_live · 20% of target pay: €2,400.00 per quarter · rewards sale",
        "orders · beside the target pay · rewards sale", "service · beside the target pay · rewards sale"]  # fmt: skip


@pytest.mark.parametrize("part", SHAPES)
def test_a_figure_is_sound_and_stands_alone(part: str) -> None:
    read = read_plan(plan(part, target_pay=1000))
    root = ET.fromstring(figure_svg(picture_of(read, read.parts[0]), "p"))  # noqa: S314 - our own
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert {one.tag.partition("}")[2] for one in root.iter()} <= {
        "svg",
        "title",
        "desc",
        "rect",
        "line",
        "polygon",
        "text",
        "circle",
    }
    assert "pays" in "".join(root.itertext())


def test_what_people_wrote_is_text_and_never_markup() -> None:
    text = plan(JUMPY.replace("weight", 'says: "<script>alert(1)</script> & \\u202E\\x1b[31m", weight'),
                target_pay=1000, title='"</svg><b>x"')  # fmt: skip
    read = read_plan(text)
    svg = plan_svg(read, read.parts)
    root = ET.fromstring(svg)  # noqa: S314 - our own
    assert "<script" not in svg
    assert "<b>" not in svg
    assert "<script>alert(1)</script> & [31m" in "".join(root.itertext())
    assert not any(letter in "".join(plan_lines(read, read.parts)) for letter in "\x1b\u202e")
