"""What does a person see of a period? The statement as text, HTML and JSON: every line with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from keepwell.pay import say
from keepwell.pay.explain import Explanation
from keepwell.pay.plan import Plan, Shape
from keepwell.pay.statement import Statement, StatementLine, StatementPart
from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned, sides, with_notes, wrapped
from keepwell.show.figures import CurvePoint, curve_figure
from keepwell.show.names import Names
from keepwell.show.page import render
from keepwell.show.strips import stacked_strip, steps_of, waterfall_strips

REWARDS_SAY = {
    "sale": "the sale",
    "speed": "speed",
    "rules": "keeping rules",
    "customer_outcome": "what became of the customer",
    "collaboration": "working together",
    "learning": "learning",
    "": "what was decided by hand",
}
SHORT = 10
AFTER_SALE = frozenset({"customer_outcome", "collaboration"})


@dataclass(frozen=True)
class Sum:
    """How the payable amount adds up: the parts' pay, then what was held, released, taken back and corrected."""

    steps: tuple[tuple[str, Decimal], ...]
    payable: Decimal


def add_up(statement: Statement) -> Sum:
    """The steps from the parts to what is payable; whatever they leave open is the correction of earlier periods."""
    steps = [(part.title, part.amount) for part in statement.parts]
    moves = (
        ("Held for now", -statement.held),
        ("Released", statement.released),
        ("Guarantee, transition, draw", statement.lifted),
        (_recovered_title(statement), -statement.taken_back),
    )
    steps += [(label, amount) for label, amount in moves if amount]
    rest = statement.payable - sum((amount for _, amount in steps), Decimal(0))
    if rest:
        steps.append(("Corrections of closed periods", rest))
    return Sum(tuple(steps), statement.payable)


def _recovered_title(statement: Statement) -> str:
    drawn = any(line.part == "Draw" for line in statement.lines)
    return "Recovered of what is owed" if drawn else "Taken back, recovered now"


def statement_text(statement: Statement, names: Names, width: int = WIDTH) -> str:
    """The statement for a terminal, `width` columns wide."""
    blocks = [
        _head(statement, names, width),
        _sum_lines(statement, width),
        *[_part_lines(part, statement.currency, width) for part in statement.parts],
        _movement_lines(statement, names, width),
        _hold_lines(statement, names, width),
        [line for note in statement.notes for line in wrapped(note, width, "  ")],
    ]
    if statement.lines:
        blocks.append([f"Why?  keepwell explain {_asked_first(statement)}"])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def statement_html(
    statement: Statement,
    names: Names,
    explanations: Mapping[str, Explanation] | None = None,
    plans: Iterable[Plan] = (),
) -> str:
    """The statement as one page that stands alone; lines that have an explanation can be asked why.

    With the `plans`, each part that pays by a curve shows it, and where on it the person stands.
    """
    total = add_up(statement)
    steps = steps_of([(label, float(amount)) for label, amount in total.steps], "Payable")
    amounts = [amount for _, amount in total.steps] + [total.payable]
    return render(
        "statement.html",
        statement=statement,
        names=names,
        person=names.person(statement.person_id),
        status=status_words(statement),
        summary=summary_words(statement),
        rows=list(zip(steps, amounts, waterfall_strips(steps), strict=True)),
        measured={part.part: measured_words(part, statement.currency) for part in statement.parts},
        titles={part.part: part.title for part in statement.parts},
        rewards=REWARDS_SAY,
        curves=_curves(statement, plans),
        split=_split(statement),
        short=short_ids(line.line_id for line in statement.lines),
        adds_up=lines_add_up(statement),
        explanations=explanations or {},
    )


def statement_json(statement: Statement, names: Names) -> dict[str, Any]:
    """The statement as data: the fields of `Statement`, money as text, days as `2026-10-03`, names beside the ids.

    The shape is `statement.schema.json`; amounts are text so that no reader makes floats of cents.
    """
    data: dict[str, Any] = as_data(statement)
    data["person"] = names.person(statement.person_id)
    for row in (*data["lines"], *data["holds"]):
        row["customer"] = names.customer(row["customer_id"])
    data["adds_up"] = [{"step": label, "amount": str(amount)} for label, amount in add_up(statement).steps]
    return data


