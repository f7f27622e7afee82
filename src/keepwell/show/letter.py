"""What does a person sign? The plan as a letter: every part with its sentence, picture, examples, holds and take-backs.

The same plan gives the same bytes, so that a letter's hash can be kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from keepwell.pay import say
from keepwell.pay.grid import grid_of
from keepwell.pay.picture import Picture, picture_of
from keepwell.pay.plan import Example, Part, Plan
from keepwell.pay.said import Said, definitions, in_force, of_target, on_leaving, part_says, plan_says, who
from keepwell.pay.words import number_of, percent_of
from keepwell.project.yaml import Node
from keepwell.show import format as written
from keepwell.show.plan_figure import described, figure_svg
from keepwell.show.typeset import typeset

_FIGURE = (430, 250)


@dataclass(frozen=True)
class Signer:
    """For whom the letter is: a name, and a target pay per period where the plan says none."""

    name: str = ""
    target: Decimal | None = None


def letter_pdf(plan: Plan, company: str, text: str, signer: Signer | None = None) -> bytes:
    """The letter as PDF (PDF/UA-1). `text` is the plan file's, whose hash is printed. Raises `MissingError` without typst."""
    return typeset("letter.typ", letter_data(plan, company, text, signer or Signer()))


def letter_data(plan: Plan, company: str, text: str, signer: Signer) -> dict[str, Any]:
    """All that the letter says."""
    target = signer.target if signer.target is not None else plan.target_pay
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return {
        "company": written.clean(company), "kind": "Pay plan" if not plan.amended else "Pay plan, amended",
        "title": written.clean(plan.title),
        "footer": written.clean(f"Plan {plan.name}, version of {say.day(plan.from_on)} · text {digest}"),
        "head": list(_rows(_head(plan, signer, target))), "target": _target_table(plan, target),
        "parts": [_part(plan, part, target) for part in plan.parts],
        "examples": [_example(plan, one) for one in plan.examples],
        "whole": list(_rows(plan_says(plan))), "leaving": [written.clean(text) for text in on_leaving(plan)],
        "definitions": list(_rows(definitions(plan))),
        "signed": written.clean(f"I have read this plan, with its examples, and accept it {in_force(plan)}."),
        "signatures": [written.clean(signer.name) or "The person under the plan", f"For {written.clean(company)}"],
    }  # fmt: skip


def _rows(found: Iterable[Said]) -> Iterator[dict[str, str]]:
    for one in found:
        says = written.clean(one.sentence)
        yield {"about": written.clean(one.about), "says": says[:1].upper() + says[1:]}


def _head(plan: Plan, signer: Signer, target: Decimal | None) -> Iterator[Said]:
    yield Said("For", signer.name or who(plan))
    if signer.name:
        yield Said("As", who(plan))
    force = in_force(plan)
    yield Said("In force", force[:1].upper() + force[1:])
    yield Said("Paid by the", plan.period)
    if target is not None:
        yield Said("At target", f"{say.money(target, plan.currency)} per {plan.period}")
    if plan.amended:
        yield Said("Amended", plan.amended)


def _target_table(plan: Plan, target: Decimal | None) -> dict[str, Any]:
    """The parts with their weights, and money where the target pay is known."""
    rows = []
    for part in plan.parts:
        money = (
            "" if part.weight is None or target is None else say.money(Fraction(target) * part.weight, plan.currency)
        )
        share = "beside it" if part.weight is None else say.share(part.weight) + (" on top" if part.on_top else "")
        rows.append([written.clean(say.title(part.name)), _for_what(part), share, money])
    note = "" if target is not None else "The target pay is that of your position, per year."
    return {"head": ["Part", "Pays for", "Share", f"Per {plan.period}"], "rows": rows, "note": note}


def _for_what(part: Part) -> str:
    return say.words(part.rewards)


def _part(plan: Plan, part: Part, target: Decimal | None) -> dict[str, Any]:
    about = [Said("Share", of_target(plan, part, target)), *part_says(plan, part)]
    told = {"title": written.clean(say.title(part.name)), "says": written.clean(part.says), "facts": list(_rows(about)), "picture": "",
            "tables": []}  # fmt: skip
    grid = grid_of(plan, part, target)
    if grid is not None:
        title = grid.title[:1].upper() + grid.title[1:]
        return {
            **told,
            "tables": [
                {"title": written.clean(title), "head": list(grid.head), "rows": [list(row) for row in grid.rows]}
            ],
        }
    picture = picture_of(plan, part, target)
    drawn = str(figure_svg(picture, say.title(part.name), *_FIGURE))
    return {**told, "picture": drawn, "alt": described(picture), "marks": _marks(picture)}


def _marks(picture: Picture) -> dict[str, Any]:
    shares = any(mark.share for mark in picture.marks)
    head = ["Reached", "Pay" if picture.y_kind == "money" else "Share"]
    rows = [[mark.says, mark.pays, *([mark.share] if shares else [])] for mark in picture.marks]
    return {"head": [*head, *(["Of target"] if shares else [])], "rows": rows}


def _example(plan: Plan, example: Example) -> dict[str, Any]:
    rows = [
        [written.clean(say.title(part)), say.money(amount, plan.currency)] for part, amount in example.expect.items()
    ]
    for part, amounts in example.by_period.items():
        rows += [[written.clean(f"{say.title(part)}, {plan.period} {number}"), say.money(amount, plan.currency)]
                 for number, amount in enumerate(amounts, 1)]  # fmt: skip
    if len(rows) > 1 and not example.by_period and {*example.expect} <= {one.name for one in plan.parts}:
        rows.append(["Together", say.money(sum(example.expect.values(), Decimal(0)), plan.currency)])
    given = [Said(say.title(word), text) for word, child in example.given.block.items() for text in _given(child)]
    return {"title": written.clean(example.name), "given": list(_rows(given)), "head": ["Pays", ""], "rows": rows}


def _given(node: Node) -> Sequence[str]:
    """What an example gives, in words: a line for each of several things."""
    if isinstance(node.value, list):
        plain = all(not child.block for child in node.value)
        return [", ".join(map(_value, node.value))] if plain else [_value(child) for child in node.value]
    return [_value(node)]


def _value(node: Node) -> str:
    if isinstance(node.value, list):
        return ", ".join(map(_value, node.value))
    if node.block:
        named = node.block.get("id") or node.block.get("name")
        rest = [
            f"{say.words(word)} {_value(child)}" for word, child in node.block.items() if word not in ("id", "name")
        ]
        return f"{named.raw}: {', '.join(rest)}" if named is not None else ", ".join(rest)
    if isinstance(node.value, date):
        return say.day(node.value)
    number = number_of(node.raw)
    return node.raw if number is None or percent_of(node.raw) is not None else say.number(number, 4)
