"""How are the conditions, multipliers and limits of a part read: only_if, times, at_most, at_least, excess?

Each condition and multiplier looks at a measure of its own over the part's window: a `Reading`, named beside the part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import cast

from keepwell.pay.measures import BLEND, Payable
from keepwell.pay.plan import TESTS, Gate, Kicker, Limit, Multiplier, Part, Per, Reading, Shape, Unit
from keepwell.pay.read_shape import read_shape
from keepwell.pay.vocabulary import KICKED, LIMITS, ONLY_IF, READING, SPIFF, TIMES, words_of
from keepwell.pay.words import Words, number_of, percent_of
from keepwell.project.yaml import Node

MOST_KICKERS = 3


@dataclass(frozen=True)
class Around:
    """What a part says to those who read its conditions: its name, its credit, the plan's rows and the measures."""

    part: str
    credit: tuple[str, ...]
    rows: tuple[str, ...]
    measures: Mapping[str, Payable]

    @property
    def what(self) -> str:
        """How the part is named in problems."""
        return f"part {self.part}"


def read_gates(words: Words, node: Node | None, around: Around) -> tuple[Gate, ...]:
    """The conditions under which a part pays in full: one, or a list of which all must hold."""
    if node is None:
        return ()
    found = (_gate(words, child, around, number) for number, child in enumerate(node.items, 1))
    return tuple(gate for gate in found if gate is not None)


def _gate(words: Words, node: Node, around: Around, number: int) -> Gate | None:
    what = f"{around.what}: only_if"
    block = words.block(node, what, ONLY_IF)
    reading = read_reading(words, node, block, around, f"only_if {number}", what)
    said = [test for test in TESTS if test in block]
    if len(said) != 1:
        words.say(node, "plan-gate", f"{what} needs one bound", expected="one of " + ", ".join(TESTS))
        return None
    bound = read_key(words, block[said[0]], reading, around, f"{what}: {said[0]}")
    otherwise = words.percent(block["otherwise"], f"{what}: otherwise") if "otherwise" in block else Fraction(0)
    if not 0 <= otherwise < 1:
        words.say(block["otherwise"], "plan-gate", f"{what}: otherwise is what is still paid", expected="0% to 99%")
    unknown = words.choice(block.get("unknown"), f"{what}: unknown", words_of(ONLY_IF["unknown"]), "pays")
    if reading is None or bound is None:
        return None
    return Gate(reading, said[0], bound[0], bound[1], otherwise, unknown == "pays")


def read_times(words: Words, node: Node | None, around: Around) -> tuple[Multiplier, ...]:
    """By what a part's pay is multiplied: one curve on a measure, or a list of which each multiplies."""
    found = []
    for number, child in enumerate(node.items if node is not None else (), 1):
        what = f"{around.what}: times"
        if "kicker" in child.block or "for" in child.block:
            continue
        block = words.block(child, what, TIMES)
        for word in ("measure", "curve"):
            if word not in block:
                words.say(child, "plan-word-missing", f"{what} does not say its {word}",
                          expected="{measure: csat, of: team, curve: {60%: 80%, 80%: 100%}}")  # fmt: skip
        reading = read_reading(words, child, block, around, f"times {number}", what)
        curve = read_shape(words, Node({"curve": block["curve"]}, child.file, child.line, {"curve": child.line}), what) \
            if "curve" in block else None  # fmt: skip
        if curve is not None and reading is not None:
            _check_curve(words, block["curve"], reading, curve, around, what)
            found.append(Multiplier(reading, curve))
    return tuple(found)


def read_kickers(words: Words, node: Node | None, around: Around) -> tuple[Kicker, ...]:
    """Which facts count more in the part's pay, and by how much: `times: {for: {…}, kicker: 120%}`."""
    found = []
    for child in node.items if node is not None else ():
        what = f"{around.what}: times"
        if "kicker" not in child.block and "for" not in child.block:
            continue
        block = words.block(child, what, ("for", "kicker"))
        for word in ("for", "kicker"):
            if word not in block:
                words.say(child, "plan-word-missing", f"{what} does not say its {word}",
                          expected="{for: {product: Care}, kicker: 120%}")  # fmt: skip
        factor = words.percent(block["kicker"], f"{what}: kicker") if "kicker" in block else Fraction(1)
        if factor < 0 or (factor * 10**6).denominator != 1:
            words.say(
                block["kicker"], "plan-kicker", f"{what}: a kicker is 0% or more, to four decimals", expected="120%"
            )
        fits = tuple(_fits(words, block["for"], what)) if "for" in block else ()
        found.append(Kicker(fits, factor))
    if len(found) > MOST_KICKERS and node is not None:
        words.say(node, "plan-kicker", f"{around.what}: more than {MOST_KICKERS} kickers on one part", expected="fewer")
    return tuple(found)


