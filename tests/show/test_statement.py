"""A statement adds up, reads well, and says the same as text, as a page and as data."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from rich.cells import cell_len

from keepwell.pay.statement import StatementLine
from keepwell.show import page
from keepwell.show.names import Names
from keepwell.show.statement import add_up, short_ids, statement_html, statement_json, statement_text
from show import sample
from show.page_tags import PageTags

GOLDEN = Path(__file__).parent / "statement.txt"
SCHEMA = Path(page.__file__).parent / "statement.schema.json"
HOSTILE = Names(
    people={"hr:7": "<script>alert(1)</script>"},
    customers={"crm:1": '"><img src=x onerror=alert(2)>', "crm:2": "=cmd|' /C calc'!A0", "crm:3": "\u202emoc.live" + "x" * 300,
               "crm:4": "\x1b[2Jשלום"},
)  # fmt: skip


def test_the_text_is_the_one_that_people_read():
    assert statement_text(sample.STATEMENT, sample.NAMES) == GOLDEN.read_text(encoding="utf-8")


def test_the_steps_and_here_the_lines_add_up_to_what_is_payable():
    total = add_up(sample.STATEMENT)
    assert sum(amount for _, amount in total.steps) == sample.STATEMENT.payable
    assert sum(line.amount for line in sample.STATEMENT.lines) == sample.STATEMENT.payable


def test_what_no_step_explains_is_called_a_correction():
    corrected = replace(sample.STATEMENT, payable=sample.STATEMENT.payable - Decimal("12.34"))
    assert ("Corrections of closed periods", Decimal("-12.34")) in add_up(corrected).steps


@pytest.mark.parametrize("names", [sample.NAMES, HOSTILE])
@pytest.mark.parametrize("width", [80, 60, 120])
def test_no_line_of_the_text_is_wider_than_asked(names, width):
    for line in statement_text(sample.STATEMENT, names, width).splitlines():
        assert cell_len(line) <= width
        assert "\x1b" not in line


def test_data_has_the_shape_that_is_documented_and_loses_no_cent():
    data = json.loads(json.dumps(statement_json(sample.STATEMENT, sample.NAMES)))
    jsonschema.validate(data, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert data["payable"] == "10386.00"
    assert data["lines"][0]["customer"] == "Aster Robotics"
    assert sum(Decimal(step["amount"]) for step in data["adds_up"]) == Decimal(data["payable"])


def test_the_page_holds_every_amount_reason_and_name():
    html = statement_html(sample.STATEMENT, sample.NAMES, {"8f3a04": sample.EXPLANATION})
    for said in (
        "€10,386.00",
        "Devon Bianchi",
        "Q3 2026",
        "−€4,350.00",
        "Waiting",
        "needs 30",
        "plans/mid-market-ae.yaml:31",
    ):
        assert said in html
    for line in sample.STATEMENT.lines:
        assert line.sentence in html
    assert html.count('class="strip waterfall"') == 8


def test_names_from_outside_are_text_and_nothing_else():
    html = statement_html(sample.STATEMENT, HOSTILE)
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "\u202e" not in html


def test_the_page_fetches_nothing_and_runs_nothing():
    seen = PageTags()
    seen.feed(statement_html(sample.STATEMENT, sample.NAMES))
    assert seen.tags & {"script", "iframe", "img", "object"} == set()
    assert seen.addresses == {"data:,", "#content"}
    assert seen.inline == set()


def test_a_statement_without_lines_says_so():
    empty = replace(sample.STATEMENT, lines=(), holds=(), parts=(), payable=Decimal(0), earned=Decimal(0), held=Decimal(0),
                    released=Decimal(0), taken_back=Decimal(0))  # fmt: skip
    assert "No lines in this period" in statement_text(empty, sample.NAMES)
    assert "Nothing moved" in statement_html(empty, sample.NAMES)


def test_a_person_without_a_name_is_called_by_the_bare_id():
    assert statement_text(sample.STATEMENT, Names()).startswith("7 ")


def test_two_hundred_lines_are_all_there():
    lines = tuple(
        StatementLine(
            f"l{i}", sample.STATEMENT.lines[0].on, "crm:1", "new_business", "new", Decimal(1), "One.", "2026-Q3"
        )
        for i in range(200)
    )
    html = statement_html(replace(sample.STATEMENT, lines=lines), sample.NAMES)
    assert html.count('id="line-l') == 200


def test_the_marks_of_a_row_reach_the_page():
    html = statement_html(sample.STATEMENT, sample.NAMES)
    assert html.count('<tr class="sum">') == 1
    assert html.count('class="n amount bad"') == 1


def test_lines_are_named_by_as_much_of_the_id_as_tells_them_apart():
    ids = ["e24bc9b278317e10", "e24bc9b278399999", "aaaaaaaaaaaaaaaa"]
    assert list(short_ids(ids).values()) == ["e24bc9b27831", "e24bc9b27839", "aaaaaaaaaaaa"]
    assert short_ids(ids[::2])["e24bc9b278317e10"] == "e24bc9b278"
