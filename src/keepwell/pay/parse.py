"""What does this plan file say? YAML in, a `Plan` out, or every problem at once with its line and the nearest word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import cast

from keepwell.core.errors import ConfigurationError, Problem, nearest, raise_problems
from keepwell.core.money import CENT, Tie
from keepwell.core.periods import MONTHS_IN, PeriodKind
from keepwell.pay.compile_lifts import old_plan
from keepwell.pay.measures import PAYABLE, Payable
from keepwell.pay.plan import (
    AlsoPays,
    CreditRow,
    Example,
    Plan,
    Rounding,
    Share,
)
from keepwell.pay.read_facts import check_book, is_currency, read_book, read_rates, read_saved
from keepwell.pay.read_money import read_lifts, read_on_leaving
from keepwell.pay.read_part import read_part, read_shape_of_also
from keepwell.pay.read_ramp import read_ramp
from keepwell.pay.versions import find_versions
from keepwell.pay.vocabulary import (
    ALSO_PAYS,
    APPLIES_TO,
    EFFECTIVE,
    EXAMPLE,
    PLAN,
    PLAN_LATER,
    PLAN_NEEDS,
    ROUNDING,
    words_of,
)
from keepwell.pay.words import Words, number_of
from keepwell.project.yaml import Node, parse_yaml, read_yaml


def read_plans(folder: Path, currency: str, measures: Mapping[str, Payable] = PAYABLE) -> list[Plan]:
    """All plans of `folder/*.yaml`, by name and day. Raises `ConfigurationError` with the problems of all files."""
    files: list[Node] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            files.append(read_yaml(path, f"{folder.name}/{path.name}"))
        except ConfigurationError as error:
            problems += error.problems
    plans, wrong = parse_plans(files, currency, measures)
    befores = [problem for plan in plans for problem in _transition_problems(plan, plans)]
    raise_problems([*problems, *wrong, *befores])
    return plans


def read_plan(text: str, currency: str = "EUR", file: str = "plan.yaml",
              measures: Mapping[str, Payable] = PAYABLE) -> Plan:  # fmt: skip
    """The plan that `text` says: its first version. Raises `ConfigurationError` with every problem."""
    plans, problems = parse_plans([parse_yaml(text, file)], currency, measures)
    raise_problems(problems)
    return plans[0]


def parse_plans(files: Sequence[Node], currency: str,
                measures: Mapping[str, Payable] = PAYABLE) -> tuple[list[Plan], list[Problem]]:  # fmt: skip
    """Every plan version that the files say, by name and day, and all that is wrong with them, said once."""
    words = Words()
    plans: list[Plan] = []
    problems: list[Problem] = []
    for version in find_versions(files, words):
        found, wrong = parse_plan(version.node, currency, measures)
        problems += wrong
        if found is not None:
            plans.append(replace(found, amended=version.amended))
    problems = [*words.problems, *problems]
    said: dict[tuple[str, date], Plan] = {}
    for plan in plans:
        if said.setdefault((plan.name, plan.from_on), plan) is not plan:
            first = said[plan.name, plan.from_on].file
            problems.append(Problem("plan-twice", f"the plan {plan.name} of {plan.from_on} is said twice, first in "
                                    f"{first}", plan.file, 1))  # fmt: skip
    return sorted(plans, key=lambda plan: (plan.name, plan.from_on)), list(dict.fromkeys(problems))


def _transition_problems(plan: Plan, plans: Sequence[Plan]) -> Iterable[Problem]:
    """Can the plan before be computed beside the new one? Said where all plans of a company are read."""
    transition, old = plan.lifts.transition, old_plan(plan, plans)
    if transition is None:
        return
    if old is None or transition.not_below == plan.name:
        names = sorted({one.name for one in plans} - {plan.name})
        yield Problem("plan-transition", "transition: there is no such plan", plan.file, transition.line,
                      transition.not_below, "one of " + ", ".join(names), nearest(transition.not_below, names))  # fmt: skip
    elif MONTHS_IN[old.period] > MONTHS_IN[plan.period] or old.currency != plan.currency:
        yield Problem("plan-transition", f"transition: the pay of {old.name} cannot be set beside that of {plan.name}",
                      plan.file, transition.line, f"{old.period}, {old.currency}",
                      f"a period no longer than {plan.period}, in {plan.currency}")  # fmt: skip


def parse_plan(node: Node, currency: str, measures: Mapping[str, Payable]) -> tuple[Plan | None, list[Problem]]:
    """The plan that a file says, and all that is wrong with it; the plan is None where it cannot be read."""
    words = Words()
    block = words.block(node, "a plan", PLAN, PLAN_LATER)
    misspelt = {problem.nearest for problem in words.problems}
    for word in PLAN_NEEDS:
        if word not in block and word not in misspelt and isinstance(node.value, dict):
            words.say(node, "plan-word-missing", f"the plan does not say its {word}", expected=f"{word}: …")
    from_on, to_on = _effective(words, block.get("effective"))
    period = cast("PeriodKind", words.choice(block.get("period"), "period", MONTHS_IN, "month"))
    credit = _credit(words, block.get("credit"))
    saved = read_saved(words, block.get("saved"))
    rows = _credit_names(words, block.get("credit"), credit, has_saved=saved is not None)
    before = len(words.problems)
    parts = [
        read_part(words, name, child, block["parts"].key_lines[name], rows, measures)
        for name, child in _children(words, block.get("parts"), "parts")
    ]
    also = [
        part for role, child in _children(words, block.get("also_pays"), "also_pays")
        if (part := _also(words, role, child, block["also_pays"].key_lines[role], rows)) is not None
    ]  # fmt: skip
    known = tuple(part for part in parts if part is not None)
    for one in known:
        if one.over == "plan" and to_on is None and (one.weight is not None or one.against != "nothing"):
            words.say(block["parts"].block[one.name], "plan-over", f"part {one.name}: the whole of a plan without an end "
                      "has no quota and no target", expected="effective: {from: …, to: …}, or over: year to date",
                      line=block["parts"].block[one.name].key_lines["over"])  # fmt: skip
    if "book" in block and len(known) == len(parts):
        check_book(words, block["book"], known, credit)
    weights = [part.weight for part in known if part.weight is not None and not part.on_top]
    if weights and len(words.problems) == before and sum(weights) != 1:
        total = float(sum(weights) * 100)
        words.say(block["parts"], "plan-weights", f"the weights of the parts add to {total:g}%", expected="100%",
                  line=node.key_lines["parts"])  # fmt: skip
    names = [name for word in ("parts", "also_pays") if word in block for name in block[word].block]
    if lifted := [
        word
        for word in ("draw", "guarantee", "transition")
        if word in block or (word == "guarantee" and "ramp" in block)
    ]:
        names += [*lifted, *(("due", "owed") if "draw" in lifted else ())]
        for one in (one for one in known if names.count(one.name) > 1):
            words.say(block["parts"], "plan-part-name", f"part {one.name} is named like a word of the plan",
                      expected="another name", line=one.line)  # fmt: skip
    examples = tuple(_examples(words, block.get("examples"), names))
    applies = _applies_to(words, block.get("applies_to"))
    plan_currency = words.text(block.get("currency"), currency)
    if not is_currency(plan_currency):
        words.say(block["currency"], "plan-currency", "this is no currency", expected="such as EUR")
    target = words.money(block["target_pay"], "target_pay") if "target_pay" in block else None
    lifts = read_lifts(words, block)
    leaving = read_on_leaving(words, block.get("on_leaving"))
    acceptance = bool(words.choice(block.get("acceptance"), "acceptance", ("required",), ""))
    shadow = words.boolean(block.get("shadow"), "shadow")
    rates = read_rates(words, block.get("rates"), plan_currency)
    book = read_book(words, block.get("book"))
    rounding = _rounding(words, block.get("rounding"))
    ramp = read_ramp(words, block.get("ramp"))
    if "guarantee" in ramp and lifts.guarantee is not None:
        words.say(block["ramp"], "plan-guarantee", "the plan says what is guaranteed twice, in guarantee and in ramp",
                  expected="one of them")  # fmt: skip
    if words.problems or from_on is None:
        return None, words.problems
    name = words.text(block["plan"])
    plan = Plan(name, words.text(block.get("title"), name), applies, from_on, to_on, period, plan_currency, target,
                rounding, credit, saved, known, tuple(also), examples, node.file, rates=rates, lifts=lifts,
                on_leaving=leaving, shadow=shadow, book=book, ramp=ramp, acceptance=acceptance)  # fmt: skip
    return plan, []


def _children(words: Words, node: Node | None, what: str) -> Iterable[tuple[str, Node]]:
    if node is None:
        return ()
    if not node.block:
        words.say(node, "plan-shape-of-words", f"{what} needs at least one name with words below it")
    return node.block.items()


def _effective(words: Words, node: Node | None) -> tuple[date | None, date | None]:
    if node is None:
        return None, None
    block = words.block(node, "effective", EFFECTIVE)
    if "from" not in block:
        words.say(node, "plan-word-missing", "effective does not say from which day", expected="from: 2026-01-01")
    from_on = words.day(block.get("from"), "effective from", node)
    to_on = words.day(block.get("to"), "effective to", node)
    if from_on and to_on and to_on <= from_on:
        words.say(node, "plan-effective", "the plan ends before it begins", expected="to after from")
    return from_on, to_on


def _applies_to(words: Words, node: Node | None) -> dict[str, tuple[str, ...]]:
    if node is None:
        return {}
    block = words.block(node, "applies_to", APPLIES_TO)
    if not node.block:
        words.say(node, "plan-applies-to", "the plan applies to nobody", expected="such as {role: account_executive}")
    return {word: words.names(child) for word, child in block.items()}


def _rounding(words: Words, node: Node | None) -> Rounding:
    block = words.block(node, "rounding", ROUNDING) if node is not None else {}
    to = words.money(block["to"], "rounding to") if "to" in block else CENT
    if node is not None and (to <= 0 or to.as_tuple().exponent not in range(-4, 1)):
        words.say(block.get("to", node), "plan-rounding", "pay is rounded to a plain step", expected="0.01, 1 or 100")
    tie = words.choice(block.get("tie"), "tie", words_of(ROUNDING["tie"]), "half_even")
    return Rounding(to, cast("Tie", tie))


def _credit(words: Words, node: Node | None) -> tuple[CreditRow, ...]:
    rows = []
    for name, child in _children(words, node, "credit"):
        shares, overlay = [], False
        for who, share in _children(words, child, f"credit {name}"):
            if who == "overlay":
                overlay = words.boolean(share, f"credit {name}: overlay")
            else:
                shares.append(Share(who, words.percent(share, f"credit {name}: {who}")))
        total = sum((share.share for share in shares), Fraction(0))
        if shares and not overlay and total != 1:
            words.say(child, "plan-shares", f"the shares of credit {name} add to {float(total * 100):g}%",
                      expected="100%, or overlay: true")  # fmt: skip
        rows.append(CreditRow(name, tuple(shares), overlay))
    return tuple(rows)


def _credit_names(words: Words, node: Node | None, rows: tuple[CreditRow, ...], *, has_saved: bool) -> tuple[str, ...]:
    names = tuple(row.name for row in rows)
    if node is not None and "saved" in names and not has_saved:
        words.say(node, "plan-word-missing", "credit speaks of saved, and the plan does not say what a save is",
                  expected="saved: {after: notice, rescue_logged_within: 14 days, still_customer_after: 90 days}",
                  line=node.key_lines["saved"])  # fmt: skip
    return names


def _also(words: Words, role: str, node: Node, line: int, rows: tuple[str, ...]) -> AlsoPays | None:
    what = f"also_pays {role}"
    block = words.block(node, what, ALSO_PAYS)
    row = words.choice(block.get("for"), f"{what}: for", rows, "")
    if "for" not in block:
        words.say(node, "plan-word-missing", f"{what} does not say for what", expected="for: saved")
    return read_shape_of_also(words, role, row, node, block, line)


def _examples(words: Words, node: Node | None, parts: list[str]) -> Iterable[Example]:
    if node is None:
        return
    for number, child in enumerate(node.items, 1):
        block = words.block(child, f"example {number}", EXAMPLE)
        for word in ("given", "expect"):
            if word not in block:
                words.say(child, "plan-word-missing", f"example {number} has no {word}", expected=f"{word}: …")
        expect: dict[str, Decimal] = {}
        by_period: dict[str, tuple[Decimal, ...]] = {}
        for part, amount in block["expect"].block.items() if "expect" in block else ():
            if part not in parts:
                words.say(block["expect"], "plan-example-part", f"example {number} expects {part}, which is no part",
                          expected="one of " + ", ".join(parts), known=parts,
                          line=block["expect"].key_lines[part])  # fmt: skip
            said = [Decimal(item.raw.replace("_", "")) for item in amount.items if number_of(item.raw) is not None]
            if len(said) != len(amount.items):
                words.say(amount, "plan-amount", f"example {number}: {part} must come to an amount")
            elif isinstance(amount.value, list):
                by_period[part] = tuple(said)
            else:
                expect[part] = said[0]
        if "given" in block and "expect" in block:
            yield Example(
                words.text(block.get("name"), f"example {number}"), block["given"], expect, child.line, by_period
            )