def as_data(value: Any) -> Any:
    """Dataclasses as dictionaries, decimals as text, days as ISO: what `--json` prints."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_data(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, list | tuple):
        return [as_data(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): as_data(item) for key, item in value.items()}
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def status_words(statement: Statement) -> str:
    """Is it final?"""
    by = f" by {written.clean(statement.status_by)}" if statement.status_by else ""
    when = f" on {written.day(statement.status_at)}" if statement.status_at else ""
    if statement.status == "closed":
        return f"Closed{by}{when}: this does not change any more"
    if statement.status != "open":
        return f"{statement.status.capitalize()}{by}{when}: not closed yet"
    seen = f" as known on {written.day(statement.as_of)}" if statement.as_of else ""
    return f"Open{seen}: not closed yet"


def summary_words(statement: Statement) -> str:
    """The statement in two sentences."""
    currency = statement.currency
    after = sum((part.amount for part in statement.parts if part.rewards in AFTER_SALE), Decimal(0))
    said = [f"{written.money(statement.earned, currency)} earned"]
    if after:
        said[0] += f", {written.money(after, currency)} of it for what became of customers after the sale"
    moves = [
        f"{written.money(amount, currency)} {verb}"
        for amount, verb in (
            (statement.held, "waits"), (statement.released, "is released"),
            (statement.lifted, "is paid on top"),
            (statement.taken_back, "of what is owed is recovered" if any(line.part == "Draw" for line in statement.lines)
             else "of what was taken back is recovered"),
        ) if amount
    ]  # fmt: skip
    return f"{said[0]}. {written.listed(moves)}." if moves else f"{said[0]}."


def measured_words(part: StatementPart, currency: str) -> str:
    """What was reached, in one line: `€360,000 of €300,000: 120%`, or `46 [31–58] from 34 answers`."""
    if part.value is None:
        return part.evidence
    value = written.in_unit(part.value, part.unit, currency)
    spread = written.interval(part.low, part.high, part.unit, currency)
    said = f"{part.measure} {value}" if part.measure else value
    if part.against is not None:
        said += f" of {written.in_unit(part.against, part.unit, currency)}"
    if part.attainment is not None and part.against is not None:
        said += f": {written.share(part.attainment)}"
    if spread:
        said += f" {spread}"
    if part.n is not None:
        said += f" from {written.count(part.n, 'answer')}"
    return f"{said}. {part.evidence}" if part.evidence else said


def short_ids(line_ids: Iterable[str]) -> dict[str, str]:
    """The beginnings of ids by which a person can name the lines: ten letters, or as many as tell them apart."""
    ids = list(dict.fromkeys(line_ids))
    length = next((n for n in range(SHORT, 65) if len({one[:n] for one in ids}) == len(ids)), 64)
    return {one: one[:length] for one in ids}


def _asked_first(statement: Statement) -> str:
    """The line one asks about first: something taken back, or lost, or else the first."""
    short = short_ids(line.line_id for line in statement.lines)
    lost = [line for line in statement.lines if line.amount < 0]
    return short[(lost or list(statement.lines))[0].line_id]


def _split(statement: Statement) -> tuple[Markup, str] | None:
    """How much of what was earned is for what came after the sale: the bar and the words; None where nothing was earned."""
    after = sum((part.amount for part in statement.parts if part.rewards in AFTER_SALE), Decimal(0))
    if statement.earned <= 0:
        return None
    rest = statement.earned - after
    of_hundred = written.share(after / statement.earned, 0)
    return stacked_strip(
        [(float(after), "after"), (float(rest), "at-risk")], 12
    ), f"{of_hundred} for what came after the sale"


def _curves(statement: Statement, plans: Iterable[Plan]) -> dict[str, Markup]:
    shapes = {part.name: part.shape for plan in plans if plan.name == statement.plan for part in plan.parts}
    return {
        part.part: curve
        for part in statement.parts
        if part.part in shapes and (curve := _curve(part, shapes[part.part]))
    }


def _curve(part: StatementPart, shape: Shape) -> Markup:
    if shape.kind != "curve" or not shape.percent_values or len(shape.points) < 2:
        return Markup("")
    points = [CurvePoint(float(p.key), float(p.value.number), float((p.below or p.value).number)) for p in shape.points]
    reached = part.attainment if part.against is not None else part.value
    says = written.share if shape.percent_keys else written.points
    return curve_figure(points, says, None if reached is None else float(reached))


def _head(statement: Statement, names: Names, width: int) -> list[str]:
    person = names.person(statement.person_id)
    return [
        sides(person, f"Statement, {written.period(statement.period)}", width),
        sides(written.clean(statement.plan_title), "", width),
        status_words(statement),
        "",
        f"Payable  {written.money(statement.payable, statement.currency)}",
        *wrapped(summary_words(statement), width),
    ]


def _sum_lines(statement: Statement, width: int) -> list[str]:
    total = add_up(statement)
    largest = max([abs(amount) for _, amount in total.steps] + [abs(total.payable), Decimal(1)])
    room = max(width - 50, 8)
    rows = [
        (written.clean(label), written.money(amount, statement.currency), "█" * round(abs(amount) / largest * room))
        for label, amount in (*total.steps, ("Payable", total.payable))
    ]
    lines = aligned([Column(shrinks=True), Column(right=True), Column()], rows, width, "  ")
    return ["How it adds up", *lines[:-1], "  " + "─" * (width - 2), lines[-1]]


def _part_lines(part: StatementPart, currency: str, width: int) -> list[str]:
    weight = "" if part.weight is None else f" · {written.share(part.weight)} of target pay"
    title = f"{written.clean(part.title)}{weight} · for {REWARDS_SAY.get(part.rewards, part.rewards)}"
    return [
        sides(title, written.money(part.amount, currency), width),
        *wrapped(written.clean(part.says), width, "  "),
        *wrapped(measured_words(part, currency), width, "  "),
    ]


def _movement_lines(statement: Statement, names: Names, width: int) -> list[str]:
    if not statement.lines:
        return ["No lines in this period."]
    titles = {part.part: part.title for part in statement.parts}
    short = short_ids(line.line_id for line in statement.lines)
    rows = [
        (
            written.day_of_year(line.on), names.customer(line.customer_id) or "–", titles.get(line.part, say.title(line.part)),
            line.movement, moved_words(line, statement.currency), short[line.line_id],
        )
        for line in statement.lines
    ]  # fmt: skip
    columns = [Column("On", right=True), Column("Customer", shrinks=True), Column("Part", shrinks=True), Column("What"),
               Column("Amount", right=True), Column("Line")]  # fmt: skip
    table = aligned(columns, rows, width)
    told = [wrapped(written.clean(line.sentence), width, "        ") for line in statement.lines]
    return [*with_notes(table, told), *wrapped(lines_add_up(statement), width)]


def moved_words(line: StatementLine, currency: str) -> str:
    """The amount of a line; in brackets where it moves without being paid now."""
    amount = written.money(line.amount, currency, sign=True)
    return amount if line.payable == line.amount else f"({amount})"


def lines_add_up(statement: Statement) -> str:
    """What the lines come to: those in brackets are no part of the payout."""
    paid = written.money(sum((line.payable for line in statement.lines), Decimal(0)), statement.currency)
    beside = any(line.payable != line.amount for line in statement.lines)
    return f"Together {paid}{'; what stands in brackets moves without being paid or taken now' if beside else ''}."


def _hold_lines(statement: Statement, names: Names, width: int) -> list[str]:
    if not statement.holds:
        return []
    lines = ["Waiting"]
    for hold in statement.holds:
        who = names.customer(hold.customer_id) or "All customers"
        lines.append(sides(f"  {who}", written.money(hold.amount, statement.currency), width))
        lines += wrapped(written.clean(hold.sentence), width, "        ")
    return lines