def _fits(words: Words, node: Node, what: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    block = words.block(node, f"{what}: for", KICKED)
    if not block and not node.block:
        words.say(node, "plan-kicker", f"{what}: for which facts?", expected="{product: Care} or {first_deal: true}")
    for word, child in block.items():
        if word != "first_deal":
            yield word, words.names(child)
        elif words.boolean(child, f"{what}: first_deal"):
            yield word, ("true",)
        else:
            words.say(child, "plan-kicker", f"{what}: first_deal is true, or not said", expected="true")


def read_spiff(words: Words, node: Node | None, what: str) -> tuple[date, date] | None:
    """The days of an offer: from the first to the first after."""
    if node is None:
        return None
    block = words.block(node, f"{what}: spiff", SPIFF)
    days = [words.day(block.get(word), f"{what}: spiff {word}", node) for word in ("from", "to")]
    for word in ("from", "to"):
        if word not in block:
            words.say(node, "plan-word-missing", f"{what}: spiff does not say {word}", expected=f"{word}: 2026-06-01")
    if days[0] is None or days[1] is None:
        return None
    if days[1] <= days[0]:
        words.say(node, "plan-spiff", f"{what}: the spiff ends before it begins", expected="to after from")
    return days[0], days[1]


def check_facts(words: Words, node: Node, part: Part, *, is_amount: bool) -> None:
    """Do kickers and a spiff fit the part: do they have facts to choose from?"""
    what = f"part {part.name}"
    if part.kickers and not is_amount:
        words.say(node.block["times"], "plan-kicker", f"{what}: a kicker is of facts, and {part.measure} has none",
                  expected="an amount", line=node.key_lines["times"])  # fmt: skip
    if part.kickers and part.among:
        words.say(
            node.block["times"], "plan-kicker", f"{what}: a place is not paid by facts", line=node.key_lines["times"]
        )
    if part.spiff is None:
        return
    for wrong, says in ((not is_amount, "it counts facts of its days, so it needs an amount"),
                        (part.weight is not None or not part.on_top, "it is beside the target: on_top: true, and no weight"),
                        (part.against != "nothing", "it is against nothing; its shape says the thresholds"),
                        ("over" in node.block, "it has a window of its own, so nothing is over")):  # fmt: skip
        if wrong:
            words.say(node.block["spiff"], "plan-spiff", f"{what}: {says}", expected="{on_top: true, measure: order_amount, "
                      "spiff: {from: 2026-06-01, to: 2026-07-01}, pays: …}", line=node.key_lines["spiff"])  # fmt: skip


def _check_curve(words: Words, node: Node, reading: Reading, curve: Shape, around: Around, what: str) -> None:
    if not curve.percent_values:
        words.say(node, "plan-times", f"{what}: pay is multiplied by percentages", expected="such as {80%: 100%}")
    if any(value is not None and value.number < 0 for point in curve.points for value in (point.value, point.below)):
        words.say(node, "plan-times", f"{what}: no pay is multiplied by less than 0%", expected="0% or more")
    _check_key(words, node, reading, curve.percent_keys, around, what)


def read_reading(words: Words, node: Node, block: Mapping[str, Node], around: Around, name: str,
                 what: str) -> Reading | None:  # fmt: skip
    """What is measured beside the part; None where that cannot be read."""
    if "measure" not in block:
        if name.startswith("only_if"):
            words.say(node, "plan-word-missing", f"{what} does not say its measure", expected="measure: csat")
        return None
    measure = words.text(block["measure"])
    if measure not in around.measures or measure == BLEND:
        words.say(block["measure"], "plan-unknown-measure", f"{what}: there is no such measure",
                  expected="one of " + ", ".join(sorted(around.measures)), known=around.measures)  # fmt: skip
        return None
    amount = around.measures[measure].kind == "amount"
    for word in ("against", "credit") if not amount else ("answers",):
        if word in block:
            says = "answers are of a score" if amount else f"{word} is for amounts"
            words.say(block[word], "plan-score-words", f"{what}: {says}, and {measure} is "
                      f"{'an amount' if amount else 'a score'}")  # fmt: skip
    credit = tuple(words.choice(item, f"{what}: credit", around.rows, "") for item in block["credit"].items) \
        if "credit" in block else around.credit  # fmt: skip
    against = words.choice(block.get("against"), f"{what}: against", words_of(READING["against"]), "nothing")
    unit = words.choice(block.get("of"), f"{what}: of", words_of(READING["of"]), "own")
    if not amount and unit == "roll_up":
        words.say(block["of"], "plan-unit", f"{what}: a roll-up is of amounts, and {measure} is a score",
                  expected="of: team, or of: company")  # fmt: skip
    return Reading(
        name=f"{around.part}: {name}", measure=measure, unit=cast("Unit", unit), credit=credit if amount else (),
        against="quota" if against == "quota_to_date" else against, to_date=against == "quota_to_date",
        answers=words.count(block["answers"], f"{what}: answers") if "answers" in block else 1,
    )  # fmt: skip


def read_key(
    words: Words, node: Node, reading: Reading | None, around: Around, what: str
) -> tuple[Fraction, bool] | None:
    """A bound of what is measured, and whether it is a percentage."""
    percent, plain = percent_of(node.raw), number_of(node.raw)
    found = percent if percent is not None else plain
    if found is None:
        words.say(node, "plan-value", f"{what} must be a number", expected="such as 70% or 40")
        return None
    if reading is not None:
        _check_key(words, node, reading, percent is not None, around, what)
    return found, percent is not None


def _check_key(words: Words, node: Node, reading: Reading, percent: bool, around: Around, what: str) -> None:
    """Percentages are of attainment or of a measure that is a share, everything else is in the measure's unit."""
    measure = around.measures[reading.measure]
    shares = reading.against != "nothing" if measure.kind == "amount" else measure.is_share
    if percent and not shares:
        says = "percentages of what? it is against nothing" if measure.kind == "amount" else \
            f"{reading.measure} is not a share, so its bounds are plain numbers"  # fmt: skip
        words.say(node, "plan-keys", f"{what}: {says}",
                  expected="against: quota" if measure.kind == "amount" else "a number such as 40")  # fmt: skip
    if not percent and measure.kind == "amount" and shares:
        words.say(
            node, "plan-keys", f"{what}: against {reading.against}, the bound is a percentage", expected="such as 70%"
        )


@dataclass(frozen=True)
class Limits:
    """What `at_most` or `at_least` says: of the window (or of each fact, where each is paid by itself), and beside it."""

    plain: Limit | None = None
    more: tuple[Limit, ...] = ()


def read_limits(words: Words, node: Node | None, what: str, *, each: bool) -> Limits:
    """A limit of the window, or limits per fact, period and year."""
    if node is None:
        return Limits()
    if not isinstance(node.value, dict):
        return Limits(_limit(words, node, what, "window"))
    plain, more = None, []
    for per, child in words.block(node, what, LIMITS).items():
        if per == "fact" and not each:
            words.say(child, "plan-limit", f"{what}: a fact's share of a window changes with every later fact, so a limit "
                      "of each fact needs each to be paid by itself", expected="over: each, or a limit per period")  # fmt: skip
        elif per == "fact":
            plain = _limit(words, child, f"{what} per fact", "window")
        elif (one := _limit(words, child, f"{what} per {per}", cast("Per", per))) is not None:
            more.append(one)
    return Limits(plain, tuple(more))


def _limit(words: Words, node: Node, what: str, per: Per) -> Limit | None:
    percent, plain = percent_of(node.raw), number_of(node.raw)
    if percent is None and plain is None:
        words.say(node, "plan-limit", f"{what} must be an amount or a share of the target", expected="200% or 5000")
        return None
    return Limit(percent if percent is not None else plain or Fraction(0), percent is not None, per)
