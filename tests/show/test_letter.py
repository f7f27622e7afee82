"""The letter says all that the plan says, is the same bytes each time, and holds what people wrote as text only."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from string import Template
from typing import Any

import pytest

from keepwell.core.errors import MissingError
from keepwell.pay.letters import target_of_person
from keepwell.pay.parse import read_plan
from keepwell.show.letter import Signer, letter_data, letter_pdf
from pay_company import SELLER, plan

PLANS = Path(__file__).parents[2] / "src/keepwell/demo/project/plans"
TEXT = Template((PLANS / "account-executive.yaml").read_text()).safe_substitute(first_day="2026-01-01", year="2026")


def test_it_is_the_same_bytes_each_time() -> None:
    read = read_plan(TEXT)
    made = letter_pdf(read, "Acme", TEXT, Signer("Ann Lee"))
    assert made.startswith(b"%PDF-")
    assert made == letter_pdf(read, "Acme", TEXT, Signer("Ann Lee"))
    assert made != letter_pdf(read, "Acme", f"{TEXT}\n", Signer("Ann Lee"))


def test_it_says_all_that_the_plan_says() -> None:
    read = read_plan(TEXT)
    told = letter_data(read, "Acme", TEXT, Signer("Ann Lee"))
    assert [part["title"] for part in told["parts"]] == ["New business", "Go live", "Relationship NPS", "Kept revenue"]
    assert all(part["says"] == one.says for part, one in zip(told["parts"], read.parts, strict=True))
    abouts = {fact["about"] for part in told["parts"] for fact in part["facts"]}
    assert abouts == {"Share", "Measured", "Credited", "Evidence", "Held", "Taken back"}
    assert told["parts"][0]["marks"]["rows"][-1] == ["150%", "€16,800.00", "200%"]
    (example,) = told["examples"]
    assert example["rows"][-1] == ["Together", "€15,306.00"]
    assert {
        "about": "Contracts",
        "says": "Aster: signed 20 Jan 2026, annual value 210,000, live 31 Mar 2026",
    } in example["given"]
    assert told["signatures"] == ["Ann Lee", "For Acme"]
    assert len(told["leaving"]) == 3
    assert len(told["definitions"]) == 5


def test_a_part_time_person_has_their_own_target() -> None:
    row: dict[str, Any] = {"person_id": "x:1", "from_on": date(2025, 5, 1), "to_on": None, "role": "seller", "fte": Decimal("0.8"),
                           "target_pay": Decimal(40000), "segment": None, "region": None, "team_id": None}  # fmt: skip
    read = read_plan(SELLER)
    assert target_of_person(read, [row]) == 9600
    by_position = read_plan(plan("p: {measure: signed_amount, pays: {rate: 1%}}"))
    assert target_of_person(by_position, [row]) == 8000
    assert target_of_person(by_position, [{**row, "role": "other"}]) is None
    told = letter_data(read, "Acme", SELLER, Signer("Ann", Decimal(9600)))
    assert [cells[3] for cells in told["target"]["rows"]] == ["€7,680.00", "€1,920.00", "", ""]


HOSTILE = '#panic(\\"x\\") $ #sys.inputs \\u005c *b* @a <b> ```x``` \\u202E // /* [#read(\\"/etc/passwd\\")]'


def test_what_people_wrote_is_text_and_never_markup() -> None:
    text = plan(f'p: {{measure: signed_amount, pays: {{rate: 1%}}, says: "{HOSTILE}"}}', title=f'"{HOSTILE}"',
                examples=f'[{{name: "{HOSTILE}", given: {{contracts: [{{id: "{HOSTILE}", amount: 5}}]}}, expect: {{p: 0.05}}}}]')  # fmt: skip
    read = read_plan(text)
    made = letter_pdf(read, f"Acme {HOSTILE}", text, Signer(f"Ann {HOSTILE}"))
    assert made == letter_pdf(read, f"Acme {HOSTILE}", text, Signer(f"Ann {HOSTILE}"))
    assert b"root:x:" not in made
    told = letter_data(read, "Acme", text, Signer())
    assert told["title"].startswith('#panic("x") $ #sys.inputs \\ *b* @a <b> ```x```')
    assert "\u202e" not in str(told)


def test_letters_that_no_font_has_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    text = plan("p: {measure: signed_amount, pays: {rate: 1%}}", title="Ντίνα Żółć Ñandú")
    assert letter_pdf(read_plan(text), "Acme", text).startswith(b"%PDF-")
    monkeypatch.setattr("keepwell.show.typeset._needs_fonts", lambda _text: False)
    with pytest.raises(MissingError) as error:
        letter_pdf(read_plan(text), "日本", text)
    assert error.value.code == "letter-font"


def test_without_typst_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingError) as error:
        letter_pdf(read_plan(TEXT), "Acme", TEXT)
    assert error.value.hint == "pip install 'keepwell[letters]'"
